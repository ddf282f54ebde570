"""Other values of assumptions, in scenarios and alternatives: read in the assumptions' units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from marshmallow import ValidationError

from valuecalc.case.case import Alternative, Case, Scenario
from valuecalc.schemas.parts import AssumptionSchema, items_of
from valuecalc.schemas.reading import is_blank, read_in_unit

OVERRIDING = ("scenarios", "alternatives")
"""The lists whose items set other values of assumptions."""

Overriding = TypeVar("Overriding", Scenario, Alternative)


def refuse_wrong_overrides(document: object) -> None:
    """Refuse overrides of a raw document that are no numbers in the unit of their assumption.

    Raises `ValidationError`.
    """
    unit_of = {id: AssumptionSchema.unit_of(raw) for id, raw in _with_ids(document)}
    flaws: dict[str, Any] = {}
    for key in OVERRIDING:
        found = [_flaws(each, unit_of) for each in items_of(document, key)]
        below = {index: {"set": each} for index, each in enumerate(found) if each}
        flaws |= {key: below} if below else {}
    if flaws:
        raise ValidationError(flaws)


def _with_ids(document: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for each in items_of(document, "assumptions"):
        if isinstance(each, Mapping) and isinstance(each.get("id"), str):
            yield each["id"].strip(), each


def _flaws(item: object, unit_of: Mapping[str, str | None]) -> dict[Any, Any]:
    given = item.get("set") if isinstance(item, Mapping) else None
    flaws: dict[Any, Any] = {}
    for id, value in given.items() if isinstance(given, Mapping) else ():
        try:
            if not is_blank(value):
                read_in_unit(value, unit_of.get(id))
        except ValidationError as error:
            flaws[id] = error.messages
    return flaws


def with_read_overrides(case: Case) -> Case:
    """The case with every override as a number in the unit of its assumption."""
    unit_of = {each.id: each.unit for each in case.assumptions}
    return replace(
        case,
        scenarios=_read(case.scenarios, unit_of),
        alternatives=_read(case.alternatives, unit_of),
    )


def _read(items: Sequence[Overriding], unit_of: Mapping[str, str]) -> tuple[Overriding, ...]:
    return tuple(replace(each, set=_numbers(each.set, unit_of)) for each in items)


def _numbers(given: Mapping[str, Any], unit_of: Mapping[str, str]) -> dict[str, float]:
    return {id: read_in_unit(value, unit_of.get(id)) for id, value in given.items()}
