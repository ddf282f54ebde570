"""Comments on a case: list, write, resolve, reopen, take back."""

from __future__ import annotations

from flask import Response, url_for

from valuecalc.schemas import comments as shapes
from valuecalc.schemas.paging import next_cursor
from valuecalc.services import comments
from valuecalc.web.api import examples
from valuecalc.web.api.blueprint import Blueprint, Body, as_json, nothing
from valuecalc.web.identity import actor
from valuecalc.web.storage import store

blueprint = Blueprint("comments", __name__, description="Comments on a case or a place in it")


@blueprint.route("/cases/<uid:case_id>/comments", methods=["GET"])
@blueprint.arguments(shapes.CommentListQuery, location="query")
@blueprint.response(
    200,
    shapes.CommentSliceSchema,
    description="Some comments",
    example=examples.of("comment_list"),
)
def list_comments(query: Body, case_id: str) -> Response:
    """List the comments on a case, the oldest first."""
    [after] = query["cursor"] or [None]
    found = comments.page(
        store(),
        actor(),
        case_id,
        query["limit"],
        after,
        place=query["place"],
        resolved=query["resolved"],
    )
    last = (found.rows[-1].id,) if found.rows else ()
    return as_json(shapes.dump_comments(found.rows, next_cursor(found.has_more, last)))


@blueprint.route("/cases/<uid:case_id>/comments", methods=["POST"])
@blueprint.arguments(shapes.NewCommentSchema, example=examples.of("new_comment"))
@blueprint.response(
    201,
    shapes.CaseCommentSchema,
    description="The comment",
    example=examples.of("comment"),
)
def write_comment(body: Body, case_id: str) -> Response:
    """Comment on a case, or on one place in it."""
    made = comments.add(store(), actor(), case_id, body["text"], body["place"], body["version"])
    place = url_for("comments.list_comments", case_id=case_id)
    return as_json(shapes.dump_comment(made), 201, Location=place)


@blueprint.route("/cases/<uid:case_id>/comments/<uid:comment_id>/resolve", methods=["POST"])
@blueprint.response(
    200, shapes.CaseCommentSchema, description="The comment", example=examples.of("comment")
)
def resolve_comment(case_id: str, comment_id: str) -> Response:
    """Say that a comment is dealt with."""
    return as_json(shapes.dump_comment(comments.resolve(store(), actor(), case_id, comment_id)))


@blueprint.route("/cases/<uid:case_id>/comments/<uid:comment_id>/reopen", methods=["POST"])
@blueprint.response(
    200, shapes.CaseCommentSchema, description="The comment", example=examples.of("comment")
)
def reopen_comment(case_id: str, comment_id: str) -> Response:
    """Say that a comment is not dealt with after all."""
    return as_json(shapes.dump_comment(comments.reopen(store(), actor(), case_id, comment_id)))


@blueprint.route("/cases/<uid:case_id>/comments/<uid:comment_id>", methods=["DELETE"])
@blueprint.response(204, description="It is gone")
def delete_comment(case_id: str, comment_id: str) -> Response:
    """Take a comment back: your own, or as an editor any."""
    comments.delete(store(), actor(), case_id, comment_id)
    return nothing()
