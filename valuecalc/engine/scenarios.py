"""Named sets of overrides, and the three that every case has.

Conservative and stretch move every assumption with a range to the end that hurts or helps;
which end that is, the engine finds by working the case out at both, one assumption at a time.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from valuecalc.case.case import Case, Scenario
from valuecalc.engine.finance import NOISE
from valuecalc.engine.grid import Values
from valuecalc.engine.model import compile_case
from valuecalc.errors import UnknownName
from valuecalc.phrases import phrase

CONSERVATIVE = "conservative"
EXPECTED = "expected"
STRETCH = "stretch"
MADE = {
    CONSERVATIVE: phrase("Every assumption with a range at the end that hurts"),
    EXPECTED: phrase("Every assumption at its expected value"),
    STRETCH: phrase("Every assumption with a range at the end that helps"),
}
LABELS = {
    CONSERVATIVE: phrase("Conservative"),
    EXPECTED: phrase("Expected"),
    STRETCH: phrase("Stretch"),
}
"""What the scenarios that every case has are called."""


def names(case: Case) -> tuple[str, ...]:
    """The ids of all scenarios of a case: the made ones, then the named ones."""
    return (*MADE, *(scenario.id for scenario in case.scenarios))


def find(case: Case, id: str) -> Scenario:
    """A scenario by its id. Raises `UnknownName`."""
    for scenario in case.scenarios:
        if scenario.id == id:
            return scenario
    if id not in MADE:
        raise UnknownName("scenario", id, names(case))
    values = {} if id == EXPECTED else extremes(case)[id]
    return Scenario(id=id, label=LABELS[id], set=values, note=MADE[id])


def applied(case: Case, scenario: Scenario) -> Case:
    """The case with the overrides of a scenario."""
    if not scenario.set and scenario.discount_rate is None:
        return case
    return case.with_values(scenario.set, scenario.discount_rate)


def extremes(case: Case) -> Mapping[str, Mapping[str, float]]:
    """For conservative and stretch, the value of each assumption that has a range.

    The direction is that of the NPV, and of the undiscounted value where the NPV does not
    move; an assumption that moves neither stays as expected.
    """
    ranged = [each for each in case.assumptions if not each.is_certain]
    if not ranged:
        return {CONSERVATIVE: {}, STRETCH: {}}
    ends = {each.id: _ends(each.low, each.value, each.high) for each in ranged}
    columns = 2 * len(ranged)
    values = {each.id: np.full(columns, each.value) for each in ranged}
    for column, (each, end) in enumerate((each, end) for each in ranged for end in (0, 1)):
        values[each.id][column] = ends[each.id][end]
    evaluation = compile_case(case).evaluate(values)
    npv, value = _gain(evaluation.npv(), columns), _gain(evaluation.value(), columns)
    better = np.where(npv == 0, value, npv)
    worst, best = {}, {}
    for each, gain in zip(ranged, better, strict=True):
        low, high = ends[each.id]
        # Where an end is undefined, nobody can say which one hurts, and nothing moves.
        if not np.isfinite(gain):
            continue
        if gain > 0:
            worst[each.id], best[each.id] = low, high
        elif gain < 0:
            worst[each.id], best[each.id] = high, low
    return {CONSERVATIVE: worst, STRETCH: best}


def _ends(low: float | None, value: float, high: float | None) -> tuple[float, float]:
    return (value if low is None else low, value if high is None else high)


def _gain(results: Values, columns: int) -> NDArray[np.float64]:
    """What each assumption at its high end gives over its low end; 0 for mere rounding noise.

    `results` has a column for each end of each assumption; NaN where one is undefined.
    """
    ends = np.broadcast_to(results, columns).reshape(-1, 2)
    scale = np.max(np.abs(ends), axis=1, initial=1.0)
    with np.errstate(invalid="ignore"):
        gain = ends[:, 1] - ends[:, 0]
    return np.where(np.abs(gain) <= NOISE * scale, 0.0, gain)
