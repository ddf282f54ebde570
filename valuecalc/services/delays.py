"""What it costs when the steps of a plan come later, step by step, with the reason in words.

Each number is the difference between two calculations of the case: one with the plan as it is,
one in which a single step takes some working days more. Pages, the API and the command line take
numbers and words from here, so that they are the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from valuecalc.case.case import Case
from valuecalc.case.plan import Task
from valuecalc.case.plan_checks import working_days
from valuecalc.engine import delays
from valuecalc.engine.delays import Delay
from valuecalc.engine.plan import PlanResult, StepResult
from valuecalc.engine.result import Result
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.errors import CaseError, InputError
from valuecalc.formula import quantity
from valuecalc.schemas import delays as shapes
from valuecalc.services import cases, editing

__all__ = [
    "MOST_DAYS",
    "NO_CHANGE",
    "Delay",
    "Delays",
    "StepDelay",
    "StepResult",
    "change_text",
    "delay_of_typed",
    "delays_of",
    "dump",
    "weekly_costs",
]

MOST_DAYS = 5_000
"""Working days of a delay: twenty years."""

MOST_STEPS = 250
MOST_WORK = 400_000
"""All tasks and decisions are worked out at once up to so many of them, and up to so many numbers
(assumptions and lines, times periods, times steps): about a second. Beyond, they are asked for
step by step."""

LEAST_CHANGE = 0.5
"""A change of less than half a unit of the currency is rounding, or nothing."""

NO_CHANGE = "no change"


@dataclass(frozen=True, kw_only=True)
class StepDelay:
    """One step later: what that costs, where the step stands in the plan, and why, in words.

    `lines` are the labels of what starts or ends at a milestone that moves. `lead` says what is
    asked, `end` what becomes of the plan, `why` why it costs what it costs; `words` are the whole
    of it in sentences.
    """

    delay: Delay
    step: StepResult
    lines: tuple[str, ...]
    lead: str
    end: str
    why: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Delays:
    """What each step costs that comes `days` working days later, the dearest first.

    `result` is the case with the plan as it is.
    """

    result: Result
    days: int
    steps: tuple[StepDelay, ...]
    note: str


def delays_of(
    case: Case, days: int | None = None, step: str | None = None, scenario: str = EXPECTED
) -> Delays:
    """What it costs when each task and decision takes so many working days more.

    `days` is one working week without a number, and below zero for a gain; `step` asks for one
    of the plan, which may be a milestone as well. Raises `CaseError` for a case that cannot be
    worked out, before or after; `UnknownName`, and `InputError` for too many days or steps.
    """
    return _delays(cases.calculate(case, scenario), days, step)


def delay_of_typed(
    document: Mapping[str, Any],
    base: Mapping[str, Any],
    step: str,
    days: int,
    scenario: str = EXPECTED,
) -> Delays:
    """What it costs when one step of a document, as it is typed, comes so much later.

    `base` is the document that it was made from; nothing is kept. Raises what `delays_of` does.
    """
    found = editing.worked_out(document, base, scenario)
    if found.result is None:
        raise CaseError(found.problems)
    return _delays(found.result, days, step)


def weekly_costs(result: Result) -> Mapping[str, Delay] | None:
    """What one working week more costs at each task and decision, by id.

    None where that would take long; empty where it cannot be worked out.
    """
    # The case of the result is in its scenario already.
    if not _is_quick(result.case):
        return None
    try:
        return {each.step: each for each in delays.one_week_later(result.case)}
    except CaseError:
        return {}


def _delays(result: Result, days: int | None, step: str | None) -> Delays:
    case = result.case
    days = len(case.plan.calendar.weekdays) if days is None else days
    if abs(days) > MOST_DAYS:
        raise InputError(f"{days:,} working days are too many.", f"Ask for {MOST_DAYS:,} at most.")
    if step is None:
        _refuse_too_many(case)
        found = delays.costs_of_delay(case, days)
    else:
        found = (delays.cost_of_delay(case, step, days),)
    steps = result.plan.by_id
    told = [_told(each, result) for each in found if each.step in steps]
    told.sort(key=lambda each: each.delay.npv)
    return Delays(result=result, days=days, steps=tuple(told), note=_note(result))


def _refuse_too_many(case: Case) -> None:
    if not _is_quick(case):
        raise InputError(
            f"{_steps(case):,} steps are too many for all of them at once in a case of this size.",
            "Ask for one step at a time.",
        )


def _is_quick(case: Case) -> bool:
    """Whether all steps can be worked out at once in about a second."""
    rows = len(case.assumptions) + len(case.computed)
    count = _steps(case)
    return count <= MOST_STEPS and count * rows * case.timeline.periods <= MOST_WORK


def _steps(case: Case) -> int:
    return len(case.plan.tasks) + len(case.plan.decisions)


def dump(found: Delays) -> dict[str, Any]:
    """The same as JSON."""
    return shapes.dump_delays(found)


# --------------------------------------------------------------------------- in words


def _told(delay: Delay, result: Result) -> StepDelay:
    step = result.plan.by_id[delay.step]
    moved = set(delay.moved)
    lines = [each for each in result.case.lines if moved & {each.starts, each.ends}]
    labels = tuple(each.label for each in lines)
    lead, end, why = _lead(delay, step), _end_of_plan(delay), _why(delay, step, labels)
    sentences = [f"{lead}, the plan ends {end}.", *_moved(delay, result.plan), why]
    if _is_change(delay):
        sentences.append(_figures(delay, result.case.currency))
    return StepDelay(
        delay=delay,
        step=step,
        lines=labels,
        lead=lead,
        end=end,
        why=why,
        words=" ".join(sentences),
    )


def _lead(delay: Delay, step: StepResult) -> str:
    days = working_days(abs(delay.days))
    if isinstance(step.step, Task):
        what = f"takes {days} {'more' if delay.days >= 0 else 'less'}"
    else:
        what = f"comes {days} {'later' if delay.days >= 0 else 'earlier'}"
    return f"When “{step.label}” {what}"


def _end_of_plan(delay: Delay) -> str:
    if not delay.plan_days:
        return "on the same day"
    when = "later" if delay.plan_days > 0 else "earlier"
    return f"{working_days(abs(delay.plan_days))} {when}"


def _moved(delay: Delay, plan: PlanResult) -> Iterator[str]:
    steps = plan.by_id
    moved = [
        f"“{steps[id].label}” is reached on {day:%-d %B %Y} instead of {steps[id].finish:%-d %B %Y}"
        for id, day in delay.moved.items()
    ]
    if moved:
        yield f"{_joined(moved)}."


def _why(delay: Delay, step: StepResult, lines: tuple[str, ...]) -> str:
    if _is_change(delay):
        return f"That moves {_joined([f'“{each}”' for each in lines])}."
    if lines:
        return "No number changes: what starts or ends there still does so in the same period."
    if not delay.moved and 0 < delay.days <= step.free_slack:
        slack = working_days(step.free_slack)
        return f"No number changes: it has {slack} of slack before anything else moves."
    if not delay.moved:
        return "No number changes: no milestone moves."
    return "No number changes: no line starts or ends at what moves."


def _is_change(delay: Delay) -> bool:
    return abs(delay.npv) >= LEAST_CHANGE or abs(delay.value) >= LEAST_CHANGE


def _figures(delay: Delay, currency: str) -> str:
    return f"NPV {_change(delay.npv, currency)}; value {_change(delay.value, currency)}."


def _change(amount: float, currency: str) -> str:
    if abs(amount) < LEAST_CHANGE:
        return "stays as it is"
    return f"{'falls' if amount < 0 else 'rises'} by {quantity.show_short(abs(amount), currency)}"


def change_text(amount: float, currency: str) -> str:
    """A change of an amount with its sign: `−£12.0k`; `no change` for less than one can see."""
    if abs(amount) < LEAST_CHANGE:
        return NO_CHANGE
    return f"{'+' if amount > 0 else ''}{quantity.show_short(amount, currency)}"


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


_PERIODS: Mapping[int, str] = {1: "month", 3: "quarter", 12: "year"}


def _note(result: Result) -> str:
    """What has to be known to read the numbers."""
    months = result.axis.months_per_period
    period = _PERIODS.get(months, f"period of {months} months")
    return (
        "Each number is the difference between two calculations of the case, in which one step "
        f"alone is later. Lines start at the beginning of a {period}, so a few days may cost "
        f"nothing, or at once what a whole {period} costs."
    )
