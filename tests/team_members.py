"""Teams and people for tests, made without any ceremony."""

from __future__ import annotations

from valuecalc.services import identity
from valuecalc.services.access import Actor, Role
from valuecalc.store.database import Database
from valuecalc.store.tables import Membership, Team, Token, User, new_secret, sha256


def new_team(database: Database, name: str = "North") -> Team:
    """A team without anybody in it."""
    team = Team(name=name)
    with database.write() as session:
        session.add(team)
    return team


def new_member(
    database: Database, *teams: Team, role: Role = Role.EDITOR, name: str = "Ann Lee"
) -> Actor:
    """Somebody with an account, who has the same role in each of some teams."""
    user = User(email=f"{new_secret()[:12].lower()}@example.com", name=name)
    with database.write() as session:
        session.add(user)
        session.flush()
        for team in teams:
            session.add(Membership(team_id=team.id, user_id=user.id, role=role))
    with database.read() as session:
        return Actor(user=user, roles=identity.roles_of(session, user))


def new_token(database: Database, actor: Actor, team: Team, role: Role = Role.OWNER) -> str:
    """A token of somebody for a team, as it is sent."""
    secret = new_secret()
    token = Token(
        user_id=actor.account.id,
        team_id=team.id,
        name="Test",
        role=role,
        secret_sha=sha256(secret),
    )
    with database.write() as session:
        session.add(token)
    return identity.token_text(token, secret)
