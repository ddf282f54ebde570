"""Links for customers, from the team's side: make, list, change, renew, withdraw, answer.

A link shows one frozen version of a case and nothing else of the team. Its secret is given
out once, when it is made or renewed; only a hash of it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from valuecalc.case.case import Case
from valuecalc.errors import CaseError, Conflict, Problem, did_you_mean
from valuecalc.schemas.shares import Wish
from valuecalc.services import audit, cases, code_words
from valuecalc.services.access import Action, Actor, require
from valuecalc.services.saved_cases import Saved, head_for, version_of
from valuecalc.store import cases as stored_cases
from valuecalc.store import people
from valuecalc.store import shares as stored
from valuecalc.store.database import Database, Session
from valuecalc.store.pages import Slice
from valuecalc.store.shares import Openings
from valuecalc.store.tables import (
    Comment,
    IdempotencyKey,
    Opening,
    Share,
    StoredCase,
    Version,
    new_secret,
    now,
    sha256,
)

KIND = "link"
KEYS_ARE_KEPT = timedelta(days=7)
MAX_SHARES = 200
OPENINGS_SHOWN = 50


class State(StrEnum):
    """What a link does."""

    OPEN = "open"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Shared:
    """A share as the team sees it: the link, its case and version, and who has opened it."""

    share: Share
    head: StoredCase
    version: Version
    openings: Openings = field(default_factory=Openings)

    @property
    def state(self) -> State:
        """What the link does at this moment."""
        return state_of(self.share)

    @property
    def expires(self) -> date | None:
        """The last day on which it works."""
        return last_day(self.share)

    @cached_property
    def case(self) -> Case:
        """The case in the shared version."""
        return Saved(self.head, self.version).case


@dataclass(frozen=True)
class WithSecret:
    """A share and the secret of its link, which is known at this moment only.

    `secret` is empty for a repeated request: the link was given out before.
    """

    shared: Shared
    secret: str = field(repr=False)


def state_of(share: Share) -> State:
    """What a link does at this moment."""
    if share.withdrawn_at is not None:
        return State.WITHDRAWN
    is_over = share.expires_at is not None and share.expires_at <= now()
    return State.EXPIRED if is_over else State.OPEN


def last_day(share: Share) -> date | None:
    """The last day on which a link works, in UTC; None for no end."""
    moment = share.expires_at
    return None if moment is None else (moment - timedelta(seconds=1)).date()


# --------------------------------------------------------------------------- find


def share_for(
    session: Session,
    actor: Actor,
    uid: str,
    action: Action = Action.SHARE,
    *,
    lock: bool = False,
) -> tuple[Share, StoredCase]:
    """The only way to a share for the team: it is there, and `actor` may do `action` with it.

    Raises `Unauthenticated`, `NotFound` or `Forbidden`.
    """
    share = stored.by_uid(session, uid, lock=lock) if actor.account else None
    head = stored.case_of(session, share) if share else None
    is_there = head is not None and head.deleted_at is None
    require(actor, action, head.team_id if head and is_there else None, KIND)
    assert share is not None
    assert head is not None
    return share, head


def load(store: Database, actor: Actor, uid: str) -> Shared:
    """A share by its public name."""
    with store.read() as session:
        return _seen(session, *share_for(session, actor, uid))


def of_case(store: Database, actor: Actor, uid: str) -> tuple[Saved, tuple[Shared, ...]]:
    """A case in its newest version, and its shares, the newest first."""
    with store.read() as session:
        head = head_for(session, actor, uid, Action.SHARE)
        shares = stored.of_case(session, head.id)
        counts = stored.openings(session, [each.id for each in shares])
        found = [
            Shared(
                each, head, version_of(session, head, each.version), counts.get(each.id, Openings())
            )
            for each in shares
        ]
        return Saved(head, version_of(session, head)), tuple(found)


def openings(
    store: Database, actor: Actor, uid: str, limit: int = 50, before: int | None = None
) -> Slice[Opening]:
    """When a link was opened, the last time first, from below the number `before` on."""
    with store.read() as session:
        share, _ = share_for(session, actor, uid)
        return stored.opened(session, share.id, limit, before)


def last_openings(
    store: Database, actor: Actor, shares: Sequence[Shared]
) -> Mapping[str, Sequence[Opening]]:
    """The last openings of several shares of a case, by the shares' public names."""
    found = {}
    with store.read() as session:
        for each in shares:
            require(actor, Action.SHARE, each.head.team_id, KIND)
            last = stored.opened(session, each.share.id, OPENINGS_SHOWN, None)
            found[each.share.uid] = last.rows
    return found


