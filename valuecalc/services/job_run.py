"""One job, carried out by one owner, from the parts that are kept to its end.

Between any two steps the owner shows that he lives (`_hold`), which is also how he learns that
the job is not his any more: it was cancelled, or somebody else has taken it after the lease.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

from valuecalc.errors import Problem, StoreUnavailable, ValuecalcError
from valuecalc.services import audit, engines
from valuecalc.services.access import Actor
from valuecalc.services.engines import Engine, EngineBroken, Keeper, Outcome
from valuecalc.services.job_kinds import LARGEST_FILE, Kind, Made
from valuecalc.store import cases as stored_cases
from valuecalc.store import jobs as stored
from valuecalc.store.database import Database, Session
from valuecalc.store.job_tables import DONE, FAILED, WAITING, JobFileRow, JobRow
from valuecalc.store.tables import now, sha256

Answer = TypeVar("Answer")

WE = "valuecalc"
"""Who is named in the audit log for what nobody asked for."""

log = logging.getLogger("valuecalc.jobs")


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often and how long, in seconds, and how many times.

    A job whose owner has not been heard of for `lease` is taken by another. Its owner is heard
    of every `beat`; that is also how soon he sees that it was cancelled, and how much work is
    lost when he is killed. `idle` lies between two looks for a job, `look_at_cases` between two
    looks whether its cases are still there. An engine that broke is started anew after `pause`,
    and tried for `patience`; `faults` of it in one attempt, and `attempts` that ended with their
    process, fail the job.
    """

    lease: float = 20.0
    beat: float = 0.5
    idle: float = 1.0
    look_at_cases: float = 5.0
    pause: float = 1.0
    patience: float = 120.0
    faults: int = 5
    attempts: int = 5

    @property
    def lease_time(self) -> timedelta:
        """The lease as the database takes it."""
        return timedelta(seconds=self.lease)


class Lost(Exception):
    """The job is somebody else's now, or was cancelled."""


class Stopped(Exception):
    """This process is to end."""


class Failed(Exception):
    """The job cannot be finished, and `problem` says why."""

    def __init__(self, problem: Problem, trace: str = "") -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.trace = trace


