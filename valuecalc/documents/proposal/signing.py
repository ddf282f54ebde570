"""The last page: who agrees to the proposal, with room for a name, a date and a signature."""

from __future__ import annotations

from collections.abc import Iterator

from valuecalc.documents.proposal import tables
from valuecalc.documents.proposal.draft import Blank, Draft
from valuecalc.documents.proposal.tables import Column, Row

HEADING = "Sign-off"
ROW_CM = 1.25

_AGREED = (
    "By signing, both sides agree that the figures, the assumptions and the plan of this "
    "document are what they decide on. Signing it is no order."
)


def sign_off(draft: Draft) -> None:
    """Who has approved the plan already, and a line for each side to sign."""
    draft.heading(1, HEADING)
    for each in draft.approvals:
        draft.write("Normal", f"{each}.", keep_next=True)
    if not draft.is_short:
        draft.write("Normal", _AGREED, keep_next=True)
    tables.table(
        draft,
        [
            Column("For", 3.6),
            Column("Name", 3.6),
            Column("Role", 2.8),
            Column("Date", 2.4),
            Column("Signature", 3.6),
        ],
        [_row(side, label) for side, label in _sides(draft)],
        title="Sign-off: name, role, date and signature of both sides",
        look=tables.SIGNING,
    )


def _sides(draft: Draft) -> Iterator[tuple[str, str]]:
    """Who signs, and what the controls of the row are called."""
    yield draft.result.case.customer or "The customer", "customer"
    yield draft.about.company or "Our team", "our side"


def _row(side: str, label: str) -> Row:
    return Row(
        (
            side,
            Blank(f"Name, {label}"),
            Blank(f"Role, {label}"),
            Blank(f"Date, {label}", "date"),
            "",
        ),
        height=ROW_CM,
    )
