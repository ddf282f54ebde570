"""Opening the database, and making it ready at the start of the service."""

from __future__ import annotations

from valuecalc.config import Settings
from valuecalc.services import saved_cases
from valuecalc.store import migrate
from valuecalc.store.database import Database


def open_store(settings: Settings) -> Database:
    """The database of the settings; nothing is read or written yet."""
    return Database(settings.database)


def prepare(settings: Settings) -> None:
    """Bring the database to the shape that this version needs, and empty the bin.

    Safe to be called by several processes at once. Raises `StoreUnavailable`, `InputError`.
    """
    if not settings.database_url:
        settings.make_data_folder()
    store = open_store(settings)
    try:
        migrate.upgrade(store)
        saved_cases.empty_bin(store, settings.bin_days)
    finally:
        store.close()
