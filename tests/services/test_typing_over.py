"""Numbers of the plan that were typed over in a workbook."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.builders import assumption, benefit, case, investment
from tests.case.test_schedule import milestone, task
from valuecalc.case.case import Case
from valuecalc.case.plan import Plan, Predecessor
from valuecalc.documents.workbook import layout
from valuecalc.engine.calculate import calculate
from valuecalc.services.typing_over import Change, Taken, with_changes

TODAY = date(2027, 2, 1)


def planned() -> Case:
    lines = (
        assumption("gain", 100, "GBP/month"),
        benefit("more", "gain", starts="live"),
        investment("cost", "900 GBP"),
    )
    plan = Plan(
        tasks=(task("survey", 10), task("build", 30, "survey + 5")),
        milestones=(milestone("live", None, "build"),),
    )
    return replace(case(*lines), plan=plan)


def typed(name: str, after: float) -> Taken:
    given = planned()
    cell = layout(calculate(given), given).given[name]
    assert cell.may_change
    return with_changes(given, [Change(cell, after)], "plan.xlsx", TODAY)


def test_the_days_of_a_task_come_back() -> None:
    taken = typed("plan.tasks.build.days", 45.0)
    assert [each.days for each in taken.case.plan.tasks] == [10, 45]
    assert [each.after for each in taken.changes] == [45]


def test_what_is_done_comes_back() -> None:
    assert typed("plan.tasks.survey.done", 0.5).case.plan.tasks[0].done == 0.5
    assert typed("plan.tasks.survey.done", 1.5).changes == ()


def test_a_wait_between_two_tasks_comes_back() -> None:
    [_, build] = typed("plan.wait.survey.build", 9.0).case.plan.tasks
    assert build.after == (Predecessor("survey", 9),)


@pytest.mark.parametrize("name", ["plan.tasks.build.days", "plan.wait.survey.build"])
@pytest.mark.parametrize("days", [2.5, -1.0, 1e9])
def test_days_that_cannot_be_are_not_taken(name: str, days: float) -> None:
    taken = typed(name, days)
    assert (taken.case, taken.changes) == (planned(), ())


def test_when_a_line_starts_that_follows_the_plan_is_no_input() -> None:
    given = planned()
    made = layout(calculate(given), given)
    assert "timing.more.first" not in made.given
