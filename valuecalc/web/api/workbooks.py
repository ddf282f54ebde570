"""Edited workbooks on their way back into their case."""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from valuecalc.schemas import saved as saving
from valuecalc.schemas import taking_in as shapes
from valuecalc.services import cases
from valuecalc.services.starting_from_file import LARGEST_FILE
from valuecalc.web.api import examples
from valuecalc.web.api.blueprint import Blueprint, Body, as_json
from valuecalc.web.api.conditional import ETAG_HEADER, expected, tagged
from valuecalc.web.identity import actor
from valuecalc.web.limits import takes_files
from valuecalc.web.storage import store

FORM = "multipart/form-data"
ROOM_FOR_FORM = 100_000
"""Bytes of a request beside its file."""

_FILE = {"type": "string", "format": "binary"}
_BODY = {
    "required": True,
    "content": {
        cases.XLSX: {"schema": _FILE},
        FORM: {"schema": {"type": "object", "properties": {"file": _FILE}, "required": ["file"]}},
    },
}

blueprint = Blueprint("workbooks", __name__, description="Edited workbooks back into their case")


@blueprint.route("/cases/<uid:case_id>/workbook", methods=["POST"])
@takes_files(LARGEST_FILE + ROOM_FOR_FORM)
@blueprint.arguments(saving.KnownMatchHeaders, location="headers")
@blueprint.arguments(shapes.WorkbookQuery, location="query")
@blueprint.doc(requestBody=_BODY)
@blueprint.response(
    200,
    shapes.WorkbookChangesSchema,
    description="What the file has changed, and what that does to the result",
    example=examples.of("workbook_changes"),
    headers=ETAG_HEADER,
)
@blueprint.alt_response(409, "CONFLICT")
@blueprint.alt_response(412, "PRECONDITION_FAILED")
@blueprint.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@blueprint.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
@blueprint.alt_response(428, "PRECONDITION_REQUIRED")
def take_workbook_in(headers: Body, query: Body, case_id: str) -> Response:
    """Hold an edited workbook against its case, and take its numbers with `apply=true`.

    Nothing is kept without `apply`. With it, `If-Match` names the version that you know, and
    what is taken makes a new version. Numbers that the case has changed as well since the
    export have to be named in `take` (the file’s counts) or in `leave` (the case’s stays),
    else the answer is 409. Only numbers of yellow cells are taken; formulas never are.
    """
    # Loaded only when a workbook is sent: the libraries behind it are slow to start.
    from valuecalc.services import taking_in

    saved = taking_in.opened(store(), actor(), case_id)
    content, name = _file()
    found = taking_in.compare(saved, taking_in.read(content), query["file_name"] or name)
    choice = taking_in.Choice(_names(query["take"]), _names(query["leave"]))
    taking_in.refuse_unknown(found, choice)
    after = saved
    if query["apply"]:
        after = taking_in.save(store(), actor(), saved, found, choice, expected())
    document = shapes.dump_incoming(found, choice, after.version.number)
    return tagged(as_json(document), after.tag)


def _file() -> tuple[bytes, str]:
    """The workbook of a request, and its name if it has one."""
    if request.mimetype == cases.XLSX:
        return request.get_data(), ""
    file = request.files.get("file") if request.mimetype == FORM else None
    if file is None:
        raise UnsupportedMediaType(
            f"The body has to be a workbook (Content-Type: {cases.XLSX}), or a form with a “file”."
        )
    return file.read(), file.filename or ""


def _names(text: str) -> frozenset[str]:
    return frozenset(filter(None, (each.strip() for each in text.split(","))))
