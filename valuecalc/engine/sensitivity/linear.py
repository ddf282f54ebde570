"""Figures that are a straight line in an assumption, found by the structure of the formulas.

Most figures are sums: each line's net flow per period times a weight, which is a discount
factor, a year that counts or not, a sign. `combination` reads these weights off the rule of a
figure. Where every line is at most linear in an assumption, the figure is
`rest + value × (sum of what each line adds per unit)`, and nothing has to be searched.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from valuecalc.engine.model import Evaluation, Model, ModelLine, Series
from valuecalc.engine.result import Figure, Rule, alias
from valuecalc.engine.sensitivity.degrees import degrees_in
from valuecalc.formula import algebra, grammar
from valuecalc.formula.tree import Binary, Name, Negative, Node, Number

GROSS = "gross"
NET = "net"
_STEP = 1024.0
_NOISE = 1e-14

Row = tuple[str, str]
"""The id of a line, and `net` or `gross`."""


@dataclass(frozen=True)
class Combination:
    """A figure as a sum: a constant, and the weights of the flows of each line per period.

    `is_plain` says that each flow counts as it is, with no more than a sign, a discount factor
    and a choice of periods; ratios and delays are not.
    """

    constant: float = 0.0
    weights: Mapping[Row, Series] = field(default_factory=dict)
    is_plain: bool = True

    def times(self, factor: float) -> Combination:
        """Every part of it times a number."""
        scaled = {row: weight * factor for row, weight in self.weights.items()}
        return Combination(self.constant * factor, scaled, self.is_plain and abs(factor) == 1)

    def plus(self, other: Combination) -> Combination:
        """The sum of two."""
        weights = dict(self.weights)
        for row, weight in other.weights.items():
            weights[row] = weights[row] + weight if row in weights else weight
        return Combination(
            self.constant + other.constant, weights, self.is_plain and other.is_plain
        )


@dataclass(frozen=True)
class StraightPart:
    """What one line has to do with a figure that is linear in an assumption.

    It adds `slope` for each unit of the assumption, and `fixed` whatever the assumption is,
    both with their sign. `weights` are those of its flow per period, before haircuts if it is
    the `gross` flow that counts.
    """

    line: ModelLine
    gross: bool
    weights: Series
    slope: float
    fixed: float

    @property
    def sign(self) -> int:
        """Whether its flow adds to the figure, 1, or takes from it, −1."""
        return -1 if float(self.weights.sum()) < 0 else 1


@dataclass(frozen=True)
class Straight:
    """A figure as `rest + slope × value of the assumption`, added up line by line."""

    constant: float
    parts: tuple[StraightPart, ...]
    is_plain: bool

    @property
    def rest(self) -> float:
        """The figure where the assumption is zero."""
        return math.fsum([self.constant, *(part.fixed for part in self.parts)])

    @property
    def slope(self) -> float:
        """What one unit of the assumption adds to the figure."""
        return math.fsum(part.slope for part in self.parts)

    @property
    def scale(self) -> float:
        """The size of the amounts that are added up."""
        return max([abs(self.constant), *(abs(part.fixed) for part in self.parts)], default=0.0)

    def at(self, wanted: float) -> float:
        """The value of the assumption at which the figure is `wanted`."""
        return (wanted - self.rest) / self.slope


def straight(
    model: Model, figures: Mapping[str, Figure], figure: str, assumption: str
) -> Straight | None:
    """A figure as a straight line in an assumption; None where it is not known to be one.

    `figures` are those of the model at its expected values.
    """
    degrees = degrees_in(model.binding, assumption)
    found = _Reader(model, figures, degrees).combination(figure)
    if found is None or any(degrees[id] is None for id, _ in found.weights):
        return None
    # A long step, so that what the assumption adds is not lost beside the fixed amounts.
    step = _STEP * (abs(_given(model, assumption)) or 1.0)
    evaluation = model.evaluate({assumption: np.array([0.0, step])})
    lines = {line.line.id: line for line in model.lines}
    parts = tuple(
        _part(evaluation, lines[id], kind, weights, step if degrees[id] else 0.0)
        for (id, kind), weights in found.weights.items()
    )
    return Straight(found.constant, parts, found.is_plain)


def _given(model: Model, assumption: str) -> float:
    found = model.case.assumption(assumption)
    assert found is not None
    return found.value


@np.errstate(all="ignore")
def _part(
    evaluation: Evaluation, line: ModelLine, kind: str, weights: Series, step: float
) -> StraightPart:
    flow = evaluation.net(line) if kind == NET else _gross(evaluation, line)
    flow = np.broadcast_to(flow, (len(weights), 2))
    # Zero times undefined is undefined, also where the line does not count.
    counted = weights != 0
    fixed, moved = weights[counted] @ flow[counted]
    is_noise = abs(moved - fixed) <= _NOISE * max(abs(moved), abs(fixed))
    slope = 0.0 if is_noise or not step else float((moved - fixed) / step)
    return StraightPart(line, kind == GROSS, weights, slope, float(fixed))


def _gross(evaluation: Evaluation, line: ModelLine) -> Series:
    timing = evaluation.grid.over_time(line.timing.fixed)
    flow = evaluation.amount(line.line.id) * evaluation.growth(line) * timing
    series = evaluation.grid.series(flow)
    return np.where(evaluation.grid.over_time(line.timing.share) != 0, series, 0.0)


class _Reader:
    """Reads the weights of lines off the rules of figures."""

    def __init__(
        self, model: Model, figures: Mapping[str, Figure], degrees: Mapping[str, int | None]
    ) -> None:
        self.model = model
        self.figures = figures
        self.degrees = degrees
        self.by_prefix = {
            f"{'benefits' if line.sign > 0 else 'investments'}.{line.line.id}": line
            for line in model.lines
        }

    def combination(self, name: str) -> Combination | None:
        rule = self.figures[name].rule
        match rule.kind:
            case "flow":
                return self.of_flow(rule)
            case "sum":
                return self.of_sum(rule)
            case "formula":
                tree = grammar.read(rule.formula)
                return self.of_tree(tree, {alias(part): part for part in rule.parts})
        number = self.figures[name].value
        if name.startswith(("assumptions.", "calculations.")) or rule.kind == "search":
            return None
        return None if number is None else Combination(number)

    def of_flow(self, rule: Rule) -> Combination | None:
        weights = np.ones(len(self.model.years))
        if rule.year is not None:
            weights = np.where(self.model.years == rule.year, weights, 0.0)
        found: Combination | None = None
        for row in rule.series:
            if row == "discount_factor":
                weights = weights * self.model.discount_factor(self.model.case.discounting.rate)
        for row in rule.series:
            if row != "discount_factor":
                if found is not None:
                    return None
                found = self.of_row(row, weights)
        return found

    def of_row(self, row: str, weights: Series) -> Combination | None:
        prefix, _, ending = row.rpartition(".")
        if prefix in self.by_prefix and ending in (NET, GROSS):
            return Combination(0.0, {(self.by_prefix[prefix].line.id, ending): weights})
        if row not in ("net", "net_delayed"):
            return None
        later = self.one_month_later(weights)
        found = {
            (line.line.id, NET): line.sign
            * (later if row == "net_delayed" and line.sign > 0 else weights)
            for line in self.model.lines
            if line.monetary
        }
        return Combination(0.0, found, is_plain=row == "net")

    def one_month_later(self, weights: Series) -> Series:
        """What each period's flow counts if it comes one month later, within the horizon."""
        part = 1 / self.model.case.timeline.period.months
        following = np.append(weights[1:], 0.0)
        return (1 - part) * weights + part * following

    def of_sum(self, rule: Rule) -> Combination | None:
        found = Combination()
        for part in rule.parts:
            each = self.combination(part)
            if each is None:
                return None
            found = found.plus(each)
        return found

    def of_tree(self, tree: Node, parts: Mapping[str, str]) -> Combination | None:
        match tree:
            case Number():
                return Combination(tree.value)
            case Name():
                return self.combination(parts[tree.name])
            case Negative():
                found = self.of_tree(tree.operand, parts)
                return None if found is None else found.times(-1)
            case Binary():
                left, right = (self.of_tree(each, parts) for each in (tree.left, tree.right))
                return None if left is None or right is None else self.of_binary(tree, left, right)
        return None

    def of_binary(self, tree: Binary, left: Combination, right: Combination) -> Combination | None:
        if tree.operator == "+":
            return left.plus(right)
        if tree.operator == "-":
            return left.plus(right.times(-1))
        if tree.operator == "*" and not self.moves(left):
            left, right = right, left
        if self.moves(right) or tree.operator not in "*/":
            return None
        number = self.number(right)
        if tree.operator == "/":
            number = math.inf if number == 0 else 1 / number
        return left.times(number) if math.isfinite(number) else None

    def moves(self, combination: Combination) -> bool:
        return any(self.degrees[id] != algebra.CONSTANT for id, _ in combination.weights)

    def number(self, combination: Combination) -> float:
        """The value of a combination that the assumption does not move."""
        expected = self.model.expected
        lines = {line.line.id: line for line in self.model.lines}
        found = [combination.constant]
        for (id, kind), weights in combination.weights.items():
            line = lines[id]
            flow = expected.net(line) if kind == NET else _gross(expected, line)
            found.append(float(weights @ flow))
        return math.fsum(found)
