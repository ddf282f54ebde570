"""A case made runnable: compiled once for its structure, evaluated for any numbers.

`compile_case` remembers models by structure, so that a change of numbers costs no compiling.
`Model.evaluate` takes other values for assumptions, one each or many alternatives at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from valuecalc.case.binding import Binding, Flow, bind
from valuecalc.case.case import Assumption, Benefit, Case, Line
from valuecalc.engine.finance import discount_factors, period_times
from valuecalc.engine.grid import Grid, Values
from valuecalc.engine.program import Program, write
from valuecalc.engine.timing import Timing, timing
from valuecalc.errors import CaseError

Series = NDArray[np.float64]
HAIRCUT_FIELDS = ("realisation", "attribution", "risk")


@dataclass(frozen=True)
class ModelLine:
    """A line with its timing on the grid. `sign` is 1 for benefits, −1 for investments."""

    line: Line
    flow: Flow
    timing: Timing
    sign: int
    monetary: bool


@dataclass(frozen=True, eq=False)
class Model:
    """A runnable case. Its numbers are those of `binding.case` unless others are given."""

    binding: Binding
    program: Program
    lines: tuple[ModelLine, ...]
    years: NDArray[np.int64]

    @property
    def case(self) -> Case:
        """The case whose numbers are used by default."""
        return self.binding.case

    def evaluate(
        self, values: Mapping[str, Values] | None = None, rate: Values | None = None
    ) -> Evaluation:
        """Work out every formula.

        `values` replaces the expected value of some assumptions: a number each, or arrays of
        shape `(n,)` for `n` alternatives. `rate` replaces the discount rate.
        """
        given = values or {}
        many = any(np.ndim(value) > 0 for value in given.values())
        grid = Grid(self.years, many)
        inputs = {
            each.id: self.input(each, given.get(each.id), grid) for each in self.case.assumptions
        }
        rate = self.case.discounting.rate if rate is None else rate
        return Evaluation(self, grid, inputs, self.program.evaluate(inputs, grid), rate)

    def input(self, assumption: Assumption, value: Values | None, grid: Grid) -> Values:
        """The value of an assumption over time, moved to another expected value if given."""
        expected = np.float64(assumption.value) if value is None else np.asarray(value, float)[()]
        if not assumption.varies_over_time:
            return expected
        if value is None:
            return grid.over_time(self.shape_over_time(assumption))
        if assumption.value == 0 or not assumption.values:
            return expected * (1 + assumption.growth) ** np.maximum(0.0, grid.year - 1)
        shape = grid.over_time(self.shape_over_time(assumption))
        return shape * (expected / assumption.value)

    def shape_over_time(self, assumption: Assumption) -> Series:
        """The expected value of an assumption per period: yearly values and growth."""
        year = np.maximum(0, self.years - 1)
        if assumption.values:
            steps = np.asarray(assumption.values, dtype=float)
            base = steps[np.minimum(year, len(steps) - 1)]
            # Growth carries on from the last value that was given.
            beyond = np.maximum(0, year - (len(steps) - 1))
            grown: Series = base * (1 + assumption.growth) ** beyond
            return grown
        steps_of_growth: Series = (1 + assumption.growth) ** year.astype(float)
        return assumption.value * steps_of_growth

    def times(self) -> Series:
        """The years after the decision that discounting counts for each period."""
        return period_times(self.case.timeline, self.case.discounting)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The formulas of a model, worked out for one set of numbers or for many at once."""

    model: Model
    grid: Grid
    inputs: Mapping[str, Values]
    values: Mapping[tuple[str, str], Values]
    rate: Values

    def amount(self, id: str) -> Values:
        """The value of a calculation's or line's formula."""
        return self.values[id, "formula"]

    def growth(self, line: ModelLine) -> Values:
        """The growth factor of a line since its start."""
        growth = self.values.get((line.line.id, "growth"))
        if growth is None:
            return 1.0
        with np.errstate(all="ignore"):
            return (1 + growth) ** self.grid.over_time(line.timing.growth_years)

    def multipliers(self, line: ModelLine) -> dict[str, Values]:
        """What each haircut of a line multiplies it by."""
        found = {}
        for name in HAIRCUT_FIELDS:
            share = self.values.get((line.line.id, name))
            if share is not None:
                found[name] = share if name != "risk" else 1 - line.sign * share
        return found

    def net_weight(self, line: ModelLine) -> Values:
        """Amount times haircuts times growth: the net flow, timing apart."""
        with np.errstate(all="ignore"):
            weight = self.amount(line.line.id)
            for multiplier in self.multipliers(line).values():
                weight = weight * multiplier
            return weight if line.line.growth is None else weight * self.growth(line)

    def net(self, line: ModelLine) -> Series:
        """The net flow of a line per period: shape `(T,)`, or `(T, n)`."""
        with np.errstate(all="ignore"):
            flow = self.grid.over_time(line.timing.fixed) * self.net_weight(line)
        return _only_where_active(self.grid.series(flow), line)

    def weighted(self, weights: Series) -> list[Values]:
        """Of each line, the sum over time of its net flow times `weights` of shape `(T,)`.

        What does not change over time is multiplied once by a sum, not period by period.
        """
        found = []
        for line in self.model.lines:
            weight = self.net_weight(line)
            factors = line.timing.fixed * weights
            if self.grid.varies(weight):
                with np.errstate(all="ignore"):
                    terms = weight * self.grid.over_time(factors)
                found.append(_only_where_active(terms, line).sum(axis=0))
            else:
                found.append(weight * factors.sum())
        return found

    def net_sum(self, weights: Series) -> Values:
        """Benefits less investments, each period weighted: the value, or the NPV."""
        lines = self.model.lines
        terms = zip(lines, self.weighted(weights), strict=True)
        return sum((line.sign * term for line, term in terms if line.monetary), np.float64(0))

    def value(self) -> Values:
        """Total benefits less total investment."""
        return self.net_sum(np.ones(len(self.model.years)))

    def npv(self) -> Values:
        """The net present value; one discount rate for all alternatives."""
        return self.net_sum(self.discount_factor())

    def discount_factor(self) -> Series:
        """The discount factor of each period."""
        return discount_factors(
            self.model.times(), float(self.rate), self.model.case.discounting.factor_decimals
        )


