"""What a case depends on, worked out together for its readers: without the draws themselves.

A simulation holds millions of numbers; what is shown of it is a few thousand. So each answer
here can be kept, while `valuecalc.services.uncertainty` gives the whole.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from valuecalc.case.case import Case
from valuecalc.case.risk import METHODS
from valuecalc.engine import scenarios
from valuecalc.engine.alternatives import Alternatives
from valuecalc.engine.bridges import LineBridge
from valuecalc.engine.calculate import calculate
from valuecalc.engine.effects import Bridge
from valuecalc.engine.result import Figure, Result, Trace
from valuecalc.engine.sensitivity.break_even import BreakEven
from valuecalc.engine.sensitivity.elasticity import Elasticity
from valuecalc.engine.sensitivity.ranges import change_text
from valuecalc.engine.sensitivity.tornado import DISCOUNT_RATE, Bar, Tornado
from valuecalc.engine.sensitivity.two_way import TwoWay
from valuecalc.engine.uncertainty import information as knowledge
from valuecalc.engine.uncertainty import simulate as drawing
from valuecalc.engine.uncertainty.draws import Plan
from valuecalc.engine.uncertainty.information import Information
from valuecalc.engine.uncertainty.percentiles import Percentiles
from valuecalc.engine.uncertainty.pilots import PilotResult
from valuecalc.engine.uncertainty.simulate import SimulationResult
from valuecalc.errors import CaseError, InputError, Problem
from valuecalc.formula import quantity
from valuecalc.services import cases, uncertainty

__all__ = [
    "Alternatives",
    "Bar",
    "BreakEven",
    "Bridged",
    "Certainty",
    "Change",
    "Dependence",
    "Information",
    "Percentiles",
    "PilotResult",
    "SimulationResult",
    "TwoWay",
    "alternatives",
    "at_point",
    "bridged",
    "certainty",
    "dependence",
    "drawn_text",
    "error_text",
    "expected_text",
    "plan_for_readers",
    "point_label",
    "residual_text",
    "short_text",
    "two_way",
]

MOST_DRAWS = 131_072
"""Draws that are made while a reader waits, at most."""


FULL_FROM = 1_000
"""From here on amounts are shown to the unit, even if draws do not know it so well."""


# --------------------------------------------------------------------------- how sure


@dataclass(frozen=True, kw_only=True)
class Certainty:
    """A case over many draws, and what to find out next.

    The draws themselves are gone from `simulation`. Without `information`, `unknown` says why.
    """

    simulation: SimulationResult
    information: Information | None
    unknown: str = ""

    @property
    def sentence(self) -> str:
        """The finding: where the value lies in 8 of 10 draws, and how likely a gain is."""
        value = self.simulation.figure("value")
        if not math.isfinite(value.at("p10")):
            return f"How sure the value is cannot be told. {value.note}"
        gain = self.simulation.gain.words
        if self.simulation.is_certain:
            return f"Nothing has a range, so the value is {value.text('p50')} in every draw."
        low, high = (short_text(value, name) for name in ("p10", "p90"))
        if value.undefined:
            return (
                f"In {value.undefined:,} of {value.draws:,} draws there is no value. In 8 of 10 of "
                f"the others it lies between {low} and {high}; the NPV is above zero in {gain} "
                "of them."
            )
        return (
            f"In 8 of 10 draws the value lies between {low} and {high}; "
            f"the NPV is above zero in {gain}."
        )

    @property
    def method(self) -> str:
        """How the draws were made, in words."""
        return METHODS[self.simulation.method]


def plan_for_readers(
    case: Case, draws: int | None = None, seed: int | None = None, method: str | None = None
) -> Plan:
    """How a case is drawn while a reader waits: as it says itself, as far as that is not too long.

    Raises `CaseError` for what was asked for beyond the limits.
    """
    if draws is not None and draws > MOST_DRAWS:
        cause = f"{draws:,} draws are more than {MOST_DRAWS:,}, the most that a page waits for."
        remedy = f"Take {MOST_DRAWS:,} or fewer; the command line takes more."
        raise CaseError(
            [Problem(code="simulation", place="simulation.draws", cause=cause, remedy=remedy)]
        )
    plan = uncertainty.plan_of(case, draws, seed, method)
    return replace(plan, draws=min(plan.draws, MOST_DRAWS))


def certainty(case: Case, plan: Plan, scenario: str = scenarios.EXPECTED) -> Certainty:
    """How sure a case is. Raises what `uncertainty.simulate` raises."""
    cases.refuse_mistakes(case)
    drawn = drawing.simulate(case, plan, scenario=scenario, keep_inputs=True)
    information, unknown = None, ""
    if not drawn.is_certain:
        try:
            information = knowledge.information(drawn)
        except InputError as error:
            unknown = f"{error.cause} {error.remedy}".strip()
    kept = replace(drawn, drawn={}, drawn_inputs={})
    return Certainty(simulation=kept, information=information, unknown=unknown)


def short_text(figure: Percentiles, name: str) -> str:
    """A percentile, the `mean` or the `sd` of a figure as short as a headline: `£1.25m`."""
    amount = figure.at(name)
    if not math.isfinite(amount):
        return quantity.UNDEFINED
    return Figure(name=figure.name, label=figure.label, value=amount, unit=figure.unit).short


def drawn_text(amount: float, unit: str) -> str:
    """A mean or a spread of draws, which are not known to more than four digits."""
    if not math.isfinite(amount):
        return quantity.UNDEFINED
    rounded = amount if abs(amount) >= FULL_FROM else float(f"{amount:.4g}")
    return quantity.show_with_unit(rounded, unit)


def error_text(error: float, unit: str) -> str:
    """A standard error in two digits, as no more of it is known: `±£180`."""
    if not math.isfinite(error):
        return f"±{quantity.UNDEFINED}"
    return f"±{quantity.show(float(f'{error:.2g}'), unit)}"


def expected_text(figure: Percentiles) -> str:
    """The figure at expected values."""
    expected = figure.expected
    return Figure(name=figure.name, label=figure.label, value=expected, unit=figure.unit).text


# --------------------------------------------------------------------------- what it depends on


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a little more of an assumption does to a figure, in words; a dash where unknown."""

    label: str
    per_percent: str
    share: str
    per_point: str
    note: str
    has_effect: bool = True