class JobRun:
    """The work of one owner on one job that he has taken."""

    def __init__(
        self,
        store: Database,
        job: JobRow,
        kind: Kind,
        keeper: Keeper,
        pace: Pace,
        stop: threading.Event,
    ) -> None:
        assert job.owner is not None
        self.store, self.job, self.kind, self.keeper = store, job, kind, keeper
        self.pace, self.stop, self.owner = pace, stop, job.owner
        self.request = job.request
        self.cases: tuple[str, ...] = ()
        self.kept: set[int] = set()
        self.landed: dict[int, bytes] = {}
        self.faults = 0
        self.beaten = self.looked = 0.0

    def carry_out(self) -> None:
        """Work until the job has ended, or is not ours any more. Raises `StoreUnavailable`."""
        try:
            with _mistakes_named(self.kind.label):
                self._work()
        except Lost:
            log.info("job %s is not ours any more", self.job.uid)
        except Stopped:
            self._give_back()
        except Failed as failure:
            self._fail(failure)

    def _work(self) -> None:
        payloads = self._prepared()
        self._work_off(payloads)
        text, made = self._meanwhile(lambda: self._merged(payloads))
        ended = {"result": text, "result_sha": sha256(text), "done": len(payloads)}
        self._end(DONE, "job.done", made, **ended)

    # ------------------------------------------------------------------ before and after

    def _prepared(self) -> Sequence[Any]:
        """The payloads of all parts; which of them are done already is in `kept`."""
        with self.store.read() as session:
            self.kept = stored.part_numbers(session, self.job.id)
        self.cases = tuple(self.kind.cases(self.request))
        self._refuse_missing_cases()
        payloads = self._meanwhile(self._payloads)
        parts_sha = sha256("\n".join(map(repr, payloads)))
        if self.job.parts_sha not in (None, parts_sha):
            raise Failed(self._changed_since())
        self._hold(total=len(payloads), parts_sha=parts_sha)
        return payloads

    def _payloads(self) -> Sequence[Any]:
        with self.store.read() as session:
            return self.kind.parts(self.request, session)

    def _merged(self, payloads: Sequence[Any]) -> tuple[str, Made | None]:
        with self.store.read() as session:
            results = stored.parts(session, self.job.id)
        if len(results) != len(payloads):
            raise RuntimeError(f"{len(results)} of {len(payloads)} parts are kept")
        made = self.kind.file(self.request, results)
        if made is not None and len(made.content) > LARGEST_FILE:
            raise Failed(_too_large(made))
        return canonical(self.kind.merge(self.request, payloads, results)), made

    def _changed_since(self) -> Problem:
        return Problem(
            code="changed_meanwhile",
            place=self.kind.label,
            cause="What it is worked out from has changed since it was begun.",
            remedy="Start it anew: what is there now will be used from beginning to end.",
        )

    def _refuse_missing_cases(self, session: Session | None = None) -> None:
        self.looked = time.monotonic()
        if not self.cases:
            return
        if session is None:
            with self.store.read() as reading:
                missing = stored.missing_cases(reading, self.job.team_id, self.cases)
        else:
            missing = stored.missing_cases(session, self.job.team_id, self.cases)
        if missing:
            raise Failed(gone_cases(missing))

    # ------------------------------------------------------------------ the parts

    def _work_off(self, payloads: Sequence[Any]) -> None:
        """Have every part that is missing worked on, and keep what comes out."""
        flight = _Flight(self.kind, payloads, set(range(len(payloads))) - self.kept)
        try:
            while flight.is_under_way:
                try:
                    engine = self._engine()
                    flight.launch(engine)
                    self._collect(flight, engine)
                except EngineBroken as error:
                    flight.turn_back()
                    self._bear(error)
                self._beat_when_due()
            self._hold()
        finally:
            flight.cancel()

    def _collect(self, flight: _Flight, engine: Engine) -> None:
        for number, outcome in flight.landed(self._until_beat()):
            if outcome.problem is not None:
                place = flight.place_of(number)
                raise Failed(_placed(outcome.problem, place), outcome.trace)
            self.landed[number] = outcome.result
        if trouble := engine.trouble():
            raise EngineBroken(trouble)

    def _engine(self) -> Engine:
        """The engine, started if need be; tried again while patience lasts."""
        give_up_at = time.monotonic() + self.pace.patience
        while True:
            if self.keeper.current is not None:
                return self.keeper.current
            try:
                return self._meanwhile(self.keeper.engine)
            except EngineBroken as error:
                if time.monotonic() > give_up_at:
                    raise Failed(self._no_engine(str(error))) from error
                self._wait(self.pace.pause)

    def _bear(self, error: EngineBroken) -> None:
        """Take a broken engine away; one that breaks again and again fails the job."""
        self.faults += 1
        log.warning("job %s: the engine broke: %s", self.job.uid, error)
        self._meanwhile(self.keeper.close)
        if self.faults >= self.pace.faults:
            raise Failed(self._no_engine(str(error))) from error
        self._wait(self.pace.pause)

    def _no_engine(self, what: str) -> Problem:
        return Problem(
            code="engine",
            place="engine",
            cause=f"What does the calculating failed again and again: {what}.",
            remedy="Tell the operator to look at VALUECALC_ENGINE, the memory of the machine and "
            "the log; then start it anew.",
        )

    # ------------------------------------------------------------------ showing life

    def _hold(self, **changes: Any) -> None:
        """Show that we live, keep what has landed, and change the row. Raises `Lost`."""
        landed = self.landed

        def work(session: Session) -> None:
            done = len(self.kept | landed.keys())
            changed = {"done": done, **changes}
            if not stored.hold(session, self.job.id, self.owner, self.pace.lease_time, changed):
                raise Lost
            stored.keep_parts(session, self.job.id, landed)

        self.store.run(work)
        self.kept |= landed.keys()
        self.landed = {}
        self.beaten = time.monotonic()

    def _beat_when_due(self) -> None:
        if self.stop.is_set():
            self._hold()
            raise Stopped
        if self._until_beat() == 0:
            self._hold()
        if time.monotonic() - self.looked > self.pace.look_at_cases:
            self._refuse_missing_cases()

    def _until_beat(self) -> float:
        return max(0.0, self.beaten + self.pace.beat - time.monotonic())

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.stop.wait(min(left, self.pace.beat))
            self._beat_when_due()

    def _meanwhile(self, function: Callable[[], Answer]) -> Answer:
        """What `function` gives; we go on showing that we live while it takes its time."""
        helper = ThreadPoolExecutor(1, thread_name_prefix="valuecalc-job")
        try:
            future = helper.submit(function)
            while not wait((future,), timeout=self._until_beat()).done:
                self._beat_when_due()
            return future.result()
        finally:
            helper.shutdown(wait=False)

    # ------------------------------------------------------------------ the end

    def _end(self, state: str, action: str, made: Made | None = None, **changes: Any) -> None:
        """The last thing that is written, with its entry in the audit log. Raises `Lost`."""

        def work(session: Session) -> None:
            if state == DONE:
                self._refuse_missing_cases(session)
            ended = {"state": state, "owner": None, "lease_until": None, "finished_at": now()}
            changed = {**changes, **ended}
            if not stored.hold(session, self.job.id, self.owner, self.pace.lease_time, changed):
                raise Lost
            stored.drop_parts(session, self.job.id)
            if made is not None:
                stored.keep_file(session, _file_row(session, self.job, made))
            note_end(session, self.job, action)

        self.store.run(work)
        log.info("job %s of kind %s is %s", self.job.uid, self.job.kind, state)

    def _fail(self, failure: Failed) -> None:
        if failure.trace:
            log.error("job %s: %s\n%s", self.job.uid, failure, failure.trace)
        with suppress(Lost):
            self._end(FAILED, "job.failed", reason=reason_of(failure.problem))

    def _give_back(self) -> None:
        """Let somebody else go on at once; an orderly end is no failed attempt."""
        changes = {"state": WAITING, "owner": None, "lease_until": None}
        with suppress(Lost):
            self._hold(**{**changes, "attempt": self.job.attempt - 1})


