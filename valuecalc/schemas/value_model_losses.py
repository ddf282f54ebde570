"""What the value-models format cannot hold of a case, told part by part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from valuecalc.case.case import Assumption, Case
from valuecalc.engine.result import LineResult, Result
from valuecalc.errors import Problem, Severity

WITHOUT_COUNTERPART = (
    "conventions",
    "scenarios",
    "alternatives",
    "correlations",
    "simulation",
    "goals",
    "people",
    "plan",
    "reference",
    "proposition",
    "origin",
)


def loss(place: str, cause: str) -> Problem:
    """One thing that is not carried."""
    return Problem(
        code="not_carried",
        place=place,
        cause=cause,
        remedy="Only valuecalc reads it back, from its own part of the document.",
        severity=Severity.WARNING,
    )


def of_case(case: Case, result: Result) -> Iterator[Problem]:
    """Everything but what equations cannot say."""
    for assumption in case.assumptions:
        yield from of_assumption(assumption)
    for line in result.benefits:
        yield from of_line(line)
    for outcome in result.outcomes:
        yield loss(f"benefits.{outcome.id}", "The format holds no benefit without money.")
    for investment in case.investments:
        yield loss(f"investments.{investment.id}", "The format holds no investment.")
    yield loss("discounting", "The format does not discount.")
    yield loss("timeline", "The format counts in years without dates.")
    for name in WITHOUT_COUNTERPART:
        part = getattr(case, name)
        if part is not None and part != type(part)():
            yield loss(name, f"“{name}” has no counterpart.")
    if case.probability is not None:
        yield of_probability()


def of_probability() -> Problem:
    """What stays with the team, and so has no place in a file that leaves it."""
    told = loss("probability", "The chance of winning is the team’s own.")
    return replace(told, remedy="No file carries it: give it again where the case is read.")


def of_assumption(each: Assumption) -> Iterator[Problem]:
    """What a variable cannot hold of an assumption."""
    if each.varies_over_time:
        yield loss(f"assumptions.{each.id}", "Only the value of its first year is carried.")
    if not each.is_certain:
        yield loss(f"assumptions.{each.id}", "Its range is not carried.")
    if each.common:
        yield loss(f"assumptions.{each.id}.common", "What moves it elsewhere is not carried.")
    if each.pilot is not None:
        yield loss(f"assumptions.{each.id}.pilot", "Its pilot is not carried.")


def of_line(line: LineResult) -> Iterator[Problem]:
    """What a driver cannot hold of a benefit, apart from its formula."""
    given, place = line.line, line.prefix
    for name in ("starts", "ends", "growth"):
        if getattr(given, name) is not None:
            yield loss(f"{place}.{name}", f"“{name}” is not carried.")
    if not given.ramp.is_flat:
        yield loss(f"{place}.ramp", "The ramp is not carried: every year counts in full.")
    if given.spread:
        yield loss(f"{place}.spread", "A single amount falls into one period.")
    if given.realisation is not None:
        yield loss(f"{place}.realisation", "It is carried inside the attribution.")
    for factor in line.factors:
        if len(set(factor.values.tolist())) > 1:
            yield loss(f"{place}.{factor.name}", "Only its value in the first year is carried.")
        elif not 0 <= factor.multiplier <= 1:
            yield loss(f"{place}.{factor.name}", "It is outside 0 to 100 %, and cut there.")
