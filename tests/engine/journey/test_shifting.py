"""Days move by whole months; the ends of months stay ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuecalc.case.timeline import add_months
from valuecalc.engine.journey.shifting import shifted


def is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2027, 1, 1), 1, date(2027, 2, 1)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 2, 28), 1, date(2027, 3, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 1, 30), 1, date(2027, 2, 27)),
        (date(2027, 12, 15), 1, date(2028, 1, 15)),
        (date(2027, 3, 15), -14, date(2026, 1, 15)),
    ],
)
def test_a_day_moves_by_months(day: date, months: int, expected: date) -> None:
    assert shifted(day, months) == expected


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.integers(-500, 500))
def test_the_month_is_right_and_an_end_stays_an_end(day: date, months: int) -> None:
    moved = shifted(day, months)
    assert moved.replace(day=1) == add_months(day, months)
    assert is_month_end(moved) == is_month_end(day)
    assert (moved.day == 1) == (day.day == 1)
