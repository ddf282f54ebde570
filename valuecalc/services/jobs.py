"""What takes too long for one request: start it, see how far it is, cancel it, get the answer.

A job belongs to a team. Whoever may read the team's cases may start one, and read every one of
the team; whoever started it, or an owner of the team, cancels it. Answers are kept for some
days, and then go with their jobs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from valuecalc.errors import CaseError, Conflict, Forbidden, InputError, Problem
from valuecalc.services import audit
from valuecalc.services.access import Action, Actor, require
from valuecalc.services.job_kinds import Kind, find
from valuecalc.services.job_run import canonical, gone_cases, note_end
from valuecalc.services.teams import team_for
from valuecalc.store import cases as stored_cases
from valuecalc.store import job_tables, people
from valuecalc.store import jobs as stored
from valuecalc.store.database import Database, Session
from valuecalc.store.job_tables import JobRow
from valuecalc.store.pages import Slice
from valuecalc.store.tables import IdempotencyKey, Team, now, sha256

KIND = "job"
KEYS_ARE_KEPT = timedelta(days=7)
MOST_UNFINISHED = 20
"""So many jobs of a team may wait or run at a time."""

LARGEST_REQUEST = 1_000_000
"""The longest request, in characters of its JSON: it is read at every attempt."""


class State(StrEnum):
    """Where a job is."""

    WAITING = job_tables.WAITING
    RUNNING = job_tables.RUNNING
    DONE = job_tables.DONE
    FAILED = job_tables.FAILED
    CANCELLED = job_tables.CANCELLED

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen."""
        return self not in (State.WAITING, State.RUNNING)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job as people see it.

    `done` of `total` parts are done; `total` is 0 until it is known. `attempt` counts how often
    it was begun. `reason` says why it failed. `sha` is the SHA-256 of its answer as canonical
    JSON: the same answer has the same. `number` is for going through lists.
    """

    number: int
    uid: str
    team_id: int
    kind: str
    label: str
    request: Mapping[str, Any]
    state: State
    total: int
    done: int
    attempt: int
    started_by: str
    started_by_id: int
    created_at: datetime
    begun_at: datetime | None
    finished_at: datetime | None
    reason: Problem | None
    sha: str | None

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1."""
        if self.state is State.DONE:
            return 1.0
        return self.done / self.total if self.total else 0.0


# --------------------------------------------------------------------------- start


def submit(
    store: Database,
    actor: Actor,
    kind: str,
    team: str | None,
    request: Mapping[str, Any],
    key: str | None = None,
    asked: str = "",
) -> Job:
    """Start a job of `kind` for the team of that public name, or for the actor's only one.

    Asking for the same again while it is unfinished, or with the same `key`, gives the same job.
    `asked` are the words that a key belongs to, where they are not the request itself.
    Raises `UnknownName`, `InputError` for a request that cannot be kept, `CaseError` for cases
    that the team does not have, `Conflict` when too many of its jobs are unfinished, and what
    `started_with` raises.
    """
    found = find(kind)
    text = _checked(request)

    def work(session: Session) -> Job:
        group = team_for(session, actor, team, Action.READ)
        # Two at a time could both be the last that is let in.
        people.team_by_uid(session, group.uid, lock=True)
        used = _used(actor, key, _fingerprint(kind, group, asked or text))
        earlier = _started_with(session, used)
        if earlier is not None:
            return _seen(earlier)
        fingerprint = _fingerprint(kind, group, text)
        job = _unfinished(session, actor, group, fingerprint)
        if job is None:
            _refuse_missing_cases(session, group, found, request)
            _refuse_too_many(session, group)
            job = _added(session, actor, found, group, text, fingerprint)
        _remember(session, used, job)
        return _seen(job)

    try:
        return store.run(work)
    except stored_cases.KeyTaken:
        return store.run(work)


