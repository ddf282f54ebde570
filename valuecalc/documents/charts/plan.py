"""The plan of a case as a chart: what the engine worked out, for the page and for paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

from valuecalc.case.plan import Task
from valuecalc.documents.charts.gantt import (
    TITLE,
    GanttRow,
    Kind,
    describe_gantt,
    gantt,
    gantt_table,
)
from valuecalc.documents.charts.palette import SCREEN, Palette
from valuecalc.documents.charts.risk import Picture
from valuecalc.documents.charts.words import sentences
from valuecalc.engine.plan import PlanResult, StepResult
from valuecalc.formula import quantity
from valuecalc.phrases import phrase

MOST_ROWS = 200
"""So many steps a chart of a page has at most; the table beside it has all."""


def gantt_rows(plan: PlanResult, most: int = MOST_ROWS) -> list[GanttRow]:
    """The steps in the order in which they begin.

    Of more than `most`, those on the critical path and the milestones and decisions are kept
    first, then the earliest.
    """
    steps = plan.in_order
    if len(steps) > most:
        kept = sorted(range(len(steps)), key=lambda number: _weight(plan, steps[number]))[:most]
        steps = tuple(steps[number] for number in sorted(kept))
    return [_row(each) for each in steps]


def _weight(plan: PlanResult, step: StepResult) -> int:
    if step.id in plan.critical_path:
        return 0
    return 2 if isinstance(step.step, Task) else 1


def _row(step: StepResult) -> GanttRow:
    return GanttRow(
        id=step.id,
        label=step.label or step.id,
        kind=cast(Kind, step.kind),
        start=min(step.start, step.finish),
        finish=step.finish,
        latest=_latest(step),
        done=step.done or 0.0,
        is_critical=step.is_critical,
        due=step.due if step.missed_by else None,
        after=tuple(each.id for each in step.after),
        side=step.side,
        owner=step.owner,
    )


def _latest(step: StepResult) -> date:
    return max(step.finish, step.latest_finish) if step.slack > 0 else step.finish


def plan_picture(
    plan: PlanResult,
    *,
    palette: Palette = SCREEN,
    chart_id: str = "plan",
    width: float = 680,
    most: int = MOST_ROWS,
) -> Picture:
    """The plan as a chart, with its words and with all its steps as a table.

    A chart for paper keeps to a page with `most=40`.
    """
    rows, everything = gantt_rows(plan, most), gantt_rows(plan, len(plan.steps))
    words = _words(rows, everything)
    svg = gantt(rows, palette=palette, chart_id=chart_id, width=width, description=words)
    return Picture(title=TITLE, svg=svg, words=words, table=gantt_table(everything))


def _words(rows: Sequence[GanttRow], everything: Sequence[GanttRow]) -> str:
    words = describe_gantt(everything)
    if len(rows) == len(everything):
        return words
    shown = phrase(
        "The picture shows {shown} of {number} steps.",
        shown=quantity.show(len(rows)),
        number=quantity.show(len(everything)),
    )
    return sentences([words, shown])
