"""Programs that use the API: with the token of somebody in a team."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.team_members import new_member, new_team, new_token
from tests.web.conftest import served
from valuecalc.services.access import Role
from valuecalc.store.database import Database
from valuecalc.store.tables import Team
from valuecalc.web.api.v1 import EXAMPLE_CASE

Document = dict[str, Any]


class Program:
    """A program that shows a token with each request."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def __call__(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {**self.headers, **options.pop("headers", {})}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)

    def keep(self, **changed: Any) -> Document:
        """A new case of its team."""
        answer = self("POST", "/cases", json={"case": {**EXAMPLE_CASE, **changed}})
        assert answer.status_code == 201, answer.text
        kept: Document = answer.get_json()
        return kept

    def save(self, kept: Document, **changed: Any) -> Document:
        """The next version of a case."""
        answer = self(
            "PATCH",
            f"/cases/{kept['id']}",
            json=changed,
            headers={"If-Match": f'"{kept["id"]}.{kept["version"]}"'},
        )
        assert answer.status_code == 200, answer.text
        saved: Document = answer.get_json()
        return saved


@pytest.fixture(scope="module")
def api_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application with data of its own for each file of tests."""
    return served(tmp_path_factory.mktemp("api"))


@pytest.fixture
def database(api_app: Flask) -> Database:
    found: Database = api_app.extensions["store"]
    return found


@pytest.fixture
def team(database: Database) -> Team:
    return new_team(database)


@pytest.fixture
def as_role(api_app: Flask, database: Database, team: Team) -> Callable[..., Program]:
    """Makes a program of somebody with a role in the team."""

    def make(role: Role | None = Role.EDITOR, name: str = "Ann Lee") -> Program:
        own = team if role is not None else new_team(database, "Others")
        role = role or Role.OWNER
        member = new_member(database, own, role=role, name=name)
        return Program(api_app.test_client(), new_token(database, member, own))

    return make


@pytest.fixture
def editor(as_role: Callable[..., Program]) -> Program:
    return as_role()


@pytest.fixture
def stranger(api_app: Flask) -> Iterator[Program]:
    yield Program(api_app.test_client(), "")


PROBLEM = "application/problem+json"


def problem(answer: TestResponse, status: int) -> Document:
    """The problem of an answer that has to be one."""
    assert (answer.status_code, answer.content_type) == (status, PROBLEM), answer.text
    body: Document = answer.get_json()
    assert body["status"] == status
    return body
