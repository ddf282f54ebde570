"""Starting a case from blank: what it is called, for whom, and over how long; then the editor."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.case.case import Case
from valuecalc.errors import Problem
from valuecalc.schemas.case import load_case
from valuecalc.services import extrapolation, saved_cases
from valuecalc.store.tables import new_uid
from valuecalc.web.identity import actor
from valuecalc.web.pages.forms import Form
from valuecalc.web.pages.opening import new_case_address
from valuecalc.web.pages.own_teams import editable_teams, key_of
from valuecalc.web.storage import store

TITLE, CUSTOMER, CURRENCY = "title", "customer", "currency"
START, YEARS, RATE = "timeline.start", "timeline.years", "discounting.rate"
NAMES = (TITLE, CUSTOMER, CURRENCY, START, YEARS, RATE)
"""The fields are named like the places of the case's document."""

NOTE = "Started from blank."
FIRST_SECTION = "assumptions"
"""Where the editor opens: what a case begins with."""

USUAL = {CURRENCY: "GBP", YEARS: "3", RATE: "10%"}

blueprint = Blueprint("starting_blank", __name__, url_prefix="/start/blank")


@blueprint.get("")
def form() -> str:
    """The form, with what is usual filled in."""
    _ = actor().account
    return _render(Form.empty(*NAMES, **USUAL, **{START: f"{_next_month():%Y-%m}"}))


def _next_month() -> date:
    today = datetime.now(UTC).date()
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)


def _render(form: Form) -> str:
    return render_template(
        "start_blank.html",
        form=form,
        teams=editable_teams(),
        team=request.form.get("team", ""),
        key=request.form.get("key") or new_uid(),
        currencies=known_currencies(),
    )


def known_currencies() -> list[str]:
    """Those for which rates are known; any other one can be typed."""
    known = extrapolation.rates().exchange
    return sorted({code for each in known for code in (each.base, each.quote)})


@blueprint.post("")
def create() -> Response | AnyResponse:
    """Keep the case and open it in the editor; or the form with its mistakes."""
    _ = actor().account
    form = Form.sent(*NAMES)
    team = request.form.get("team") or None
    key = key_of(request.form.get("key", ""), "blank", team)
    with form.told():
        case = _case_of(form)
        if form.is_sound:
            saved, _ = saved_cases.create(store(), actor(), case, team, NOTE, key)
            return redirect(new_case_address(saved, FIRST_SECTION), code=303)
    return make_response(_render(form), form.status)


def _case_of(form: Form) -> Case:
    """The case that the form describes. Raises `CaseError` with every mistake in it."""
    texts = {name: text.strip() for name, text in form.texts.items() if text.strip()}
    if TITLE not in texts:
        form.note([_untitled()])
    document: dict[str, Any] = {"format": "valuecalc/1", "title": texts.pop(TITLE, "Untitled")}
    for place, text in texts.items():
        part = document
        *folders, name = place.split(".")
        for folder in folders:
            part = part.setdefault(folder, {})
        part[name] = text
    return load_case(document)


def _untitled() -> Problem:
    return Problem(
        code="missing",
        place=TITLE,
        cause="The title is missing.",
        remedy="Write what the case is about, such as “Data services for Company B”.",
    )
