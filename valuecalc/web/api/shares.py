"""Links for customers, and the numbers that came in through them."""

from __future__ import annotations

from flask import Response, url_for

from valuecalc.schemas import saved as common
from valuecalc.schemas import shares as shapes
from valuecalc.schemas.paging import next_cursor
from valuecalc.schemas.shares import dump
from valuecalc.services import deciding, proposals, shares
from valuecalc.services.shares import WithSecret
from valuecalc.web.api.blueprint import Blueprint, Body, as_json, nothing
from valuecalc.web.api.conditional import ETAG_HEADER, expected, tagged
from valuecalc.web.identity import actor
from valuecalc.web.links import outside
from valuecalc.web.storage import store

blueprint = Blueprint("sharing", __name__, description="Links for customers, and what they send")

SHARE: Body = {
    "id": "b7wXq0bVv4m1Zk2e",
    "case": "gM3dC8s-1nYw0Q4a",
    "version": 4,
    "label": "Company A",
    "state": "open",
    "has_code_word": True,
    "may_comment": True,
    "may_change": ["subscribers", "uplift"],
    "created_at": "2026-11-22T10:30:00.000000Z",
    "expires": "2027-03-31",
    "withdrawn_at": None,
    "opened": 3,
    "last_opened_at": "2026-11-24T08:12:31.000000Z",
}
LINK = "https://value.example.com/s/2mX0…"
WISH: Body = {
    "label": "Company A",
    "code_word": "open sesame",
    "expires": "2027-03-31",
    "may_comment": True,
    "may_change": ["subscribers", "uplift"],
}
PROPOSAL: Body = {
    "id": "Qm9iIEZveCBzZW50",
    "case": SHARE["case"],
    "share": SHARE["id"],
    "label": "Company A",
    "name": "Bob Fox",
    "note": "From our October report",
    "at": "2026-11-24T08:20:00.000000Z",
    "shared_version": 4,
    "open": 1,
}
REVIEW: Body = {
    **PROPOSAL,
    "newest_version": 5,
    "values": [
        {
            "assumption": "subscribers",
            "label": "Subscribers on affected plans",
            "unit": "subscriber",
            "shared": 104167,
            "proposed": 120000,
            "newest": 104167,
            "has_moved": False,
            "effect": 2279952,
            "source": "Billing system, October",
            "state": "open",
            "reason": "",
            "decided_by": None,
            "decided_at": None,
            "version": None,
        }
    ],
}
REMARK: Body = {
    "id": "VG9vIGhpZ2ggYWdh",
    "author": "Bob Fox",
    "by_team": False,
    "place": "assumptions.subscribers",
    "text": "Are prepaid customers in it?",
    "at": "2026-11-24T08:25:00.000000Z",
}


# --------------------------------------------------------------------------- links


@blueprint.route("/cases/<uid:case_id>/shares", methods=["GET"])
@blueprint.response(200, shapes.SharesSchema, description="The links", example={"shares": [SHARE]})
def list_shares(case_id: str) -> Response:
    """List the links of a case, the newest first."""
    _, found = shares.of_case(store(), actor(), case_id)
    return as_json(dump(shapes.SharesSchema, {"shares": found}))


@blueprint.route("/cases/<uid:case_id>/shares", methods=["POST"])
@blueprint.arguments(common.KeyHeaders, location="headers")
@blueprint.arguments(shapes.NewShareSchema, example=WISH)
@blueprint.response(
    201,
    shapes.ShareWithLinkSchema,
    description="The link with its address, which is shown this once",
    example={**SHARE, "link": LINK},
)
@blueprint.alt_response(409, "CONFLICT")
def make_share(headers: Body, body: shapes.Wish, case_id: str) -> Response:
    """Make a link for a customer to one version of a case.

    The version is frozen, and gets a name if it has none. Whoever has the address can read it,
    so send it to the customer alone. With an `Idempotency-Key` it is made once, however often
    the request arrives; the address is in the first answer only.
    """
    made = shares.create(store(), actor(), case_id, body, headers["key"])
    place = url_for("sharing.read_share", share_id=made.shared.share.uid)
    return as_json(_with_link(made), 201, Location=place)


def _with_link(made: WithSecret) -> Body:
    link = outside(url_for("shared.show", secret=made.secret)) if made.secret else None
    return dump(shapes.ShareWithLinkSchema, (made.shared, link))


@blueprint.route("/shares/<uid:share_id>", methods=["GET"])
@blueprint.response(200, shapes.ShareSchema, description="The link", example=SHARE)
def read_share(share_id: str) -> Response:
    """Read what a link allows, and how often it was opened."""
    return as_json(dump(shapes.ShareSchema, shares.load(store(), actor(), share_id)))


@blueprint.route("/shares/<uid:share_id>", methods=["PATCH"])
@blueprint.arguments(shapes.ShareChangeSchema, example={"expires": "2027-06-30"})
@blueprint.response(200, shapes.ShareSchema, description="The link", example=SHARE)
@blueprint.alt_response(409, "CONFLICT")
def change_share(body: Body, share_id: str) -> Response:
    """Change what a link allows; what is left out stays.

    A new code word, or null for none, shuts out whoever knew the old one.
    """
    changed = shares.change(store(), actor(), share_id, body)
    return as_json(dump(shapes.ShareSchema, changed))


