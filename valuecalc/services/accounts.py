"""Accounts: the first one, signing in and out everywhere, and what a person changes of it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from valuecalc.errors import (
    CaseError,
    Conflict,
    Gone,
    InputError,
    NotFound,
    Problem,
    Unauthenticated,
)
from valuecalc.schemas.people import NewAccount, NewAccountSchema, SetUpSchema, email_or_nothing
from valuecalc.schemas.requests import RequestShape
from valuecalc.services import attempts, audit, passwords
from valuecalc.services.access import Actor, Role, refuse_programs
from valuecalc.store import people
from valuecalc.store.database import Database, Session
from valuecalc.store.tables import Membership, Team, User, now

ATTEMPTS = "sign-in"
RESET_LINK_LASTS = timedelta(hours=24)

# --------------------------------------------------------------------------- the first account


def anybody(store: Database) -> bool:
    """Whether there is an account yet."""
    with store.read() as session:
        return people.has_users(session)


def set_up_key(secret_key: str) -> str:
    """What the link holds that makes the first account; every server process knows it."""
    return _signature(secret_key, "set up")


def is_set_up_key(store: Database, secret_key: str, key: str) -> bool:
    """Whether this is the key, and there is no account yet."""
    is_right = hmac.compare_digest(set_up_key(secret_key).encode(), key.encode())
    return is_right and not anybody(store)


def set_up(store: Database, fields: dict[str, str], request_id: str = "") -> User:
    """Make the first account, and its team; `fields` are those of `SetUpSchema`.

    Raises `CaseError` with every mistake, and `Conflict` when somebody else was faster.
    """

    def refuse_second(session: Session) -> None:
        if people.has_users(session):
            raise Conflict(
                "Somebody else has made the first account in the meantime.",
                "Sign in, or ask for an invitation.",
            )

    return _make_owner(store, fields, refuse_second, request_id)


def create_owner(store: Database, fields: dict[str, str]) -> User:
    """Make an account and a team that it owns, whoever is there already; for the operator."""
    return _make_owner(store, fields, lambda session: None, "")


def _make_owner(store: Database, fields: dict[str, str], check: Any, request_id: str) -> User:
    given = _read(SetUpSchema(), fields)
    team_name = given.pop("team")
    new = NewAccount(**given)
    kept = passwords.hashed(new.password)

    def work(session: Session) -> User:
        people.one_at_a_time(session)
        check(session)
        user = add_account(session, new.name, new.email, password_hash=kept)
        team = Team(name=team_name)
        session.add(team)
        session.flush()
        session.add(Membership(team_id=team.id, user_id=user.id, role=Role.OWNER))
        actor = Actor(user=user, request_id=request_id)
        audit.record(
            session, actor, "team.created", team_id=team.id, subject=team.uid, title=team.name
        )
        return user

    return store.run(work)


def read_new(fields: dict[str, str], *known: str) -> NewAccount:
    """Somebody who is to have an account. Raises `CaseError` with every mistake."""
    new: NewAccount = _read(NewAccountSchema(), fields, *known)
    return new


def _read(shape: RequestShape, fields: dict[str, str], *known: str) -> Any:
    """What the fields say, with a weak password among their mistakes."""
    problems: list[Problem] = []
    read = None
    try:
        read = shape.load(fields)
    except CaseError as error:
        problems += error.problems
    password = fields.get("password", "")
    others = [text for name, text in fields.items() if name != "password"]
    if all(problem.place != "password" for problem in problems):
        try:
            passwords.refuse_weak(password, *others, *known)
        except InputError as error:
            problems.append(error.problem("password"))
    if problems:
        raise CaseError(problems, "request")
    return read


def add_account(session: Session, name: str, email: str, **columns: Any) -> User:
    """A new account. Raises `Conflict` when the address has one.

    Call `people.one_at_a_time` before in the same transaction.
    """
    if people.user_by_email(session, email) is not None:
        raise Conflict(
            "There is an account with this e-mail address already.",
            "Sign in with it, or take another address.",
        )
    user = User(name=name, email=email, last_seen_at=now(), **columns)
    session.add(user)
    session.flush()
    audit.record(session, Actor(user=user), "account.created", subject=user.uid)
    return user


def _refuse_weak(password: str, *known: str, place: str = "password") -> None:
    try:
        passwords.refuse_weak(password, *known)
    except InputError as error:
        raise CaseError([error.problem(place)], "request") from None


# --------------------------------------------------------------------------- signing in


def sign_in(store: Database, email: str, password: str, request_id: str = "") -> User:
    """Whoever has this address and this password.

    Raises `Unauthenticated`, which is the same for an address that nobody has, and takes as
    long; and `TooMany`.
    """
    known = email_or_nothing(email)
    attempts.count(store, ATTEMPTS, known)
    user = _by_email(store, known)
    kept = user.password_hash if user is not None else None
    # Compared outside of a transaction: it takes a quarter of a second.
    if not passwords.is_right(kept, password) or user is None or kept is None:
        raise Unauthenticated(
            "The e-mail address or the password is not right.",
            "Check both. Who has forgotten the password asks the operator for a link.",
        )
    renewed = passwords.hashed(password) if passwords.is_outdated(kept) else None
    attempts.forget(store, ATTEMPTS, known)
    return store.run(lambda session: _signed_in(session, user.id, kept, renewed, request_id))


def _by_email(store: Database, email: str) -> User | None:
    with store.read() as session:
        return people.user_by_email(session, email)


def _signed_in(
    session: Session, user_id: int, kept: str, renewed: str | None, request_id: str
) -> User:
    user = people.user(session, user_id)
    if user is None or user.password_hash != kept:
        raise Unauthenticated("The password has changed just now.", "Sign in again.")
    user.password_hash = renewed or kept
    return note_sign_in(session, user, request_id)


def note_sign_in(session: Session, user: User, request_id: str, **detail: Any) -> User:
    """Write down that somebody has signed in."""
    user.last_seen_at = now()
    actor = Actor(user=user, request_id=request_id)
    audit.record(session, actor, "account.signed_in", subject=user.uid, **detail)
    return user


# --------------------------------------------------------------------------- one's own account


def rename(store: Database, actor: Actor, name: str) -> User:
    """Call the actor something else from now on."""

    def work(session: Session) -> User:
        user = _own(session, actor)
        if user.name != name:
            audit.record(session, actor, "account.renamed", subject=user.uid, to=name)
            user.name = name
        return user

    refuse_programs(actor, "change an account")
    return store.run(work)


def change_password(store: Database, actor: Actor, current: str, password: str) -> User:
    """Another password; every other session ends.

    Raises `CaseError` with the field, and `TooMany`.
    """
    refuse_programs(actor, "change a password")
    user = actor.account
    if user.password_hash is None:
        raise Conflict("This account has no password: it signs in at the provider.")
    attempts.count(store, ATTEMPTS, user.email)
    if not passwords.is_right(user.password_hash, current):
        mistake = _mistake("current", "This is not your password.", "Type it again.")
        raise CaseError([mistake], "request")
    attempts.forget(store, ATTEMPTS, user.email)
    _refuse_weak(password, user.name, user.email)
    if current == password:
        mistake = _mistake("password", "This is the password so far.", "Take another.")
        raise CaseError([mistake], "request")
    return _keep_password(store, actor, passwords.hashed(password), "account.password_changed")


def end_sessions(store: Database, actor: Actor) -> User:
    """Sign the actor out everywhere."""
    refuse_programs(actor, "end sessions")

    def work(session: Session) -> User:
        user = _own(session, actor)
        user.session_epoch += 1
        audit.record(session, actor, "account.signed_out_everywhere", subject=user.uid)
        return user

    return store.run(work)


def _keep_password(store: Database, actor: Actor, kept: str, action: str) -> User:
    def work(session: Session) -> User:
        user = _own(session, actor)
        user.password_hash = kept
        user.session_epoch += 1
        audit.record(session, actor, action, subject=user.uid)
        return user

    return store.run(work)


def _own(session: Session, actor: Actor) -> User:
    user = people.user(session, actor.account.id)
    # Somebody may have ended all sessions since this request began.
    if user is None or user.session_epoch != actor.account.session_epoch:
        raise Unauthenticated("This session has ended.", "Sign in again.")
    return user


def _mistake(place: str, cause: str, remedy: str) -> Problem:
    return Problem(code="password", place=place, cause=cause, remedy=remedy)


# --------------------------------------------------------------------------- forgotten passwords


def reset_key(store: Database, secret_key: str, email: str) -> str:
    """What a link holds with which somebody may choose a new password, once, within a day.

    All sessions end, and links made before no longer work. Raises `NotFound`.
    """

    def work(session: Session) -> User:
        user = people.user_by_email(session, email_or_nothing(email))
        if user is None:
            raise NotFound("account")
        user.session_epoch += 1
        audit.record(session, Actor(), "account.reset_link_made", subject=user.uid, name="operator")
        return user

    user = store.run(work)
    ends = int((now() + RESET_LINK_LASTS).timestamp())
    named = f"{user.uid}.{user.session_epoch}.{ends}"
    return f"{named}.{_signature(secret_key, f'reset {named}')}"


def account_to_reset(store: Database, secret_key: str, key: str) -> User:
    """Whose password a link is for. Raises `Gone`."""
    named, _, signature = key.rpartition(".")
    right = _signature(secret_key, f"reset {named}")
    if not hmac.compare_digest(right.encode(), signature.encode()):
        raise _ended()
    # Signed, so it has the shape that it was given.
    uid, epoch, ends = named.split(".")
    with store.read() as session:
        user = people.user_by_uid(session, uid)
    if user is None or str(user.session_epoch) != epoch or _is_past(int(ends)):
        raise _ended()
    return user


def reset_password(store: Database, secret_key: str, key: str, password: str) -> User:
    """A new password for whoever holds the link. Raises `Gone`, and `CaseError`."""
    user = account_to_reset(store, secret_key, key)
    _refuse_weak(password, user.name, user.email)
    kept = passwords.hashed(password)
    changed = _keep_password(store, Actor(user=user), kept, "account.password_reset")
    attempts.forget(store, ATTEMPTS, user.email)
    return changed


def set_password(store: Database, email: str, password: str) -> User:
    """A new password for an account; for the operator. Raises `NotFound`, `CaseError`."""
    user = _by_email(store, email_or_nothing(email))
    if user is None:
        raise NotFound("account")
    _refuse_weak(password, user.name, user.email)
    kept = passwords.hashed(password)
    return _keep_password(store, Actor(user=user, via="operator"), kept, "account.password_reset")


def _ended() -> Gone:
    return Gone(
        "This link is no longer valid: used, too old, or replaced by another.",
        "Ask the operator for a new one.",
    )


def _is_past(seconds: int) -> bool:
    return now() >= datetime.fromtimestamp(seconds, tz=now().tzinfo)


def _signature(secret_key: str, what: str) -> str:
    """A text that only those who have the secret key can make."""
    return hmac.new(secret_key.encode(), f"valuecalc {what}".encode(), hashlib.sha256).hexdigest()
