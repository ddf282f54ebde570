"""What a careful reader asks for last: open points, conventions in force, public sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from valuecalc.case.case import Source
from valuecalc.documents.proposal import tables, wording
from valuecalc.documents.proposal.draft import Content, Draft, Styled
from valuecalc.documents.proposal.tables import Column, Row


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
