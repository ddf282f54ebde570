"""What may be wrong with a target: drivers that are missing, unknown, or do not fit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from valuecalc.case.case import Case, Driver
from valuecalc.case.journey import Target
from valuecalc.engine.journey.money import Exchange
from valuecalc.errors import Problem, UnitError, did_you_mean
from valuecalc.formula import quantity, units


def problems(references: Sequence[Case], target: Target) -> Iterator[Problem]:
    """What is missing, unknown or does not fit, each with its place in the request."""
    yield from _no_straw_men(references)
    yield from _strangers(references)
    yield from _unknown_drivers(references, target)
    if target.start is not None and target.start.day != 1:
        yield Problem(
            code="date",
            place="target.start",
            cause=f"{target.start.isoformat()} is not the first day of a month.",
            remedy="Write the first day of the month.",
        )
    for case, driver in _needed(references):
        problem = _driver_problem(driver, target, Exchange(case.currency, target.currency))
        if problem is not None:
            yield problem


def _no_straw_men(references: Sequence[Case]) -> Iterator[Problem]:
    for case in references:
        if case.reference is None:
            yield Problem(
                code="reference",
                place="references",
                cause=f"“{case.title}” is no straw-man.",
                remedy="Give it a reference block, with its drivers.",
            )


def _strangers(references: Sequence[Case]) -> Iterator[Problem]:
    """References of which nothing would be taken: the case would name them for nothing."""
    first = references[0]
    for case in references[1:]:
        lines = {each.id for each in first.lines}
        results = case.reference.results if case.reference else ()
        is_alike = any(first.assumption(each.id) is not None for each in case.assumptions)
        if not is_alike and not any(each.line in lines for each in results):
            yield Problem(
                code="reference",
                place="references",
                cause=f"“{case.title}” has no number in common with “{first.title}”.",
                remedy="Leave it out, or start from it instead.",
            )


def _unknown_drivers(references: Sequence[Case], target: Target) -> Iterator[Problem]:
    known = drivers_of(references)
    for id in target.drivers:
        if id not in known:
            yield Problem(
                code="reference",
                place=f"target.drivers.{id}",
                cause=f"There is no driver “{id}” in the reference.",
                remedy=did_you_mean(id, known),
            )


def drivers_of(references: Sequence[Case]) -> Mapping[str, Driver]:
    """The drivers of all references; those of the first come first."""
    found: dict[str, Driver] = {}
    for case in references:
        for driver in case.reference.drivers if case.reference else ():
            found.setdefault(driver.id, driver)
    return found


def _needed(references: Sequence[Case]) -> Iterator[tuple[Case, Driver]]:
    """The drivers that the rules of the first reference, and the same ones elsewhere, need."""
    shared = {each.id for each in references[0].assumptions}
    seen = set()
    for place, case in enumerate(references):
        drivers = drivers_of([case])
        for each in case.assumptions:
            for id in each.travel.driver_ids if each.travel and each.id in shared else ():
                if id in drivers and (place, id) not in seen:
                    seen.add((place, id))
                    yield case, drivers[id]


def _driver_problem(driver: Driver, target: Target, exchange: Exchange) -> Problem | None:
    place = f"target.drivers.{driver.id}"
    given = target.drivers.get(driver.id)
    here = quantity.show_with_unit(driver.value, driver.unit)
    if given is None:
        cause = f"“{driver.label}” of the new customer is missing."
        return Problem(
            code="missing", place=place, cause=cause, remedy=f"At the reference it is {here}."
        )
    if not math.isfinite(given.value) or driver.value == 0 or given.value / driver.value <= 0:
        cause = f"“{driver.label}” cannot be compared with the {here} of the reference."
        return Problem(
            code="range", place=place, cause=cause, remedy="Both have to be more than nothing."
        )
    return _unit_problem(driver, given.unit, exchange.unit(driver.unit), place)


def _unit_problem(driver: Driver, unit: str, wanted: str, place: str) -> Problem | None:
    try:
        if not unit or units.read(unit).fits(units.read(wanted)):
            return None
    except UnitError as error:
        return error.problem(place)
    cause = f"“{driver.label}” is counted in {wanted}, not in {unit}."
    return Problem(code="unit", place=place, cause=cause, remedy=f"Give it in {wanted}.")
