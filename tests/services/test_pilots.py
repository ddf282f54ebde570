"""What a pilot has found, as people write it."""

from __future__ import annotations

import pytest

from valuecalc.errors import QuantityError, UnitError
from valuecalc.services import pilots


@pytest.mark.parametrize(
    ("unit", "text", "value"),
    [
        ("user", "1,250", 1250),
        ("GBP/user", "£22", 22),
        ("GBP/user", "22 GBP", 22),
        ("%", "12", 0.12),
        ("%", "12%", 0.12),
        ("%/year", "12%", 0.12),
        ("1", "12%", 0.12),
        ("hour", "3 hours", 3),
        ("hour", "90 minutes", 1.5),
    ],
)
def test_numbers_are_read_in_the_unit_of_their_assumption(
    unit: str, text: str, value: float
) -> None:
    assert pilots.in_unit(text, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    ("unit", "text", "error"),
    [
        ("user", "3 days", UnitError),
        ("GBP", "many", QuantityError),
        ("GBP", "€5", UnitError),
        ("user", "£22", UnitError),
        ("USD/user/year", "£22", UnitError),
    ],
)
def test_numbers_of_another_kind_are_refused(unit: str, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        pilots.in_unit(text, unit)


@pytest.mark.parametrize("unit", ["user", "GBP", "GBP/user/year", "hour"])
def test_a_percentage_is_no_number_of_things(unit: str) -> None:
    with pytest.raises(UnitError, match="percentage"):
        pilots.in_unit("12%", unit)
