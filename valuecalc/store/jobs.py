"""Background jobs in the database: who works on what, how far it is, what came out.

Everything that a worker writes goes through `hold`, which changes the row only while the worker
is its owner. A worker whose lease ran out, and whose job somebody else has taken or cancelled,
changes nothing any more, however late he wakes up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, delete, func, or_, select, update
from sqlalchemy.orm import Session

from valuecalc.store.job_tables import RUNNING, WAITING, JobFileRow, JobPartRow, JobRow
from valuecalc.store.pages import Slice, sliced
from valuecalc.store.search import storable
from valuecalc.store.tables import Moment, StoredCase, now

_AT_ONCE = 500
_UNFINISHED = (WAITING, RUNNING)


# --------------------------------------------------------------------------- find


def by_uid(session: Session, uid: str, *, lock: bool = False) -> JobRow | None:
    """A job by its public name; with `lock` it stays as it is until the transaction ends."""
    query = select(JobRow).where(JobRow.uid == storable(uid))
    return session.scalar(query.with_for_update() if lock else query)


def page(
    session: Session, team_ids: Sequence[int], limit: int, before: int | None
) -> Slice[JobRow]:
    """The jobs of some teams, the newest first, from below the number `before` on."""
    query = select(JobRow).where(JobRow.team_id.in_(team_ids)).order_by(JobRow.id.desc())
    if before is not None:
        query = query.where(JobRow.id < before)
    return sliced(session.scalars(query.limit(limit + 1)), limit)


def unfinished(session: Session, team_id: int) -> Sequence[JobRow]:
    """The jobs of a team that wait or run, the oldest first."""
    query = select(JobRow).where(JobRow.team_id == team_id, JobRow.state.in_(_UNFINISHED))
    return session.scalars(query.order_by(JobRow.id)).all()


def result(session: Session, id: int) -> str | None:
    """The answer of a job as canonical JSON."""
    return session.scalar(select(JobRow.result).where(JobRow.id == id))


def file(session: Session, id: int) -> JobFileRow | None:
    """The file of a job, if it has made one and the case of it is still there."""
    return session.get(JobFileRow, id)


def missing_cases(session: Session, team_id: int, uids: Sequence[str]) -> tuple[str, ...]:
    """Which of some cases a team does not have (any more), by title where that is known."""
    found: dict[str, str | None] = {}
    for some in _batches(uids):
        query = select(StoredCase.uid, StoredCase.title, StoredCase.deleted_at).where(
            StoredCase.team_id == team_id, StoredCase.uid.in_([storable(each) for each in some])
        )
        for uid, title, deleted_at in session.execute(query):
            found[uid] = None if deleted_at is None else f"{title} ({uid})"
    named = {uid: found.get(uid, uid) for uid in uids}
    return tuple(name for name in named.values() if name is not None)


# --------------------------------------------------------------------------- take and hold


def moment(session: Session) -> datetime:
    """This moment by the database's clock: those of several machines never quite agree."""
    if session.get_bind().dialect.name == "sqlite":
        return now()
    return session.scalars(select(func.clock_timestamp(type_=Moment()))).one()


def is_any_free(session: Session) -> bool:
    """Whether there is a job to be taken; asked often, so it locks nothing."""
    query = select(JobRow.id).where(_is_free(moment(session))).limit(1)
    return session.scalar(query) is not None


def next_free(session: Session) -> JobRow | None:
    """The oldest job that nobody works on; nobody else gets it until the transaction ends."""
    query = select(JobRow).where(_is_free(moment(session))).order_by(JobRow.id).limit(1)
    return session.scalar(query.with_for_update(skip_locked=True))


def _is_free(at: datetime) -> ColumnElement[bool]:
    is_abandoned = (JobRow.state == RUNNING) & (JobRow.lease_until < at)
    return or_(JobRow.state == WAITING, is_abandoned)


def take(session: Session, job: JobRow, owner: str, lease: timedelta) -> None:
    """Make `owner` the one who works on a job that `next_free` has found."""
    at = moment(session)
    job.state, job.owner, job.lease_until = RUNNING, owner, at + lease
    job.attempt += 1
    job.begun_at = job.begun_at or at
    session.flush()


def hold(
    session: Session, id: int, owner: str, lease: timedelta, changes: Mapping[str, Any]
) -> bool:
    """Put off the end of a lease, and change the row; False when it is not the owner's."""
    values = {"lease_until": moment(session) + lease, **changes}
    done = session.execute(
        update(JobRow)
        .where(JobRow.id == id, JobRow.owner == owner, JobRow.state == RUNNING)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    return done.rowcount == 1


# --------------------------------------------------------------------------- parts


def part_numbers(session: Session, id: int) -> set[int]:
    """Which parts of a job are kept."""
    return set(session.scalars(select(JobPartRow.number).where(JobPartRow.job_id == id)))


def parts(session: Session, id: int) -> list[bytes]:
    """What came out of the parts of a job, in their order."""
    query = select(JobPartRow.result).where(JobPartRow.job_id == id).order_by(JobPartRow.number)
    return list(session.scalars(query))


def keep_parts(session: Session, id: int, results: Mapping[int, bytes]) -> None:
    """Keep what came out of some parts; those that are kept already stay as they are."""
    # A transaction is tried again when its acknowledgement was lost, and may have been done.
    kept = part_numbers(session, id) if results else set()
    new = [number for number in results if number not in kept]
    session.add_all(JobPartRow(job_id=id, number=each, result=results[each]) for each in new)
    session.flush()


def drop_parts(session: Session, id: int) -> None:
    """Forget the parts of a job."""
    session.execute(delete(JobPartRow).where(JobPartRow.job_id == id))


def keep_file(session: Session, file: JobFileRow) -> None:
    """Keep the file that a job has made."""
    # As above: the transaction may have been done already.
    if session.get(JobFileRow, file.job_id) is None:
        session.add(file)
        session.flush()


# --------------------------------------------------------------------------- add and remove


def add(session: Session, job: JobRow) -> None:
    """A new job."""
    session.add(job)
    session.flush()


def finished_before(session: Session, at: datetime) -> Sequence[JobRow]:
    """The jobs that ended before a moment, in whatever way."""
    query = select(JobRow).where(JobRow.finished_at < at).order_by(JobRow.id)
    return session.scalars(query).all()


def remove(session: Session, job: JobRow) -> None:
    """Take a job away with its answer."""
    session.delete(job)
    session.flush()


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    each = iter(texts)
    while batch := list(islice(each, _AT_ONCE)):
        yield batch
