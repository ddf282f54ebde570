"""What is said about one row of the editor: read, written and settled in a dialog beside it.

The answers are pages; the script of the editor takes the dialog's content out of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request

from valuecalc.case.case import Case
from valuecalc.errors import CaseError, InputError, Problem, UnknownName
from valuecalc.schemas.shares import AnswerSchema
from valuecalc.services import comments, saved_cases, shares
from valuecalc.services.access import Action
from valuecalc.services.saved_cases import Saved
from valuecalc.services.shares import Shared, State
from valuecalc.store.tables import Comment
from valuecalc.web.identity import actor
from valuecalc.web.pages.comments import places_of
from valuecalc.web.pages.editor.page import script_json
from valuecalc.web.storage import store

MOST_SHOWN = 200
MOST_COUNTED = 1_000

NOT_KEPT = Problem(
    code="unknown_name",
    place="place",
    cause="This row is not kept yet, as something in it cannot be read or is missing.",
    remedy="Fill it in, then send the comment again.",
)

blueprint = Blueprint("editor_remarks", __name__, url_prefix="/cases/<uid>/edit")


@blueprint.get("/remarks")
def show(uid: str) -> Response:
    """What was said about a place of the case, the oldest first."""
    return _page(uid, request.args.get("place", ""))


@blueprint.post("/remarks")
def write(uid: str) -> Response:
    """Say something: to the team, or on the page of a link to its customer as well."""
    place, text = request.form.get("place", ""), request.form.get("text", "")
    share = request.form.get("to", "")
    try:
        if share:
            _answer(uid, share, text, place)
        else:
            comments.add(store(), actor(), uid, text.strip(), place)
    except UnknownName:
        return _page(uid, place, NOT_KEPT, text, share)
    except InputError as error:
        return _page(uid, place, _first(error), text, share)
    return _page(uid, place)


@blueprint.post("/remarks/<comment>/<any(resolve, reopen):verb>")
def settle(uid: str, comment: str, verb: str) -> Response:
    """Say that a comment is dealt with, or is not after all."""
    verbs = {"resolve": comments.resolve, "reopen": comments.reopen}
    settled = verbs[verb](store(), actor(), uid, comment)
    return _page(uid, settled.place)


@blueprint.post("/remarks/<comment>/delete")
def delete(uid: str, comment: str) -> Response:
    """Take back a comment, one's own or, as somebody who may change the case, another's."""
    comments.delete(store(), actor(), uid, comment)
    return _page(uid, request.form.get("place", ""))


def _answer(uid: str, share: str, text: str, place: str) -> None:
    """Say something that the customer reads. Raises `InputError` for another case's link."""
    open_shares = {each.share.uid: each for each in _commented(uid)}
    if share not in open_shares:
        raise InputError("This link is not open for comments.", "Write to the team alone.")
    said = AnswerSchema().load({"text": text, "place": _shared_place(open_shares[share], place)})
    shares.answer(store(), actor(), share, said["text"], said["place"])


def _shared_place(shared: Shared, place: str) -> str:
    """The place, where the shared version has it; else the whole page."""
    return place if place in places_of(shared.case) else ""


def _commented(uid: str) -> list[Shared]:
    """The links of a case on which one can comment at this moment."""
    _, found = shares.of_case(store(), actor(), uid)
    return [each for each in found if each.share.may_comment and each.state is State.OPEN]


def _first(error: InputError) -> Problem:
    return error.problems[0] if isinstance(error, CaseError) else error.problem("text")


# --------------------------------------------------------------------------- what is shown


def _page(
    uid: str, place: str, mistake: Problem | None = None, text: str = "", to: str = ""
) -> Response:
    saved = saved_cases.load(store(), actor(), uid)
    found = comments.page(store(), actor(), uid, MOST_SHOWN, place=place).rows
    can_share = actor().may(Action.SHARE, saved.head.team_id)
    page = render_template(
        "editor/remarks_page.html",
        uid=uid,
        place=place,
        title=title_of(saved.case, place),
        rows=found,
        count=open_count(found),
        may_comment=actor().may(Action.COMMENT, saved.head.team_id),
        my_id=actor().account.id,
        links=_commented(uid) if can_share else [],
        mistake=mistake,
        text=text,
        to=to,
    )
    return make_response(page, 422 if mistake else 200)


def title_of(case: Case, place: str) -> str:
    """What a place is called."""
    if not place:
        return "The case as a whole"
    return places_of(case).get(place, place)


def open_count(found: tuple[Comment, ...]) -> int:
    """How many of some comments are not dealt with."""
    return sum(each.resolved_at is None for each in found)


def remark_counts(saved: Saved) -> Any:
    """How many comments each place has that are not dealt with, for the script of the page."""
    if "remark_counts" not in g:
        uid = saved.head.uid
        found = comments.page(store(), actor(), uid, MOST_COUNTED, resolved=False).rows
        counts: Mapping[str, int] = Counter(each.place for each in found)
        g.remark_counts = script_json(dict(counts))
    return g.remark_counts


blueprint.add_app_template_global(remark_counts)
