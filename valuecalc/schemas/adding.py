"""A sum typed into a cell: `+20` in a cell that held `1,250`."""

from __future__ import annotations

from decimal import Decimal

from valuecalc.errors import QuantityError
from valuecalc.formula import quantity
from valuecalc.formula.quantity import Quantity
from valuecalc.schemas.written import number_text


def added(held: str, by: str) -> str:
    """What a cell that held one number shows when another one is added.

    Exact to the last digit and written as the cell was: `12%` and `+2` are `14%`, `£0.10` and
    `+0.20` are `£0.3`. Raises `QuantityError` for what is no number, or one of another unit.
    """
    before = quantity.read(held)
    more = quantity.read(by, before.unit)
    if more.unit not in (None, before.unit):
        raise QuantityError(
            f"“{by.strip()}” is in {more.unit}, and “{held.strip()}” {_counted_in(before)}.",
            "Add a number without a unit, or write the whole number anew.",
        )
    total = Decimal(quantity.show_plain(before.value)) + Decimal(quantity.show_plain(more.value))
    # A number without a unit shows separators if it did so before: 1,250, but the year 2027.
    unit = before.unit or ("1" if "," in held else None)
    return number_text(float(total), unit)


def _counted_in(number: Quantity) -> str:
    return f"is in {number.unit}" if number.unit else "is a plain number"
