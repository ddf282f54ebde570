"""The page behind the link of an invitation."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.services import invitations
from valuecalc.services.access import MEANS
from valuecalc.services.invitations import Received
from valuecalc.web import limits, single_sign_on
from valuecalc.web.identity import actor, begin_session
from valuecalc.web.pages.forms import Form
from valuecalc.web.pages.sign_in import INVITATION_KEY, secret_page
from valuecalc.web.storage import store

FIELDS = ("name", "email", "password")

blueprint = Blueprint("invitation", __name__, url_prefix="/invitations")


@blueprint.get("/<secret>")
def show(secret: str) -> Response:
    """What the invitation is for, and how to accept it."""
    received = invitations.look_up(store(), secret)
    return _render(Form.empty(*FIELDS, email=received.invitation.email), received, secret)


@blueprint.post("/<secret>")
def accept(secret: str) -> Response | AnyResponse:
    """Accept it: with the account that is signed in, or with a new one."""
    received = invitations.look_up(store(), secret)
    form = Form.sent(*FIELDS)
    if actor().is_known:
        with form.told(forbidden=""):
            team = invitations.accept(store(), actor(), secret)
            return redirect(url_for("team.show", team=team.uid), code=303)
        return _render(form, received, secret)
    limits.sign_in()
    with form.told(conflict="email", forbidden="email"):
        user = invitations.accept_with_account(store(), secret, form.texts, g.get("request_id", ""))
        begin_session(user)
        return redirect(url_for("sign_in.home"), code=303)
    return _render(form, received, secret)


@blueprint.get("/<secret>/provider")
def accept_at_provider(secret: str) -> AnyResponse:
    """Accept it with the account at the identity provider."""
    invitations.look_up(store(), secret)
    if not single_sign_on.name():
        return redirect(url_for("invitation.show", secret=secret), code=303)
    session[INVITATION_KEY] = secret
    return redirect(url_for("sign_in.go_to_provider", next=request.args.get("next", "")), code=303)


def _render(form: Form, received: Received, secret: str) -> Response:
    page = render_template(
        "invitation.html",
        form=form,
        received=received,
        secret=secret,
        means=MEANS[received.role],
        provider=single_sign_on.name(),
    )
    return secret_page(make_response(page, form.status))
