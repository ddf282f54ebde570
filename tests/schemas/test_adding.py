"""A sum in a cell is exact, written as the cell was, and never mixes units."""

from __future__ import annotations

import pytest

from valuecalc.errors import QuantityError
from valuecalc.schemas.adding import added


@pytest.mark.parametrize(
    ("held", "by", "total"),
    [
        ("1,250", "+20", "1,270"),
        ("2.5m", "+100k", "2,600,000"),
        ("£22", "+3", "£25"),
        ("£22", "+ £3", "£25"),
        ("12%", "+2", "14%"),
        ("12%", "+2%", "14%"),
        ("0.1", "+0.2", "0.3"),
        ("£1,234,567.01", "+0.02", "£1,234,567.03"),
        ("2027", "+1", "2028"),
        ("(500)", "+20", "-480"),
        ("-20", "+20", "0"),
    ],
)
def test_what_is_added_is_exact_and_written_as_before(held: str, by: str, total: str) -> None:
    assert added(held, by) == total


@pytest.mark.parametrize("by", ["+", "+much", "+-20", "++2", "+1,2", "+9e400", "+" + "9" * 100])
def test_what_is_no_number_is_refused(by: str) -> None:
    with pytest.raises(QuantityError):
        added("1,250", by)


@pytest.mark.parametrize(("held", "by"), [("£22", "+$3"), ("£1,000", "+12%"), ("20", "+£3")])
def test_another_unit_is_refused(held: str, by: str) -> None:
    with pytest.raises(QuantityError, match="Add a number without a unit"):
        added(held, by)
