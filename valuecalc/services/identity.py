"""From a session or a token to the actor that it speaks for."""

from __future__ import annotations

import secrets
from datetime import timedelta

from valuecalc.errors import Unauthenticated
from valuecalc.services.access import STRANGER, Actor, Role
from valuecalc.store import people
from valuecalc.store.database import Database, Session
from valuecalc.store.tables import Token, User, now, sha256

TOKEN_PREFIX = "vc_"
# Noting every use would turn every read into a write.
USE_IS_NOTED_EVERY = timedelta(minutes=1)


def session_mark(user: User) -> str:
    """What a session cookie holds; no longer valid once the account's epoch goes up."""
    return f"{user.uid}.{user.session_epoch}"


def actor_of_session(store: Database, mark: str, request_id: str = "") -> Actor:
    """Whoever a session cookie speaks for; a stranger when it is no longer valid."""
    uid, _, epoch = mark.rpartition(".")
    with store.read() as session:
        user = people.user_by_uid(session, uid)
        if user is None or str(user.session_epoch) != epoch:
            return STRANGER
        return Actor(user=user, roles=roles_of(session, user), request_id=request_id)


def roles_of(session: Session, user: User) -> dict[int, Role]:
    """What somebody is in each team."""
    return {each.team_id: Role(each.role) for each in people.memberships_of(session, user.id)}


def token_text(token: Token, secret: str) -> str:
    """A token as it is shown once and sent with requests."""
    return f"{TOKEN_PREFIX}{token.uid}.{secret}"


def actor_of_token(store: Database, text: str, request_id: str = "") -> Actor:
    """Whoever a token speaks for, in its team alone. Raises `Unauthenticated`."""
    uid, _, secret = text.removeprefix(TOKEN_PREFIX).partition(".")
    with store.read() as session:
        token = people.token_by_uid(session, uid)
        if token is None or not _is_valid(token, secret):
            raise _not_valid()
        user = people.user(session, token.user_id)
        membership = people.membership(session, token.team_id, token.user_id)
    if user is None or membership is None:
        raise _not_valid()
    _note_use(store, token)
    roles = {token.team_id: smaller(Role(membership.role), Role(token.role))}
    return Actor(user=user, roles=roles, via=f"token {token.name}", request_id=request_id)


def smaller(first: Role, second: Role) -> Role:
    """The role that may do less."""
    return second if first.covers(second) else first


def _not_valid() -> Unauthenticated:
    return Unauthenticated(
        "This token is not valid: unknown, revoked or expired.",
        "Make a new one on the page of your account.",
    )


def _is_valid(token: Token, secret: str) -> bool:
    is_right = secrets.compare_digest(token.secret_sha, sha256(secret))
    is_over = token.expires_at is not None and token.expires_at <= now()
    return is_right and not is_over and token.revoked_at is None


def _note_use(store: Database, token: Token) -> None:
    moment = now()
    stale = moment - USE_IS_NOTED_EVERY
    if token.last_used_at is None or token.last_used_at < stale:
        store.run(lambda session: people.mark_used(session, token.id, moment, stale))
