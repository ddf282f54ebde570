"""A case beside its scenarios and alternatives, and what makes the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from valuecalc.engine.alternatives import Alternatives
from valuecalc.engine.bridges import LineBridge, line_bridge
from valuecalc.engine.effects import signed
from valuecalc.engine.result import Figure, Result
from valuecalc.engine.scenarios import EXPECTED, MADE
from valuecalc.formula import quantity

__all__ = ["EXPECTED", "MADE", "Compared", "LineBridge", "SideBySide", "shortest_bridge"]

NEXT_BEST = "next_best"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A figure in one scenario; `difference` is to the expected one, empty where there is none."""

    figure: Figure
    difference: str


@dataclass(frozen=True)
class SideBySide:
    """The results of all scenarios: conservative, expected, stretch, then the named ones."""

    results: tuple[Result, ...]

    @property
    def expected(self) -> Result:
        """The result that the others are compared with."""
        return next(each for each in self.results if each.scenario == EXPECTED)

    def result(self, scenario: str) -> Result | None:
        """The result of a scenario; None where there is none of that id."""
        return next((each for each in self.results if each.scenario == scenario), None)

    @property
    def figures(self) -> Sequence[Figure]:
        """The figures that are compared, as they are in the expected scenario."""
        return self.expected.compared

    def compared(self, result: Result) -> list[Compared]:
        """The figures of one scenario, in the order of `figures`."""
        pairs = ((result.figure(each.name), each) for each in self.figures)
        return [
            Compared(figure=figure, difference=_difference(figure, expected))
            for figure, expected in pairs
        ]

    def is_moved(self, result: Result, assumption: str) -> bool:
        """Whether a scenario has another value of an assumption than the expected one."""
        name = f"assumptions.{assumption}"
        return result.value(name) != self.expected.value(name)


def _difference(figure: Figure, expected: Figure) -> str:
    """What is more or less than expected, with its sign: `−£12,000`, `+3.5 points`."""
    if figure.value is None or expected.value is None or figure.value == expected.value:
        return ""
    if quantity.currency_of(figure.unit):
        amount = figure.value - expected.value
        sign = "+" if amount > 0 else ""
        return f"{sign}{quantity.show_short(amount, figure.unit)}"
    return signed(figure.value - expected.value, figure.unit)


def shortest_bridge(compared: Alternatives) -> LineBridge | None:
    """The value from the next best alternative, or else from the first one, to the case."""
    case, *others = compared.options
    if not others:
        return None
    start = next((each for each in others if each.kind == NEXT_BEST), others[0])
    return line_bridge(start.result, case.result, labels=(start.label, case.label))
