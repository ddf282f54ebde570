"""How the solution is rolled out: the plan over time, its steps, and what has to be decided."""

from __future__ import annotations

from collections.abc import Iterator

from valuecalc.documents.charts import PAPER
from valuecalc.documents.charts.plan import plan_picture
from valuecalc.documents.proposal import pictures, tables, wording
from valuecalc.documents.proposal.draft import Content, Draft, See
from valuecalc.documents.proposal.styles import TEXT_WIDTH_CM
from valuecalc.documents.proposal.tables import Column, Row
from valuecalc.engine.plan import StepResult
from valuecalc.engine.result import Result

PLAN, DECISIONS = "Implementation plan", "Decisions"
MOST_STEPS = 30
"""So many steps of a plan fit into a picture above which there is text."""

FEW_STEPS = 8
"""A longer plan begins on a page of its own, or its picture would leave half a page empty."""

CRITICAL = "critical"
_STEP_CM = 4.7
_NUMBERS_CM = (1.5, 2.2, 2.2, 1.8)


def plan(draft: Draft) -> None:
    """The plan as a picture and as a table; nothing for a case without one."""
    found = draft.result.plan
    if not found.steps:
        return
    if len(found.steps) > FEW_STEPS:
        draft.new_page()
    draft.heading(1, PLAN)
    for each in draft.approvals:
        draft.write("Normal", f"{each}.")
    draft.write("Normal", *_in_words(draft.result))
    made = plan_picture(
        found, palette=PAPER, chart_id="gantt", width=pictures.WIDTH, most=MOST_STEPS
    )
    pictures.add(draft, "gantt", made.svg, "The plan over time.", made.words)
    draft.caption("Table", "The steps of the plan", name="plan steps")
    tables.table(
        draft,
        [
            Column("Step", _STEP_CM),
            Column("Who", TEXT_WIDTH_CM - _STEP_CM - sum(_NUMBERS_CM)),
            Column("Working days", _NUMBERS_CM[0], numeric=True),
            Column("Start", _NUMBERS_CM[1], numeric=True),
            Column("Finish", _NUMBERS_CM[2], numeric=True),
            Column("Slack", _NUMBERS_CM[3], numeric=True),
        ],
        [_step(each) for each in found.in_order],
        title="The plan: what is done, who does it, and when",
        look=tables.LONG,
        notes=[
            [
                "Slack: the working days by which a step can be late without moving the end of "
                f"the plan. A {CRITICAL} step has none."
            ]
        ],
    )


def _in_words(result: Result) -> Iterator[Content]:
    found = result.plan
    assert found.start is not None and found.finish is not None, "it has steps"
    path = [found.by_id[id].label for id in found.critical_path]
    yield f"The plan runs from {wording.day(found.start)} to {wording.day(found.finish)}"
    yield See("gantt")
    yield ". "
    if path:
        yield (
            f"What decides how long it takes is the critical path: {' → '.join(path)}. A day "
            "lost there is a day lost at the end"
        )
        yield See("plan steps")
        yield "."


def _step(step: StepResult) -> Row:
    kind = "" if step.kind == "task" else f"{step.kind.capitalize()}: "
    return Row(
        (
            f"{kind}{step.label}",
            _who(step),
            str(step.days) if step.days else "–",
            wording.short_day(step.start),
            wording.short_day(step.finish),
            _slack(step),
        )
    )


def _who(step: StepResult) -> str:
    return f"{step.owner} ({step.side.lower()})" if step.owner else step.side


def _slack(step: StepResult) -> str:
    if step.slack < 0:
        return f"{wording.days(-step.slack)} late"
    return CRITICAL if step.is_critical else wording.days(step.slack)


def decisions(draft: Draft) -> None:
    """What the customer has to decide, who decides it and by when; nothing if that is nothing."""
    result = draft.result
    found = [each for each in result.plan.in_order if each.kind == "decision"]
    if not found:
        return
    draft.heading(1, DECISIONS)
    if not draft.is_short:
        draft.caption("Table", "What the customer decides, and by when")
    tables.table(
        draft,
        [
            Column("Decision", 6.0),
            Column("Who", 3.6),
            Column("By", 2.8),
            Column("Comes after", 3.6),
        ],
        [
            Row(
                (
                    each.label,
                    each.owner or each.side,
                    wording.day(each.finish),
                    _after(each, result),
                )
            )
            for each in found
        ],
        title="Decisions: what the customer decides, who does, and by when",
        notes=[[_late(each)] for each in found if each.missed_by],
    )


def _after(step: StepResult, result: Result) -> str:
    steps = result.plan.by_id
    labels = [steps[each.id].label for each in step.after if each.id in steps]
    return "; ".join(labels) or "–"


def _late(step: StepResult) -> str:
    assert step.due is not None, "it misses a day of its own"
    return f"“{step.label}” was due on {wording.day(step.due)}: what comes before it takes longer."
