"""The plan: what it costs when its steps come later, and plans from other programs.

`POST /api/v1/delays` is open to all and keeps nothing; `GET /api/v1/cases/<id>/delays` takes
the same in its address. `POST /api/v1/cases/<id>/plan` takes a file.
"""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from valuecalc.schemas import delays as asked
from valuecalc.schemas import plan_reading as shapes
from valuecalc.schemas import saved as saving
from valuecalc.services import cases, plan_files, saved_cases, taking_in
from valuecalc.services import delays as costs
from valuecalc.web.api import examples
from valuecalc.web.api.blueprint import Blueprint, Body, as_json, open_to_all
from valuecalc.web.api.conditional import ETAG_HEADER, expected, tagged
from valuecalc.web.api.v1 import blueprint as stateless
from valuecalc.web.identity import actor
from valuecalc.web.limits import takes_files
from valuecalc.web.storage import store

FORM = "multipart/form-data"
TEXTS = ("text/csv", "text/tab-separated-values", "text/plain")
KINDS = ("application/xml", "text/xml", cases.XLSX, *TEXTS)
"""What a plan may come as."""

ROOM_FOR_FORM = 100_000
"""Bytes of a request beside its file."""

_FILE = {"type": "string", "format": "binary"}
_BODY = {
    "required": True,
    "content": {
        **{kind: {"schema": _FILE} for kind in KINDS},
        FORM: {"schema": {"type": "object", "properties": {"file": _FILE}, "required": ["file"]}},
    },
}

blueprint = Blueprint("plan", __name__, description="The plan: delays, and plans from files")


# --------------------------------------------------------------------------- delays


@stateless.route("/delays", methods=["POST"])
@open_to_all
@stateless.arguments(asked.DelaysRequestSchema, example=examples.of("ask_delays"))
@stateless.response(
    200, asked.DelaysSchema, description="The dearest first", example=examples.of("delays")
)
def delays(body: Body) -> Response:
    """Say what it costs when each step of the plan comes later.

    One working week without `days`. Each answer has its reason in words.
    """
    found = costs.delays_of(body["case"], body["days"], body["step"], body["scenario"])
    return as_json(costs.dump(found))


@blueprint.route("/cases/<uid:case_id>/delays", methods=["GET"])
@blueprint.arguments(asked.DelaysQuery, location="query")
@blueprint.response(
    200,
    asked.DelaysSchema,
    description="The dearest first",
    example=examples.of("delays"),
    headers=ETAG_HEADER,
)
def delays_of_case(query: Body, case_id: str) -> Response:
    """Say what it costs when each step of the plan of a case that is kept comes later.

    One working week without `days`. A draft is refused with its mistakes (422).
    """
    saved = saved_cases.load(store(), actor(), case_id, query["version"])
    found = costs.delays_of(saved.case, query["days"], query["step"], query["scenario"])
    return tagged(as_json(costs.dump(found)), saved.tag)


# --------------------------------------------------------------------------- from a file


@blueprint.route("/cases/<uid:case_id>/plan", methods=["POST"])
@takes_files(plan_files.LARGEST_FILE + ROOM_FOR_FORM)
@blueprint.arguments(saving.KnownMatchHeaders, location="headers")
@blueprint.arguments(shapes.PlanFileQuery, location="query")
@blueprint.doc(requestBody=_BODY)
@blueprint.response(
    200,
    shapes.PlanReadSchema,
    description="The plan, what was read otherwise, and what changes",
    example=examples.of("plan_read"),
    headers=ETAG_HEADER,
)
@blueprint.alt_response(412, "PRECONDITION_FAILED")
@blueprint.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@blueprint.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
@blueprint.alt_response(428, "PRECONDITION_REQUIRED")
def take_plan_in(headers: Body, query: Body, case_id: str) -> Response:
    """Read the plan of a file into a case: MS Project XML, a workbook, or a table as text.

    Nothing is kept without `apply=true`. With it, `If-Match` names the version that you know,
    and the plan makes a new version. Steps that are called the same keep their ids; what the
    file does not name is taken out.
    """
    saved = taking_in.opened(store(), actor(), case_id)
    content, name = _file()
    name = query["file_name"] or name
    found = plan_files.merge(saved.case, content, name)
    after = saved
    if query["apply"]:
        after = plan_files.save(store(), actor(), saved, found, expected(), name)
    return tagged(as_json(plan_files.as_answer(found, after.version.number)), after.tag)


def _file() -> tuple[bytes, str]:
    """The file of a request, and its name if it has one."""
    if request.mimetype in KINDS:
        return request.get_data(), ""
    file = request.files.get("file") if request.mimetype == FORM else None
    if file is None:
        raise UnsupportedMediaType(
            f"The body has to be a plan (Content-Type: {', '.join(KINDS)}), or a form with a "
            "“file”."
        )
    return file.read(), file.filename or ""
