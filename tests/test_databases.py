"""The databases that tests share are fresh, quick to have, and gone afterwards."""

from __future__ import annotations

import multiprocessing
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from tests import postgres
from tests.databases import SqliteTemplates, complete
from tests.postgres import NoPostgresql, PostgresServer, running_server
from valuecalc.system_packages import POSTGRESQL

ROOT = Path(__file__).resolve().parent.parent

RUNS_UNTIL_KILLED = """
import sys, time
from tests.postgres import running_server
with running_server() as server:
    print(server.folder, server.url, flush=True)
    time.sleep(600)
"""

# What a run without PostgreSQL sees.
WITHOUT_POSTGRESQL = """
from dataclasses import replace
from tests import postgres
from tests.conftest import *
postgres.POSTGRESQL = replace(postgres.POSTGRESQL, programs=("no-such-program",))
"""


def with_one_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE visits (name text)")
        connection.execute("INSERT INTO visits VALUES ('migration')")


def names(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM visits")]


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return condition()


# --------------------------------------------------------------------------- PostgreSQL


@pytest.mark.postgres
def test_a_fresh_database_holds_what_was_prepared_and_nothing_of_another_test(
    postgres_server: PostgresServer,
) -> None:
    with postgres_server.fresh_database(with_one_row) as url:
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO visits VALUES ('a test')")
        assert names(url) == ["migration", "a test"]
    with postgres_server.fresh_database(with_one_row) as url:
        assert names(url) == ["migration"]


@pytest.mark.postgres
def test_a_database_is_prepared_once_and_removed_after_use(
    postgres_server: PostgresServer,
) -> None:
    prepared: list[str] = []
    urls = []
    for _ in range(3):
        with postgres_server.fresh_database(prepared.append) as url:
            urls.append(url)
    assert len(prepared) == 1
    assert len(set(urls)) == 3
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(urls[0])


@pytest.mark.postgres
def test_a_database_that_a_test_left_open_is_removed_all_the_same(
    postgres_server: PostgresServer,
) -> None:
    with postgres_server.fresh_database(with_one_row) as url:
        left_open = psycopg.connect(url)
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")


@pytest.mark.postgres
def test_the_server_can_go_away_and_come_back_with_what_was_committed(
    server: PostgresServer,
) -> None:
    with server.fresh_database(with_one_row) as url:
        server.stop()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url)
        server.start()
        assert names(url) == ["migration"]


@pytest.mark.postgres
def test_a_server_that_a_test_has_stopped_is_back_for_the_next(
    postgres_server: PostgresServer,
) -> None:
    # The test above, and any that asks for `server`, may have stopped it.
    assert postgres_server.is_running


@pytest.mark.postgres
def test_the_server_listens_on_no_port(postgres_server: PostgresServer) -> None:
    with psycopg.connect(postgres_server.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


@pytest.mark.postgres
def test_a_setting_for_another_server_is_not_taken(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "5999")
    monkeypatch.setenv("PGDATA", "/no/such/folder")
    with running_server() as another, another.fresh_database(with_one_row) as url:
        assert names(url) == ["migration"]
        assert another.folder != postgres_server.folder
    assert not another.folder.exists()


@pytest.mark.postgres
def test_a_killed_run_leaves_neither_a_server_nor_its_folder(
    postgres_server: PostgresServer,
) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", RUNS_UNTIL_KILLED], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    folder, url = run.stdout.readline().split()
    with psycopg.connect(url) as connection:
        run.send_signal(signal.SIGKILL)
        run.wait()
        run.stdout.close()
        assert wait_until(lambda: not Path(folder).exists())
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


@pytest.mark.postgres
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_runs_the_server_as_themselves(postgres_server: PostgresServer) -> None:
    # A child of this process has all modules, also where the user may not read the interpreter.
    child = multiprocessing.get_context("fork").Process(target=run_as_nobody)
    child.start()
    child.join(timeout=120)
    assert child.exitcode == 0


def run_as_nobody() -> None:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
    with running_server() as server, server.fresh_database(with_one_row) as url:
        assert server.account == {}
        assert server.folder.owner() == "nobody"
        assert names(url) == ["migration"]


@pytest.mark.postgres
def test_a_server_that_cannot_start_says_what_it_has_logged(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(postgres.QUICK, "wal_level", "no_such_level")
    with (
        pytest.raises(RuntimeError, match="did not start:(.|\n)*no_such_level"),
        running_server(),
    ):
        pass


def test_without_postgresql_the_reason_holds_the_line_that_brings_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgres, "POSTGRESQL", replace(POSTGRESQL, programs=("no-such-program",)))
    with pytest.raises(NoPostgresql, match=r"^PostgreSQL is not here\. To have it: .*ostgre"):
        postgres.find_programs()


def test_root_that_may_be_nobody_else_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(postgres, "may_be_used", lambda account: False)
    with pytest.raises(NoPostgresql, match="refuses to run as root"):
        postgres.choose_account()


def test_another_user_s_folder_is_not_put_where_that_user_cannot_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(private))
    assert postgres.reachable_folder({"user": 65534}) == Path("/tmp")


