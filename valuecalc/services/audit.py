"""What is written into the audit log, by every verb that changes something."""

from __future__ import annotations

from typing import Any

from valuecalc.services.access import Actor
from valuecalc.store import audit
from valuecalc.store.database import Session
from valuecalc.store.tables import Event


def record(
    session: Session,
    actor: Actor,
    action: str,
    *,
    team_id: int | None = None,
    subject: str = "",
    name: str = "",
    **detail: Any,
) -> None:
    """Note that `actor` has done something, such as `case.saved`, to the thing named `subject`.

    `name` is what somebody without an account calls himself.
    """
    user = actor.user
    event = Event(
        team_id=team_id,
        user_id=user.id if user else None,
        actor=user.name if user else name,
        via=actor.via,
        action=action,
        subject=subject,
        detail=detail,
        request_id=actor.request_id,
    )
    audit.add(session, event)
