"""A plan worked out: early and late dates, slack, and the critical path.

The forward pass is that of `valuecalc.case.schedule`; the backward pass and what follows from
both is here. All is counted in half-open offsets of working days, and takes time in proportion
to the steps and what they come after.

A step may finish late without moving the end of the plan or missing a date by its total slack,
and without moving anything by its free slack. A day that a milestone or a decision was given
holds what comes before it to that day: when it is missed, slack is negative by as much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from valuecalc.case.case import SIDES, Case
from valuecalc.case.plan import Decision, Milestone, Predecessor, Step, Task
from valuecalc.case.plan_checks import working_days
from valuecalc.case.schedule import Schedule, Span, schedule, work
from valuecalc.phrases import day, joined, phrase

KINDS = {Milestone: "milestone", Task: "task", Decision: "decision"}
"""What each kind of step is called."""


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """A task, a milestone or a decision with its dates.

    `early` and `late` are its offsets in working days of the plan, at the earliest and at the
    latest. `start` and `finish` are its first and its last day; those of a milestone or a
    decision are the same. `driver` is the id of what it waits for longest, if it waits for a
    step at all. `missed_by` is by how many working days its own day `due` is missed. `limit` is
    by when it has to be over for what comes after it, in working days of the plan.
    """

    step: Step
    kind: str
    side: str
    owner: str
    early: Span
    late: Span
    limit: int
    start: date
    finish: date
    latest_finish: date
    slack: int
    free_slack: int
    driver: str | None = None
    due: date | None = None
    missed_by: int = 0

    @property
    def id(self) -> str:
        """The id of the step."""
        return self.step.id

    @property
    def label(self) -> str:
        """The step for people."""
        return self.step.label

    @property
    def days(self) -> int:
        """The working days that it takes."""
        return work(self.step)

    @property
    def done(self) -> float | None:
        """What part of a task is done; None for what is no task."""
        return self.step.done if isinstance(self.step, Task) else None

    @property
    def after(self) -> tuple[Predecessor, ...]:
        """What it comes after."""
        return self.step.after

    @property
    def is_critical(self) -> bool:
        """Whether the plan ends later, or misses a day, when this takes longer."""
        return self.slack <= 0


@dataclass(frozen=True, kw_only=True)
class PlanResult:
    """A plan with all its dates; `steps` are in the order of the document."""

    steps: tuple[StepResult, ...] = ()
    start: date | None = None
    finish: date | None = None
    critical_path: tuple[str, ...] = ()

    @property
    def by_id(self) -> Mapping[str, StepResult]:
        """The steps by their ids."""
        return {each.id: each for each in self.steps}

    @property
    def in_order(self) -> tuple[StepResult, ...]:
        """The steps in the order in which they begin, then in which they are over."""
        return tuple(sorted(self.steps, key=lambda each: (each.early.start, each.early.finish)))

    @property
    def missed(self) -> tuple[StepResult, ...]:
        """The milestones and decisions whose own day is missed."""
        return tuple(each for each in self.steps if each.missed_by)

    def leading_to(self, id: str) -> tuple[StepResult, ...]:
        """The chain of steps that says when a step comes about, from its beginning to the step.

        Each waits for the one before it. It is empty for a step that is not in the plan.
        """
        steps, found = self.by_id, list[StepResult]()
        step = steps.get(id)
        while step is not None:
            found.append(step)
            step = steps.get(step.driver or "")
        return tuple(reversed(found))


def work_out(case: Case) -> PlanResult:
    """The plan of a case with all its dates.

    Steps that wait for each other in a circle, and those that come after such, are left out.
    """
    planned = schedule(case.plan, case.timeline.start)
    if not planned.spans:
        return PlanResult()
    people = {person.id: person.name for person in case.people}
    slacks = _Slacks(planned)
    steps = tuple(
        _step(each, planned, slacks, people) for each in case.plan.steps if each.id in planned.spans
    )
    result = PlanResult(
        steps=steps,
        start=planned.days.first,
        finish=max(each.finish for each in steps),
    )
    # Of several that end the plan, the one that comes after the others.
    last = [id for id, span in planned.spans.items() if span.finish == planned.finish][-1]
    return replace(result, critical_path=tuple(each.id for each in result.leading_to(last)))


def _limits(planned: Schedule) -> Mapping[str, int]:
    """The working days after which each step has to be over for those after it.

    This is the backward pass.
    """
    limits = dict.fromkeys(planned.spans, planned.finish)
    for id in reversed(list(planned.spans)):
        step, due = planned.plan.by_id[id], planned.due(id)
        # What comes before a step with a day of its own has to be over by then.
        ready = (limits[id] if due is None else min(limits[id], due)) - work(step)
        for each in _known(step, planned):
            limits[each.id] = min(limits[each.id], ready - each.lag)
    return limits


def _known(step: Step, planned: Schedule) -> Iterator[Predecessor]:
    return (each for each in step.after if each.id in planned.spans)


class _Slacks:
    """How much later each step could be, and what it waits for."""

    def __init__(self, planned: Schedule) -> None:
        self.planned = planned
        self.limits = _limits(planned)
        spans = planned.spans
        self.free = {id: planned.finish - span.finish for id, span in spans.items()}
        self.drivers: dict[str, str] = {}
        for id, span in spans.items():
            for each in _known(planned.plan.by_id[id], planned):
                gap = span.start - each.lag - spans[each.id].finish
                self.free[each.id] = min(self.free[each.id], gap)
                if gap == 0:
                    self.drivers.setdefault(id, each.id)


def _step(step: Step, planned: Schedule, slacks: _Slacks, people: Mapping[str, str]) -> StepResult:
    early, limit, due = planned.spans[step.id], slacks.limits[step.id], planned.due(step.id)
    latest = min(limit, due) if due is not None and planned.late(step.id) else limit
    start, finish = planned.begins(step.id), planned.over(step.id)
    assert start is not None and finish is not None, "it has a span"
    return StepResult(
        step=step,
        kind=KINDS[type(step)],
        side=SIDES["customer" if isinstance(step, Decision) else step.side],
        owner=people.get(step.owner, step.owner),
        early=early,
        late=Span(latest - work(step), latest),
        limit=limit,
        start=start,
        finish=finish,
        latest_finish=planned.days.day(latest),
        slack=latest - early.finish,
        free_slack=slacks.free[step.id],
        driver=slacks.drivers.get(step.id),
        due=None if isinstance(step, Task) else step.date,
        missed_by=planned.late(step.id),
    )


def reached(plan: PlanResult, id: str) -> str:
    """When a milestone is reached, and what that depends on, as the end of a sentence.

    `when “Go live” is reached on 6 August 2027, after: Survey (10 working days) → Build (…).`
    """
    step = plan.by_id[id]
    label, finish = step.label, day(step.finish)
    chain = joined(" → ", map(_told, plan.leading_to(id)[:-1]))
    if not chain:
        return phrase(
            "when “{step}” is reached on {day}, the day that the plan gives it.",
            step=label,
            day=finish,
        )
    if not step.due or not step.missed_by:
        return phrase(
            "when “{step}” is reached on {day}, after: {steps}.",
            step=label,
            day=finish,
            steps=chain,
        )
    return phrase(
        "when “{step}” is reached on {day}, after: {steps}. It was due on {due}.",
        step=label,
        day=finish,
        steps=chain,
        due=day(step.due),
    )


def _told(step: StepResult) -> str:
    how = working_days(step.days) if step.days else day(step.finish)
    return phrase("{step} ({how})", step=step.label, how=how)
