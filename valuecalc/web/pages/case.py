"""The pages of one straw-man: the case, the explanation of each of its numbers, its files."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request

from valuecalc.engine.result import Result, Trace
from valuecalc.services import cases, exporting, library
from valuecalc.web.downloads import as_download
from valuecalc.web.identity import reader
from valuecalc.web.pages.case_page import render_case
from valuecalc.web.pages.explanation import shape
from valuecalc.web.pages.places import EXPECTED, LibraryPlace, Place
from valuecalc.web.pages.worked_out import choose, scenarios_of

blueprint = Blueprint("case", __name__, url_prefix="/straw-men/<slug>")


@blueprint.get("")
def show(slug: str) -> str:
    """A straw-man, worked out in the scenario of the address."""
    results = scenarios_of(slug)
    result = choose(results, wanted_scenario())
    return render_case(result, results, LibraryPlace(slug, result.scenario))


@blueprint.get("/explain/<figure>")
def explain(slug: str, figure: str) -> str:
    """How a figure of a straw-man came about."""
    result = choose(scenarios_of(slug), wanted_scenario())
    trace = cases.explain(library.straw_man(slug).case, figure, result.scenario)
    return render_explanation(result, trace, LibraryPlace(slug, result.scenario))


@blueprint.get("/export/<stem>.<kind>")
def download(slug: str, stem: str, kind: str) -> Response:
    """A straw-man as a file."""
    case = library.straw_man(slug).case
    if stem != slug:
        abort(404)
    source = f"the straw-man {slug}"
    return as_download(exporting.export_unkept(case, reader(), kind, wanted_scenario(), source))


def wanted_scenario() -> str:
    """The scenario that the address asks for."""
    return request.args.get("scenario") or EXPECTED


def render_explanation(result: Result, trace: Trace, place: Place) -> str:
    """The page that explains a figure."""
    step = shape(trace, result)
    return render_template("explain.html", step=step, result=result, place=place)
