"""Documents as people would type them: every number is a text, and none loses a digit.

The editor shows a case as its *written document*: the canonical one, in which numbers are texts
such as `£22`, `12%` and `1,250`. Reading it gives the very same case:
`load_case(written(document)) == load_case(document)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

from valuecalc.formula import quantity
from valuecalc.formula.known_units import CURRENCIES
from valuecalc.schemas.keyed import CASE, Outline

LONGEST_NUMBER = 26
"""Characters; numbers that would take more are written with a power of ten."""
GROUPED_FROM = 10_000
"""Numbers without a unit have no separators below this: 2027 is mostly a year."""
SEPARATOR = "; "
"""Between the values of a list that is shown in one field."""

DIGITS_SHOWN = 4
FEWEST_DECIMALS = 2
_WORKED_OUT = re.compile(r"([^\d]{0,5})(\d[\d,]*\.\d{5,})(%?)")

OVERRIDES = "set"
"""The field of scenarios and alternatives whose keys are the ids of assumptions."""


def written(document: Mapping[str, Any], units: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The canonical document with every number as a text.

    `units` are those of the assumptions by id, where the document holds only some of them.
    """
    if units is None:
        units = _units_of(document.get("assumptions"))
    writer = _Writer(units)
    return cast(dict[str, Any], writer.write(document, CASE, None, None))


def number_text(value: float, unit: str | None = None) -> str:
    """A number of a place that is counted in `unit`, as one would type it there.

    Reading it there gives exactly the same number. Without a unit (None) the place takes any.
    """
    if unit is not None and quantity.is_percentage(unit):
        return f"{_digits(_exact(value).scaleb(2))}%"
    exact = _exact(value)
    number = _digits(abs(exact), is_grouped=unit is not None or abs(exact) >= GROUPED_FROM)
    sign = _sign_of(unit)
    return f"{'-' if exact < 0 else ''}{sign}{quantity.as_price(number) if sign else number}"


def short_text(text: str) -> str:
    """The text of a number with no more decimals than one can use; any other text as it is.

    Numbers with more than four decimals were worked out, such as by travelling from a straw-man:
    `$3.2157351882945546` is shown as `$3.216`. Nobody would read, or believe, more.
    """
    found = _WORKED_OUT.fullmatch(text)
    if found is None:
        return text
    before, number, after = found.groups()
    exact = Decimal(number.replace(",", ""))
    rounded = round(exact, max(FEWEST_DECIMALS, DIGITS_SHOWN - 1 - exact.adjusted()))
    return f"{before}{_digits(rounded, is_grouped=',' in number)}{after}"


def shortened(document: Any) -> dict[str, str]:
    """The short texts of the numbers of a written document that have one, by their full texts."""
    if isinstance(document, str):
        short = short_text(document)
        return {document: short} if short != document else {}
    inner = document.values() if isinstance(document, Mapping) else document
    found: dict[str, str] = {}
    for each in inner if isinstance(document, Mapping | list) else ():
        found |= shortened(each)
    return found


def text_at(item: Any, path: str) -> str:
    """What a field shows: the text at a dotted path below a part of a written document.

    Empty where nothing stands; the values of a list one after the other.
    """
    for key in path.split("."):
        item = item.get(key) if isinstance(item, Mapping) else None
    if isinstance(item, list | tuple):
        return SEPARATOR.join(text for each in item if (text := _shown(each)))
    return _shown(item)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping) and "chance" in value:
        return f"{_shown(value.get('value'))} at {_shown(value['chance'])}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None or isinstance(value, Mapping | list) else str(value)


def _units_of(assumptions: Any) -> dict[str, str]:
    items = assumptions if isinstance(assumptions, Iterable) else ()
    return {each["id"]: each.get("unit", "1") for each in items}


class _Writer:
    """Walks a canonical document; `units` are those of its assumptions, by id."""

    def __init__(self, units: Mapping[str, str]) -> None:
        self.units = units

    def write(self, value: Any, outline: Outline, around: Any, unit: str | None) -> Any:
        """A value as one would type it.

        `around` is the mapping that it stands in, and `unit` what its numbers count in where
        the outline does not say.
        """
        if isinstance(value, Mapping):
            return {key: self._below(value, key, outline, unit) for key in value}
        if isinstance(value, list | tuple):
            inner = outline.each or outline
            return [self.write(each, inner, around, unit) for each in value]
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        return number_text(value, self._unit(outline, around, unit))

    def _below(
        self, mapping: Mapping[str, Any], key: str, outline: Outline, unit: str | None
    ) -> Any:
        inner = outline.below(key)
        if key == OVERRIDES and inner.entries is not None:
            overrides = mapping[key]
            return {id: self._override(each, id) for id, each in overrides.items()}
        if key in outline.measured:
            unit = mapping.get("unit", "1")
        return self.write(mapping[key], inner, mapping, unit)

    def _override(self, value: float, id: str) -> str:
        return number_text(value, self.units.get(id))

    @staticmethod
    def _unit(outline: Outline, around: Any, unit: str | None) -> str | None:
        if outline.unit_key is not None:
            return str(around.get(outline.unit_key, "1"))
        return outline.unit or unit


def _exact(value: float) -> Decimal:
    """The shortest decimal that reads back as this number."""
    return Decimal(str(value) if isinstance(value, int) else quantity.show_plain(value))


def _digits(number: Decimal, is_grouped: bool = True) -> str:
    text = f"{number:,f}" if is_grouped else f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if len(text) <= LONGEST_NUMBER else f"{number.normalize():e}"


def _sign_of(unit: str | None) -> str:
    """What stands before a number of this unit: `£` or `CHF `."""
    code = quantity.currency_of(unit) if unit is not None else None
    if code is None or code not in CURRENCIES:
        return ""
    return quantity.SYMBOL_OF.get(code, f"{code} ")
