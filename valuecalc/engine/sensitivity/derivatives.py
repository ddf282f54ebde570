"""How much the figures of a case move with each of its assumptions: exact derivatives.

The formulas are differentiated one by one (`valuecalc.formula.derivative`), and their
derivatives are worked out with numbers, along the lines and over the periods, for all
assumptions at once: an alternative of the grid stands for an assumption. From the flows of the
lines on, each figure follows by its own rule. Nothing is expanded over the whole model.

At a kink the slope on one side is not that on the other; both are found.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, reduce
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from valuecalc.case.binding import Binding, BoundFormula
from valuecalc.case.case import Assumption
from valuecalc.engine import expected_values, program
from valuecalc.engine.finance import delayed
from valuecalc.engine.grid import Values
from valuecalc.engine.model import Model, ModelLine
from valuecalc.engine.program import Key, Program, Step
from valuecalc.engine.result import Figure, Rule, alias
from valuecalc.engine.sensitivity.search_derivatives import SEARCH_SLOPES
from valuecalc.errors import UnknownName
from valuecalc.formula import grammar, numbers
from valuecalc.formula.derivative import derivative, differential, kinks, steps
from valuecalc.formula.tree import Name, Node, names

Array = NDArray[np.float64]
_SAME = 1e-9


@dataclass(frozen=True, kw_only=True)
class Slope:
    """What one more unit of an assumption adds to a figure, at the case's numbers.

    `value` is None where the figure has no slope, and `note` says why. At a kink, `value` is
    the slope on one side and `other` that on the other. `goes_in_steps` says that something on
    the way is rounded, or counted in whole periods, so that the figure moves in steps as well.
    """

    value: float | None
    other: float | None = None
    goes_in_steps: bool = False
    note: str = ""

    @property
    def at_kink(self) -> bool:
        """Whether the slope is another one on the other side."""
        return self.other is not None


class Derivatives:
    """The derivatives of a model's figures by its assumptions, at the expected values.

    `figures` holds every figure at these values.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.books, self.figures = expected_values.of(model)
        self.prepared = _prepared(model)

    @cached_property
    def sides(self) -> tuple[_Rates, _Rates]:
        """The rates of change on both sides of the kinks."""
        first, *others = (_rates_of(self.model, each) for each in self.prepared.sides)
        second = others[0] if others else first
        return _Rates(self, first, second=False), _Rates(self, second, second=True)

    def of(self, figure: str) -> dict[str, Slope]:
        """The slope of a figure for each assumption, by its id. Raises `UnknownName`."""
        if figure not in self.figures:
            raise UnknownName("figure", figure, self.figures)
        found = self.figures[figure]
        ids = [each.id for each in self.model.case.assumptions]
        if found.value is None:
            return {id: Slope(value=None, note=found.note) for id in ids}
        with np.errstate(all="ignore"):
            sides = [side.of(figure) for side in self.sides]
        in_steps = self.in_steps(found)
        slopes = {}
        for number, each in enumerate(self.model.case.assumptions):
            slopes[each.id] = _slope(each, [side[number] for side in sides], each.id in in_steps)
        return slopes

    def in_steps(self, figure: Figure) -> frozenset[str]:
        """The assumptions with which a figure moves in steps."""
        conventions = self.model.case.conventions
        is_payback = figure.rule.method in ("payback", "payback_discounted")
        is_whole = is_payback and conventions.payback == "whole_periods"
        if is_whole or figure.rule.method == "peak_funding_month":
            return frozenset(self.model.program.moved_by)
        return self.prepared.in_steps


def _slope(assumption: Assumption, sides: list[float], goes_in_steps: bool) -> Slope:
    value, other = sides[0], sides[-1]
    if (value or other) and _begins_at_zero(assumption):
        return Slope(
            value=None, note="Its yearly values begin at zero, so they do not move in proportion."
        )
    if not (math.isfinite(value) and math.isfinite(other)):
        return Slope(value=None, note="The figure jumps here, or its slope has no end.")
    is_same = abs(value - other) <= _SAME * max(abs(value), abs(other))
    return Slope(
        value=float(value), other=None if is_same else float(other), goes_in_steps=goes_in_steps
    )


def _begins_at_zero(assumption: Assumption) -> bool:
    return assumption.varies_over_time and bool(assumption.values) and assumption.value == 0


# --------------------------------------------------------------------------- the program


def _rate_of(name: str) -> str:
    """What the rate of change of a name goes by; no id holds such a sign."""
    return f"∂{name}"


@dataclass(frozen=True)
class _Prepared:
    """The programs that work out the rates of change, for each side of the kinks."""

    sides: tuple[tuple[Step, ...], ...]
    in_steps: frozenset[str]


