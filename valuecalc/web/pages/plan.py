"""The plan of a case, shaped for pages: each step with its dates, its slack and what a week costs.

Dates and amounts come from the result; here they are only put into words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from valuecalc.engine.result import Result
from valuecalc.formula import quantity
from valuecalc.services import charts, delays
from valuecalc.services.delays import Delay, StepResult

TOGETHER = "\u00a0"
"""Between the parts of a day, which stay on one line."""

ISOLATE, END = "\u2068", "\u2069"
"""Around a label in a text, whose direction may be the other one."""

CRITICAL_SHOWN = 12
"""So many steps of the critical path are named in its sentence."""


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """A step of the plan in words.

    `work` is how many working days it takes, `slack` by how much it may be later, `missed` by
    how much it misses its own day. `week` is what one working week more changes of the net
    present value, None where it is not worked out. `after` are the labels of what it comes
    after, `starts` those of the lines that start with it.
    """

    step: StepResult
    kind: str
    when: str
    work: str
    slack: str
    missed: str
    done: str
    after: tuple[str, ...]
    starts: tuple[str, ...]
    week: str | None

    @property
    def id(self) -> str:
        """The id of the step."""
        return self.step.id

    @property
    def label(self) -> str:
        """The step for people."""
        return self.step.label


class PlanPage:
    """What templates read of the plan of a result."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.case = result.case
        self.plan = result.plan

    @cached_property
    def rows(self) -> list[PlanRow]:
        """The steps in the order in which they begin."""
        return [self._row(each) for each in self.plan.in_order]

    @cached_property
    def dates(self) -> Mapping[str, PlanRow]:
        """The steps by their ids, without what a week costs."""
        return {each.id: self._row(each, with_costs=False) for each in self.plan.steps}

    @cached_property
    def costs(self) -> Mapping[str, Delay] | None:
        """What a week more costs at each task and decision; None where it would take long."""
        return delays.weekly_costs(self.result)

    @cached_property
    def chart(self) -> charts.Chart | None:
        """The steps over their days; None without any."""
        return charts.plan(self.result)

    @property
    def span(self) -> str:
        """From when to when the plan is: `11 Jan – 30 Aug 2027`."""
        start, finish = self.plan.start, self.plan.finish
        return days_text(start, finish) if start and finish else ""

    @property
    def critical_path(self) -> tuple[str, ...]:
        """The labels of the steps that say when the plan ends, the last ones if they are many."""
        steps = self.plan.by_id
        return tuple(steps[id].label for id in self.plan.critical_path[-CRITICAL_SHOWN:])

    def week_of(self, id: str) -> str | None:
        """What one working week more changes at a step; None where it is not worked out."""
        delay = self.costs.get(id) if self.costs else None
        return None if delay is None else delays.change_text(delay.npv, self.case.currency)

    def _row(self, step: StepResult, *, with_costs: bool = True) -> PlanRow:
        return PlanRow(
            step=step,
            kind=step.kind.capitalize(),
            when=days_text(step.start, step.finish),
            work=working_days(step.days) if step.days else "",
            slack=_slack(step),
            missed=_missed(step),
            done="" if step.done is None else quantity.show(step.done, "%"),
            after=tuple(self._after(step)),
            starts=self._starting.get(step.id, ()),
            week=self.week_of(step.id) if with_costs else None,
        )

    def _after(self, step: StepResult) -> Iterator[str]:
        steps = self.plan.by_id
        for before in step.after:
            label = steps[before.id].label if before.id in steps else before.id
            yield f"{ISOLATE}{label}{END} + {working_days(before.lag)}" if before.lag else label

    @cached_property
    def _starting(self) -> Mapping[str, tuple[str, ...]]:
        """The labels of the lines that start at each milestone."""
        found: dict[str, tuple[str, ...]] = {}
        for line in self.case.lines:
            if isinstance(line.starts, str):
                found[line.starts] = (*found.get(line.starts, ()), line.label)
        return found


def _slack(step: StepResult) -> str:
    if step.slack <= 0:
        return "Critical"
    return f"{working_days(step.slack)} of slack"


def _missed(step: StepResult) -> str:
    if not step.missed_by or step.due is None:
        return ""
    return f"{working_days(step.missed_by)} after {day_text(step.due)}"


def working_days(count: int) -> str:
    """A number of working days in short: `1 day`, `12 days`."""
    return "1 day" if count == 1 else f"{count:,} days"


def day_text(day: date) -> str:
    """A day in short: `1 Jul 2027`."""
    return f"{_day_of_month(day)}{TOGETHER}{day.year}"


def _day_of_month(day: date) -> str:
    return f"{day.day}{TOGETHER}{day:%b}"


def days_text(first: date, last: date) -> str:
    """The days from one to another: `11 – 22 Jan 2027`."""
    if first == last:
        return day_text(last)
    if first.year != last.year:
        return f"{day_text(first)} – {day_text(last)}"
    if first.month != last.month:
        return f"{_day_of_month(first)} – {day_text(last)}"
    return f"{first.day} – {day_text(last)}"
