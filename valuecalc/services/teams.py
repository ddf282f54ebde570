"""Teams and who is in them.

A team always has an owner. Whoever changes its people holds the team's row meanwhile, so that
two owners cannot put each other out at the same moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from valuecalc.errors import Conflict, Forbidden, InputError, NotFound
from valuecalc.services import audit
from valuecalc.services.access import Action, Actor, Role, refuse_programs, require
from valuecalc.store import people
from valuecalc.store.database import Database, Session
from valuecalc.store.pages import Slice
from valuecalc.store.tables import Membership, Team, User, now

KIND = "team"
MOST_TEAMS = 100
PAGE = 200


@dataclass(frozen=True)
class OwnTeam:
    """A team, and what the actor is in it."""

    team: Team
    role: Role


@dataclass(frozen=True)
class Member:
    """Somebody in a team."""

    user: User
    role: Role
    since: datetime


# --------------------------------------------------------------------------- find


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


def managed_team(session: Session, actor: Actor, uid: str) -> Team:
    """A team whose people the actor is about to change; nobody else does until the end.

    What the actor is in it is read again, as somebody may have changed that just now.
    """
    team = team_for(session, actor, uid, Action.MANAGE)
    people.team_by_uid(session, uid, lock=True)
    current = people.membership(session, team.id, actor.account.id)
    roles = {} if current is None else {team.id: Role(current.role)}
    require(Actor(user=actor.user, roles=roles), Action.MANAGE, team.id, KIND)
    return team


def load(store: Database, actor: Actor, uid: str) -> OwnTeam:
    """One team of the actor."""
    with store.read() as session:
        return _own(actor, team_for(session, actor, uid, Action.READ))


def mine(
    store: Database, actor: Actor, limit: int = PAGE, after: int | None = None
) -> Slice[OwnTeam]:
    """The teams of the actor, in the order of their names."""
    with store.read() as session:
        found = people.teams_page(session, actor.teams_for(Action.READ), limit, after)
    return Slice(tuple(_own(actor, each) for each in found.rows), found.has_more)


def members(
    store: Database,
    actor: Actor,
    uid: str,
    limit: int = PAGE,
    after: int | None = None,
) -> Slice[Member]:
    """Who is in a team, in the order of their names."""
    with store.read() as session:
        team = team_for(session, actor, uid, Action.READ)
        found = people.members_page(session, team.id, limit, after)
    return Slice(tuple(_member(user, each) for user, each in found.rows), found.has_more)


def _own(actor: Actor, team: Team) -> OwnTeam:
    return OwnTeam(team, actor.roles[team.id])


def _member(user: User, membership: Membership) -> Member:
    return Member(user, Role(membership.role), membership.since)


# --------------------------------------------------------------------------- teams


def create(store: Database, actor: Actor, name: str) -> OwnTeam:
    """A new team, which the actor owns; who owns one may make another."""

    def work(session: Session) -> OwnTeam:
        refuse_programs(actor, "make a team")
        if not actor.owns_a_team:
            raise Forbidden(
                "Only who owns a team may make another one.", "Ask an owner to make it for you."
            )
        if len(actor.roles) >= MOST_TEAMS:
            raise Conflict(f"You are in {MOST_TEAMS} teams already.", "Leave one of them first.")
        team = Team(name=name)
        session.add(team)
        session.flush()
        session.add(Membership(team_id=team.id, user_id=actor.account.id, role=Role.OWNER))
        audit.record(session, actor, "team.created", team_id=team.id, subject=team.uid, title=name)
        return OwnTeam(team, Role.OWNER)

    return store.run(work)


def rename(store: Database, actor: Actor, uid: str, name: str) -> OwnTeam:
    """Call a team something else."""

    def work(session: Session) -> OwnTeam:
        team = managed_team(session, actor, uid)
        if team.name != name:
            audit.record(session, actor, "team.renamed", team_id=team.id, subject=team.uid, to=name)
            team.name = name
        return _own(actor, team)

    return store.run(work)


# --------------------------------------------------------------------------- members


def change_role(store: Database, actor: Actor, uid: str, user_uid: str, role: Role) -> Member:
    """Give a member another role. Raises `Conflict` for the last owner."""

    def work(session: Session) -> Member:
        team = managed_team(session, actor, uid)
        user, membership = _member_for(session, team, user_uid)
        if role is Role(membership.role):
            return _member(user, membership)
        _refuse_last_owner(session, membership)
        before, membership.role = membership.role, role.value
        if role is not Role.OWNER:
            people.withdraw_invitations_by(session, team.id, user.id, now())
        detail = {"from": before, "to": role.value, "name_of_member": user.name}
        audit.record(
            session, actor, "member.role_changed", team_id=team.id, subject=user.uid, **detail
        )
        return _member(user, membership)

    return store.run(work)


def remove(store: Database, actor: Actor, uid: str, user_uid: str) -> None:
    """Take a member out of a team, and end his tokens and open invitations there.

    Raises `Conflict` for the last owner.
    """

    def work(session: Session) -> None:
        team = managed_team(session, actor, uid)
        user, membership = _member_for(session, team, user_uid)
        _take_out(session, actor, user, membership, "member.removed")

    store.run(work)


def leave(store: Database, actor: Actor, uid: str) -> None:
    """Go out of a team. Raises `Conflict` for the last owner."""

    def work(session: Session) -> None:
        refuse_programs(actor, "leave a team")
        team = team_for(session, actor, uid, Action.READ)
        people.team_by_uid(session, uid, lock=True)
        membership = people.membership(session, team.id, actor.account.id)
        if membership is None:
            raise NotFound(KIND)
        _take_out(session, actor, actor.account, membership, "member.left")

    store.run(work)


def _take_out(
    session: Session, actor: Actor, user: User, membership: Membership, action: str
) -> None:
    _refuse_last_owner(session, membership)
    team_id = membership.team_id
    people.end_membership(session, membership, now())
    people.withdraw_invitations_by(session, team_id, user.id, now())
    audit.record(
        session, actor, action, team_id=team_id, subject=user.uid, name_of_member=user.name
    )


def _member_for(session: Session, team: Team, user_uid: str) -> tuple[User, Membership]:
    user = people.user_by_uid(session, user_uid)
    membership = people.membership(session, team.id, user.id) if user else None
    if user is None or membership is None:
        raise NotFound("member")
    return user, membership


def _refuse_last_owner(session: Session, membership: Membership) -> None:
    if membership.role != Role.OWNER:
        return
    if people.count_with_role(session, membership.team_id, Role.OWNER) < 2:
        raise Conflict(
            "A team needs an owner, and this is the last one.", "Make somebody else an owner first."
        )
