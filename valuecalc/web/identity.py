"""Who is asking: by token under `/api/`, by session cookie everywhere.

A token that is sent is the identity, whatever cookie comes with it; a wrong one is refused.
A session is a signed cookie with the account's mark. It ends some hours after signing in, when
the account's epoch goes up, and when its reader signs out.
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta

from flask import Flask, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from valuecalc.config import Settings
from valuecalc.errors import Unauthenticated
from valuecalc.services import identity
from valuecalc.services.access import STRANGER, Actor
from valuecalc.store.tables import User
from valuecalc.web.errors import API_PATH, answer_refusal, is_for_programs
from valuecalc.web.local_paths import local_path
from valuecalc.web.storage import store

SESSION_KEY = "account"
SINCE_KEY = "since"

# Asked for with every page or by machines, and the same for everybody.
_FOR_ANYBODY = frozenset(
    {"static_files.send", "health.show", "health.show_readiness", "metrics.show"}
)


def install(app: Flask, settings: Settings) -> None:
    """Find out who is asking before each request; templates get `reader()`."""
    app.secret_key = settings.read_secret_key()
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(hours=settings.session_hours)
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    # With this prefix browsers take the cookie from this very host alone, over https.
    app.config["SESSION_COOKIE_NAME"] = f"{'__Host-' if settings.https else ''}valuecalc"
    app.before_request(find)
    app.register_error_handler(Unauthenticated, ask_to_sign_in)
    app.jinja_env.globals["reader"] = reader


def find() -> None:
    """Find out who is asking, once; a wrong token is refused where somebody asks for it.

    Until then it is counted like any other request of a stranger.
    """
    if request.endpoint not in _FOR_ANYBODY:
        with suppress(Unauthenticated):
            actor()


def actor() -> Actor:
    """Whoever sends this request, found once. Raises `Unauthenticated` for a wrong token."""
    if "actor" not in g:
        # What cannot be found out now must not be asked again for the page that says so.
        g.actor = STRANGER
        try:
            g.actor = _found()
        except Unauthenticated as error:
            g.wrong_token = error
    if "wrong_token" in g:
        raise g.wrong_token
    found: Actor = g.actor
    return found


def reader() -> Actor:
    """Whom a page is for; never raises, as pages that tell of errors ask too."""
    found: Actor = g.get("actor", STRANGER)
    return found


def _found() -> Actor:
    request_id = g.get("request_id", "")
    if has_token():
        return identity.actor_of_token(store(), _bearer(), request_id)
    mark = session.get(SESSION_KEY)
    if not isinstance(mark, str) or _is_over():
        return STRANGER
    return identity.actor_of_session(store(), mark, request_id)


def _is_over() -> bool:
    since = session.get(SINCE_KEY)
    lasts = current_app.permanent_session_lifetime.total_seconds()
    return not isinstance(since, int) or not 0 <= time.time() - since < lasts


def has_token() -> bool:
    """Whether this is a program that shows a token."""
    return request.path.startswith(API_PATH) and "Authorization" in request.headers


def _bearer() -> str:
    kind, _, text = request.headers["Authorization"].partition(" ")
    if kind.lower() != "bearer" or not text:
        raise Unauthenticated(
            "The Authorization header holds no bearer token.",
            "Send: Authorization: Bearer vc_…",
        )
    return text.strip()


def begin_session(user: User) -> None:
    """Sign somebody in: nothing of the session before it is kept."""
    # Else whoever had planted a session in this browser would share the new one.
    session.clear()
    session.permanent = True
    session[SINCE_KEY] = int(time.time())
    session[SESSION_KEY] = identity.session_mark(user)
    g.actor = identity.actor_of_session(store(), session[SESSION_KEY], g.get("request_id", ""))


def renew_session(user: User) -> None:
    """Keep this session, when all others of the account have ended."""
    session[SESSION_KEY] = identity.session_mark(user)


def end_session() -> None:
    """Sign out in this browser."""
    session.clear()
    g.actor = STRANGER


def ask_to_sign_in(error: Unauthenticated) -> Response:
    """Send the reader of a page to the sign-in page and back; tell programs and forms no."""
    is_page = request.method in ("GET", "HEAD") and not is_for_programs()
    if not is_page or request.endpoint in _FOR_ANYBODY:
        return answer_refusal(error)
    return redirect(url_for("sign_in.show", next=here()), code=303)


def here() -> str:
    """The address of this page, to come back to."""
    full = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return local_path(full)
