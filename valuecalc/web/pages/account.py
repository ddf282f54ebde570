"""One's own account: name, password, sessions, teams and tokens."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.schemas.people import NewTokenSchema, PasswordChangeSchema, PersonNameSchema
from valuecalc.services import accounts, teams, tokens
from valuecalc.services.access import MEANS, Role
from valuecalc.web import limits, single_sign_on
from valuecalc.web.identity import actor, end_session, renew_session
from valuecalc.web.links import outside
from valuecalc.web.pages.forms import Form
from valuecalc.web.storage import store

NAME = ("name",)
PASSWORD = ("current", "password")
TOKEN = ("name", "team", "role", "expires_in_days")

NEVER = "never"
LIVES = {"30": "30 days", "90": "90 days", "365": "a year", NEVER: "never"}
"""How long a token can be made to last, for people."""

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
def show() -> Response:
    """Everything about the account."""
    return _render()


@blueprint.post("/name")
def rename() -> Response | AnyResponse:
    """Another name."""
    form = Form.sent(*NAME)
    with form.told():
        accounts.rename(store(), actor(), form.read(PersonNameSchema)["name"])
        return _done("name")
    return _render(name=form)


@blueprint.post("/password")
def change_password() -> Response | AnyResponse:
    """Another password; this session goes on, all others end."""
    _ = actor().account
    limits.sign_in()
    form = Form.sent(*PASSWORD)
    with form.told():
        read = form.read(PasswordChangeSchema)
        user = accounts.change_password(store(), actor(), read["current"], read["password"])
        renew_session(user)
        return _done("password")
    return _render(password=form)


@blueprint.post("/sessions/end")
def end_sessions() -> AnyResponse:
    """Sign out everywhere, here too."""
    accounts.end_sessions(store(), actor())
    end_session()
    return redirect(url_for("sign_in.show"), code=303)


@blueprint.post("/tokens")
def make_token() -> Response:
    """A new token, shown this once."""
    _ = actor().account
    form = Form.sent(*TOKEN)
    made = None
    with form.told(forbidden="role", not_found="team", input="team"):
        is_endless = form.texts["expires_in_days"] == NEVER
        read = form.read(NewTokenSchema, **({"expires_in_days": None} if is_endless else {}))
        role, days = Role(read["role"]), read["expires_in_days"]
        made = tokens.create(store(), actor(), read["name"], read["team"], role, days)
        form = _empty_token()
    return _render(token=form, made=made)


@blueprint.post("/tokens/<uid:token>/revoke")
def revoke_token(token: str) -> AnyResponse:
    """End a token."""
    tokens.revoke(store(), actor(), token)
    return _done("tokens")


def _done(part: str) -> AnyResponse:
    return redirect(url_for("account.show", saved=part, _anchor=part), code=303)


def _empty_token() -> Form:
    return Form.empty(*TOKEN, role="viewer", expires_in_days="90")


def _render(
    name: Form | None = None,
    password: Form | None = None,
    token: Form | None = None,
    made: tuple[tokens.OwnedToken, str] | None = None,
) -> Response:
    who = actor()
    forms = {
        "name": name or Form.empty(*NAME, name=who.account.name),
        "password": password or Form.empty(*PASSWORD),
        "token": token or _empty_token(),
    }
    page = render_template(
        "account.html",
        user=who.account,
        forms=forms,
        teams=teams.mine(store(), who).rows,
        tokens=tokens.mine(store(), who).rows,
        made=made,
        lives=LIVES,
        means=MEANS,
        roles=list(Role),
        saved=request.args.get("saved", ""),
        provider=single_sign_on.name(),
        example=outside("/api/v1/me"),
    )
    status = max(form.status for form in forms.values())
    response = make_response(page, status)
    if made is not None:
        response.headers["Cache-Control"] = "no-store"
    return response
