"""The proposal from its first page to its last: the sections in their order."""

from __future__ import annotations

from collections.abc import Sequence

from valuecalc.documents.proposal import (
    cash_flow,
    certainty,
    closing,
    evidence,
    lines,
    opening,
    package,
    pictures,
    scenarios,
    wording,
)
from valuecalc.documents.proposal.draft import Draft
from valuecalc.engine.compare import compare
from valuecalc.engine.result import Result
from valuecalc.engine.scenarios import EXPECTED


def write(result: Result, scenarios: Sequence[Result] | None = None) -> bytes:
    """The proposal of a result as a Word document (`.docx`); the same result, the same bytes.

    `scenarios` are the results to compare it with, from `engine.compare`. They are worked out
    here when they are left out and the result is the expected one; another result holds the
    case as its scenario has changed it, from which the others cannot be found.
    """
    if scenarios is None:
        scenarios = compare(result.case) if result.scenario == EXPECTED else ()
    draft = Draft(result, scenarios)
    for section in SECTIONS:
        section(draft)
    draft.end_table()
    return package.packed(draft)


def _value(draft: Draft) -> None:
    """How the value comes about, in words and pictures."""
    draft.heading(1, "How the value comes about")
    draft.write("Normal", *wording.reading(draft.result))
    reason = pictures.why_not(draft.result)
    if reason:
        draft.write("Normal", reason)
        return
    horizon = draft.result.case.timeline.horizon_text
    pictures.add_waterfall(draft, f"From benefits to value over {horizon}, undiscounted.")
    pictures.add_cumulative_cash(draft, "Cumulative cash from the decision on.")


SECTIONS = (
    opening.title_block,
    opening.key_message,
    opening.statement,
    _value,
    lines.benefits,
    lines.investments,
    cash_flow.cash_flow,
    lines.workings,
    evidence.assumptions,
    scenarios.scenarios,
    certainty.certainty,
    closing.plan,
    closing.open_points,
    closing.conventions,
    closing.sources,
)
"""What a proposal consists of, each a function that writes its part into the draft."""
