"""Databases in which nothing has been set up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import sqlite_url as url_of


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database; the test runs once on each kind."""
    if request.param == "sqlite":
        yield url_of(tmp_path / "empty.db")
        return
    server = request.getfixturevalue("postgres_server")
    with server.fresh_database(nothing) as url:
        yield url


def nothing(url: str) -> None:
    """Prepares nothing."""
