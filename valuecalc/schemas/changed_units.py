"""Numbers of assumptions whose unit got another currency: they lose the sign of the old one.

Somebody who changes the unit of `£38` from GBP/hour to EUR/hour means that the number counts in
euros, and should not have to type three numbers and those of every scenario anew. Only numbers
that nobody has touched follow their unit: `£40`, typed in a row of euros, stays the mistake that
it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from valuecalc.errors import QuantityError, UnitError
from valuecalc.formula import quantity
from valuecalc.schemas.reading import is_blank, tidy_unit
from valuecalc.schemas.written import OVERRIDES, number_text, written

WITH_OVERRIDES = ("scenarios", "alternatives")


def in_new_units(document: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """The typed document with the numbers of `base` written in the units that they have now.

    `base` is the canonical document that it was made from. What was typed anew, and what stands
    in no assumption of `base`, stays as it is.
    """
    before = {each["id"]: each for each in base.get("assumptions", ())}
    changed = {
        row["id"]: (before[row["id"]], unit)
        for row in _rows(document, "assumptions")
        if (unit := _other_currency(row, before.get(row["id"]))) is not None
    }
    if not changed:
        return dict(document)
    found = {**document, "assumptions": [_row(each, changed) for each in document["assumptions"]]}
    for name in WITH_OVERRIDES:
        if isinstance(document.get(name), list):
            known = {each["id"]: each.get(OVERRIDES, {}) for each in base.get(name, ())}
            found[name] = [_overrides(each, known, changed) for each in document[name]]
    return found


_Changed = Mapping[str, tuple[Mapping[str, Any], str]]
"""The assumptions of the base whose unit is another one now, with that unit, by their ids."""


def _rows(document: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    items = document.get(name)
    for each in items if isinstance(items, list) else ():
        if isinstance(each, Mapping) and isinstance(each.get("id"), str):
            yield each


def _other_currency(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> str | None:
    """The unit of a row, if its numbers would show the sign of another currency than before."""
    unit = row.get("unit")
    # Without a unit a number counts in the one that is written with it.
    is_told = isinstance(unit, str) and not is_blank(unit)
    if before is None or not is_told or unit == before.get("unit", "1"):
        return None
    try:
        now = tidy_unit(unit)
    except UnitError:
        return None
    was = quantity.currency_of(before.get("unit", "1"))
    # Nobody means 3,800% by 38 pounds.
    is_other = was is not None and quantity.currency_of(now) != was
    return now if is_other and not quantity.is_percentage(now) else None


def _row(row: Any, changed: _Changed) -> Any:
    if not isinstance(row, Mapping) or row.get("id") not in changed:
        return row
    before, unit = changed[row["id"]]
    was, now = (
        written({"assumptions": [{**before, "unit": each}]})["assumptions"][0]
        for each in (before.get("unit", "1"), unit)
    )
    return {key: _text(each, was.get(key), now.get(key)) for key, each in row.items()}


def _text(value: Any, was: Any, now: Any) -> Any:
    """A text that says what `was` says, as `now`; the same for all texts below it."""
    if isinstance(value, Mapping) and isinstance(was, Mapping):
        return {key: _text(each, was.get(key), now.get(key)) for key, each in value.items()}
    if isinstance(value, list) and isinstance(was, list) and len(value) == len(was):
        return [_text(*each) for each in zip(value, was, now, strict=True)]
    if isinstance(value, str) and isinstance(was, str) and was != now:
        return now if _is_same_number(value, was) else value
    return value


def _is_same_number(text: str, other: str) -> bool:
    try:
        return quantity.read(text) == quantity.read(other)
    except QuantityError:
        return False


def _overrides(item: Any, known: Mapping[str, Mapping[str, float]], changed: _Changed) -> Any:
    """A scenario or alternative whose own values for the changed assumptions follow as well."""
    values = item.get(OVERRIDES) if isinstance(item, Mapping) else None
    numbers = known.get(str(item.get("id"))) if isinstance(item, Mapping) else None
    if numbers is None or not isinstance(values, Mapping):
        return item
    found = dict(values)
    for id, (before, unit) in changed.items():
        if id in found and id in numbers:
            was, now = (number_text(numbers[id], each) for each in (before.get("unit", "1"), unit))
            found[id] = _text(found[id], was, now)
    return {**item, OVERRIDES: found}
