"""The proposal as a reader wishes it: full or short, which sections in which order, whose style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template, request

from valuecalc.errors import CaseError, InputError, Problem
from valuecalc.services import exporting, office_program, proposing
from valuecalc.services.embedding import LARGEST_DOCUMENT
from valuecalc.services.proposing import Wish
from valuecalc.services.saved_cases import Saved
from valuecalc.web.downloads import as_download
from valuecalc.web.errors import problems_of
from valuecalc.web.identity import actor
from valuecalc.web.limits import takes_files
from valuecalc.web.pages.places import EXPECTED
from valuecalc.web.pages.saved_case import Bar, draft, load
from valuecalc.web.pages.worked_out import scenarios_of_version
from valuecalc.web.storage import store

ROOM_FOR_FORM = 100_000
"""Bytes of a request beside its template."""

MOST_FIELDS = 100
"""A section has two, and there are more sections than a usual form has fields."""

FORMATS = ("docx", "pdf", "pptx")

blueprint = Blueprint("proposal_form", __name__, url_prefix="/cases/<uid>/proposal")


@dataclass(frozen=True)
class Offered:
    """A section in the form: whether it is wanted, and its place in the order."""

    id: str
    title: str
    in_short: bool
    is_wanted: bool
    place: str


@blueprint.get("")
def form(uid: str) -> str:
    """The form, every section of the full document chosen."""
    saved = load(uid)
    try:
        return _render(saved)
    except CaseError as error:
        return draft(saved, error.problems)


@blueprint.post("")
@takes_files(LARGEST_DOCUMENT + ROOM_FOR_FORM, parts=MOST_FIELDS)
def write(uid: str) -> Response:
    """The file; or the form with what is wrong."""
    saved = load(uid)
    kind = request.form.get("format", "docx")
    try:
        made = exporting.propose(
            store(),
            saved,
            actor(),
            _wish(request.form),
            kind if kind in FORMATS else "docx",
            request.form.get("scenario", EXPECTED),
        )
    except InputError as error:
        return make_response(_render(saved, problems_of(error, "proposal")), 422)
    return as_download(made)


def _wish(sent: Mapping[str, str]) -> Wish:
    """What the form asks for. Without any section it is all that the length has."""
    ids = request.form.getlist("section")
    length = sent.get("length", proposing.FULL)
    is_usual = length == proposing.SHORT and "choose" not in sent
    numbered = [(id, sent.get(f"place_{id}", "")) for id in ids]
    file = request.files.get("template")
    return Wish(
        length=length,
        sections=() if is_usual else proposing.in_order(numbered),
        template=(file.read() or None) if file and file.filename else None,
        charts=_charts(sent),
        language=sent.get("language", proposing.USUAL_LANGUAGE),
    )


def _charts(sent: Mapping[str, str]) -> str:
    return proposing.NATIVE if sent.get("charts") == proposing.NATIVE else proposing.PICTURES


def _render(saved: Saved, problems: Sequence[Problem] = ()) -> str:
    bar = Bar(saved, "case")
    return render_template(
        "proposal_form.html",
        bar=bar,
        version=bar.version,
        scenario=request.values.get("scenario", EXPECTED),
        scenarios=scenarios_of_version(saved),
        sections=_offered(),
        languages=proposing.languages(),
        language=request.form.get("language", proposing.USUAL_LANGUAGE),
        length=request.form.get("length", proposing.FULL),
        is_chosen="choose" in request.form,
        charts=_charts(request.form),
        problems=problems,
        no_pages="" if office_program.is_there() else proposing.NO_PAGES,
        max_size=f"{LARGEST_DOCUMENT / 1e6:g} MB",
    )


def _offered() -> tuple[Offered, ...]:
    """All sections, as they were sent or as they usually are."""
    is_sent = request.method == "POST"
    wanted = request.form.getlist("section")
    return tuple(
        Offered(
            id=each.id,
            title=each.title,
            in_short=each.in_short,
            is_wanted=each.id in wanted or not is_sent,
            place=request.form.get(f"place_{each.id}", "" if is_sent else str(number)),
        )
        for number, each in enumerate(proposing.sections(), start=1)
    )
