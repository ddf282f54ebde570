"""Teams and who is in them."""

from __future__ import annotations

from valuecalc.errors import InputError, NotFound
from valuecalc.services.access import Action, Actor, require
from valuecalc.store import people
from valuecalc.store.database import Session
from valuecalc.store.tables import Team

KIND = "team"


def team_for(session: Session, actor: Actor, uid: str | None, action: Action) -> Team:
    """The only way to a team: it is there, and `actor` may do `action` in it.

    Without `uid` it is the only team in which he may. Raises `Unauthenticated`, `NotFound`,
    `Forbidden`, and `InputError` when there are several to choose from.
    """
    if uid is None:
        return _only_team(session, actor, action)
    found = people.team_by_uid(session, uid) if actor.account else None
    require(actor, action, found.id if found else None, KIND)
    assert found is not None
    return found


def _only_team(session: Session, actor: Actor, action: Action) -> Team:
    candidates = people.teams(session, actor.teams_for(action))
    if len(candidates) > 1:
        names = ", ".join(f"{each.name} ({each.uid})" for each in candidates)
        raise InputError("It is not said which team this belongs to.", f"Name one of: {names}.")
    if not candidates:
        for team_id in actor.roles:
            require(actor, action, team_id, KIND)
        raise NotFound(KIND)
    return candidates[0]
