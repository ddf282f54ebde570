"""Counts working days, and finds the day of a number of them.

Working days are numbered from the first day of a plan: its first working day is number 1, and
what has happened by the end of a day is the number of the last working day up to then. All of
it takes the same short time however far the days are apart.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date

from valuecalc.case.plan import WEEKDAYS, Calendar, Holiday

LATEST = date(9990, 12, 31)
"""Days later than this one are shown as it: the plan is far beyond any case."""


class WorkingDays:
    """The working days of a calendar, counted from `first`."""

    def __init__(self, first: date, calendar: Calendar) -> None:
        self.first = first
        self._worked = [name in calendar.weekdays for name in WEEKDAYS]
        self._a_week = sum(self._worked)
        if not self._a_week:
            raise ValueError("A calendar without a working day cannot be counted on.")
        self._holidays = sorted(self._taken_off(calendar.holidays))
        self._before = self._up_to(first.toordinal() - 1)

    def through(self, day: date) -> int:
        """How many working days are over at the end of a day; below 0 before the first."""
        return self._up_to(day.toordinal()) - self._before

    def before(self, day: date) -> int:
        """How many working days are over when a day begins."""
        return self._up_to(day.toordinal() - 1) - self._before

    def day(self, number: int) -> date:
        """The working day with this number, 1 being the first; 0 is the last one before it."""
        wanted = number + self._before
        skipped = 0
        while True:
            found = self._without_holidays(wanted + skipped)
            if found >= LATEST.toordinal():
                return LATEST
            passed = bisect_right(self._holidays, found)
            if passed == skipped:
                return date.fromordinal(max(1, found))
            skipped = passed

    def _taken_off(self, holidays: tuple[Holiday, ...]) -> set[int]:
        """The ordinals of holidays that would be working days."""
        return {
            ordinal
            for each in holidays
            for ordinal in _ordinals(each)
            if self._worked[(ordinal - 1) % 7]
        }

    def _up_to(self, ordinal: int) -> int:
        """How many working days there are up to an ordinal; ordinal 1 was a Monday."""
        weeks, rest = divmod(ordinal, 7)
        worked = weeks * self._a_week + sum(self._worked[:rest])
        return worked - bisect_right(self._holidays, ordinal)

    def _without_holidays(self, number: int) -> int:
        """The ordinal of a working day by its number since ordinal 1, holidays worked."""
        weeks, rest = divmod(number - 1, self._a_week)
        worked = [index for index, is_worked in enumerate(self._worked) if is_worked]
        return weeks * 7 + worked[rest] + 1


def _ordinals(holiday: Holiday) -> Iterator[int]:
    last = holiday.last or holiday.first
    yield from range(holiday.first.toordinal(), last.toordinal() + 1)
