"""The tables of background jobs: what is asked for, how far it is, and the parts that are done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from valuecalc.store.tables import (
    NAME_LENGTH,
    SHA_LENGTH,
    UID_LENGTH,
    Packed,
    RowNumber,
    Table,
    new_uid,
    now,
)

WAITING = "waiting"
RUNNING = "running"
DONE = "done"
FAILED = "failed"
CANCELLED = "cancelled"

_UNFINISHED = text(f"state IN ('{WAITING}', '{RUNNING}')")
_FINISHED = text("finished_at IS NOT NULL")


class JobRow(Table):
    """Something that is worked out in the background, and its answer once it is there.

    Whoever works on it is its `owner` until `lease_until`, and puts that off as long as he
    lives; after it anybody may go on from the parts that are kept. `attempt` counts how often
    somebody began. `request_sha` and `parts_sha` are hashes of what was asked for and of what
    its parts are made from. `reason` says why it failed: place, cause and remedy. `result` is
    canonical JSON, and `result_sha` its hash.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_team_id_id", "team_id", "id"),
        Index("ix_job_unfinished", "id", sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED),
        Index(
            "ix_job_finished_at", "finished_at", sqlite_where=_FINISHED, postgresql_where=_FINISHED
        ),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    uid: Mapped[str] = mapped_column(String(UID_LENGTH), unique=True, default=new_uid)
    team_id: Mapped[int] = mapped_column(RowNumber, ForeignKey("team.id"))
    kind: Mapped[str] = mapped_column(String(64))
    request: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    request_sha: Mapped[str] = mapped_column(String(SHA_LENGTH))
    parts_sha: Mapped[str | None] = mapped_column(String(SHA_LENGTH))
    state: Mapped[str] = mapped_column(String(16), default=WAITING)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    lease_until: Mapped[datetime | None]
    started_by: Mapped[int] = mapped_column(RowNumber, ForeignKey("user_account.id"))
    started_by_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    created_at: Mapped[datetime] = mapped_column(default=now)
    begun_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    reason: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    # Lists and heartbeats leave it where it is: it may be long.
    result: Mapped[str | None] = mapped_column(Packed, deferred=True)
    result_sha: Mapped[str | None] = mapped_column(String(SHA_LENGTH))


class JobPartRow(Table):
    """What came out of one part of an unfinished job, so that it is never worked out again."""

    __tablename__ = "job_part"

    job_id: Mapped[int] = mapped_column(
        RowNumber, ForeignKey("job.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    result: Mapped[bytes] = mapped_column(LargeBinary)


class JobFileRow(Table):
    """The file that a job has made of a case; it goes with its job, and with the case."""

    __tablename__ = "job_file"

    job_id: Mapped[int] = mapped_column(
        RowNumber, ForeignKey("job.id", ondelete="CASCADE"), primary_key=True
    )
    case_id: Mapped[int] = mapped_column(
        RowNumber, ForeignKey("value_case.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    media_type: Mapped[str] = mapped_column(String(NAME_LENGTH))
    content: Mapped[bytes] = mapped_column(LargeBinary)
