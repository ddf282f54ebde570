"""What it costs when a step of the plan takes longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.builders import assumption, benefit, case, investment
from tests.case.test_schedule import decision, milestone, task
from valuecalc.case.case import Case
from valuecalc.case.plan import Plan
from valuecalc.engine.calculate import calculate
from valuecalc.engine.delays import cost_of_delay, one_week_later
from valuecalc.errors import CaseError, UnknownName

MONDAY = date(2027, 1, 4)


def with_plan(**more: object) -> Case:
    """£1,000 a month from March on: go-live is on 22 February, after 36 working days."""
    plan = Plan(
        start=MONDAY,
        tasks=(task("survey", 10, "go"), task("build", 25, "survey"), task("party", 1, "live")),
        milestones=(milestone("live", None, "build"),),
        decisions=(decision("go", MONDAY),),
    )
    lines = (
        assumption("gain", 1000, "GBP/month"),
        benefit("more", "gain", starts="live"),
        investment("cost", "5000 GBP"),
    )
    return replace(case(*lines), plan=replace(plan, **more))  # type: ignore[arg-type]


def test_a_benefit_that_starts_a_month_later_loses_a_month() -> None:
    found = cost_of_delay(with_plan(), "build", 25)
    assert found.value == pytest.approx(-1000)
    assert found.npv == pytest.approx(-1000 / 1.1 ** (3 / 12), rel=1e-9)
    assert (found.step, found.label, found.days, found.plan_days) == ("build", "build", 25, 25)
    assert found.moved == {"live": date(2027, 3, 29)}


def test_days_that_stay_within_the_month_cost_nothing() -> None:
    found = cost_of_delay(with_plan(), "survey", 4)
    assert (found.value, found.npv) == (0, 0)
    assert (found.plan_days, found.moved) == (4, {"live": date(2027, 2, 26)})


def test_work_after_the_milestone_moves_the_plan_and_no_benefit() -> None:
    found = cost_of_delay(with_plan(), "party", 30)
    assert (found.value, found.plan_days, dict(found.moved)) == (0, 30, {})


def test_less_work_gains_and_never_takes_less_than_nothing() -> None:
    found = cost_of_delay(with_plan(), "build", -500)
    assert found.value == pytest.approx(1000)
    assert found.moved["live"] == date(2027, 1, 18)
    assert found.plan_days == -25


def test_a_decision_that_is_taken_later_costs_too() -> None:
    found = cost_of_delay(with_plan(), "go", 25)
    assert found.value == pytest.approx(-1000)


def test_slack_before_a_date_is_used_up_first() -> None:
    dated = with_plan(milestones=(milestone("live", date(2027, 3, 31), "build"),))
    assert cost_of_delay(dated, "build", 20).value == 0
    assert cost_of_delay(dated, "build", 30).value == pytest.approx(-1000)


def test_a_milestone_without_a_date_is_later_by_what_it_waits() -> None:
    assert cost_of_delay(with_plan(), "live", 25).value == pytest.approx(-1000)


@pytest.mark.parametrize("days", [-20, 1, 5, 30, 200])
def test_the_cost_is_what_two_calculations_differ_by(days: int) -> None:
    given = with_plan()
    tasks = [
        replace(each, days=max(0, each.days + days)) if each.id == "build" else each
        for each in given.plan.tasks
    ]
    after = calculate(replace(given, plan=replace(given.plan, tasks=tuple(tasks))))
    before, found = calculate(given), cost_of_delay(given, "build", days)
    for name, change in (("value", found.value), ("npv", found.npv)):
        assert change == pytest.approx((after.value(name) or 0) - (before.value(name) or 0))


def test_each_task_and_decision_is_told_what_a_week_costs() -> None:
    found = one_week_later(with_plan())
    assert [each.step for each in found] == ["survey", "build", "party", "go"]
    assert {each.days for each in found} == {5}
    four_days = replace(with_plan().plan.calendar, weekdays=("mon", "tue", "wed", "thu"))
    assert {each.days for each in one_week_later(with_plan(calendar=four_days))} == {4}


def test_a_first_day_that_moves_does_not_move_the_start_of_the_plan() -> None:
    # The papers begin on 1 December, the first day in the plan, whenever the decision is taken.
    early = with_plan(
        start=None,
        decisions=(decision("go", date(2026, 12, 1)),),
        tasks=(task("papers", 70), task("build", 5, "go")),
        milestones=(milestone("live", None, "papers", "build"),),
    )
    assert calculate(early).plan.by_id["live"].finish == date(2027, 3, 8)
    found = cost_of_delay(early, "go", 10)
    assert (found.value, found.plan_days, found.moved) == (0, 0, {})
    found = cost_of_delay(early, "go", 65)
    assert (found.value, found.plan_days) == (0, 1)
    assert found.moved == {"live": date(2027, 3, 9)}


def test_a_step_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownName, match="buidl"):
        cost_of_delay(with_plan(), "buidl", 5)


def test_a_case_with_mistakes_is_refused() -> None:
    broken = replace(with_plan(), benefits=(benefit("more", "nothing", starts="live"),))
    with pytest.raises(CaseError):
        cost_of_delay(broken, "build", 5)
