"""Cases that are kept: list, make, read, change, bin; their result, trace and files."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from valuecalc.errors import CaseError, InputError, NotFound
from valuecalc.schemas import result, saved
from valuecalc.schemas.jobs import JobSchema, dump_job
from valuecalc.schemas.paging import next_cursor
from valuecalc.services import cases, exchange, exporting, saved_cases, workbook_jobs
from valuecalc.services.jobs import State
from valuecalc.services.proposing import Wish
from valuecalc.services.saved_cases import Saved
from valuecalc.web.api import examples
from valuecalc.web.api.blueprint import Blueprint, Body, as_json, nothing
from valuecalc.web.api.conditional import ETAG_HEADER, expected, tagged, unless_known
from valuecalc.web.downloads import as_download
from valuecalc.web.errors import failure_of_input, failure_of_refusal
from valuecalc.web.identity import actor
from valuecalc.web.problem import Failure, problem_response
from valuecalc.web.storage import store

MERGE_PATCH = "application/merge-patch+json"
REPLAYED = "Idempotency-Replayed"

LOCATION_HEADER = {"Location": {"description": "Where the case is.", "schema": {"type": "string"}}}
REPLAYED_HEADER = {
    REPLAYED: {
        "description": "true, when an earlier request with the same key has made it.",
        "schema": {"type": "string"},
    }
}
JOB_HEADER = {"Location": {"description": "Where the job is.", "schema": {"type": "string"}}}
MADE_HEADERS = {**ETAG_HEADER, **LOCATION_HEADER, **REPLAYED_HEADER}

blueprint = Blueprint("cases", __name__, description="Cases that are kept for a team")


# --------------------------------------------------------------------------- many


@blueprint.route("/cases", methods=["GET"])
@blueprint.arguments(saved.CaseListQuery, location="query")
@blueprint.response(
    200, saved.CaseSliceSchema, description="Some cases", example=examples.of("case_list")
)
def list_cases(query: Body) -> Response:
    """List the cases of your teams.

    The one that was saved last comes first. A case that is saved while you turn the pages
    moves to the first one; to follow what changes, ask for `changed_since`.
    """
    found = saved_cases.page(
        store(),
        actor(),
        query["limit"],
        query["cursor"],
        query["team"],
        words=query["q"],
        customer=query["customer"],
        sector=query["sector"],
        currency=query["currency"],
        changed_since=query["changed_since"],
        in_bin=query["binned"],
    )
    last = saved_cases.cursor_after(found.rows[-1]) if found.rows else ()
    return as_json(saved.dump_cases(found.rows, next_cursor(found.has_more, last)))


@blueprint.route("/cases", methods=["POST"])
@blueprint.arguments(saved.KeyHeaders, location="headers")
@blueprint.arguments(saved.NewCaseSchema, example=examples.of("new_case"))
@blueprint.response(
    201,
    saved.SavedCaseSchema,
    description="The case as it is kept",
    example=examples.of("saved_case"),
    headers=MADE_HEADERS,
)
@blueprint.alt_response(409, "CONFLICT")
def create_case(headers: Body, body: Body) -> Response:
    """Keep a new case.

    A case with mistakes is kept as a draft; `problems` says what is wrong with it. Send an
    `Idempotency-Key` to be able to repeat the request: it makes one case, however often it
    arrives within a week.
    """
    made, is_replay = saved_cases.create(
        store(), actor(), body["case"], body["team"], body["note"], headers["key"]
    )
    return as_made(dump(made), made, is_replay)


def as_made(document: Body, made: Saved, is_replay: bool) -> Response:
    """The answer to a request that has made a case."""
    place = url_for("cases.read_case", case_id=made.head.uid)
    response = tagged(as_json(document, 201, Location=place), made.tag)
    if is_replay:
        response.headers[REPLAYED] = "true"
    return response


def dump(found: Saved) -> Body:
    """A case as it is kept, with what is wrong with it."""
    return saved.dump_saved(found, found.problems)


# --------------------------------------------------------------------------- one


@blueprint.route("/cases/<uid:case_id>", methods=["GET"])
@blueprint.arguments(saved.KnownHeaders, location="headers")
@blueprint.arguments(saved.VersionQuery, location="query")
@blueprint.response(
    200,
    saved.SavedCaseSchema,
    description="The case",
    example=examples.of("saved_case"),
    headers=ETAG_HEADER,
)
@blueprint.alt_response(304, "NOT_MODIFIED")
def read_case(headers: Body, query: Body, case_id: str) -> Response:
    """Read a case, in its newest version or in another one."""
    found = saved_cases.load(store(), actor(), case_id, query["version"])
    return unless_known(found.tag, lambda: as_json(dump(found)))


@blueprint.route("/cases/<uid:case_id>", methods=["PUT"])
@blueprint.arguments(saved.MatchHeaders, location="headers")
@blueprint.arguments(saved.ChangedCaseSchema, example=examples.of("changed_case"))
@blueprint.response(
    200,
    saved.SavedCaseSchema,
    description="The new version",
    example=examples.of("saved_case"),
    headers=ETAG_HEADER,
)
@blueprint.alt_response(412, "PRECONDITION_FAILED")
@blueprint.alt_response(428, "PRECONDITION_REQUIRED")
def replace_case(headers: Body, body: Body, case_id: str) -> Response:
    """Keep a changed case as a new version.

    `If-Match` names the version that you read; when somebody else has saved since, nothing is
    kept and the answer (412) says who. A case that is the same as before makes no version.
    """
    after = saved_cases.save(store(), actor(), case_id, body["case"], expected(), body["note"])
    return tagged(as_json(dump(after)), after.tag)


@blueprint.route("/cases/<uid:case_id>", methods=["PATCH"])
@blueprint.arguments(saved.MatchHeaders, location="headers")
@blueprint.arguments(saved.PatchQuery, location="query")
@blueprint.arguments(
    saved.CasePatchSchema, content_type=MERGE_PATCH, example=examples.of("case_patch")
)
@blueprint.response(
    200,
    saved.SavedCaseSchema,
    description="The new version",
    example=examples.of("saved_case"),
    headers=ETAG_HEADER,
)
@blueprint.alt_response(412, "PRECONDITION_FAILED")
@blueprint.alt_response(428, "PRECONDITION_REQUIRED")
def patch_case(headers: Body, query: Body, patch: Body, case_id: str) -> Response:
    """Change a part of a case (JSON Merge Patch, RFC 7396).

    Items go by their ids: `{"assumptions": {"subscribers": {"value": "120,000"}}}`. null
    removes, a new id adds; everything else stays. `If-Match` as for PUT.
    """
    after = saved_cases.patch(store(), actor(), case_id, expected(), patch, query["note"])
    return tagged(as_json(dump(after)), after.tag)


@blueprint.route("/cases/<uid:case_id>", methods=["DELETE"])
@blueprint.arguments(saved.KnownMatchHeaders, location="headers")
@blueprint.response(204, description="It is in the bin")
@blueprint.alt_response(412, "PRECONDITION_FAILED")
def bin_case(headers: Body, case_id: str) -> Response:
    """Put a case into the bin, from where it can be put back for 30 days.

    With `If-Match` only when nobody has saved since.
    """
    saved_cases.delete(store(), actor(), case_id, expected())
    return nothing()


@blueprint.route("/cases/<uid:case_id>/put-back", methods=["POST"])
@blueprint.response(
    200,
    saved.SavedCaseSchema,
    description="The case",
    example=examples.of("saved_case"),
    headers=ETAG_HEADER,
)
def put_case_back(case_id: str) -> Response:
    """Take a case out of the bin; nothing happens to one that is not in it."""
    found = saved_cases.put_back(store(), actor(), case_id)
    return tagged(as_json(dump(found)), found.tag)


# --------------------------------------------------------------------------- worked out


def _opened(case_id: str, query: Body) -> Saved:
    return saved_cases.load(store(), actor(), case_id, query["version"])


@blueprint.route("/cases/<uid:case_id>/result", methods=["GET"])
@blueprint.arguments(saved.ResultQuery, location="query")
@blueprint.response(
    200,
    result.ResultSchema,
    description="The worked-out case",
    example=examples.of("result"),
    headers=ETAG_HEADER,
)
def work_case_out(query: Body, case_id: str) -> Response:
    """Work out a case that is kept; a draft is refused with its mistakes (422)."""
    found = _opened(case_id, query)
    worked_out = cases.calculate(found.case, query["scenario"])
    return tagged(as_json(result.dump_result(worked_out)), found.tag)


@blueprint.route("/cases/<uid:case_id>/explain", methods=["GET"])
@blueprint.arguments(saved.ExplainQuery, location="query")
@blueprint.response(
    200,
    result.TraceSchema,
    description="The tree down to the sources",
    example=examples.of("trace"),
    headers=ETAG_HEADER,
)
def explain_case(query: Body, case_id: str) -> Response:
    """Explain how a figure of a case that is kept came about."""
    found = _opened(case_id, query)
    trace = cases.explain(found.case, query["figure"], query["scenario"])
    return tagged(as_json(result.dump_trace(trace)), found.tag)


_FILE = {"schema": {"type": "string", "format": "binary"}}
_FILES: dict[str, Any] = {
    **dict.fromkeys(cases.MEDIA_TYPES.values(), _FILE),
    exchange.JSON: {"schema": {"type": "object"}, "example": examples.of("value_model")},
}


@blueprint.route("/cases/<uid:case_id>/export", methods=["GET"])
@blueprint.arguments(saved.ExportQuery, location="query")
@blueprint.doc(responses={"200": {"description": "The file", "content": _FILES}})
@blueprint.alt_response(
    202,
    schema=JobSchema,
    description="The job that writes a large workbook",
    example=examples.of("job"),
    headers=JOB_HEADER,
)
@blueprint.alt_response(409, "CONFLICT")
@blueprint.alt_response(501, "NOT_IMPLEMENTED")
@blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
def export_case(query: Body, case_id: str) -> Response:
    """Write a case as a workbook, a document, slides or a value model for other programs.

    A PDF is the document as LibreOffice prints it: where the server has none, the answer is 501
    and says what to install; where too many are being made, 503 with `Retry-After`.

    A workbook of about 100,000 formulas and more is written in the background: the answer is 202
    with the job, and `Location` says where the job is. When it is done, the file is at
    `/jobs/{job_id}/file`, and here, for the rest of the day.

    A draft with mistakes is answered with 422, or with `unfinished` by a workbook that lists them.
    """
    found = _opened(case_id, query)
    try:
        return _exported(found, query)
    except CaseError:
        if not (query["unfinished"] and query["format"] == "xlsx"):
            raise
        return as_download(exporting.export_unfinished(store(), found, actor()))


def _exported(found: Saved, query: Body) -> Response:
    if not workbook_jobs.is_needed(found.case, query["format"]):
        wish = Wish(language=query["language"])
        return as_download(
            exporting.export(store(), found, actor(), query["format"], query["scenario"], wish)
        )
    job = workbook_jobs.submit(store(), found, actor(), query["scenario"])
    if job.state is State.DONE:
        return as_download(workbook_jobs.file(store(), actor(), job.uid))
    return as_json(dump_job(job), 202, Location=url_for("jobs.read_job", job_id=job.uid))


# --------------------------------------------------------------------------- many at once


@blueprint.route("/calculate/bulk", methods=["POST"])
@blueprint.arguments(saved.BulkRequestSchema, example=examples.of("bulk"))
@blueprint.response(
    200,
    saved.BulkResultsSchema,
    description="One answer for each case",
    example=examples.of("bulk_results"),
)
def calculate_many(body: Body) -> Response:
    """Work out up to 100 cases: documents, or the ids of cases that are kept.

    The answers come in the order of the cases. A case that cannot be worked out has a
    `problem` in the place of a `result`; the others are not touched by it.
    """
    return as_json({"results": [_answer(each) for each in body["cases"]]})


def _answer(item: Any) -> Body:
    try:
        wish = saved.read_bulk_item(item)
        case = wish["case"] or saved_cases.load(store(), actor(), wish["id"], wish["version"]).case
        worked_out = cases.calculate(case, wish["scenario"])
    except InputError as error:
        return _failed(failure_of_input(error))
    except NotFound as error:
        return _failed(failure_of_refusal(error))
    return {"result": result.dump_result(worked_out), "problem": None}


def _failed(failure: Failure) -> Body:
    return {"result": None, "problem": problem_response(failure).get_json()}
