"""Invitations: a link that makes its reader a member of a team, once, within a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from valuecalc.errors import Conflict, Forbidden, Gone, NotFound
from valuecalc.services import accounts, audit, passwords
from valuecalc.services.access import Action, Actor, Role, refuse_programs
from valuecalc.services.teams import managed_team, team_for
from valuecalc.store import people
from valuecalc.store.database import Database, Session
from valuecalc.store.pages import Slice
from valuecalc.store.tables import Invitation, Membership, Team, User, new_secret, now, sha256

KIND = "invitation"
LASTS = timedelta(days=7)
MOST_OPEN = 200


@dataclass(frozen=True)
class Sent:
    """An invitation, as the owners of its team see it."""

    invitation: Invitation
    invited_by: str

    @property
    def state(self) -> str:
        """What became of it: open, accepted, withdrawn or expired."""
        row = self.invitation
        if row.accepted_at is not None:
            return "accepted"
        if row.withdrawn_at is not None:
            return "withdrawn"
        return "expired" if row.expires_at <= now() else "open"

    @property
    def role(self) -> Role:
        """What it makes of its reader."""
        return Role(self.invitation.role)


@dataclass(frozen=True)
class Received:
    """An invitation, as whoever has the link sees it."""

    invitation: Invitation
    team: Team
    invited_by: str

    @property
    def role(self) -> Role:
        """What it makes of its reader."""
        return Role(self.invitation.role)


# --------------------------------------------------------------------------- for owners


def invite(
    store: Database, actor: Actor, team_uid: str, role: Role, email: str = ""
) -> tuple[Sent, str]:
    """A new invitation, and the secret of its link, which is not kept.

    With `email` only an account with that address can accept it. Raises `Conflict`.
    """
    secret = new_secret()

    def work(session: Session) -> tuple[Sent, str]:
        team = managed_team(session, actor, team_uid)
        _refuse_needless(session, team, email)
        made = Invitation(
            team_id=team.id,
            role=role.value,
            email=email,
            secret_sha=sha256(secret),
            invited_by=actor.account.id,
            expires_at=now() + LASTS,
        )
        session.add(made)
        session.flush()
        detail = {"role": role.value, "email": email}
        audit.record(session, actor, "invitation.made", team_id=team.id, subject=made.uid, **detail)
        return Sent(made, actor.name), secret

    return store.run(work)


def _refuse_needless(session: Session, team: Team, email: str) -> None:
    if people.count_open_invitations(session, team.id, now()) >= MOST_OPEN:
        raise Conflict(
            f"The team has {MOST_OPEN} open invitations.", "Withdraw those that nobody needs."
        )
    user = people.user_by_email(session, email) if email else None
    if user is not None and people.membership(session, team.id, user.id) is not None:
        raise Conflict(f"{user.name} is in the team already.", "Change the role instead.")


def sent_by(
    store: Database, actor: Actor, team_uid: str, limit: int = 200, before: int | None = None
) -> Slice[Sent]:
    """The newest invitations of a team."""
    with store.read() as session:
        team = team_for(session, actor, team_uid, Action.MANAGE)
        found = people.invitations(session, team.id, limit, before)
        senders = people.users_of(session, [each.invited_by for each in found.rows])
    rows = tuple(Sent(each, senders[each.invited_by].name) for each in found.rows)
    return Slice(rows, found.has_more)


def withdraw(store: Database, actor: Actor, team_uid: str, uid: str) -> None:
    """Make the link of an invitation useless. Raises `Conflict` once it is accepted."""

    def work(session: Session) -> None:
        team = managed_team(session, actor, team_uid)
        found = people.invitation_by_uid(session, team.id, uid)
        if found is None:
            raise NotFound(KIND)
        if found.accepted_at is not None:
            raise Conflict("This invitation was accepted.", "Remove the member instead.")
        if found.withdrawn_at is None:
            found.withdrawn_at = now()
            audit.record(session, actor, "invitation.withdrawn", team_id=team.id, subject=uid)

    store.run(work)


# --------------------------------------------------------------------------- for who is invited


def look_up(store: Database, secret: str) -> Received:
    """The invitation of a link. Raises `NotFound`, and `Gone` when it cannot be accepted."""
    with store.read() as session:
        return _open(session, secret)


def accept(store: Database, actor: Actor, secret: str) -> Team:
    """Make the actor a member, or more than he was.

    Raises `NotFound`, `Gone`, `Forbidden` for somebody else's invitation, and `Conflict` for a
    member who gains nothing; then it can still be used.
    """
    refuse_programs(actor, "accept an invitation")
    return store.run(lambda session: join(session, actor.account, secret, actor.request_id))


def accept_with_account(
    store: Database, secret: str, fields: dict[str, str], request_id: str = ""
) -> User:
    """A new account that is a member at once; `fields` are those of `NewAccountSchema`.

    Raises `CaseError` with every mistake, `Conflict` for an address that has an account.
    """
    received = look_up(store, secret)
    new = accounts.read_new(fields, received.team.name)
    kept = passwords.hashed(new.password)

    def work(session: Session) -> User:
        people.one_at_a_time(session)
        user = accounts.add_account(session, new.name, new.email, password_hash=kept)
        join(session, user, secret, request_id)
        return user

    return store.run(work)


def join(session: Session, user: User, secret: str, request_id: str) -> Team:
    """Accept an invitation within a transaction."""
    received = _open(session, secret, lock=True)
    _refuse_other(received.invitation, user)
    team, role = received.team, received.role
    people.team_by_uid(session, team.uid, lock=True)
    current = people.membership(session, team.id, user.id)
    if current is not None and Role(current.role).covers(role):
        raise Conflict(
            f"You are in the team {team.name} already.", "The invitation is still good for others."
        )
    if current is None:
        session.add(Membership(team_id=team.id, user_id=user.id, role=role.value))
    else:
        current.role = role.value
    received.invitation.accepted_by, received.invitation.accepted_at = user.id, now()
    actor = Actor(user=user, request_id=request_id)
    detail = {"role": role.value, "invitation": received.invitation.uid}
    audit.record(session, actor, "member.joined", team_id=team.id, subject=user.uid, **detail)
    return team


def _open(session: Session, secret: str, *, lock: bool = False) -> Received:
    found = people.invitation_by_secret(session, sha256(secret), lock=lock)
    if found is None:
        raise NotFound(KIND)
    sender = people.user(session, found.invited_by)
    assert sender is not None
    state = Sent(found, sender.name).state
    if state != "open":
        raise Gone(_ENDED[state], f"Ask {sender.name} for a new one.")
    [team] = people.teams(session, [found.team_id])
    return Received(found, team, sender.name)


_ENDED = {
    "accepted": "This invitation was accepted already; each works once.",
    "withdrawn": "This invitation was withdrawn.",
    "expired": "This invitation has expired.",
}


def _refuse_other(invitation: Invitation, user: User) -> None:
    if invitation.email and invitation.email != user.email:
        raise Forbidden(
            f"This invitation is for {invitation.email}, and you are {user.email}.",
            "Sign out, and open it again with the right account.",
        )
