"""Moves the days of a case by whole months."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from valuecalc.case.case import Alternative, Case, Line, Start
from valuecalc.case.plan import Plan
from valuecalc.case.timeline import add_months

AnyLine = TypeVar("AnyLine", bound=Line)


def begin_at(case: Case, start: date) -> Case:
    """The case with its decision at `start`, all days of plan and lines as far from it as before.

    Nothing of the plan is done yet.
    """
    months = (start.year - case.timeline.start.year) * 12 + start.month - case.timeline.start.month
    return replace(
        case,
        timeline=replace(case.timeline, start=start),
        plan=_shifted_plan(case.plan, months),
        benefits=tuple(_shifted_line(each, months) for each in case.benefits),
        investments=tuple(_shifted_line(each, months) for each in case.investments),
        alternatives=tuple(_shifted_alternative(each, months) for each in case.alternatives),
    )


def shifted(day: date, months: int) -> date:
    """The day some months later. The end of a month stays one, and what is none becomes none.

    So 30 January goes to 27 February: whole months that fit before it fit before it still.
    """
    first = add_months(day, months)
    end = add_months(first, 1) - timedelta(days=1)
    if day + timedelta(days=1) == add_months(day, 1):
        return end
    return first.replace(day=min(day.day, end.day - 1))


def _shifted_plan(plan: Plan, months: int) -> Plan:
    """The plan with its days moved; holidays stay, since they belong to the year."""

    def later(each: date) -> date:
        return shifted(each, months)

    def moved(each: date | None) -> date | None:
        return None if each is None else later(each)

    return replace(
        plan,
        start=moved(plan.start),
        milestones=tuple(replace(each, date=moved(each.date)) for each in plan.milestones),
        tasks=tuple(replace(each, done=0.0, earliest=moved(each.earliest)) for each in plan.tasks),
        decisions=tuple(replace(each, date=later(each.date)) for each in plan.decisions),
    )


def _shifted_alternative(alternative: Alternative, months: int) -> Alternative:
    return replace(
        alternative,
        benefits=tuple(_shifted_line(each, months) for each in alternative.benefits),
        investments=tuple(_shifted_line(each, months) for each in alternative.investments),
    )


def _shifted_line(line: AnyLine, months: int) -> AnyLine:
    def later(when: Start | None) -> Start | None:
        return shifted(when, months) if isinstance(when, date) else when

    return replace(line, starts=later(line.starts), ends=later(line.ends))
