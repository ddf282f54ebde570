"""What a file says of a plan: its steps, with what it leaves unsaid as None, and remarks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from valuecalc.case.plan import Calendar, Decision, Milestone, Plan, Predecessor, Task
from valuecalc.errors import Problem, Severity

TASK, MILESTONE, DECISION = "task", "milestone", "decision"
KINDS = (TASK, MILESTONE, DECISION)

MOST_STEPS = 900
"""As many tasks, milestones and decisions as a case can hold together."""

MOST_NAMED = 5
_SHOWN = 60
_A_WEEK, _WORKED = 7, 5


@dataclass(frozen=True)
class Link:
    """What a step comes after, by its key in the file, and the working days between."""

    key: str
    lag: int = 0


@dataclass(frozen=True, kw_only=True)
class ReadStep:
    """A task, a milestone or a decision as a file has it; None is what the file does not say.

    `key` is what links call it, `id` what it is called in the case that the file was written
    from. `day` is when a milestone or a decision is due.
    `owner` is a name. `begins` is the day on which the
    file itself shows it: the first day of a task, the last one before a milestone is over.
    """

    key: str
    label: str
    kind: str = TASK
    id: str = ""
    days: int = 0
    after: tuple[Link, ...] = ()
    earliest: date | None = None
    day: date | None = None
    done: float | None = None
    owner: str | None = None
    side: str | None = None
    begins: date | None = None


@dataclass(frozen=True, kw_only=True)
class ReadPlan:
    """The plan of a file, and what has to be known of how it was read.

    `silent` are the fields of which no step of the file could have said anything, by the names
    that they have in a plan.
    """

    steps: tuple[ReadStep, ...]
    start: date | None = None
    calendar: Calendar | None = None
    remarks: tuple[Problem, ...] = ()
    silent: frozenset[str] = frozenset()


def remark(place: str, cause: str, remedy: str = "") -> Problem:
    """What was left out or read otherwise; it stops nothing."""
    severity = Severity.WARNING
    return Problem(code="plan", place=place, cause=cause, remedy=remedy, severity=severity)


def shown(text: str) -> str:
    """A text of a file in a message: short, and without signs that cannot be printed."""
    clean = "".join(each if each.isprintable() else "?" for each in text)
    return clean if len(clean) <= _SHOWN else f"{clean[: _SHOWN - 1]}…"


def named(labels: Iterable[str]) -> str:
    """Some labels in a sentence, the others counted: `“Survey”, “Build” and 12 more`."""
    found = list(labels)
    first = ", ".join(f"“{shown(each)}”" for each in found[:MOST_NAMED])
    return f"{first} and {len(found) - MOST_NAMED:,} more" if len(found) > MOST_NAMED else first


def whole_days(days: float) -> int:
    """Working days rounded up to whole ones; what rounding has left over is no day."""
    return math.ceil(days - 1e-6)


def working_days_in(days: float) -> int:
    """About how many working days there are in so many days of the calendar."""
    return whole_days(days * _WORKED / _A_WEEK)


def plan_of(read: ReadPlan, ids: Mapping[str, str], owners: Mapping[str, str]) -> Plan:
    """The plan with ids for the keys of its steps, and ids of people for the names of owners.

    What the file leaves unsaid is as in a plan in which nothing is written. Links to keys
    without an id are left out.
    """
    return Plan(
        start=read.start,
        calendar=read.calendar or Calendar(),
        milestones=tuple(_milestone(e, ids, owners) for e in read.steps if e.kind == MILESTONE),
        tasks=tuple(_task(e, ids, owners) for e in read.steps if e.kind == TASK),
        decisions=tuple(_decision(e, ids, owners) for e in read.steps if e.kind == DECISION),
    )


def _after(step: ReadStep, ids: Mapping[str, str]) -> tuple[Predecessor, ...]:
    return tuple(Predecessor(ids[each.key], each.lag) for each in step.after if each.key in ids)


def _owner(step: ReadStep, owners: Mapping[str, str]) -> str:
    return owners.get(step.owner or "", "")


def _milestone(step: ReadStep, ids: Mapping[str, str], owners: Mapping[str, str]) -> Milestone:
    return Milestone(
        id=ids[step.key],
        label=step.label,
        date=step.day,
        after=_after(step, ids),
        owner=_owner(step, owners),
        side=step.side or "joint",
    )


def _task(step: ReadStep, ids: Mapping[str, str], owners: Mapping[str, str]) -> Task:
    return Task(
        id=ids[step.key],
        label=step.label,
        side=step.side or "joint",
        owner=_owner(step, owners),
        days=step.days,
        after=_after(step, ids),
        earliest=step.earliest,
        done=step.done or 0.0,
    )


def _decision(step: ReadStep, ids: Mapping[str, str], owners: Mapping[str, str]) -> Decision:
    assert step.day is not None, "readers refuse a decision without a day"
    return Decision(
        id=ids[step.key],
        label=step.label,
        date=step.day,
        after=_after(step, ids),
        owner=_owner(step, owners),
    )
