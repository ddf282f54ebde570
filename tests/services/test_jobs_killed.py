"""Whoever works is killed with a signal that nobody can handle; the answer stays the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.job_kinds import sums
from tests.services.job_running import (
    children_of,
    coordinating,
    expected_sha,
    is_alive,
    let_the_lease_end,
    on_each_database,
    on_sqlite,
    process_at_work,
    started,
    wait_for_end,
    wait_for_parts,
    wait_until,
    worked_off,
)
from valuecalc.services import jobs
from valuecalc.services.access import Actor
from valuecalc.services.jobs import State
from valuecalc.store.database import Database

pytestmark = pytest.mark.processes


@on_each_database("engine", "processes://2", "threads://2")
def test_when_the_coordinating_process_is_killed_another_goes_on_after_the_lease(
    store: Database, database_url: str, ann: Actor, tmp_path: Path, engine: str, gate: Path
) -> None:
    request = sums(40, gate=str(gate), open_to=20)
    job = started(store, ann, request)
    with process_at_work(database_url, engine, tmp_path) as first:
        wait_for_parts(store, ann, job, 5)
        first.kill()
        first.wait()
    before = jobs.read(store, ann, job.uid)
    assert before.state is State.RUNNING
    assert 5 <= before.done <= 20
    gate.unlink()
    let_the_lease_end(store, job)
    with process_at_work(database_url, engine, tmp_path):
        job = wait_for_end(store, ann, job)
    assert (job.state, job.attempt, job.sha) == (State.DONE, 2, expected_sha(request))


def test_when_one_of_two_coordinating_processes_is_killed_the_other_takes_over(
    store: Database, database_url: str, ann: Actor, tmp_path: Path, gate: Path
) -> None:
    request = sums(40, gate=str(gate), open_to=20)
    job = started(store, ann, request)
    with process_at_work(database_url, "threads://2", tmp_path) as first:
        wait_for_parts(store, ann, job, 5)
        with coordinating(store):
            assert jobs.read(store, ann, job.uid).attempt == 1
            first.kill()
            first.wait()
            gate.unlink()
            let_the_lease_end(store, job)
            job = wait_for_end(store, ann, job)
    assert (job.attempt, job.sha) == (2, expected_sha(request))


@on_sqlite
def test_the_processes_of_a_killed_coordinator_end_with_it(
    store: Database, database_url: str, ann: Actor, tmp_path: Path, gate: Path
) -> None:
    job = started(store, ann, sums(40, gate=str(gate), open_to=20))
    with process_at_work(database_url, "processes://2", tmp_path) as process:
        wait_for_parts(store, ann, job)
        children = children_of(process.pid)
        assert len(children) >= 2
        process.kill()
        wait_until(lambda: not any(map(is_alive, children)))


@on_sqlite
def test_when_a_process_of_the_pool_is_killed_its_parts_are_done_again(
    store: Database, ann: Actor, tmp_path: Path
) -> None:
    request = sums(30, 0.02, bad_seed=7, mistake="kill once", mark=str(tmp_path / "mark"))
    job = worked_off(store, ann, started(store, ann, request), "processes://2")
    assert (tmp_path / "mark").exists()
    assert (job.state, job.attempt, job.sha) == (State.DONE, 1, expected_sha(request))


@on_sqlite
def test_a_part_that_kills_every_process_fails_the_job_with_a_reason(
    store: Database, ann: Actor
) -> None:
    request = sums(6, 0.02, bad_seed=4, mistake="kill")
    job = started(store, ann, request)
    with coordinating(store, "processes://2"):
        job = wait_for_end(store, ann, job)
    assert (job.state, job.attempt) == (State.FAILED, 1)
    assert job.reason is not None
    assert job.reason.place == "engine"
    assert "failed again and again: BrokenProcessPool" in job.reason.cause
    assert "memory" in job.reason.remedy
