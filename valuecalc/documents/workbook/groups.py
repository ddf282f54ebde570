"""What lines can be grouped by: category, goal, person, evidence, and what a reader counts.

A group is found by the words that stand beside its lines, so these words are chosen such that
no two groups share them and no program takes them for a pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from valuecalc.case.case import (
    BENEFIT_CATEGORIES,
    INVESTMENT_CATEGORIES,
    Benefit,
    Case,
    Goal,
    Grade,
    Person,
)
from valuecalc.engine.result import LineResult, Result

NO_GOAL, NO_PERSON = "No goal named", "Nobody named"
_LONGEST_KEY = 100
_PATTERN = "*?~=<>"
_WORDS_OF_NO_DAY = 4


@dataclass(frozen=True)
class Label:
    """One group: the words that its lines share, and a note.

    `figure`, `share` and `present` name the figures that its net sum, its share and its
    present value are, if there are such.
    """

    text: str
    figure: str = ""
    note: str = ""
    share: str = ""
    present: str = ""


@dataclass(frozen=True)
class Group:
    """One way to part the lines: `key` is the column of words that it goes by."""

    key: str
    title: str
    head: str
    labels: Sequence[Label]
    note: str = ""


def groupings(case: Case, result: Result, side: str) -> Iterator[Group]:
    """Every way in which the lines of a side are parted."""
    lines = result.benefits if side == "benefits" else result.investments
    yield Group("category", f"{side.capitalize()} by category", "Category", _categories(lines))
    if side != "benefits":
        return
    yield Group("kind", "Benefits in the books, and others", "Kind", _KINDS)
    if case.goals:
        title, note = "Benefits by goal", "The goal above it, and whose it is"
        yield Group("goal", title, "Goal", _goals(case, lines), note)
        note = "Their goals"
        yield Group(
            "person", "Benefits by person", "Whose goal they serve", _people(case, lines), note
        )
    title = "Benefits by evidence (the weakest grade of their inputs)"
    yield Group("grade", title, "Evidence", _GRADES, "What the grade means")
    yield Group("finance_view", "Benefits in the finance view", "Counted", _counted(case))


def parted(case: Case, result: Result) -> Iterator[tuple[str, str, str]]:
    """Every table that adds up to a total: what to say of it, its sum's name, the figure."""
    for side, total, lines in (
        ("benefits", "total_benefits", result.benefits),
        ("investments", "total_investment", result.investments),
    ):
        if lines:
            yield f"The lines of all {side} add up", f"parts.{side}", total
            for group in groupings(case, result, side):
                yield f"{group.title} add up", f"parts.{side}.{group.key}", total


# --------------------------------------------------------------------------- words of a line


def text_of(key: str, line: LineResult, case: Case) -> str:
    """The words by which a line is found: `Cost reduction`, `Grade B`, the goal it serves."""
    return _TEXTS[key](line, case)


def _grade(line: LineResult, case: Case) -> str:
    return _grade_text(line.grade)


def _grade_text(grade: Grade) -> str:
    return f"Grade {grade}"


def _finance_view(line: LineResult, case: Case) -> str:
    if line.kind != "benefit":
        return ""
    return "counted" if line.grade in case.conventions.finance_view else "not counted"


def _kind(line: LineResult, case: Case) -> str:
    if not isinstance(line.line, Benefit) or line.non_monetary:
        return ""
    return "hard" if line.line.is_hard else "soft"


def _category(line: LineResult, case: Case) -> str:
    return line.category


def _goal(line: LineResult, case: Case) -> str:
    goal = _goal_of(line, case)
    if line.kind != "benefit":
        return ""
    return NO_GOAL if goal is None else goal_text(goal, case)


def _person(line: LineResult, case: Case) -> str:
    if line.kind != "benefit":
        return ""
    goal = _goal_of(line, case)
    owner = None if goal is None else _owner(goal, case)
    return NO_PERSON if owner is None else person_text(owner, case)


_TEXTS: dict[str, Callable[[LineResult, Case], str]] = {
    "grade": _grade,
    "finance_view": _finance_view,
    "kind": _kind,
    "category": _category,
    "goal": _goal,
    "person": _person,
}


