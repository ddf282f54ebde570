"""Settings of the property tests, and the databases that tests share.

Property tests draw few examples by default and many with `pytest --hypothesis-profile=long`;
both draw the same ones in every run. A test that uses `database_url` runs on SQLite and on
PostgreSQL; for what only the latter can do there are `postgres_url` and `server`. The service
finds LibreOffice only in tests that are marked `office`: the others would wait for it to count
the pages of every document that they write.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import lasting
from tests.databases import SqliteTemplates, upgrade
from tests.postgres import NoPostgresql, PostgresServer, running_server
from valuecalc.documents.office import AUTO, OFF, programs

COMMON = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "print_blob": True,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}

settings.register_profile("default", max_examples=30, **COMMON)
settings.register_profile("long", max_examples=1000, **COMMON)
settings.load_profile("default")

# Thousands of tests and all modules stay until the end. The collector would look through them
# again and again: while they are made, and then after every few tests.
gc.disable()
OFFICE_NAMES = programs.NAMES


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let somebody have the seconds of each module noted."""
    parser.addoption(lasting.OPTION, action="store_true", help="note what each module takes")


def pytest_configure(config: pytest.Config) -> None:
    """Note the seconds where all reports arrive: not in a process that is handed tests."""
    if config.getoption(lasting.OPTION) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(lasting.Noting(), "lasting")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the modules that take longest first, so that no processor waits for one at the end."""
    lasting.longest_first(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Collect garbage from now on, seldom, and not among what is there before the first test."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let the service find LibreOffice in tests that are about it, and in no others.

    Before every fixture, and in the environment too: for the commands and servers of a test.
    """
    is_wanted = item.get_closest_marker("office") is not None
    os.environ["VALUECALC_OFFICE"] = AUTO if is_wanted else OFF
    programs.NAMES = OFFICE_NAMES if is_wanted else ()


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplates:
    """Prepared files of SQLite, to be copied."""
    return SqliteTemplates(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The PostgreSQL server of this run, started by the first test that needs it."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_server())
        except NoPostgresql as error:
            pytest.skip(str(error))
        yield server


@pytest.fixture
def server(postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    """The PostgreSQL server, for tests that take it away with `stop()`; it is back afterwards."""
    yield postgres_server
    postgres_server.start()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a fresh, migrated database of PostgreSQL; mark the test `postgres`."""
    with postgres_server.fresh_database(upgrade) as url:
        yield url


@pytest.fixture
def sqlite_url(sqlite_templates: SqliteTemplates, tmp_path: Path) -> str:
    """The address of a fresh, migrated file of SQLite."""
    return sqlite_templates.fresh_database(upgrade, tmp_path)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated database; the test runs once on each kind."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    # By name, so that a test on SQLite starts no server.
    return str(request.getfixturevalue(fixture))
