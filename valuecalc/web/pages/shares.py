"""The team's side of sharing: the links of a case, and the numbers that came in through them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.case.case import Case
from valuecalc.errors import CaseError, Conflict, NotFound, PreconditionFailed, Problem
from valuecalc.formula import quantity
from valuecalc.schemas.shares import (
    AnswerSchema,
    Decisions,
    DecisionsSchema,
    NewShareSchema,
    ShareChangeSchema,
    places_of,
)
from valuecalc.services import deciding, proposals, shares
from valuecalc.services.access import Action
from valuecalc.services.proposals import Review
from valuecalc.services.shares import WithSecret
from valuecalc.web.identity import actor
from valuecalc.web.links import outside
from valuecalc.web.pages.saved_case import Bar
from valuecalc.web.security import keep_unlisted
from valuecalc.web.storage import store

blueprint = Blueprint("shares", __name__, url_prefix="/cases/<uid>")


WORDS = {"open": "Open", "expired": "Expired", "withdrawn": "Withdrawn"}

MOST_LISTED = 200

ACCEPT, REPLACE, DECLINE = "accept", "replace", "decline"


@dataclass(frozen=True)
class Form:
    """What was typed into a form, and what is wrong with it, by field."""

    typed: Mapping[str, Any] = field(default_factory=dict)
    problems: Mapping[str, Problem] = field(default_factory=dict)
    share: str = ""

    def value(self, name: str, otherwise: Any = "") -> Any:
        """What stands in a field."""
        return self.typed.get(name, otherwise)


@dataclass(frozen=True)
class Choice:
    """An assumption for which the customer could be asked."""

    id: str
    label: str
    text: str
    is_chosen: bool


# --------------------------------------------------------------------------- links


@blueprint.get("/shares")
def show_all(uid: str) -> Response:
    """The links of a case, the numbers and comments that came in, and a form for a new link."""
    return _page(uid, Form())


@blueprint.post("/shares")
def create(uid: str) -> AnyResponse:
    """Make a link and show its address, this once."""
    form = wish_form()
    try:
        wish = NewShareSchema().load(dict(form.typed))
        made = shares.create(store(), actor(), uid, wish, form_key())
    except CaseError as error:
        return _page(uid, with_problems(form, error), 422)
    if not made.secret:
        return redirect(url_for("shares.show_all", uid=uid), code=303)
    return _page(uid, Form(), made=made)


def form_key() -> str | None:
    """What makes a form that is sent twice one link."""
    nonce = request.form.get("nonce", "")
    return f"share form {nonce[:60]}" if nonce else None


@blueprint.post("/shares/<share>/change")
def change(uid: str, share: str) -> AnyResponse:
    """Change what a link allows."""
    _require_of_case(uid, share)
    form = wish_form(share)
    wish = dict(form.typed)
    del wish["version"]
    if request.form.get("keep_code_word"):
        del wish["code_word"]
    elif not wish["code_word"]:
        wish["code_word"] = None
    wish["expires"] = wish["expires"] or None
    try:
        shares.change(store(), actor(), share, ShareChangeSchema().load(wish))
    except CaseError as error:
        return _page(uid, with_problems(form, error), 422)
    return redirect(url_for("shares.show_all", uid=uid, _anchor=f"share-{share}"), code=303)


@blueprint.post("/shares/<share>/renew")
def renew(uid: str, share: str) -> AnyResponse:
    """Give a link a new address and show it, this once."""
    _require_of_case(uid, share)
    return _page(uid, Form(), made=shares.renew(store(), actor(), share))


@blueprint.post("/shares/<share>/withdraw")
def withdraw(uid: str, share: str) -> AnyResponse:
    """Shut a link for good."""
    _require_of_case(uid, share)
    shares.withdraw(store(), actor(), share)
    return redirect(url_for("shares.show_all", uid=uid, _anchor=f"share-{share}"), code=303)


@blueprint.post("/shares/<share>/answers")
def answer(uid: str, share: str) -> AnyResponse:
    """Say something to the customer on the page of a link."""
    _require_of_case(uid, share)
    typed = {"text": request.form.get("text", ""), "place": request.form.get("place", "")}
    try:
        said = AnswerSchema().load(typed)
        shares.answer(store(), actor(), share, said["text"], said["place"])
    except CaseError as error:
        return _page(uid, with_problems(Form(typed, share=f"answer {share}"), error), 422)
    return redirect(url_for("shares.show_all", uid=uid, _anchor="comments"), code=303)


def _require_of_case(uid: str, share: str) -> None:
    """Refuse a link of another case than that of the address, before anything is changed."""
    if shares.load(store(), actor(), share).head.uid != uid:
        raise NotFound(shares.KIND)


def wish_form(share: str = "") -> Form:
    """The form that says what a link should allow, as it was sent."""
    sent = request.form
    typed = {
        "label": sent.get("label", ""),
        "code_word": sent.get("code_word", ""),
        "expires": sent.get("expires", ""),
        "may_comment": "may_comment" in sent,
        "may_change": sent.getlist("may_change"),
        "version": sent.get("version", ""),
    }
    return Form(typed, share=share)


def with_problems(form: Form, error: CaseError) -> Form:
    """The form with what is wrong beside each of its fields."""
    found: dict[str, Problem] = {}
    for each in error.problems:
        name = each.place.partition("[")[0].partition(".")[0]
        found.setdefault(name, each)
    return Form(form.typed, found, form.share)


def _page(uid: str, form: Form, status: int = 200, made: WithSecret | None = None) -> Response:
    saved, found = shares.of_case(store(), actor(), uid)
    said = shares.comments(store(), actor(), uid)
    response = make_response(
        render_template(
            "shares.html",
            bar=Bar(saved, "shares"),
            saved=saved,
            shares=found,
            openings=shares.last_openings(store(), actor(), found),
            proposals=proposals.of_case(store(), actor(), uid, MOST_LISTED).rows,
            comments=said,
            places={each.share.uid: places_of(each.case) for each in found},
            choices_of=choices_of,
            form=form,
            no_form=Form(),
            words=WORDS,
            nonce=secrets.token_urlsafe(12),
            made=made,
            link=link_of(made) if made else "",
            may_edit=actor().may(Action.EDIT, saved.head.team_id),
        ),
        status,
    )
    # The secret of a link may stand on it.
    return keep_unlisted(response)


def link_of(made: WithSecret) -> str:
    """The whole address of a link, as it is sent to the customer."""
    return outside(url_for("shared.show", secret=made.secret))


def choices_of(case: Case, chosen: Sequence[str]) -> list[Choice]:
    """What the customer could be asked for, and what of it is."""
    return [
        Choice(
            each.id,
            each.label,
            quantity.show_with_unit(each.value, each.unit),
            each.id in chosen,
        )
        for each in case.assumptions
    ]


# --------------------------------------------------------------------------- proposals


@blueprint.get("/proposals/<proposal>")
def review(uid: str, proposal: str) -> Response:
    """The numbers of a proposal, each beside ours and beside the newest version's."""
    return _review(proposals.review(store(), actor(), proposal, uid))