def _seen(session: Session, share: Share, head: StoredCase) -> Shared:
    counts = stored.openings(session, [share.id])
    version = version_of(session, head, share.version)
    return Shared(share, head, version, counts.get(share.id, Openings()))


# --------------------------------------------------------------------------- make and change


def create(
    store: Database, actor: Actor, uid: str, wish: Wish, key: str | None = None
) -> WithSecret:
    """A new link to a version of a case, which is frozen and named if it was not.

    With the same `key` it is made once; the secret is given out the first time only. Raises
    `CaseError` for a version that cannot be calculated and for assumptions that it does not
    have, `Conflict` for a key that was used for something else.
    """
    # The code word is no part of it: a plain hash of it could be tried out.
    fingerprint = sha256(f"share {uid} {wish!r}")
    with store.read() as session:
        head = head_for(session, actor, uid, Action.SHARE)
        version = version_of(session, head, wish.version)
    _refuse_unsound(Saved(head, version), wish)
    code_word_hash = code_words.hashed(wish.code_word) if wish.code_word else None
    secret = new_secret()

    def work(session: Session) -> WithSecret:
        head = head_for(session, actor, uid, Action.SHARE, lock=True)
        earlier = _made_with(session, actor, key, fingerprint)
        if earlier is not None:
            return WithSecret(earlier, "")
        if len(stored.of_case(session, head.id)) >= MAX_SHARES:
            raise Conflict(f"This case has {MAX_SHARES} links.", "Change one of them instead.")
        share = _new_share(actor, head, version.number, wish, code_word_hash, secret)
        frozen = _frozen(session, actor, head, version.number, wish.label)
        stored.add(session, share)
        if key is not None:
            _remember(session, actor, key, fingerprint, share)
        _note(session, actor, "share.made", share, head, version=share.version)
        return WithSecret(Shared(share, head, frozen), secret)

    try:
        return store.run(work)
    except stored_cases.KeyTaken:
        return store.run(work)


def _new_share(
    actor: Actor, head: StoredCase, number: int, wish: Wish, word: str | None, secret: str
) -> Share:
    return Share(
        case_id=head.id,
        version=number,
        label=wish.label,
        secret_sha=sha256(secret),
        code_word_hash=word,
        may_comment=wish.may_comment,
        may_change=list(wish.may_change),
        created_by=actor.account.id,
        expires_at=end_of(wish.expires),
    )


def _made_with(session: Session, actor: Actor, key: str | None, fingerprint: str) -> Shared | None:
    known = stored_cases.idempotency_key(session, actor.account.id, key) if key else None
    if known is None:
        return None
    if known.fingerprint != fingerprint:
        raise Conflict("This key was used for another request.", "Send a new key with a new link.")
    return _seen(session, *share_for(session, actor, known.uid))


def _remember(session: Session, actor: Actor, key: str, fingerprint: str, share: Share) -> None:
    used = IdempotencyKey(user_id=actor.account.id, key=key, fingerprint=fingerprint, uid=share.uid)
    stored_cases.remember_key(session, used, now() - KEYS_ARE_KEPT)


def _frozen(session: Session, actor: Actor, head: StoredCase, number: int, label: str) -> Version:
    """The version with a name, so that it stays when others are thinned out."""
    version = version_of(session, head, number)
    if version.name is None:
        moment = now()
        with_whom = label or head.customer or "the customer"
        version.name = f"Shared with {with_whom[:200]} on {moment:%-d %B %Y}"
        version.frozen_by, version.frozen_at = actor.name, moment
        audit.record(
            session,
            actor,
            "version.frozen",
            team_id=head.team_id,
            subject=head.uid,
            version=number,
            title=version.name,
        )
    return version


def change(store: Database, actor: Actor, uid: str, changes: Mapping[str, Any]) -> Shared:
    """Change what a link allows; `changes` are fields of `Wish` with their new values.

    A new code word, or none, shuts out whoever knew the old one.
    """
    word = changes.get("code_word")
    code_word_hash = code_words.hashed(word) if word else None

    def work(session: Session) -> Shared:
        share, head = share_for(session, actor, uid, lock=True)
        seen = _seen(session, share, head)
        _refuse_withdrawn(share)
        _refuse_unknown(seen.case, changes.get("may_change", ()))
        _refuse_past(changes.get("expires"))
        for name in ("label", "may_comment", "may_change"):
            if name in changes:
                value = changes[name]
                setattr(share, name, list(value) if name == "may_change" else value)
        if "expires" in changes:
            share.expires_at = end_of(changes["expires"])
        if "code_word" in changes:
            share.code_word_hash = code_word_hash
        _note(session, actor, "share.changed", share, head, fields=sorted(changes))
        session.flush()
        return seen

    return store.run(work)


