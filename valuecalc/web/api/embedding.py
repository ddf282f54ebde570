"""Somebody's own Word document: its tags, what would be filled in, filling it, and a chapter.

`POST /api/v1/tags`, `fill`, `chapter` and `check-template` are open to all and keep nothing;
those below `/api/v1/cases/<id>` take the case from there.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from valuecalc.case.case import Case
from valuecalc.schemas import embedding as shapes
from valuecalc.schemas import requests
from valuecalc.schemas.saved import ResultQuery
from valuecalc.services import cases, chapters, embedding, saved_cases
from valuecalc.services.chapters import ChapterWish
from valuecalc.services.embedding import FillWish
from valuecalc.services.saved_cases import Saved
from valuecalc.web.api import examples
from valuecalc.web.api.blueprint import Blueprint, Body, as_json, open_to_all
from valuecalc.web.api.conditional import ETAG_HEADER, tagged
from valuecalc.web.api.v1 import EXAMPLE_CASE
from valuecalc.web.api.v1 import blueprint as stateless
from valuecalc.web.downloads import as_download
from valuecalc.web.identity import actor
from valuecalc.web.limits import takes_files
from valuecalc.web.storage import store

if TYPE_CHECKING:
    from valuecalc.services.embedding import Embedded

FORM = "multipart/form-data"
REPORT = "Valuecalc-Report"
ROOM_FOR_FORM = 2_000_000
"""Bytes of a request beside its document: a case, and what may be written over."""

_LARGEST = embedding.LARGEST_DOCUMENT + ROOM_FOR_FORM
_FILE = {"type": "string", "format": "binary"}
_DOCUMENT = {
    "document": {**_FILE, "description": "The Word document, or a template (.docx, .dotx)."}
}
_CASE = {"case": {"type": "string", "description": "The case, as a file has it: JSON or YAML."}}
_OVERWRITE = {
    "overwrite": {
        "type": "array",
        "items": {"type": "string", "maxLength": shapes.LONGEST_SPOT},
        "description": "Tags and spots that may be written over although somebody has typed there: "
        "one to a field, or several in one as a JSON array; * stands for all.",
    }
}


def _form(*parts: Body) -> Body:
    properties: Body = {}
    for each in parts:
        properties |= each
    needed = [name for name in properties if name != "overwrite"]
    return {"schema": {"type": "object", "properties": properties, "required": needed}}


def _body(*parts: Body, or_file: bool) -> Body:
    content = {FORM: _form(*parts)}
    return {
        "required": True,
        "content": content | ({cases.DOCX: {"schema": _FILE}} if or_file else {}),
    }


_FILLED = {
    "200": {
        "description": "The filled document; with `report`, JSON",
        "headers": {
            REPORT: {
                "description": "How many controls have which outcome: `filled=24 conflict=1`.",
                "schema": {"type": "string"},
            }
        },
        "content": {
            cases.DOCX: {"schema": _FILE},
            "application/json": {
                "schema": shapes.FilledDocumentSchema,
                "example": examples.of("word_filled"),
            },
        },
    }
}

blueprint = Blueprint(
    "embedding", __name__, description="Numbers into somebody's own Word document"
)


# --------------------------------------------------------------------------- cases in the body


@stateless.route("/tags", methods=["POST"])
@open_to_all
@stateless.arguments(
    requests.CalculateRequestSchema, example={"case": EXAMPLE_CASE, "scenario": "expected"}
)
@stateless.response(
    200,
    shapes.WordTagsSchema,
    description="The tags, with what stands behind each now",
    example=examples.of("word_tags"),
)
def tags(body: Body) -> Response:
    """List what the content controls of a Word document can be tagged with."""
    return as_json(shapes.dump_tags(embedding.list_tags(body["case"], body["scenario"])))


@stateless.route("/fill", methods=["POST"])
@open_to_all
@takes_files(_LARGEST)
@stateless.arguments(shapes.UnkeptFillQuery, location="query")
@stateless.doc(requestBody=_body(_CASE, _DOCUMENT, _OVERWRITE, or_file=False), responses=_FILLED)
@stateless.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@stateless.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
def fill(query: Body) -> Response:
    """Fill the content controls of a Word document with what a case says.

    What somebody has typed over is left and reported as a conflict, unless `overwrite` names it.
    Nothing is kept.
    """
    made = embedding.fill(_case(), _document(), query["scenario"], _overwrite(), _manner(query))
    return _answer(made, as_report=query["report"])


@stateless.route("/check-template", methods=["POST"])
@open_to_all
@takes_files(_LARGEST)
@stateless.arguments(shapes.UnkeptCheckQuery, location="query")
@stateless.doc(requestBody=_body(_CASE, _DOCUMENT, or_file=False))
@stateless.response(
    200,
    shapes.TemplateCheckSchema,
    description="What filling it would do",
    example=examples.of("word_check"),
)
@stateless.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@stateless.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
def check_template(query: Body) -> Response:
    """Check what filling a Word document would do, and what is wrong with its controls."""
    made = embedding.check(_case(), _document(), query["scenario"], _manner(query))
    return as_json(shapes.dump_check(made))


@stateless.route("/chapter", methods=["POST"])
@open_to_all
@takes_files(_LARGEST)
@stateless.arguments(shapes.UnkeptChapterQuery, location="query")
@stateless.doc(requestBody=_body(_CASE, _DOCUMENT, _OVERWRITE, or_file=False), responses=_FILLED)
@stateless.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@stateless.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
def chapter(query: Body) -> Response:
    """Put a chapter with what a case says into a Word document, in the styles of the document.

    Sent again with the chapter in it, it is written anew where it is. A section in which somebody
    has written is left and reported as a conflict, unless `overwrite` names it. Nothing is kept.
    """
    made = chapters.insert(_case(), _document(), _wish(query), query["scenario"], _overwrite())
    return _answer(made, as_report=query["report"])


@stateless.route("/word-template", methods=["GET"])
@open_to_all
@stateless.arguments(shapes.TemplateQuery, location="query")
@stateless.doc(
    responses={"200": {"description": "The template", "content": {cases.DOCX: {"schema": _FILE}}}}
)
def template(query: Body) -> Response:
    """Take a Word template to begin with, whose controls have the usual tags."""
    # Whoever shows a token has to be told when it is not valid, here as everywhere.
    actor()
    return as_download(embedding.starter(query["language"]))


# --------------------------------------------------------------------------- cases that are kept


@blueprint.route("/cases/<uid:case_id>/tags", methods=["GET"])
@blueprint.arguments(ResultQuery, location="query")
@blueprint.response(
    200,
    shapes.WordTagsSchema,
    description="The tags, with what stands behind each now",
    example=examples.of("word_tags"),
    headers=ETAG_HEADER,
)
def tags_of_case(query: Body, case_id: str) -> Response:
    """List what the content controls of a Word document can be tagged with, for a kept case."""
    saved = _opened(case_id, query)
    found = embedding.list_tags(saved.case, query["scenario"])
    return tagged(as_json(shapes.dump_tags(found)), saved.tag)


@blueprint.route("/cases/<uid:case_id>/fill", methods=["POST"])
@takes_files(_LARGEST)
@blueprint.arguments(shapes.FillQuery, location="query")
@blueprint.doc(requestBody=_body(_DOCUMENT, _OVERWRITE, or_file=True), responses=_FILLED)
@blueprint.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@blueprint.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
def fill_of_case(query: Body, case_id: str) -> Response:
    """Fill the content controls of a Word document with what a kept case says.

    What somebody has typed over is left and reported as a conflict, unless `overwrite` names it.
    The document is not kept; that somebody filled one is noted in the audit log.
    """
    saved = _opened(case_id, query)
    content, overwrite = _document(or_body=True), _overwrite()
    made = embedding.fill_saved(
        store(), saved, actor(), content, query["scenario"], overwrite, _manner(query)
    )
    return tagged(_answer(made, as_report=query["report"]), saved.tag)


@blueprint.route("/cases/<uid:case_id>/chapter", methods=["POST"])
@takes_files(_LARGEST)
@blueprint.arguments(shapes.ChapterQuery, location="query")
@blueprint.doc(requestBody=_body(_DOCUMENT, _OVERWRITE, or_file=True), responses=_FILLED)
@blueprint.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@blueprint.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
def chapter_of_case(query: Body, case_id: str) -> Response:
    """Put a chapter with what a kept case says into a Word document, in its own styles.

    Sent again with the chapter in it, it is written anew where it is. A section in which somebody
    has written is left and reported as a conflict, unless `overwrite` names it. The document is
    not kept; that somebody put the chapter into one is noted in the audit log.
    """
    saved = _opened(case_id, query)
    content, overwrite = _document(or_body=True), _overwrite()
    made = chapters.insert_saved(
        store(), saved, actor(), content, _wish(query), query["scenario"], overwrite
    )
    return tagged(_answer(made, as_report=query["report"]), saved.tag)


@blueprint.route("/cases/<uid:case_id>/check-template", methods=["POST"])
@takes_files(_LARGEST)
@blueprint.arguments(shapes.CheckQuery, location="query")
@blueprint.doc(requestBody=_body(_DOCUMENT, or_file=True))
@blueprint.response(
    200,
    shapes.TemplateCheckSchema,
    description="What filling it would do",
    example=examples.of("word_check"),
    headers=ETAG_HEADER,
)
@blueprint.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@blueprint.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
def check_template_of_case(query: Body, case_id: str) -> Response:
    """Check what filling a Word document with a kept case would do."""
    saved = _opened(case_id, query)
    content = _document(or_body=True)
    made = embedding.check(saved.case, content, query["scenario"], _manner(query))
    return tagged(as_json(shapes.dump_check(made)), saved.tag)


def _manner(query: Body) -> FillWish:
    return FillWish(charts=query["charts"], language=query["language"])


def _wish(query: Body) -> ChapterWish:
    wished = ("place", "name", "length", "sections", "charts", "language")
    return ChapterWish(**{name: query[name] for name in wished})


def _opened(case_id: str, query: Body) -> Saved:
    return saved_cases.load(store(), actor(), case_id, query["version"])


# --------------------------------------------------------------------------- what is sent


def _answer(made: Embedded, *, as_report: bool) -> Response:
    counts = Counter(each.outcome.value for each in made.report.entries)
    if as_report:
        export = made.export
        response = as_json(shapes.dump_filled(export.name, export.content, made.report))
    else:
        response = as_download(made.export)
    response.headers[REPORT] = " ".join(f"{name}={count}" for name, count in counts.items())
    return response


def _case() -> Case:
    """The case of a form, as a field or as a file. Raises `CaseError` and `DocumentError`."""
    file = request.files.get("case") if request.mimetype == FORM else None
    text: Any = file.read() if file else request.form.get("case")
    if text is None:
        raise UnsupportedMediaType(f"The body has to be a form ({FORM}) with a “case”.")
    return cases.read(text)


def _document(*, or_body: bool = False) -> bytes:
    """The document of a request."""
    if or_body and request.mimetype == cases.DOCX:
        return request.get_data()
    file = request.files.get("document") if request.mimetype == FORM else None
    if file is None:
        alone = f"a Word document (Content-Type: {cases.DOCX}), or " if or_body else ""
        raise UnsupportedMediaType(
            f"The body has to be {alone}a form ({FORM}) with the file “document”."
        )
    content: bytes = file.read()
    return content


def _overwrite() -> frozenset[str]:
    return shapes.read_overwrite(request.form.getlist("overwrite"))
