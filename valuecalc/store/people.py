"""Accounts, teams, memberships, invitations and tokens in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.orm import Session

from valuecalc.store.tables import FailedAttempt, Invitation, Membership, Team, Token, User


def user(session: Session, id: int) -> User | None:
    """An account by its row number."""
    return session.get(User, id)


def user_by_uid(session: Session, uid: str) -> User | None:
    """An account by its public name."""
    return session.scalar(select(User).where(User.uid == uid))


def user_by_email(session: Session, email: str) -> User | None:
    """An account by its e-mail address, in any case."""
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def user_by_subject(session: Session, subject: str) -> User | None:
    """An account by the name that the OpenID provider knows it by."""
    return session.scalar(select(User).where(User.oidc_subject == subject))


def has_users(session: Session) -> bool:
    """Whether anybody has an account yet."""
    return session.scalar(select(User.id).limit(1)) is not None


def users_of(session: Session, ids: Sequence[int]) -> dict[int, User]:
    """Accounts by their row numbers."""
    found = session.scalars(select(User).where(User.id.in_(ids)))
    return {each.id: each for each in found}


def team_by_uid(session: Session, uid: str) -> Team | None:
    """A team by its public name."""
    return session.scalar(select(Team).where(Team.uid == uid))


def teams(session: Session, ids: Sequence[int]) -> Sequence[Team]:
    """Teams by their row numbers, in the order of their names."""
    return session.scalars(select(Team).where(Team.id.in_(ids)).order_by(Team.name, Team.id)).all()


def memberships_of(session: Session, user_id: int) -> Sequence[Membership]:
    """What somebody is in each team."""
    return session.scalars(select(Membership).where(Membership.user_id == user_id)).all()


def membership(session: Session, team_id: int, user_id: int) -> Membership | None:
    """What somebody is in one team."""
    return session.get(Membership, (team_id, user_id))


def members(session: Session, team_id: int) -> Sequence[Row[User, Membership]]:
    """Everybody in a team, in the order of their names."""
    query = select(User, Membership).join(Membership, Membership.user_id == User.id)
    return session.execute(
        query.where(Membership.team_id == team_id).order_by(User.name, User.id)
    ).all()


def count_with_role(session: Session, team_id: int, role: str) -> int:
    """How many members of a team have a role; the rows stay locked until the end."""
    query = select(Membership.user_id).where(Membership.team_id == team_id, Membership.role == role)
    return len(session.scalars(query.with_for_update()).all())


def invitation_by_secret(session: Session, sha: str, *, lock: bool = False) -> Invitation | None:
    """The invitation of a link."""
    query = select(Invitation).where(Invitation.secret_sha == sha)
    return session.scalar(query.with_for_update() if lock else query)


def invitations(session: Session, team_id: int) -> Sequence[Invitation]:
    """The invitations of a team, the newest first."""
    query = select(Invitation).where(Invitation.team_id == team_id)
    return session.scalars(query.order_by(Invitation.id.desc())).all()


def token_by_uid(session: Session, uid: str) -> Token | None:
    """A token by its public name."""
    return session.scalar(select(Token).where(Token.uid == uid))


def tokens_of(session: Session, user_id: int) -> Sequence[Token]:
    """The tokens of an account, the newest first."""
    query = select(Token).where(Token.user_id == user_id).order_by(Token.id.desc())
    return session.scalars(query).all()


def tokens_in(session: Session, team_id: int) -> Sequence[Token]:
    """The tokens that act in a team, the newest first."""
    query = select(Token).where(Token.team_id == team_id).order_by(Token.id.desc())
    return session.scalars(query).all()


def mark_used(session: Session, token_id: int, moment: datetime, unless_since: datetime) -> None:
    """Note that a token was used, unless that was noted a short while ago."""
    stale = (Token.last_used_at.is_(None)) | (Token.last_used_at < unless_since)
    session.execute(update(Token).where(Token.id == token_id, stale).values(last_used_at=moment))


def failed_attempts(session: Session, subject: str) -> FailedAttempt | None:
    """How often something has failed."""
    return session.get(FailedAttempt, subject)


def forget_attempts(session: Session, subject: str) -> None:
    """Start counting from nothing."""
    session.execute(delete(FailedAttempt).where(FailedAttempt.subject == subject))


def count_users(session: Session) -> int:
    """How many accounts there are."""
    return session.scalar(select(func.count()).select_from(User)) or 0
