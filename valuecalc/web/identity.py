"""Who is asking: by token under `/api/`, by session cookie everywhere.

A token that is sent is the identity, whatever cookie comes with it; a wrong one is refused.
"""

from __future__ import annotations

from flask import g, request, session

from valuecalc.errors import Unauthenticated
from valuecalc.services import identity
from valuecalc.services.access import STRANGER, Actor
from valuecalc.web.errors import API_PATH
from valuecalc.web.storage import store

SESSION_KEY = "account"


def actor() -> Actor:
    """Whoever sends this request, found once. Raises `Unauthenticated` for a wrong token."""
    if "actor" not in g:
        g.actor = _found()
    found: Actor = g.actor
    return found


def _found() -> Actor:
    request_id = g.get("request_id", "")
    if has_token():
        return identity.actor_of_token(store(), _bearer(), request_id)
    mark = session.get(SESSION_KEY)
    if not isinstance(mark, str):
        return STRANGER
    return identity.actor_of_session(store(), mark, request_id)


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
