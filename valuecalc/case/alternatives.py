"""Alternatives as cases: what else the customer could do, in a form that can be worked out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from valuecalc.case.binding import Binding, bind
from valuecalc.case.case import Alternative, Assumption, Case, Proposition
from valuecalc.errors import Problem

LINES = ("benefits", "investments")


def as_case(case: Case, alternative: Alternative) -> Case:
    """The case that an alternative is: its own lines, on the same assumptions and timeline.

    Where the alternative sets an assumption, its range and its yearly values move in
    proportion. Calculations that rest on lines of the case which the alternative does not have
    are left out, and so are scenarios (apply one first), the statement and expected figures.
    """
    binding = bind(case)
    return replace(
        case,
        title=alternative.label,
        summary=alternative.note,
        proposition=Proposition(),
        assumptions=tuple(_with_set(each, alternative) for each in case.assumptions),
        calculations=tuple(
            each for each in case.calculations if not _hidden(binding, alternative, each.id)
        ),
        benefits=alternative.benefits,
        investments=alternative.investments,
        scenarios=(),
        alternatives=(),
        reference=None,
        expected={},
    )


def problems(case: Case) -> Iterator[Problem]:
    """What is wrong with the formulas and dates of the alternatives, each with its place.

    What is wrong with the assumptions and calculations of the case is left to the case.
    """
    binding = bind(case)
    for alternative in case.alternatives:
        for problem in binding_of(case, alternative).problems:
            if problem not in binding.problems:
                yield _placed(problem, binding, alternative)


def binding_of(case: Case, alternative: Alternative) -> Binding:
    """The binding of an alternative; its mistakes have the places of a case of its own."""
    return bind(as_case(case, alternative))


def _with_set(assumption: Assumption, alternative: Alternative) -> Assumption:
    if assumption.id not in alternative.set:
        return assumption
    value = alternative.set[assumption.id]
    moved = assumption.with_value(value)
    if assumption.value == 0:
        # There is nothing to be in proportion to.
        return replace(moved, low=None, high=None, outcomes=())
    factor = value / assumption.value
    ends = [None if each is None else each * factor for each in (moved.low, moved.high)]
    low, high = ends if factor >= 0 else reversed(ends)
    outcomes = tuple(replace(each, value=each.value * factor) for each in moved.outcomes)
    return replace(moved, low=low, high=high, outcomes=outcomes)


def _hidden(binding: Binding, alternative: Alternative, id: str) -> set[str]:
    """The lines of the case that something rests on and that the alternative does not have."""
    own = {each.id for each in (*alternative.benefits, *alternative.investments)}
    others = {each.id for each in binding.case.lines} - own
    return (binding.rests_on(id) | {id}) & others


def _placed(problem: Problem, binding: Binding, alternative: Alternative) -> Problem:
    place = f"alternatives.{alternative.id}"
    section, _, rest = problem.place.partition(".")
    if section not in LINES:
        # A calculation of the case that fits the case's own line, but not the alternative's.
        cause = f"“{rest.partition('.')[0]}” does not fit this alternative: {problem.cause}"
        return replace(problem, place=place, cause=cause)
    return replace(_said_better(problem, binding, alternative), place=f"{place}.{problem.place}")


def _said_better(problem: Problem, binding: Binding, alternative: Alternative) -> Problem:
    """The problem, where a formula names what only the case has, in these words."""
    for id in (each.id for each in binding.case.computed):
        is_it = problem.cause.startswith(f"“{id}” is no assumption")
        if is_it and _hidden(binding, alternative, id):
            cause = f"“{id}” belongs to the case and not to this alternative."
            remedy = "Give the alternative a line of its own, or use assumptions only."
            return replace(problem, cause=cause, remedy=remedy)
    return problem
