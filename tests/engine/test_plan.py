"""The plan worked out, against what anybody would count with a finger on the calendar."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import assumption, benefit, case, investment
from tests.case.test_schedule import decision, milestone, task
from tests.counting import steps_of
from valuecalc.case.case import Case, Person
from valuecalc.case.plan import Decision, Milestone, Plan, Task
from valuecalc.engine.calculate import calculate
from valuecalc.engine.plan import PlanResult, work_out

MONDAY = date(2027, 1, 4)


def planned(*steps: Any, **more: Any) -> Case:
    def of(kind: type) -> tuple[Any, ...]:
        return tuple(each for each in steps if isinstance(each, kind))

    plan = Plan(
        start=MONDAY,
        milestones=of(Milestone),
        tasks=of(Task),
        decisions=of(Decision),
        **more,
    )
    return replace(case(), plan=plan)


def worked_out(*steps: Any) -> PlanResult:
    return work_out(planned(*steps))


def slacks(found: PlanResult) -> dict[str, int]:
    return {each.id: each.slack for each in found.steps}


def test_a_case_without_a_plan_has_an_empty_one() -> None:
    assert worked_out() == PlanResult()


def test_what_the_end_of_the_plan_depends_on_is_critical() -> None:
    found = worked_out(
        task("a", 5), task("short", 2, "a"), task("long", 9, "a"), task("end", 1, "short", "long")
    )
    assert slacks(found) == {"a": 0, "short": 7, "long": 0, "end": 0}
    assert found.critical_path == ("a", "long", "end")
    assert [each.id for each in found.steps if each.is_critical] == ["a", "long", "end"]
    assert (found.start, found.finish) == (MONDAY, date(2027, 1, 22))


def test_free_slack_moves_nothing_and_total_slack_only_the_end() -> None:
    found = worked_out(task("a", 1), task("b", 2, "a"), task("c", 9), task("d", 1, "b", "c")).by_id
    assert (found["a"].slack, found["a"].free_slack) == (6, 0)
    assert (found["b"].slack, found["b"].free_slack) == (6, 6)
    assert found["b"].latest_finish == date(2027, 1, 14)


def test_working_days_between_take_part_in_slack() -> None:
    found = worked_out(task("a", 2), task("b", 3, "a + 4"), task("c", 20))
    assert slacks(found) == {"a": 11, "b": 11, "c": 0}
    assert found.by_id["a"].free_slack == 0


def test_work_before_a_day_that_is_kept_has_slack_up_to_that_day() -> None:
    live = milestone("live", date(2027, 1, 15), "a")
    found = worked_out(task("a", 4), live, task("b", 10, "live"))
    assert slacks(found) == {"live": 0, "a": 6, "b": 0}
    assert found.critical_path == ("live", "b")


def test_a_missed_day_is_told_as_slack_below_zero() -> None:
    live = milestone("live", date(2027, 1, 15), "b")
    found = worked_out(task("a", 10), task("b", 6, "a"), task("other", 30), live)
    assert slacks(found) == {"live": -6, "a": -6, "b": -6, "other": 0}
    assert found.by_id["live"].missed_by == 6
    assert found.by_id["live"].finish == date(2027, 1, 25)
    assert found.by_id["live"].due == date(2027, 1, 15)
    assert [each.id for each in found.missed] == ["live"]


def test_the_chain_to_a_milestone_begins_where_nothing_was_waited_for() -> None:
    found = worked_out(
        decision("go", date(2027, 1, 11)),
        task("early", 1),
        task("a", 3, "go", "early"),
        milestone("live", None, "a"),
        task("rest", 50, "early"),
    )
    assert [each.id for each in found.leading_to("live")] == ["go", "a", "live"]
    assert found.critical_path == ("early", "rest")
    assert found.leading_to("nowhere") == ()


def test_a_step_says_who_does_it() -> None:
    ann = Person(id="ann", name="Ann Other")
    work = task("a", 1, owner="ann", side="vendor", done=0.5)
    given = replace(planned(work, decision("go", MONDAY)), people=(ann,))
    found = work_out(given).by_id
    assert (found["a"].owner, found["a"].side, found["a"].done) == ("Ann Other", "Our team", 0.5)
    assert (found["go"].kind, found["go"].side, found["go"].done) == ("decision", "Customer", None)


def test_steps_stand_in_the_order_in_which_they_begin() -> None:
    found = worked_out(task("late", 1, "soon"), task("soon", 3), milestone("now", MONDAY))
    assert [each.id for each in found.in_order] == ["soon", "now", "late"]


def test_a_circle_leaves_its_steps_out() -> None:
    found = worked_out(task("a", 1, "b"), task("b", 1, "a"), task("c", 2))
    assert [each.id for each in found.steps] == ["c"]


def test_a_line_that_starts_at_a_milestone_starts_with_the_work_before_it() -> None:
    lines = (
        assumption("gain", 100, "GBP/month"),
        benefit("more", "gain", starts="live"),
        investment("cost", "1000 GBP"),
    )
    for days, first in ((10, 2), (30, 3), (31, 3)):
        given = planned(task("a", days), milestone("live", None, "a"))
        result = calculate(replace(case(*lines), plan=given.plan))
        assert result.lines[0].first == first
        assert result.plan.by_id["live"].early.finish == days


def test_ways_through_many_steps_are_not_followed_one_by_one() -> None:
    assert _steps_for(800) < 2.3 * _steps_for(400)


def _steps_for(count: int) -> int:
    chain = [
        task("t0", 1),
        *(task(f"t{n}", n % 7, f"t{n - 1}", f"t{n // 2}") for n in range(1, count)),
    ]
    given = planned(*chain)
    steps = steps_of(lambda: work_out(given))
    assert len(work_out(given).steps) == count
    return steps


# --------------------------------------------------------------------------- an oracle


@st.composite
def plans(draw: st.DrawFn) -> tuple[Task, ...]:
    """Tasks of which each comes after some of those before it, in any order of the document."""
    count = draw(st.integers(1, 9))
    found = []
    for number in range(count):
        earlier = (
            st.sampled_from([f"t{each}" for each in range(number)]) if number else st.nothing()
        )
        after = draw(st.lists(earlier, max_size=3, unique=True)) if number else []
        lags = [draw(st.integers(0, 4)) for _ in after]
        names = [f"{id} + {lag}" for id, lag in zip(after, lags, strict=True)]
        found.append(task(f"t{number}", draw(st.integers(0, 8)), *names))
    return tuple(draw(st.permutations(found)))


def chains(tasks: tuple[Task, ...]) -> list[list[tuple[str, int]]]:
    """Every chain of tasks, as (id, working days that it takes with the wait before it)."""
    known = {each.id: each for each in tasks}

    def ending_at(id: str) -> list[list[tuple[str, int]]]:
        own = known[id]
        alone = [[(id, own.days)]]
        longer = [
            [*chain, (id, own.days + each.lag)]
            for each in own.after
            for chain in ending_at(each.id)
        ]
        return alone + longer

    return list(itertools.chain.from_iterable(map(ending_at, known)))


@given(plans())
def test_dates_and_slack_are_those_of_the_longest_chains(tasks: tuple[Task, ...]) -> None:
    every = chains(tasks)
    lengths = [sum(days for _, days in chain) for chain in every]
    end = max(lengths)
    found = worked_out(*tasks)
    for each in found.steps:
        to_here = max(n for chain, n in zip(every, lengths, strict=True) if chain[-1][0] == each.id)
        through = max(n for chain, n in zip(every, lengths, strict=True) if each.id in dict(chain))
        assert each.early.finish == to_here
        assert each.slack == end - through
        assert 0 <= each.free_slack <= each.slack
    assert sum(found.by_id[id].days for id in found.critical_path) <= end
    assert all(found.by_id[id].slack == 0 for id in found.critical_path)


@given(plans(), st.data())
def test_slack_is_how_much_longer_a_task_may_take(
    tasks: tuple[Task, ...], data: st.DataObject
) -> None:
    found = worked_out(*tasks)
    chosen = data.draw(st.sampled_from(found.steps))

    def end(more: int) -> int:
        longer = [
            replace(each, days=each.days + more) if each.id == chosen.id else each for each in tasks
        ]
        return max(each.early.finish for each in worked_out(*longer).steps)

    assert end(chosen.slack) == end(0)
    assert end(chosen.slack + 1) == end(0) + 1
