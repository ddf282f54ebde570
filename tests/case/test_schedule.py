"""When the steps of a plan come about at the earliest."""

from __future__ import annotations

from datetime import date
from typing import Any

from valuecalc.case.plan import Calendar, Decision, Holiday, Milestone, Plan, Predecessor, Task
from valuecalc.case.schedule import Schedule, Span, first_day, schedule

DECISION = date(2027, 1, 1)
MONDAY = date(2027, 1, 4)


def before(*ids: str) -> tuple[Predecessor, ...]:
    found = (each.partition("+") for each in ids)
    return tuple(Predecessor(id.strip(), int(lag or 0)) for id, _, lag in found)


def task(id: str, days: int, *after: str, **more: Any) -> Task:
    return Task(id=id, label=id, days=days, after=before(*after), **more)


def milestone(id: str, day: date | None, *after: str) -> Milestone:
    return Milestone(id=id, label=id, date=day, after=before(*after))


def decision(id: str, day: date, *after: str) -> Decision:
    return Decision(id=id, label=id, date=day, after=before(*after))


def scheduled(*steps: Any, start: date | None = MONDAY, **more: Any) -> Schedule:
    def of(kind: type) -> tuple[Any, ...]:
        return tuple(each for each in steps if isinstance(each, kind))

    plan = Plan(
        start=start,
        milestones=of(Milestone),
        tasks=of(Task),
        decisions=of(Decision),
        **more,
    )
    return schedule(plan, DECISION)


def days_of(found: Schedule, id: str) -> tuple[date | None, date | None]:
    return found.begins(id), found.over(id)


def test_a_task_takes_its_days_and_the_next_begins_on_the_day_after() -> None:
    found = scheduled(task("survey", 5), task("build", 3, "survey"))
    assert found.spans == {"survey": Span(0, 5), "build": Span(5, 8)}
    assert days_of(found, "survey") == (MONDAY, date(2027, 1, 8))
    assert days_of(found, "build") == (date(2027, 1, 11), date(2027, 1, 13))
    assert found.finish == 8


def test_a_task_waits_for_the_last_of_what_it_comes_after() -> None:
    found = scheduled(task("a", 2), task("b", 7), task("c", 1, "a", "b"))
    assert found.spans["c"] == Span(7, 8)


def test_working_days_between_are_waited_for() -> None:
    found = scheduled(task("concrete", 1), task("walls", 2, "concrete + 3"))
    assert found.spans["walls"] == Span(4, 6)


def test_a_milestone_without_a_day_is_reached_with_the_last_worked_day_before_it() -> None:
    found = scheduled(task("a", 5), milestone("live", None, "a"), task("after", 1, "live"))
    assert found.over("live") == date(2027, 1, 8)
    assert found.begins("after") == date(2027, 1, 11)


def test_a_milestone_with_a_day_is_over_at_its_end() -> None:
    saturday = date(2027, 1, 9)
    found = scheduled(task("a", 2), milestone("live", saturday, "a"), task("b", 1, "live"))
    assert days_of(found, "live") == (saturday, saturday)
    assert found.begins("b") == date(2027, 1, 11)
    assert found.late("live") == 0


def test_a_milestone_is_later_than_its_day_when_the_work_before_it_is() -> None:
    found = scheduled(task("a", 8), milestone("live", date(2027, 1, 7), "a"))
    assert found.over("live") == date(2027, 1, 13)
    assert found.late("live") == 4


def test_nothing_after_a_decision_begins_before_it() -> None:
    found = scheduled(decision("go", date(2027, 1, 15)), task("a", 1, "go"), task("b", 1))
    assert found.begins("a") == date(2027, 1, 18)
    assert found.begins("b") == MONDAY


def test_a_task_does_not_begin_before_its_earliest_day() -> None:
    thursday, saturday = date(2027, 1, 7), date(2027, 1, 9)
    found = scheduled(task("a", 1, earliest=thursday), task("b", 1, earliest=saturday))
    assert found.begins("a") == thursday
    assert found.begins("b") == date(2027, 1, 11)
    assert scheduled(task("a", 9), task("b", 1, "a", earliest=thursday)).spans["b"] == Span(9, 10)


def test_a_task_without_days_is_reached_like_a_milestone() -> None:
    found = scheduled(task("a", 5), task("b", 0, "a"))
    assert days_of(found, "b") == (date(2027, 1, 8), date(2027, 1, 8))
    assert days_of(scheduled(task("a", 0)), "a") == (MONDAY, MONDAY)


def test_nobody_works_on_holidays_and_on_other_days_of_the_week() -> None:
    calendar = Calendar(
        weekdays=("mon", "tue", "wed", "thu"), holidays=(Holiday(first=date(2027, 1, 5)),)
    )
    found = scheduled(task("a", 4), calendar=calendar)
    assert days_of(found, "a") == (MONDAY, date(2027, 1, 11))


def test_a_plan_starts_with_the_decision_or_with_its_first_own_day() -> None:
    later, earlier = milestone("x", date(2027, 2, 1)), decision("y", date(2026, 6, 12))
    assert first_day(Plan(milestones=(later,)), DECISION) == DECISION
    assert first_day(Plan(milestones=(later,), decisions=(earlier,)), DECISION) == earlier.date
    assert first_day(Plan(start=MONDAY, decisions=(earlier,)), DECISION) == MONDAY


def test_what_lies_before_the_start_holds_nothing_back() -> None:
    found = scheduled(decision("go", date(2026, 1, 1)), task("a", 1, "go"))
    assert found.begins("a") == MONDAY
    assert found.late("go") == 0


def test_steps_in_a_circle_and_those_after_them_have_no_days() -> None:
    found = scheduled(
        task("a", 1, "b"), milestone("b", None, "a"), task("c", 1, "b"), task("d", 1, "d")
    )
    assert found.spans == {}
    assert days_of(found, "c") == (None, None)


def test_names_that_are_nowhere_are_passed_over() -> None:
    assert scheduled(task("a", 2, "gone")).spans == {"a": Span(0, 2)}


def test_a_chain_of_thousands_is_no_problem_and_ends_at_the_latest_day() -> None:
    chain = [task("t0", 10_000), *(task(f"t{n}", 10_000, f"t{n - 1}") for n in range(1, 500))]
    found = scheduled(*chain)
    assert found.finish == 5_000_000
    assert found.over("t499") == date(9990, 12, 31)
