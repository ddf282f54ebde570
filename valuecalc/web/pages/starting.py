"""Starting a case from straw-men: one form, the preview of every number, the new case.

The preview keeps nothing; its form carries what was typed, and a key, so that the case is made
once however often the button is pressed. Whoever has not signed in gets the case as a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.case.case import Assumption, Reference
from valuecalc.case.journey import Extrapolation, Journey
from valuecalc.engine.result import Figure, Result
from valuecalc.errors import InputError
from valuecalc.formula import quantity
from valuecalc.schemas.case import dump_case
from valuecalc.services import cases, library, references
from valuecalc.services.cases import Export
from valuecalc.services.references import Opened
from valuecalc.store.tables import new_uid
from valuecalc.web.downloads import as_download
from valuecalc.web.identity import actor
from valuecalc.web.pages.opening import new_case_address
from valuecalc.web.pages.own_teams import editable_teams, key_of
from valuecalc.web.pages.places import EXPECTED
from valuecalc.web.pages.references import own_straw_men
from valuecalc.web.pages.starting_blank import known_currencies
from valuecalc.web.pages.starting_form import REFERENCES, Asked, StartForm, chosen_references
from valuecalc.web.pages.worked_out import choose, scenarios_of
from valuecalc.web.storage import store

OWN_OFFERED = 20
"""So many of the newest straw-men of one's teams are looked at for those that fit."""

SHARED_PART = 1 / 3
"""A straw-man fits when it has this share of the first one's assumptions; a few everybody has."""

LONGEST_ADDRESS = 1500

blueprint = Blueprint("starting", __name__, url_prefix="/start")


# --------------------------------------------------------------------------- the form


@dataclass(frozen=True)
class Offer:
    """A further straw-man that may be taken into account."""

    opened: Opened
    shared: int
    of: int
    is_chosen: bool


@blueprint.get("")
def form() -> Response | AnyResponse:
    """The form; without a straw-man in the address, the list of them."""
    opened = chosen_references()
    if not opened:
        return redirect(url_for("library.show_straw_men"))
    return _render(StartForm.prefilled(opened))


def _render(start: StartForm) -> Response:
    page = render_template(
        "start.html",
        start=start,
        form=start.form,
        offers=_offers(start.opened),
        currencies=known_currencies(),
    )
    return make_response(page, start.form.status)


def _offers(opened: Sequence[Opened]) -> list[Offer]:
    """The straw-men that are chosen beside the first one, then those that would fit."""
    first, *chosen = opened
    ids = {each.about.id for each in opened}
    others = [each for each in _candidates() if each.about.id not in ids]
    fitting = [each for each in others if _fits(first, each)]
    return [_offer(first, each, each in chosen) for each in (*chosen, *fitting)]


def _candidates() -> Iterator[Opened]:
    for slug in library.slugs():
        yield references.load(store(), actor(), slug)
    for each in own_straw_men(OWN_OFFERED).rows:
        yield references.load(store(), actor(), each.id)


def _fits(first: Opened, other: Opened) -> bool:
    return _shared(first, other) >= max(1, len(first.case.assumptions) * SHARED_PART)


def _shared(first: Opened, other: Opened) -> int:
    """How many assumptions of the first one the other one has as well."""
    return sum(other.case.assumption(each.id) is not None for each in first.case.assumptions)


def _offer(first: Opened, other: Opened, is_chosen: bool) -> Offer:
    return Offer(other, _shared(first, other), len(first.case.assumptions), is_chosen)


# --------------------------------------------------------------------------- the preview


@dataclass(frozen=True)
class JourneyRow:
    """One number on its way, as a row."""

    journey: Journey
    assumption: Assumption | None

    @property
    def before(self) -> str:
        """The number of the reference."""
        before = self.journey.before
        if before is None:
            return quantity.UNDEFINED
        return quantity.show_with_unit(before, self.journey.before_unit)

    @property
    def after(self) -> str:
        """The number of the new case."""
        return quantity.show_with_unit(self.journey.after, self.journey.after_unit)

    @property
    def range(self) -> str:
        """Its low and high, or nothing; wide apart around a whole number, they are whole too."""
        each = self.assumption
        if each is None or each.is_certain:
            return ""
        ends = [each.value if end is None else end for end in (each.low, each.high)]
        is_whole = float(each.value).is_integer() and abs(ends[1] - ends[0]) >= 5
        digits = 0 if is_whole else None
        return " – ".join(quantity.show(end, each.unit, digits=digits) for end in ends)


