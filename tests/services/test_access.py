"""Rights: what each role may do, decided in one place."""

from __future__ import annotations

import pytest

from valuecalc.errors import Forbidden, InputError, NotFound, Unauthenticated
from valuecalc.schemas.people import ROLES
from valuecalc.services.access import (
    MEANS,
    NEEDS,
    STRANGER,
    Action,
    Actor,
    Role,
    refuse_programs,
    require,
)
from valuecalc.store.tables import User

TEAM = 7
ALLOWED = {
    Role.VIEWER: {Action.READ},
    Role.COMMENTER: {Action.READ, Action.COMMENT},
    Role.EDITOR: {Action.READ, Action.COMMENT, Action.EDIT, Action.SHARE, Action.PUBLISH},
    Role.OWNER: set(Action),
}


def with_role(role: Role, **details: str) -> Actor:
    return Actor(user=User(id=1, uid="u", name="Ann"), roles={TEAM: role}, **details)  # type: ignore[arg-type]


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_exactly_what_the_table_says(role: Role, action: Action) -> None:
    actor = with_role(role)
    assert actor.may(action, TEAM) == (action in ALLOWED[role])
    if action in ALLOWED[role]:
        require(actor, action, TEAM, "case")
    else:
        with pytest.raises(Forbidden) as refused:
            require(actor, action, TEAM, "case")
        assert NEEDS[action].with_article in refused.value.remedy


@pytest.mark.parametrize("action", Action)
def test_what_belongs_to_another_team_does_not_exist(action: Action) -> None:
    for team_id in (TEAM + 1, None):
        with pytest.raises(NotFound):
            require(with_role(Role.OWNER), action, team_id, "case")
    assert not with_role(Role.OWNER).may(action, TEAM + 1)


@pytest.mark.parametrize("action", Action)
def test_a_stranger_is_asked_who_he_is(action: Action) -> None:
    with pytest.raises(Unauthenticated):
        require(STRANGER, action, TEAM, "case")
    with pytest.raises(Unauthenticated):
        STRANGER.teams_for(action)


def test_every_action_needs_a_role_and_every_role_is_explained() -> None:
    assert set(NEEDS) == set(Action)
    assert set(MEANS) == set(Role)


def test_what_comes_in_knows_the_same_roles_in_the_same_order() -> None:
    assert list(ROLES) == [role.value for role in Role]


def test_a_role_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(InputError, match="Did you mean editor"):
        Role.read("edtor")


def test_some_things_are_for_people_alone() -> None:
    refuse_programs(with_role(Role.VIEWER), "change an account")
    with pytest.raises(Forbidden):
        refuse_programs(with_role(Role.OWNER, via="token Nightly"), "change an account")
    with pytest.raises(Unauthenticated):
        refuse_programs(STRANGER, "change an account")


def test_who_owns_any_team_is_known() -> None:
    assert with_role(Role.OWNER).owns_a_team
    assert not with_role(Role.EDITOR).owns_a_team
