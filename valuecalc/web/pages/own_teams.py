"""The teams in which the reader may keep a new case, for the forms that make one."""

from __future__ import annotations

from valuecalc.services import teams
from valuecalc.services.access import Action
from valuecalc.services.teams import OwnTeam
from valuecalc.store.tables import sha256
from valuecalc.web.identity import actor
from valuecalc.web.storage import store


def editable_teams() -> list[OwnTeam]:
    """The teams in which the reader may keep a case; none for a stranger."""
    if not actor().is_known:
        return []
    own = teams.mine(store(), actor()).rows
    return [each for each in own if actor().may(Action.EDIT, each.team.id)]


def key_of(sent: str, what: str, team: str | None) -> str | None:
    """The key of a form, by which it makes one case; with another team, it is another wish."""
    return sha256(f"{what} {team} {sent}") if sent else None
