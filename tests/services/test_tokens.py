"""Tokens: keys for programs, never worth more than their owner."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.team_members import new_member, new_team
from valuecalc.errors import Conflict, Forbidden, NotFound, Unauthenticated
from valuecalc.services import identity, teams, tokens
from valuecalc.services.access import Action, Actor, Role
from valuecalc.store.database import Database
from valuecalc.store.tables import Team, Token, now


@pytest.fixture
def owner(store: Database, team: Team) -> Actor:
    return new_member(store, team, role=Role.OWNER, name="Olga Own")


def made(
    store: Database, actor: Actor, team: Team, role: Role = Role.VIEWER, days: int | None = 30
) -> tuple[Token, str]:
    owned, text = tokens.create(store, actor, "Nightly", team.uid, role, days)
    return owned.token, text


def test_a_token_acts_for_its_owner_in_its_team_alone(
    store: Database, team: Team, bob: Actor
) -> None:
    other = new_team(store, "South")
    both = new_member(store, team, other, name="Bea Both")
    _, text = made(store, both, team, Role.EDITOR)
    actor = identity.actor_of_token(store, text)
    assert actor.account.id == both.account.id
    assert actor.roles == {team.id: Role.EDITOR}
    assert actor.via == "token Nightly"
    assert not actor.may(Action.READ, other.id)


def test_the_secret_of_a_token_is_kept_nowhere(store: Database, team: Team, ann: Actor) -> None:
    token, text = made(store, ann, team)
    secret = text.rpartition(".")[2]
    with store.read() as session:
        kept = session.scalars(select(Token)).one()
    assert secret not in str(vars(kept))
    assert text == f"vc_{token.uid}.{secret}"


def test_a_token_is_never_larger_than_its_owner(store: Database, team: Team, ann: Actor) -> None:
    with pytest.raises(Forbidden, match="your token cannot be owner"):
        made(store, ann, team, Role.OWNER)


def test_a_token_shrinks_with_its_owner(
    store: Database, team: Team, owner: Actor, bob: Actor
) -> None:
    _, text = made(store, bob, team, Role.EDITOR)
    teams.change_role(store, owner, team.uid, bob.account.uid, Role.VIEWER)
    assert identity.actor_of_token(store, text).roles == {team.id: Role.VIEWER}


def test_a_revoked_token_is_refused(store: Database, team: Team, ann: Actor) -> None:
    token, text = made(store, ann, team)
    for _ in range(2):
        tokens.revoke(store, ann, token.uid)
    with pytest.raises(Unauthenticated):
        identity.actor_of_token(store, text)
    [listed] = tokens.mine(store, ann).rows
    assert listed.state == "revoked"


def test_a_token_ends_on_its_day(
    store: Database, team: Team, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, text = made(store, ann, team, days=30)
    _, endless = made(store, ann, team, days=None)
    later = now() + timedelta(days=30, seconds=1)
    monkeypatch.setattr(identity, "now", lambda: later)
    with pytest.raises(Unauthenticated):
        identity.actor_of_token(store, text)
    assert identity.actor_of_token(store, endless).is_known


@pytest.mark.parametrize(
    "text", ["", "vc_", "vc_.", ".", "vc_\0.x", "x" * 100_000, "vc_ü.ü", "null"]
)
def test_what_is_no_token_is_refused(store: Database, text: str) -> None:
    with pytest.raises(Unauthenticated):
        identity.actor_of_token(store, text)


def test_the_id_of_a_token_without_its_secret_is_worth_nothing(
    store: Database, team: Team, ann: Actor
) -> None:
    token, text = made(store, ann, team)
    for wrong in (f"vc_{token.uid}.", f"vc_{token.uid}.{'x' * 43}", text[:-1], f"{text}x"):
        with pytest.raises(Unauthenticated):
            identity.actor_of_token(store, wrong)


def test_the_last_use_is_noted_to_the_minute(store: Database, team: Team, ann: Actor) -> None:
    _, text = made(store, ann, team)
    identity.actor_of_token(store, text)
    [first] = tokens.mine(store, ann).rows
    assert first.token.last_used_at is not None
    identity.actor_of_token(store, text)
    [second] = tokens.mine(store, ann).rows
    assert second.token.last_used_at == first.token.last_used_at
    with store.write() as session:
        session.execute(update(Token).values(last_used_at=now() - timedelta(minutes=2)))
    identity.actor_of_token(store, text)
    [third] = tokens.mine(store, ann).rows
    assert third.token.last_used_at >= first.token.last_used_at


def test_others_cannot_revoke_a_token_but_owners_of_the_team_can(
    store: Database, team: Team, owner: Actor, ann: Actor, bob: Actor, outsider: Actor
) -> None:
    token, text = made(store, ann, team)
    with pytest.raises(Forbidden):
        tokens.revoke(store, bob, token.uid)
    with pytest.raises(NotFound):
        tokens.revoke(store, outsider, token.uid)
    with pytest.raises(NotFound):
        tokens.revoke(store, ann, "\0")
    tokens.revoke(store, owner, token.uid)
    with pytest.raises(Unauthenticated):
        identity.actor_of_token(store, text)


def test_owners_see_all_tokens_of_the_team_and_others_their_own(
    store: Database, team: Team, owner: Actor, ann: Actor, bob: Actor
) -> None:
    made(store, ann, team)
    made(store, bob, team)
    names = [each.owner.name for each in tokens.of_team(store, owner, team.uid).rows]
    assert names == ["Bob Ray", "Ann Lee"]
    assert [each.owner.name for each in tokens.mine(store, ann).rows] == ["Ann Lee"]
    with pytest.raises(Forbidden):
        tokens.of_team(store, ann, team.uid)


def test_a_token_cannot_outlive_itself(store: Database, team: Team, owner: Actor) -> None:
    _, text = made(store, owner, team, Role.EDITOR)
    with pytest.raises(Forbidden):
        made(store, identity.actor_of_token(store, text), team)
    _, managing = made(store, owner, team, Role.OWNER)
    assert made(store, identity.actor_of_token(store, managing), team)


def test_tokens_have_an_end(
    store: Database, team: Team, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MOST_VALID", 1)
    token, _ = made(store, ann, team)
    with pytest.raises(Conflict):
        made(store, ann, team)
    tokens.revoke(store, ann, token.uid)
    made(store, ann, team)
