"""Proposals as somebody wishes them: how long, which sections, in whose house style."""

from __future__ import annotations

from typing import Any

from flask import Response

from valuecalc.schemas import proposing as shapes
from valuecalc.services import cases, exporting, saved_cases
from valuecalc.services.embedding import LARGEST_DOCUMENT
from valuecalc.services.proposing import Wish
from valuecalc.web.api.blueprint import Blueprint, Body, open_to_all
from valuecalc.web.api.v1 import EXAMPLE_CASE
from valuecalc.web.api.v1 import blueprint as stateless
from valuecalc.web.downloads import as_download
from valuecalc.web.identity import actor, reader
from valuecalc.web.limits import takes_files
from valuecalc.web.storage import store

ROOM_FOR_CASE = 2_000_000
"""Bytes of a request beside its template."""

_LARGEST = LARGEST_DOCUMENT * 4 // 3 + ROOM_FOR_CASE
_FILE = {"schema": {"type": "string", "format": "binary"}}
_PROPOSAL: dict[str, Any] = {
    "200": {"description": "The proposal", "content": {cases.DOCX: _FILE, cases.PDF: _FILE}}
}
_EXAMPLE = {"length": "short", "format": "docx"}

blueprint = Blueprint("proposing", __name__, description="Proposals in Word")


@stateless.route("/proposal", methods=["POST"])
@open_to_all
@takes_files(_LARGEST)
@stateless.arguments(shapes.UnkeptProposalSchema, example={"case": EXAMPLE_CASE, **_EXAMPLE})
@stateless.doc(responses=_PROPOSAL)
@stateless.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@stateless.alt_response(501, "NOT_IMPLEMENTED")
@stateless.alt_response(503, "SERVICE_UNAVAILABLE")
def propose(body: Body) -> Response:
    """Write a case as a proposal: its length, its sections in your order, in your house style.

    `GET /cases/{case_id}/export` writes the usual one. A section that does not exist is refused
    (422) with the names of those that do.
    """
    made = exporting.export_unkept(
        body["case"],
        reader(),
        body["format"],
        body["scenario"],
        "a request of a program",
        wish=_wish(body),
    )
    return as_download(made)


@blueprint.route("/cases/<uid:case_id>/proposal", methods=["POST"])
@takes_files(_LARGEST)
@blueprint.arguments(shapes.ProposalQuery, location="query")
@blueprint.arguments(shapes.ProposalWishSchema, example=_EXAMPLE)
@blueprint.doc(responses=_PROPOSAL)
@blueprint.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@blueprint.alt_response(501, "NOT_IMPLEMENTED")
@blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
def propose_case(query: Body, body: Body, case_id: str) -> Response:
    """Write a case that is kept as a proposal: its length, its sections, in your house style."""
    saved = saved_cases.load(store(), actor(), case_id, query["version"])
    made = exporting.propose(
        store(), saved, actor(), _wish(body), body["format"], query["scenario"]
    )
    return as_download(made)


def _wish(body: Body) -> Wish:
    wished = ("length", "sections", "template", "charts", "language")
    return Wish(**{name: body[name] for name in wished})
