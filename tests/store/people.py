"""Somebody with a team, straight in the database."""

from __future__ import annotations

from dataclasses import dataclass

from valuecalc.services.access import Actor, Role
from valuecalc.store.database import Database, Session
from valuecalc.store.tables import Membership, Team, User


@dataclass(frozen=True)
class Somebody:
    """An actor and the team that he is in."""

    actor: Actor
    team: Team


def somebody(
    store: Database, name: str = "Ann", role: Role = Role.OWNER, team: Team | None = None
) -> Somebody:
    """A new account with a role in `team`, or in a team of its own."""

    def work(session: Session) -> Somebody:
        user = User(email=f"{name.lower()}@example.com", name=name)
        group = team or Team(name=f"Team of {name}")
        session.add_all([user, group] if team is None else [user])
        session.flush()
        session.add(Membership(team_id=group.id, user_id=user.id, role=role))
        return Somebody(Actor(user=user, roles={group.id: role}), group)

    return store.run(work)
