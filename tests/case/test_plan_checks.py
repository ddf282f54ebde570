"""What is wrong or odd about a plan, with its place, its cause and its remedy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tests.builders import benefit, case
from tests.case.test_schedule import decision, milestone, task
from valuecalc.case import plan_checks
from valuecalc.case.binding import bind
from valuecalc.case.case import Case, Person
from valuecalc.case.plan import Decision, Milestone, Plan, Task
from valuecalc.errors import Problem


def planned(*steps: Any) -> Case:
    def of(kind: type) -> tuple[Any, ...]:
        return tuple(each for each in steps if isinstance(each, kind))

    plan = Plan(milestones=of(Milestone), tasks=of(Task), decisions=of(Decision))
    return replace(case(), plan=plan)


def errors(*steps: Any) -> list[Problem]:
    return list(plan_checks.errors(planned(*steps)))


def warnings(*steps: Any) -> list[Problem]:
    found = list(plan_checks.warnings(planned(*steps)))
    assert not any(each.is_error for each in found)
    return found


def test_a_circle_through_a_milestone_and_a_decision_is_named_in_full() -> None:
    go = decision("go", date(2027, 1, 15), "live")
    [problem] = errors(task("a", 5, "go"), milestone("live", None, "a"), go)
    assert (problem.code, problem.place) == ("circle", "plan.milestones.live.after")
    assert problem.cause == "These come after each other in a circle: live → go → a → live."
    assert problem.remedy


def test_of_several_circles_the_shortest_through_the_first_is_named() -> None:
    steps = [task("a", 1, "b", "c"), task("b", 1, "a"), task("c", 1, "b")]
    [problem] = errors(*steps)
    assert problem.cause.endswith(": a → b → a.")


def test_what_a_milestone_or_a_decision_comes_after_has_to_be_there() -> None:
    found = errors(
        milestone("live", None, "biuld"),
        decision("go", date(2027, 1, 15), "gone"),
        task("build", 1),
    )
    assert [each.place for each in found] == [
        "plan.milestones.live.after",
        "plan.decisions.go.after",
    ]
    assert "Did you mean build?" in found[0].remedy


def test_a_task_without_days_is_odd() -> None:
    [problem] = warnings(task("a", 0))
    assert problem.place == "plan.tasks.a.days"
    assert "takes no working day" in problem.cause


def test_a_date_that_the_work_before_it_misses_is_told_with_the_days() -> None:
    # Friday 1 January is the first of twelve working days; the last one is Monday 18 January.
    [problem] = warnings(task("a", 12), milestone("live", date(2027, 1, 8), "a"))
    assert problem.place == "plan.milestones.live.date"
    assert problem.cause == (
        "The plan misses “live” by 6 working days: what comes before it is over on 18 January 2027."
    )
    [one] = warnings(task("a", 12), decision("go", date(2027, 1, 17), "a"))
    assert (one.place, "by 1 working day:" in one.cause) == ("plan.decisions.go.date", True)
    assert warnings(task("a", 12), milestone("live", date(2027, 1, 18), "a")) == []


def test_a_date_long_before_everything_else_is_most_likely_a_wrong_year() -> None:
    work = (task("a", 5, "go"), decision("go", date(2027, 2, 1)))
    [problem] = warnings(milestone("agreed", date(2020, 1, 1)), *work)
    assert problem.place == "plan.milestones.agreed.date"
    assert problem.cause == (
        "“agreed” has the date 1 January 2020, more than a year before the case begins on "
        "1 January 2027."
    )
    assert "Check its year" in problem.remedy
    [early] = warnings(decision("signed", date(2025, 12, 30)))
    assert early.place == "plan.decisions.signed.date"
    assert warnings(milestone("agreed", date(2025, 12, 31)), *work) == []


def test_a_plan_that_is_said_to_start_early_may_have_early_dates() -> None:
    made = planned(milestone("agreed", date(2020, 1, 1)))
    early = replace(made, plan=replace(made.plan, start=date(2020, 1, 1)))
    assert list(plan_checks.warnings(early)) == []
    late = replace(made, plan=replace(made.plan, start=date(2028, 1, 1)))
    [problem] = plan_checks.warnings(late)
    assert "begins on 1 January 2027" in problem.cause


def test_a_plan_that_ends_after_the_horizon_is_odd() -> None:
    last_day = decision("go", date(2029, 12, 31))
    assert warnings(last_day) == []
    [problem] = warnings(task("a", 5), decision("go", date(2030, 1, 1)))
    assert problem.place == "plan.decisions.go"
    assert "1 January 2030, after the horizon" in problem.cause


def test_a_plan_without_mistakes_has_none() -> None:
    steps = (task("a", 5), milestone("live", None, "a"), task("b", 3, "live"))
    assert errors(*steps) == warnings(*steps) == []


def test_a_line_cannot_start_at_a_milestone_that_waits_for_itself() -> None:
    given = planned(task("a", 5, "live"), milestone("live", None, "a"))
    found = bind(replace(given, benefits=(benefit("gain", "5 GBP/month", starts="live"),)))
    [problem] = found.errors
    assert problem.place == "benefits.gain.starts"
    assert "Nobody can say when the milestone “live” is reached" in problem.cause


def test_an_owner_who_is_no_person_has_a_remedy() -> None:
    def remedy(owner: str, *people: Person) -> str:
        made = planned(replace(task("a", 5), owner=owner))
        [problem] = plan_checks.errors(replace(made, people=people))
        assert (problem.place, problem.cause) == (
            "plan.tasks.a.owner",
            f"There is no person “{owner}”.",
        )
        return problem.remedy

    jo = Person(id="lead", name="Jo Fox", role="Project lead")
    assert remedy("Jo Fox") == "Add “Jo Fox” to the people of the case first."
    assert remedy("jo fox", jo) == "Write the id of the person: “lead”."
    assert remedy("project lead", jo) == "Write the id of the person: “lead”."
    assert remedy("leda", jo) == "Did you mean lead? Or add “leda” to the people of the case."
