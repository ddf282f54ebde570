"""The time axis: periods, dates and report years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuecalc.case.timeline import Period, Timeline, add_months

MONTHS = Timeline(start=date(2027, 2, 1), months=30)
SPRING = Timeline(start=date(2027, 4, 1), period=Period.QUARTER)
QUARTERS = Timeline(start=date(2027, 2, 1), months=24, period=Period.QUARTER)
YEARS = Timeline(start=date(2027, 2, 1), months=36, period=Period.YEAR)


def test_periods_and_report_years_are_counted() -> None:
    assert (MONTHS.periods, MONTHS.years) == (30, 3)
    assert (QUARTERS.periods, QUARTERS.years) == (8, 2)
    assert (YEARS.periods, YEARS.years) == (3, 3)


@pytest.mark.parametrize(
    ("months", "text"), [(12, "1 year"), (36, "3 years"), (30, "30 months"), (1, "1 month")]
)
def test_the_horizon_for_people(months: int, text: str) -> None:
    assert Timeline(months=months).horizon_text == text


@pytest.mark.parametrize(
    ("timeline", "labels"),
    [
        (MONTHS, ["Initial", "Feb 2027", "Mar 2027"]),
        (QUARTERS, ["Initial", "Feb–Apr 2027", "May–Jul 2027"]),
        (
            Timeline(start=date(2027, 4, 1), period=Period.QUARTER),
            ["Initial", "Q2 2027", "Q3 2027"],
        ),
        (YEARS, ["Initial", "Year 1", "Year 2"]),
    ],
)
def test_periods_are_labelled_for_people(timeline: Timeline, labels: list[str]) -> None:
    assert [timeline.label(period) for period in range(3)] == labels


def test_the_report_year_of_a_period_counts_from_the_decision() -> None:
    assert [MONTHS.year_of(p) for p in (0, 1, 12, 13, 24, 25, 30)] == [0, 1, 1, 2, 2, 3, 3]
    assert [QUARTERS.year_of(p) for p in (0, 1, 4, 5, 8)] == [0, 1, 1, 2, 2]
    assert [YEARS.year_of(p) for p in (0, 1, 2, 3)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("day", "containing", "first_whole", "last_whole"),
    [
        (date(2027, 2, 1), 1, 1, 0),
        (date(2027, 2, 28), 1, 2, 1),
        (date(2027, 3, 1), 2, 2, 1),
        (date(2027, 3, 15), 2, 3, 1),
        (date(2027, 3, 31), 2, 3, 2),
        (date(2027, 1, 31), 0, 0, 0),
    ],
)
def test_a_day_in_months(day: date, containing: int, first_whole: int, last_whole: int) -> None:
    assert MONTHS.period_containing(day) == containing
    assert MONTHS.first_whole_period_from(day) == first_whole
    assert MONTHS.last_whole_period_to(day) == last_whole


def test_a_leap_day_ends_its_month() -> None:
    leap = Timeline(start=date(2028, 1, 1))
    assert leap.last_whole_period_to(date(2028, 2, 29)) == 2
    assert leap.last_whole_period_to(date(2028, 2, 28)) == 1


TIMELINES = st.builds(
    Timeline,
    start=st.dates(date(2000, 1, 1), date(2050, 1, 1)).map(lambda day: day.replace(day=1)),
    months=st.integers(1, 20).map(lambda years: 12 * years),
    period=st.sampled_from(Period),
)


@given(TIMELINES, st.integers(0, 4000))
def test_a_day_lies_in_the_period_that_contains_it(timeline: Timeline, days: int) -> None:
    day = timeline.start + timedelta(days=days)
    period = timeline.period_containing(day)
    assert timeline.first_day(period) <= day < timeline.end_day(period)


@given(TIMELINES, st.integers(0, 4000))
def test_whole_periods_begin_after_and_end_before_a_day(timeline: Timeline, days: int) -> None:
    day = timeline.start + timedelta(days=days)
    first, last = timeline.first_whole_period_from(day), timeline.last_whole_period_to(day)
    assert timeline.first_day(first) >= day
    assert first == 1 or timeline.first_day(first - 1) < day
    assert timeline.end_day(last) - timedelta(days=1) <= day
    assert timeline.end_day(last + 1) - timedelta(days=1) > day


@given(TIMELINES)
def test_periods_follow_each_other_without_gaps(timeline: Timeline) -> None:
    assert timeline.first_day(1) == timeline.start
    for period in range(1, min(timeline.periods, 50)):
        assert timeline.end_day(period) == timeline.first_day(period + 1)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(-600, 600))
def test_months_are_added_and_taken_away(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert moved.day == 1
    assert add_months(moved, -months) == day.replace(day=1)
