"""The percentile that a case shows instead of its expected value, as figures like any other.

A case may choose P10, P20 or P50 (`conventions.headline`). Its value and its NPV then have a
figure more each, `value_p10` and `npv_p10`, from a simulation by the case's own settings.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterator, Mapping

from valuecalc.case.case import Case
from valuecalc.case.risk import HEADLINES
from valuecalc.engine.result import Figure, Rule
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.engine.uncertainty import distributions
from valuecalc.engine.uncertainty.draws import Plan
from valuecalc.engine.uncertainty.headline_names import DRAWN, percentile_name
from valuecalc.engine.uncertainty.percentiles import Percentiles
from valuecalc.engine.uncertainty.simulate import SimulationResult, simulate
from valuecalc.errors import CaseError, InputError
from valuecalc.formula import quantity
from valuecalc.phrases import joined, phrase

MOST_DRAWS = 131_072
"""Draws of a headline at most, as every calculation of the case waits for them."""

_LABELS = {
    "value": phrase("Value, reached in {share} of the draws ({percentile})"),
    "npv": phrase("NPV, reached in {share} of the draws ({percentile})"),
}
_DEFINITIONS = {
    "value": phrase("Value that {share} of the draws of a simulation reach or exceed"),
    "npv": phrase("NPV that {share} of the draws of a simulation reach or exceed"),
}


def reached_in(convention: str) -> str:
    """The share of the draws that reach a percentile or exceed it: `90%` for `p10`."""
    return quantity.show(1 - HEADLINES[convention], "%")


def plan_of(case: Case) -> Plan:
    """How the headline of a case is drawn: by its settings, with at most `MOST_DRAWS`.

    Raises `CaseError` for settings outside their limits.
    """
    plan = Plan.of(case.simulation)
    return plan if plan.draws <= MOST_DRAWS else Plan.of(case.simulation, draws=MOST_DRAWS)


def percentiles_of(case: Case, scenario: str) -> Mapping[str, Figure]:
    """The chosen percentile of the value and of the NPV, by name; none at expected values.

    Other scenarios than the expected one have none either: they say what holds, and leave
    little or nothing to draw. A case that cannot be simulated gets figures without a value,
    whose notes say why; nothing is raised.
    """
    if case.conventions.headline == EXPECTED or scenario != EXPECTED:
        return {}
    known = _known.get(id(case))
    if known is None or known[0]() is not case:
        known = (_reference(case), _drawn(case))
        _known[id(case)] = known
    return known[1]


_known: dict[int, tuple[weakref.ref[Case], Mapping[str, Figure]]] = {}
"""What was drawn of the cases in use: a page works its case out more than once."""


def _reference(case: Case) -> weakref.ref[Case]:
    key = id(case)
    return weakref.ref(case, lambda _: _known.pop(key, None))


def _drawn(case: Case) -> Mapping[str, Figure]:
    convention = case.conventions.headline
    try:
        drawn = simulate(case, plan_of(case), figures=())
    except InputError as error:
        found = _undefined(case, convention, why_not(error))
    else:
        found = (_figure(drawn, name, convention) for name in DRAWN)
    return {figure.name: figure for figure in found}


def _figure(drawn: SimulationResult, name: str, convention: str) -> Figure:
    of_draws = drawn.figure(name)
    value = of_draws.at(convention)
    return Figure(
        name=percentile_name(name, convention),
        label=_label(name, convention),
        value=value if math.isfinite(value) else None,
        unit=of_draws.unit,
        definition=_definition(name, convention),
        convention=_how(drawn, of_draws, convention),
        note=of_draws.note,
        group="headline",
        rule=_rule(drawn.case, name, convention),
    )


def _undefined(case: Case, convention: str, note: str) -> Iterator[Figure]:
    for name in DRAWN:
        yield Figure(
            name=percentile_name(name, convention),
            label=_label(name, convention),
            value=None,
            unit=case.currency,
            definition=_definition(name, convention),
            note=note,
            group="headline",
            rule=_rule(case, name, convention),
        )


def _rule(case: Case, name: str, convention: str) -> Rule:
    drawn = (f"assumptions.{id}" for id in distributions.uncertain_ids(case))
    return Rule(kind="simulation", parts=(name, *drawn), method=convention)


def _label(name: str, convention: str) -> str:
    share = reached_in(convention)
    return _LABELS[name].with_values({"share": share, "percentile": convention.upper()})


def _definition(name: str, convention: str) -> str:
    return _DEFINITIONS[name].with_values({"share": reached_in(convention)})


def _how(drawn: SimulationResult, of_draws: Percentiles, convention: str) -> str:
    if drawn.is_certain:
        return phrase("Nothing has a range, so that every draw is the expected value")
    error = of_draws.error_text_of(convention)
    return phrase(
        "{percentile} of {plan}; standard error {error}",
        percentile=convention.upper(),
        plan=drawn.plan.words,
        error=error,
    )


def why_not(error: InputError) -> str:
    """Why a case cannot be simulated, with what to do about it."""
    if not isinstance(error, CaseError):
        why = joined(" ", filter(None, (error.cause, error.remedy)))
        return phrase("The case cannot be simulated: {reason}", reason=why)
    first, *others = error.problems
    why = joined(" ", (first.cause, first.remedy))
    if not others:
        return phrase("The case cannot be simulated: {reason}", reason=why)
    return phrase(
        "The case cannot be simulated: {reason} ({number} more in the checks)",
        reason=why,
        number=str(len(others)),
    )
