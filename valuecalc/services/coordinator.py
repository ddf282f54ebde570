"""Whoever works on jobs: looks for one, takes it, carries it out, looks for the next.

There may be any number of coordinators, in web workers and in processes of their own
(`valuecalc worker`): the lease decides who works on what. One works on one job at a time.
"""

from __future__ import annotations

import logging
import os
import platform
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from valuecalc.config import Settings
from valuecalc.errors import Problem, StoreUnavailable, UnknownName
from valuecalc.services import engines, jobs, operation
from valuecalc.services.engines import Keeper
from valuecalc.services.job_kinds import find
from valuecalc.services.job_run import JobRun, Pace, note_end, reason_of
from valuecalc.store import jobs as stored
from valuecalc.store.database import Database, Session
from valuecalc.store.job_tables import FAILED, JobRow
from valuecalc.store.tables import now

TIDIED_EVERY_SECONDS = 6 * 3600
SECONDS_TO_STOP = 10
SECONDS_AFTER_A_FAULT = 5.0

log = logging.getLogger("valuecalc.jobs")


@contextmanager
def opened(settings: Settings) -> Iterator[Coordinator]:
    """A coordinator for a process of its own. Raises `InputError`."""
    with operation.opened(settings) as store:
        yield Coordinator(store, settings.engine, days=settings.job_days)


class Coordinator:
    """Works on the jobs of one database, with one engine."""

    def __init__(
        self, store: Database, engine: str = "", *, days: int = 30, pace: Pace | None = None
    ) -> None:
        """`engine` is its address; jobs that ended `days` ago are taken away.

        Raises `InputError` when the engine needs a library that is not there.
        """
        engines.refuse_missing_library(engine)
        self.store = store
        self.keeper = Keeper(engine)
        self.days = days
        self.pace = pace or Pace()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._tidied_at: float | None = None

    # ------------------------------------------------------------------ from outside

    def start(self) -> None:
        """Work in a thread of its own; to be called after a process was forked."""
        self._thread = threading.Thread(target=self.run, name="valuecalc-jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End soon, and give back the job at hand, so that another goes on with it at once."""
        self._stop.set()

    def join(self, seconds: float = SECONDS_TO_STOP) -> None:
        """Wait until the thread has ended, for so long at most."""
        if self._thread is not None:
            self._thread.join(seconds)

    # ------------------------------------------------------------------ the loop

    def run(self) -> None:
        """Work until told to stop, whatever happens to the database meanwhile."""
        while not self._stop.is_set():
            pause = self.pace.idle
            try:
                self._tidy_now_and_then()
                self.work_off()
            except StoreUnavailable as error:
                log.warning("jobs have to wait: %s", error)
                pause = max(pause, SECONDS_AFTER_A_FAULT)
            except Exception:
                # The thread must outlive a mistake, or no job would ever be done again.
                log.exception("unexpected error")
                pause = max(pause, SECONDS_AFTER_A_FAULT)
            self._stop.wait(pause)

    def work_off(self) -> int:
        """Carry out jobs until none is free; how many that were. Raises `StoreUnavailable`."""
        count = 0
        try:
            while not self._stop.is_set() and (job := self._take()) is not None:
                self._carry_out(job)
                count += 1
        finally:
            # An idle service keeps no processes and no connections for it.
            self.keeper.close()
        return count

    def _carry_out(self, job: JobRow) -> None:
        log.info("job %s of kind %s: attempt %d", job.uid, job.kind, job.attempt)
        kind = find(job.kind)
        JobRun(self.store, job, kind, self.keeper, self.pace, self._stop).carry_out()

    def _tidy_now_and_then(self) -> None:
        moment = time.monotonic()
        if self._tidied_at is None or moment - self._tidied_at > TIDIED_EVERY_SECONDS:
            self._tidied_at = moment
            jobs.remove_old(self.store, self.days)

    # ------------------------------------------------------------------ taking a job

    def _take(self) -> JobRow | None:
        """A job that is ours now; None when none is free."""
        with self.store.read() as session:
            if not stored.is_any_free(session):
                return None
        owner = f"{platform.node()[:100]}:{os.getpid()}:{secrets.token_hex(6)}"
        return self.store.run(lambda session: self._next(session, owner))

    def _next(self, session: Session, owner: str) -> JobRow | None:
        while (job := stored.next_free(session)) is not None:
            problem = self._hopeless(job)
            if problem is None:
                stored.take(session, job, owner, self.pace.lease_time)
                return job
            _fail(session, job, problem)
        return None

    def _hopeless(self, job: JobRow) -> Problem | None:
        """Why a job should not be begun (again), if there is a reason."""
        try:
            label = find(job.kind).label
        except UnknownName as error:
            return error.problem(job.kind)
        if job.attempt < self.pace.attempts:
            return None
        cause = f"It was begun {job.attempt} times, and each time what worked on it was killed."
        remedy = "Tell the operator to look at the memory of the machine and at the log."
        return Problem(code="engine", place=label, cause=cause, remedy=remedy)


def _fail(session: Session, job: JobRow, problem: Problem) -> None:
    job.state, job.reason, job.finished_at = FAILED, reason_of(problem), now()
    job.owner = job.lease_until = None
    stored.drop_parts(session, job.id)
    session.flush()
    note_end(session, job, "job.failed")
