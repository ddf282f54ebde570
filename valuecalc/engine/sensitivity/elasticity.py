"""Elasticities: how a figure follows small changes of each assumption, by exact derivatives."""

from __future__ import annotations

from dataclasses import dataclass

from valuecalc.case.case import Assumption, Case
from valuecalc.engine import scenarios
from valuecalc.engine.model import compile_case
from valuecalc.engine.result import Figure
from valuecalc.engine.sensitivity.derivatives import Derivatives, Slope
from valuecalc.engine.sensitivity.ranges import POINT, change_text
from valuecalc.formula import quantity


@dataclass(frozen=True, kw_only=True)
class Elasticity:
    """How a figure follows small changes of an assumption.

    `slope` is what one unit more adds to the figure, in its unit; for yearly values, one unit
    of the first of them, the others in proportion. `elasticity` is the change in per cent of
    the figure's size for one per cent more of the assumption: its sign is that of the change.
    Either is None where it does not exist, and `note` says why.
    """

    assumption: Assumption
    figure: Figure
    slope: float | None
    elasticity: float | None
    at_kink: bool = False
    other_slope: float | None = None
    method: str = "exact"
    note: str = ""

    @property
    def per_percent(self) -> float | None:
        """What one per cent more of the assumption adds to the figure."""
        return None if self.slope is None else self.slope * self.assumption.value / 100

    @property
    def per_point(self) -> float | None:
        """What one percentage point more adds to the figure; None but for percentages."""
        if self.slope is None or not quantity.is_percentage(self.assumption.unit):
            return None
        return self.slope * POINT

    @property
    def text(self) -> str:
        """The elasticity with its sign: `+0.8%`, or a dash."""
        if self.elasticity is None:
            return quantity.UNDEFINED
        return quantity.show(self.elasticity / 100, "%", sign=True)

    @property
    def words(self) -> str:
        """The elasticity as a sentence."""
        if self.per_percent is None:
            return f"{self.figure.label} has no slope in {self.assumption.label}. {self.note}"
        text = (
            f"1% more of {self.assumption.label} changes {self.figure.label} "
            f"by {change_text(self.figure, self.per_percent)}"
        )
        if self.elasticity is not None:
            text += f" ({self.text})"
        if self.per_point is not None:
            change = change_text(self.figure, self.per_point)
            text += f"; one percentage point more, by {change}"
        return f"{text}. {self.note}".rstrip()


def elasticities(
    case: Case, figure: str = "npv", scenario: str = scenarios.EXPECTED
) -> tuple[Elasticity, ...]:
    """The elasticity of a figure for every assumption, the largest first; ties in order.

    Those without one come last. Raises `CaseError`, and `UnknownName` for a figure or scenario
    that does not exist.
    """
    in_force = scenarios.applied(case, scenarios.find(case, scenario))
    derivatives = Derivatives(compile_case(in_force))
    slopes = derivatives.of(figure)
    of_figure = derivatives.figures[figure]
    found = [_elasticity(each, of_figure, slopes[each.id]) for each in in_force.assumptions]
    return tuple(sorted(found, key=_smallness))


def _smallness(each: Elasticity) -> tuple[bool, float]:
    if each.per_percent is None:
        return True, 0.0
    return False, -abs(each.per_percent)


def _elasticity(assumption: Assumption, figure: Figure, slope: Slope) -> Elasticity:
    ratio: float | None = None
    if slope.value is not None and figure.value:
        ratio = slope.value * assumption.value / abs(figure.value)
    return Elasticity(
        assumption=assumption,
        figure=figure,
        slope=slope.value,
        elasticity=ratio,
        at_kink=slope.at_kink,
        other_slope=slope.other,
        note=_elasticity_note(assumption, figure, slope),
    )


def _elasticity_note(assumption: Assumption, figure: Figure, slope: Slope) -> str:
    if slope.value is None:
        return slope.note
    found = []
    if slope.other is not None:
        other = change_text(figure, slope.other * assumption.value / 100)
        found.append(f"It is at a kink: on the other side the change is {other}.")
    if slope.goes_in_steps:
        found.append("The figure moves in steps as well, which have no slope.")
    if figure.value == 0:
        found.append("The figure is zero, so there is no percentage of it.")
    return " ".join(found)
