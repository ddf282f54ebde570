"""Sharing without leaving the editor: the links there are, and a short form for a new one.

The answers are pages; the script of the editor takes the dialog's content out of them. What a
link allows is changed on the page of sharing.
"""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, make_response, render_template

from valuecalc.errors import CaseError
from valuecalc.schemas.shares import NewShareSchema
from valuecalc.services import proposals, shares
from valuecalc.services.shares import WithSecret
from valuecalc.web.identity import actor
from valuecalc.web.pages import shares as pages
from valuecalc.web.pages.shares import Form
from valuecalc.web.security import keep_unlisted
from valuecalc.web.storage import store

blueprint = Blueprint("editor_sharing", __name__, url_prefix="/cases/<uid>/edit")


@blueprint.get("/share")
def show(uid: str) -> Response:
    """The links of a case, and a form for another one."""
    return _page(uid, Form())


@blueprint.post("/share")
def create(uid: str) -> Response:
    """Make a link to a version, and show its address, this once."""
    form = pages.wish_form()
    try:
        wish = NewShareSchema().load(dict(form.typed))
        made = shares.create(store(), actor(), uid, wish, pages.form_key())
    except CaseError as error:
        return _page(uid, pages.with_problems(form, error), status=422)
    return _page(uid, Form(), made=made if made.secret else None)


def _page(uid: str, form: Form, made: WithSecret | None = None, status: int = 200) -> Response:
    saved, found = shares.of_case(store(), actor(), uid)
    waiting = proposals.waiting(store(), actor(), uid)
    page = render_template(
        "editor/share_page.html",
        uid=uid,
        saved=saved,
        shares=found,
        waiting={
            each.share.uid: sum(one.open_count for one in waiting if one.share.id == each.share.id)
            for each in found
        },
        choices=pages.choices_of(saved.case, form.value("may_change", ())),
        form=form,
        words=pages.WORDS,
        nonce=secrets.token_urlsafe(12),
        made=made,
        link=pages.link_of(made) if made else "",
    )
    # The secret of a link may stand on it.
    return keep_unlisted(make_response(page, status))
