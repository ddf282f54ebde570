"""A team's portfolio as a job: one answer, whoever works on it and whatever is killed meanwhile.

The answer is that of `calculate_portfolio` here and now, from the cases themselves, to the last
bit: the same hash of all draws and figures, and the same kept JSON.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from tests.databases import SqliteTemplates
from tests.postgres import PostgresServer
from tests.services import job_running, pipeline
from tests.services.dask_cluster import Cluster, ready_cluster
from tests.services.job_running import (
    coordinating,
    let_the_lease_end,
    on_each_database,
    process_at_work,
    wait_for_end,
    wait_for_parts,
    wait_until,
)
from tests.services.pipeline import ASKED, Pipeline, expected, expected_result, uid_of
from valuecalc.engine.portfolio import request as portfolio_request
from valuecalc.errors import Conflict, NotFound
from valuecalc.services import identity, job_kinds, jobs, portfolio, saved_cases, teams
from valuecalc.services.access import Actor
from valuecalc.services.jobs import Job, State
from valuecalc.store import jobs as stored
from valuecalc.store.database import Database

pytestmark = pytest.mark.processes

on_both_databases = pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
    indirect=True,
)


@pytest.fixture(scope="module")
def pipelines() -> dict[str, Pipeline]:
    """The team as it is in each kind of database."""
    return {"sqlite": Pipeline(), "postgresql": Pipeline()}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few cases in each part that there is a middle."""
    monkeypatch.setattr(portfolio_request, "SECONDS_PER_PART", pipeline.SECONDS_PER_PART)