_PREPARED: WeakKeyDictionary[Program, _Prepared] = WeakKeyDictionary()
"""By the program of the formulas, which cases of one structure share."""


def _prepared(model: Model) -> _Prepared:
    found = _PREPARED.get(model.program)
    if found is None:
        found = _PREPARED[model.program] = _prepare(model.binding)
    return found


def _prepare(binding: Binding) -> _Prepared:
    moving = _moving(binding)
    trees = [formula.tree for formula in binding.formulas.values()]
    has_kinks = any(kinks(tree, moving) for tree in trees)
    stepped = {name for tree in trees for call in steps(tree, moving) for name in names(call)}
    below = stepped.union(*(binding.rests_on(name) for name in stepped))
    return _Prepared(
        sides=tuple(_steps(binding, moving, second) for second in ([False, True][: 1 + has_kinks])),
        in_steps=frozenset(each.id for each in binding.case.assumptions if each.id in below),
    )


def _moving(binding: Binding) -> frozenset[str]:
    """Everything that rests on an assumption, assumptions included."""
    assumptions = {each.id for each in binding.case.assumptions}
    rests = {id for group in binding.groups for id in group if binding.rests_on(id) & assumptions}
    return frozenset(assumptions | rests)


def _steps(binding: Binding, moving: frozenset[str], second: bool) -> tuple[Step, ...]:
    """The steps that work out the rates, as the same writer writes those of the formulas."""
    rates = {name: Name(_rate_of(name)) for name in moving}
    found: dict[Key, BoundFormula] = {}
    for (id, field), formula in binding.formulas.items():
        key = (_rate_of(id), field) if field == "formula" else (id, _rate_of(field))
        if field != "formula" or id in moving:
            tree = differential(formula.tree, rates, second=second)
            found[key] = replace(formula, tree=tree)
    given = tuple(replace(each, id=_rate_of(each.id)) for each in binding.case.assumptions)
    groups = [tuple(_rate_of(id) for id in group if id in moving) for group in binding.groups]
    widened = replace(
        binding,
        case=replace(binding.case, assumptions=(*binding.case.assumptions, *given)),
        formulas={**binding.formulas, **found},
        groups=(*binding.groups, *filter(None, groups)),
    )
    return tuple(
        step for step in program.write(widened).steps if any(key in found for key in step.gives)
    )


# --------------------------------------------------------------------------- the rates


def _rates_of(model: Model, steps: Iterable[Step]) -> dict[Key, Values]:
    """Every value of the model, and its rates: one alternative for each assumption."""
    base = model.expected_of_many
    one_each = np.eye(len(model.case.assumptions))
    inputs = {
        _rate_of(each.id): _input_rate(model, each, one)
        for each, one in zip(model.case.assumptions, one_each, strict=True)
    }
    return Program.run(steps, base.values, inputs, base.grid)


def _input_rate(model: Model, assumption: Assumption, one: Array) -> Values:
    """What one unit more of an assumption is over time: yearly values move in proportion."""
    if not assumption.varies_over_time:
        return one
    base = assumption if assumption.value else assumption.with_value(1.0)
    shape = model.shape_over_time(base) / base.value
    return model.expected_of_many.grid.certain(shape) * one


