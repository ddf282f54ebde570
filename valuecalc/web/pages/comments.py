"""What people say about a case: the team's own remarks, and those of customers."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from valuecalc.case.case import Assumption, Calculation, Case, Line
from valuecalc.services import comments, saved_cases
from valuecalc.web.identity import actor
from valuecalc.web.pages import lists
from valuecalc.web.pages.saved_case import Bar
from valuecalc.web.storage import store

PAGE = 100
LONGEST_TEXT = 5_000

blueprint = Blueprint("case_comments", __name__, url_prefix="/cases/<uid>/comments")


@blueprint.get("")
def show_all(uid: str) -> str:
    """All comments, the oldest first, and a form for another one."""
    after = lists.cursor(int)
    found = comments.page(store(), actor(), uid, PAGE, after[0] if after else None)
    saved = saved_cases.load(store(), actor(), uid)
    last = (found.rows[-1].id,) if found.rows else ()
    return render_template(
        "comments.html",
        bar=Bar(saved, "comments"),
        rows=found.rows,
        places=places_of(saved.case),
        place=request.args.get("place", ""),
        next=lists.next_address(found.has_more, *last),
        my_id=actor().account.id,
    )


def places_of(case: Case) -> dict[str, str]:
    """What can be commented on, for people, by its place in the document."""
    listed: tuple[tuple[str, Sequence[Assumption | Calculation | Line]], ...] = (
        ("assumptions", case.assumptions),
        ("calculations", case.calculations),
        ("benefits", case.benefits),
        ("investments", case.investments),
    )
    return {f"{section}.{each.id}": each.label for section, items in listed for each in items}


@blueprint.post("")
def write(uid: str) -> Response:
    """Write a comment."""
    text = request.form.get("text", "").strip()[:LONGEST_TEXT]
    place = request.form.get("place", "")
    if text:
        comments.add(store(), actor(), uid, text, place)
    return redirect(url_for("case_comments.show_all", uid=uid, _anchor="write"), code=303)


@blueprint.post("/<comment>/<any(resolve, reopen, delete):verb>")
def settle(uid: str, comment: str, verb: str) -> Response:
    """Say that a comment is dealt with, or is not, or take it back."""
    verbs = {"resolve": comments.resolve, "reopen": comments.reopen, "delete": comments.delete}
    verbs[verb](store(), actor(), uid, comment)
    return redirect(url_for("case_comments.show_all", uid=uid), code=303)
