"""Work in the background: portfolios and large workbooks, how far they are, what came of them."""

from __future__ import annotations

from flask import Response, url_for

from valuecalc.errors import Conflict
from valuecalc.schemas import jobs as shapes
from valuecalc.schemas.paging import next_cursor
from valuecalc.schemas.portfolio import PortfolioAsked, PortfolioRequestSchema, PortfolioSchema
from valuecalc.schemas.saved import KeyHeaders, KnownHeaders
from valuecalc.services import cases, jobs, portfolio, workbook_jobs
from valuecalc.web.api import examples
from valuecalc.web.api.blueprint import Blueprint, Body, as_json
from valuecalc.web.api.conditional import ETAG_HEADER, unless_known
from valuecalc.web.downloads import as_download
from valuecalc.web.identity import actor
from valuecalc.web.storage import store

LOCATION_HEADER = {"Location": {"description": "Where the job is.", "schema": {"type": "string"}}}

_FILES = {cases.XLSX: {"schema": {"type": "string", "format": "binary"}}}

blueprint = Blueprint("jobs", __name__, description="Work in the background, such as portfolios")


@blueprint.route("/portfolios", methods=["POST"])
@blueprint.arguments(KeyHeaders, location="headers")
@blueprint.arguments(PortfolioRequestSchema, example=examples.of("new_portfolio"))
@blueprint.response(
    202,
    shapes.JobSchema,
    description="The job that works it out",
    example=examples.of("job"),
    headers=LOCATION_HEADER,
)
@blueprint.alt_response(409, "CONFLICT")
def start_portfolio(headers: Body, asked: PortfolioAsked) -> Response:
    """Work out many cases of a team together, in the background.

    Ask at `Location` how far it is. The cases are taken in the versions that they have now.
    The same request, sent again while it is unfinished or with the same `Idempotency-Key`,
    gives the same job.
    """
    job = portfolio.submit(store(), actor(), asked, headers["key"])
    place = url_for("jobs.read_job", job_id=job.uid)
    return as_json(shapes.dump_job(job), 202, Location=place)


@blueprint.route("/jobs", methods=["GET"])
@blueprint.arguments(shapes.JobListQuery, location="query")
@blueprint.response(
    200, shapes.JobSliceSchema, description="Some jobs", example=examples.of("job_list")
)
def list_jobs(query: Body) -> Response:
    """List the jobs of your teams, the newest first."""
    [before] = query["cursor"] or [None]
    found = jobs.page(store(), actor(), query["team"], query["limit"], before)
    last = (found.rows[-1].number,) if found.rows else ()
    return as_json(shapes.dump_jobs(found.rows, next_cursor(found.has_more, last)))


@blueprint.route("/jobs/<uid:job_id>", methods=["GET"])
@blueprint.response(200, shapes.JobSchema, description="The job", example=examples.of("job"))
def read_job(job_id: str) -> Response:
    """See how far a job is, and why it has failed if it has."""
    return as_json(shapes.dump_job(jobs.read(store(), actor(), job_id)))


@blueprint.route("/jobs/<uid:job_id>/result", methods=["GET"])
@blueprint.arguments(KnownHeaders, location="headers")
@blueprint.response(
    200,
    PortfolioSchema,
    description="The answer",
    example=examples.of("portfolio"),
    headers=ETAG_HEADER,
)
@blueprint.alt_response(304, "NOT_MODIFIED")
@blueprint.alt_response(409, "CONFLICT")
def read_result(headers: Body, job_id: str) -> Response:
    """Read the answer of a job.

    While it is unfinished the answer is 409, with the seconds to wait in `Retry-After`; 409
    also says why there will be none, when the job has failed or was cancelled.
    """
    job = jobs.read(store(), actor(), job_id)
    if job.kind == workbook_jobs.NAME:
        raise Conflict("The answer of this job is a file.", "Ask for it at /jobs/{id}/file.")

    def answer() -> Response:
        return as_json(jobs.result(store(), actor(), job_id))

    return unless_known(job.sha, answer) if job.sha else answer()


@blueprint.route("/jobs/<uid:job_id>/file", methods=["GET"])
@blueprint.doc(responses={"200": {"description": "The file", "content": _FILES}})
@blueprint.alt_response(409, "CONFLICT")
def read_file(job_id: str) -> Response:
    """Take the file of a job that writes a large workbook.

    Until there is one, and when there will be none, the answer is 409 and says why, as it is for
    the answers of other jobs. It is gone with its case.
    """
    return as_download(workbook_jobs.file(store(), actor(), job_id))


@blueprint.route("/jobs/<uid:job_id>", methods=["DELETE"])
@blueprint.response(
    200, shapes.JobSchema, description="The job as it is now", example=examples.of("job")
)
def cancel_job(job_id: str) -> Response:
    """Cancel a job; nothing happens to one that has ended.

    Whoever has started it may do this, and an owner of the team.
    """
    return as_json(shapes.dump_job(jobs.cancel(store(), actor(), job_id)))
