"""What it costs when the steps of a plan come later, step by step, with the reason in words.

Each number is the difference between two calculations of the case: one with the plan as it is,
one in which a single step takes some working days more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from valuecalc.case.case import Case
from valuecalc.case.plan import Task
from valuecalc.case.plan_checks import working_days
from valuecalc.engine import delays
from valuecalc.engine.delays import Delay
from valuecalc.engine.plan import PlanResult, StepResult
from valuecalc.engine.result import Result
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.errors import InputError
from valuecalc.formula import quantity
from valuecalc.schemas import delays as shapes
from valuecalc.services import cases

MOST_DAYS = 5_000
"""Working days of a delay: twenty years."""

MOST_WORK = 1_000_000
"""Numbers (assumptions and lines, times periods, times tasks and decisions) of one request for
all steps at once: a few seconds. Beyond, they are asked for step by step."""

LEAST_CHANGE = 0.5
"""A change of less than half a unit of the currency is rounding, or nothing."""


@dataclass(frozen=True, kw_only=True)
class StepDelay:
    """One step later: what that costs, where the step stands in the plan, and why, in words.

    `lines` are the labels of what starts or ends at a milestone that moves.
    """

    delay: Delay
    step: StepResult
    lines: tuple[str, ...]
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
    result = cases.calculate(case, scenario)
    # The case of the result is in its scenario already.
    case = result.case
    days = len(case.plan.calendar.weekdays) if days is None else days
    if abs(days) > MOST_DAYS:
        raise InputError(f"{days:,} working days are too many.", f"Ask for {MOST_DAYS:,} at most.")
    if step is None:
        _refuse_too_many(case)
        found = delays.costs_of_delay(case, days)
    else:
        found = (delays.cost_of_delay(case, step, days),)
    told = [_told(each, result) for each in found if each.step in result.plan.by_id]
    told.sort(key=lambda each: each.delay.npv)
    return Delays(result=result, days=days, steps=tuple(told), note=_note(result))


def _refuse_too_many(case: Case) -> None:
    steps = len(case.plan.tasks) + len(case.plan.decisions)
    rows = len(case.assumptions) + len(case.lines)
    if steps * rows * case.timeline.periods > MOST_WORK:
        raise InputError(
            f"{steps:,} steps are too many for all of them at once in a case of this size.",
            "Ask for one step at a time.",
        )


def dump(found: Delays) -> dict[str, Any]:
    """The same as JSON."""
    return shapes.dump_delays(found)


# --------------------------------------------------------------------------- in words


def _told(delay: Delay, result: Result) -> StepDelay:
    step = result.plan.by_id[delay.step]
    moved = set(delay.moved)
    lines = [each for each in result.case.lines if moved & {each.starts, each.ends}]
    labels = tuple(each.label for each in lines)
    words = " ".join(_sentences(delay, step, labels, result))
    return StepDelay(delay=delay, step=step, lines=labels, words=words)


def _sentences(
    delay: Delay, step: StepResult, lines: tuple[str, ...], result: Result
) -> Iterator[str]:
    yield _beginning(delay, step)
    moved = [_moved(result.plan, id, day) for id, day in delay.moved.items()]
    if moved:
        yield f"{_joined(moved)}."
    if _is_change(delay):
        yield f"That moves {_joined([f'“{each}”' for each in lines])}."
        currency = result.case.currency
        yield f"NPV {_change(delay.npv, currency)}; value {_change(delay.value, currency)}."
    elif lines:
        yield "No number changes: what starts or ends there still does so in the same period."
    else:
        yield "No number changes: no line starts or ends at what moves."


def _beginning(delay: Delay, step: StepResult) -> str:
    days = working_days(abs(delay.days))
    if isinstance(step.step, Task):
        what = f"takes {days} {'more' if delay.days >= 0 else 'less'}"
    else:
        what = f"comes {days} {'later' if delay.days >= 0 else 'earlier'}"
    return f"When “{step.label}” {what}, {_end_of_plan(delay, step)}."


def _end_of_plan(delay: Delay, step: StepResult) -> str:
    if delay.plan_days:
        when = "later" if delay.plan_days > 0 else "earlier"
        return f"the plan ends {working_days(abs(delay.plan_days))} {when}"
    if step.slack > 0 and delay.days > 0:
        return f"the plan ends on the same day, as the step has {working_days(step.slack)} of slack"
    return "the plan ends on the same day"


def _moved(plan: PlanResult, id: str, day: date) -> str:
    step = plan.by_id[id]
    return f"“{step.label}” is reached on {day:%-d %B %Y} instead of {step.finish:%-d %B %Y}"


def _is_change(delay: Delay) -> bool:
    return abs(delay.npv) >= LEAST_CHANGE or abs(delay.value) >= LEAST_CHANGE


def _change(amount: float, currency: str) -> str:
    if abs(amount) < LEAST_CHANGE:
        return "stays as it is"
    return f"{'falls' if amount < 0 else 'rises'} by {quantity.show(abs(amount), currency)}"


def change_text(amount: float, currency: str) -> str:
    """A change of an amount with its sign; `no change` for less than one can see."""
    if abs(amount) < LEAST_CHANGE:
        return "no change"
    return quantity.show(amount, currency, sign=True)


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
