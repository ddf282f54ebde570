"""The value chain with its amounts: which goal is served by how much, and who owns it.

Goals flow down an organisation, from those known at the top to the ones they create below. A
benefit serves one goal, and with it every goal above.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from valuecalc.case.case import SIDES, Benefit, Goal, Person
from valuecalc.engine.result import Figure, LineResult, Result

__all__ = ["GoalServed", "Served", "Stake", "ValueChain", "value_chain"]


@dataclass(frozen=True, kw_only=True)
class Served:
    """A benefit with its total over the horizon, in money or in a unit of its own."""

    line: LineResult
    total: Figure


@dataclass(frozen=True, kw_only=True)
class GoalServed:
    """A goal with what serves it. `total` is the money of its benefits and of all goals below."""

    goal: Goal
    owner: Person | None
    benefits: tuple[Served, ...]
    below: tuple[GoalServed, ...]
    total: Figure | None

    @property
    def all_benefits(self) -> Iterator[Served]:
        """The benefits of the goal, then those of the goals below it."""
        yield from self.benefits
        for each in self.below:
            yield from each.all_benefits

    @property
    def with_below(self) -> Iterator[GoalServed]:
        """The goal, then all below it."""
        yield self
        for each in self.below:
            yield from each.with_below


@dataclass(frozen=True, kw_only=True)
class Stake:
    """What is in it for a person: the own goals, and the benefits that serve them."""

    person: Person
    side: str
    goals: tuple[Goal, ...]
    benefits: tuple[Served, ...]
    total: Figure | None


@dataclass(frozen=True, kw_only=True)
class ValueChain:
    """The goals from the top down, the benefits that serve none, and the people."""

    goals: tuple[GoalServed, ...]
    without_goal: tuple[Served, ...]
    stakes: tuple[Stake, ...]


def value_chain(result: Result) -> ValueChain:
    """The value chain of a case that has been worked out.

    A goal whose goal above does not exist stands at the top, and so does one of several that
    stand above each other in a circle, so that each goal is there exactly once.
    """
    builder = _Builder(result)
    goals = tuple(builder.from_the_top())
    known = {goal.id for goal in result.case.goals}
    return ValueChain(
        goals=goals,
        without_goal=tuple(each for each in builder.served if _goal_of(each) not in known),
        stakes=tuple(_stake(person, goals, result) for person in result.case.people),
    )


class _Builder:
    """Puts the goals of a case below each other."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.goals = {goal.id: goal for goal in result.case.goals}
        self.people = {person.id: person for person in result.case.people}
        self.placed: set[str] = set()
        lines = (line for line in result.lines if line.kind == "benefit")
        self.served = [
            Served(line=line, total=result.figures[f"{line.prefix}.total"]) for line in lines
        ]

    def from_the_top(self) -> Iterator[GoalServed]:
        """The goals that have none above them, then what is left: the circles."""
        tops = [goal for goal in self.goals.values() if goal.parent not in self.goals]
        for goal in (*tops, *self.goals.values()):
            if goal.id not in self.placed:
                yield self.placed_goal(goal)

    def placed_goal(self, goal: Goal) -> GoalServed:
        """A goal with everything below it."""
        self.placed.add(goal.id)
        benefits = tuple(each for each in self.served if _goal_of(each) == goal.id)
        below = tuple(
            self.placed_goal(each)
            for each in self.goals.values()
            if each.parent == goal.id and each.id not in self.placed
        )
        inner = (served for each in below for served in each.all_benefits)
        return GoalServed(
            goal=goal,
            owner=self.people.get(goal.owner),
            benefits=benefits,
            below=below,
            total=_sum((*benefits, *inner), self.result),
        )


def _goal_of(served: Served) -> str:
    line = served.line.line
    return line.goal if isinstance(line, Benefit) else ""


def _stake(person: Person, goals: Iterable[GoalServed], result: Result) -> Stake:
    """What a person's goals gain; a benefit counts once, whichever of them it serves."""
    every = [each for goal in goals for each in goal.with_below]
    own = [each for each in every if each.goal.owner == person.id]
    served = {each.line.id: each for goal in own for each in goal.all_benefits}
    return Stake(
        person=person,
        side=SIDES[person.side],
        goals=tuple(each.goal for each in own),
        benefits=tuple(served.values()),
        total=_sum(served.values(), result),
    )


def _sum(served: Iterable[Served], result: Result) -> Figure | None:
    """The money of some benefits, or None where none of them is in money."""
    totals = [each.total for each in served if not each.line.non_monetary]
    if not totals:
        return None
    undefined = next((each for each in totals if each.value is None), None)
    return Figure(
        name="",
        label="Benefits",
        value=None if undefined else math.fsum(each.value or 0.0 for each in totals),
        unit=result.case.currency,
        note=undefined.note if undefined else "",
    )
