"""Faults of the database have names, and nobody overwrites anybody."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tests.postgres import PostgresServer
from valuecalc.errors import StoreUnavailable
from valuecalc.store.database import Database, Session
from valuecalc.store.tables import Team


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def embedded(sqlite_url: str) -> Iterator[Database]:
    opened = Database(sqlite_url)
    yield opened
    opened.close()


def names(store: Database) -> list[str]:
    with store.read() as session:
        return list(session.scalars(text("SELECT name FROM team ORDER BY id")))


def add(name: str) -> Callable[[Session], None]:
    return lambda session: session.add(Team(name=name))


def test_what_is_written_is_there(store: Database) -> None:
    store.run(add("Red"))
    assert names(store) == ["Red"]


def test_an_error_undoes_everything(store: Database) -> None:
    def work(session: Session) -> None:
        session.add(Team(name="Red"))
        session.flush()
        raise ValueError

    with pytest.raises(ValueError):
        store.run(work)
    assert names(store) == []


def test_a_busy_database_is_tried_again(store: Database) -> None:
    tries = []

    def work(session: Session) -> str:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("", {}, sqlite3.OperationalError("database is locked"))
        return "done"

    assert store.run(work) == "done"
    assert len(tries) == 3


def test_a_fault_that_stays_is_not_tried_for_ever(store: Database) -> None:
    tries = []

    def work(session: Session) -> None:
        tries.append(1)
        raise OperationalError("", {}, sqlite3.OperationalError("database is locked"))

    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        store.run(work)
    assert len(tries) == 6


def test_writers_at_once_all_get_their_turn(store: Database) -> None:
    def write(number: int) -> None:
        for count in range(10):
            store.run(add(f"{number}-{count}"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(names(store))) == 60


def test_a_reader_sees_one_state_and_does_not_wait_for_the_writer(embedded: Database) -> None:
    embedded.run(add("Red"))
    with embedded.write() as writing, embedded.read() as reading:
        writing.add(Team(name="Blue"))
        writing.flush()
        assert reading.scalar(text("SELECT count(*) FROM team")) == 1


def test_the_embedded_database_keeps_what_was_acknowledged(embedded: Database) -> None:
    with embedded.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_full_disk_is_named_and_nothing_is_half_written(embedded: Database) -> None:
    embedded.run(add("Red"))

    def limited(session: Session) -> None:
        pages = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
        for number in range(2000):
            session.add(Team(name=f"{number}" * 50))
        session.flush()

    with pytest.raises(StoreUnavailable, match="disk of the database is full; nothing"):
        embedded.run(limited)
    assert names(embedded) == ["Red"]


def test_a_folder_that_cannot_be_written_is_named(sqlite_url: str) -> None:
    file = sqlite_url.removeprefix("sqlite:///")
    store = Database(f"sqlite:///file:{file}?mode=ro&uri=true")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        store.run(add("Red"))


def test_a_database_without_tables_says_what_to_do(tmp_path: Path) -> None:
    store = Database(f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(StoreUnavailable, match="Run: valuecalc migrate"):
        store.run(add("Red"))


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(StoreUnavailable, match="is no database, or is damaged"):
        Database(f"sqlite:///{file}").run(add("Red"))
    assert file.read_text().startswith("Dear Sir")


@pytest.mark.postgres
def test_a_server_that_is_away_is_named_and_found_again(
    server: PostgresServer, postgres_url: str
) -> None:
    store = Database(postgres_url)
    store.run(add("Red"))
    server.stop()
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        store.run(add("Blue"))
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        store.ping()
    server.start()
    store.run(add("Blue"))
    assert names(store) == ["Red", "Blue"]
    store.close()