class _Rates:
    """How fast lines and figures change with each assumption, on one side of the kinks.

    Arrays have one column for each assumption: shape `(k,)`, or `(T, k)` over the periods.
    """

    def __init__(self, owner: Derivatives, values: Mapping[Key, Values], second: bool) -> None:
        self.model = owner.model
        self.books = owner.books
        self.figures = owner.figures
        self.second = second
        self.values = values
        self.evaluation = owner.model.expected_of_many
        self.grid = self.evaluation.grid
        self.count = len(owner.model.case.assumptions)
        self.lines = {_prefix(line): line for line in owner.model.lines}
        self.known: dict[str, Array] = {}
        self.rows: dict[str, Array] = {}

    def of(self, name: str) -> Array:
        """The rates of a figure, shape `(k,)`."""
        if name not in self.known:
            rates = self.by_rule(name, self.figures[name].rule)
            self.known[name] = np.broadcast_to(np.asarray(rates, dtype=float), self.count)
        return self.known[name]

    def by_rule(self, name: str, rule: Rule) -> Values:
        match rule.kind:
            case "sum":
                return sum((self.of(part) for part in rule.parts), 0.0)
            case "formula":
                return self.formula(rule)
            case "flow":
                return self.flow(rule)
            case "search":
                return SEARCH_SLOPES[rule.method](self.books, self.row("net"), self.second)
        return self.given(name)

    def formula(self, rule: Rule) -> Values:
        """Of a formula over figures: its derivative by each of them, times their rates."""
        values = {alias(part): self.figures[part].value or 0.0 for part in rule.parts}
        return sum(
            (
                numbers.evaluate(_by(rule.formula, alias(part)), values) * self.of(part)
                for part in rule.parts
            ),
            0.0,
        )

    def given(self, name: str) -> Values:
        """Of an assumption or a calculation, in the period that its figure shows."""
        group, _, id = name.partition(".")
        fields = {"assumptions": "value", "calculations": "formula"}
        rate = self.values.get((_rate_of(id), fields.get(group, "")), 0.0)
        return self.grid.series(rate)[min(1, len(self.grid.periods) - 1)]

    def flow(self, rule: Rule) -> Values:
        """Of a sum over the periods; the discount factor does not move with an assumption."""
        weights = np.ones(len(self.grid.periods))
        if "discount_factor" in rule.series:
            weights = self.books.axis.discount_factor
        if rule.year is not None:
            weights = np.where(self.model.years == rule.year, weights, 0.0)
        row = next(name for name in rule.series if name != "discount_factor")
        prefix, _, kind = row.rpartition(".")
        if prefix in self.lines:
            return self.line_flow(self.lines[prefix], kind, weights)
        return weights @ self.row(row)

    def line_flow(self, line: ModelLine, kind: str, weights: Array) -> Values:
        """Of a line's flow, each period counting with its weight."""
        factors = (weights * line.timing.fixed)[np.newaxis]
        if not factors.any():
            return 0.0
        rate = self.line(line, kind)
        if not self.grid.varies(rate):
            return rate * float(factors.sum())
        (total,) = self.grid.weighted(factors, rate)
        if not self.grid.is_defined(total):
            # Zero times undefined is undefined, also where the line does not flow.
            (total,) = self.grid.weighted(factors, self.evaluation.only_where_active(rate, line))
        return total

    def line(self, line: ModelLine, kind: str = "net") -> Values:
        """Of a line's flow, timing apart: by the rule of the product, factor by factor."""
        factors = list(self.factors(line, kind))
        total: Values = 0.0
        for number, (_, rate) in enumerate(factors):
            if isinstance(rate, float) and rate == 0:
                continue
            others = (factor for other, (factor, _) in enumerate(factors) if other != number)
            total = total + reduce(operator.mul, others, rate)
        return total

    def factors(self, line: ModelLine, kind: str) -> Iterable[tuple[Values, Values]]:
        """What a line's flow is a product of, timing apart, with the rate of each factor."""
        id = line.line.id
        yield self.values[id, "formula"], self.values.get((_rate_of(id), "formula"), 0.0)
        if kind == "net":
            for name, multiplier in self.evaluation.multipliers(line).items():
                rate = self.values[id, _rate_of(name)]
                yield multiplier, rate if name != "risk" else -line.sign * rate
        if line.line.growth is not None:
            yield self.evaluation.growth(line), self.growth(line)

    def growth(self, line: ModelLine) -> Values:
        """Of the growth factor since the start of a line."""
        years = line.timing.growth_years
        step = 1 + self.values[line.line.id, "growth"]
        before = self.grid.power(step, self.grid.certain(np.maximum(years - 1, 0)))
        return before * self.grid.certain(years) * self.values[line.line.id, _rate_of("growth")]

    def row(self, name: str) -> Array:
        """Of a row of the cash flow, shape `(T, k)`."""
        if name not in self.rows:
            self.rows[name] = self.row_by_name(name)
        return self.rows[name]

    def row_by_name(self, name: str) -> Array:
        match name:
            case "benefits":
                return self.lines_of(1)
            case "investment":
                return self.lines_of(-1)
            case "net":
                return self.row("benefits") - self.row("investment")
            case "net_delayed":
                length = self.books.axis.months_per_period
                later = [delayed(each, 1, length) for each in self.row("benefits").T]
                return np.array(later).reshape(self.count, -1).T - self.row("investment")
        raise KeyError(f"the rates of the row {name!r} are not known")

    def lines_of(self, sign: int) -> Array:
        total = np.zeros((len(self.grid.periods), self.count))
        for line in self.model.lines:
            if line.sign == sign and line.monetary:
                flow = self.grid.certain(line.timing.fixed) * self.line(line)
                total += self.grid.series(self.evaluation.only_where_active(flow, line))
        return total


def _prefix(line: ModelLine) -> str:
    return f"{'benefit' if line.sign > 0 else 'investment'}s.{line.line.id}"


@lru_cache(maxsize=256)
def _by(formula: str, name: str) -> Node:
    return derivative(grammar.read(formula), name)
