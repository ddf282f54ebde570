"""The first page: what is proposed, to whom, by whom, and what it holds good for."""

from __future__ import annotations

from collections.abc import Iterator

from valuecalc.documents.proposal import logo, tables, wording
from valuecalc.documents.proposal.draft import Draft
from valuecalc.documents.proposal.tables import Column, Row

_LONG_TITLE = 60
_LONG_SHORT_TITLE = 70

KICKER = "Proposal"


def cover(draft: Draft) -> None:
    """A page of its own; in a short document the same as a head above the rest."""
    if draft.is_short:
        _head(draft)
        return
    case = draft.result.case
    draft.has_cover = not draft.body
    logo.place(draft)
    draft.write("CoverKicker", KICKER)
    draft.write("TitleLong" if len(case.title) > _LONG_TITLE else "Title", case.title)
    if case.customer:
        draft.write("Subtitle", f"for {case.customer}")
    draft.write("CoverRule")
    tables.table(
        draft,
        [Column("", 3.6), Column("", 12.4)],
        [Row(fact) for fact in _facts(draft)],
        title="What this document is",
        look=tables.COVER,
    )
    draft.end_table()
    draft.new_page()


def _facts(draft: Draft) -> Iterator[tuple[str, str]]:
    case, about = draft.result.case, draft.about
    if case.customer:
        yield "Prepared for", case.customer
    by = ", ".join(filter(None, (about.by, about.company)))
    if by:
        yield "Prepared by", by
    if about.day:
        yield "Date", wording.day(about.day)
    if about.version:
        yield "Version", about.version
    yield "Scenario", draft.result.scenario_label
    yield "Decision", wording.day(case.timeline.start)
    yield "Horizon", case.timeline.horizon_text
    yield "Currency", case.currency


def _head(draft: Draft) -> None:
    """Title, customer, and in one line what the document holds good for."""
    case = draft.result.case
    draft.write("Kicker", KICKER)
    is_long = len(case.title) > _LONG_SHORT_TITLE
    draft.write("TitleShortLong" if is_long else "TitleShort", case.title)
    if case.customer:
        draft.write("SubtitleShort", f"for {case.customer}")
    facts = (
        f"Scenario: {draft.result.scenario_label}",
        f"Decision: {wording.day(case.timeline.start)}",
        f"Horizon: {case.timeline.horizon_text}",
        f"Currency: {case.currency}",
    )
    # A fact stands on one line.
    whole = (each.replace(" ", "\u00a0") for each in (*facts, *_origin(draft)))
    draft.write("Facts", "\u2003".join(whole))


def _origin(draft: Draft) -> Iterator[str]:
    about = draft.about
    if about.day:
        yield f"Date: {wording.day(about.day)}"
    if about.version:
        yield f"Version: {about.version}"
