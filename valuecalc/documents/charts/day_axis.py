"""The axis of a plan: weeks, months or years over the days that it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from valuecalc import phrases

_WEEKS = (7, 14)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000)


@dataclass(frozen=True)
class DayTick:
    """A day that is marked on an axis; `year` is written above the first tick of each year."""

    day: date
    label: str
    year: str = ""


def day_ticks(first: date, last: date, most: int) -> list[DayTick]:
    """Mondays, beginnings of months or of years between two days, at most so many.

    There may be none where the days are so few that no week begins among them.
    """
    for days in _WEEKS:
        mondays = list(_mondays(first, last, days))
        if len(mondays) <= most and (last - first).days <= days * most:
            return _named(mondays, by_month=False)
    steps = (list(_month_starts(first, last, step)) for step in _MONTHS)
    starts = next((found for found in steps if len(found) <= most), [])
    if len(starts) > 1 and starts[1].year - starts[0].year >= 1 and starts[0].month == 1:
        return [DayTick(each, str(each.year)) for each in starts]
    return _named(starts, by_month=True)


def _named(days: list[date], *, by_month: bool) -> list[DayTick]:
    ticks: list[DayTick] = []
    year = None
    for day in days:
        label = phrases.day(day, phrases.MONTH_OF_YEAR if by_month else phrases.DAY_OF_YEAR)
        ticks.append(DayTick(day, label, "" if day.year == year else str(day.year)))
        year = day.year
    return ticks


def _mondays(first: date, last: date, step: int) -> Iterator[date]:
    day = first + timedelta(days=-first.weekday() % 7)
    while day <= last:
        yield day
        day += timedelta(days=step)


def _month_starts(first: date, last: date, step: int) -> Iterator[date]:
    """The first days of every `step`-th month; those of half years are January and July."""
    month = first.year * 12 + first.month - 1 + (first.day > 1)
    month += -month % step
    end = last.year * 12 + last.month - 1
    while month <= end:
        yield date(month // 12, month % 12 + 1, 1)
        month += step
