"""The audit log: written with what it tells, in one transaction, and never changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from valuecalc.store.pages import Slice, sliced
from valuecalc.store.tables import Event


def add(session: Session, event: Event) -> None:
    """Write one entry."""
    session.add(event)


def page(
    session: Session,
    team_ids: Sequence[int],
    limit: int,
    before: int | None,
    subject: str = "",
    action: str = "",
) -> Slice[Event]:
    """The newest entries of some teams, from below the number `before` on.

    `action` is one such as `case.saved`, or what several begin with, such as `case`.
    """
    wanted = select(Event).where(Event.team_id.in_(team_ids)).order_by(Event.id.desc())
    if before is not None:
        wanted = wanted.where(Event.id < before)
    if subject:
        wanted = wanted.where(Event.subject == subject)
    if action:
        wanted = wanted.where(Event.action.startswith(action, autoescape=True))
    return sliced(session.scalars(wanted.limit(limit + 1)), limit)
