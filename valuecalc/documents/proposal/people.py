"""Who gains what: every benefit under the person and the goal that it serves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from valuecalc.case.case import Benefit, Goal, Person
from valuecalc.documents.proposal import tables, wording
from valuecalc.documents.proposal.draft import Draft, See
from valuecalc.documents.proposal.styles import TEXT_WIDTH_CM
from valuecalc.documents.proposal.tables import Cell, Column, Line, Row
from valuecalc.engine.result import LineResult, Result
from valuecalc.phrases import phrase, plural

HEADING = phrase("Benefits by person and goal")
CAPTION = "benefits by person"

NOBODY = phrase("Nobody named yet")
NO_GOAL = phrase("No goal named yet")


def benefits_by_person(draft: Draft) -> None:
    """A row for each benefit; nothing if no benefit serves a goal."""
    result = draft.result
    lines = _in_order(result)
    if not any(_goal(result, line) for line in lines):
        return
    draft.heading(1, HEADING)
    draft.write("Normal", _in_words(result))
    caption = phrase("Benefits by person and goal, {currency}", currency=result.case.currency)
    draft.caption("Table", caption, name=CAPTION)
    figures = [result.figure(f"{line.prefix}.total") for line in lines]
    total = result.figure("total_benefits")
    width = tables.width_for((each.text for each in (*figures, total)), 9, least=2.6)
    left = TEXT_WIDTH_CM - width
    tables.table(
        draft,
        [
            Column(phrase("Person"), left * 0.28),
            Column(phrase("Goal"), left * 0.34),
            Column(phrase("Benefit"), left * 0.38),
            Column(phrase("Total"), width, numeric=True),
        ],
        [*_rows(result, lines), Row((phrase("Total benefits"), "", "", total), total=True)],
        title=phrase("Benefits by person and goal: who gains what"),
        look=tables.LONG,
        notes=wording.notes(figures),
    )


def _in_words(result: Result) -> str:
    owners = {owner.id for line in result.benefits if (owner := _owner(result, line))}
    goals = {goal.id for line in result.benefits if (goal := _goal(result, line))}
    served = plural("one goal", "{number} goals", len(goals), number=str(len(goals)))
    if not owners:
        return phrase("The benefits serve {goals}{see}.", goals=served, see=See(CAPTION))
    return phrase(
        "The benefits serve {goals} of {people}; each person finds here what the solution brings "
        "to the goals that they answer for{see}.",
        goals=served,
        people=plural("one person", "{number} people", len(owners), number=str(len(owners))),
        see=See(CAPTION),
    )


def _in_order(result: Result) -> Sequence[LineResult]:
    """By person, then by goal, in the order in which the case names them; the others last."""
    people = [person.id for person in result.case.people]
    goals = [goal.id for goal in result.case.goals]

    def place(line: LineResult) -> tuple[int, int]:
        goal, owner = _goal(result, line), _owner(result, line)
        return (
            people.index(owner.id) if owner else len(people),
            goals.index(goal.id) if goal else len(goals),
        )

    return sorted(result.benefits, key=place)


def _rows(result: Result, lines: Sequence[LineResult]) -> Iterator[Row]:
    """A person and a goal are named once, in the first of their rows."""
    before: tuple[Person | None, Goal | None] | None = None
    for line in lines:
        owner, goal = _owner(result, line), _goal(result, line)
        is_same_person = before is not None and before[0] == owner
        is_same_goal = is_same_person and before is not None and before[1] == goal
        yield Row(
            (
                "" if is_same_person else _person(owner),
                "" if is_same_goal else _named(result, goal),
                line.label,
                result.figure(f"{line.prefix}.total"),
            )
        )
        before = owner, goal


def _person(person: Person | None) -> Cell:
    if person is None:
        return NOBODY
    role = [Line([person.role], "TableSmall")] if person.role else []
    return [Line([person.name]), *role]


def _named(result: Result, goal: Goal | None) -> Cell:
    """The goal, and the one above that it serves."""
    if goal is None:
        return NO_GOAL
    above = next((each for each in result.case.goals if each.id == goal.parent), None)
    serves = [Line([phrase("serves: {goal}", goal=above.label)], "TableSmall")] if above else []
    return [Line([goal.label]), *serves]


def _goal(result: Result, line: LineResult) -> Goal | None:
    id = line.line.goal if isinstance(line.line, Benefit) else ""
    return next((each for each in result.case.goals if each.id == id), None)


def _owner(result: Result, line: LineResult) -> Person | None:
    goal = _goal(result, line)
    owner = goal.owner if goal else ""
    return next((each for each in result.case.people if each.id == owner), None)