@pytest.mark.parametrize(("free", "holds"), [(postgres.MEMORY_NEEDED, True), (2**26, False)])
def test_data_are_kept_in_memory_only_where_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, holds: bool
) -> None:
    monkeypatch.setattr(postgres, "MEMORY", tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    folder = postgres.make_folder({}, in_memory=True)
    try:
        assert (folder.parent == tmp_path) is holds
    finally:
        folder.rmdir()


def test_a_place_in_memory_that_is_not_there_is_not_used(tmp_path: Path) -> None:
    assert not postgres.has_room(tmp_path / "shm")


def test_tests_are_skipped_with_the_reason_where_there_is_no_postgresql(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(WITHOUT_POSTGRESQL)
    (tmp_path / "test_skipped.py").write_text(
        "def test_stored(postgres_url): pass\ndef test_away(server): pass\n"
    )
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", ROOT / "setup.cfg", "--rootdir", ROOT, tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 skipped" in run.stdout, run.stdout + run.stderr
    assert "PostgreSQL is not here. To have it:" in run.stdout


# --------------------------------------------------------------------------- SQLite


@contextmanager
def opened(url: str) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        yield connection
    finally:
        connection.close()


def with_one_row_in_a_file(url: str) -> None:
    with opened(url) as connection:
        connection.execute("CREATE TABLE visits (name text)")
        connection.execute("INSERT INTO visits VALUES ('migration')")
        connection.commit()


def test_a_fresh_file_holds_what_was_prepared_and_nothing_of_another_test(tmp_path: Path) -> None:
    templates = SqliteTemplates(tmp_path)
    for place in ("first", "second"):
        (tmp_path / place).mkdir()
        url = templates.fresh_database(with_one_row_in_a_file, tmp_path / place)
        with opened(url) as connection:
            assert connection.execute("SELECT * FROM visits").fetchall() == [("migration",)]
            connection.execute("INSERT INTO visits VALUES ('a test')")
            connection.commit()


def test_a_file_is_prepared_once(tmp_path: Path) -> None:
    prepared: list[str] = []

    def prepare(url: str) -> None:
        prepared.append(url)

    templates = SqliteTemplates(tmp_path)
    for _ in range(3):
        templates.fresh_database(prepare, tmp_path)
    assert len(prepared) == 1


def test_a_template_holds_also_what_stood_in_its_log(tmp_path: Path) -> None:
    file = tmp_path / "template.db"
    # A connection that stays open keeps SQLite from completing the file itself.
    with opened(f"sqlite:///{file}") as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE visits (name text)")
        writer.commit()
        complete(file)
        copy = tmp_path / "copy.db"
        copy.write_bytes(file.read_bytes())
    with opened(f"sqlite:///{copy}") as connection:
        assert connection.execute("SELECT count(*) FROM visits").fetchone() == (0,)
