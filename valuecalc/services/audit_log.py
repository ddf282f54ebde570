"""The audit log, read by the owners of a team."""

from __future__ import annotations

from valuecalc.services.access import Action, Actor
from valuecalc.services.teams import team_for
from valuecalc.store import audit
from valuecalc.store.database import Database
from valuecalc.store.pages import Slice
from valuecalc.store.tables import Event, Team


def page(
    store: Database,
    actor: Actor,
    team_uid: str | None,
    limit: int = 50,
    before: int | None = None,
    subject: str = "",
    action: str = "",
) -> tuple[Team, Slice[Event]]:
    """The newest entries of a team; without `team_uid`, of the only one that the actor owns.

    `subject` is the id of a thing or an account; `action` one such as `case.saved`, or what
    several begin with.
    """
    with store.read() as session:
        team = team_for(session, actor, team_uid, Action.AUDIT)
        return team, audit.page(session, [team.id], limit, before, subject, action)