@pytest.fixture(autouse=True)
def at_the_gate(gate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No portfolio comes further than to its middle before a test opens the gate."""
    monkeypatch.setitem(job_kinds._kinds, portfolio.NAME, pipeline.at_the_gate(gate))


@pytest.fixture
def filled(database_url: str, pipelines: dict[str, Pipeline]) -> Pipeline:
    return pipelines["sqlite" if database_url.startswith("sqlite") else "postgresql"]


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, pipelines: dict[str, Pipeline], tmp_path: Path
) -> Iterator[str]:
    """A fresh database with the team and its cases: of SQLite, unless a test asks for both."""
    if getattr(request, "param", "sqlite") == "sqlite":
        templates: SqliteTemplates = request.getfixturevalue("sqlite_templates")
        yield templates.fresh_database(pipelines["sqlite"], tmp_path)
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.fresh_database(pipelines["postgresql"]) as url:
        yield url


@pytest.fixture
def ann(filled: Pipeline) -> Actor:
    """An editor, who starts the portfolio."""
    return filled.people["ann"]


@pytest.fixture
def owner(filled: Pipeline) -> Actor:
    return filled.people["owner"]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with ready_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture
def job(store: Database, ann: Actor) -> Job:
    """The portfolio of all cases, not yet begun."""
    return portfolio.submit(store, ann, ASKED)


def worked_off(
    store: Database, actor: Actor, job: Job, gate: Path, engine: str = "threads://2"
) -> Job:
    """The job after the gate was opened and nothing was left to do."""
    gate.unlink(missing_ok=True)
    return job_running.worked_off(store, actor, job, engine)


def is_as_expected(store: Database, actor: Actor, job: Job) -> bool:
    """Whether a job is done, with the answer that is expected to the last bit."""
    assert job.reason is None
    assert job.state is State.DONE
    found = jobs.result(store, actor, job.uid)
    assert found["hash"] == expected().hash
    return job.sha == pipeline.expected_sha()


def wait_for_the_middle(store: Database, actor: Actor, job: Job) -> None:
    """Until something is kept; and there is more to do."""
    wait_for_parts(store, actor, job)
    now = jobs.read(store, actor, job.uid)
    assert now.state is State.RUNNING
    assert 0 < now.done < now.total


def is_anything_kept(store: Database, job: Job) -> bool:
    """Whether an answer, or any part of one, is kept."""
    with store.read() as session:
        answer = stored.result(session, job.number)
        return answer is not None or bool(stored.part_numbers(session, job.number))


# --------------------------------------------------------------------------- the same answer


def test_the_portfolio_holds_what_may_go_wrong() -> None:
    found = expected_result()
    assert found["totals"]["count"] == 20
    assert 0 < found["weighted"]["count"] < 20
    assert {each["currency"] for each in found["cases"]} == {"GBP", "EUR", "USD"}
    assert pipeline.titles(found["left_out"]) == ["Half done"]
    drivers = {each["driver"]: each["cases"] for each in found["drivers"]}
    assert drivers[f"common:{pipeline.COMMON}"] == 5
    assert drivers["exchange:EUR/GBP"] > 1


@on_each_database("engine", "processes://2", "threads://2")
def test_threads_and_processes_give_the_answer_of_here_and_now(
    store: Database, ann: Actor, job: Job, gate: Path, engine: str
) -> None:
    done = worked_off(store, ann, job, gate, engine)
    assert done.total > 8
    assert is_as_expected(store, ann, done)


def test_a_cluster_gives_the_answer_of_here_and_now(
    store: Database, ann: Actor, job: Job, cluster: Cluster, gate: Path
) -> None:
    assert is_as_expected(store, ann, worked_off(store, ann, job, gate, cluster.address))


def test_another_seed_gives_another_hash(store: Database, ann: Actor, gate: Path) -> None:
    few = replace(ASKED, draws=1_000)
    found = [
        worked_off(store, ann, portfolio.submit(store, ann, each), gate).sha
        for each in (few, replace(few, seed=8), few)
    ]
    assert found[0] == found[2] != found[1]


# --------------------------------------------------------------------------- killed


def test_a_process_of_the_pool_is_killed(
    store: Database, ann: Actor, job: Job, gate: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with coordinating(store, "processes://2"):
        wait_for_the_middle(store, ann, job)
        victim, _ = pool()
        assert victim.pid is not None
        os.kill(victim.pid, signal.SIGKILL)
        gate.unlink()
        done = wait_for_end(store, ann, job)
    assert "the engine broke" in caplog.text
    assert done.attempt == 1
    assert is_as_expected(store, ann, done)


@on_both_databases
def test_the_coordinating_process_is_killed(
    store: Database, database_url: str, ann: Actor, job: Job, gate: Path, tmp_path: Path
) -> None:
    work = pipeline.work_on
    with process_at_work(database_url, "threads://1", tmp_path, work, str(gate)) as first:
        wait_for_the_middle(store, ann, job)
        first.kill()
        first.wait()
    assert jobs.read(store, ann, job.uid).state is State.RUNNING
    gate.unlink()
    let_the_lease_end(store, job)
    with coordinating(store):
        done = wait_for_end(store, ann, job)
    assert done.attempt == 2
    assert is_as_expected(store, ann, done)


def test_a_worker_of_the_cluster_is_killed(
    store: Database, ann: Actor, job: Job, cluster: Cluster, gate: Path
) -> None:
    with coordinating(store, cluster.address):
        wait_for_the_middle(store, ann, job)
        cluster.kill_worker()
        cluster.start_worker()
        gate.unlink()
        done = wait_for_end(store, ann, job)
    assert done.attempt == 1
    assert is_as_expected(store, ann, done)


def test_the_scheduler_of_the_cluster_is_killed_and_comes_back(
    store: Database,
    ann: Actor,
    job: Job,
    cluster: Cluster,
    gate: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with coordinating(store, cluster.address):
        wait_for_the_middle(store, ann, job)
        cluster.kill_scheduler()
        # Workers end without a scheduler, and their supervisor starts them again.
        for _ in range(2):
            cluster.kill_worker()
        cluster.start_scheduler()
        for _ in range(2):
            cluster.start_worker()
        gate.unlink()
        done = wait_for_end(store, ann, job)
    assert "the engine broke" in caplog.text
    assert done.attempt == 1
    assert is_as_expected(store, ann, done)


# --------------------------------------------------------------------------- cancelled


@pytest.mark.parametrize("engine", ["threads://2", "processes://2"])
def test_a_cancelled_portfolio_ends_soon_and_keeps_nothing(
    store: Database, ann: Actor, job: Job, gate: Path, engine: str
) -> None:
    with coordinating(store, engine) as coordinator:
        wait_for_the_middle(store, ann, job)
        jobs.cancel(store, ann, job.uid)
        # An idle coordinator lets its engine go.
        wait_until(lambda: coordinator.keeper.current is None)
        gate.unlink()
        wait_until(nobody_works)
    now = jobs.read(store, ann, job.uid)
    assert (now.state, now.sha) == (State.CANCELLED, None)
    assert now.done < now.total
    assert not is_anything_kept(store, job)
    with pytest.raises(Conflict, match="was cancelled"):
        jobs.result(store, ann, job.uid)


def nobody_works() -> bool:
    """Whether no thread and no process of an engine of this process is left."""
    threads = [each.name for each in threading.enumerate()]
    is_idle = not any(each.startswith("valuecalc-work") for each in threads)
    return is_idle and not pool()


def pool() -> list[multiprocessing.Process]:
    """The processes of an engine of this process; those of the cluster are other ones."""
    children = multiprocessing.active_children()
    return [each for each in children if isinstance(each, SpawnProcess)]


# --------------------------------------------------------------------------- changed meanwhile


def half_done(store: Database, actor: Actor, job: Job) -> None:
    """Work on a job until something is kept, and give it back in order."""
    with coordinating(store):
        wait_for_the_middle(store, actor, job)
    assert jobs.read(store, actor, job.uid).state is State.WAITING


def put_into_the_bin(store: Database, actor: Actor) -> None:
    saved_cases.delete(store, actor, uid_of(3))


def remove_for_good(store: Database, actor: Actor) -> None:
    put_into_the_bin(store, actor)
    assert saved_cases.empty_bin(store, days=0) == 1


@pytest.mark.parametrize("remove", [put_into_the_bin, remove_for_good])
def test_a_case_that_goes_away_fails_the_portfolio_before_its_end_and_is_named(
    store: Database, ann: Actor, job: Job, remove: Callable[[Database, Actor], None]
) -> None:
    with coordinating(store):
        wait_for_the_middle(store, ann, job)
        remove(store, ann)
        failed = wait_for_end(store, ann, job)
    assert_that_it_names_the_case(store, ann, failed)


@pytest.mark.parametrize("remove", [put_into_the_bin, remove_for_good])
def test_a_case_that_went_away_between_two_coordinators_is_named(
    store: Database, ann: Actor, job: Job, gate: Path, remove: Callable[[Database, Actor], None]
) -> None:
    half_done(store, ann, job)
    remove(store, ann)
    assert_that_it_names_the_case(store, ann, worked_off(store, ann, job, gate))


def assert_that_it_names_the_case(store: Database, actor: Actor, job: Job) -> None:
    assert job.state is State.FAILED
    assert job.done < job.total
    assert job.reason is not None
    assert job.reason.code == "not_found"
    assert uid_of(3) in job.reason.cause
    assert "start without it" in job.reason.remedy
    assert not is_anything_kept(store, job)


def test_the_versions_of_the_start_count_when_a_case_is_changed_meanwhile(
    store: Database, ann: Actor, job: Job, gate: Path
) -> None:
    half_done(store, ann, job)
    saved = saved_cases.load(store, ann, uid_of(3))
    changed = replace(saved.case, title="Changed", probability=0.99)
    saved_cases.save(store, ann, uid_of(3), changed, saved.tag)
    assert is_as_expected(store, ann, worked_off(store, ann, job, gate))
    later = portfolio.submit(store, ann, replace(ASKED, draws=1_000))
    worked_off(store, ann, later, gate)
    [now] = [
        each for each in jobs.result(store, ann, later.uid)["cases"] if each["uid"] == uid_of(3)
    ]
    assert (now["version"], now["title"]) == (2, "Changed")


def test_the_portfolio_of_somebody_who_leaves_the_team_stays_with_the_team(
    store: Database, ann: Actor, owner: Actor, job: Job, filled: Pipeline, gate: Path
) -> None:
    assert filled.team is not None
    with coordinating(store):
        wait_for_the_middle(store, ann, job)
        teams.remove(store, owner, filled.team.uid, ann.account.uid)
        gate.unlink()
        done = wait_for_end(store, owner, job)
    assert is_as_expected(store, owner, done)
    with store.read() as session:
        stranger = Actor(user=ann.user, roles=identity.roles_of(session, ann.account))
    for ask in (jobs.read, jobs.result, jobs.cancel):
        with pytest.raises(NotFound):
            ask(store, stranger, job.uid)


# --------------------------------------------------------------------------- asked twice


def test_asking_again_meanwhile_gives_the_same_job(store: Database, ann: Actor, job: Job) -> None:
    assert portfolio.submit(store, ann, ASKED).uid == job.uid


def test_the_same_key_gives_the_same_job_whatever_became_of_the_cases(
    store: Database, ann: Actor
) -> None:
    first = portfolio.submit(store, ann, ASKED, key="key-1")
    saved = saved_cases.load(store, ann, uid_of(3))
    saved_cases.save(store, ann, uid_of(3), replace(saved.case, title="Changed"), saved.tag)
    saved_cases.delete(store, ann, uid_of(4))
    assert portfolio.submit(store, ann, ASKED, key="key-1").uid == first.uid
    with pytest.raises(Conflict, match="used for another request"):
        portfolio.submit(store, ann, replace(ASKED, seed=8), key="key-1")
