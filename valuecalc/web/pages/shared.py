"""The page behind a customer's link: one version of a case, read, tried out, commented on.

Nobody signs in here. It works without scripts: everything is a link or a form. Whatever is
wrong with a link gives one and the same page, so that nothing can be learned from it.
"""

from __future__ import annotations

import json
from functools import lru_cache

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.engine.result import Result, Trace
from valuecalc.errors import (
    Busy,
    CaseError,
    Conflict,
    Forbidden,
    InputError,
    NotFound,
    NotInstalled,
    Refusal,
    StoreUnavailable,
    TooMany,
)
from valuecalc.schemas.case import load_case
from valuecalc.schemas.shares import LONGEST_CODE_WORD, Numbers
from valuecalc.services import approvals, cases, code_words, exporting, proposals, shared
from valuecalc.services.cases import Export
from valuecalc.services.shared import Visit
from valuecalc.web import limits, logs
from valuecalc.web.downloads import as_download
from valuecalc.web.errors import failure_of_input, failure_of_refusal
from valuecalc.web.identity import actor, reader
from valuecalc.web.pages import visitors
from valuecalc.web.pages.case import wanted_scenario
from valuecalc.web.pages.explanation import shape
from valuecalc.web.pages.places import Place, PreviewPlace, SharedPlace
from valuecalc.web.pages.shared_page import Entry, SharedPage
from valuecalc.web.pages.worked_out import choose
from valuecalc.web.problem import Failure
from valuecalc.web.security import keep_unlisted
from valuecalc.web.storage import store

blueprint = Blueprint("shared", __name__, url_prefix="/s/<secret>")

KEPT = 32


@blueprint.before_request
def enter() -> Response | None:
    """Let in whoever has the link, and has shown the code word if one is asked for."""
    secret = str((request.view_args or {})["secret"])
    visit = shared.open_link(store(), secret)
    g.visit, g.secret = visit, secret
    if request.endpoint == "shared.show_code_word" or visitors.may_pass(visit, actor()):
        return None
    return _code_word_form(200 if request.endpoint == "shared.show" else 403)


@blueprint.after_request
def keep_to_itself(response: Response) -> Response:
    """Keep the page out of search engines and caches."""
    return keep_unlisted(response)


@blueprint.errorhandler(NotFound)
def not_valid(_: NotFound) -> Response:
    """The answer to every link that leads nowhere, whatever the reason: always the same."""
    return make_response(render_template("shared_gone.html"), 404)


@blueprint.errorhandler(InputError)
def not_usable(error: InputError) -> Response:
    """The answer to a figure or a scenario that does not exist, and to forms made up."""
    return _failed(failure_of_input(error))


@blueprint.errorhandler(Busy)
@blueprint.errorhandler(NotInstalled)
@blueprint.errorhandler(Forbidden)
@blueprint.errorhandler(Conflict)
@blueprint.errorhandler(TooMany)
def not_done(error: Refusal) -> Response:
    """The answer to what cannot be done now, with a way back."""
    return _failed(failure_of_refusal(error))


def _failed(failure: Failure) -> Response:
    page = render_template("shared_error.html", failure=failure, secret=g.secret)
    response = make_response(page, failure.status)
    response.headers.extend(failure.headers)
    return response


# --------------------------------------------------------------------------- the code word


@blueprint.post("/code-word")
def show_code_word(secret: str) -> AnyResponse:
    """Let in whoever knows the code word; else the form again."""
    limits.sign_in()
    visit = _visit()
    word = request.form.get("code_word", "")[: LONGEST_CODE_WORD + 1]
    if visit.needs_code_word and not code_words.check(store(), visit.share, word, limits.network()):
        return _code_word_form(422, "This is not the code word.")
    response = redirect(url_for("shared.show", secret=secret), code=303)
    visitors.remember_code_word(response, visit)
    return response


def _code_word_form(status: int, mistake: str = "") -> Response:
    page = render_template("shared_code_word.html", secret=g.secret, mistake=mistake)
    return make_response(page, status)


# --------------------------------------------------------------------------- reading


@blueprint.get("")
def show(secret: str) -> Response:
    """The shared version, worked out in the scenario of the address."""
    visit = _visit()
    response = make_response(_page(visit, Entry(), thanks=request.args.get("sent", "")))
    if visitors.is_new(visit, actor()):
        _note_opening(visit)
        visitors.remember_opening(response, visit)
    return response


def _note_opening(visit: Visit) -> None:
    try:
        shared.note_opening(store(), visit)
    except StoreUnavailable as error:
        # Whoever came to read must not be sent away because counting fails.
        logs.log.warning("opening not counted", cause=error.cause)


@blueprint.get("/explain/<figure>")
def explain(secret: str, figure: str) -> str:
    """How a figure came about."""
    result = choose(worked_out(_visit()), wanted_scenario())
    trace = cases.explain(_visit().case, figure, result.scenario)
    return _explanation(result, trace, SharedPlace(secret, result.scenario))


@blueprint.get("/download/<kind>")
def download(secret: str, kind: str) -> Response:
    """The shared version as a file."""
    return as_download(_exported(kind))


