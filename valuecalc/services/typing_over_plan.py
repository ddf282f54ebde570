"""Numbers and days of a plan that were typed over in a workbook, put into its case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeAlias, TypeVar

from valuecalc.case.case import Case
from valuecalc.case.plan import Decision, Holiday, Milestone, Plan, Step, Task
from valuecalc.case.schedule import first_day
from valuecalc.documents.workbook import serials
from valuecalc.schemas.parts import MAX_OTHERS
from valuecalc.schemas.plan import MAX_DAYS, MAX_LAG
from valuecalc.schemas.reading import FIRST_YEAR, LAST_YEAR

OwnStep = TypeVar("OwnStep", Milestone, Task, Decision)
HOLIDAY = "holiday_"
_A_DAY = timedelta(days=1)

_Fields: TypeAlias = dict[str, Any]
"""Fields of a step by their names, as they are to be."""


def is_holiday(name: str) -> bool:
    """Whether a name is that of a cell for a day without work: `plan.holiday_3`."""
    return name.startswith(f"plan.{HOLIDAY}")


def holiday_now(case: Case, exported: float, typed: float) -> float:
    """What a case has today of a day without work, which is told by its date and not its place."""
    for serial in (exported, typed):
        day = serials.day_of(serial)
        if day is not None and any(_holds(each, day) for each in case.plan.calendar.holidays):
            return serial
    return serials.NO_DAY


def _day(serial: float) -> date | None:
    """The day of a number, if a case can have it."""
    day = serials.day_of(serial)
    return day if day is not None and FIRST_YEAR <= day.year <= LAST_YEAR else None


def with_plan(case: Case, parts: Sequence[str], before: float, after: float) -> Case | None:
    """The case with one number of its plan changed; None where it cannot have that number.

    `parts` are those of its name (`plan`, `tasks`, `survey`, `days`); days are given by the
    numbers that spreadsheets have for them, before and after.
    """
    match list(parts[1:]):
        case ["start"]:
            return _with_start(case, _day(after))
        case [name] if name.startswith(HOLIDAY):
            return _with_holiday(case, before, after)
        case ["wait", earlier, later]:
            return _with_step(case, later, lambda step: _wait(step, earlier, after))
        case [_, id, "days"]:
            return _with_step(case, id, lambda step: _days(step, after))
        case [_, id, "done"]:
            return _with_step(case, id, lambda step: _done(step, after))
        case [_, id, "day"]:
            return _with_own_day(case, id, after)
    return None


def _with_plan(case: Case, plan: Plan) -> Case:
    return replace(case, plan=plan)


def _with_start(case: Case, day: date | None) -> Case | None:
    return None if day is None else _with_plan(case, replace(case.plan, start=day))


# --------------------------------------------------------------------------- steps


def _with_step(case: Case, id: str, change: Callable[[Step], _Fields | None]) -> Case | None:
    """The case with a change in one step of its plan, if there is one that can take it."""
    step = case.plan.by_id.get(id)
    found = change(step) if step is not None else None
    if found is None:
        return None
    fields: _Fields = found

    def changed(steps: tuple[OwnStep, ...]) -> tuple[OwnStep, ...]:
        return tuple(replace(each, **fields) if each.id == id else each for each in steps)

    plan = replace(
        case.plan,
        milestones=changed(case.plan.milestones),
        tasks=changed(case.plan.tasks),
        decisions=changed(case.plan.decisions),
    )
    return _with_plan(case, plan)


def _days(step: Step, number: float) -> _Fields | None:
    is_possible = number.is_integer() and 0 <= number <= MAX_DAYS
    return {"days": int(number)} if is_possible and isinstance(step, Task) else None


def _done(step: Step, part: float) -> _Fields | None:
    return {"done": part} if 0 <= part <= 1 and isinstance(step, Task) else None


def _wait(step: Step, before: str, days: float) -> _Fields | None:
    if not days.is_integer() or not 0 <= days <= MAX_LAG:
        return None
    after = (replace(each, lag=int(days)) if each.id == before else each for each in step.after)
    return {"after": tuple(after)}


def _with_own_day(case: Case, id: str, serial: float) -> Case | None:
    day = _day(serial)
    if day is None and serial != serials.NO_DAY:
        return None
    changed = _with_step(case, id, lambda step: _own_day(step, day))
    if changed is None:
        return None
    # A workbook counts from the first day that it was exported with, wherever that came from.
    first = first_day(case.plan, case.timeline.start)
    if first_day(changed.plan, case.timeline.start) != first:
        changed = _with_plan(changed, replace(changed.plan, start=first))
    return changed


def _own_day(step: Step, day: date | None) -> _Fields | None:
    if isinstance(step, Task):
        return {"earliest": day}
    may_be_without = isinstance(step, Milestone) and bool(step.after)
    return {"date": day} if day is not None or may_be_without else None


# --------------------------------------------------------------------------- holidays


def _with_holiday(case: Case, before: float, after: float) -> Case | None:
    """The case with a day without work moved, added (`before` is none) or taken out."""
    day = _day(after)
    if day is None and after != serials.NO_DAY:
        return None
    gone = serials.day_of(before)
    calendar = case.plan.calendar
    label = next((each.label for each in calendar.holidays if gone and _holds(each, gone)), "")
    holidays = [part for each in calendar.holidays for part in _without(each, gone)]
    if day is not None and not any(_holds(each, day) for each in holidays):
        holidays.append(Holiday(first=day, label=label))
    if len(holidays) > MAX_OTHERS:
        return None
    return _with_plan(
        case, replace(case.plan, calendar=replace(calendar, holidays=tuple(holidays)))
    )


def _holds(holiday: Holiday, day: date) -> bool:
    return holiday.first <= day <= (holiday.last or holiday.first)


def _without(holiday: Holiday, day: date | None) -> Iterator[Holiday]:
    """What is left of a holiday without one of its days."""
    if day is None or not _holds(holiday, day):
        yield holiday
        return
    last = holiday.last or holiday.first
    for first, end in ((holiday.first, day - _A_DAY), (day + _A_DAY, last)):
        if first <= end:
            yield replace(holiday, first=first, last=end if end > first else None)
