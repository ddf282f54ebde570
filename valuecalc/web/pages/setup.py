"""The first start: whoever has the link that the terminal shows makes the first account."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.services import accounts
from valuecalc.web import limits
from valuecalc.web.identity import begin_session
from valuecalc.web.pages.forms import Form
from valuecalc.web.pages.sign_in import secret_page
from valuecalc.web.storage import store

FIELDS = ("name", "email", "password", "team")

blueprint = Blueprint("setup", __name__, url_prefix="/setup")


@blueprint.get("")
def show() -> Response:
    """The form, for whoever has the key, as long as there is no account."""
    key = _require_key(request.args.get("key", ""))
    return _render(Form.empty(*FIELDS), key)


@blueprint.post("")
def set_up() -> Response | AnyResponse:
    """Make the account and its team, and sign in."""
    limits.sign_in()
    key = _require_key(request.form.get("key", ""))
    form = Form.sent(*FIELDS)
    with form.told():
        user = accounts.set_up(store(), form.texts, g.get("request_id", ""))
        begin_session(user)
        return redirect(url_for("sign_in.home"), code=303)
    return _render(form, key)


def _require_key(key: str) -> str:
    if not accounts.is_set_up_key(store(), str(current_app.secret_key), key):
        abort(404)
    return key


def _render(form: Form, key: str) -> Response:
    page = render_template("setup.html", form=form, key=key)
    return secret_page(make_response(page, form.status))