def renew(store: Database, actor: Actor, uid: str) -> WithSecret:
    """A new secret for a link: the old address leads nowhere from now on."""
    secret = new_secret()

    def work(session: Session) -> WithSecret:
        share, head = share_for(session, actor, uid, lock=True)
        _refuse_withdrawn(share)
        share.secret_sha = sha256(secret)
        _note(session, actor, "share.renewed", share, head)
        session.flush()
        return WithSecret(_seen(session, share, head), secret)

    return store.run(work)


def withdraw(store: Database, actor: Actor, uid: str) -> Shared:
    """Shut a link for good, at once; nothing when it is shut already."""

    def work(session: Session) -> Shared:
        share, head = share_for(session, actor, uid, lock=True)
        if share.withdrawn_at is None:
            share.withdrawn_at = now()
            _note(session, actor, "share.withdrawn", share, head)
        return _seen(session, share, head)

    return store.run(work)


def _note(
    session: Session, actor: Actor, action: str, share: Share, head: StoredCase, **detail: Any
) -> None:
    audit.record(
        session,
        actor,
        action,
        team_id=head.team_id,
        subject=head.uid,
        share=share.uid,
        label=share.label,
        **detail,
    )


# --------------------------------------------------------------------------- what is refused


def end_of(day: date | None) -> datetime | None:
    """The moment at which a day is over, in UTC."""
    return None if day is None else datetime.combine(day + timedelta(days=1), time(), UTC)


def _refuse_unsound(saved: Saved, wish: Wish) -> None:
    _refuse_past(wish.expires)
    _refuse_unknown(saved.case, wish.may_change)
    cases.calculate(saved.case)


def _refuse_unknown(case: Case, ids: Sequence[str]) -> None:
    known = [each.id for each in case.assumptions]
    unknown = [id for id in ids if id not in known]
    if unknown:
        raise CaseError((_no_assumption(id, known) for id in unknown), "request")


def _no_assumption(id: str, known: Sequence[str]) -> Problem:
    cause = f"The shared version has no assumption “{id}”."
    remedy = did_you_mean(id, known)
    return Problem(code="unknown_name", place="may_change", cause=cause, remedy=remedy)


def _refuse_past(day: date | None) -> None:
    if day is not None and day < now().date():
        cause = f"{day:%-d %B %Y} is over."
        problem = Problem(
            code="range", place="expires", cause=cause, remedy="Name today or a later day."
        )
        raise CaseError([problem], "request")


def _refuse_withdrawn(share: Share) -> None:
    if share.withdrawn_at is not None:
        raise Conflict("This link has been withdrawn.", "Make a new one.")


# --------------------------------------------------------------------------- comments


def comments(store: Database, actor: Actor, uid: str) -> Sequence[tuple[Comment, Share]]:
    """What was said on all links to a case, with the link, the oldest first."""
    with store.read() as session:
        head = head_for(session, actor, uid, Action.READ)
        shares = {each.id: each for each in stored.of_case(session, head.id)}
        found = stored.comments(session, list(shares))
        return [(each, shares[each.share_id]) for each in found if each.share_id is not None]


def comments_on(store: Database, actor: Actor, uid: str) -> Sequence[Comment]:
    """What was said on one link, the oldest first."""
    with store.read() as session:
        share, _ = share_for(session, actor, uid, Action.READ)
        return stored.comments(session, [share.id])


def answer(store: Database, actor: Actor, uid: str, text: str, place: str = "") -> Comment:
    """A comment of the team that the customer reads on the page of the link."""

    def work(session: Session) -> Comment:
        share, head = share_for(session, actor, uid, Action.COMMENT)
        comment = Comment(
            case_id=head.id,
            version=share.version,
            place=place,
            text=text,
            author_id=actor.account.id,
            author=actor.name,
            share_id=share.id,
        )
        stored.add_row(session, comment)
        _note(session, actor, "comment.answered", share, head, comment=comment.uid)
        return comment

    return store.run(work)


def sender_of(session: Session, share: Share) -> str:
    """The name of whoever has made a link."""
    found = people.user(session, share.created_by)
    return found.name if found else ""
