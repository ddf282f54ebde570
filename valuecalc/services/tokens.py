"""Tokens: keys for programs that act for a person in one team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from valuecalc.errors import Conflict, Forbidden, NotFound
from valuecalc.services import audit
from valuecalc.services.access import Action, Actor, Role, require
from valuecalc.services.identity import token_text
from valuecalc.services.teams import team_for
from valuecalc.store import people
from valuecalc.store.database import Database, Session
from valuecalc.store.pages import Slice
from valuecalc.store.tables import Team, Token, User, new_secret, now, sha256

KIND = "token"
MOST_VALID = 100
PAGE = 200


@dataclass(frozen=True)
class OwnedToken:
    """A token, whose it is, and the team that it acts in."""

    token: Token
    owner: User
    team: Team

    @property
    def role(self) -> Role:
        """The most that it may do."""
        return Role(self.token.role)

    @property
    def state(self) -> str:
        """What became of it: valid, revoked or expired."""
        if self.token.revoked_at is not None:
            return "revoked"
        ends = self.token.expires_at
        return "expired" if ends is not None and ends <= now() else "valid"


def create(
    store: Database, actor: Actor, name: str, team_uid: str | None, role: Role, days: int | None
) -> tuple[OwnedToken, str]:
    """A new token, and its text, which is not kept; it ends after `days`, or never.

    Its role is at most the actor's. A token can make others only if it may manage the team
    anyway: else it could outlive itself. Raises `Forbidden`, `NotFound`, `Conflict`.
    """
    secret = new_secret()

    def work(session: Session) -> tuple[OwnedToken, str]:
        action = Action.MANAGE if actor.is_program else Action.READ
        team = team_for(session, actor, team_uid, action)
        _refuse_more(actor, team, role)
        _refuse_too_many(session, actor)
        made = Token(
            user_id=actor.account.id,
            team_id=team.id,
            name=name,
            role=role.value,
            secret_sha=sha256(secret),
            expires_at=None if days is None else now() + timedelta(days=days),
        )
        session.add(made)
        session.flush()
        audit.record(
            session,
            actor,
            "token.made",
            team_id=team.id,
            subject=made.uid,
            title=name,
            role=role.value,
            days=days,
        )
        return OwnedToken(made, actor.account, team), token_text(made, secret)

    return store.run(work)


def _refuse_more(actor: Actor, team: Team, role: Role) -> None:
    own = actor.roles[team.id]
    if not own.covers(role):
        raise Forbidden(
            f"You are {own} in this team, so your token cannot be {role}.",
            f"Choose {own}, or ask an owner of the team for another role.",
        )


def _refuse_too_many(session: Session, actor: Actor) -> None:
    if people.count_valid_tokens(session, actor.account.id, now()) >= MOST_VALID:
        raise Conflict(f"You have {MOST_VALID} tokens.", "Revoke those that nobody needs.")


def mine(
    store: Database, actor: Actor, limit: int = PAGE, before: int | None = None
) -> Slice[OwnedToken]:
    """The newest tokens of the actor, in the teams that he is in."""
    with store.read() as session:
        team_ids = actor.teams_for(Action.READ)
        found = people.tokens(session, actor.account.id, team_ids, limit, before)
        return Slice(_owned(session, found.rows), found.has_more)


def of_team(
    store: Database, actor: Actor, team_uid: str, limit: int = PAGE, before: int | None = None
) -> Slice[OwnedToken]:
    """The newest tokens of everybody in a team."""
    with store.read() as session:
        team = team_for(session, actor, team_uid, Action.MANAGE)
        found = people.tokens_in(session, team.id, limit, before)
        return Slice(_owned(session, found.rows), found.has_more)


def _owned(session: Session, tokens: Sequence[Token]) -> tuple[OwnedToken, ...]:
    owners = people.users_of(session, [each.user_id for each in tokens])
    teams = {each.id: each for each in people.teams(session, [each.team_id for each in tokens])}
    return tuple(OwnedToken(each, owners[each.user_id], teams[each.team_id]) for each in tokens)


def revoke(store: Database, actor: Actor, uid: str, team_uid: str | None = None) -> None:
    """End a token: one's own, or one of a team that one owns; with `team_uid` one of that team.

    A token ends others, or itself, only if it may manage the team: a small one that has fallen
    into wrong hands must not stop the programs of its owner. Raises `NotFound`, `Forbidden`.
    """

    def work(session: Session) -> None:
        team = None if team_uid is None else team_for(session, actor, team_uid, Action.MANAGE)
        found = people.token_by_uid(session, uid) if actor.account else None
        if found is not None and team is not None and found.team_id != team.id:
            found = None
        is_own = found is not None and found.user_id == actor.account.id
        action = Action.READ if is_own and not actor.is_program else Action.MANAGE
        require(actor, action, found.team_id if found else None, KIND)
        if found is None:
            raise NotFound(KIND)
        if found.revoked_at is None:
            found.revoked_at = now()
            audit.record(
                session,
                actor,
                "token.revoked",
                team_id=found.team_id,
                subject=uid,
                title=found.name,
            )

    store.run(work)