@contextmanager
def _mistakes_named(place: str) -> Iterator[None]:
    """Turns the mistakes of a request, and those of a program, into `Failed`."""
    try:
        yield
    except (StoreUnavailable, Lost, Stopped, Failed):
        raise
    except Exception as error:
        problem = engines.problem_of(error, place)
        trace = "" if isinstance(error, ValuecalcError) else traceback.format_exc()
        raise Failed(problem, trace) from error


class _Flight:
    """The parts that have to be worked on: some wait, some are in the air."""

    def __init__(self, kind: Kind, payloads: Sequence[Any], numbers: set[int]) -> None:
        self.kind, self.payloads = kind, payloads
        self.waiting = deque(sorted(numbers))
        self.flying: dict[Future[Outcome], int] = {}

    @property
    def is_under_way(self) -> bool:
        """Whether anything is left."""
        return bool(self.waiting or self.flying)

    def launch(self, engine: Engine) -> None:
        """Give the engine as much as it should have."""
        while self.waiting and len(self.flying) < engine.window:
            number = self.waiting[0]
            self.flying[engine.submit(self.kind.work, self.payloads[number])] = number
            self.waiting.popleft()

    def landed(self, seconds: float) -> Iterator[tuple[int, Outcome]]:
        """What has come out, after so many seconds at most. Raises `EngineBroken`.

        What came out before the engine broke is handed over first; the rest stays in the air.
        """
        done = wait(self.flying, timeout=seconds, return_when=FIRST_COMPLETED).done
        # The smallest number first, so that of two mistakes always the same one is told.
        by_number = sorted(done, key=self.flying.__getitem__)
        for future in by_number:
            outcome = engines.outcome_of(future)
            yield self.flying.pop(future), outcome

    def turn_back(self) -> None:
        """All that is in the air has to be begun anew."""
        self.waiting.extendleft(sorted(self.flying.values(), reverse=True))
        self.cancel()

    def cancel(self) -> None:
        """Nobody waits for what is in the air any more."""
        for future in self.flying:
            future.cancel()
        self.flying = {}

    def place_of(self, number: int) -> str:
        """What a part is about, for people."""
        about = self.kind.about(self.payloads[number])
        return about or f"part {number + 1} of {len(self.payloads)}"


def _too_large(made: Made) -> Problem:
    return Problem(
        code="too_large",
        place=made.name,
        cause=f"The file has {len(made.content):,} bytes, and {LARGEST_FILE:,} are kept at most.",
        remedy="Use longer periods, a shorter horizon or fewer lines.",
    )


def _file_row(session: Session, job: JobRow, made: Made) -> JobFileRow:
    case = stored_cases.by_uid(session, made.case)
    if case is None:
        raise Failed(gone_cases([made.case]))
    return JobFileRow(
        job_id=job.id,
        case_id=case.id,
        name=made.name,
        media_type=made.media_type,
        content=made.content,
    )


def _placed(problem: Problem, place: str) -> Problem:
    return replace(problem, place=f"{place}: {problem.place}" if problem.place else place)


def gone_cases(missing: Sequence[str]) -> Problem:
    """That cases are not there (any more), which are named by title or public name."""
    shown = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
    cause = f"The team has no such case: {shown}."
    if len(missing) > 1:
        cause = f"The team does not have {len(missing)} of the cases: {shown}."
    remedy = "Put it back from the bin, or start without it."
    return Problem(code="not_found", place="cases", cause=cause, remedy=remedy)


def reason_of(problem: Problem) -> dict[str, str]:
    """A problem as it is kept with a job."""
    return {
        "code": problem.code,
        "place": problem.place,
        "cause": problem.cause,
        "remedy": problem.remedy,
    }


def canonical(document: Any) -> str:
    """A document as JSON, the same text for the same content; there are no NaN in JSON."""
    return json.dumps(
        document, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
    )


def note_end(session: Session, job: JobRow, action: str) -> None:
    """The entry in the audit log for what became of a job by itself."""
    audit.record(
        session,
        Actor(),
        action,
        team_id=job.team_id,
        subject=job.uid,
        name=WE,
        kind=job.kind,
    )
