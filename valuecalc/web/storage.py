"""The database of the application: opened once, for every request."""

from __future__ import annotations

import time

from flask import Flask, current_app

from valuecalc.config import Settings
from valuecalc.errors import StoreUnavailable
from valuecalc.services import operation, saved_cases
from valuecalc.store.database import Database

TIDIED_EVERY_SECONDS = 6 * 3600


def install(app: Flask, settings: Settings) -> None:
    """Open the database; nothing is read or written yet."""
    app.extensions["store"] = operation.open_store(settings)
    app.extensions["tidied_at"] = time.monotonic()
    app.config["BIN_DAYS"] = settings.bin_days
    app.before_request(_tidy_now_and_then)


def store() -> Database:
    """The database of the application."""
    found: Database = current_app.extensions["store"]
    return found


def _tidy_now_and_then() -> None:
    """Empty the bin a few times a day, as a service may run for months."""
    now = time.monotonic()
    if now - current_app.extensions["tidied_at"] < TIDIED_EVERY_SECONDS:
        return
    current_app.extensions["tidied_at"] = now
    try:
        saved_cases.empty_bin(store(), current_app.config["BIN_DAYS"])
    except StoreUnavailable:
        # The request itself will say so, if it needs the database.
        current_app.logger.warning("The bin could not be emptied.")
