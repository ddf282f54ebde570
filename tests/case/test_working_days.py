"""Working days counted one by one are those that are counted at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuecalc.case.plan import WEEKDAYS, WORKING_WEEK, Calendar, Holiday
from valuecalc.case.working_days import LATEST, WorkingDays

FRIDAY = date(2027, 1, 1)
CLOSED = Calendar(holidays=(Holiday(first=date(2027, 1, 1)), Holiday(first=date(2027, 1, 6))))


def test_the_first_working_day_has_number_one() -> None:
    days = WorkingDays(FRIDAY, Calendar())
    assert days.day(1) == FRIDAY
    assert days.day(2) == date(2027, 1, 4)
    assert days.day(0) == date(2026, 12, 31)
    assert days.day(-1) == date(2026, 12, 30)


def test_a_weekend_and_a_holiday_count_nothing() -> None:
    days = WorkingDays(FRIDAY, CLOSED)
    counted = [days.through(date(2027, 1, day)) for day in range(1, 9)]
    assert counted == [0, 0, 0, 1, 2, 2, 3, 4]
    assert [days.before(date(2027, 1, day)) for day in (1, 4, 6, 7)] == [0, 0, 2, 2]
    assert [days.day(number).day for number in range(1, 5)] == [4, 5, 7, 8]


def test_a_holiday_on_a_weekend_takes_nothing_away() -> None:
    weekend = Calendar(holidays=(Holiday(first=date(2027, 1, 2), last=date(2027, 1, 3)),))
    assert WorkingDays(FRIDAY, weekend).day(2) == date(2027, 1, 4)


def test_holidays_that_overlap_count_once() -> None:
    twice = (
        Holiday(first=date(2027, 1, 4), last=date(2027, 1, 6)),
        Holiday(first=date(2027, 1, 5)),
    )
    assert WorkingDays(FRIDAY, Calendar(holidays=twice)).day(2) == date(2027, 1, 7)


def test_a_day_far_beyond_every_case_is_shown_as_the_latest_one() -> None:
    assert WorkingDays(FRIDAY, Calendar()).day(10**9) == LATEST
    assert WorkingDays(LATEST, Calendar()).day(10**6) == LATEST


def test_a_calendar_without_a_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="without a working day"):
        WorkingDays(FRIDAY, Calendar(weekdays=()))


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
CALENDARS = st.builds(
    Calendar,
    weekdays=st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(tuple) | st.just(WORKING_WEEK),
    holidays=st.lists(
        st.builds(
            lambda first, length: Holiday(first=first, last=first + timedelta(days=length)),
            DAYS,
            st.integers(0, 40),
        ),
        max_size=4,
    ).map(tuple),
)


def is_worked(day: date, calendar: Calendar) -> bool:
    off = any(each.first <= day <= (each.last or each.first) for each in calendar.holidays)
    return WEEKDAYS[day.weekday()] in calendar.weekdays and not off


@given(first=DAYS, calendar=CALENDARS, length=st.integers(0, 200))
def test_days_counted_at_once_are_those_counted_one_by_one(
    first: date, calendar: Calendar, length: int
) -> None:
    days = WorkingDays(first, calendar)
    last = first + timedelta(days=length)
    passed = [first + timedelta(days=number) for number in range(length + 1)]
    worked = [day for day in passed if is_worked(day, calendar)]
    assert days.through(last) == len(worked)
    assert [days.day(number) for number in range(1, len(worked) + 1)] == worked
    assert days.before(last) == len(worked) - is_worked(last, calendar)


@given(first=DAYS, calendar=CALENDARS, number=st.integers(-300, 300))
def test_a_working_day_is_found_by_its_number_before_the_plan_too(
    first: date, calendar: Calendar, number: int
) -> None:
    days = WorkingDays(first, calendar)
    assert days.through(days.day(number)) == number
    assert is_worked(days.day(number), calendar)