@blueprint.post("/proposals/<proposal>")
def decide(uid: str, proposal: str) -> AnyResponse:
    """Accept and decline numbers."""
    found = proposals.review(store(), actor(), proposal, uid)
    expected = request.form.get("tag") or None
    if request.form.get("all") == ACCEPT and not found.open_count:
        return _decided(uid, proposal, "again")
    try:
        decided = deciding.decide(store(), actor(), proposal, _decisions(found), expected)
    except CaseError as error:
        return _review(found, str(error.problems[0].cause), 422)
    except (Conflict, PreconditionFailed) as error:
        fresh = proposals.review(store(), actor(), proposal, uid)
        return _review(fresh, f"{error.cause} {error.remedy}", 409)
    return _decided(uid, proposal, "again" if decided.is_repeated else "yes")


def _decided(uid: str, proposal: str, done: str) -> AnyResponse:
    return redirect(url_for("shares.review", uid=uid, proposal=proposal, done=done), code=303)


def _decisions(found: Review) -> Decisions:
    """What the form says; “all” stands for every number that nothing stands against."""
    sent = request.form
    if sent.get("all") == ACCEPT:
        free = [row for row in found.rows if row.is_open and not row.hindrance]
        return Decisions(accept=tuple(row.id for row in free if not row.has_moved))
    # Also what is decided already: the form may have been sent twice.
    chosen = {row.id: sent.get(f"decide-{row.id}", "") for row in found.rows}
    document = {
        "accept": [id for id, what in chosen.items() if what in (ACCEPT, REPLACE)],
        "replace": [id for id, what in chosen.items() if what == REPLACE],
        "decline": {
            id: sent.get(f"reason-{id}", "") for id, what in chosen.items() if what == DECLINE
        },
    }
    decisions: Decisions = DecisionsSchema().load(document)
    return decisions


def _review(found: Review, mistake: str = "", status: int = 200) -> Response:
    free = [row for row in found.rows if row.is_open and not row.hindrance and not row.has_moved]
    page = render_template(
        "proposal.html",
        bar=Bar(found.newest, "shares"),
        review=found,
        mistake=mistake,
        done=request.args.get("done", "") if not mistake else "",
        free=len(free),
        typed=request.form if mistake else {},
        may_decide=actor().may(Action.SHARE, found.head.team_id),
        currency=found.currency,
        show=quantity.show,
    )
    return make_response(page, status)
