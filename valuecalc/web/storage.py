"""The database of the application: opened once, for every request."""

from __future__ import annotations

from flask import Flask, current_app

from valuecalc.config import Settings
from valuecalc.services import operation
from valuecalc.store.database import Database


def install(app: Flask, settings: Settings) -> None:
    """Open the database; nothing is read or written yet."""
    app.extensions["store"] = operation.open_store(settings)
    app.config["BIN_DAYS"] = settings.bin_days


def store() -> Database:
    """The database of the application."""
    found: Database = current_app.extensions["store"]
    return found