def started_with(
    store: Database, actor: Actor, kind: str, team: str | None, key: str, asked: str
) -> Job | None:
    """The job that these words were sent for with this key before; None when the key is new.

    Raises `Conflict` for a key of other words, or of a job that is not kept any more, and what
    `team_for` raises.
    """
    with store.read() as session:
        group = team_for(session, actor, team, Action.READ)
        found = _started_with(session, _used(actor, key, _fingerprint(kind, group, asked)))
        return _seen(found) if found is not None else None


def _fingerprint(kind: str, team: Team, text: str) -> str:
    return sha256(f"job {kind} {team.uid} {text}")


def _checked(request: Mapping[str, Any]) -> str:
    try:
        text = canonical(dict(request))
    except (TypeError, ValueError) as error:
        raise InputError(
            f"The request of the job is no JSON ({error}).", "Use texts, numbers and lists."
        ) from error
    if len(text) > LARGEST_REQUEST:
        raise InputError(
            f"The request of the job has {len(text):,} characters.",
            f"{LARGEST_REQUEST:,} are the most: ask for less at a time.",
        )
    return text


def _used(actor: Actor, key: str | None, fingerprint: str) -> IdempotencyKey | None:
    """The key as it will be kept, once the name of its job is known."""
    if key is None:
        return None
    return IdempotencyKey(user_id=actor.account.id, key=key, fingerprint=fingerprint)


def _started_with(session: Session, used: IdempotencyKey | None) -> JobRow | None:
    known = stored_cases.idempotency_key(session, used.user_id, used.key) if used else None
    if known is None or used is None:
        return None
    if known.fingerprint != used.fingerprint:
        raise Conflict("This key was used for another request.", "Send a new key with it.")
    found = stored.by_uid(session, known.uid)
    if found is None:
        raise Conflict("The job of this key is not kept any more.", "Send a new key.")
    return found


def _remember(session: Session, used: IdempotencyKey | None, job: JobRow) -> None:
    if used is not None:
        used.uid = job.uid
        stored_cases.remember_key(session, used, now() - KEYS_ARE_KEPT)


def _unfinished(session: Session, actor: Actor, team: Team, fingerprint: str) -> JobRow | None:
    """The unfinished job that this actor has asked for with the same request."""
    same = (
        each
        for each in stored.unfinished(session, team.id)
        if each.request_sha == fingerprint and each.started_by == actor.account.id
    )
    return next(same, None)


def _refuse_missing_cases(
    session: Session, team: Team, kind: Kind, request: Mapping[str, Any]
) -> None:
    missing = stored.missing_cases(session, team.id, tuple(kind.cases(request)))
    if missing:
        raise CaseError([gone_cases(missing)], "request")


def _refuse_too_many(session: Session, team: Team) -> None:
    if len(stored.unfinished(session, team.id)) >= MOST_UNFINISHED:
        raise Conflict(
            f"{MOST_UNFINISHED} jobs of this team wait or run already.",
            "Wait until one is done, or cancel one.",
        )


def _added(
    session: Session,
    actor: Actor,
    kind: Kind,
    team: Team,
    text: str,
    fingerprint: str,
) -> JobRow:
    job = JobRow(
        team_id=team.id,
        kind=kind.name,
        # As it will be read from the database: a tuple is a list from now on.
        request=json.loads(text),
        request_sha=fingerprint,
        started_by=actor.account.id,
        started_by_name=actor.name,
    )
    stored.add(session, job)
    _note(session, actor, "job.started", job)
    return job


# --------------------------------------------------------------------------- look


def read(store: Database, actor: Actor, uid: str) -> Job:
    """How far a job is. Raises `Unauthenticated`, `NotFound`."""
    with store.read() as session:
        return _seen(_job_for(session, actor, uid))


