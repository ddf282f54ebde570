"""What looks like a slip in a number that was typed into a workbook."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders import case
from tests.documents.workbook_cases import OUTLAY, SAVING, SYSTEM
from valuecalc.case.case import Assumption
from valuecalc.documents.workbook.layout import Given
from valuecalc.documents.workbook.serials import serial_of
from valuecalc.services.doubts import doubts_of, with_ranges
from valuecalc.services.typing_over import Change

SHARE = Assumption(id="share", label="Share", value=0.07, low=0.05, high=0.1, unit="%")
BASE = case(SAVING, SHARE, OUTLAY, SYSTEM)


def changed(name: str, unit: str, before: float, after: float) -> Change:
    given = Given(
        name=name,
        label="Some",
        part="",
        unit=unit,
        value=before,
        place=("Inputs", "C9"),
        may_change=True,
    )
    return Change(given, after)


def doubts(name: str, unit: str, before: float, after: float) -> str:
    return " ".join(doubts_of(changed(name, unit, before, after), BASE))


@pytest.mark.parametrize(
    ("unit", "before", "after", "doubt"),
    [
        ("%", 0.07, 7.0, "7 is 700%: was 7% meant?"),
        ("%", 0.0, 1.5, "1.5 is 150%: was 1.5% meant?"),
        ("%/year", 0.07, -7.0, "\u22127 is \u2212700%: was \u22127% meant?"),
        ("GBP", 104_167.0, 104.0, "What was exported is about 1,000 times as much"),
        ("GBP", 104.0, 104_167.0, "It is about 1,000 times what was exported"),
        ("GBP", 12.5, 1_250.0, "It is about 100 times what was exported"),
        ("GBP", 1e-300, 1e300, "a thousand million or more times"),
        ("GBP", 100.0, -100.0, "Its sign is not the one exported"),
        ("date", serial_of(date(2027, 3, 1)), serial_of(date(2207, 3, 1)), "is its year right?"),
    ],
)
def test_what_looks_like_a_slip_is_asked(
    unit: str, before: float, after: float, doubt: str
) -> None:
    assert doubt in doubts("timing.x.y", unit, before, after)


@pytest.mark.parametrize(
    ("unit", "before", "after"),
    [
        ("%", 0.07, 1.0),
        ("%", 0.07, 0.9),
        ("%", 1.5, 2.0),
        ("GBP", 100.0, 1_000.0),
        ("GBP", 0.0, 1_000_000.0),
        ("GBP", 1_000_000.0, 0.0),
        ("no.", 1.0, 24.0),
        ("date", serial_of(date(2027, 3, 1)), serial_of(date(2029, 3, 1))),
        ("date", serial_of(None), serial_of(date(2029, 3, 1))),
    ],
)
def test_what_may_well_be_meant_is_not_asked(unit: str, before: float, after: float) -> None:
    assert doubts("timing.x.y", unit, before, after) == ""


@pytest.mark.parametrize(
    "name",
    ["assumptions.share.expected", "assumptions.share.year_2", "scenarios.a.assumptions.share"],
)
def test_a_value_outside_its_range_is_told_with_the_end_of_it(name: str) -> None:
    assert doubts(name, "%", 0.07, 0.12) == "It is above its range, which ends at 10%."
    assert doubts(name, "%", 0.07, 0.04) == "It is below its range, which begins at 5%."
    assert doubts(name, "%", 0.07, 0.1) == ""


def test_an_end_of_a_range_may_move_and_counts_as_it_was_typed() -> None:
    high = changed("assumptions.share.high", "%", 0.1, 0.15)
    value = changed("assumptions.share.expected", "%", 0.07, 0.12)
    assert doubts_of(high, BASE) == ()
    assert doubts_of(value, with_ranges(BASE, [high, value])) == ()
