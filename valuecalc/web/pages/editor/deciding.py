"""The customer's numbers in the editor: shown beside ours, accepted or declined one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Blueprint, Response, g, request

from valuecalc.errors import DocumentError
from valuecalc.formula import quantity
from valuecalc.schemas.document import read_json
from valuecalc.schemas.shares import Decisions, DecisionsSchema
from valuecalc.services import deciding, proposals
from valuecalc.services.deciding import Decided
from valuecalc.services.proposals import Review, Row
from valuecalc.web.errors import read_by_scripts
from valuecalc.web.identity import actor
from valuecalc.web.pages.editor.page import newest_state
from valuecalc.web.storage import store

ACCEPT, DECLINE = "accept", "decline"

blueprint = Blueprint("editor_deciding", __name__, url_prefix="/cases/<uid>/edit")


# --------------------------------------------------------------------------- what is shown


@dataclass(frozen=True)
class WaitingNumber:
    """A number that a customer proposes, as it stands in the row of its assumption."""

    review: Review
    row: Row

    @property
    def proposal(self) -> str:
        """The public name of the proposal."""
        return self.review.proposal.uid

    @property
    def number(self) -> str:
        """The number for people."""
        return self.row.shown(self.row.value.theirs)

    @property
    def sender(self) -> str:
        """Who sent it: `Jane Doe, Company A`."""
        name, customer = self.review.proposal.name, self.review.customer
        return f"{name}, {customer}" if customer and customer != name else name

    @property
    def day(self) -> str:
        """When it was sent: `3 November`."""
        return f"{self.review.proposal.at:%-d %B}"

    @property
    def effect(self) -> str:
        """What it alone does to the value; empty where that cannot be said."""
        if self.row.effect is None:
            return ""
        return quantity.show(self.row.effect, self.review.currency, sign=True)

    @property
    def moved(self) -> str:
        """That our number is another one than the customer saw; empty while it is not."""
        row = self.row
        if not row.has_moved or row.newest is None:
            return ""
        return f"Ours was {row.shown(row.value.ours)} when it was shared."


def waiting_numbers(uid: str) -> Mapping[str, list[WaitingNumber]]:
    """The numbers to decide on for a case, by assumption, the newest first."""
    if "waiting_numbers" not in g:
        found: dict[str, list[WaitingNumber]] = {}
        for review in proposals.waiting(store(), actor(), uid):
            for row in review.rows:
                found.setdefault(row.id, []).append(WaitingNumber(review, row))
        g.waiting_numbers = found
    numbers: Mapping[str, list[WaitingNumber]] = g.waiting_numbers
    return numbers


def waiting_proposals(uid: str) -> int:
    """How many proposals hold a number to decide on: what the script knows at first."""
    return proposals.count_waiting(store(), actor(), uid)


blueprint.add_app_template_global(waiting_numbers)
blueprint.add_app_template_global(waiting_proposals)


# --------------------------------------------------------------------------- what is decided


@blueprint.post("/decide")
@read_by_scripts
def decide(uid: str) -> Response:
    """Accept or decline one number of a proposal, and send the newest document.

    A number that was changed since it was shared is only replaced with `"replace": true`, and
    only in the version that the reader saw. Raises `DocumentError` and what `deciding.decide`
    raises.
    """
    body = read_json(request.get_data(cache=False)).data
    proposal = _text(body, "proposal")
    # An address of one case must not decide on a proposal for another.
    proposals.review(store(), actor(), proposal, uid)
    expected = f"{uid}.{body.get('base')}"
    decided = deciding.decide(store(), actor(), proposal, _decisions(body), expected)
    return _as_json(decided)


def _decisions(body: Mapping[str, Any]) -> Decisions:
    """What a request decides. Raises `CaseError` with every mistake."""
    assumption, verb = _text(body, "assumption"), _text(body, "decision")
    if verb not in (ACCEPT, DECLINE):
        raise DocumentError(
            "It is not said whether the number is accepted.",
            'Send {"decision": "accept"} or {"decision": "decline"}.',
        )
    is_accepted = verb == ACCEPT
    reason = body.get("reason") or ""
    document = {
        "accept": [assumption] if is_accepted else [],
        "replace": [assumption] if is_accepted and body.get("replace") is True else [],
        "decline": {} if is_accepted else {assumption: reason},
    }
    decisions: Decisions = DecisionsSchema().load(document)
    return decisions


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise DocumentError(
            f"The request does not say which {key}.",
            'Send {"proposal": …, "assumption": …, "decision": "accept", "base": 7}.',
        )
    return value


def _as_json(decided: Decided) -> Response:
    data = {**newest_state(decided.saved), "widened": " ".join(decided.widened)}
    return Response(orjson.dumps(data), mimetype="application/json")
