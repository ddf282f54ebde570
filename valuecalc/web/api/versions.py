"""The versions of a case: list, name, restore, compare."""

from __future__ import annotations

from flask import Response

from valuecalc.schemas import comparison as comparing
from valuecalc.schemas import saved
from valuecalc.schemas.paging import next_cursor
from valuecalc.services import comparison, saved_cases, versions
from valuecalc.web.api import examples
from valuecalc.web.api.blueprint import Blueprint, Body, as_json
from valuecalc.web.api.cases import dump
from valuecalc.web.api.conditional import ETAG_HEADER, expected, tagged, unless_known
from valuecalc.web.identity import actor
from valuecalc.web.storage import store

blueprint = Blueprint("versions", __name__, description="The versions of a case")


@blueprint.route("/cases/<uid:case_id>/versions", methods=["GET"])
@blueprint.arguments(saved.VersionListQuery, location="query")
@blueprint.response(
    200,
    saved.VersionSliceSchema,
    description="Some versions",
    example=examples.of("version_list"),
)
def list_versions(query: Body, case_id: str) -> Response:
    """List the versions of a case, the newest first, with what each has changed."""
    [before] = query["cursor"] or [None]
    found = versions.page(store(), actor(), case_id, query["limit"], before)
    last = (found.rows[-1].number,) if found.rows else ()
    return as_json(saved.dump_versions(found.rows, next_cursor(found.has_more, last)))


@blueprint.route("/cases/<uid:case_id>/versions/<version:number>", methods=["GET"])
@blueprint.arguments(saved.KnownHeaders, location="headers")
@blueprint.response(
    200,
    saved.SavedCaseSchema,
    description="The version",
    example=examples.of("saved_case"),
    headers=ETAG_HEADER,
)
@blueprint.alt_response(304, "NOT_MODIFIED")
def read_version(headers: Body, case_id: str, number: int) -> Response:
    """Read one version of a case; it never changes."""
    found = saved_cases.load(store(), actor(), case_id, number)
    return unless_known(found.tag, lambda: as_json(dump(found)))


@blueprint.route("/cases/<uid:case_id>/versions/<version:number>/freeze", methods=["POST"])
@blueprint.arguments(saved.FreezeSchema, example=examples.of("freeze"))
@blueprint.response(
    200,
    saved.SavedCaseSchema,
    description="The version with its name",
    example=examples.of("saved_case"),
    headers=ETAG_HEADER,
)
@blueprint.alt_response(409, "CONFLICT")
def freeze_version(body: Body, case_id: str, number: int) -> Response:
    """Give a version a name, once and for good; another one is refused (409)."""
    found = versions.freeze(store(), actor(), case_id, number, body["name"])
    return tagged(as_json(dump(found)), found.tag)


@blueprint.route("/cases/<uid:case_id>/versions/<version:number>/restore", methods=["POST"])
@blueprint.arguments(saved.MatchHeaders, location="headers")
@blueprint.response(
    200,
    saved.SavedCaseSchema,
    description="The new version",
    example=examples.of("saved_case"),
    headers=ETAG_HEADER,
)
@blueprint.alt_response(412, "PRECONDITION_FAILED")
@blueprint.alt_response(428, "PRECONDITION_REQUIRED")
def restore_version(headers: Body, case_id: str, number: int) -> Response:
    """Keep an earlier version as a new one; `If-Match` names the newest one that you know."""
    after = versions.restore(store(), actor(), case_id, number, expected())
    return tagged(as_json(dump(after)), after.tag)


@blueprint.route("/cases/<uid:case_id>/diff", methods=["GET"])
@blueprint.arguments(saved.DifferenceQuery, location="query")
@blueprint.response(
    200,
    comparing.ComparisonSchema,
    description="What changed, and what that did to the figures",
    example=examples.of("comparison"),
)
def compare_versions(query: Body, case_id: str) -> Response:
    """Compare two versions: every change, the figures before and after, and the way between."""
    earlier, later = versions.two(store(), actor(), case_id, query["first"], query["last"])
    found = comparison.compare_documents(earlier.document, later.document)
    return as_json(comparison.dump_comparison(found))
