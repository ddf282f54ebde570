"""Named sets of overrides, and the three that every case has.

Conservative and stretch move every assumption with a range to the end that hurts or helps;
which end that is, the engine finds by working the case out at both, one assumption at a time.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from valuecalc.case.case import Case, Scenario
from valuecalc.engine.model import compile_case
from valuecalc.errors import UnknownName

CONSERVATIVE = "conservative"
EXPECTED = "expected"
STRETCH = "stretch"
MADE = {
    CONSERVATIVE: "Every assumption with a range at the end that hurts",
    EXPECTED: "Every assumption at its expected value",
    STRETCH: "Every assumption with a range at the end that helps",
}


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
    return Scenario(id=id, label=id.capitalize(), set=values, note=MADE[id])


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
    npv = np.broadcast_to(evaluation.npv(), columns).reshape(-1, 2)
    value = np.broadcast_to(evaluation.value(), columns).reshape(-1, 2)
    better = np.where(_moves(npv), npv[:, 1] - npv[:, 0], value[:, 1] - value[:, 0])
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


def _moves(pairs: NDArray[np.float64]) -> NDArray[np.bool_]:
    scale = np.max(np.abs(pairs), axis=1, initial=1.0)
    moves: NDArray[np.bool_] = np.abs(pairs[:, 1] - pairs[:, 0]) > 1e-12 * scale
    return moves
