"""What a careful reader asks for last: open points, conventions in force, public sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from valuecalc.case.case import Source
from valuecalc.documents.proposal import tables, wording
from valuecalc.documents.proposal.draft import Content, Draft, Styled, Tagged
from valuecalc.documents.proposal.tables import Column, Row
from valuecalc.phrases import joined, phrase


def open_points(draft: Draft) -> None:
    """What the checks on the case have found, but for what the team checks its own work by."""
    draft.heading(1, phrase("Open points"))
    warnings = draft.result.open_points
    if not warnings:
        none = phrase("None: the case passes every check.")
        draft.write("Normal", Tagged("text.open_points", none))
        return
    draft.caption("Table", phrase("What the checks on the case have found"))
    case = draft.result.case
    tables.table(
        draft,
        [
            Column(phrase("Where"), 4.3),
            Column(phrase("What"), 6.2),
            Column(phrase("What to do"), 5.5),
        ],
        [Row((wording.place(case, each.place), each.cause, each.remedy)) for each in warnings],
        title=phrase("Open points with their place, cause and remedy"),
        name="open_points",
    )


def conventions(draft: Draft) -> None:
    """Every convention that the figures follow."""
    draft.heading(1, phrase("Conventions in force"))
    tables.table(
        draft,
        [Column("", 3.6), Column("", 12.4)],
        [Row((each.label, each.text)) for each in draft.result.conventions],
        title=phrase("The conventions that the figures follow"),
        name="conventions",
        look=tables.FACTS,
    )


def sources(draft: Draft) -> None:
    """The public sources of the numbers, if there are any."""
    if not draft.result.case.sources:
        return
    draft.heading(1, phrase("Public sources"))
    for source in draft.result.case.sources:
        draft.write("Source", *_source(source))


def _source(source: Source) -> Iterator[Content]:
    titled = joined(": ", filter(None, (source.publisher, source.title)))
    dated = [_date(source.date)] if source.date else []
    yield joined("", [joined(", ", [titled, *dated]), "."])
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
