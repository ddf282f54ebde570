"""What a case that is kept depends on: its pages, and the form for the result of a pilot."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from flask import Blueprint, Response, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.case.case import Assumption
from valuecalc.errors import (
    CaseError,
    InputError,
    PreconditionFailed,
    Problem,
    Refusal,
    UnknownName,
)
from valuecalc.services import pilots, saved_cases, uncertainty
from valuecalc.services.access import Action, require
from valuecalc.services.insights import PilotResult
from valuecalc.services.saved_cases import Saved
from valuecalc.web.identity import actor
from valuecalc.web.pages import alternatives, certainty, sensitivity
from valuecalc.web.pages.depending import Source
from valuecalc.web.pages.forms import Form
from valuecalc.web.pages.insights import Subject, give_page, scenario_in
from valuecalc.web.pages.saved_case import Bar, draft, load, place_of
from valuecalc.web.pages.worked_out import scenarios_of_version
from valuecalc.web.storage import store

blueprint = Blueprint("saved_insights", __name__, url_prefix="/cases/<uid>")

NUMBERS = ("value", "low", "high")
FIELDS = ("assumption", "value", "low", "high", "source", "date", "owner", "note")


def opened(uid: str) -> Subject | Response:
    """The case in the version and the scenario of the address; a draft as what is to mend."""
    return _subject(load(uid), request.path.rpartition("/")[2])


def _subject(saved: Saved, tab: str) -> Subject | Response:
    try:
        results = scenarios_of_version(saved)
    except CaseError as error:
        return make_response(draft(saved, error.problems, tab))
    place = place_of(saved, scenario_in(results))
    return Subject(
        source=Source.of(saved.version.document, saved.case),
        results=results,
        place=place,
        hidden={} if place.version is None else {"version": str(place.version)},
        bar=Bar(saved, tab),
    )


give_page(blueprint, "/certainty", opened, certainty.show)
give_page(blueprint, "/sensitivity", opened, sensitivity.show)
give_page(blueprint, "/alternatives", opened, alternatives.show)
give_page(blueprint, "/point/<figure>", opened, sensitivity.explain)


# --------------------------------------------------------------------------- a pilot's result


@blueprint.post("/pilots")
def record_pilot(uid: str) -> AnyResponse:
    """Keep what a pilot has found as a new version, or say what is wrong with it."""
    saved = saved_cases.load(store(), actor(), uid)
    require(actor(), Action.EDIT, saved.head.team_id, saved_cases.KIND)
    form = Form.sent(*FIELDS)
    try:
        result = _read(form, saved)
        uncertainty.record_pilot(store(), actor(), uid, request.form.get("tag", ""), result)
    except CaseError as error:
        form.note(_beside_fields(error))
        return _again(saved, form, 422)
    except PreconditionFailed:
        form.refusal = _overtaken(saved)
        return _again(saved, form, 409)
    return redirect(url_for("saved_case.show", uid=uid, _anchor="assumptions"), code=303)


def _again(saved: Saved, form: Form, status: int) -> Response:
    """The page with the form as it was sent."""
    subject = _subject(saved, "certainty")
    if isinstance(subject, Response):
        return subject
    return certainty.page(subject, form, status)


def _overtaken(saved: Saved) -> Refusal:
    version = saved.version
    return Refusal(
        f"{version.author} saved version {version.number} while this page was open; "
        "nothing has been recorded.",
        "What you have entered is still here: look at the case as it is now, and record it again.",
    )


def _beside_fields(error: CaseError) -> list[Problem]:
    """The problems by the names of the fields."""
    return [replace(each, place=each.place.removeprefix("pilot.")) for each in error.problems]


def _read(form: Form, saved: Saved) -> PilotResult:
    """What the form says. Raises `CaseError` with every field that cannot be read."""
    tested = saved.case.assumption(form.text("assumption"))
    if tested is None:
        ids = [each.id for each in saved.case.assumptions]
        error = UnknownName("assumption", form.text("assumption"), ids)
        raise CaseError([error.problem("assumption")])
    problems: list[Problem] = []
    numbers = {name: _number(form, name, tested, problems) for name in NUMBERS}
    day = _day(form, problems)
    value = numbers["value"]
    if problems or value is None:
        raise CaseError(problems)
    return PilotResult(
        assumption=tested.id,
        value=value,
        low=numbers["low"],
        high=numbers["high"],
        source=form.text("source"),
        date=day,
        owner=form.text("owner").strip(),
        note=form.text("note").replace("\r\n", "\n"),
    )


def _number(form: Form, name: str, tested: Assumption, problems: list[Problem]) -> float | None:
    """A number of the form; None for nothing, which only a value must not be."""
    text = form.text(name).strip()
    try:
        if text:
            return pilots.in_unit(text, tested.unit)
        if name == "value":
            raise InputError(
                "What the pilot has found is missing.", "Write it as you say it: 1,250, 12% or £22."
            )
    except InputError as error:
        problems.append(error.problem(name))
    return None


def _day(form: Form, problems: list[Problem]) -> date | None:
    text = form.text("date").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        cause, remedy = f"“{text[:20]}” is no day.", "Write it as 2027-03-31."
    else:
        # Somewhere it may be tomorrow already.
        if day <= datetime.now(UTC).date() + timedelta(days=1):
            return day
        cause, remedy = f"{text} is still to come.", "Record the result when the pilot has ended."
    problems.append(Problem(code="date", place="date", cause=cause, remedy=remedy))
    return None
