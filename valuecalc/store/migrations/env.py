"""Run by Alembic: the migrations, on the connection that `valuecalc.store.migrate` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from valuecalc.store import job_tables
from valuecalc.store.tables import Moment, Packed, RowNumber, Table

# Imported, so that its tables are among those of the program.
assert job_tables.JobRow.metadata is Table.metadata


def _kind(type_: str, thing: Any, _: AutogenContext) -> str | Literal[False]:
    """How a type of ours is written in a migration: as what the database keeps."""
    if type_ != "type":
        return False
    if isinstance(thing, Moment):
        return "sa.DateTime(timezone=True)"
    if isinstance(thing, Packed):
        return "sa.LargeBinary()"
    if thing is RowNumber:
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_item=_kind,
    compare_type=True,
    # SQLite can undo changes of tables as well, as long as we begin the transaction ourselves.
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
