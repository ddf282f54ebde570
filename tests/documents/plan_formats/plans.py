"""Plans for tests of their files, and a planner of their own that shares no code with ours."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.builders import case
from tests.case.test_schedule import before
from valuecalc.case.case import Case, Person
from valuecalc.case.plan import (
    WEEKDAYS,
    Calendar,
    Decision,
    Holiday,
    Milestone,
    Plan,
    Predecessor,
    Task,
)
from valuecalc.engine.plan import PlanResult, work_out

MONDAY = date(2027, 1, 4)
A_DAY = timedelta(days=1)
NS = "{http://schemas.microsoft.com/project}"

ROLL_OUT = Plan(
    start=MONDAY,
    calendar=Calendar(
        weekdays=("mon", "tue", "wed", "thu"),
        holidays=(
            Holiday(first=date(2027, 1, 13), label="Fair <& more>"),
            Holiday(first=date(2027, 2, 1), last=date(2027, 2, 5), label="Works closed"),
        ),
    ),
    milestones=(
        Milestone(id="live", label="Go live; “first” site, all of it", after=before("build")),
        Milestone(
            id="fair", label="Fair", date=date(2027, 3, 6), after=before("build"), owner="ann"
        ),
    ),
    tasks=(
        Task(id="survey", label="Survey", days=5, owner="ann", side="customer", done=0.4),
        Task(
            id="build",
            label="Build\\test & hand over",
            days=10,
            after=before("survey + 2", "go"),
            side="vendor",
            earliest=date(2027, 1, 20),
        ),
        Task(id="tidy", label="Tidy up", days=0, after=before("live")),
    ),
    decisions=(Decision(id="go", label="Release, the budget", date=date(2027, 1, 10)),),
)


def with_plan(plan: Plan = ROLL_OUT, **more: Any) -> Case:
    """A case with a plan and with somebody who is in it."""
    people = (Person(id="ann", name="Ann Fox", role="Project manager"),)
    return replace(case(), plan=plan, people=people, customer="Company A", **more)


def worked_out(plan: Plan = ROLL_OUT) -> tuple[Case, PlanResult]:
    """The case of a plan, and the plan with its dates."""
    found = with_plan(plan)
    return found, work_out(found)


# --------------------------------------------------------------------------- any plan

DAYS = st.dates(date(2026, 12, 1), date(2027, 6, 30))
SIDES = st.sampled_from(("customer", "vendor", "joint"))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Calendars with some day that is worked, and holidays that may lie over each other."""
    weekdays = draw(st.sets(st.sampled_from(WEEKDAYS), min_size=1))
    spans = draw(st.lists(st.tuples(DAYS, st.integers(0, 9)), max_size=4))
    holidays = [
        Holiday(first=first, last=first + days * A_DAY if days else None) for first, days in spans
    ]
    return Calendar(
        weekdays=tuple(day for day in WEEKDAYS if day in weekdays), holidays=tuple(holidays)
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Plans without a circle: each step comes after some of those that were made before it."""
    steps: list[Milestone | Task | Decision] = []
    for number in range(draw(st.integers(1, 9))):
        steps.append(_step(draw, number, [each.id for each in steps]))
    return Plan(
        start=draw(st.none() | DAYS),
        calendar=draw(calendars()),
        milestones=tuple(each for each in steps if isinstance(each, Milestone)),
        tasks=tuple(each for each in steps if isinstance(each, Task)),
        decisions=tuple(each for each in steps if isinstance(each, Decision)),
    )


def _step(draw: st.DrawFn, number: int, earlier: list[str]) -> Milestone | Task | Decision:
    names = draw(st.sets(st.sampled_from(earlier), max_size=3)) if earlier else set()
    after = tuple(Predecessor(name, draw(st.integers(0, 4))) for name in sorted(names))
    id, kind = f"s{number}", draw(st.sampled_from(("task", "task", "milestone", "decision")))
    if kind == "task":
        days, done = draw(st.integers(0, 12)), draw(st.integers(0, 100)) / 100
        earliest, side = draw(st.none() | DAYS), draw(SIDES)
        return Task(
            id=id, label=id, days=days, done=done, after=after, earliest=earliest, side=side
        )
    if kind == "milestone":
        day = draw(DAYS) if not after else draw(st.none() | DAYS)
        return Milestone(id=id, label=id, date=day, after=after, side=draw(SIDES))
    return Decision(id=id, label=id, date=draw(DAYS), after=after)


# --------------------------------------------------------------------------- another planner


@dataclass
class _Step:
    days: int
    links: list[tuple[str, int]]
    constraint: str
    at: datetime | None
    left: int = 0
    begun: bool = False
    first: date | None = None
    last: date | None = None
    over_after: int | None = None


def simulated(content: bytes) -> dict[str, tuple[date, date, int]]:
    """First and last day of each task by its UID, and after how many worked days it is over.

    Nothing is worked out ahead: on each day of the calendar whoever can begin begins, works
    one day, and stops when nothing is left.
    """
    root = ET.fromstring(content)
    works = _calendar(root)
    steps = {_text(each, "UID"): _read(each) for each in root.iter(f"{NS}Task")}
    day = _day(_text(root, "StartDate"))
    worked = 0
    while any(step.over_after is None for step in steps.values()):
        assert day.year < 2040, "a task never begins"
        if works(day):
            _settle(steps, worked, datetime.combine(day, datetime.min.time()).replace(hour=8), day)
            for step in steps.values():
                if step.begun and step.over_after is None:
                    step.first = step.first or day
                    step.last, step.left = day, step.left - 1
            worked += 1
            for step in steps.values():
                if step.begun and step.over_after is None and step.left == 0:
                    step.over_after = worked
            _settle(steps, worked, datetime.combine(day, datetime.min.time()).replace(hour=17), day)
        day += A_DAY
    return {uid: (each.first, each.last, each.over_after) for uid, each in steps.items()}  # type: ignore[misc]


def worked_until(content: bytes, moment: str) -> int:
    """How many days people have worked from the start of a project up to a moment."""
    root = ET.fromstring(content)
    works, day, until = _calendar(root), _day(_text(root, "StartDate")), _day(moment)
    count = 0
    while day < until or (day == until and moment.endswith("17:00:00")):
        count += works(day)
        day += A_DAY
    return count


def _settle(steps: dict[str, _Step], worked: int, now: datetime, day: date) -> None:
    """Begin whatever can begin now; what takes no time is over at once."""
    again = True
    while again:
        again = False
        for step in steps.values():
            if step.begun or not _can_begin(step, steps, worked, now):
                continue
            step.begun = again = True
            if step.days == 0:
                step.first = step.last = day
                step.over_after = worked


def _can_begin(step: _Step, steps: dict[str, _Step], worked: int, now: datetime) -> bool:
    if step.at is not None and now < step.at:
        return False
    over = [(steps[uid].over_after, lag) for uid, lag in step.links]
    return all(after is not None and after + lag <= worked for after, lag in over)


def _read(task: ET.Element) -> _Step:
    hours = int(_text(task, "Duration").removeprefix("PT").split("H")[0])
    links = [
        (_text(each, "PredecessorUID"), int(_text(each, "LinkLag")) // 4800)
        for each in task.findall(f"{NS}PredecessorLink")
    ]
    at = _text(task, "ConstraintDate")
    return _Step(
        days=hours // 8,
        left=hours // 8,
        links=links,
        constraint=_text(task, "ConstraintType"),
        at=datetime.fromisoformat(at) if at else None,
    )


def _calendar(root: ET.Element):  # type: ignore[no-untyped-def]
    weekdays = {
        int(_text(each, "DayType")): _text(each, "DayWorking") == "1"
        for each in root.iter(f"{NS}WeekDay")
    }
    off = [
        (_day(_text(each, "FromDate", deep=True)), _day(_text(each, "ToDate", deep=True)))
        for each in root.iter(f"{NS}Exception")
    ]

    def works(day: date) -> bool:
        is_worked = weekdays[day.isoweekday() % 7 + 1]
        return is_worked and not any(first <= day <= last for first, last in off)

    return works


def _text(element: ET.Element, name: str, *, deep: bool = False) -> str:
    return element.findtext(f"{'.//' if deep else ''}{NS}{name}") or ""


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])
