"""The checks on a plan: names that lead nowhere, circles, and dates that cannot be kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from valuecalc.case import graph
from valuecalc.case.case import Case
from valuecalc.case.plan import Plan
from valuecalc.case.schedule import own_day, predecessors, schedule
from valuecalc.errors import Problem, Severity, did_you_mean
from valuecalc.formula import quantity
from valuecalc.phrases import day, phrase, plural

LONG_BEFORE = 366
"""Days: what is dated earlier than that before a case begins has more likely a wrong year."""


def errors(case: Case) -> Iterator[Problem]:
    """What a plan names that does not exist, and steps that wait for each other."""
    people = [each.id for each in case.people]
    for section, steps in case.plan.sections.items():
        for each in steps:
            place = f"plan.{section}.{each.id}"
            if each.owner and each.owner not in people:
                yield _no_person(f"{place}.owner", each.owner, case)
            for before in each.after:
                if before.id not in case.plan.by_id:
                    kind = "task, milestone or decision"
                    yield _unknown(f"{place}.after", kind, before.id, list(case.plan.by_id))
    yield from _circles(case.plan)


def _unknown(place: str, kind: str, id: str, known: list[str]) -> Problem:
    cause = f"There is no {kind} “{id}”."
    return Problem(code="reference", place=place, cause=cause, remedy=did_you_mean(id, known))


def _no_person(place: str, owner: str, case: Case) -> Problem:
    """An owner who is none of the people, with the one who is called like that if there is one."""
    known = [each.id for each in case.people]
    called = owner.casefold()
    same = [e.id for e in case.people if called in (e.name.casefold(), e.role.casefold())]
    if same:
        remedy = f"Write the id of the person: “{same[0]}”."
    elif known:
        remedy = f"{did_you_mean(owner, known)} Or add “{owner}” to the people of the case."
    else:
        remedy = f"Add “{owner}” to the people of the case first."
    return Problem(
        code="reference", place=place, cause=f"There is no person “{owner}”.", remedy=remedy
    )


def _circles(plan: Plan) -> Iterator[Problem]:
    """Steps that wait for each other, or for themselves."""
    after = predecessors(plan)
    for members in graph.groups(after):
        first = next(id for id in after if id in members)
        if len(members) == 1 and first not in after[first]:
            continue
        chain = " → ".join(_circle(first, set(members), after))
        cause = f"These come after each other in a circle: {chain}."
        if len(members) == 1:
            cause = f"“{first}” comes after itself."
        yield Problem(
            code="circle",
            place=f"{plan.place(first)}.after",
            cause=cause,
            remedy="Take one of them out of “after”.",
        )


def _circle(first: str, members: set[str], after: Mapping[str, tuple[str, ...]]) -> list[str]:
    """One circle through `first`, in the order of the work: a, b, a."""
    came_from: dict[str, str] = {}
    waiting = [first]
    for each in waiting:
        for before in after[each]:
            if before == first:
                return _way_back(first, each, came_from)
            if before in members and before not in came_from:
                came_from[before] = each
                waiting.append(before)
    raise AssertionError("every member of a group leads back to every other")


def _way_back(first: str, last: str, came_from: Mapping[str, str]) -> list[str]:
    found = [first, last]
    while found[-1] != first:
        found.append(came_from[found[-1]])
    return found


def warnings(case: Case) -> Iterator[Problem]:
    """What stands in a plan and can hardly be meant."""
    yield from _no_days(case.plan)
    yield from _long_before(case)
    yield from _misses(case)
    yield from _beyond_horizon(case)


def _warning(place: str, cause: str, remedy: str) -> Problem:
    severity = Severity.WARNING
    return Problem(code="plan", place=place, cause=cause, remedy=remedy, severity=severity)


def _no_days(plan: Plan) -> Iterator[Problem]:
    for task in plan.tasks:
        if not task.days:
            yield _warning(
                f"plan.tasks.{task.id}.days",
                phrase("“{step}” takes no working day.", step=task.label),
                phrase("Say how many it takes, or make it a milestone."),
            )


def _long_before(case: Case) -> Iterator[Problem]:
    """Milestones and decisions so early that the whole plan would begin with them by mistake."""
    start = case.timeline.start
    begins = min(start, case.plan.start or start)
    for step in case.plan.steps:
        given = own_day(step)
        if given is not None and (begins - given).days > LONG_BEFORE:
            yield _warning(
                f"{case.plan.place(step.id)}.date",
                phrase(
                    "“{step}” has the date {day}, more than a year before the case begins on "
                    "{start}.",
                    step=step.label,
                    day=day(given),
                    start=day(begins),
                ),
                phrase("Check its year. If it is meant, give the plan that start."),
            )


def _misses(case: Case) -> Iterator[Problem]:
    """Milestones and decisions with a day of their own that comes too early."""
    planned = schedule(case.plan, case.timeline.start)
    for id in planned.spans:
        late, over = planned.late(id), planned.over(id)
        if late > 0 and over is not None:
            yield _warning(
                f"{case.plan.place(id)}.date",
                phrase(
                    "The plan misses “{step}” by {late}: what comes before it is over on {day}.",
                    step=case.plan.by_id[id].label,
                    late=working_days(late),
                    day=day(over),
                ),
                phrase("Give it a later date, or shorten the work before it."),
            )


def _beyond_horizon(case: Case) -> Iterator[Problem]:
    planned = schedule(case.plan, case.timeline.start)
    days = {id: over for id in planned.spans if (over := planned.over(id)) is not None}
    end = case.timeline.end_day(case.timeline.periods)
    if not days or max(days.values()) < end:
        return
    last = max(days, key=lambda id: days[id])
    yield _warning(
        case.plan.place(last),
        phrase(
            "“{step}” is over on {day}, after the horizon.",
            step=case.plan.by_id[last].label,
            day=day(days[last]),
        ),
        phrase("Lengthen the timeline, or shorten the plan."),
    )


def working_days(number: int) -> str:
    """A number of working days for people: `1 working day`, `6 working days`."""
    shown = quantity.show(number)
    return plural("{number} working day", "{number} working days", number, number=shown)