class Preview:
    """What the preview shows: the new case beside its reference."""

    def __init__(self, opened: Sequence[Opened], made: Extrapolation, result: Result) -> None:
        self.opened = opened
        self.case = made.case
        self.result = result
        self.made = made

    @cached_property
    def rows(self) -> list[JourneyRow]:
        """The journeys of all assumptions."""
        pairs = ((each, self.case.assumption(each.id)) for each in self.made.journeys)
        return [JourneyRow(each, found) for each, found in pairs if found is not None]

    @cached_property
    def haircuts(self) -> list[JourneyRow]:
        """The journeys of haircuts: what references achieved of what they planned."""
        ids = {row.journey.id for row in self.rows}
        return [JourneyRow(each, None) for each in self.made.journeys if each.id not in ids]

    @cached_property
    def figures(self) -> list[tuple[Figure | None, Figure]]:
        """The headline figures: that of the reference, and that of the new case."""
        before = _result_of(self.opened[0])
        return [(before.figures.get(each.name), each) for each in self.result.headline]


def _result_of(opened: Opened) -> Result:
    if opened.about.team is None:
        return choose(scenarios_of(opened.about.id), EXPECTED)
    return cases.calculate(opened.case)


@blueprint.post("")
def preview() -> Response | AnyResponse:
    """Every number of the new case, and how it came about; or the form with its mistakes."""
    opened = chosen_references()
    if not opened:
        return redirect(url_for("library.show_straw_men"), code=303)
    start = StartForm.sent(opened)
    if "edit" in request.form:
        return _render(start)
    asked = _asked(start)
    made = asked and _made(start, asked)
    if not made:
        return _render(start)
    return _render_preview(start, made)


def _asked(start: StartForm) -> Asked | None:
    """What the form asks for; None when it has mistakes, which are noted."""
    if not start.note_blanks():
        return None
    try:
        return start.read()
    except InputError as error:
        start.note(error)
        return None


def _made(start: StartForm, asked: Asked) -> Preview | None:
    try:
        made = references.extrapolate(store(), actor(), asked.ids, asked.target, asked.given)
        return Preview(start.opened, made, cases.calculate(made.case))
    except InputError as error:
        start.note(error)
        return None


def _render_preview(start: StartForm, made: Preview) -> Response:
    page = render_template(
        "start_preview.html",
        start=start,
        preview=made,
        case=made.case,
        reference=start.first.case.reference or Reference(),
        teams=editable_teams(),
        key=new_uid(),
        sign_in=_sign_in_address(start),
    )
    return make_response(page)


def _sign_in_address(start: StartForm) -> str:
    """Where to sign in, and come back to this form as it is."""
    short: dict[str, Any] = {REFERENCES: [each.about.id for each in start.opened]}
    full = url_for("starting.form", **start.address_parts)
    if len(full) > LONGEST_ADDRESS:
        full = url_for("starting.form", **short)
    return url_for("sign_in.show", next=full)


# --------------------------------------------------------------------------- the case


@blueprint.post("/create")
def create() -> Response | AnyResponse:
    """Keep the case in a team; the same preview makes it once."""
    opened = chosen_references()
    if not opened:
        return redirect(url_for("library.show_straw_men"), code=303)
    start = StartForm.sent(opened)
    asked = _asked(start)
    if asked is None:
        return _render(start)
    team = request.form.get("team") or None
    keeping: dict[str, Any] = {
        "team_uid": team,
        "note": _note(opened),
        "key": key_of(request.form.get("key", ""), "start", team),
    }
    wish = (asked.ids, asked.target, asked.given)
    try:
        _, saved, _ = references.start_case(store(), actor(), *wish, asked=asked.text, **keeping)
    except InputError as error:
        start.note(error)
        return _render(start)
    return redirect(new_case_address(saved), code=303)


def _note(opened: Sequence[Opened]) -> str:
    titles = ", ".join(f"“{each.case.title}”" for each in opened)
    return f"Started from {titles}."[:1000]


@blueprint.post("/download")
def download() -> Response | AnyResponse:
    """The case as a file, which the page for calculating reads again."""
    opened = chosen_references()
    if not opened:
        return redirect(url_for("library.show_straw_men"), code=303)
    start = StartForm.sent(opened)
    asked = _asked(start)
    made = asked and _made(start, asked)
    if not made:
        return _render(start)
    text = json.dumps(dump_case(made.case), ensure_ascii=False, indent=2)
    name = f"{cases.file_stem(made.case)}.json"
    return as_download(Export(text.encode(), name, "application/json"))
