"""What it costs when a step of the plan takes longer, or is later.

Lines that start at a milestone start later when the milestone does; the rest is the ordinary
calculation. On a grid of months or longer periods, some days more may cost nothing, or at once
what a whole period costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from valuecalc.case.case import Case
from valuecalc.case.plan import Plan, Step, Task
from valuecalc.case.schedule import Schedule, schedule
from valuecalc.engine.model import compile_case
from valuecalc.errors import UnknownName


@dataclass(frozen=True, kw_only=True)
class Delay:
    """What becomes of a case when a step takes `days` working days more, or is as much later.

    `value` and `npv` are changes in the currency of the case, below zero where it loses.
    `plan_days` is by how many working days the whole plan ends later. `moved` are the
    milestones that are reached on another day, by id, with that day.
    """

    step: str
    label: str
    days: int
    value: float
    npv: float
    plan_days: int
    moved: Mapping[str, date]


def cost_of_delay(case: Case, step: str, days: int) -> Delay:
    """What it costs when a task takes so many working days more.

    A milestone or a decision with a day of its own is that much later; fewer days (below zero)
    tell what is gained. The task does not become shorter than nothing. Raises `UnknownName` for
    a step that is not in the plan, and `CaseError` for a case that cannot be calculated, also
    when it is the delay that makes it so.
    """
    if step not in case.plan.by_id:
        raise UnknownName("step of the plan", step, case.plan.by_id)
    return _Costs(case).of(case.plan.by_id[step], days)


def one_week_later(case: Case) -> tuple[Delay, ...]:
    """For each task and decision, what it costs when it takes one working week more.

    They are in the order of the plan. Raises `CaseError` for a case that cannot be calculated.
    """
    return costs_of_delay(case, len(case.plan.calendar.weekdays))


def costs_of_delay(case: Case, days: int) -> tuple[Delay, ...]:
    """For each task and decision, what it costs when it takes so many working days more.

    They are in the order of the plan. Raises `CaseError` as `cost_of_delay` does.
    """
    costs = _Costs(case)
    steps: tuple[Step, ...] = (*case.plan.tasks, *case.plan.decisions)
    return tuple(costs.of(step, days) for step in steps)


class _Costs:
    """Works the case out once for each set of days on which its lines start and end."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.planned = self.schedule(case.plan)
        self.worked: dict[tuple[date | None, ...], tuple[float, float]] = {}
        named = {when for line in case.lines for when in (line.starts, line.ends)}
        self.used = [each.id for each in case.plan.milestones if each.id in named]

    def schedule(self, plan: Plan) -> Schedule:
        return schedule(plan, self.case.timeline.start)

    def of(self, step: Step, days: int) -> Delay:
        later = _with(self.case.plan, _later(step, days, self.planned))
        planned = self.schedule(replace(later, start=self.planned.days.first))
        value, npv = self.figures(later, planned)
        value_before, npv_before = self.figures(self.case.plan, self.planned)
        milestones = [each.id for each in later.milestones]
        return Delay(
            step=step.id,
            label=step.label,
            days=days,
            value=value - value_before,
            npv=npv - npv_before,
            plan_days=planned.finish - self.planned.finish,
            moved={
                id: day
                for id in milestones
                if (day := planned.over(id)) is not None and day != self.planned.over(id)
            },
        )

    def figures(self, plan: Plan, planned: Schedule) -> tuple[float, float]:
        days = tuple(planned.over(id) for id in self.used)
        if days not in self.worked:
            # The plan must not begin earlier because one of its own days has moved.
            kept = replace(plan, start=self.planned.days.first)
            found = compile_case(replace(self.case, plan=kept)).evaluate()
            self.worked[days] = float(found.value()), float(found.npv())
        return self.worked[days]


def _later(step: Step, days: int, planned: Schedule) -> Step:
    if isinstance(step, Task):
        return replace(step, days=max(0, step.days + days))
    if step.date is None:
        lagged = (replace(each, lag=each.lag + days) for each in step.after)
        return replace(step, after=tuple(lagged))
    return replace(step, date=planned.days.day(planned.days.through(step.date) + days))


def _with(plan: Plan, step: Step) -> Plan:
    """The plan with a step instead of the one that has its id."""
    sections = {
        name: tuple(step if each.id == step.id else each for each in steps)
        for name, steps in plan.sections.items()
    }
    return replace(plan, **sections)  # type: ignore[arg-type]
