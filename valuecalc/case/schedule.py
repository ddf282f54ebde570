"""When the steps of a plan come about at the earliest: the forward pass of the critical path.

Steps are kept in half-open offsets of working days: one that starts at 3 and finishes at 5
takes the fourth and the fifth working day of the plan, and what comes after it starts at 5.
Dates are made of them only to be shown. A step with a day of its own (a milestone, a decision)
is over at the end of that day, or when all that it comes after is over, whichever is later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from valuecalc.case import graph
from valuecalc.case.plan import Plan, Step, Task
from valuecalc.case.working_days import WorkingDays


@dataclass(frozen=True)
class Span:
    """The working days of a step: after `start` of them it begins, after `finish` it is over."""

    start: int
    finish: int


@dataclass(frozen=True, eq=False)
class Schedule:
    """The steps of a plan with the working days that they take at the earliest.

    `spans` holds them by id, each after those it comes after. Steps that wait for each other,
    and those that come after such, have none.
    """

    plan: Plan
    days: WorkingDays
    spans: Mapping[str, Span]

    def begins(self, id: str) -> date | None:
        """The first day of a step's work; of one without work, the day it is reached."""
        span = self.spans.get(id)
        if span is None or span.start == span.finish:
            return self.over(id)
        return self.days.day(span.start + 1)

    def over(self, id: str) -> date | None:
        """The day by whose end a step is over: the last worked day, or its own if that is later."""
        span = self.spans.get(id)
        if span is None:
            return None
        return self.shown(self.plan.by_id[id], span.finish)

    def shown(self, step: Step, finish: int) -> date:
        """The day on which a step that is over after `finish` working days is shown."""
        worked = self.days.day(finish)
        if work(step):
            return worked
        return max(worked, self.days.first, own_day(step) or worked)

    def due(self, id: str) -> int | None:
        """The working days that are over at the end of the day that a step has of its own."""
        day = own_day(self.plan.by_id[id])
        return None if day is None else max(0, self.days.through(day))

    def late(self, id: str) -> int:
        """By how many working days a step misses its own day; 0 if it keeps it or has none."""
        due, span = self.due(id), self.spans.get(id)
        return 0 if due is None or span is None else span.finish - due

    @cached_property
    def finish(self) -> int:
        """After how many working days the whole plan is over."""
        return max((span.finish for span in self.spans.values()), default=0)


def schedule(plan: Plan, decision: date) -> Schedule:
    """The schedule of a plan; `decision` is the day of the decision for the case.

    Names that are in no list are passed over; `valuecalc.case.plan_checks` tells them.
    """
    return _schedule(plan, first_day(plan, decision))


@lru_cache(maxsize=128)
def _schedule(plan: Plan, first: date) -> Schedule:
    days = WorkingDays(first, plan.calendar)
    spans: dict[str, Span] = {}
    for group in graph.groups(predecessors(plan)):
        step = plan.by_id[group[0]]
        known = [each for each in step.after if each.id in plan.by_id]
        if len(group) == 1 and all(each.id in spans for each in known):
            after = (spans[each.id].finish + each.lag for each in known)
            spans[step.id] = _span(step, max(after, default=0), days)
    return Schedule(plan, days, spans)


def first_day(plan: Plan, decision: date) -> date:
    """The first day of a plan: its `start`, or the earliest of the decision and its own days."""
    if plan.start is not None:
        return plan.start
    return min((decision, *filter(None, map(own_day, plan.steps))))


def predecessors(plan: Plan) -> Mapping[str, tuple[str, ...]]:
    """The ids that each step of a plan comes after, unknown ones included."""
    return {step.id: tuple(each.id for each in step.after) for step in plan.steps}


def own_day(step: Step) -> date | None:
    """The day that a milestone or a decision was given; tasks have none."""
    return None if isinstance(step, Task) else step.date


def work(step: Step) -> int:
    """The working days that a step takes."""
    return step.days if isinstance(step, Task) else 0


def _span(step: Step, ready: int, days: WorkingDays) -> Span:
    start = max((0, ready, *_not_before(step, days)))
    return Span(start, start + work(step))


def _not_before(step: Step, days: WorkingDays) -> Iterable[int]:
    """The working days that have to pass before the day that a step was given."""
    if isinstance(step, Task):
        if step.earliest is not None:
            yield days.before(step.earliest)
    elif step.date is not None:
        yield days.through(step.date)
