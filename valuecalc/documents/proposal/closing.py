"""What a careful reader asks for last: open points, conventions in force, public sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from valuecalc.case.case import SIDES, Source
from valuecalc.case.plan import Decision, Milestone, Task
from valuecalc.case.schedule import schedule
from valuecalc.documents.proposal import tables, wording
from valuecalc.documents.proposal.draft import Content, Draft, Styled
from valuecalc.documents.proposal.tables import Column, Row


def plan(draft: Draft) -> None:
    """How the solution is rolled out: decisions and milestones by their day, then the tasks."""
    planned = draft.result.case.plan
    days = schedule(planned, draft.result.case.timeline.start)
    dated: list[Milestone | Decision] = [*planned.decisions, *planned.milestones]
    dated.sort(key=lambda each: days.over(each.id) or date.max)
    if not dated and not planned.tasks:
        return
    draft.heading(1, "Implementation plan")
    draft.caption("Table", "Decisions, milestones and tasks")
    tables.table(
        draft,
        [Column("What", 6.4), Column("Who", 4.4), Column("When", 5.2)],
        [*(_dated(draft, each) for each in dated), *(_task(draft, each) for each in planned.tasks)],
        title="The plan: what is done, who does it, and when",
    )


def _dated(draft: Draft, step: Milestone | Decision) -> Row:
    kind, side = "Decision", SIDES["customer"]
    if isinstance(step, Milestone):
        kind, side = "Milestone", SIDES[step.side]
    return Row((f"{kind}: {step.label}", _who(draft, step.owner, side), _day(draft, step)))


def _day(draft: Draft, step: Milestone | Decision) -> str:
    case = draft.result.case
    day = schedule(case.plan, case.timeline.start).over(step.id)
    return wording.day(day) if day else "–"


def _task(draft: Draft, task: Task) -> Row:
    names = {step.id: step.label for step in draft.result.case.plan.steps}
    days = "1 working day" if task.days == 1 else f"{task.days:g} working days"
    after = ", ".join(names[before.id] for before in task.after)
    when = f"{days}, after: {after}" if after else days
    return Row((task.label, _who(draft, task.owner, SIDES[task.side]), when))


def _who(draft: Draft, owner: str, side: str) -> str:
    people = {person.id: person.name for person in draft.result.case.people}
    return f"{people.get(owner, owner)} ({side.lower()})" if owner else side


def open_points(draft: Draft) -> None:
    """What the checks on the case have found."""
    draft.heading(1, "Open points")
    warnings = draft.result.warnings
    if not warnings:
        draft.write("Normal", "None: the case passes every check.")
        return
    draft.caption("Table", "What the checks on the case have found")
    case = draft.result.case
    tables.table(
        draft,
        [Column("Where", 4.3), Column("What", 6.2), Column("What to do", 5.5)],
        [Row((wording.place(case, each.place), each.cause, each.remedy)) for each in warnings],
        title="Open points with their place, cause and remedy",
    )


def conventions(draft: Draft) -> None:
    """Every convention that the figures follow."""
    draft.heading(1, "Conventions in force")
    tables.table(
        draft,
        [Column("", 3.6), Column("", 12.4)],
        [Row((each.label, each.text)) for each in draft.result.conventions],
        title="The conventions that the figures follow",
        look=tables.FACTS,
    )


def sources(draft: Draft) -> None:
    """The public sources of the numbers, if there are any."""
    if not draft.result.case.sources:
        return
    draft.heading(1, "Public sources")
    for source in draft.result.case.sources:
        draft.write("Source", *_source(source))


def _source(source: Source) -> Iterator[Content]:
    publisher = f"{source.publisher}: " if source.publisher else ""
    dated = f", {_date(source.date)}" if source.date else ""
    yield f"{publisher}{source.title}{dated}."
    if source.url:
        yield " "
        yield Styled(source.url, "", source.url)
    if source.note:
        yield Styled(f" {source.note}", "Muted")


def _date(text: str) -> str:
    """A day in full; other texts, such as a year alone, as they are."""
    try:
        return wording.day(date.fromisoformat(text))
    except ValueError:
        return text
