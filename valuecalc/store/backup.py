"""The whole database as one file, and back: between SQLite and PostgreSQL as well.

A backup is a zip file: `manifest.json` says the step of the database, when it was made and how
many rows each table has; `tables/NAME.jsonl` holds one row a line. It is read in one snapshot,
so people may go on working meanwhile. It is restored in one transaction, into an empty
database, at the step that it was made at; the newer steps follow.

It holds password hashes, so the file is made for its owner alone.
"""

from __future__ import annotations

import base64
import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, MetaData, Table, func, insert, select, text
from sqlalchemy import types as column_types

from valuecalc.errors import Conflict, InputError
from valuecalc.store import migrate
from valuecalc.store.database import Database

FORMAT = "valuecalc-backup/1"
_AT_ONCE = 500
_STEPS_TABLE = "alembic_version"
_BYTES_KEY = "base64"
_MOMENT_KEY = "moment"
_DAY_KEY = "day"


@dataclass(frozen=True)
class Summary:
    """What a backup holds: rows by table, and the step and moment of the database."""

    step: str
    made_at: str
    rows: dict[str, int]

    @property
    def total(self) -> int:
        """The rows of all tables."""
        return sum(self.rows.values())


def write(store: Database, file: Path) -> Summary:
    """Write a backup to `file`, which appears only when it is whole.

    Raises `StoreUnavailable`, and `InputError` when the file cannot be written.
    """
    draft = file.with_name(f".{file.name}.part")
    try:
        with _private(draft) as target, _snapshot(store) as connection:
            summary = _write_zip(connection, target)
        os.replace(draft, file)
    except OSError as error:
        raise InputError(
            f"{file} cannot be written ({error.strerror}).", "Choose another place."
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink()
    return summary


@contextmanager
def _private(file: Path) -> Iterator[BinaryIO]:
    """A new file for its owner alone, on disk when it is left."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w+b") as target:
        yield target
        target.flush()
        os.fsync(target.fileno())


@contextmanager
def _snapshot(store: Database) -> Iterator[Connection]:
    """A connection that sees the database as it is now, whatever is saved meanwhile."""
    mode: dict[str, Any] = {"sqlite_begin": "DEFERRED"}
    if not store.is_sqlite:
        mode = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with store.engine.connect().execution_options(**mode) as connection:
        yield connection


def _write_zip(connection: Connection, target: BinaryIO) -> Summary:
    step = migrate.step_of(connection)
    if step is None:
        raise InputError("There is no database to back up.", "Check VALUECALC_DATABASE_URL.")
    counts = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in _tables(connection):
            counts[table.name] = _write_table(connection, table, archive)
        summary = Summary(step, datetime.now(UTC).isoformat(timespec="seconds"), counts)
        content = {"format": FORMAT, "step": step, "made_at": summary.made_at, "rows": counts}
        archive.writestr("manifest.json", json.dumps(content, indent=2))
    return summary


def _tables(connection: Connection) -> list[Table]:
    """The tables as they are in this database, each after those that it points at."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != _STEPS_TABLE]


def _write_table(connection: Connection, table: Table, archive: zipfile.ZipFile) -> int:
    count = 0
    query = select(table).order_by(*table.primary_key.columns)
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(query)
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as target:
        for row in rows.mappings():
            line = json.dumps({name: _plain(value) for name, value in row.items()})
            target.write(line.encode() + b"\n")
            count += 1
    return count


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {_BYTES_KEY: base64.b64encode(bytes(value)).decode()}
    if isinstance(value, datetime):
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return {_MOMENT_KEY: moment.isoformat()}
    # A moment is a date as well, so this comes after it.
    if isinstance(value, date):
        return {_DAY_KEY: value.isoformat()}
    return value


# --------------------------------------------------------------------------- restore


def restore(store: Database, file: Path) -> Summary:
    """Put a backup into an empty database; all of it, or nothing.

    Raises `InputError` for a file that is no whole backup, `Conflict` when the database holds
    something already, `StoreUnavailable`.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            summary = _read_manifest(archive)
            _refuse_damage(archive)
            _restore(store, archive, summary)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise InputError(
            f"{file} is no whole backup of valuecalc ({error}).",
            "Take another one; nothing was changed.",
        ) from error
    return summary


def _read_manifest(archive: zipfile.ZipFile) -> Summary:
    content = json.loads(archive.read("manifest.json"))
    if content["format"] != FORMAT:
        raise ValueError(f"format {content['format']!r}")
    return Summary(str(content["step"]), str(content["made_at"]), dict(content["rows"]))


def _refuse_damage(archive: zipfile.ZipFile) -> None:
    damaged = archive.testzip()
    if damaged is not None:
        raise ValueError(f"{damaged} is damaged")


def _restore(store: Database, archive: zipfile.ZipFile, summary: Summary) -> None:
    with migrate.locked(store) as connection:
        _refuse_filled(connection)
        migrate.run(connection, summary.step)
        for table in _tables(connection):
            count = _read_table(connection, table, archive)
            if count != summary.rows.get(table.name, 0):
                raise ValueError(f"{table.name} has {count} rows")
        if not store.is_sqlite:
            _continue_numbers(connection)
        migrate.run(connection)


def _refuse_filled(connection: Connection) -> None:
    """Only an empty database may be restored into; one that was just set up is empty."""
    if migrate.step_of(connection) is None:
        return
    for table in _tables(connection):
        if connection.scalar(select(func.count()).select_from(table)):
            raise Conflict(
                "The database holds something already; a backup goes into an empty one.",
                "Name a new database in VALUECALC_DATABASE_URL, or move the old one away.",
            )


def _read_table(connection: Connection, table: Table, archive: zipfile.ZipFile) -> int:
    count = 0
    with archive.open(f"tables/{table.name}.jsonl") as lines:
        for rows in _batches(json.loads(line) for line in lines):
            connection.execute(insert(table), [_row(table, row) for row in rows])
            count += len(rows)
    return count


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    each = iter(rows)
    while batch := list(islice(each, _AT_ONCE)):
        yield batch


def _row(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(table, name, value) for name, value in row.items()}


def _value(table: Table, name: str, value: Any) -> Any:
    """A value as the column takes it; a mapping in a JSON column is meant as it is."""
    if not isinstance(value, dict) or isinstance(table.c[name].type, column_types.JSON):
        return value
    if _BYTES_KEY in value:
        return base64.b64decode(value[_BYTES_KEY])
    if _DAY_KEY in value:
        return date.fromisoformat(value[_DAY_KEY])
    return datetime.fromisoformat(value[_MOMENT_KEY])


def _continue_numbers(connection: Connection) -> None:
    """PostgreSQL counts rows apart from them: go on after the largest."""
    for table in _tables(connection):
        if "id" in table.c:
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608
                    f"COALESCE((SELECT MAX(id) FROM {table.name}), 0) + 1, false)"
                )
            )
