"""Numbers of the plan that were typed over in a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from tests.builders import assumption, benefit, case, investment
from tests.case.test_schedule import decision, milestone, task
from valuecalc.case.case import Case
from valuecalc.case.plan import Calendar, Holiday, Plan, Predecessor
from valuecalc.documents.workbook import layout
from valuecalc.documents.workbook.layout import Given
from valuecalc.documents.workbook.serials import serial_of
from valuecalc.engine.calculate import calculate
from valuecalc.engine.plan import work_out
from valuecalc.services.typing_over import Change, Taken, with_changes
from valuecalc.services.typing_over_plan import is_holiday

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
    return typed_into(planned(), name, after)


def typed_into(given: Case, name: str, after: float) -> Taken:
    return with_changes(given, [Change(_cells_of(given)[name], after)], "plan.xlsx", TODAY)


def _cells_of(given: Case) -> Mapping[str, Given]:
    """The numbers that may be changed in the workbook of a case, by our names for them."""
    found = layout(calculate(given), given).given.values()
    return {each.name: each for each in found if each.may_change}


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


# --------------------------------------------------------------------------- days


def dated() -> Case:
    given = planned()
    calendar = Calendar(
        holidays=(Holiday(first=date(2027, 3, 1), last=date(2027, 3, 3), label="Works closed"),)
    )
    plan = replace(
        given.plan,
        calendar=calendar,
        tasks=(
            task("survey", 10, earliest=date(2027, 2, 1)),
            task("build", 30, "survey + 5"),
        ),
        milestones=(milestone("live", date(2027, 6, 1), "build + 3"),),
        decisions=(decision("go", date(2027, 2, 15)),),
    )
    return replace(given, plan=plan)


def moved(name: str, day: date | None) -> Taken:
    return typed_into(dated(), name, serial_of(day))


def test_the_first_day_comes_back() -> None:
    assert moved("plan.start", date(2027, 1, 18)).case.plan.start == date(2027, 1, 18)


def test_the_own_days_of_tasks_milestones_and_decisions_come_back() -> None:
    day = date(2027, 7, 5)
    assert moved("plan.tasks.survey.day", day).case.plan.tasks[0].earliest == day
    assert moved("plan.milestones.live.day", day).case.plan.milestones[0].date == day
    assert moved("plan.decisions.go.day", day).case.plan.decisions[0].date == day


def test_an_own_day_can_be_taken_out_where_something_else_says_when() -> None:
    assert moved("plan.tasks.survey.day", None).case.plan.tasks[0].earliest is None
    assert moved("plan.milestones.live.day", None).case.plan.milestones[0].date is None
    assert moved("plan.decisions.go.day", None).changes == ()
    assert moved("plan.start", None).changes == ()


def test_a_plan_still_begins_where_the_workbook_begins() -> None:
    given = replace(
        planned(), plan=replace(dated().plan, decisions=(decision("go", date(2026, 12, 1)),))
    )
    first = work_out(given).start
    changed = typed_into(given, "plan.decisions.go.day", serial_of(date(2027, 3, 1))).case
    assert (first, work_out(changed).start) == (date(2026, 12, 1), date(2026, 12, 1))


def test_a_wait_before_a_milestone_comes_back() -> None:
    taken = typed_into(dated(), "plan.wait.build.live", 8.0)
    assert taken.case.plan.milestones[0].after == (Predecessor("build", 8),)


def test_holidays_are_moved_added_and_taken_out() -> None:
    closed = "Works closed"
    assert moved("plan.holiday_2", None).case.plan.calendar.holidays == (
        Holiday(first=date(2027, 3, 1), label=closed),
        Holiday(first=date(2027, 3, 3), label=closed),
    )
    assert moved("plan.holiday_1", date(2027, 3, 4)).case.plan.calendar.holidays == (
        Holiday(first=date(2027, 3, 2), last=date(2027, 3, 3), label=closed),
        Holiday(first=date(2027, 3, 4), label=closed),
    )
    added = moved("plan.holiday_4", date(2027, 5, 17)).case.plan.calendar.holidays
    assert added == (*dated().plan.calendar.holidays, Holiday(first=date(2027, 5, 17)))


@pytest.mark.parametrize(
    "name",
    ["plan.start", "plan.tasks.survey.day", "plan.milestones.live.day", "plan.holiday_1"],
)
@pytest.mark.parametrize("serial", [46_000.5, -3.0, 7.0, 1e9, 2_958_465.0])
def test_what_is_no_day_of_a_case_is_not_taken(name: str, serial: float) -> None:
    taken = typed_into(dated(), name, serial)
    assert (taken.case, taken.changes) == (dated(), ())


def test_every_cell_of_a_plan_that_may_be_changed_is_taken() -> None:
    given = dated()
    cells = {name: each for name, each in _cells_of(given).items() if name.startswith("plan.")}
    assert len(cells) == 18
    for each in cells.values():
        after = 0.5 if each.name.endswith(".done") else (each.value or serial_of(TODAY)) + 7
        taken = with_changes(given, [Change(each, after)], "plan.xlsx", TODAY)
        assert taken.changes, each.name
        now = _cells_of(taken.case)
        if not is_holiday(each.name):
            assert now[each.name].value == after


def test_days_are_told_in_words() -> None:
    cell = _cells_of(dated())["plan.start"]
    assert Change(cell, serial_of(date(2027, 3, 1))).texts == ("1 January 2027", "1 March 2027")
    assert Change(cell, 0.0).texts[1] == "no day"
