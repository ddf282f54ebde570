"""The plan as tables: everything by its day, and tasks, milestones and decisions by themselves."""

from __future__ import annotations

from datetime import date

from valuecalc.documents.embedding.contents import Missing, Table
from valuecalc.documents.proposal import rollout, wording
from valuecalc.engine.plan import StepResult
from valuecalc.engine.result import Result
from valuecalc.formula import quantity
from valuecalc.phrases import phrase, plural

NO_PLAN = "The case has no plan."

_STEP, _KIND, _WHO, _DAYS = phrase("Step"), phrase("Kind"), phrase("Who"), phrase("Working days")
_START, _FINISH, _SLACK, _DONE = phrase("Start"), phrase("Finish"), phrase("Slack"), phrase("Done")
_CRITICAL = phrase("Critical")
_KINDS = {
    "task": phrase("Task"),
    "milestone": phrase("Milestone"),
    "decision": phrase("Decision"),
}


def everything(result: Result) -> Table | Missing:
    """Every step in the order in which it begins, with its dates and its slack."""
    heads = (_STEP, _KIND, _WHO, _DAYS, _START, _FINISH, _SLACK, _DONE)
    rows = tuple(
        (
            step.label,
            _KINDS[step.kind],
            rollout.who(step),
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
    heads = (_KINDS["task"], _WHO, _DAYS, _START, _FINISH, _SLACK, _DONE)
    rows = tuple(
        (
            step.label,
            rollout.who(step),
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
        (step.label, rollout.who(step), _day(step.finish), _slack(step))
        for step in result.plan.in_order
        if step.kind == kind
    )
    heads = (_KINDS[kind], _WHO, phrase("When"), _SLACK)
    return Table(heads, rows) if rows else Missing(f"The plan has no {kind}s.")


def _day(day: date) -> str:
    return wording.day(day)


def _slack(step: StepResult) -> str:
    if step.slack < 0:
        late = -step.slack
        return plural("{number} days late", "{number} days late", late, number=str(late))
    if step.is_critical:
        return _CRITICAL
    return plural("{number} day", "{number} days", step.slack, number=str(step.slack))


def _done(step: StepResult) -> str:
    return "–" if step.done is None else quantity.show(step.done, "%", digits=0)
