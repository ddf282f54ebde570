"""Several references of one kind: their middle, and their spread as the range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from valuecalc.case.case import Evidence
from valuecalc.case.journey import Step
from valuecalc.engine.journey.travelling import (
    NOTE_LENGTH,
    SOURCE_LENGTH,
    Move,
    Road,
    Travelled,
    rounded,
    travelled,
)
from valuecalc.errors import UnitError
from valuecalc.formula import quantity, units

MANY = 5
"""From this many references on, low and high are percentiles instead of the extremes."""


def combined(first: Travelled, roads: Sequence[Road]) -> Travelled:
    """A travelled assumption with those of the other references taken in.

    Its value is the median of all, its low and high the lowest and the highest (the 10th and
    90th percentile of five and more). Where the references agree, its own range stays.
    """
    own = first.before.travel
    if own is not None and own.driver:
        return first
    found = [(roads[0].name, first), *_others(first, roads[1:])]
    if len(found) < 2:
        return first
    values = [each.after.value for _, each in found]
    middle = float(np.median(values))
    if own is not None and own.round is not None:
        middle = rounded(middle, own)
    return _placed(first, middle, values, found)


def _others(first: Travelled, roads: Sequence[Road]) -> list[tuple[str, Travelled]]:
    """The same assumption elsewhere, in the unit of the first one; others do not fit."""
    wanted = units.read(first.after.unit)
    found = []
    for road in roads:
        assumption = road.case.assumption(first.before.id)
        if assumption is None or not _fits(road.exchange.unit(assumption.unit), first):
            continue
        each = travelled(assumption, road)
        factor = units.read(each.after.unit).factor_to(wanted)
        after = replace(each.after, value=each.after.value * factor, unit=first.after.unit)
        found.append((road.name, replace(each, after=after)))
    return found


def _fits(unit: str, first: Travelled) -> bool:
    try:
        return units.read(unit).fits(units.read(first.after.unit))
    except UnitError:
        return False


def _placed(
    first: Travelled, middle: float, values: Sequence[float], found: list[tuple[str, Travelled]]
) -> Travelled:
    unit = first.after.unit
    listed = "; ".join(
        f"{name}: {quantity.show_with_unit(each.after.value, unit)}" for name, each in found
    )
    words = f"the middle of {len(found)} references is {quantity.show_with_unit(middle, unit)}"
    step = Step(rule="references", words=f"{words} ({listed})", value=middle)
    # What was copied from the first reference is not what arrives.
    steps = (*(each for each in first.steps if each.rule != "copy"), step)
    after = first.after.with_value(middle)
    if min(values) < max(values):
        low, high = _range(values)
        after = replace(
            after,
            low=min(low, middle),
            high=max(high, middle),
            distribution="",
            range="",
            outcomes=(),
        )
    evidence = _weakest([each.after.evidence for _, each in found], found, step)
    factor = (middle / first.before.value,) if first.before.value else ()
    move = Move(factor, first.move.rounding)
    return Travelled(first.before, replace(after, evidence=evidence), move, steps)


def _range(values: Sequence[float]) -> tuple[float, float]:
    if len(values) < MANY:
        return min(values), max(values)
    low, high = np.percentile(values, [10, 90])
    return float(low), float(high)


def _weakest(
    evidence: Sequence[Evidence | None], found: list[tuple[str, Travelled]], step: Step
) -> Evidence:
    """The weakest evidence of all, naming every reference, and how the number came about."""
    given = [each for each in evidence if each is not None]
    weakest = max(given, key=lambda each: each.grade)
    source = "; ".join(dict.fromkeys(each.source for each in given if each.source))
    ways = " ".join(f"{name}: {each.journey.words}." for name, each in found)
    note = f"{step.words[:1].upper()}{step.words[1:]}. {ways}"
    return replace(weakest, source=source[:SOURCE_LENGTH], note=note[:NOTE_LENGTH])
