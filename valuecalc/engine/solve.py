"""Which value of an assumption gives a wanted figure.

Where the figure is linear in the assumption, found by the structure of the formulas, the
answer is exact; elsewhere it is bracketed by a scan and polished, and the residual is told.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from valuecalc.case.binding import Binding, bind
from valuecalc.case.case import Assumption, Case
from valuecalc.engine import books, figures, scenarios
from valuecalc.engine.model import Model, compile_case
from valuecalc.engine.result import Figure
from valuecalc.errors import NoSolution, UnknownName
from valuecalc.formula import algebra, quantity

LINEAR_FIGURES = ("value", "npv", "total_benefits", "total_investment")
_SCAN = 48
_REACH = 1e4


@dataclass(frozen=True, kw_only=True)
class Solution:
    """The value of an assumption at which a figure is `wanted`.

    `method` is `exact` (the figure is linear in the assumption) or `search`; `residual` is
    the figure at the solution less the wanted amount. `others` are further solutions, the
    given one being nearest to the expected value.
    """

    assumption: Assumption
    figure: Figure
    wanted: float
    value: float
    method: str
    residual: float
    others: tuple[float, ...] = ()

    @property
    def text(self) -> str:
        """The solution in full with its unit."""
        return self.shown(self.value)

    def shown(self, value: float) -> str:
        """A value of the assumption with its unit; two decimals unless it is whole."""
        unit = self.assumption.unit
        digits = None if float(value).is_integer() else 2
        number = quantity.show(value, unit, digits=digits)
        return f"{number}{quantity.unit_tail(unit, value)}"


def solve(
    case: Case,
    assumption: str,
    figure: str,
    wanted: float,
    scenario: str = scenarios.EXPECTED,
) -> Solution:
    """Find the value of `assumption` at which `figure` is `wanted`, all else as in `scenario`.

    Raises `UnknownName`, `NoSolution` with the reason, and `CaseError`.
    """
    in_force = scenarios.applied(case, scenarios.find(case, scenario))
    search = _Search(in_force, assumption, figure, wanted)
    return search.linear() if search.is_linear() else search.scanned()


class _Search:
    def __init__(self, case: Case, assumption: str, figure: str, wanted: float) -> None:
        self.case = case
        self.model: Model = compile_case(case)
        found = case.assumption(assumption)
        if found is None:
            raise UnknownName("assumption", assumption, [each.id for each in case.assumptions])
        self.assumption = found
        self.wanted = wanted
        known = self.figures(found.value)
        if figure not in known:
            raise UnknownName("figure", figure, known)
        self.figure = known[figure]

    def figures(self, value: float) -> dict[str, Figure]:
        evaluation = self.model.evaluate({self.assumption.id: value})
        return figures.work_out(books.keep(evaluation))

    def at(self, value: float) -> float:
        """The figure at a value, NaN where it does not exist."""
        number = self.figures(value)[self.figure.name].value
        return math.nan if number is None else number

    def gap(self, value: float) -> float:
        return self.at(value) - self.wanted

    def is_linear(self) -> bool:
        """Whether the figure is a sum of flows, each at most linear in the assumption."""
        name = self.figure.name
        sums = (*LINEAR_FIGURES, "pv_benefits", "pv_investment", "npv_delayed", "cost_of_delay")
        is_sum = name in sums or name.startswith(
            ("benefits.", "investments.", "total_", "net.", "value_year")
        )
        if not is_sum or self.assumption.varies_over_time:
            return False
        degrees = degrees_in(bind(self.case), self.assumption.id)
        return all(degrees[line.id] is not None for line in self.case.lines)

    def linear(self) -> Solution:
        here = self.assumption.value
        step = abs(here) or 1.0
        low, high = self.at(here), self.at(here + step)
        slope = (high - low) / step
        if not math.isfinite(slope):
            raise self.undefined()
        if slope == 0:
            raise self.no_effect()
        value = here + (self.wanted - low) / slope
        # One more step takes out the rounding of the first.
        value -= self.gap(value) / slope
        return self.solution(value, "exact")

    def scanned(self) -> Solution:
        roots = sorted(set(self.roots()), key=lambda root: abs(root - self.assumption.value))
        if not roots:
            raise self.out_of_reach()
        return self.solution(roots[0], "search", tuple(sorted(roots[1:])))

    def roots(self) -> Iterator[float]:
        points = self.points()
        gaps = [self.gap(point) for point in points]
        known = [gap for gap in gaps if math.isfinite(gap)]
        if not known:
            raise self.undefined()
        if all(abs(gap - known[0]) <= 1e-12 * abs(known[0]) for gap in known[1:]):
            raise self.no_effect()
        for low, high, before, after in zip(points, points[1:], gaps, gaps[1:], strict=False):
            if before == 0:
                yield low
            elif before * after < 0:
                root = self.root_between(low, high)
                # Where the figure jumps over the wanted amount there is no solution.
                if abs(self.gap(root)) <= 1e-9 * max(abs(before), abs(after)):
                    yield root
        if gaps[-1] == 0:
            yield points[-1]

    def root_between(self, low: float, high: float) -> float:
        """Where the gap changes its sign; NaN where the figure stops to exist on the way."""
        # Loaded here, because it is slow to load and needed only for what is not linear.
        from scipy.optimize import brentq

        try:
            return float(brentq(self.gap, low, high, xtol=1e-14 * max(abs(low), abs(high))))
        except ValueError:
            return math.nan

    def points(self) -> list[float]:
        """Where to look: from the range outwards, both signs, ever wider."""
        given = (self.assumption.low, self.assumption.value, self.assumption.high)
        inside = {point for point in given if point is not None}
        size = max(map(abs, inside)) or 1.0
        widths = [size * _REACH ** (k / _SCAN * 2 - 1) for k in range(_SCAN + 1)]
        return sorted({0.0, *inside, *widths, *(-width for width in widths)})

    def solution(self, value: float, method: str, others: tuple[float, ...] = ()) -> Solution:
        return Solution(
            assumption=self.assumption,
            figure=self.figures(value)[self.figure.name],
            wanted=self.wanted,
            value=value,
            method=method,
            residual=self.gap(value),
            others=others,
        )

    def undefined(self) -> NoSolution:
        return NoSolution(
            f"{self.figure.label} cannot be worked out: {self.figure.note}",
            "Mend that first.",
        )

    def no_effect(self) -> NoSolution:
        return NoSolution(
            f"“{self.assumption.label}” does not move {self.figure.label}.",
            "Choose an assumption that the figure rests on.",
        )

    def out_of_reach(self) -> NoSolution:
        wanted = quantity.show(self.wanted, self.figure.unit)
        return NoSolution(
            f"No value of “{self.assumption.label}” makes {self.figure.label} {wanted}; "
            f"at its expected value it is {self.figure.text}.",
            "Choose another amount or another assumption.",
        )


def degrees_in(binding: Binding, assumption: str) -> dict[str, int | None]:
    """How each calculation and line depends on an assumption, haircuts and growth included.

    0 not at all, 1 linearly, None otherwise. A stock that is multiplied every period by
    something that depends on the assumption is a power of it, and so not linear.
    """
    degrees: dict[str, int | None] = {each.id: 0 for each in binding.case.assumptions}
    degrees[assumption] = algebra.LINEAR
    for group in binding.groups:
        _settle(binding, group, degrees)
    found = dict(degrees)
    for line in binding.case.lines:
        factors = [
            algebra.degree(binding.formulas[line.id, field].tree, degrees.__getitem__)
            for field in line.formulas
            if field not in ("formula", "growth")
        ]
        found[line.id] = algebra.product(degrees[line.id], *factors)
        growth = binding.formulas.get((line.id, "growth"))
        if growth and algebra.degree(growth.tree, degrees.__getitem__) != algebra.CONSTANT:
            found[line.id] = None
    return found


def _settle(binding: Binding, group: tuple[str, ...], degrees: dict[str, int | None]) -> None:
    """Set the degrees of a group; members of a circle are gone over until nothing changes."""
    degrees |= dict.fromkeys(group, algebra.CONSTANT)
    while True:
        before = [degrees[name] for name in group]
        for name in group:
            tree = binding.formulas[name, "formula"].tree
            degrees[name] = algebra.degree(tree, degrees.__getitem__)
        if before == [degrees[name] for name in group]:
            return
