"""Jobs on a cluster of Dask: the same answer, also when a part of the cluster is killed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.dask_cluster import Cluster, ready_cluster
from tests.services.job_kinds import sums
from tests.services.job_running import (
    QUICK,
    coordinating,
    expected_sha,
    let_the_lease_end,
    on_sqlite,
    process_at_work,
    started,
    wait_for_end,
    wait_for_parts,
    wait_until,
    worked_off,
)
from tests.serving import free_port
from valuecalc.services import engines, jobs
from valuecalc.services.access import Actor
from valuecalc.services.engines import EngineBroken
from valuecalc.services.jobs import State
from valuecalc.store.database import Database

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with ready_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@on_sqlite
def test_the_cluster_gives_the_same_answer_as_threads(
    store: Database, ann: Actor, cluster: Cluster
) -> None:
    request = sums(30)
    job = worked_off(store, ann, started(store, ann, request), cluster.address)
    assert (job.state, job.sha) == (State.DONE, expected_sha(request)), cluster.log()


@on_sqlite
def test_a_mistake_on_a_worker_comes_back_with_its_reason(
    store: Database, ann: Actor, cluster: Cluster
) -> None:
    request = sums(10, bad_seed=3, mistake="unpicklable")
    job = worked_off(store, ann, started(store, ann, request), cluster.address)
    assert (job.state, job.attempt) == (State.FAILED, 1)
    assert job.reason is not None
    assert (job.reason.place, job.reason.remedy) == ("part 3 of 10", "Did you mean value?")


@on_sqlite
def test_cancelling_ends_the_work_on_the_cluster(
    store: Database, ann: Actor, cluster: Cluster
) -> None:
    # For all of its parts nobody would wait long enough.
    job, after = started(store, ann, sums(10_000, 0.05)), started(store, ann, sums(1))
    with coordinating(store, cluster.address):
        wait_for_parts(store, ann, job)
        jobs.cancel(store, ann, job.uid)
        assert wait_for_end(store, ann, after).state is State.DONE


@on_sqlite
def test_when_a_worker_is_killed_the_others_do_its_parts(
    store: Database, ann: Actor, cluster: Cluster, gate: Path
) -> None:
    request = sums(60, gate=str(gate), open_to=20)
    job = started(store, ann, request)
    with coordinating(store, cluster.address):
        wait_for_parts(store, ann, job, 5)
        cluster.kill_worker()
        cluster.start_worker()
        gate.unlink()
        job = wait_for_end(store, ann, job)
    assert (job.state, job.attempt, job.sha) == (State.DONE, 1, expected_sha(request))


@on_sqlite
def test_when_the_scheduler_is_killed_and_comes_back_the_job_goes_on(
    store: Database, ann: Actor, cluster: Cluster, gate: Path
) -> None:
    request = sums(60, gate=str(gate), open_to=20)
    job = started(store, ann, request)
    with coordinating(store, cluster.address):
        wait_for_parts(store, ann, job, 5)
        cluster.kill_scheduler()
        # Workers end without a scheduler; what starts them again stands in the manual.
        for _ in range(2):
            cluster.kill_worker()
        time.sleep(0.5)
        assert jobs.read(store, ann, job.uid).state is State.RUNNING
        cluster.start_scheduler()
        for _ in range(2):
            cluster.start_worker()
        gate.unlink()
        job = wait_for_end(store, ann, job)
    assert (job.state, job.attempt, job.sha) == (State.DONE, 1, expected_sha(request))


def test_when_the_coordinating_process_is_killed_another_goes_on_with_the_same_cluster(
    store: Database, database_url: str, ann: Actor, cluster: Cluster, tmp_path: Path, gate: Path
) -> None:
    request = sums(60, gate=str(gate), open_to=20)
    job = started(store, ann, request)
    with process_at_work(database_url, cluster.address, tmp_path) as first:
        wait_for_parts(store, ann, job, 5)
        first.kill()
        first.wait()
    gate.unlink()
    let_the_lease_end(store, job)
    job = worked_off_by_another(store, ann, job, cluster)
    assert (job.state, job.attempt, job.sha) == (State.DONE, 2, expected_sha(request))


def worked_off_by_another(store: Database, ann: Actor, job: jobs.Job, cluster: Cluster) -> jobs.Job:
    with coordinating(store, cluster.address):
        return wait_for_end(store, ann, job)


@on_sqlite
def test_a_cluster_that_is_not_there_fails_the_job_after_a_while_and_says_so(
    store: Database, ann: Actor
) -> None:
    address = f"dask://127.0.0.1:{free_port()}"
    pace = replace(QUICK, patience=0.1)
    job = worked_off(store, ann, started(store, ann, sums(1)), address, pace)
    assert job.state is State.FAILED
    assert job.reason is not None
    assert f"{address.replace('dask', 'tcp')} cannot be reached" in job.reason.cause


def test_a_cluster_without_workers_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "SECONDS_BETWEEN_LOOKS", 0.0)
    with ready_cluster(tmp_path, workers=0) as cluster:
        engine = engines.start(cluster.address)
        try:
            assert engine.trouble() == ""
            monkeypatch.setattr(engines, "SECONDS_WITHOUT_WORKERS", 0.0)
            assert "has had no worker" in engine.trouble()
        finally:
            engine.close()


def test_an_engine_whose_scheduler_is_gone_says_so_instead_of_waiting(tmp_path: Path) -> None:
    with ready_cluster(tmp_path, workers=0) as cluster:
        engine = engines.start(cluster.address)
        try:
            cluster.kill_scheduler()
            wait_until(engine.trouble)
            assert "is lost" in engine.trouble()
        finally:
            engine.close()
        with pytest.raises(EngineBroken, match="cannot be reached"):
            engines.start(cluster.address)
