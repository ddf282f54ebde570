"""From what a provider says about somebody to an account."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from tests import cheap_passwords
from tests.cheap_passwords import GOOD
from tests.team_members import new_member
from valuecalc.errors import Conflict, Forbidden, Refusal, Unauthenticated
from valuecalc.services import accounts, identity, invitations, single_sign_on
from valuecalc.services.access import Actor, Role
from valuecalc.services.single_sign_on import Claims
from valuecalc.store.database import Database
from valuecalc.store.tables import Team, User

ZOE = Claims(
    issuer="https://id.example.com",
    subject="248289761001",
    email="Zoe@Example.com",
    is_verified=True,
    name="Zoe Ray",
)


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passwords.use(monkeypatch)


@pytest.fixture
def owner(store: Database, team: Team) -> Actor:
    return new_member(store, team, role=Role.OWNER)


@pytest.fixture
def zoe(store: Database) -> User:
    fields = {"name": "Zoe", "email": "zoe@example.com", "password": GOOD, "team": "East"}
    return accounts.create_owner(store, fields)


def test_an_account_is_found_by_its_verified_address_and_from_then_on_by_its_subject(
    store: Database, zoe: User
) -> None:
    assert single_sign_on.sign_in(store, ZOE).id == zoe.id
    moved = replace(ZOE, email="zoe@elsewhere.example", is_verified=False)
    assert single_sign_on.sign_in(store, moved).id == zoe.id


def test_connecting_ends_sessions_and_the_password_that_proved_nothing(
    store: Database, zoe: User
) -> None:
    mark = identity.session_mark(zoe)
    single_sign_on.sign_in(store, ZOE)
    assert not identity.actor_of_session(store, mark).is_known
    with pytest.raises(Unauthenticated):
        accounts.sign_in(store, zoe.email, GOOD)


@pytest.mark.parametrize(
    "claims",
    [
        replace(ZOE, is_verified=False),
        replace(ZOE, email=""),
        replace(ZOE, email="zoe@example.com\0"),
        replace(ZOE, email="\u200bzoe@example.com"),
    ],
)
def test_an_address_that_is_not_verified_opens_no_account(
    store: Database, zoe: User, claims: Claims
) -> None:
    with pytest.raises(Forbidden, match="not verified"):
        single_sign_on.sign_in(store, claims)


def test_an_account_of_one_person_is_not_given_to_another(store: Database, zoe: User) -> None:
    single_sign_on.sign_in(store, ZOE)
    with pytest.raises(Conflict, match="belongs to somebody else"):
        single_sign_on.sign_in(store, replace(ZOE, subject="another"))


def test_the_same_subject_of_another_provider_is_another_person(store: Database, zoe: User) -> None:
    single_sign_on.sign_in(store, ZOE)
    with pytest.raises(Refusal):
        single_sign_on.sign_in(store, replace(ZOE, issuer="https://evil.example"))


def test_who_has_neither_account_nor_invitation_is_told_what_to_do(store: Database) -> None:
    with pytest.raises(Forbidden, match="no account for zoe@example.com") as refused:
        single_sign_on.sign_in(store, ZOE)
    assert "invitation" in refused.value.remedy


def test_with_an_invitation_there_is_an_account(store: Database, team: Team, owner: Actor) -> None:
    _, secret = invitations.invite(store, owner, team.uid, Role.EDITOR)
    user = single_sign_on.sign_in(store, ZOE, secret)
    assert (user.name, user.email, user.password_hash) == ("Zoe Ray", "zoe@example.com", None)
    actor = identity.actor_of_session(store, identity.session_mark(user))
    assert actor.roles == {team.id: Role.EDITOR}


def test_an_invitation_for_somebody_else_makes_no_account(
    store: Database, team: Team, owner: Actor
) -> None:
    _, secret = invitations.invite(store, owner, team.uid, Role.EDITOR, "eve@example.com")
    with pytest.raises(Forbidden, match="is for eve@example.com"):
        single_sign_on.sign_in(store, ZOE, secret)
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 1


@pytest.mark.parametrize("subject", ["", "x" * 256, "a\0b", "a\nb"])
def test_a_subject_that_cannot_be_is_refused(store: Database, zoe: User, subject: str) -> None:
    with pytest.raises(Forbidden):
        single_sign_on.sign_in(store, replace(ZOE, subject=subject))


@pytest.mark.parametrize("name", ["", "x" * 10_000, "Z\0oe\n", "\u202eeoZ"])
def test_a_strange_name_becomes_one_that_can_be_shown(
    store: Database, team: Team, owner: Actor, name: str
) -> None:
    _, secret = invitations.invite(store, owner, team.uid, Role.VIEWER)
    user = single_sign_on.sign_in(store, replace(ZOE, name=name), secret)
    assert 0 < len(user.name) <= 100
    assert user.name.isprintable()
