"""A case that somebody sends in: worked out and shown, or all its mistakes; nothing is kept."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, current_app, make_response, render_template, request

from valuecalc.errors import DocumentError, InputError, Problem, UnknownName
from valuecalc.services import cases, exporting, library
from valuecalc.web.downloads import as_download
from valuecalc.web.errors import problems_of
from valuecalc.web.identity import reader
from valuecalc.web.pages.case import render_explanation, wanted_scenario
from valuecalc.web.pages.case_page import render_case
from valuecalc.web.pages.places import PostedPlace
from valuecalc.web.pages.worked_out import choose

blueprint = Blueprint("calculate", __name__, url_prefix="/calculate")


@blueprint.get("")
def form() -> str:
    """The form, empty or with an example to start from."""
    example = request.args.get("example")
    document = example_text(example) if example else ""
    return _render_form(document)


@blueprint.post("")
def show() -> Response | str:
    """The case that was sent, worked out; or the form with every mistake in it."""
    document = ""
    try:
        document = sent_document()
        results = cases.compare(cases.read(document))
        result = choose(results, wanted_scenario())
    except UnknownName:
        raise
    except InputError as error:
        return mistakes(document, error)
    return render_case(result, results, PostedPlace(document, result.scenario))


@blueprint.post("/explain/<figure>")
def explain(figure: str) -> Response | str:
    """How a figure of the case that was sent came about."""
    document = sent_document()
    case = cases.read(document)
    result = cases.calculate(case, wanted_scenario())
    trace = cases.explain(case, figure, result.scenario)
    return render_explanation(result, trace, PostedPlace(document, result.scenario))


@blueprint.post("/export/<kind>")
def download(kind: str) -> Response:
    """The case that was sent as a file."""
    case, source = cases.read(sent_document()), "a text that was worked out"
    return as_download(exporting.export_unkept(case, reader(), kind, wanted_scenario(), source))


def sent_document() -> str:
    """The text of the case: that of the file if one was chosen, else what was pasted.

    Raises `DocumentError` when it is no text.
    """
    file = request.files.get("file")
    if file is None or not file.filename:
        # Forms send line ends as two characters; what is shown again should not grow.
        return request.form.get("document", "").replace("\r\n", "\n")
    content: bytes = file.read()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentError(
            "The file is no text in UTF-8.", "Save it as UTF-8, or paste its text."
        ) from None


def mistakes(document: str, error: InputError) -> Response:
    """The form again, with every mistake above the text."""
    found = [_with_line_shown(each, document) for each in problems_of(error, "document")]
    return make_response(_render_form(document, found), 422)


def _with_line_shown(problem: Problem, document: str) -> Problem:
    """The problem with the line that it stands in, unless it shows a formula already."""
    lines = document.splitlines()
    if problem.excerpt or not problem.line or problem.line > len(lines):
        return problem
    return replace(problem, excerpt=lines[problem.line - 1].strip()[:120])


def example_text(slug: str) -> str:
    """The file of a straw-man. Raises `UnknownName`."""
    return library.straw_man(slug).path.read_text(encoding="utf-8")


def _render_form(document: str, found: list[Problem] | None = None) -> str:
    count = len(found or ())
    return render_template(
        "calculate.html",
        document=document,
        mistakes=found or [],
        summary="1 mistake to mend" if count == 1 else f"{count} mistakes to mend",
        straw_men=library.straw_men(),
        max_size=f"{current_app.config['MAX_CONTENT_LENGTH'] / 1e6:g} MB",
    )
