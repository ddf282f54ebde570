"""References by id within a case that lead nowhere.

What formulas name is looked after by `valuecalc.case.binding`.
"""

from __future__ import annotations

from collections.abc import Iterator

from valuecalc.case import plan_checks
from valuecalc.case.case import Case
from valuecalc.errors import Problem, did_you_mean


def references(case: Case) -> Iterator[Problem]:
    """References that lead nowhere, part by part of the document."""
    yield from _of_scenarios(case)
    yield from _of_alternatives(case)
    yield from _of_correlations(case)
    yield from _of_goals(case)
    yield from plan_checks.errors(case)
    yield from _of_statement(case)
    yield from _of_reference(case)


def _of_scenarios(case: Case) -> Iterator[Problem]:
    assumptions = [each.id for each in case.assumptions]
    for scenario in case.scenarios:
        for id in scenario.set:
            place = f"scenarios.{scenario.id}.set.{id}"
            yield from _reference(place, "assumption", id, assumptions)


def _of_alternatives(case: Case) -> Iterator[Problem]:
    assumptions = [each.id for each in case.assumptions]
    goals = [each.id for each in case.goals]
    for alternative in case.alternatives:
        place = f"alternatives.{alternative.id}"
        for id in alternative.set:
            yield from _reference(f"{place}.set.{id}", "assumption", id, assumptions)
        for benefit in alternative.benefits:
            where = f"{place}.benefits.{benefit.id}.goal"
            yield from _reference(where, "goal", benefit.goal, goals)


def _of_correlations(case: Case) -> Iterator[Problem]:
    assumptions = [each.id for each in case.assumptions]
    for correlation in case.correlations:
        place = f"correlations.{correlation.name}.between"
        for id in correlation.between:
            yield from _reference(place, "assumption", id, assumptions)


def _of_goals(case: Case) -> Iterator[Problem]:
    people = [each.id for each in case.people]
    goals = [each.id for each in case.goals]
    for goal in case.goals:
        yield from _reference(f"goals.{goal.id}.owner", "person", goal.owner, people)
        yield from _reference(f"goals.{goal.id}.parent", "goal", goal.parent, goals)
    for benefit in case.benefits:
        yield from _reference(f"benefits.{benefit.id}.goal", "goal", benefit.goal, goals)


def _of_statement(case: Case) -> Iterator[Problem]:
    values = [each.id for each in case.quantities]
    for name, id in (("from", case.proposition.source), ("to", case.proposition.target)):
        yield from _reference(f"proposition.{name}", "assumption or calculation", id, values)


def _of_reference(case: Case) -> Iterator[Problem]:
    # A case that is no reference any more keeps how its numbers once travelled.
    if case.reference is None:
        return
    drivers = [each.id for each in case.reference.drivers]
    for each in case.assumptions:
        if each.travel is None:
            continue
        for key in ("scale_with", "driver"):
            place = f"assumptions.{each.id}.travel.{key}"
            yield from _reference(place, "driver", getattr(each.travel, key), drivers)
    lines = [each.id for each in case.lines]
    for result in case.reference.results:
        place = f"reference.results.{result.line}.line"
        yield from _reference(place, "benefit or investment", result.line, lines)


def _reference(place: str, kind: str, id: str, known: list[str]) -> Iterator[Problem]:
    if id and id not in known:
        yield Problem(
            code="reference",
            place=place,
            cause=f"There is no {kind} “{id}”.",
            remedy=did_you_mean(id, known),
        )
