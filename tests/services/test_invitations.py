"""Invitations: links that work once, for whom they are meant."""

from __future__ import annotations

import contextlib
import threading

import pytest
from sqlalchemy import select

from tests import cheap_passwords
from tests.cheap_passwords import GOOD
from tests.team_members import new_member
from valuecalc.errors import CaseError, Conflict, Forbidden, Gone, NotFound, Refusal
from valuecalc.services import identity, invitations
from valuecalc.services.access import Actor, Role
from valuecalc.store.database import Database
from valuecalc.store.tables import Event, Invitation, Team, now

ZOE = {"name": "Zoe Ray", "email": "zoe@example.com", "password": GOOD}


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passwords.use(monkeypatch)


@pytest.fixture
def owner(store: Database, team: Team) -> Actor:
    return new_member(store, team, role=Role.OWNER, name="Olga Own")


def invited(store: Database, owner: Actor, team: Team, **options: str) -> str:
    role = Role(options.pop("role", "editor"))
    return invitations.invite(store, owner, team.uid, role, **options)[1]


def states(store: Database, owner: Actor, team: Team) -> list[str]:
    return [each.state for each in invitations.sent_by(store, owner, team.uid).rows]


def test_the_secret_of_a_link_is_kept_nowhere(store: Database, owner: Actor, team: Team) -> None:
    secret = invited(store, owner, team)
    assert len(secret) >= 43
    with store.read() as session:
        kept = session.scalars(select(Invitation)).one()
        events = session.scalars(select(Event)).all()
    assert secret not in str(vars(kept)) + str([vars(each) for each in events])


def test_somebody_with_an_account_joins(
    store: Database, owner: Actor, team: Team, outsider: Actor
) -> None:
    secret = invited(store, owner, team, role="commenter")
    invitations.accept(store, outsider, secret)
    after = identity.actor_of_session(store, identity.session_mark(outsider.account))
    assert after.roles[team.id] is Role.COMMENTER
    assert states(store, owner, team) == ["accepted"]


def test_somebody_without_one_gets_one(store: Database, owner: Actor, team: Team) -> None:
    user = invitations.accept_with_account(store, invited(store, owner, team), ZOE)
    actor = identity.actor_of_session(store, identity.session_mark(user))
    assert actor.roles == {team.id: Role.EDITOR}


def test_a_link_works_once(store: Database, owner: Actor, team: Team, outsider: Actor) -> None:
    secret = invited(store, owner, team)
    invitations.accept(store, outsider, secret)
    with pytest.raises(Gone, match="accepted already"):
        invitations.accept_with_account(store, secret, ZOE)


