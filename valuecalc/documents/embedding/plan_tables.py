"""The plan as tables: everything by its day, and tasks, milestones and decisions by themselves."""

from __future__ import annotations

from datetime import date

from valuecalc.documents.embedding.contents import Missing, Table
from valuecalc.documents.proposal import wording
from valuecalc.engine.plan import StepResult
from valuecalc.engine.result import Result
from valuecalc.formula import quantity

NO_PLAN = "The case has no plan."


def everything(result: Result) -> Table | Missing:
    """Every step in the order in which it begins, with its dates and its slack."""
    heads = ("Step", "Kind", "Who", "Working days", "Start", "Finish", "Slack", "Done")
    rows = tuple(
        (
            step.label,
            step.kind.capitalize(),
            _who(step),
            str(step.days) if step.days else "–",
            _day(step.start),
            _day(step.finish),
            _slack(step),
            _done(step),
        )
        for step in result.plan.in_order
    )
    return Table(heads, rows) if rows else Missing(NO_PLAN)


def tasks(result: Result) -> Table | Missing:
    """The tasks with who does them and when."""
    heads = ("Task", "Who", "Working days", "Start", "Finish", "Slack", "Done")
    rows = tuple(
        (
            step.label,
            _who(step),
            str(step.days),
            _day(step.start),
            _day(step.finish),
            _slack(step),
            _done(step),
        )
        for step in result.plan.in_order
        if step.kind == "task"
    )
    return Table(heads, rows) if rows else Missing("The plan has no tasks.")


def milestones(result: Result) -> Table | Missing:
    """The milestones with their days."""
    return _dated(result, "milestone")


def decisions(result: Result) -> Table | Missing:
    """The decisions of the customer, with who takes them and by when."""
    return _dated(result, "decision")


def _dated(result: Result, kind: str) -> Table | Missing:
    rows = tuple(
        (step.label, _who(step), _day(step.finish), _slack(step))
        for step in result.plan.in_order
        if step.kind == kind
    )
    heads = (kind.capitalize(), "Who", "When", "Slack")
    return Table(heads, rows) if rows else Missing(f"The plan has no {kind}s.")


def _who(step: StepResult) -> str:
    return f"{step.owner} ({step.side.lower()})" if step.owner else step.side


def _day(day: date) -> str:
    return wording.day(day)


def _slack(step: StepResult) -> str:
    if step.slack < 0:
        return f"{-step.slack} days late"
    if step.is_critical:
        return "Critical"
    return "1 day" if step.slack == 1 else f"{step.slack} days"


def _done(step: StepResult) -> str:
    return "–" if step.done is None else quantity.show(step.done, "%", digits=0)
