"""What the sheets are written from: a result, the case as it was given, and its formulas."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from valuecalc.case.binding import Binding, bind
from valuecalc.case.case import Case, Scenario
from valuecalc.engine import scenarios
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Axis, LineResult, Result
from valuecalc.formula import numbers
from valuecalc.formula.tree import (
    Binary,
    Call,
    Comparison,
    Convert,
    Name,
    Negative,
    Node,
    Number,
    TimeWord,
    children,
    names,
)

Values = list[float]
"""One number per period, or NaN where there is none."""

NO_VALUES: Mapping[str, Values] = {}


@dataclass(frozen=True)
class Draft:
    """A result on its way into a workbook.

    `given` is the case before the scenario in force was applied; `scenarios` are those that
    the workbook offers, `chosen` the place of the one in force among them. `exported` is the
    day on which the workbook is written.
    """

    result: Result
    given: Case
    scenarios: tuple[Scenario, ...]
    chosen: int
    exported: date = field(default_factory=date.today)

    @property
    def case(self) -> Case:
        """The case in the scenario in force."""
        return self.result.case

    @property
    def scenario_of_given(self) -> str:
        """The scenario that makes the case in force out of the given one."""
        return scenarios.EXPECTED if self.given is self.case else self.result.scenario

    @property
    def axis(self) -> Axis:
        """The time axis."""
        return self.result.axis

    @property
    def periods(self) -> int:
        """The number of periods after the decision."""
        return self.axis.periods

    @property
    def currency(self) -> str:
        """The currency of the case."""
        return self.case.currency

    @cached_property
    def binding(self) -> Binding:
        """The formulas of the case, read and checked."""
        return bind(self.case)

    @cached_property
    def lines(self) -> Mapping[str, LineResult]:
        """The lines by id."""
        return {line.id: line for line in self.result.lines}

    def series(self, name: str) -> Values:
        """A row of the cash flow."""
        return [float(each) for each in self.result.series[name]]

    def running(self, name: str, of: str) -> Values:
        """A running sum, without a number from the first flow on that has none."""
        found = self.series(name)
        broken = [period for period, flow in enumerate(self.series(of)) if flow - flow != 0]
        first = broken[0] if broken else len(found)
        return [*found[:first], *[math.nan] * (len(found) - first)]

    @cached_property
    def labels(self) -> dict[str, str]:
        """Everything that a formula can name, for people."""
        return {each.id: each.label for each in self.case.referable}

    @cached_property
    def values(self) -> dict[str, Values]:
        """Every assumption, calculation and line amount over the periods."""
        found = {each.assumption.id: each.values for each in self.result.assumptions}
        found |= {each.calculation.id: each.values for each in self.result.calculations}
        found |= {line.id: line.amount for line in self.result.lines}
        return {name: [float(each) for each in series] for name, series in found.items()}

    @cached_property
    def results(self) -> Mapping[str, Result]:
        """Every scenario that the workbook offers, worked out by our own calculation."""
        known = {self.result.scenario: self.result}
        return {
            each.id: known.get(each.id) or calculate(self.given, each.id) for each in self.scenarios
        }

    @cached_property
    def undefined_somewhere(self) -> frozenset[str]:
        """The calculations and lines without a number in some period of some scenario."""
        rows = (
            (name, row)
            for result in self.results.values()
            for name, row in (
                *((each.calculation.id, each.values) for each in result.calculations),
                *((line.id, line.amount) for line in result.lines),
            )
        )
        return frozenset(name for name, row in rows if not all(map(math.isfinite, row)))

    @cached_property
    def varying(self) -> frozenset[str]:
        """The ids whose value depends on the period."""
        found = {each.id for each in self.case.assumptions if each.varies_over_time}
        for group in self.binding.groups:
            # The members of a circle need each other one period earlier, so they all vary.
            if len(group) > 1 or any(map(self._is_stock, group)):
                found |= set(group)
            elif _varies(self.binding.formulas[group[0], "formula"].tree, found):
                found.add(group[0])
        return frozenset(found)

    def _is_stock(self, id: str) -> bool:
        return id in names(self.binding.formulas[id, "formula"].tree)

    def varies(self, tree: Node, also: Collection[str] = ()) -> bool:
        """Whether the value of a formula depends on the period; `also` are more names that do."""
        return _varies(tree, self.varying.union(also))

    def evaluate(self, tree: Node, also: Mapping[str, Values] = NO_VALUES) -> Values:
        """A formula over the periods; `also` holds the values of names that no case has."""
        settled = self.without_sums(tree, also)
        return [self.evaluate_at(settled, period, also) for period in range(self.periods + 1)]

    def evaluate_at(self, tree: Node, period: int, also: Mapping[str, Values] = NO_VALUES) -> float:
        """A formula in one period, once its sums over time have been worked out."""
        used = names(tree)
        series = {name: also[name] if name in also else self.values[name] for name in used}
        now = {name: values[period] for name, values in series.items()}
        before = {name: values[period - 1] for name, values in series.items()}
        year = int(self.axis.years[period])
        return numbers.evaluate(
            tree, now, period=period, year=year, before=before if period > 1 else None
        )

    def without_sums(self, tree: Node, also: Mapping[str, Values] = NO_VALUES) -> Node:
        """The tree with its sums over time worked out."""

        def settled(node: Node) -> Node:
            match node:
                case Call(function="sum_over_time"):
                    return Number(math.fsum(self.evaluate(node.arguments[0], also)[1:]))
                case Call():
                    return replace(node, arguments=tuple(map(settled, node.arguments)))
                case Binary() | Comparison():
                    return replace(node, left=settled(node.left), right=settled(node.right))
                case Negative() | Convert():
                    return replace(node, operand=settled(node.operand))
            return node

        return settled(tree)


def _varies(tree: Node, varying: frozenset[str] | set[str]) -> bool:
    match tree:
        case Call(function="sum_over_time"):
            return False
        case Call(function="previous") | TimeWord():
            return True
        case Name():
            return tree.name in varying
    return any(_varies(child, varying) for child in children(tree))


def draft(result: Result, given: Case | None) -> Draft:
    """The draft of a result.

    Without `given`, the case before a scenario changed it, only the scenario in force is
    offered: what the others would be cannot be told from a changed case.
    """
    if given is None and result.scenario == scenarios.EXPECTED:
        given = result.case
    if given is None:
        offered: Sequence[Scenario] = [Scenario(id=result.scenario, label=result.scenario_label)]
        return Draft(result, result.case, tuple(offered), 0)
    offered = _with_own_labels([scenarios.find(given, id) for id in scenarios.names(given)])
    chosen = [scenario.id for scenario in offered].index(result.scenario)
    return Draft(result, given, tuple(offered), chosen)


def _with_own_labels(offered: Sequence[Scenario]) -> list[Scenario]:
    """Scenarios that a list can tell apart: equal labels get their id behind."""
    labels = [scenario.label.casefold() for scenario in offered]
    return [
        replace(scenario, label=f"{scenario.label} ({scenario.id})")
        if labels.count(scenario.label.casefold()) > 1
        else scenario
        for scenario in offered
    ]
