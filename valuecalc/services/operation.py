"""Running the service: the database is opened, migrated, backed up and restored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valuecalc.config import Settings
from valuecalc.services import saved_cases
from valuecalc.store import backup as copies
from valuecalc.store import migrate as migration
from valuecalc.store.backup import Summary
from valuecalc.store.database import Database


def open_store(settings: Settings) -> Database:
    """The database of the settings; nothing is read or written yet."""
    return Database(settings.database)


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database for one command; makes the folder for the embedded one."""
    if not settings.database_url:
        settings.make_data_folder()
    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()


def prepare(settings: Settings) -> None:
    """What a start of the service does: migrate the database, and empty the bin.

    Safe to be called by several processes at once. Raises `StoreUnavailable`, `InputError`.
    """
    with opened(settings) as store:
        migration.upgrade(store)
        saved_cases.empty_bin(store, settings.bin_days)


def migrate(settings: Settings) -> str:
    """Bring the database to the shape that this version needs; the step that it is at then."""
    with opened(settings) as store:
        migration.upgrade(store)
    return migration.newest_step()


def backup(settings: Settings, file: Path) -> Summary:
    """The whole database as one file, while the service runs."""
    with opened(settings) as store:
        return copies.write(store, file)


def restore(settings: Settings, file: Path) -> Summary:
    """A backup into an empty database: all of it, or nothing."""
    with opened(settings) as store:
        return copies.restore(store, file)
