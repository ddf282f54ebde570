"""Comments on a case or on one place in it: list, write, resolve, take back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from valuecalc.errors import NotFound, UnknownName
from valuecalc.schemas import comments as shapes
from valuecalc.schemas.keyed import CASE, Outline, keyed
from valuecalc.services import audit, saved_cases
from valuecalc.services.access import Action, Actor, require
from valuecalc.store import comments as stored
from valuecalc.store.database import Database, Session
from valuecalc.store.pages import Slice
from valuecalc.store.tables import Comment, StoredCase, now

KIND = "comment"


def page(
    store: Database,
    actor: Actor,
    uid: str,
    limit: int = 50,
    after: int | None = None,
    **filters: Any,
) -> Slice[Comment]:
    """The comments of a case, the oldest first; `filters` are those of `store.comments.page`."""
    with store.read() as session:
        head = saved_cases.head_for(session, actor, uid, Action.READ)
        return stored.page(session, head.id, limit, after, **filters)


def add(
    store: Database, actor: Actor, uid: str, text: str, place: str = "", number: int | None = None
) -> Comment:
    """Comment on a version of a case (the newest without `number`), or on one place in it.

    Raises `NotFound` for the version, `UnknownName` for a place that is not in it, and
    `CaseError` for a text that is empty or cannot be kept.
    """
    text, place = shapes.read_comment(text, place)

    def work(session: Session) -> Comment:
        head = saved_cases.head_for(session, actor, uid, Action.COMMENT)
        version = saved_cases.version_of(session, head, number)
        _refuse_unknown_place(json.loads(version.document), place)
        comment = Comment(
            case_id=head.id,
            version=version.number,
            place=place,
            text=text,
            author_id=actor.account.id,
            author=actor.name,
        )
        stored.add(session, comment)
        _record(session, actor, "comment.written", head, comment)
        return comment

    return store.run(work)


def _refuse_unknown_place(document: Mapping[str, Any], place: str) -> None:
    """Let pass what can stand in a case, and of items those that are in this one."""
    outline: Outline = CASE
    here: Any = keyed(document)
    for key in place.split(".") if place else ():
        known = outline.fields if outline.items is None else here
        if key not in known and (known or outline.items is not None):
            raise UnknownName("place", place, known)
        here = here.get(key, {}) if isinstance(here, Mapping) else {}
        outline = outline.below(key)


def resolve(store: Database, actor: Actor, uid: str, comment_uid: str) -> Comment:
    """Say that a comment is dealt with; nothing when it is already."""
    return _settle(store, actor, uid, comment_uid, resolved=True)


def reopen(store: Database, actor: Actor, uid: str, comment_uid: str) -> Comment:
    """Say that a comment is not dealt with after all."""
    return _settle(store, actor, uid, comment_uid, resolved=False)


def _settle(
    store: Database, actor: Actor, uid: str, comment_uid: str, *, resolved: bool
) -> Comment:
    def work(session: Session) -> Comment:
        head = saved_cases.head_for(session, actor, uid, Action.COMMENT)
        comment = _comment_of(session, head, comment_uid)
        if resolved is (comment.resolved_at is not None):
            return comment
        comment.resolved_by = actor.name if resolved else None
        comment.resolved_at = now() if resolved else None
        action = "comment.resolved" if resolved else "comment.reopened"
        _record(session, actor, action, head, comment)
        return comment

    return store.run(work)


def delete(store: Database, actor: Actor, uid: str, comment_uid: str) -> None:
    """Take back an own comment; those of others only as somebody who may change the case."""

    def work(session: Session) -> None:
        head = saved_cases.head_for(session, actor, uid, Action.READ)
        comment = _comment_of(session, head, comment_uid)
        is_own = comment.author_id == actor.account.id
        require(actor, Action.COMMENT if is_own else Action.EDIT, head.team_id, KIND)
        stored.remove(session, comment)
        _record(session, actor, "comment.deleted", head, comment)

    store.run(work)


def _comment_of(session: Session, head: StoredCase, uid: str) -> Comment:
    found = stored.by_uid(session, head.id, uid, lock=True)
    if found is None:
        raise NotFound(KIND)
    return found


def _record(
    session: Session, actor: Actor, action: str, head: StoredCase, comment: Comment
) -> None:
    audit.record(
        session,
        actor,
        action,
        team_id=head.team_id,
        subject=head.uid,
        comment=comment.uid,
        place=comment.place,
    )
