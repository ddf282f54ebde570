"""What valuecalc is measured at: the same calls that a page or the command line makes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from valuecalc.case.case import Case
from valuecalc.engine.calculate import calculate
from valuecalc.engine.model import Model, compile_case
from valuecalc.engine.scenarios import MADE

ROOMS = ("valuecalc.formula", "valuecalc.case", "valuecalc.engine")
KEPT = "_registry"
"""The table of known units: it belongs to the process, not to a case."""

Numbers = Mapping[str, Any]


def what_if(model: Model, values: Numbers) -> tuple[Any, Any]:
    """Each line's total, and the net present value, with other values of assumptions."""
    evaluation = model.evaluate(values)
    return evaluation.totals, evaluation.npv()


def forget() -> None:
    """Empty every cache, so that the next case is compiled from its texts."""
    for name, module in list(sys.modules.items()):
        if name.startswith(ROOMS):
            for each, function in vars(module).items():
                if each != KEPT and hasattr(function, "cache_clear"):
                    function.cache_clear()


def compiling(case: Case) -> Callable[[], Model]:
    """From the texts of a case to a runnable model."""
    return lambda: compile_case(case)


def full_result(case: Case) -> Callable[[], object]:
    """Every figure of a case."""
    return lambda: calculate(case)


def three_scenarios(case: Case) -> Callable[[], object]:
    """Every figure of the conservative, the expected and the stretch scenario."""
    return lambda: [calculate(case, name) for name in MADE]


def expected(case: Case) -> dict[str, float]:
    """The expected value of each assumption."""
    return {each.id: each.value for each in case.assumptions}


def ends(case: Case) -> dict[str, NDArray[np.float64]]:
    """Each assumption at its low and its high end, all others as expected: a tornado's points.

    Arrays of shape `(2 * assumptions,)`.
    """
    values = {each.id: np.full(2 * len(case.assumptions), each.value) for each in case.assumptions}
    for number, each in enumerate(case.assumptions):
        values[each.id][2 * number] = each.low
        values[each.id][2 * number + 1] = each.high
    return values


def two_way(case: Case, first: str, second: str, steps: int) -> dict[str, NDArray[np.float64]]:
    """Two assumptions over their ranges, each value of one with each of the other.

    Arrays of shape `(steps²,)`.
    """
    ranges = {each.id: (each.low or 0.0, each.high or 0.0) for each in case.assumptions}
    grids = np.meshgrid(*(np.linspace(*ranges[name], steps) for name in (first, second)))
    return {name: grid.ravel() for name, grid in zip((first, second), grids, strict=True)}
