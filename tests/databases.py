"""A fresh, migrated database for one test, of either kind, without migrating it each time."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

Prepare = Callable[[str], None]
"""Makes the tables in the database at an address, and closes its connections."""


def upgrade(url: str) -> None:
    """What makes a database ready for the service."""
    # Only tests that use a database pay for loading the libraries of one.
    from valuecalc.store import migrate

    migrate.upgrade(url)


class SqliteTemplates:
    """Files of SQLite, each prepared once and copied for every test."""

    def __init__(self, folder: Path) -> None:
        """`folder` keeps the templates."""
        self.folder = folder
        self._templates: dict[Prepare, Path] = {}

    def fresh_database(self, prepare: Prepare, folder: Path) -> str:
        """The address of a new file in `folder`, as `prepare` leaves one."""
        file = folder / "valuecalc.db"
        shutil.copyfile(self._template(prepare), file)
        return sqlite_url(file)

    def _template(self, prepare: Prepare) -> Path:
        if prepare not in self._templates:
            file = self.folder / f"template_{len(self._templates)}.db"
            prepare(sqlite_url(file))
            complete(file)
            self._templates[prepare] = file
        return self._templates[prepare]


def sqlite_url(file: Path) -> str:
    """The address of a file, as SQLAlchemy reads it."""
    return f"sqlite:///{file}"


def complete(file: Path) -> None:
    """Bring into a file what stands only in its log, which a copy would leave behind."""
    connection = sqlite3.connect(file)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
