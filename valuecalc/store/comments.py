"""Comments in the database."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from valuecalc.store.pages import Slice, sliced
from valuecalc.store.search import storable
from valuecalc.store.tables import Comment


def by_uid(session: Session, case_id: int, uid: str, *, lock: bool = False) -> Comment | None:
    """A comment of one case by its public name."""
    query = select(Comment).where(Comment.case_id == case_id, Comment.uid == storable(uid))
    return session.scalar(query.with_for_update() if lock else query)


def page(
    session: Session,
    case_id: int,
    limit: int,
    after: int | None = None,
    place: str | None = None,
    resolved: bool | None = None,
) -> Slice[Comment]:
    """The comments of a case, the oldest first, from above the row number `after` on."""
    query = select(Comment).where(Comment.case_id == case_id).order_by(Comment.id)
    if after is not None:
        query = query.where(Comment.id > after)
    if place is not None:
        query = query.where(Comment.place == storable(place))
    if resolved is not None:
        moment = Comment.resolved_at
        query = query.where(moment.is_not(None) if resolved else moment.is_(None))
    return sliced(session.scalars(query.limit(limit + 1)), limit)


def add(session: Session, comment: Comment) -> None:
    """Write a new comment."""
    session.add(comment)
    session.flush()


def remove(session: Session, comment: Comment) -> None:
    """Take a comment away for good."""
    session.execute(delete(Comment).where(Comment.id == comment.id))
