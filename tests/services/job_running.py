"""Coordinators for tests: in a hurry, in this process or in one that may be killed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from tests.services import job_kinds, ready_processes
from tests.services.ready_processes import ReadyProcess
from valuecalc.services import jobs
from valuecalc.services.access import Actor
from valuecalc.services.coordinator import Coordinator
from valuecalc.services.job_run import Pace, canonical
from valuecalc.services.jobs import Job
from valuecalc.store.database import Database
from valuecalc.store.job_tables import JobRow
from valuecalc.store.jobs import moment
from valuecalc.store.tables import sha256

# The lease is long, because on a busy machine an owner may be silent for seconds; where it has to
# end, `let_the_lease_end` ends it.
QUICK = Pace(
    lease=600, beat=0.05, idle=0.05, look_at_cases=0.1, pause=0.1, patience=30, faults=3, attempts=3
)
PATIENCE_SECONDS = 120

# For what happens in processes and on clusters, which do not know what the database is.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def on_each_database(name: str, on_sqlite: object, on_postgresql: object) -> pytest.MarkDecorator:
    """Runs a test on both kinds of database, with another value of the parameter `name` each.

    Every value and every database is seen once; which goes with which makes no difference.
    """
    return pytest.mark.parametrize(
        ("database_url", name),
        [
            ("sqlite", on_sqlite),
            pytest.param("postgresql", on_postgresql, marks=pytest.mark.postgres),
        ],
        indirect=["database_url"],
    )


def expected_sha(request: dict[str, Any]) -> str:
    """The hash of the answer, worked out here and now, one part after the other."""
    payloads = job_kinds.parts(request, None)
    results = [job_kinds.work({**each, "seconds": 0}) for each in payloads]
    return sha256(canonical(job_kinds.merge(request, payloads, results)))


@contextmanager
def closed_gate(folder: Path) -> Iterator[Path]:
    """A gate for requests of sums, closed until its file is removed or the block ends."""
    gate = folder / "gate"
    gate.touch()
    try:
        yield gate
    finally:
        gate.unlink(missing_ok=True)


def started(store: Database, actor: Actor, request: dict[str, Any]) -> Job:
    return jobs.submit(store, actor, job_kinds.SUMS.name, None, request)


@contextmanager
def coordinating(
    store: Database, engine: str = "threads://2", pace: Pace = QUICK
) -> Iterator[Coordinator]:
    """A coordinator at work in a thread."""
    coordinator = Coordinator(store, engine, pace=pace)
    coordinator.start()
    try:
        yield coordinator
    finally:
        coordinator.stop()
        coordinator.join(PATIENCE_SECONDS)


def worked_off(
    store: Database, actor: Actor, job: Job, engine: str = "threads://2", pace: Pace = QUICK
) -> Job:
    """The job after a coordinator has worked until nothing was left."""
    Coordinator(store, engine, pace=pace).work_off()
    return jobs.read(store, actor, job.uid)


def wait_until(condition: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


def wait_for_end(store: Database, actor: Actor, job: Job) -> Job:
    wait_until(lambda: jobs.read(store, actor, job.uid).state.is_final)
    return jobs.read(store, actor, job.uid)


def wait_for_parts(store: Database, actor: Actor, job: Job, count: int = 1) -> None:
    wait_until(lambda: jobs.read(store, actor, job.uid).done >= count)


def let_the_lease_end(store: Database, job: Job) -> None:
    """As if the time for which a job is left to its owner had gone by since it was killed."""
    with store.write() as session:
        over = moment(session) - timedelta(seconds=1)
        session.execute(update(JobRow).where(JobRow.id == job.number).values(lease_until=over))


@contextmanager
def process_at_work(
    url: str, engine: str, folder: Path, work: Callable[..., None] | None = None, *more: str
) -> Iterator[ReadyProcess]:
    """A process of its own that works on the jobs of the database at `url`.

    `work` is what it does, if not `work_on`; it is given the rest as well.
    """
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    process = ready_processes.started(
        folder / "working.log", work or work_on, url, engine, *more, environment=environment
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def children_of(process: int) -> set[int]:
    """The processes that a process has started, from any of its threads."""
    found: set[int] = set()
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        found |= {int(each) for each in listed.read_text().split()}
    return found


def is_alive(process: int) -> bool:
    """Whether a process runs; one that has ended and was not asked after does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def work_on(url: str, engine: str) -> None:
    """What a process does that may be killed."""
    # As in a web server: the main thread has other things to do.
    coordinator = Coordinator(Database(url), engine, pace=QUICK)
    coordinator.start()
    threading.Event().wait()
