"""The checks on a case: mistakes that stop the calculation, and oddities that do not.

Each check is a small function that yields problems; `CHECKS` lists them. To add one, write a
function and add it there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from valuecalc.case import alternatives, plan_checks
from valuecalc.case.binding import Binding, bind
from valuecalc.case.case import Alternative, Assumption, Benefit, Calculation, Case, Grade, Line
from valuecalc.case.references import references
from valuecalc.errors import Problem, Severity
from valuecalc.formula.known_units import CURRENCIES
from valuecalc.formula.quantity import is_percentage, show, show_with_unit
from valuecalc.phrases import Phrase, phrase

MAX_BENEFITS = 5
MAX_SHARE = 2.0
MAX_RATE = 0.5
_MARGIN_WORDS = ("margin", "profit", "contribution")
_SAVING_WORDS = ("save", "saving", "avoid", "reduc", "fewer", "less", "lower", "cut")


def check(case: Case) -> tuple[Problem, ...]:
    """Every problem of a case: errors first, then warnings, each in document order."""
    binding = bind(case)
    beside = alternatives.problems(case)
    found = [*binding.problems, *references(case), *beside, *_warned(binding)]
    return tuple(sorted(found, key=lambda problem: not problem.is_error))


def errors(case: Case) -> tuple[Problem, ...]:
    """The problems that stop the calculation."""
    return tuple(problem for problem in check(case) if problem.is_error)


def warnings(case: Case) -> tuple[Problem, ...]:
    """The oddities that do not stop the calculation."""
    return tuple(problem for problem in check(case) if not problem.is_error)


def _warned(binding: Binding) -> Iterator[Problem]:
    for each in CHECKS:
        yield from each(binding)


def _warning(code: str, place: str, cause: str, remedy: str) -> Problem:
    return Problem(code=code, place=place, cause=cause, remedy=remedy, severity=Severity.WARNING)


def no_lines(binding: Binding) -> Iterator[Problem]:
    """A case needs benefits and investments to say anything."""
    case = binding.case
    if not case.benefits:
        yield _warning(
            "no_benefits", "benefits", phrase("There is no benefit."), phrase("Add one.")
        )
    if not case.investments:
        cause = phrase("There is no investment.")
        remedy = phrase("Add what the solution costs, the customer’s own effort included.")
        yield _warning("no_investment", "investments", cause, remedy)


def no_evidence(binding: Binding) -> Iterator[Problem]:
    """A number without a source is our own assumption."""
    for each in binding.case.assumptions:
        if each.evidence is None:
            yield _warning(
                "no_evidence",
                f"assumptions.{each.id}",
                phrase("“{label}” has no evidence and counts as grade E.", label=each.label),
                phrase("Say where the number comes from, with a grade, a source and a date."),
            )
        elif each.evidence.grade is not Grade.E and not each.evidence.source:
            yield _warning(
                "no_source",
                f"assumptions.{each.id}.evidence.source",
                phrase(
                    "“{label}” is graded {grade} but names no source.",
                    label=each.label,
                    grade=each.evidence.grade,
                ),
                phrase("Name the source, or grade it E."),
            )


def ranges(binding: Binding) -> Iterator[Problem]:
    """Low, expected and high should be in this order."""
    for each in binding.case.assumptions:
        found = disorder(each)
        if found is not None:
            place = f"assumptions.{each.id}.{found.field}"
            remedy = phrase(
                "{remedy} Until then, it cannot be said how sure the value is.",
                remedy=found.remedy,
            )
            yield _warning("range", place, found.cause, remedy)


@dataclass(frozen=True)
class Disorder:
    """A range whose ends are not in order: the field to mend, why, and how."""

    field: str
    cause: str
    remedy: str


def disorder(assumption: Assumption) -> Disorder | None:
    """What is wrong with the order of a range; outcomes take the place of a range."""
    low, high, value = assumption.low, assumption.high, assumption.value
    if assumption.outcomes:
        return None
    if low is not None and high is not None and low > high:
        cause = _beside(_LOW_ABOVE_HIGH, assumption, low, high)
        return Disorder("low", cause, phrase("Exchange the two."))
    if low is not None and low > value:
        cause = _beside(_LOW_ABOVE_VALUE, assumption, low, value)
        return Disorder("low", cause, phrase("Lower it to that or below, or leave it out."))
    if high is not None and high < value:
        cause = _beside(_HIGH_BELOW_VALUE, assumption, high, value)
        return Disorder("high", cause, phrase("Raise it to that or above, or leave it out."))
    return None


_LOW_ABOVE_HIGH = phrase("Low of “{label}”, {end}, is above high, {other}.")
_LOW_ABOVE_VALUE = phrase("Low of “{label}”, {end}, is above its value, {other}.")
_HIGH_BELOW_VALUE = phrase("High of “{label}”, {end}, is below its value, {other}.")


def _beside(words: Phrase, assumption: Assumption, end: float, other: float) -> str:
    first, second = (show_with_unit(each, assumption.unit) for each in (end, other))
    return words.with_values({"label": assumption.label, "end": first, "other": second})


def percentages(binding: Binding) -> Iterator[Problem]:
    """A percentage of several hundred is mostly one that was written as a whole number."""
    for each in binding.case.assumptions:
        if is_percentage(each.unit) and abs(each.value) > MAX_SHARE:
            shown = show(each.value, "%")
            yield _warning(
                "percentage",
                f"assumptions.{each.id}.value",
                phrase("“{label}” is {amount}.", label=each.label, amount=shown),
                _fraction(each.value),
            )
    rate = binding.case.discounting.rate
    if rate > MAX_RATE:
        yield _warning(
            "rate",
            "discounting.rate",
            phrase("The discount rate is {rate} a year.", rate=show(rate, "%")),
            _fraction(rate),
        )


def _fraction(number: float) -> str:
    return phrase(
        "A plain number is a fraction: write {share} if it is that.",
        share=show(number / 100, "%"),
    )


def unused(binding: Binding) -> Iterator[Problem]:
    """An assumption that nothing uses can only mislead."""
    used = {name for each in binding.case.computed for name in binding.uses(each.id)}
    for alternative in binding.case.alternatives:
        used |= _used_by(alternatives.binding_of(binding.case, alternative))
    named = {binding.case.proposition.source, binding.case.proposition.target}
    for each in binding.case.quantities:
        if each.id not in used | named and not binding.errors:
            yield _warning(
                "unused",
                _place(each),
                phrase("Nothing uses “{label}”.", label=each.label),
                phrase("Use it in a formula, or remove it."),
            )


def _used_by(binding: Binding) -> set[str]:
    return {name for line in binding.case.lines for name in binding.uses(line.id)}


def no_margin(binding: Binding) -> Iterator[Problem]:
    """Revenue is no benefit until what it costs to serve is taken off."""
    for benefit in binding.case.benefits:
        if benefit.category != "revenue" or benefit.non_monetary:
            continue
        rests_on = [binding.case.assumption(id) for id in binding.rests_on(benefit.id)]
        if not any(each and _mentions(each, _MARGIN_WORDS) for each in rests_on):
            yield _warning(
                "no_margin",
                f"benefits.{benefit.id}",
                phrase("“{label}” counts revenue without a margin.", label=benefit.label),
                phrase("Multiply it by a margin assumption, or make it another category."),
            )


def too_many_benefits(binding: Binding) -> Iterator[Problem]:
    """One or two benefits decide; more than about five weaken the case."""
    count = len(binding.case.benefits)
    if count > MAX_BENEFITS:
        yield _warning(
            "many_benefits",
            "benefits",
            phrase(
                "There are {number} benefits; more than {most} are seldom believed.",
                number=str(count),
                most=str(MAX_BENEFITS),
            ),
            phrase("Keep those that decide and those that support them."),
        )


def same_saving(binding: Binding) -> Iterator[Problem]:
    """Two benefits that rest on one saving may count it twice."""
    benefits = [benefit for benefit in binding.case.benefits if not benefit.non_monetary]
    driven_by = {benefit.id: binding.rests_on(benefit.id) for benefit in benefits}
    uncertain = [each for each in binding.case.assumptions if not each.is_certain]
    savings = [each for each in uncertain if _mentions(each, _SAVING_WORDS)]
    for first, second in combinations(benefits, 2):
        shared = driven_by[first.id] & driven_by[second.id]
        for each in savings:
            if each.id in shared:
                yield _warning(
                    "same_saving",
                    f"benefits.{second.id}",
                    phrase(
                        "“{second}” and “{first}” are both driven by “{driver}”.",
                        second=second.label,
                        first=first.label,
                        driver=each.label,
                    ),
                    phrase("Make sure that the saving is counted once, and say so in a note."),
                )


def mirrored_inaction(binding: Binding) -> Iterator[Problem]:
    """What doing nothing costs, and what a benefit takes away, are often the same money."""
    case = binding.case
    for alternative in case.alternatives:
        if alternative.kind != "do_nothing" or not case.benefits:
            continue
        other = alternatives.binding_of(case, alternative)
        for line in alternative.investments:
            mirrored = _mirror(binding, other, line)
            if mirrored is not None:
                yield _mirror_warning(alternative, line, *mirrored)


def _mirror(binding: Binding, other: Binding, line: Line) -> tuple[Benefit, Assumption] | None:
    """The benefit that counts the same money as a line of doing nothing, and what they share.

    They share an assumption in money, or the line rests on nothing but what the benefit does.
    """
    known = {each.id: each for each in binding.case.assumptions}
    costs = other.rests_on(line.id) & known.keys()
    for benefit in binding.case.benefits:
        shared = costs & binding.rests_on(benefit.id)
        money = [id for id in known if id in shared and _is_money(binding, id)]
        if not benefit.non_monetary and shared and (money or shared == costs):
            return benefit, known[(money or sorted(shared))[0]]
    return None


def _is_money(binding: Binding, id: str) -> bool:
    unit = binding.units.get(id)
    return unit is not None and any(name in CURRENCIES for name, _ in unit.parts)


def _mirror_warning(
    alternative: Alternative, line: Line, benefit: Benefit, shared: Assumption
) -> Problem:
    return _warning(
        "mirrored_inaction",
        f"alternatives.{alternative.id}.investments.{line.id}",
        phrase(
            "“{line}” and the benefit “{benefit}” both rest on “{driver}”: beside "
            "doing nothing, the same money may count twice.",
            line=line.label,
            benefit=benefit.label,
            driver=shared.label,
        ),
        phrase(
            "Leave the cost of doing nothing out, or count in the benefit only what goes beyond it."
        ),
    )


def no_own_effort(binding: Binding) -> Iterator[Problem]:
    """What the customer's people spend is part of the investment."""
    investments = binding.case.investments
    if investments and not any(each.category == "internal_effort" for each in investments):
        yield _warning(
            "own_effort",
            "investments",
            phrase("The customer’s own effort is missing from the investment."),
            phrase("Add a line of category internal_effort: project team, training, disruption."),
        )


