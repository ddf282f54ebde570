"""The first page: what is proposed, to whom, by whom, and what it holds good for."""

from __future__ import annotations

from collections.abc import Iterator

from valuecalc.documents.languages import spoken
from valuecalc.documents.proposal import logo, tables, wording
from valuecalc.documents.proposal.draft import Draft, Tagged
from valuecalc.documents.proposal.tables import Cell, Column, Row
from valuecalc.phrases import phrase

_LONG_TITLE = 60
_LONG_SHORT_TITLE = 70

KICKER = phrase("Proposal")


def cover(draft: Draft) -> None:
    """A page of its own; in a short document the same as a head above the rest."""
    if draft.is_short:
        _head(draft)
        return
    case = draft.result.case
    draft.has_cover = not draft.body
    logo.place(draft)
    draft.write("CoverKicker", KICKER)
    title = Tagged("text.title", case.title)
    draft.write("TitleLong" if len(case.title) > _LONG_TITLE else "Title", title)
    if case.customer:
        draft.write("Subtitle", _for(case.customer))
    draft.write("CoverRule")
    tables.table(
        draft,
        [Column("", 3.6), Column("", 12.4)],
        [Row(fact) for fact in _facts(draft)],
        title=phrase("What this document is"),
        look=tables.COVER,
    )
    draft.end_table()
    draft.new_page()


def _for(customer: str) -> str:
    return phrase("for {customer}", customer=Tagged("text.customer", customer))


def _facts(draft: Draft) -> Iterator[tuple[str, Cell]]:
    case, about = draft.result.case, draft.about
    if case.customer:
        yield phrase("Prepared for"), Tagged("text.customer", case.customer)
    by = ", ".join(filter(None, (about.by, about.company)))
    if by:
        yield phrase("Prepared by"), by
    if about.day:
        yield phrase("Date"), wording.day(about.day)
    if about.version:
        yield phrase("Version"), about.version
    yield phrase("Scenario"), Tagged("text.scenario", draft.result.scenario_label)
    yield phrase("Decision"), Tagged("text.decision_date", wording.day(case.timeline.start))
    yield phrase("Horizon"), Tagged("text.horizon", case.timeline.horizon_text)
    yield phrase("Currency"), Tagged("text.currency", case.currency)


def _head(draft: Draft) -> None:
    """Title, customer, and in one line what the document holds good for."""
    case = draft.result.case
    draft.write("Kicker", KICKER)
    is_long = len(case.title) > _LONG_SHORT_TITLE
    draft.write("TitleShortLong" if is_long else "TitleShort", Tagged("text.title", case.title))
    if case.customer:
        draft.write("SubtitleShort", _for(case.customer))
    facts = (
        phrase("Scenario: {scenario}", scenario=draft.result.scenario_label),
        phrase("Decision: {day}", day=wording.short_day(case.timeline.start)),
        phrase("Horizon: {horizon}", horizon=case.timeline.horizon_text),
        phrase("Currency: {currency}", currency=case.currency),
    )
    # A fact stands on one line.
    whole = (spoken(each).replace(" ", "\u00a0") for each in (*facts, *_origin(draft)))
    draft.write("Facts", "\u2003".join(whole))


def _origin(draft: Draft) -> Iterator[str]:
    about = draft.about
    if about.day:
        yield phrase("Date: {day}", day=wording.short_day(about.day))
    if about.version:
        yield phrase("Version: {version}", version=about.version)