def page(
    store: Database,
    actor: Actor,
    team: str | None = None,
    limit: int = 50,
    before: int | None = None,
) -> Slice[Job]:
    """The newest jobs of a team, or of all teams of the actor, from below `before` on."""
    with store.read() as session:
        if team is None:
            ids = actor.teams_for(Action.READ)
        else:
            ids = (team_for(session, actor, team, Action.READ).id,)
        rows = stored.page(session, ids, limit, before)
        return Slice(tuple(map(_seen, rows.rows)), rows.has_more)


def result(store: Database, actor: Actor, uid: str) -> dict[str, Any]:
    """The answer of a job. Raises `Conflict` while there is none, with the reason."""
    with store.read() as session:
        job = _seen(_job_for(session, actor, uid))
        text = stored.result(session, job.number)
    if text is None:
        raise _no_answer(job)
    return dict(json.loads(text))


def _no_answer(job: Job) -> Conflict:
    if job.reason is not None:
        return Conflict(f"The job has failed. {job.reason.cause}", job.reason.remedy)
    if job.state is State.CANCELLED:
        return Conflict("The job was cancelled.", "Start it anew.")
    cause = f"The job is {job.state}: {job.done} of {job.total or '?'} parts are done."
    return Conflict(cause, "Ask again when it is done.", retry_after=1)


def _job_for(session: Session, actor: Actor, uid: str, *, lock: bool = False) -> JobRow:
    """The only way to a job: it is there, and the actor may read the cases of its team."""
    found = stored.by_uid(session, uid, lock=lock) if actor.account else None
    require(actor, Action.READ, found.team_id if found else None, KIND)
    assert found is not None
    return found


def _seen(row: JobRow) -> Job:
    return Job(
        number=row.id,
        uid=row.uid,
        team_id=row.team_id,
        kind=row.kind,
        label=_label(row.kind),
        request=row.request,
        state=State(row.state),
        total=row.total,
        done=row.done,
        attempt=row.attempt,
        started_by=row.started_by_name,
        started_by_id=row.started_by,
        created_at=row.created_at,
        begun_at=row.begun_at,
        finished_at=row.finished_at,
        reason=_problem(row.reason),
        sha=row.result_sha,
    )


def _problem(reason: Mapping[str, str] | None) -> Problem | None:
    if reason is None:
        return None
    return Problem(
        code=reason["code"],
        place=reason["place"],
        cause=reason["cause"],
        remedy=reason["remedy"],
    )


def _label(kind: str) -> str:
    """What a kind is called; its name, when this version does not know it."""
    try:
        return find(kind).label
    except InputError:
        return kind


# --------------------------------------------------------------------------- cancel, remove


def cancel(store: Database, actor: Actor, uid: str) -> Job:
    """End a job; nothing when it has ended already.

    Whoever works on it notices within a second. Raises `Forbidden` for somebody else's job.
    """

    def work(session: Session) -> Job:
        job = _job_for(session, actor, uid, lock=True)
        _refuse_strangers(actor, job)
        if not State(job.state).is_final:
            job.state, job.finished_at = State.CANCELLED.value, now()
            job.owner = job.lease_until = None
            stored.drop_parts(session, job.id)
            session.flush()
            _note(session, actor, "job.cancelled", job)
        return _seen(job)

    return store.run(work)


def _refuse_strangers(actor: Actor, job: JobRow) -> None:
    if job.started_by != actor.account.id and not actor.may(Action.MANAGE, job.team_id):
        raise Forbidden(
            f"This job was started by {job.started_by_name}.",
            "Ask them, or an owner of the team, to cancel it.",
        )


def remove_old(store: Database, days: int) -> int:
    """Take away the jobs that ended `days` ago, with their answers; how many that were."""

    def work(session: Session) -> int:
        old = stored.finished_before(session, now() - timedelta(days=days))
        for job in old:
            note_end(session, job, "job.removed")
            stored.remove(session, job)
        return len(old)

    return store.run(work)


def _note(session: Session, actor: Actor, action: str, job: JobRow) -> None:
    audit.record(session, actor, action, team_id=job.team_id, subject=job.uid, kind=job.kind)
