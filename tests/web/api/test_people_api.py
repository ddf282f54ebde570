"""Teams, members, invitations, tokens and the audit log over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.api.conftest import Program, problem
from valuecalc.services.access import Role
from valuecalc.store.tables import Team

AsRole = Callable[..., Program]


@pytest.fixture
def owner(as_role: AsRole) -> Program:
    return as_role(Role.OWNER, name="Olga Own")


def test_a_program_learns_whom_it_speaks_for(owner: Program, team: Team) -> None:
    me = owner("GET", "/me").get_json()
    assert (me["name"], me["via"]) == ("Olga Own", "token Test")
    assert me["teams"] == [{"id": team.uid, "name": team.name, "role": "owner"}]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/me"),
        ("GET", "/teams"),
        ("POST", "/teams"),
        ("GET", "/tokens"),
        ("POST", "/tokens"),
        ("GET", "/audit"),
        ("DELETE", f"/tokens/{'x' * 16}"),
        ("GET", f"/teams/{'x' * 16}/members"),
    ],
)
def test_a_stranger_is_asked_who_he_is(stranger: Program, method: str, path: str) -> None:
    problem(stranger(method, path, json={} if method == "POST" else None), 401)


def managing(team: str) -> list[tuple[str, str, Any]]:
    nobody = "x" * 16
    return [
        ("PATCH", f"/teams/{team}", {"name": "South"}),
        ("PATCH", f"/teams/{team}/members/{nobody}", {"role": "viewer"}),
        ("DELETE", f"/teams/{team}/members/{nobody}", None),
        ("GET", f"/teams/{team}/invitations", None),
        ("POST", f"/teams/{team}/invitations", {"role": "owner"}),
        ("DELETE", f"/teams/{team}/invitations/{nobody}", None),
        ("GET", f"/teams/{team}/tokens", None),
        ("GET", f"/audit?team={team}", None),
    ]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.COMMENTER, Role.EDITOR])
def test_members_may_not_do_what_owners_do(as_role: AsRole, team: Team, role: Role) -> None:
    program = as_role(role)
    for method, path, body in managing(team.uid):
        problem(program(method, path, json=body), 403)


def test_for_owners_of_other_teams_nothing_is_there(as_role: AsRole, team: Team) -> None:
    other = as_role(None)
    for method, path, body in [
        *managing(team.uid),
        ("GET", f"/teams/{team.uid}", None),
        ("GET", f"/teams/{team.uid}/members", None),
    ]:
        problem(other(method, path, json=body), 404)


def test_a_team_is_renamed(owner: Program, team: Team) -> None:
    answer = owner("PATCH", f"/teams/{team.uid}", json={"name": "Nord"})
    assert answer.get_json() == {"id": team.uid, "name": "Nord", "role": "owner"}
    assert owner("GET", f"/teams/{team.uid}").get_json()["name"] == "Nord"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": None},
        {"name": 7},
        {"name": "x" * 1_000_000},
        {"name": "a\nb"},
        {"name": "South", "id": "x"},
        {"name": "South", "team_id": 1},
    ],
)
def test_a_body_that_asks_for_something_else_is_refused(
    owner: Program, team: Team, body: object
) -> None:
    problem(owner("PATCH", f"/teams/{team.uid}", json=body), 422)


def test_a_nul_character_is_refused_in_bodies(owner: Program, team: Team) -> None:
    answer = owner(
        "PATCH", f"/teams/{team.uid}", data=b'{"name": "a\\u0000"}', content_type="application/json"
    )
    assert answer.status_code in (400, 422)


def test_a_role_is_changed_and_a_member_taken_out(
    owner: Program, as_role: AsRole, team: Team
) -> None:
    bob = as_role(Role.EDITOR, name="Bob Ray")
    id = bob("GET", "/me").get_json()["id"]
    path = f"/teams/{team.uid}/members/{id}"
    assert owner("PATCH", path, json={"role": "viewer"}).get_json()["role"] == "viewer"
    assert bob("GET", "/me").get_json()["teams"][0]["role"] == "viewer"
    assert owner("DELETE", path).status_code == 204
    problem(bob("GET", "/me"), 401)


def test_the_last_owner_has_to_stay(as_role: AsRole) -> None:
    only = as_role(None)
    me = only("GET", "/me").get_json()
    path = f"/teams/{me['teams'][0]['id']}/members/{me['id']}"
    problem(only("PATCH", path, json={"role": "viewer"}), 409)
    problem(only("DELETE", path), 409)


def test_members_come_in_slices(owner: Program, as_role: AsRole, team: Team) -> None:
    for name in ("Ann", "Bea", "Cleo"):
        as_role(Role.VIEWER, name=name)
    names: list[str] = []
    cursor = ""
    while True:
        page = owner("GET", f"/teams/{team.uid}/members?limit=2{cursor}").get_json()
        names += [each["name"] for each in page["members"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert names == sorted(names)
    assert {"Ann", "Bea", "Cleo", "Olga Own"} <= set(names)


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=201", "cursor=x", "cursor=%00"])
def test_a_slice_that_cannot_be_is_refused(owner: Program, team: Team, query: str) -> None:
    for path in ("/teams", "/tokens", f"/teams/{team.uid}/members", "/audit"):
        problem(owner("GET", f"{path}?{query}"), 422)


def test_an_invitation_shows_its_link_once(owner: Program, team: Team) -> None:
    path = f"/teams/{team.uid}/invitations"
    made = owner("POST", path, json={"role": "editor", "email": "Zoe@Example.com"})
    assert made.status_code == 201
    assert made.get_json()["email"] == "zoe@example.com"
    link = made.get_json()["link"]
    [listed] = owner("GET", path).get_json()["invitations"]
    assert listed["state"] == "open"
    assert link.rpartition("/")[2] not in str(listed)
    assert owner("DELETE", f"{path}/{listed['id']}").status_code == 204
    assert owner("GET", path).get_json()["invitations"][0]["state"] == "withdrawn"


def test_a_token_shows_its_secret_once_and_is_no_larger_than_asked_for(
    owner: Program, team: Team
) -> None:
    made = owner("POST", "/tokens", json={"name": "Nightly", "expires_in_days": 30})
    assert made.status_code == 201
    body = made.get_json()
    assert (body["role"], body["team"]) == ("viewer", team.uid)
    program = Program(owner.client, body["token"])
    assert program("GET", "/me").get_json()["teams"][0]["role"] == "viewer"
    assert body["token"] not in owner("GET", "/tokens").text
    assert owner("DELETE", f"/tokens/{body['id']}").status_code == 204
    problem(program("GET", "/me"), 401)


def test_a_small_token_makes_none(as_role: AsRole) -> None:
    problem(as_role(Role.EDITOR)("POST", "/tokens", json={"name": "More"}), 403)


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "expires_in_days": 0},
        {"name": "x", "expires_in_days": 366},
        {"name": "x", "role": "root"},
        {"name": "x", "user_id": 1},
        {"name": "x", "team": "\u2019"},
        {"expires_in_days": 30},
    ],
)
def test_a_token_that_cannot_be_is_refused(owner: Program, body: dict[str, object]) -> None:
    problem(owner("POST", "/tokens", json=body), 422)


def test_a_token_without_end_has_to_be_asked_for(owner: Program) -> None:
    usual = owner("POST", "/tokens", json={"name": "Usual"}).get_json()
    endless = owner("POST", "/tokens", json={"name": "x", "expires_in_days": None}).get_json()
    assert usual["expires_at"] is not None
    assert endless["expires_at"] is None


def test_a_token_makes_no_team(owner: Program) -> None:
    problem(owner("POST", "/teams", json={"name": "South"}), 403)


def test_the_log_tells_what_was_done_with_which_token(owner: Program, team: Team) -> None:
    owner("PATCH", f"/teams/{team.uid}", json={"name": "Süd"})
    owner("PATCH", f"/teams/{team.uid}", json={"name": "North"})
    events = owner("GET", f"/audit?team={team.uid}&action=team.renamed").get_json()["events"]
    assert [event["detail"]["to"] for event in events] == ["North", "Süd"]
    assert {event["via"] for event in events} == {"token Test"}
    assert all(event["request_id"] for event in events)
    about = owner("GET", f"/audit?subject={team.uid}&limit=1").get_json()
    assert about["events"][0]["subject"] == team.uid
    assert about["next"]
