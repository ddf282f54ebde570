"""How the solution is rolled out: the plan over time, its steps, and what has to be decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from valuecalc.case.case import SIDES
from valuecalc.documents.charts import PAPER
from valuecalc.documents.charts.plan import plan_picture
from valuecalc.documents.proposal import pictures, tables, wording
from valuecalc.documents.proposal.draft import Content, Draft, See, Tagged
from valuecalc.documents.proposal.styles import TEXT_WIDTH_CM
from valuecalc.documents.proposal.tables import Column, Row
from valuecalc.engine.plan import StepResult
from valuecalc.engine.result import Result
from valuecalc.phrases import joined, phrase

PLAN, DECISIONS = phrase("Implementation plan"), phrase("Decisions")
MOST_STEPS = 30
"""So many steps of a plan fit into a picture above which there is text."""

CRITICAL = phrase("critical")
_SLACK = phrase(
    "Slack: the working days by which a step can be late without moving the end of the plan or "
    "missing a date. A critical step has none."
)
_SIDES: Mapping[str, str] = {
    SIDES["customer"]: phrase("customer"),
    SIDES["vendor"]: phrase("our team"),
    SIDES["joint"]: phrase("joint"),
}
"""The sides of a plan as they are written inside a sentence."""

_STEP_CM = 4.7
_NUMBERS_CM = (1.5, 2.2, 2.2, 1.8)


def plan(draft: Draft) -> None:
    """The plan as a picture and as a table; nothing for a case without one."""
    found = draft.result.plan
    if not found.steps:
        return
    draft.heading(1, PLAN)
    for each in draft.approvals:
        draft.write("Normal", phrase("{approval}.", approval=each))
    draft.write("Normal", *_in_words(draft.result))
    made = plan_picture(
        found, palette=PAPER, chart_id="gantt", width=pictures.WIDTH, most=MOST_STEPS
    )
    # A larger plan is cut off later where it is filled into a document.
    tag = pictures.TAGS["gantt"] if len(found.steps) <= MOST_STEPS else ""
    pictures.add(draft, "gantt", made.svg, phrase("The plan over time."), made.words, tag=tag)
    draft.caption("Table", phrase("The steps of the plan"), name="plan steps")
    tables.table(
        draft,
        [
            Column(phrase("Step"), _STEP_CM),
            Column(phrase("Who"), TEXT_WIDTH_CM - _STEP_CM - sum(_NUMBERS_CM)),
            Column(phrase("Working days"), _NUMBERS_CM[0], numeric=True),
            Column(phrase("Start"), _NUMBERS_CM[1], numeric=True),
            Column(phrase("Finish"), _NUMBERS_CM[2], numeric=True),
            Column(phrase("Slack"), _NUMBERS_CM[3], numeric=True),
        ],
        [_step(each) for each in found.in_order],
        title=phrase("The plan: what is done, who does it, and when"),
        look=tables.LONG,
        notes=[[_SLACK]],
    )


def _in_words(result: Result) -> Iterator[Content]:
    found = result.plan
    assert found.start is not None and found.finish is not None, "it has steps"
    path = [found.by_id[id].label for id in found.critical_path]
    yield phrase(
        "The plan runs from {start} to {finish}{see}. ",
        start=Tagged("text.plan_start", wording.day(found.start)),
        finish=Tagged("text.plan_finish", wording.day(found.finish)),
        see=See("gantt"),
    )
    if path:
        yield phrase(
            "What decides how long it takes is the critical path: {path}. A day lost there is a "
            "day lost at the end{see}.",
            path=Tagged("text.critical_path", " → ".join(path)),
            see=See("plan steps"),
        )


def _step(step: StepResult) -> Row:
    return Row(
        (
            _named(step),
            who(step),
            str(step.days) if step.days else "–",
            wording.short_day(step.start),
            wording.short_day(step.finish),
            _slack(step),
        )
    )


def _named(step: StepResult) -> str:
    if step.kind == "milestone":
        return phrase("Milestone: {step}", step=step.label)
    if step.kind == "decision":
        return phrase("Decision: {step}", step=step.label)
    return step.label


def who(step: StepResult) -> str:
    """Who does a step, and on which side."""
    if not step.owner:
        return step.side
    return phrase("{person} ({side})", person=step.owner, side=_SIDES[step.side])


def _slack(step: StepResult) -> str:
    if step.slack < 0:
        return phrase("{days} late", days=wording.days(-step.slack))
    return CRITICAL if step.is_critical else wording.days(step.slack)


def decisions(draft: Draft) -> None:
    """What the customer has to decide, who decides it and by when; nothing if that is nothing."""
    result = draft.result
    found = [each for each in result.plan.in_order if each.kind == "decision"]
    if not found:
        return
    draft.heading(1, DECISIONS)
    if not draft.is_short:
        draft.caption("Table", phrase("What the customer decides, and by when"))
    tables.table(
        draft,
        [
            Column(phrase("Decision"), 6.0),
            Column(phrase("Who"), 3.6),
            Column(phrase("By"), 2.8),
            Column(phrase("Comes after"), 3.6),
        ],
        [
            Row(
                (
                    each.label,
                    each.owner or each.side,
                    wording.short_day(each.finish),
                    _after(each, result),
                )
            )
            for each in found
        ],
        title=phrase("Decisions: what the customer decides, who does, and by when"),
        notes=[[_late(each)] for each in found if each.missed_by],
    )


def _after(step: StepResult, result: Result) -> str:
    steps = result.plan.by_id
    labels = [steps[each.id].label for each in step.after if each.id in steps]
    return joined(phrase("; "), labels) or "–"


def _late(step: StepResult) -> str:
    assert step.due is not None, "it misses a day of its own"
    return phrase(
        "“{step}” was due on {day}: what comes before it takes longer.",
        step=step.label,
        day=wording.day(step.due),
    )
