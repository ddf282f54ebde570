"""The plan of a case: what a week more costs at each step, and what a delay of one does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from valuecalc.case.case import Case
from valuecalc.engine import delays
from valuecalc.engine.delays import Delay
from valuecalc.engine.plan import PlanResult, StepResult
from valuecalc.engine.result import Result
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.errors import CaseError
from valuecalc.formula import quantity
from valuecalc.services import editing

__all__ = [
    "MOST_DAYS",
    "Delay",
    "PlanResult",
    "Slip",
    "StepResult",
    "change_text",
    "cost_text",
    "slipped",
    "weekly_costs",
]

MOST_STEPS = 250
MOST_WORK = 400_000
"""What a week costs is worked out for all steps at once up to so many numbers (assumptions and
lines, times periods, times tasks and decisions): about a second. Beyond, it is asked for step by
step."""

LEAST_CHANGE = 0.5
"""A change of less than half a unit of the currency is rounding, or nothing."""

MOST_DAYS = 5_000
"""Working days of a delay: twenty years."""


@dataclass(frozen=True, kw_only=True)
class Slip:
    """A delay of one step, and the result without it."""

    delay: Delay
    result: Result


def weekly_costs(result: Result) -> Mapping[str, Delay] | None:
    """What one working week more costs at each task and decision, by id.

    None where that would take long; empty where it cannot be worked out.
    """
    case = result.case
    count = len(case.plan.tasks) + len(case.plan.decisions)
    rows = len(case.assumptions) + len(case.computed)
    if count > MOST_STEPS or count * rows * case.timeline.periods > MOST_WORK:
        return None
    try:
        return {each.step: each for each in delays.one_week_later(case)}
    except CaseError:
        return {}


def slipped(
    document: Mapping[str, Any],
    base: Mapping[str, Any],
    step: str,
    days: int,
    scenario: str = EXPECTED,
) -> Slip:
    """What it costs when a step of a document, as it is typed, takes so many working days more.

    `base` is the document that it was made from; nothing is kept. Raises `CaseError` for a
    document that cannot be worked out, or cannot any more with the delay, and `UnknownName` for
    a step that it does not have.
    """
    found = editing.worked_out(document, base, scenario)
    if found.result is None:
        raise CaseError(found.problems)
    # The case of the result is in its scenario already.
    return Slip(
        delay=delays.cost_of_delay(found.result.case, step, days),
        result=found.result,
    )


def cost_text(delay: Delay, case: Case) -> str:
    """What a delay does to the net present value: `−£12.0k`, `+£3.00k`; empty for nothing."""
    return change_text(delay.npv, case.currency)


def change_text(amount: float, currency: str) -> str:
    """A change of an amount with its sign; empty for less than one can see."""
    if abs(amount) < LEAST_CHANGE:
        return ""
    return f"{'+' if amount > 0 else ''}{quantity.show_short(amount, currency)}"
