"""The files of a case that is being edited: as it was when it could last be worked out."""

from __future__ import annotations

from flask import Blueprint, make_response
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.errors import CaseError, NotFound
from valuecalc.services import exchange, exporting, plan_writing, saved_cases, versions
from valuecalc.web.downloads import as_download
from valuecalc.web.identity import actor
from valuecalc.web.pages.case import wanted_scenario
from valuecalc.web.pages.saved_case import draft
from valuecalc.web.pages.workbooks import in_background
from valuecalc.web.storage import store

FORMATS = {
    **{"xlsx": "xlsx", "docx": "docx", "pdf": "pdf", "pptx": "pptx", "json": exchange.VALUE_MODELS},
    **{"xml": plan_writing.PROJECT_XML, "ics": plan_writing.CALENDAR},
}
"""What files end in, and the format of each."""

blueprint = Blueprint("editor_files", __name__, url_prefix="/cases/<uid>/edit")


@blueprint.get("/export.<kind>")
def download(uid: str, kind: str) -> AnyResponse:
    """The newest version as a file; while it is a draft, the last one that was none.

    Where there was none, it is said what has to be mended: in the workbook, or on a page.
    """
    if kind not in FORMATS:
        raise NotFound("file")
    saved = saved_cases.load(store(), actor(), uid)
    try:
        return _file(saved, kind)
    except CaseError:
        saved = versions.newest_complete(store(), actor(), uid)
    try:
        return _file(saved, kind)
    except CaseError as error:
        if kind == "xlsx":
            return as_download(exporting.export_unfinished(store(), saved, actor()))
        return make_response(draft(saved, error.problems), 422)


def _file(saved: saved_cases.Saved, kind: str) -> AnyResponse:
    elsewhere = in_background(saved, FORMATS[kind], wanted_scenario())
    if elsewhere is not None:
        return elsewhere
    made = exporting.export(store(), saved, actor(), FORMATS[kind], wanted_scenario())
    return as_download(made)
