"""A few seconds of killing the service while people save; by hand it runs for minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import sqlite_url
from tests.killing.run import Plan, run
from tests.postgres import PostgresServer

SHORT = Plan(seconds=2.5, writers=3, workers=2, pause=(0.12, 0.38))


@pytest.mark.processes
def test_sqlite_loses_no_acknowledged_save_and_keeps_no_half_version(tmp_path: Path) -> None:
    found = run(sqlite_url(tmp_path / "killing.db"), SHORT)
    assert found.acknowledged > 0
    assert found.workers_killed + found.servers_killed > 0
    assert found.is_clean, found


@pytest.mark.processes
@pytest.mark.postgres
def test_postgresql_loses_no_acknowledged_save_and_keeps_no_half_version(
    postgres_server: PostgresServer,
) -> None:
    with postgres_server.fresh_database(lambda _: None) as url:
        found = run(url, SHORT)
    assert found.acknowledged > 0
    assert found.workers_killed + found.servers_killed > 0
    assert found.is_clean, found
