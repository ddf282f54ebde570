"""The time axis of a case: period 0 is the decision, periods 1…n follow.

A period is a month, a quarter or a year. Period `p >= 1` covers the months from
`(p - 1) * L` to `p * L` after the decision, where `L` is the length of a period in months;
period 0 is a moment and has no length.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from valuecalc.phrases import MONTH_OF_YEAR, SHORT_MONTH, day, phrase, plural

MAX_YEARS = 100


class Period(StrEnum):
    """The length of one period of the grid."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        """Its length in months."""
        return {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}[self]


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """`start` is the day of the decision, the first of a month; `months` is the horizon."""

    start: date = date(2027, 1, 1)
    months: int = 36
    period: Period = Period.MONTH

    @property
    def periods(self) -> int:
        """The number of periods after the decision."""
        return self.months // self.period.months

    @property
    def years(self) -> int:
        """The number of report years; the last one may be incomplete."""
        return math.ceil(self.months / 12)

    @property
    def horizon_text(self) -> str:
        """The horizon for people: `3 years`, `30 months`."""
        if self.months % 12:
            return months_text(self.months)
        return plural("{number} year", "{number} years", self.months // 12)

    def year_of(self, period: int) -> int:
        """The report year of a period: 0 for the decision, then 1, 2, …"""
        return math.ceil(period * self.period.months / 12)

    def first_day(self, period: int) -> date:
        """The first day of a period (of period 0: the day of the decision)."""
        return add_months(self.start, max(0, period - 1) * self.period.months)

    def end_day(self, period: int) -> date:
        """The day after the last day of a period."""
        return add_months(self.start, period * self.period.months)

    def period_containing(self, day: date) -> int:
        """The period in which a day falls; 0 or less for days before the decision."""
        months = (day.year - self.start.year) * 12 + day.month - self.start.month
        return months // self.period.months + 1

    def first_whole_period_from(self, day: date) -> int:
        """The first period that begins on or after a day."""
        period = self.period_containing(day)
        return period if self.first_day(period) == day or period < 1 else period + 1

    def last_whole_period_to(self, day: date) -> int:
        """The last period that ends on or before a day (its last day included)."""
        period = self.period_containing(day)
        return period if self.end_day(period) <= day + timedelta(days=1) else period - 1

    def label(self, period: int) -> str:
        """A period for people: `Initial`, `Jan 2027`, `Q1 2027`, `Feb–Apr 2027`, `Year 1`."""
        if period == 0:
            return INITIAL
        first = self.first_day(period)
        if self.period is Period.MONTH:
            return day(first, SHORT_MONTH)
        if self.period is Period.QUARTER:
            return _quarter(first)
        return year_label(period)


def _quarter(first: date) -> str:
    if first.month % 3 == 1:
        return phrase("Q{quarter} {year}", quarter=str(first.month // 3 + 1), year=str(first.year))
    last = add_months(first, 2)
    begins = day(first, MONTH_OF_YEAR if first.year == last.year else SHORT_MONTH)
    return phrase("{first}–{last}", first=begins, last=day(last, SHORT_MONTH))


INITIAL = phrase("Initial")
"""The column of the decision."""


def year_label(year: int) -> str:
    """A year after the decision for people: `Year 1`."""
    return phrase("Year {number}", number=str(year))


def months_text(months: int) -> str:
    """A number of months for people: `1 month`, `18 months`."""
    return plural("{number} month", "{number} months", months, number=str(months))


def add_months(day: date, months: int) -> date:
    """The first of the month that is `months` after the month of `day`."""
    total = day.year * 12 + day.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)
