"""A case made runnable: compiled once for its structure, evaluated for any numbers.

`compile_case` remembers models by structure, so that a change of numbers costs no compiling.
`Model.evaluate` takes other values for assumptions, one each or many alternatives at once; it
works out again only what they move.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from valuecalc.case.binding import Binding, Flow, bind
from valuecalc.case.case import Assumption, Benefit, Case, Line
from valuecalc.case.timeline import Timeline
from valuecalc.engine.finance import discount_factors, period_times
from valuecalc.engine.grid import Grid, GridOfMany, Values
from valuecalc.engine.program import Key, Program, write
from valuecalc.engine.timing import Timing, timing
from valuecalc.errors import CaseError

Series = NDArray[np.float64]
HAIRCUT_FIELDS = ("realisation", "attribution", "risk")
CELLS = 250_000
"""Periods times alternatives of a chunk: a few such arrays fit the cache of a processor."""


@dataclass(frozen=True)
class ModelLine:
    """A line with its timing on the grid. `sign` is 1 for benefits, −1 for investments."""

    line: Line
    flow: Flow
    timing: Timing
    sign: int
    monetary: bool

    @cached_property
    def haircuts(self) -> tuple[str, ...]:
        """The fields of its haircuts, growth apart."""
        return tuple(name for name in HAIRCUT_FIELDS if name in self.line.formulas)


@dataclass(frozen=True, eq=False)
class Schedule:
    """The time axis of a model.

    `years` are the report years of the periods; `one` and `many` are the grids of a single set
    of numbers and of many alternatives.
    """

    years: NDArray[np.int64]
    one: Grid
    many: GridOfMany

    @staticmethod
    def of(timeline: Timeline) -> Schedule:
        """The schedule of a timeline."""
        years = np.array([timeline.year_of(p) for p in range(timeline.periods + 1)])
        return Schedule(years, Grid(years), GridOfMany(years))


@dataclass(frozen=True, eq=False)
class Weights:
    """What a line's flow counts in its total and in its present value, timing included.

    `factors` has shape `(2, T)`. Their sums over time `total` and `present` are all that is
    needed where the rest of the flow does not change over time.
    """

    factors: Series
    total: float
    present: float


@dataclass(frozen=True, eq=False)
class Model:
    """A runnable case. Its numbers are those of `binding.case` unless others are given."""

    binding: Binding
    program: Program
    lines: tuple[ModelLine, ...]
    schedule: Schedule

    @property
    def case(self) -> Case:
        """The case whose numbers are used by default."""
        return self.binding.case

    @property
    def years(self) -> NDArray[np.int64]:
        """The report year of each period: 0 for the decision, then 1, 2, …"""
        return self.schedule.years

    def evaluate(
        self, values: Mapping[str, Values] | None = None, rate: Values | None = None
    ) -> Evaluation:
        """Work out every formula.

        `values` replaces the expected value of some assumptions: a number each, or arrays of
        shape `(n,)` for `n` alternatives. `rate` replaces the discount rate.
        """
        given = {name: _plain(value) for name, value in (values or {}).items()}
        many = any(isinstance(value, np.ndarray) for value in given.values())
        if many:
            _keep_freed_memory()
        expected = self.expected_of_many if many else self.expected
        changed = {id: value for id, value in given.items() if id in self.assumptions}
        for id in self.varying.keys() & changed.keys():
            changed[id] = self.input(self.varying[id], changed[id], expected.grid)
        return expected.changed(changed, expected.rate if rate is None else rate)

    def in_chunks(
        self, values: Mapping[str, Values], size: int | None = None
    ) -> Iterator[Evaluation]:
        """Evaluate many alternatives, `size` of them at a time, in their order.

        One evaluation after the other is made, so that memory does not grow with the
        alternatives. With the same size the results are the same to the last bit, whoever works
        them out. Raises `ValueError` for arrays of unequal lengths.
        """
        given = {name: _plain(value) for name, value in values.items()}
        counts = {len(value) for value in given.values() if isinstance(value, np.ndarray)}
        if len(counts) != 1:
            raise ValueError(f"Arrays of one length are needed, not of {sorted(counts)}.")
        size = size or self.chunk
        for start in range(0, counts.pop(), size):
            yield self.evaluate(
                {
                    name: value[start : start + size] if isinstance(value, np.ndarray) else value
                    for name, value in given.items()
                }
            )

    @property
    def chunk(self) -> int:
        """How many alternatives are worked out fastest at a time: 4,096 over 60 months."""
        return max(CELLS // len(self.years) // 256 * 256, 512)

    @cached_property
    def assumptions(self) -> Mapping[str, Assumption]:
        """The assumptions by their ids."""
        return {each.id: each for each in self.case.assumptions}

    @cached_property
    def varying(self) -> Mapping[str, Assumption]:
        """Those that vary over time."""
        return {each.id: each for each in self.case.assumptions if each.varies_over_time}

    @cached_property
    def expected(self) -> Evaluation:
        """Every formula at the expected values."""
        return self.expected_on(self.schedule.one)

    @cached_property
    def expected_of_many(self) -> Evaluation:
        """The same on the grid of many alternatives."""
        return self.expected_on(self.schedule.many)

    def expected_on(self, grid: Grid) -> Evaluation:
        """Every formula at the expected values, on one of the two grids."""
        inputs = {each.id: self.input(each, None, grid) for each in self.case.assumptions}
        values = self.program.evaluate(inputs, grid)
        return Evaluation(self, grid, values, self.case.discounting.rate)

    def input(self, assumption: Assumption, value: Values | None, grid: Grid) -> Values:
        """The value of an assumption over time, moved to another expected value if given."""
        expected = float(assumption.value) if value is None else value
        if not assumption.varies_over_time:
            return expected
        if value is None:
            return grid.certain(self.shape_over_time(assumption))
        if not assumption.values:
            return expected * grid.certain(self.growth_over_time[assumption.id])
        base = assumption if assumption.value else assumption.with_value(1.0)
        return grid.certain(self.shape_over_time(base)) * (expected / base.value)

    @cached_property
    @np.errstate(all="ignore")
    def growth_over_time(self) -> Mapping[str, Series]:
        """What each assumption that grows from one value multiplies it by in each period."""
        years = np.maximum(0.0, self.years - 1.0)
        growing = (each for each in self.varying.values() if not each.values)
        return {each.id: (1 + each.growth) ** years for each in growing}

    @np.errstate(all="ignore")
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

    @cached_property
    def times(self) -> Series:
        """The years after the decision that discounting counts for each period."""
        return period_times(self.case.timeline, self.case.discounting)

    def discount_factor(self, rate: float) -> Series:
        """The discount factor of each period."""
        return discount_factors(self.times, rate, self.case.discounting.factor_decimals)

    @cached_property
    def signs(self) -> list[tuple[int, int]]:
        """The number and the sign of each line in money."""
        return [(number, line.sign) for number, line in enumerate(self.lines) if line.monetary]

    @cached_property
    def weights(self) -> tuple[Weights, ...]:
        """The weights of each line at the discount rate of the case."""
        return self.weights_at(self.case.discounting.rate)

    def weights_at(self, rate: float) -> tuple[Weights, ...]:
        """The weights of each line at a discount rate."""
        counted = np.array([np.ones(len(self.years)), self.discount_factor(rate)])
        factors = [line.timing.fixed * counted for line in self.lines]
        return tuple(Weights(each, *each.sum(axis=1).tolist()) for each in factors)


@lru_cache(maxsize=1)
def _keep_freed_memory() -> None:
    """Have the allocator keep what is freed, up to 32 MB, for the next evaluation.

    glibc gives arrays of this size back to the system at once, and to get them again takes as
    long as the arithmetic on them. It learns otherwise from the first large one that is freed;
    this one is never touched. Other allocators are not moved by it.
    """
    np.empty(2**21)


def _plain(value: Values) -> Values:
    """A number as Python's own, which is faster than NumPy's; alternatives as an array."""
    array = np.asarray(value, dtype=float)
    return array if array.ndim else float(array)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The formulas of a model, worked out for one set of numbers or for many at once.

    Of an evaluation with a `base`, all but what `moved` names (ids of calculations and lines)
    is as in the base, and is taken from there.
    """

    model: Model
    grid: Grid
    values: Mapping[Key, Values]
    rate: Values
    base: Evaluation | None = None
    moved: frozenset[str] = frozenset()
    growths: dict[Key, Values] = field(default_factory=dict)

    def changed(self, inputs: Mapping[str, Values], rate: Values) -> Evaluation:
        """The same with other values for some assumptions, and another rate."""
        moved = self.model.program.moved(inputs)
        values = Program.run(moved.steps, self.values, inputs, self.grid)
        return Evaluation(self.model, self.grid, values, rate, self, moved.ids)

    def named(self) -> dict[str, Values]:
        """The values of all assumptions, calculations and lines by their ids."""
        named = ("value", "formula")
        return {
            id: self.grid.plain(value)
            for (id, field), value in self.values.items()
            if field in named
        }

    def amount(self, id: str) -> Values:
        """The value of a calculation's or line's formula."""
        return self.grid.plain(self.values[id, "formula"])

    def growth(self, line: ModelLine) -> Values:
        """The growth factor of a line since its start."""
        if line.line.growth is None:
            return 1.0
        key = (line.line.id, "growth")
        if self.base and self.base.values[key] is self.values[key]:
            return self.base.growth(line)
        if key not in self.growths:
            with np.errstate(all="ignore"):
                years = self.grid.certain(line.timing.growth_years)
                self.growths[key] = self.grid.power(1 + self.values[key], years)
        return self.growths[key]

    def multipliers(self, line: ModelLine) -> dict[str, Values]:
        """What each haircut of a line multiplies it by."""
        found = {}
        for name in line.haircuts:
            share = self.values[line.line.id, name]
            found[name] = share if name != "risk" else 1 - line.sign * share
        return found

    def net(self, line: ModelLine) -> Series:
        """The net flow of a line per period: shape `(T,)`, or `(T, n)`."""
        with np.errstate(all="ignore"):
            flow = self.grid.certain(line.timing.fixed) * self.net_weight(line)
            return self.grid.series(self.only_where_active(flow, line))

    def net_weight(self, line: ModelLine) -> Values:
        """Amount times haircuts times growth: the net flow, timing apart."""
        weight = self.values[line.line.id, "formula"]
        for multiplier in self.multipliers(line).values():
            weight = weight * multiplier
        return weight if line.line.growth is None else weight * self.growth(line)

    @property
    def totals(self) -> list[Values]:
        """The total of each line over the horizon, undiscounted."""
        return [total for total, _ in self.sums]

    @property
    def present_values(self) -> list[Values]:
        """The present value of each line; one discount rate for all alternatives."""
        return [present for _, present in self.sums]

    @cached_property
    def sums(self) -> list[tuple[Values, Values]]:
        """The total and the present value of each line."""
        if self.rate != self.model.case.discounting.rate:
            weights, base = self.model.weights_at(float(self.rate)), None
        else:
            weights, base = self.model.weights, self.base
        lines = zip(self.model.lines, weights, strict=True)
        with np.errstate(all="ignore"):
            return [
                self.sum(line, weight)
                if base is None or line.line.id in self.moved
                else base.sums[number]
                for number, (line, weight) in enumerate(lines)
            ]

    def sum(self, line: ModelLine, weights: Weights) -> tuple[Values, Values]:
        """The total and the present value of one line.

        What does not change over time is multiplied once by a sum, not period by period.
        """
        flow = self.net_weight(line)
        if not self.grid.varies(flow):
            return (flow * weights.total, flow * weights.present) if weights.total else (0.0, 0.0)
        total, present = self.grid.weighted(weights.factors, flow)
        if self.grid.is_defined(total):
            return total, present
        # Zero times undefined is undefined, also where the line does not flow.
        active = self.grid.weighted(weights.factors, self.only_where_active(flow, line))
        defined = np.isfinite(total)
        return np.where(defined, total, active[0]), np.where(defined, present, active[1])

    def only_where_active(self, flow: Values, line: ModelLine) -> Values:
        """Zero where a line does not flow, even where its formula is undefined there."""
        return self.grid.where(self.grid.certain(line.timing.share != 0), flow, 0.0)

    def value(self) -> Values:
        """Total benefits less total investment."""
        return self.net_of(self.totals)

    def npv(self) -> Values:
        """The net present value; one discount rate for all alternatives."""
        return self.net_of(self.present_values)

    def net_of(self, sums: list[Values]) -> Values:
        """Benefits less investments."""
        net = 0.0
        for number, sign in self.model.signs:
            net = net + sums[number] if sign > 0 else net - sums[number]
        return net

    def discount_factor(self) -> Series:
        """The discount factor of each period."""
        return self.model.discount_factor(float(self.rate))


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
    return Model(binding, write(binding), lines, Schedule.of(case.timeline))
