"""The last page: who agrees to the proposal, with room for a name, a date and a signature."""

from __future__ import annotations

from collections.abc import Sequence

from valuecalc.documents.proposal import tables
from valuecalc.documents.proposal.draft import Blank, Draft
from valuecalc.documents.proposal.tables import Column, Row
from valuecalc.phrases import phrase

HEADING = phrase("Sign-off")
ROW_CM = 1.25

_AGREED = phrase(
    "By signing, both sides agree that the figures, the assumptions and the plan of this "
    "document are what they decide on. Signing it is no order."
)

_OF_CUSTOMER = (
    Blank(phrase("Name, customer")),
    Blank(phrase("Role, customer")),
    Blank(phrase("Date, customer"), "date"),
)
_OF_US = (
    Blank(phrase("Name, our side")),
    Blank(phrase("Role, our side")),
    Blank(phrase("Date, our side"), "date"),
)


def sign_off(draft: Draft) -> None:
    """Who has approved the plan already, and a line for each side to sign."""
    draft.heading(1, HEADING)
    for each in draft.approvals:
        draft.write("Normal", phrase("{approval}.", approval=each), keep_next=True)
    if not draft.is_short:
        draft.write("Normal", _AGREED, keep_next=True)
    tables.table(
        draft,
        [
            Column(phrase("For"), 3.6),
            Column(phrase("Name"), 3.6),
            Column(phrase("Role"), 2.8),
            Column(phrase("Date"), 2.4),
            Column(phrase("Signature"), 3.6),
        ],
        [
            _row(draft.result.case.customer or phrase("The customer"), _OF_CUSTOMER),
            _row(draft.about.company or phrase("Our team"), _OF_US),
        ],
        title=phrase("Sign-off: name, role, date and signature of both sides"),
        look=tables.SIGNING,
    )


def _row(side: str, blanks: Sequence[Blank]) -> Row:
    return Row((side, *blanks, ""), height=ROW_CM)