@dataclass(frozen=True, kw_only=True)
class Dependence:
    """What a figure depends on: the ends of the ranges, little changes, and where it breaks."""

    tornado: Tornado
    elasticities: tuple[Change, ...]
    break_evens: tuple[BreakEven, ...]
    wanted: str


def dependence(
    case: Case, figure: str, scenario: str = scenarios.EXPECTED, wanted: float = 0.0
) -> Dependence:
    """What a figure depends on. Raises `CaseError`, and `UnknownName` for what does not exist."""
    found = uncertainty.tornado(case, figure, scenario, others=True)
    changes = uncertainty.elasticities(case, figure, scenario)
    return Dependence(
        tornado=found,
        elasticities=tuple(_change(each) for each in changes),
        break_evens=uncertainty.break_evens(case, figure, wanted, scenario),
        wanted=replace(found.figure, value=wanted).text,
    )


def _change(each: Elasticity) -> Change:
    def told(amount: float | None) -> str:
        if amount is None:
            return quantity.UNDEFINED
        return change_text(each.figure, amount)

    return Change(
        label=each.assumption.label,
        per_percent=told(each.per_percent),
        share=each.text,
        per_point=told(each.per_point) if each.per_point is not None else "",
        note=each.note,
        has_effect=each.slope != 0 or bool(each.note),
    )


def residual_text(found: BreakEven) -> str:
    """How far the figure is from what is wanted, where it was searched: `£0.00002`."""
    if found.residual is None:
        return quantity.UNDEFINED
    return quantity.show(found.residual, quantity.currency_of(found.figure.unit) or "1")


def two_way(
    case: Case, first: str, second: str, figure: str, scenario: str = scenarios.EXPECTED
) -> TwoWay:
    """A figure over two assumptions. Raises what `uncertainty.two_way` raises."""
    return uncertainty.two_way(case, first, second, figure, scenario=scenario)


def at_point(
    case: Case, changes: Mapping[str, float], figure: str, scenario: str = scenarios.EXPECTED
) -> tuple[Result, Trace]:
    """The case where some assumptions have other values, and how a figure comes about there.

    Raises `CaseError`, and `UnknownName` for what does not exist.
    """
    trace = uncertainty.explain_point(case, changes, figure, scenario)
    in_force = scenarios.applied(case, scenarios.find(case, scenario))
    known = {each.id for each in case.assumptions}
    values = {id: value for id, value in changes.items() if id in known}
    rate = None if DISCOUNT_RATE in known else changes.get(DISCOUNT_RATE)
    return calculate(in_force.with_values(values, rate)), trace


def point_label(case: Case, id: str, value: float) -> str:
    """What was changed at a point: `Subscribers: 90,000`."""
    assumption = case.assumption(id)
    if assumption is None:
        return f"Discount rate: {quantity.show(value, '%')}"
    return f"{assumption.label}: {quantity.show_with_unit(value, assumption.unit)}"


# --------------------------------------------------------------------------- what else there is


@dataclass(frozen=True, kw_only=True)
class Bridged:
    """What leads from one result to another: by line, and for scenarios by assumption too."""

    by_line: LineBridge
    by_assumption: Bridge | None = None


def alternatives(case: Case, scenario: str = scenarios.EXPECTED) -> Alternatives:
    """The case beside everything else that the customer could do."""
    return uncertainty.alternatives(case, scenario)


def bridged(case: Case, start: str, end: str, figure: str) -> Bridged:
    """What leads from one result to another; names as `uncertainty.bridge` takes them."""
    ends = [name.partition(":") for name in (start, end)]
    if all(kind == uncertainty.SCENARIO for kind, _, _ in ends):
        both = uncertainty.scenario_bridge(case, ends[0][2], ends[1][2], figure)
        return Bridged(by_line=both.by_line, by_assumption=both.by_assumption)
    return Bridged(by_line=uncertainty.bridge(case, start, end, figure))
