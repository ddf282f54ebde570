"""The milestones of cases, for lists."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_AT_ONCE = 200

NEWEST = sa.text(
    "SELECT value_case.id, case_version.document FROM value_case JOIN case_version"
    " ON case_version.case_id = value_case.id AND case_version.number = value_case.version"
    " WHERE value_case.id > :after ORDER BY value_case.id LIMIT :limit"
)


def upgrade() -> None:
    """To this step."""
    table = op.create_table(
        "case_milestone",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["value_case.id"],
            name=op.f("fk_case_milestone_case_id_value_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_case_milestone")),
    )
    connection = op.get_bind()
    for rows in _rows_of_cases(connection):
        if rows:
            connection.execute(sa.insert(table), rows)


def _rows_of_cases(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    """The rows for the cases that are there, for a few cases at once."""
    after = 0
    while found := connection.execute(NEWEST, {"after": after, "limit": _AT_ONCE}).all():
        yield [row for id, document in found for row in _rows_of(id, document)]
        after = found[-1].id


def _rows_of(case_id: int, document: bytes) -> list[dict[str, Any]]:
    plan = json.loads(zlib.decompress(document)).get("plan", {})
    planned = sorted(
        (each["date"], _storable(each["label"])) for each in plan.get("milestones", [])
    )
    return [
        {"case_id": case_id, "number": number, "day": date.fromisoformat(day), "label": label}
        for number, (day, label) in enumerate(planned, start=1)
    ]


def _storable(text: str) -> str:
    """The text without what no database can hold."""
    return text.replace("\0", "").encode(errors="ignore").decode()


def downgrade() -> None:
    """Back to the step before."""
    op.drop_table("case_milestone")