@blueprint.route("/shares/<uid:share_id>", methods=["DELETE"])
@blueprint.response(204, description="It leads nowhere any more")
def withdraw_share(share_id: str) -> Response:
    """Withdraw a link for good. What came in through it is kept."""
    shares.withdraw(store(), actor(), share_id)
    return nothing()


@blueprint.route("/shares/<uid:share_id>/renew", methods=["POST"])
@blueprint.response(
    200,
    shapes.ShareWithLinkSchema,
    description="The link with its new address, which is shown this once",
    example={**SHARE, "link": LINK},
)
@blueprint.alt_response(409, "CONFLICT")
def renew_share(share_id: str) -> Response:
    """Give a link a new address. The old one leads nowhere from now on."""
    return as_json(_with_link(shares.renew(store(), actor(), share_id)))


@blueprint.route("/shares/<uid:share_id>/openings", methods=["GET"])
@blueprint.arguments(shapes.ShareRowsQuery, location="query")
@blueprint.response(
    200,
    shapes.OpeningSliceSchema,
    description="Some openings",
    example={"openings": [{"at": SHARE["last_opened_at"]}], "next": None},
)
def list_openings(query: Body, share_id: str) -> Response:
    """List when a link was opened, the last time first.

    Your own team is not counted, and what one visitor loads within half an hour counts once.
    """
    [before] = query["cursor"] or [None]
    found = shares.openings(store(), actor(), share_id, query["limit"], before)
    goes_on = next_cursor(found.has_more, [each.id for each in found.rows[-1:]])
    return as_json(dump(shapes.OpeningSliceSchema, {"openings": found.rows, "next": goes_on}))


@blueprint.route("/shares/<uid:share_id>/comments", methods=["GET"])
@blueprint.response(
    200, shapes.RemarksSchema, description="What was said", example={"comments": [REMARK]}
)
def list_remarks(share_id: str) -> Response:
    """List what was said on the page of a link, by the customer and by the team."""
    found = shares.comments_on(store(), actor(), share_id)
    return as_json(dump(shapes.RemarksSchema, {"comments": found}))


@blueprint.route("/shares/<uid:share_id>/comments", methods=["POST"])
@blueprint.arguments(
    shapes.AnswerSchema,
    example={"text": "They are, since version 3.", "place": "assumptions.subscribers"},
)
@blueprint.response(
    201,
    shapes.RemarkSchema,
    description="What was said",
    example={**REMARK, "author": "Ann Lee", "by_team": True},
)
def answer(body: Body, share_id: str) -> Response:
    """Say something to the customer on the page of a link."""
    said = shares.answer(store(), actor(), share_id, body["text"], body["place"])
    place = url_for("sharing.list_remarks", share_id=share_id)
    return as_json(dump(shapes.RemarkSchema, said), 201, Location=place)


# --------------------------------------------------------------------------- proposals


@blueprint.route("/cases/<uid:case_id>/proposals", methods=["GET"])
@blueprint.arguments(shapes.ShareRowsQuery, location="query")
@blueprint.response(
    200,
    shapes.ProposalSliceSchema,
    description="Some proposals",
    example={"proposals": [PROPOSAL], "next": None},
)
def list_proposals(query: Body, case_id: str) -> Response:
    """List what customers have proposed for a case, the newest first."""
    [before] = query["cursor"] or [None]
    found = proposals.of_case(store(), actor(), case_id, query["limit"], before)
    goes_on = next_cursor(found.has_more, [each.proposal.id for each in found.rows[-1:]])
    return as_json(dump(shapes.ProposalSliceSchema, {"proposals": found.rows, "next": goes_on}))


@blueprint.route("/proposals/<uid:proposal_id>", methods=["GET"])
@blueprint.response(
    200,
    shapes.ReviewSchema,
    description="The proposal; the tag is that of the case’s newest version",
    example=REVIEW,
    headers=ETAG_HEADER,
)
def read_proposal(proposal_id: str) -> Response:
    """Read a proposal: each number beside ours and beside that of the newest version."""
    return _reviewed(proposal_id)


@blueprint.route("/proposals/<uid:proposal_id>/decisions", methods=["POST"])
@blueprint.arguments(common.MatchHeaders, location="headers")
@blueprint.arguments(
    shapes.DecisionsSchema,
    example={"accept": ["subscribers"], "decline": {"uplift": "Measured in the pilot"}},
)
@blueprint.response(
    200,
    shapes.ReviewSchema,
    description="The proposal; the tag is that of the case’s newest version",
    example=REVIEW,
    headers=ETAG_HEADER,
)
@blueprint.alt_response(409, "CONFLICT")
@blueprint.alt_response(412, "PRECONDITION_FAILED")
@blueprint.alt_response(428, "PRECONDITION_REQUIRED")
def decide(headers: Body, body: shapes.Decisions, proposal_id: str) -> Response:
    """Accept or decline numbers of a proposal.

    All that are accepted make one new version of the case, on behalf of whoever proposed them.
    `If-Match` names the version that you compared with. A number that somebody has changed
    since it was shared has to stand in `replace` as well. The same decisions made again change
    nothing.
    """
    deciding.decide(store(), actor(), proposal_id, body, expected())
    return _reviewed(proposal_id)


def _reviewed(uid: str) -> Response:
    review = proposals.review(store(), actor(), uid)
    return tagged(as_json(dump(shapes.ReviewSchema, review)), review.newest.tag)
