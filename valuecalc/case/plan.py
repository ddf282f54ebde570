"""The plan of a case: tasks, milestones and decisions, and the days on which people work.

When each of them comes about is worked out by `valuecalc.case.schedule`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TypeAlias

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days of a week by the names that a calendar uses."""

WORKING_WEEK = WEEKDAYS[:5]
"""The days on which people work unless a calendar says otherwise."""


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """Days without work from `first` to `last`, both included; one day if there is no `last`."""

    first: date
    last: date | None = None
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """On which days of the week people work, and when they do not."""

    weekdays: tuple[str, ...] = WORKING_WEEK
    holidays: tuple[Holiday, ...] = ()


@dataclass(frozen=True)
class Predecessor:
    """What something comes after, and how many working days lie between: `survey + 5`."""

    id: str
    lag: int = 0

    def __str__(self) -> str:
        return f"{self.id} + {self.lag}" if self.lag else self.id


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """Something that is reached; lines can start there.

    It is reached by the end of the day `date`, or when everything that it comes `after` is
    over, whichever is later; it has one of the two at least.
    """

    id: str
    label: str
    date: date | None = None
    after: tuple[Predecessor, ...] = ()
    owner: str = ""
    side: str = "joint"


@dataclass(frozen=True, kw_only=True)
class Task:
    """A piece of work: `days` are working days, `done` is a fraction.

    It begins when everything that it comes `after` is over, and not before the day `earliest`.
    """

    id: str
    label: str
    side: str = "joint"
    owner: str = ""
    days: int = 0
    after: tuple[Predecessor, ...] = ()
    earliest: date | None = None
    done: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Something that the customer has to decide by the end of a day.

    It is later than its `date` when something that it comes `after` is.
    """

    id: str
    label: str
    date: date
    after: tuple[Predecessor, ...] = ()
    owner: str = ""


Step: TypeAlias = Milestone | Task | Decision
"""What a plan consists of."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How the solution is rolled out. Its tasks, milestones and decisions share their ids.

    Nothing begins before `start`; without it the plan starts with the decision for the case, or
    with the first day in the plan if that is earlier.
    """

    start: date | None = None
    calendar: Calendar = field(default_factory=Calendar)
    milestones: tuple[Milestone, ...] = ()
    tasks: tuple[Task, ...] = ()
    decisions: tuple[Decision, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Milestones, then tasks, then decisions: everything that a step can come after."""
        return (*self.milestones, *self.tasks, *self.decisions)

    @property
    def sections(self) -> Mapping[str, tuple[Step, ...]]:
        """The steps by the name of their list in the document."""
        return {
            "milestones": self.milestones,
            "tasks": self.tasks,
            "decisions": self.decisions,
        }

    @cached_property
    def by_id(self) -> Mapping[str, Step]:
        """The steps by their ids."""
        return {each.id: each for each in self.steps}

    def place(self, id: str) -> str:
        """The path of a step in the document: `plan.tasks.survey`."""
        for section, steps in self.sections.items():
            if any(each.id == id for each in steps):
                return f"plan.{section}.{id}"
        return "plan"
