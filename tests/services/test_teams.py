"""Teams: who may change them, and the owner who has to stay."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

import pytest

from tests.team_members import new_member, new_team, new_token
from valuecalc.errors import Conflict, Forbidden, NotFound, Refusal, Unauthenticated
from valuecalc.services import identity, invitations, teams
from valuecalc.services.access import STRANGER, Actor, Role
from valuecalc.store.database import Database
from valuecalc.store.tables import Team

Verb = Callable[[Database, Actor, Team, Actor], object]


@pytest.fixture
def owner(store: Database, team: Team) -> Actor:
    return new_member(store, team, role=Role.OWNER, name="Olga Own")


def again(store: Database, actor: Actor) -> Actor:
    """The same person at a later request."""
    return identity.actor_of_session(store, identity.session_mark(actor.account))


CHANGES: dict[str, Verb] = {
    "rename": lambda store, who, team, _: teams.rename(store, who, team.uid, "South"),
    "change_role": lambda store, who, team, member: teams.change_role(
        store, who, team.uid, member.account.uid, Role.VIEWER
    ),
    "remove": lambda store, who, team, member: teams.remove(
        store, who, team.uid, member.account.uid
    ),
    "invite": lambda store, who, team, _: invitations.invite(store, who, team.uid, Role.VIEWER),
    "list invitations": lambda store, who, team, _: invitations.sent_by(store, who, team.uid),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", [Role.VIEWER, Role.COMMENTER, Role.EDITOR])
def test_only_owners_manage_a_team(
    store: Database, team: Team, owner: Actor, bob: Actor, change: str, role: Role
) -> None:
    somebody = new_member(store, team, role=role)
    with pytest.raises(Forbidden, match=f"As {role.with_article} of this team"):
        CHANGES[change](store, somebody, team, bob)
    CHANGES[change](store, owner, team, bob)


@pytest.mark.parametrize("change", CHANGES)
def test_for_others_the_team_does_not_exist(
    store: Database, team: Team, outsider: Actor, bob: Actor, change: str
) -> None:
    with pytest.raises(NotFound):
        CHANGES[change](store, outsider, team, bob)
    with pytest.raises(Unauthenticated):
        CHANGES[change](store, STRANGER, team, bob)


@pytest.mark.parametrize("uid", ["", "\0", "x" * 100_000, "../..", "’"])
def test_an_id_that_nothing_has_finds_nothing(store: Database, owner: Actor, uid: str) -> None:
    with pytest.raises(NotFound):
        teams.load(store, owner, uid)
    with pytest.raises(NotFound):
        teams.remove(store, owner, teams.mine(store, owner).rows[0].team.uid, uid)


def test_who_owns_a_team_makes_another_and_owns_it(store: Database, owner: Actor) -> None:
    made = teams.create(store, owner, "Éire & <West>")
    assert made.role is Role.OWNER
    names = [each.team.name for each in teams.mine(store, again(store, owner)).rows]
    assert names == ["North", "Éire & <West>"]


def test_who_owns_none_makes_none(store: Database, ann: Actor) -> None:
    with pytest.raises(Forbidden, match="Only who owns a team"):
        teams.create(store, ann, "Mine")


def test_a_token_makes_no_team(store: Database, owner: Actor, team: Team) -> None:
    program = identity.actor_of_token(store, new_token(store, owner, team))
    with pytest.raises(Forbidden, match="A token may not"):
        teams.create(store, program, "Mine")


def test_members_are_listed_by_name_in_slices(store: Database, team: Team, owner: Actor) -> None:
    for name in ("Zoe", "adam", "Émile", "Zoe"):
        new_member(store, team, name=name)
    found, after = [], None
    while True:
        part = teams.members(store, owner, team.uid, limit=2, after=after)
        found += part.rows
        if not part.has_more:
            break
        after = part.rows[-1].user.id
    assert len({each.user.id for each in found}) == len(found) == 5
    everybody = teams.members(store, owner, team.uid).rows
    assert [each.user.id for each in found] == [each.user.id for each in everybody]


# --------------------------------------------------------------------------- the last owner


@pytest.mark.parametrize(
    "go",
    [
        lambda store, who, team: teams.leave(store, who, team.uid),
        lambda store, who, team: teams.remove(store, who, team.uid, who.account.uid),
        lambda store, who, team: teams.change_role(
            store, who, team.uid, who.account.uid, Role.EDITOR
        ),
    ],
)
def test_the_last_owner_stays_until_there_is_another(
    store: Database,
    team: Team,
    owner: Actor,
    bob: Actor,
    go: Callable[[Database, Actor, Team], object],
) -> None:
    with pytest.raises(Conflict, match="A team needs an owner"):
        go(store, owner, team)
    teams.change_role(store, owner, team.uid, bob.account.uid, Role.OWNER)
    go(store, owner, team)


def test_two_owners_who_put_each_other_out_at_once_leave_one(store: Database) -> None:
    for attempt in range(5):
        team = new_team(store, f"Team {attempt}")
        pair = [new_member(store, team, role=Role.OWNER) for _ in range(2)]
        start = threading.Barrier(2)

        def put_out(who: Actor, other: Actor, team: Team = team, start: object = start) -> None:
            start.wait()  # type: ignore[attr-defined]
            with contextlib.suppress(Refusal):
                teams.remove(store, who, team.uid, other.account.uid)

        threads = [
            threading.Thread(target=put_out, args=(pair[index], pair[1 - index]))
            for index in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        left = [who for who in pair if again(store, who).roles]
        assert len(left) == 1


def test_who_has_lost_the_role_since_the_request_began_is_refused(
    store: Database, team: Team, owner: Actor, bob: Actor
) -> None:
    second = new_member(store, team, role=Role.OWNER)
    teams.change_role(store, owner, team.uid, second.account.uid, Role.EDITOR)
    with pytest.raises(Forbidden):
        teams.remove(store, second, team.uid, bob.account.uid)


# --------------------------------------------------------------------------- what ends with it


def test_the_tokens_and_open_invitations_of_a_removed_member_end(
    store: Database, team: Team, owner: Actor
) -> None:
    second = new_member(store, team, role=Role.OWNER)
    token = new_token(store, second, team)
    _, secret = invitations.invite(store, second, team.uid, Role.OWNER)
    teams.remove(store, owner, team.uid, second.account.uid)
    with pytest.raises(Unauthenticated):
        identity.actor_of_token(store, token)
    with pytest.raises(Refusal, match="withdrawn"):
        invitations.look_up(store, secret)


def test_a_token_does_not_come_back_with_its_owner(
    store: Database, team: Team, owner: Actor, bob: Actor
) -> None:
    token = new_token(store, bob, team)
    teams.leave(store, bob, team.uid)
    _, secret = invitations.invite(store, owner, team.uid, Role.EDITOR)
    invitations.accept(store, again(store, bob), secret)
    assert again(store, bob).roles
    with pytest.raises(Unauthenticated):
        identity.actor_of_token(store, token)


def test_the_open_invitations_of_a_lowered_owner_end(
    store: Database, team: Team, owner: Actor
) -> None:
    second = new_member(store, team, role=Role.OWNER)
    _, secret = invitations.invite(store, second, team.uid, Role.OWNER)
    teams.change_role(store, owner, team.uid, second.account.uid, Role.VIEWER)
    with pytest.raises(Refusal, match="withdrawn"):
        invitations.look_up(store, secret)
