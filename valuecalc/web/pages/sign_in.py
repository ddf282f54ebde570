"""Signing in, with a password or at an identity provider; signing out; forgotten passwords."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.errors import Refusal, Unauthenticated
from valuecalc.schemas.people import NewPasswordSchema
from valuecalc.services import accounts
from valuecalc.services import single_sign_on as sign_on_service
from valuecalc.web import limits, metrics, single_sign_on
from valuecalc.web.errors import failure_of_refusal
from valuecalc.web.identity import actor, begin_session, end_session
from valuecalc.web.local_paths import local_path
from valuecalc.web.pages.forms import Form
from valuecalc.web.single_sign_on import SignOnFailed
from valuecalc.web.storage import store

NEXT_KEY = "next"
INVITATION_KEY = "invitation"

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
def show() -> Response | AnyResponse:
    """The form; whoever is signed in goes on."""
    if actor().is_known:
        return redirect(_next(), code=303)
    return _render(Form.empty("email", "password", "next", next=_next()))


@blueprint.post("/sign-in")
def sign_in() -> Response | AnyResponse:
    """Sign in with a password, and go on to where one wanted to be."""
    form = Form.sent("email", "password", "next")
    email, password = form.texts["email"], form.texts["password"]
    try:
        limits.sign_in()
        user = accounts.sign_in(store(), email, password, g.get("request_id", ""))
    except Unauthenticated as error:
        metrics.sign_in_failed()
        form.refusal = error
        return _render(form)
    except Refusal as error:
        metrics.sign_in_failed()
        return _failed(form, error)
    begin_session(user)
    return redirect(_next(), code=303)


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    """End the session in this browser."""
    end_session()
    return redirect(url_for("library.show_all"), code=303)


def _next() -> str:
    wanted = local_path(request.values.get("next", ""), url_for("sign_in.home"))
    # Back to this page would be a circle.
    return url_for("sign_in.home") if wanted.startswith(url_for("sign_in.show")) else wanted


@blueprint.get("/home")
def home() -> AnyResponse:
    """Where people begin once they are signed in: their cases."""
    return redirect(url_for("case_list.show_all"), code=303)


def _render(form: Form) -> Response:
    page = render_template("sign_in.html", form=form, provider=single_sign_on.name())
    return make_response(page, form.status)


def _failed(form: Form, error: SignOnFailed | Refusal) -> Response:
    """The form again, with what is in the way, under the status that it has everywhere."""
    if isinstance(error, SignOnFailed):
        form.refusal = Refusal(error.cause, error.remedy)
        return make_response(_render(form), error.status)
    form.refusal = error
    failure = failure_of_refusal(error)
    return make_response(_render(form), failure.status, dict(failure.headers))


# --------------------------------------------------------------------------- provider


@blueprint.get("/sign-in/provider")
def go_to_provider() -> AnyResponse:
    """Sign in at the identity provider; its answer comes to `come_back`."""
    if not single_sign_on.name():
        return redirect(url_for("sign_in.show"), code=303)
    try:
        session[NEXT_KEY] = _next()
        return single_sign_on.redirect_there()
    except SignOnFailed as error:
        return _failed(Form.empty("email", "password", "next", next=_next()), error)


@blueprint.get("/sign-in/provider/back")
def come_back() -> Response | AnyResponse:
    """Where the provider sends people back to."""
    if not single_sign_on.name():
        return redirect(url_for("sign_in.show"), code=303)
    wanted = local_path(str(session.get(NEXT_KEY, "")), url_for("sign_in.home"))
    invitation = str(session.pop(INVITATION_KEY, ""))
    try:
        claims = single_sign_on.claims_from_there()
        user = sign_on_service.sign_in(store(), claims, invitation, g.get("request_id", ""))
    except (SignOnFailed, Refusal) as error:
        metrics.sign_in_failed()
        return _failed(Form.empty("email", "password", "next", next=wanted), error)
    begin_session(user)
    return redirect(wanted, code=303)


# --------------------------------------------------------------------------- forgotten


@blueprint.get("/reset")
def show_reset() -> Response:
    """The form for a new password, for whoever has the operator's link."""
    key = request.args.get("key", "")
    user = accounts.account_to_reset(store(), str(current_app.secret_key), key)
    return _render_reset(Form.empty("password", "key", key=key), user.email)


@blueprint.post("/reset")
def reset() -> Response | AnyResponse:
    """Take the new password, and sign in with it."""
    form = Form.sent("password", "key")
    limits.sign_in()
    secret_key = str(current_app.secret_key)
    user = accounts.account_to_reset(store(), secret_key, form.texts["key"])
    with form.told():
        form.read(NewPasswordSchema)
        changed = accounts.reset_password(
            store(), secret_key, form.texts["key"], form.texts["password"]
        )
        begin_session(changed)
        return redirect(url_for("sign_in.home"), code=303)
    return _render_reset(form, user.email)


def _render_reset(form: Form, email: str) -> Response:
    page = render_template("reset.html", form=form, email=email)
    return secret_page(make_response(page, form.status))


def secret_page(response: Response) -> Response:
    """A page whose address is a secret: no search engine and no other page may learn it."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    # Not "no-referrer": the origin is what a form proves itself with.
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["Cache-Control"] = "no-store"
    return response
