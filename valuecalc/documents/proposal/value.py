"""How the value comes about, in words and pictures."""

from __future__ import annotations

from valuecalc.documents.proposal import pictures, wording
from valuecalc.documents.proposal.draft import Draft
from valuecalc.phrases import phrase

HEADING = phrase("How the value comes about")


def value(draft: Draft) -> None:
    """Which lines decide, the waterfall, and cash over time; of two pages the waterfall alone."""
    draft.heading(1, HEADING)
    if not draft.is_short:
        draft.write("Normal", wording.reading(draft.result))
    reason = pictures.why_not(draft.result)
    if reason:
        draft.write("Normal", reason)
        return
    horizon = draft.result.case.timeline.horizon_text
    caption = phrase("From benefits to value over {horizon}, undiscounted.", horizon=horizon)
    pictures.add_waterfall(draft, caption)
    if not draft.is_short:
        pictures.add_cumulative_cash(draft, phrase("Cumulative cash from the decision on."))
