"""Brings the database to the shape that this version of the program needs.

All steps run in one transaction under a lock: replicas that start together wait for the one
that migrates, and one that is interrupted leaves the database as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from valuecalc.errors import StoreUnavailable
from valuecalc.loading import later
from valuecalc.store.database import Database

if TYPE_CHECKING:
    from alembic import command, config, script
    from alembic.runtime import migration
else:
    command, config = later("alembic.command"), later("alembic.config")
    migration, script = later("alembic.runtime.migration"), later("alembic.script")

FOLDER = Path(__file__).resolve().parent / "migrations"
# Any number that other programs on the same PostgreSQL are unlikely to lock as well.
_LOCK = 727_665_201

NEWEST = "head"


def upgrade(database: Database | str | URL, to: str = NEWEST) -> None:
    """Bring a database to the newest shape, or to the step `to`; nothing when it is there.

    Raises `StoreUnavailable` for one that was migrated by a newer version of the program.
    """
    opened = database if isinstance(database, Database) else Database(database)
    try:
        with locked(opened) as connection:
            _refuse_newer(connection)
            run(connection, to)
    finally:
        if opened is not database:
            opened.close()


@contextmanager
def locked(database: Database) -> Iterator[Connection]:
    """One transaction in which nobody else migrates. Raises `StoreUnavailable`."""
    with database.transaction() as connection:
        # On SQLite the transaction begins with a lock on everything.
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield connection


def run(connection: Connection, to: str = NEWEST) -> None:
    """The missing steps, in the transaction of `locked`."""
    command.upgrade(_config(connection), to)


def step_of(connection: Connection) -> str | None:
    """The step that a database is at; None for an empty one."""
    return migration.MigrationContext.configure(connection).get_current_revision()


def newest_step() -> str:
    """The step that this version of the program needs."""
    head = script.ScriptDirectory(str(FOLDER)).get_current_head()
    assert head is not None
    return head


def _refuse_newer(connection: Connection) -> None:
    current = step_of(connection)
    if current is not None and current not in _known_steps():
        raise StoreUnavailable(
            f"The database is at step {current}, which this version of valuecalc does not know.",
            "Use the version that migrated it, or a newer one.",
        )


def _known_steps() -> set[str]:
    return {step.revision for step in script.ScriptDirectory(str(FOLDER)).walk_revisions()}


def _config(connection: Connection) -> config.Config:
    made = config.Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["connection"] = connection
    return made
