"""A database, and a team with people in it, for the verbs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.job_running import closed_gate
from tests.team_members import new_member, new_team
from valuecalc.services.access import Actor, Role
from valuecalc.store.database import Database
from valuecalc.store.tables import Team


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    """A fresh database; the test runs once on each kind."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Path]:
    """A gate for jobs of sums: it is closed until the test removes its file."""
    with closed_gate(tmp_path) as closed:
        yield closed


@pytest.fixture
def team(store: Database) -> Team:
    return new_team(store)


@pytest.fixture
def ann(store: Database, team: Team) -> Actor:
    """An editor of the team."""
    return new_member(store, team, name="Ann Lee")


@pytest.fixture
def bob(store: Database, team: Team) -> Actor:
    """Another editor of the team."""
    return new_member(store, team, name="Bob Ray")


@pytest.fixture
def outsider(store: Database) -> Actor:
    """The owner of another team."""
    return new_member(store, new_team(store, "South"), role=Role.OWNER, name="Eve Fox")
