"""Number formats: how a number in a unit is shown, with as many decimals as it needs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from valuecalc.formula import quantity


@dataclass(frozen=True)
class Format:
    """A number format: its name for people, and its code for the spreadsheet."""

    name: str
    code: str


GENERAL = Format("plain", "General")
TEXT = Format("text", "@")
DATE = Format("date", "d mmm yyyy")
MONTH = Format("month", "mmm yyyy")
SHORT_DATE = Format("short date", "d mmm yy")
DATE_OR_NONE = Format("date or none", 'd mmm yyyy;;"–"')
PART = Format("part", "0%")
COUNT = Format("count", "0")
FLAG = Format("flag", '0;-0;"–"')
OPENING = Format("opening", ";;;")
FACTOR = Format("factor", "0.0000;[Red]-0.0000")
TIMES = Format("times", '0.00"x";[Red]-0.00"x"')
TINY = Format("tiny", '0.0E+00;-0.0E+00;"–"')
REPORT_YEAR = Format("report year", '"Year "0;;"Initial"')


def figure(unit: str, value: float | None, *, dash: bool = False) -> Format:
    """How a result is shown: money with its symbol, `66.7%`, `7.2` months, `1.35x`."""
    if unit == "x":
        return TIMES
    if unit == "months":
        return _number("", 1, "months")
    if quantity.is_percentage(unit):
        return _percent(1, dash)
    return amount(unit, [value or 0.0], symbol=True, dash=dash)


def amount(
    unit: str, values: Iterable[float], *, symbol: bool = False, dash: bool = False
) -> Format:
    """How numbers in a unit are shown, with the decimals that these values need.

    `symbol` puts the currency in front; `dash` shows zero as a dash, for rows over time.
    """
    sizes = [abs(value) for value in values if math.isfinite(value)]
    if quantity.is_percentage(unit):
        return _percent(_decimals([100 * size for size in sizes], 2), dash)
    currency = quantity.currency_of(unit)
    if currency is None:
        return _number("", _decimals(sizes, 4), "number", dash)
    places = 2 if _decimals(sizes, 2) else 0
    return _number(_symbol(currency) if symbol else "", places, currency, dash)


def _decimals(sizes: list[float], most: int) -> int:
    """The fewest decimals that show all sizes in full, where that still helps the eye."""
    largest = max(sizes, default=0.0)
    if largest >= 1000:
        return 0
    limit = min(most, 2) if largest >= 10 else most
    for places in range(limit):
        if all(math.isclose(round(size, places), size, rel_tol=1e-9) for size in sizes):
            return places
    return limit


def _symbol(currency: str) -> str:
    return quantity.SYMBOL_OF.get(currency, f"{currency} ")


def _number(before: str, places: int, name: str, dash: bool = False) -> Format:
    digits = "#,##0" + ("." + "0" * places if places else "")
    shown = f'"{before}"{digits}' if before else digits
    words = [before.strip() if before else name, f"{places} dp", "dash" if dash else ""]
    return Format(" ".join(filter(None, words)), _signed(shown, dash))


def _percent(places: int, dash: bool = False) -> Format:
    shown = "0" + ("." + "0" * places if places else "") + "%"
    return Format(f"% {places} dp{' dash' if dash else ''}", _signed(shown, dash))


def _signed(shown: str, dash: bool) -> str:
    zero = ';"–"' if dash else ""
    return f"{shown};[Red]-{shown}{zero}"
