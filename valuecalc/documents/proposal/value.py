"""How the value comes about, in words and pictures."""

from __future__ import annotations

from valuecalc.documents.proposal import pictures, wording
from valuecalc.documents.proposal.draft import Draft

HEADING = "How the value comes about"


def value(draft: Draft) -> None:
    """Which lines decide, the waterfall, and cash over time; of two pages the waterfall alone."""
    draft.heading(1, HEADING)
    if not draft.is_short:
        draft.write("Normal", *wording.reading(draft.result))
    reason = pictures.why_not(draft.result)
    if reason:
        draft.write("Normal", reason)
        return
    horizon = draft.result.case.timeline.horizon_text
    pictures.add_waterfall(draft, f"From benefits to value over {horizon}, undiscounted.")
    if not draft.is_short:
        pictures.add_cumulative_cash(draft, "Cumulative cash from the decision on.")
