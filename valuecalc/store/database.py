"""The database, opened so that an acknowledged save is on disk and a reader never waits.

There are two kinds of sessions. `read` is a short snapshot. `write` is one transaction that
takes the lock at its beginning; `run` is the same for a function, tried again when the
database was busy or the connection was lost, so the function must do nothing but database
work.

On SQLite: write-ahead log, so that readers and the writer do not wait for each other;
`synchronous=FULL`, so that a commit outlives a power cut; `BEGIN IMMEDIATE` for writers,
because a transaction that reads first and locks later fails under load, whatever the timeout;
15 s of patience, because waiting for the lock is polling and so not fair.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import Session, sessionmaker

from valuecalc.errors import StoreUnavailable

__all__ = ["Database", "Session", "open_engine"]

Outcome = TypeVar("Outcome")

PATIENCE_SECONDS = 15
TRIES = 6
# PostgreSQL: serialization failure, deadlock, lock not available.
_WORTH_ANOTHER_TRY = frozenset({"40001", "40P01", "55P03"})


def open_engine(url: str | URL) -> Engine:
    """An engine with the settings above; connects when it is first used.

    What is read and written stays out of its errors, because those are logged.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _open_sqlite(address)
    return create_engine(
        address,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=5,
        pool_timeout=PATIENCE_SECONDS,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={"connect_timeout": 5},
    )


def _open_sqlite(address: URL) -> Engine:
    # Without isolation_level=None the driver sends a BEGIN of its own, later than ours.
    arguments = {"timeout": PATIENCE_SECONDS, "check_same_thread": False, "isolation_level": None}
    engine = create_engine(address, connect_args=arguments, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=FULL")
    if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        cursor.execute("PRAGMA journal_mode=WAL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")


class Database:
    """One database, and the sessions on it. Open it once for each process."""

    def __init__(self, url: str | URL) -> None:
        self.engine = open_engine(url)
        self._writing = sessionmaker(self.engine, expire_on_commit=False)
        reading = self.engine.execution_options(sqlite_begin="DEFERRED")
        self._reading = sessionmaker(reading, expire_on_commit=False, autoflush=False)
        _never_share_connections(self.engine)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A short snapshot. Raises `StoreUnavailable`."""
        with _faults_named(), self._reading() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction, committed at the end, undone by an error.

        Raises `StoreUnavailable`.
        """
        with _faults_named(), self._writing.begin() as session:
            yield session

    def run(self, work: Callable[[Session], Outcome]) -> Outcome:
        """`work` in one write transaction, again when the database was busy."""
        with _faults_named():
            for attempt in range(1, TRIES):
                try:
                    with self._writing.begin() as session:
                        return work(session)
                except DBAPIError as error:
                    if not _is_worth_another_try(error):
                        raise
                    # Those who collided must not collide again.
                    time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
            with self._writing.begin() as session:
                return work(session)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction on a bare connection, for what concerns whole tables.

        Raises `StoreUnavailable`.
        """
        with _faults_named(), self.engine.begin() as connection:
            yield connection

    def ping(self) -> None:
        """Nothing, when the database answers and has the shape that is needed.

        Raises `StoreUnavailable`.
        """
        from valuecalc.store import migrate  # which needs this module

        with _faults_named(), self.engine.connect() as connection:
            step = migrate.step_of(connection)
        if step != migrate.newest_step():
            raise StoreUnavailable(
                f"The database is at step {step or 'none'}, not at {migrate.newest_step()}.",
                "Run: valuecalc migrate",
            )

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _never_share_connections(engine: Engine) -> None:
    """Let a forked server process open connections of its own."""
    known = weakref.ref(engine)

    def forget() -> None:
        if (found := known()) is not None:
            found.dispose(close=False)

    os.register_at_fork(after_in_child=forget)


def _is_worth_another_try(error: DBAPIError) -> bool:
    if isinstance(error, OperationalError) and "locked" in str(error.orig):
        return True
    if error.connection_invalidated:
        return True
    return getattr(error.orig, "sqlstate", None) in _WORTH_ANOTHER_TRY


@contextmanager
def _faults_named() -> Iterator[None]:
    """Turns the faults of the database into errors that say what to do."""
    try:
        yield
    except NoFreeConnection:
        raise StoreUnavailable("The database has too much to do.") from None
    except DatabaseError as error:
        named = _named(error)
        if named is None:
            raise
        raise named from error


def _named(error: DatabaseError) -> StoreUnavailable | None:
    text = str(error.orig)
    if _is_full(error, text):
        return StoreUnavailable(
            "The disk of the database is full; nothing of this request was saved.",
            "Tell the operator to make room, and try again.",
        )
    if "readonly" in text or "read-only" in text:
        return StoreUnavailable(
            "The database cannot be written; nothing of this request was saved.",
            "Tell the operator to check the rights on its folder.",
        )
    if "not a database" in text or "malformed" in text:
        return StoreUnavailable(
            "The file of the database is no database, or is damaged.",
            "Check VALUECALC_DATABASE_URL, or restore a backup.",
        )
    if "no such table" in text or getattr(error.orig, "sqlstate", "") == "42P01":
        return StoreUnavailable(
            "The database is not set up for this version.", "Run: valuecalc migrate"
        )
    if isinstance(error, OperationalError):
        return StoreUnavailable("The database cannot be reached now.")
    return None


def _is_full(error: DatabaseError, text: str) -> bool:
    sqlstate: Any = getattr(error.orig, "sqlstate", "")
    return "disk is full" in text or "disk I/O error" in text or sqlstate == "53100"
