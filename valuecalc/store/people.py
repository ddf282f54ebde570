"""Accounts, teams, memberships, invitations and tokens in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, text, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from valuecalc.store.pages import Slice, sliced
from valuecalc.store.tables import FailedAttempt, Invitation, Membership, Team, Token, User

# Any number that other programs on the same PostgreSQL are unlikely to lock as well.
_ACCOUNTS_LOCK = 727_665_202
_ATTEMPTS_ARE_KEPT = timedelta(days=1)

# --------------------------------------------------------------------------- accounts


def user(session: Session, id: int) -> User | None:
    """An account by its row number."""
    return session.get(User, id)


def user_by_uid(session: Session, uid: str) -> User | None:
    """An account by its public name."""
    return session.scalar(select(User).where(User.uid == uid)) if _is_storable(uid) else None


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


def one_at_a_time(session: Session) -> None:
    """Let nobody else make an account until the transaction ends."""
    # On SQLite the transaction began with a lock on everything.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ACCOUNTS_LOCK})


def _is_storable(uid: str) -> bool:
    """Whether a text from outside may be compared: PostgreSQL has no NUL character."""
    return "\0" not in uid


# --------------------------------------------------------------------------- teams


def team_by_uid(session: Session, uid: str, *, lock: bool = False) -> Team | None:
    """A team by its public name; with `lock` nobody else changes who is in it meanwhile."""
    if not _is_storable(uid):
        return None
    query = select(Team).where(Team.uid == uid)
    return session.scalar(query.with_for_update() if lock else query)


def teams(session: Session, ids: Sequence[int]) -> Sequence[Team]:
    """Teams by their row numbers, in the order of their names."""
    return session.scalars(select(Team).where(Team.id.in_(ids)).order_by(Team.name, Team.id)).all()


def teams_page(session: Session, ids: Sequence[int], limit: int, after: int | None) -> Slice[Team]:
    """Teams by their row numbers, in the order of their names, from behind the row `after` on."""
    query = select(Team).where(Team.id.in_(ids)).order_by(Team.name, Team.id)
    if after is not None:
        last = session.get(Team, after)
        query = query.where(tuple_(Team.name, Team.id) > ((last.name, after) if last else ("", 0)))
    return sliced(session.scalars(query.limit(limit + 1)), limit)


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


def members_page(
    session: Session, team_id: int, limit: int, after: int | None
) -> Slice[Row[User, Membership]]:
    """Members of a team, in the order of their names, from behind the account `after` on."""
    query = select(User, Membership).join(Membership, Membership.user_id == User.id)
    query = query.where(Membership.team_id == team_id).order_by(User.name, User.id)
    if after is not None:
        last = session.get(User, after)
        query = query.where(tuple_(User.name, User.id) > ((last.name, after) if last else ("", 0)))
    return sliced(session.execute(query.limit(limit + 1)), limit)


def count_with_role(session: Session, team_id: int, role: str) -> int:
    """How many members of a team have a role."""
    query = select(func.count()).select_from(Membership)
    return session.scalar(query.where(Membership.team_id == team_id, Membership.role == role)) or 0


def end_membership(session: Session, membership: Membership, moment: datetime) -> None:
    """Take somebody out of a team; his tokens there end with it."""
    team_id, user_id = membership.team_id, membership.user_id
    session.delete(membership)
    theirs = update(Token).where(Token.team_id == team_id, Token.user_id == user_id)
    session.execute(theirs.where(Token.revoked_at.is_(None)).values(revoked_at=moment))


def withdraw_invitations_by(session: Session, team_id: int, user_id: int, moment: datetime) -> None:
    """Withdraw what somebody who may invite no longer has sent out."""
    sent = update(Invitation).where(
        Invitation.team_id == team_id,
        Invitation.invited_by == user_id,
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )
    session.execute(sent.values(withdrawn_at=moment))


# --------------------------------------------------------------------------- invitations


def invitation_by_secret(session: Session, sha: str, *, lock: bool = False) -> Invitation | None:
    """The invitation of a link."""
    query = select(Invitation).where(Invitation.secret_sha == sha)
    return session.scalar(query.with_for_update() if lock else query)


def invitation_by_uid(session: Session, team_id: int, uid: str) -> Invitation | None:
    """An invitation to a team by its public name, locked until the transaction ends."""
    if not _is_storable(uid):
        return None
    query = select(Invitation).where(Invitation.team_id == team_id, Invitation.uid == uid)
    return session.scalar(query.with_for_update())


def invitations(
    session: Session, team_id: int, limit: int, before: int | None
) -> Slice[Invitation]:
    """The newest invitations of a team, from below the number `before` on."""
    query = select(Invitation).where(Invitation.team_id == team_id)
    if before is not None:
        query = query.where(Invitation.id < before)
    return sliced(session.scalars(query.order_by(Invitation.id.desc()).limit(limit + 1)), limit)


def count_open_invitations(session: Session, team_id: int, moment: datetime) -> int:
    """How many invitations of a team can still be accepted."""
    query = select(func.count()).select_from(Invitation)
    is_open = (
        Invitation.team_id == team_id,
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > moment,
    )
    return session.scalar(query.where(*is_open)) or 0


# --------------------------------------------------------------------------- tokens


def token_by_uid(session: Session, uid: str) -> Token | None:
    """A token by its public name."""
    return session.scalar(select(Token).where(Token.uid == uid)) if _is_storable(uid) else None


def tokens(
    session: Session, user_id: int, team_ids: Sequence[int], limit: int, before: int | None
) -> Slice[Token]:
    """The newest tokens of an account in some teams, from below the number `before` on."""
    mine = select(Token).where(Token.user_id == user_id, Token.team_id.in_(team_ids))
    return _newest_tokens(session, mine, limit, before)


def tokens_in(session: Session, team_id: int, limit: int, before: int | None) -> Slice[Token]:
    """The newest tokens that act in a team, from below the number `before` on."""
    return _newest_tokens(session, select(Token).where(Token.team_id == team_id), limit, before)


def _newest_tokens(session: Session, query: Any, limit: int, before: int | None) -> Slice[Token]:
    if before is not None:
        query = query.where(Token.id < before)
    return sliced(session.scalars(query.order_by(Token.id.desc()).limit(limit + 1)), limit)


def count_valid_tokens(session: Session, user_id: int, moment: datetime) -> int:
    """How many tokens of an account can be used."""
    query = select(func.count()).select_from(Token)
    is_valid = (
        Token.user_id == user_id,
        Token.revoked_at.is_(None),
        or_(Token.expires_at.is_(None), Token.expires_at > moment),
    )
    return session.scalar(query.where(*is_valid)) or 0


def mark_used(session: Session, token_id: int, moment: datetime, unless_since: datetime) -> None:
    """Note that a token was used, unless that was noted a short while ago."""
    stale = (Token.last_used_at.is_(None)) | (Token.last_used_at < unless_since)
    session.execute(update(Token).where(Token.id == token_id, stale).values(last_used_at=moment))


# --------------------------------------------------------------------------- attempts


def count_attempt(
    session: Session, subject: str, moment: datetime, window: timedelta
) -> FailedAttempt:
    """One more attempt; counting begins anew once `window` has passed since the first one.

    Attempts at the same time wait for each other, so none goes uncounted.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert: Any = sqlite.insert if is_sqlite else postgresql.insert
    first = insert(FailedAttempt).values(subject=subject, count=0, since=moment)
    session.execute(first.on_conflict_do_nothing())
    query = select(FailedAttempt).where(FailedAttempt.subject == subject).with_for_update()
    counted = session.scalars(query).one()
    if counted.since <= moment - window:
        counted.count, counted.since = 0, moment
    counted.count += 1
    if counted.count == 1:
        old = FailedAttempt.since < moment - _ATTEMPTS_ARE_KEPT
        session.execute(delete(FailedAttempt).where(old))
    return counted


def forget_attempts(session: Session, subject: str) -> None:
    """Start counting from nothing."""
    session.execute(delete(FailedAttempt).where(FailedAttempt.subject == subject))


def count_users(session: Session) -> int:
    """How many accounts there are."""
    return session.scalar(select(func.count()).select_from(User)) or 0