def _goal_of(line: LineResult, case: Case) -> Goal | None:
    wanted = line.line.goal if isinstance(line.line, Benefit) else ""
    return next((goal for goal in case.goals if goal.id == wanted), None)


def _owner(goal: Goal, case: Case) -> Person | None:
    return next((person for person in case.people if person.id == goal.owner), None)


def goal_text(goal: Goal, case: Case) -> str:
    """A goal by its label, or by its id where the label would not do."""
    return _key(goal.label, goal.id, [each.label for each in case.goals], NO_GOAL)


def person_text(person: Person, case: Case) -> str:
    """A person by name, or by id where the name would not do."""
    return _key(person.name, person.id, [each.name for each in case.people], NO_PERSON)


def _key(label: str, id: str, labels: Sequence[str], reserved: str) -> str:
    folded = [each.casefold().strip() for each in (*labels, reserved)]
    is_only_one = folded.count(label.casefold().strip()) == 1
    return label if is_only_one and _is_plain(label) else id


def _is_plain(label: str) -> bool:
    """Whether a program that counts a label takes it for nothing but a text.

    It would read a pattern in `*days*`, a comparison in `<5`, and a day in `1 May 2027`.
    """
    is_text = label[:1].isalpha() and label.upper() not in ("TRUE", "FALSE")
    could_be_a_day = any(map(str.isdigit, label)) and len(label.split()) < _WORDS_OF_NO_DAY
    is_short = len(label) <= _LONGEST_KEY
    return is_text and is_short and not could_be_a_day and not set(label) & set(_PATTERN)


# --------------------------------------------------------------------------- groups

_KINDS = (
    Label("hard", "hard.total", "Can be found in the books", "hard.share"),
    Label("soft", "soft.total", "Has to be managed to arrive", "soft.share"),
)
_GRADES = tuple(
    Label(
        text=_grade_text(grade),
        figure=f"evidence.{grade.lower()}.total",
        note=grade.label,
        share=f"evidence.{grade.lower()}.share",
    )
    for grade in Grade
)


def _categories(lines: Sequence[LineResult]) -> list[Label]:
    benefits = any(line.kind == "benefit" for line in lines)
    known = BENEFIT_CATEGORIES if benefits else INVESTMENT_CATEGORIES
    used = {line.line.category for line in lines}
    found = [each for each in known.values() if each.id in used]
    if not benefits:
        return [Label(each.label) for each in found]
    return [
        Label(
            text=each.label,
            figure=f"categories.{each.id}.total",
            share=f"categories.{each.id}.share",
        )
        for each in found
    ]


def _goals(case: Case, lines: Sequence[LineResult]) -> list[Label]:
    labels = {goal.id: goal.label for goal in case.goals}
    found = [Label(goal_text(goal, case), note=_about(goal, case, labels)) for goal in case.goals]
    return _with_rest(found, [_goal(line, case) for line in lines], NO_GOAL)


def _about(goal: Goal, case: Case, labels: dict[str, str]) -> str:
    owner = _owner(goal, case)
    above = f"Part of: {labels[goal.parent]}" if goal.parent in labels else ""
    whose = "" if owner is None else f"{owner.name}{f' ({owner.role})' if owner.role else ''}"
    return "; ".join(filter(None, (above, whose)))


def _people(case: Case, lines: Sequence[LineResult]) -> list[Label]:
    found = []
    for person in case.people:
        goals = [goal.label for goal in case.goals if goal.owner == person.id]
        if goals:
            found.append(Label(person_text(person, case), note="; ".join(goals)))
    return _with_rest(found, [_person(line, case) for line in lines], NO_PERSON)


def _with_rest(found: list[Label], texts: Sequence[str], rest: str) -> list[Label]:
    return [*found, Label(rest)] if rest in texts or not found else found


def _counted(case: Case) -> list[Label]:
    grades = " and ".join(case.conventions.finance_view)
    return [
        Label(
            text="counted",
            figure="finance_view.benefits",
            note=f"Evidence of grade {grades}",
            share="finance_view.share",
            present="finance_view.pv_benefits",
        ),
        Label(text="not counted", note="All other grades"),
    ]