def _only_where_active(series: Series, line: ModelLine) -> Series:
    """Zero where a line does not flow, even where its formula is undefined there."""
    active = line.timing.share != 0
    if series.ndim == 2:
        active = active[:, np.newaxis]
    return np.where(active, series, 0.0)


def compile_case(case: Case) -> Model:
    """The model of a case. Raises `CaseError` with every error that stops the calculation."""
    binding = bind(case)
    if binding.errors:
        raise CaseError(binding.errors)
    model = _compiled(_ByStructure(binding))
    return replace(model, binding=binding)


class _ByStructure:
    """A binding as a cache key: bindings of one structure share their formulas."""

    def __init__(self, binding: Binding) -> None:
        self.binding = binding

    def __hash__(self) -> int:
        return id(self.binding.formulas)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByStructure) and self.binding.formulas is other.binding.formulas


@lru_cache(maxsize=64)
def _compiled(key: _ByStructure) -> Model:
    binding = key.binding
    case = binding.case
    lines = tuple(
        ModelLine(
            line,
            binding.flows[line.id],
            timing(line, binding.flows[line.id], case.timeline),
            1 if isinstance(line, Benefit) else -1,
            not (isinstance(line, Benefit) and line.non_monetary),
        )
        for line in case.lines
    )
    timeline = case.timeline
    years = np.array([timeline.year_of(p) for p in range(timeline.periods + 1)])
    return Model(binding, write(binding), lines, years)
