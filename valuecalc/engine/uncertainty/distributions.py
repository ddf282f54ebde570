"""From what an assumption says about its range to the distribution that it is drawn from.

Without a name it is two halves of a normal distribution that meet in the expected value, with
low and high as the 10th and 90th percentile. An amount whose range does not cross zero then
never changes its sign, and a percentage whose range lies within 0% to 100% stays there.
Triangular, PERT and uniform take low and high as their ends, or as percentiles if `range` says
so; the others take percentiles always. A discrete one has outcomes, or low, value and high
with chances of 30%, 40% and 30% (Swanson's rule).

What cannot be is refused with its place, its cause and its remedy, and never bent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from valuecalc.case.case import Assumption, Case
from valuecalc.case.checks import disorder
from valuecalc.case.risk import BOUNDED, DISTRIBUTIONS, ENDS, Outcome
from valuecalc.engine.uncertainty import correlations
from valuecalc.engine.uncertainty.bounded_shapes import (
    Pert,
    Triangular,
    Uniform,
    ends_of,
    pert_percentiles,
    triangular_percentiles,
)
from valuecalc.engine.uncertainty.shapes import (
    Z90,
    Discrete,
    Distribution,
    Lognormal,
    Normal,
    TwoHalves,
)
from valuecalc.errors import CaseError, Problem, Severity, did_you_mean
from valuecalc.formula.quantity import is_percentage, show, show_with_unit
from valuecalc.phrases import listed, phrase

__all__ = ["Distribution", "of", "problems", "warnings"]

SWANSON = (0.3, 0.4, 0.3)
"""The chances of low, value and high of a discrete assumption without outcomes."""

CHANCES_TOLERANCE = 1e-6
"""How far chances may be from 100% in all: what writing them in decimals leaves over."""

ROUNDING = 0.02
"""How far the middle of a normal, as a share of its range, may be from the expected value:
what rounding leaves over."""

LOGNORMAL_ROUNDING = 0.05
"""The same for a lognormal, whose expected value may be its median, its mean or between."""


def of(assumption: Assumption) -> Distribution | None:
    """The distribution of an assumption; None if it is certain.

    Raises `CaseError` with every reason why there is no such distribution.
    """
    found = tuple(_errors(assumption))
    if found:
        raise CaseError(found)
    return None if not is_uncertain(assumption) else _MAKERS[_kind(assumption)](assumption)


def is_uncertain(assumption: Assumption) -> bool:
    """Whether an assumption can be anything but its expected value."""
    if assumption.outcomes:
        return any(
            each.chance > 0 and each.value != assumption.value for each in assumption.outcomes
        )
    ends = (assumption.low, assumption.high)
    return any(end is not None and end != assumption.value for end in ends)


def problems(case: Case) -> tuple[Problem, ...]:
    """Everything that keeps a case from being simulated: distributions and correlations."""
    found = [problem for each in case.assumptions for problem in _errors(each)]
    return (*found, *correlations.problems(case, uncertain_ids(case)))


def warnings(case: Case) -> tuple[Problem, ...]:
    """What a simulation leaves aside: it can go on, but somebody meant something else."""
    found = [problem for each in case.assumptions for problem in _warnings(each)]
    return (*found, *correlations.warnings(case, uncertain_ids(case)))


def uncertain_ids(case: Case) -> tuple[str, ...]:
    """The ids of the assumptions that are drawn, in the order of the case."""
    return tuple(each.id for each in case.assumptions if is_uncertain(each))


def _kind(assumption: Assumption) -> str:
    return "discrete" if assumption.outcomes else assumption.distribution


def _low(assumption: Assumption) -> float:
    return assumption.value if assumption.low is None else assumption.low


def _high(assumption: Assumption) -> float:
    return assumption.value if assumption.high is None else assumption.high


# --------------------------------------------------------------------------- making


def _two_halves(assumption: Assumption) -> TwoHalves:
    low, high = _low(assumption), _high(assumption)
    within_a_whole = is_percentage(assumption.unit) and low >= 0 and high <= 1
    ceiling = 1.0 if within_a_whole else 0.0 if high <= 0 else math.inf
    return TwoHalves(
        unit=assumption.unit,
        middle=assumption.value,
        down=(assumption.value - low) / Z90,
        up=(high - assumption.value) / Z90,
        floor=0.0 if low >= 0 else -math.inf,
        ceiling=ceiling,
    )


def _triangular(assumption: Assumption) -> Triangular:
    lowest, highest = _peaked_ends(assumption, triangular_percentiles)
    return Triangular(unit=assumption.unit, lowest=lowest, highest=highest, mode=assumption.value)


def _pert(assumption: Assumption) -> Pert:
    lowest, highest = _peaked_ends(assumption, pert_percentiles)
    return Pert(unit=assumption.unit, lowest=lowest, highest=highest, mode=assumption.value)


def _peaked_ends(
    assumption: Assumption, percentiles: Callable[[float], tuple[float, float]]
) -> tuple[float, float]:
    if assumption.range_kind == ENDS:
        return _low(assumption), _high(assumption)
    return ends_of(assumption.low, assumption.value, assumption.high, percentiles)


def _uniform(assumption: Assumption) -> Uniform:
    low, high = _low(assumption), _high(assumption)
    if assumption.range_kind != ENDS:
        below = (high - low) / 8 if assumption.low is not None else 0.0
        above = (high - low) / 8 if assumption.high is not None else 0.0
        if not below or not above:
            below, above = below and (high - low) / 9, above and (high - low) / 9
        low, high = low - below, high + above
    return Uniform(unit=assumption.unit, lowest=low, highest=high)


def _normal(assumption: Assumption) -> Normal:
    low, high = _symmetric(assumption.low, assumption.value, assumption.high)
    return Normal(unit=assumption.unit, centre=(low + high) / 2, scale=(high - low) / 2 / Z90)


def _symmetric(low: float | None, middle: float, high: float | None) -> tuple[float, float]:
    """Low and high; of a symmetric distribution one of them says the other."""
    first = 2 * middle - (high or 0.0) if low is None else low
    return first, 2 * middle - first if high is None else high


def _lognormal(assumption: Assumption) -> Lognormal:
    low, high = _logarithms(assumption)
    return Lognormal(
        unit=assumption.unit,
        median=math.exp((low + high) / 2),
        log_scale=(high - low) / 2 / Z90,
    )


def _logarithms(assumption: Assumption) -> tuple[float, float]:
    ends = (assumption.low, assumption.high)
    low, high = (None if end is None else math.log(end) for end in ends)
    return _symmetric(low, math.log(assumption.value), high)


def _discrete(assumption: Assumption) -> Discrete:
    chances: dict[float, float] = {}
    for outcome in _outcomes(assumption):
        if outcome.chance > 0:
            chances[outcome.value] = chances.get(outcome.value, 0.0) + outcome.chance
    total = math.fsum(chances.values())
    values = tuple(sorted(chances))
    return Discrete(
        unit=assumption.unit,
        values=values,
        chances=tuple(chances[value] / total for value in values),
    )


def _outcomes(assumption: Assumption) -> tuple[Outcome, ...]:
    if assumption.outcomes:
        return assumption.outcomes
    values = (_low(assumption), assumption.value, _high(assumption))
    pairs = zip(values, SWANSON, strict=True)
    return tuple(Outcome(value=value, chance=chance) for value, chance in pairs)


_MAKERS: dict[str, Callable[[Assumption], Distribution]] = {
    "": _two_halves,
    "triangular": _triangular,
    "pert": _pert,
    "uniform": _uniform,
    "normal": _normal,
    "lognormal": _lognormal,
    "discrete": _discrete,
}


# --------------------------------------------------------------------------- what cannot be


def _errors(assumption: Assumption) -> Iterator[Problem]:
    """Why an assumption has no distribution: the first checks that fail, as others rest on them."""
    for check in (_not_numbers, _unknown, _unordered, _without_outcomes, _contradicting):
        found = list(check(assumption))
        yield from found
        if found:
            return
    if assumption.outcomes or is_uncertain(assumption):
        yield from _beginning_at_zero(assumption)
        yield from _impossible(assumption)


def _problem(assumption: Assumption, field: str, cause: str, remedy: str) -> Problem:
    place = f"assumptions.{assumption.id}.{field}"
    return Problem(code="distribution", place=place, cause=cause, remedy=remedy)


def _not_numbers(assumption: Assumption) -> Iterator[Problem]:
    numbers = {"value": assumption.value, "low": assumption.low, "high": assumption.high}
    for index, outcome in enumerate(assumption.outcomes):
        numbers[f"outcomes.{index}.value"] = outcome.value
        numbers[f"outcomes.{index}.chance"] = outcome.chance
    for field, number in numbers.items():
        if number is not None and not math.isfinite(number):
            cause = phrase(
                "“{assumption}” has something there that is no finite number.",
                assumption=assumption.label,
            )
            yield _problem(assumption, field, cause, phrase("Write an ordinary number."))


def _unknown(assumption: Assumption) -> Iterator[Problem]:
    if assumption.distribution and assumption.distribution not in DISTRIBUTIONS:
        cause = phrase("There is no distribution “{name}”.", name=assumption.distribution)
        remedy = did_you_mean(assumption.distribution, DISTRIBUTIONS)
        yield _problem(assumption, "distribution", cause, remedy)


def _unordered(assumption: Assumption) -> Iterator[Problem]:
    found = disorder(assumption)
    if found is not None:
        yield _problem(assumption, found.field, found.cause, found.remedy)


def _without_outcomes(assumption: Assumption) -> Iterator[Problem]:
    if assumption.distribution != "discrete" or not assumption.is_certain:
        return
    yield _problem(
        assumption,
        "outcomes",
        phrase("“{assumption}” is discrete and has no outcome.", assumption=assumption.label),
        phrase("Add outcomes with their chances, or low and high, or leave the distribution out."),
    )


def _contradicting(assumption: Assumption) -> Iterator[Problem]:
    name = assumption.distribution
    if assumption.outcomes and name not in ("", "discrete"):
        cause = phrase(
            "“{assumption}” has outcomes, which a {name} distribution has not.",
            assumption=assumption.label,
            name=name,
        )
        remedy = phrase("Make it discrete, or remove the outcomes.")
        yield _problem(assumption, "distribution", cause, remedy)
    if assumption.range == ENDS and name not in BOUNDED:
        spread = phrase("a range without a named distribution")
        if name:
            spread = phrase("a {name} distribution", name=name)
        cause = phrase(
            "Low and high of “{assumption}” are ends, which {spread} has not.",
            assumption=assumption.label,
            spread=spread,
        )
        names = listed(BOUNDED, "or")
        remedy = phrase("Choose {names}, or make them percentiles.", names=names)
        yield _problem(assumption, "range", cause, remedy)


def _beginning_at_zero(assumption: Assumption) -> Iterator[Problem]:
    """Yearly values move in proportion to the first, which those after a zero cannot."""
    if assumption.value or not any(assumption.values):
        return
    field = "outcomes" if assumption.outcomes else "low" if assumption.low is not None else "high"
    cause = phrase(
        "The yearly values of “{assumption}” begin at zero, so they cannot move in "
        "proportion to the first of them, which is what a range does.",
        assumption=assumption.label,
    )
    remedy = phrase(
        "Leave the range out, and multiply it by an assumption of 100% that has the range instead."
    )
    yield _problem(assumption, field, cause, remedy)


def _impossible(assumption: Assumption) -> Iterator[Problem]:
    checks = {"normal": _not_normal, "lognormal": _not_lognormal, "discrete": _not_discrete}
    check = checks.get(_kind(assumption))
    if check is not None:
        yield from check(assumption)


def _not_normal(assumption: Assumption) -> Iterator[Problem]:
    low, high = _symmetric(assumption.low, assumption.value, assumption.high)
    middle = (low + high) / 2
    if abs(middle - assumption.value) <= ROUNDING * (high - low):
        return
    yield _problem(
        assumption,
        "distribution",
        phrase(
            "A normal distribution with these percentiles has its middle at {middle}, "
            "and the value of “{assumption}” is {value}.",
            middle=show_with_unit(middle, assumption.unit),
            assumption=assumption.label,
            value=show_with_unit(assumption.value, assumption.unit),
        ),
        phrase(
            "Leave the distribution out, which allows two halves of different width, or make low "
            "and high equally far from the value."
        ),
    )


_NOT_ABOVE_ZERO = {
    "value": phrase(
        "A lognormal distribution is above zero throughout, "
        "and the value of “{assumption}” is {amount}."
    ),
    "low": phrase(
        "A lognormal distribution is above zero throughout, "
        "and the low of “{assumption}” is {amount}."
    ),
    "high": phrase(
        "A lognormal distribution is above zero throughout, "
        "and the high of “{assumption}” is {amount}."
    ),
}


def _not_lognormal(assumption: Assumption) -> Iterator[Problem]:
    ends = {"value": assumption.value, "low": assumption.low, "high": assumption.high}
    for field, end in ends.items():
        if end is not None and end <= 0:
            cause = _NOT_ABOVE_ZERO[field].with_values(
                {
                    "assumption": assumption.label,
                    "amount": show_with_unit(end, assumption.unit),
                }
            )
            remedy = phrase("Raise it above zero, or leave the distribution out.")
            yield _problem(assumption, "distribution", cause, remedy)
            return
    shape = _lognormal(assumption)
    room = LOGNORMAL_ROUNDING * (_high(assumption) - _low(assumption))
    if shape.median - room <= assumption.value <= shape.mean + room:
        return
    yield _problem(
        assumption,
        "distribution",
        phrase(
            "A lognormal distribution with these percentiles has its median at {median} and its "
            "mean at {mean}; the value of “{assumption}”, {value}, is neither nor between them.",
            median=show_with_unit(shape.median, assumption.unit),
            mean=show_with_unit(shape.mean, assumption.unit),
            assumption=assumption.label,
            value=show_with_unit(assumption.value, assumption.unit),
        ),
        phrase("Leave the distribution out, or correct the value, low or high."),
    )


def _not_discrete(assumption: Assumption) -> Iterator[Problem]:
    negative = [number for number, each in enumerate(assumption.outcomes) if each.chance < 0]
    for index in negative:
        chance = show(assumption.outcomes[index].chance, "%")
        cause = phrase("The chance {chance} is negative.", chance=chance)
        remedy = phrase("Write 0% to 100%.")
        yield _problem(assumption, f"outcomes.{index}.chance", cause, remedy)
    if assumption.outcomes and not negative:
        yield from _not_all_chances(assumption)
        yield from _outside(assumption)


def _not_all_chances(assumption: Assumption) -> Iterator[Problem]:
    total = math.fsum(outcome.chance for outcome in assumption.outcomes)
    if abs(total - 1) > CHANCES_TOLERANCE:
        cause = phrase(
            "The chances of “{assumption}” add up to {total}, not to 100%.",
            assumption=assumption.label,
            total=_share(total),
        )
        rest = _share(abs(1 - total))
        remedy = phrase("Add {share}.", share=rest)
        if total > 1:
            remedy = phrase("Take off {share}.", share=rest)
        yield _problem(assumption, "outcomes", cause, remedy)


def _outside(assumption: Assumption) -> Iterator[Problem]:
    values = [outcome.value for outcome in assumption.outcomes if outcome.chance > 0]
    if values and not min(values) <= assumption.value <= max(values):
        cause = phrase(
            "The value of “{assumption}”, {value}, is outside its outcomes.",
            assumption=assumption.label,
            value=show_with_unit(assumption.value, assumption.unit),
        )
        remedy = phrase("Make it one of them, or their mean.")
        yield _problem(assumption, "value", cause, remedy)


def _share(share: float) -> str:
    is_tiny = 0 < abs(share) < 1e-4 or 0 < abs(1 - share) < 1e-4
    return show(share, "%", digits=6 if is_tiny else None)


def _warnings(assumption: Assumption) -> Iterator[Problem]:
    named = assumption.distribution in DISTRIBUTIONS and assumption.distribution != "discrete"
    if named and assumption.is_certain:
        yield Problem(
            code="distribution",
            place=f"assumptions.{assumption.id}.distribution",
            cause=phrase(
                "“{assumption}” names a distribution and has no range: it is certain.",
                assumption=assumption.label,
            ),
            remedy=phrase("Give it a low or a high, or leave the distribution out."),
            severity=Severity.WARNING,
        )