def rounded_shares(binding: Binding) -> Iterator[Problem]:
    """A share rounded to whole numbers is all or nothing."""
    for each in binding.case.assumptions:
        travel = each.travel
        if travel is None or travel.round is None or travel.to < 1:
            continue
        if is_percentage(each.unit):
            yield _warning(
                "rounding",
                f"assumptions.{each.id}.travel.to",
                phrase(
                    "“{label}” is a share, and rounding makes a whole number of it.",
                    label=each.label,
                ),
                phrase("Leave the rounding out, or round to 0.01 for whole percentages."),
            )


def plan(binding: Binding) -> Iterator[Problem]:
    """Dates that the plan cannot keep, and work that takes no time."""
    yield from plan_checks.warnings(binding.case)


CHECKS: tuple[Callable[[Binding], Iterator[Problem]], ...] = (
    no_lines,
    no_evidence,
    ranges,
    percentages,
    unused,
    no_margin,
    too_many_benefits,
    same_saving,
    mirrored_inaction,
    no_own_effort,
    rounded_shares,
    plan,
)


def _place(each: Assumption | Calculation) -> str:
    section = "assumptions" if isinstance(each, Assumption) else "calculations"
    return f"{section}.{each.id}"


def _mentions(assumption: Assumption, words: tuple[str, ...]) -> bool:
    """Whether one of its words begins like this: “cut” is in no executive."""
    text = f"{assumption.id} {assumption.label}".lower()
    return any(re.search(rf"(?<![a-z]){word}", text) for word in words)