def test_of_many_who_accept_at_once_one_gets_in(store: Database, owner: Actor, team: Team) -> None:
    secret = invited(store, owner, team)
    joined: list[int] = []

    def join(number: int) -> None:
        fields = {**ZOE, "email": f"zoe{number}@example.com"}
        with contextlib.suppress(Refusal):
            joined.append(invitations.accept_with_account(store, secret, fields).id)

    threads = [threading.Thread(target=join, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(joined) == 1


def test_a_link_ends_after_a_week(
    store: Database, owner: Actor, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = invited(store, owner, team)
    later = now() + invitations.LASTS
    monkeypatch.setattr(invitations, "now", lambda: later)
    with pytest.raises(Gone, match="expired"):
        invitations.look_up(store, secret)
    assert states(store, owner, team) == ["expired"]


def test_a_withdrawn_link_is_gone(store: Database, owner: Actor, team: Team) -> None:
    sent, secret = invitations.invite(store, owner, team.uid, Role.VIEWER)
    for _ in range(2):
        invitations.withdraw(store, owner, team.uid, sent.invitation.uid)
    with pytest.raises(Gone, match="withdrawn"):
        invitations.accept_with_account(store, secret, ZOE)
    assert states(store, owner, team) == ["withdrawn"]


def test_an_accepted_invitation_cannot_be_withdrawn(
    store: Database, owner: Actor, team: Team
) -> None:
    sent, secret = invitations.invite(store, owner, team.uid, Role.VIEWER)
    invitations.accept_with_account(store, secret, ZOE)
    with pytest.raises(Conflict):
        invitations.withdraw(store, owner, team.uid, sent.invitation.uid)


def test_the_invitation_of_another_team_cannot_be_withdrawn(
    store: Database, owner: Actor, team: Team, outsider: Actor
) -> None:
    [other] = outsider.roles
    sent, _ = invitations.invite(store, owner, team.uid, Role.VIEWER)
    with store.read() as session:
        uid = session.get(Team, other).uid  # type: ignore[union-attr]
    with pytest.raises(NotFound):
        invitations.withdraw(store, outsider, uid, sent.invitation.uid)


@pytest.mark.parametrize("secret", ["", "\0", "x", "x" * 100_000, "’"])
def test_a_made_up_link_leads_nowhere(store: Database, secret: str) -> None:
    with pytest.raises(NotFound):
        invitations.look_up(store, secret)


# --------------------------------------------------------------------------- bound to an address


def test_a_bound_invitation_is_for_that_address_alone(
    store: Database, owner: Actor, team: Team, outsider: Actor
) -> None:
    secret = invited(store, owner, team, email="zoe@example.com")
    with pytest.raises(Forbidden, match="is for zoe@example.com"):
        invitations.accept(store, outsider, secret)
    with pytest.raises(Forbidden):
        invitations.accept_with_account(store, secret, {**ZOE, "email": "eve@example.com"})
    user = invitations.accept_with_account(store, secret, {**ZOE, "email": "ZOE@example.com"})
    assert user.email == "zoe@example.com"


def test_a_refused_acceptance_leaves_no_account_behind(
    store: Database, owner: Actor, team: Team
) -> None:
    secret = invited(store, owner, team, email="zoe@example.com")
    eve = {**ZOE, "email": "eve@example.com"}
    with pytest.raises(Forbidden):
        invitations.accept_with_account(store, secret, eve)
    invitations.accept_with_account(store, invited(store, owner, team), eve)


def test_an_address_with_an_account_has_to_sign_in(
    store: Database, owner: Actor, team: Team, outsider: Actor
) -> None:
    fields = {**ZOE, "email": outsider.account.email}
    with pytest.raises(Conflict, match="Sign in with it"):
        invitations.accept_with_account(store, invited(store, owner, team), fields)


def test_every_mistake_of_a_new_account_is_told(store: Database, owner: Actor, team: Team) -> None:
    secret = invited(store, owner, team)
    with pytest.raises(CaseError) as error:
        invitations.accept_with_account(
            store, secret, {"name": "x" * 1_000_000, "email": "x", "password": "", "role": "owner"}
        )
    assert {each.place for each in error.value.problems} == {"name", "email", "password", "role"}
    assert states(store, owner, team) == ["open"]


# --------------------------------------------------------------------------- members already


def test_a_member_gains_a_larger_role_but_loses_none(
    store: Database, owner: Actor, team: Team
) -> None:
    viewer = new_member(store, team, role=Role.VIEWER)
    with pytest.raises(Conflict, match="in the team North already"):
        invitations.accept(store, viewer, invited(store, owner, team, role="viewer"))
    invitations.accept(store, viewer, invited(store, owner, team, role="editor"))
    after = identity.actor_of_session(store, identity.session_mark(viewer.account))
    assert after.roles[team.id] is Role.EDITOR


def test_a_member_is_not_invited_by_name(
    store: Database, owner: Actor, team: Team, bob: Actor
) -> None:
    with pytest.raises(Conflict, match="Bob Ray is in the team already"):
        invited(store, owner, team, email=bob.account.email)


def test_a_token_accepts_nothing(store: Database, owner: Actor, team: Team, ann: Actor) -> None:
    program = Actor(user=ann.account, roles=ann.roles, via="token Nightly")
    with pytest.raises(Forbidden):
        invitations.accept(store, program, invited(store, owner, team, role="owner"))


def test_open_invitations_have_an_end(
    store: Database, owner: Actor, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "MOST_OPEN", 2)
    for _ in range(2):
        invited(store, owner, team)
    with pytest.raises(Conflict, match="2 open invitations"):
        invited(store, owner, team)