def _exported(kind: str) -> Export:
    return exporting.export_shared(store(), _visit(), reader(), kind, wanted_scenario())


@blueprint.get("/numbers")
@blueprint.get("/proposals")
@blueprint.get("/comments")
@blueprint.get("/approvals")
@blueprint.get("/code-word")
def back(secret: str) -> AnyResponse:
    """Where forms are sent to there is nothing to read."""
    return redirect(url_for("shared.show", secret=secret), code=303)


# --------------------------------------------------------------------------- own numbers


@blueprint.post("/numbers")
def preview(secret: str) -> Response:
    """The page with the customer's numbers put in; nothing is kept."""
    visit, entry = _visit(), Entry.sent()
    try:
        numbers = entry.read(visit)
        if not numbers.values:
            return make_response(_page(visit, entry.with_mistake("values", _NOTHING)), 422)
        theirs = _with_numbers(visit, numbers)
    except CaseError as error:
        return make_response(_page(visit, entry.with_problems(error.problems)), 422)
    place = PreviewPlace(secret, entry.document, wanted_scenario())
    return make_response(_page(visit, entry, theirs=theirs, place=place))


@blueprint.post("/explain/<figure>")
def explain_preview(secret: str, figure: str) -> str:
    """How a figure came about with the customer's numbers."""
    visit, entry = _visit(), Entry.sent()
    case = proposals.with_numbers(visit, entry.read(visit))
    result = cases.calculate(case, wanted_scenario())
    trace = cases.explain(case, figure, result.scenario)
    place = PreviewPlace(secret, entry.document, result.scenario)
    return _explanation(result, trace, place)


def _explanation(result: Result, trace: Trace, place: Place) -> str:
    step = shape(trace, result)
    return render_template(
        "shared_explain.html", step=step, result=result, place=place, secret=g.secret
    )


@blueprint.post("/proposals")
def propose(secret: str) -> AnyResponse:
    """Send the customer's numbers to the team."""
    visit, entry = _visit(), Entry.sent()
    try:
        proposals.send(store(), visit, entry.read(visit), entry.name, entry.note, limits.network())
    except CaseError as error:
        return make_response(_page(visit, entry.with_problems(error.problems)), 422)
    return _thanks(secret, "numbers")


_NOTHING = "All fields are empty: enter at least one number."


# --------------------------------------------------------------------------- comments


@blueprint.post("/comments")
def comment(secret: str) -> AnyResponse:
    """Keep a comment."""
    visit, entry = _visit(), Entry.commented()
    try:
        shared.comment(store(), visit, entry.name, entry.text, entry.about, limits.network())
    except CaseError as error:
        return make_response(_page(visit, entry.with_problems(error.problems)), 422)
    return _thanks(secret, "comments")


def _thanks(secret: str, what: str) -> AnyResponse:
    return redirect(url_for("shared.show", secret=secret, sent=what, _anchor=what), code=303)


# --------------------------------------------------------------------------- the plan


@blueprint.post("/approvals")
def approve(secret: str) -> AnyResponse:
    """Approve the plan of the shared version."""
    visit, entry = _visit(), Entry.approved()
    try:
        approvals.approve(store(), visit, actor(), entry.name, limits.network())
    except CaseError as error:
        return make_response(_page(visit, entry.with_problems(error.problems)), 422)
    return _thanks(secret, "plan")


@blueprint.post("/approvals/<approval>/take-back")
def take_approval_back(secret: str, approval: str) -> AnyResponse:
    """Take an approval back; that it was given stays recorded."""
    visit, entry = _visit(), Entry.approved()
    try:
        approvals.take_back(store(), visit, actor(), approval, entry.name, limits.network())
    except CaseError as error:
        return make_response(_page(visit, entry.with_problems(error.problems)), 422)
    return _thanks(secret, "plan")


# --------------------------------------------------------------------------- the page


def _visit() -> Visit:
    visit: Visit = g.visit
    return visit


def _page(
    visit: Visit,
    entry: Entry,
    theirs: tuple[Result, ...] | None = None,
    place: Place | None = None,
    thanks: str = "",
) -> str:
    ours = worked_out(visit)
    results = theirs or ours
    result = choose(results, wanted_scenario())
    page = SharedPage(
        result,
        results,
        place or SharedPlace(g.secret, result.scenario),
        visit=visit,
        entry=entry,
        ours=choose(ours, result.scenario),
        comments=shared.comments(store(), visit),
        proposals=proposals.of_visit(store(), visit),
        approvals=approvals.of_visit(store(), visit),
        thanks=thanks,
    )
    return render_template("shared.html", page=page, place=page.place, secret=g.secret)


def worked_out(visit: Visit) -> tuple[Result, ...]:
    """The shared version in all its scenarios, kept for the next reader."""
    return _worked_out_text(visit.version.document)


@lru_cache(maxsize=KEPT)
def _worked_out_text(document: str) -> tuple[Result, ...]:
    return cases.compare(load_case(json.loads(document)))


def _with_numbers(visit: Visit, numbers: Numbers) -> tuple[Result, ...]:
    return cases.compare(proposals.with_numbers(visit, numbers))
