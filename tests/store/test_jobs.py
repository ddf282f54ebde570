"""The tables of jobs: they join a database that has data, are backed up, and taken by one."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from tests.services.job_kinds import sums
from tests.services.job_running import (
    QUICK,
    closed_gate,
    coordinating,
    expected_sha,
    let_the_lease_end,
    started,
    wait_for_end,
    wait_for_parts,
    worked_off,
)
from tests.store.people import somebody
from valuecalc.services import jobs, library, saved_cases
from valuecalc.services.jobs import State
from valuecalc.store import backup, migrate
from valuecalc.store import jobs as stored
from valuecalc.store.database import Database
from valuecalc.store.job_tables import JobRow
from valuecalc.store.tables import now

BEFORE = "0001"
LEASE = timedelta(seconds=60)


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    opened = Database(empty_url)
    yield opened
    opened.close()


# --------------------------------------------------------------------------- migration


def test_a_database_with_data_gets_the_tables_of_jobs_and_keeps_what_it_has(
    empty: Database,
) -> None:
    from alembic import command

    migrate.upgrade(empty)
    ann = somebody(empty, "Änn").actor
    case = library.straw_man(library.FEATURED).case
    saved, _ = saved_cases.create(empty, ann, case)
    with migrate.locked(empty) as connection:
        command.downgrade(migrate._config(connection), BEFORE)
    assert "job" not in inspect(empty.engine).get_table_names()
    migrate.upgrade(empty)
    empty.ping()
    assert saved_cases.load(empty, ann, saved.head.uid).case == case
    request = sums(3, cases=[saved.head.uid])
    job = worked_off(empty, ann, started(empty, ann, request))
    assert job.sha == expected_sha(request)


def test_the_tables_of_jobs_can_be_taken_back_and_the_rest_stays(empty: Database) -> None:
    from alembic import command

    migrate.upgrade(empty)
    ann = somebody(empty, "Ann").actor
    worked_off(empty, ann, started(empty, ann, sums(1)))
    with migrate.locked(empty) as connection:
        command.downgrade(migrate._config(connection), BEFORE)
    assert not {"job", "job_part"} & set(inspect(empty.engine).get_table_names())
    with empty.read() as session:
        assert session.scalar(text("SELECT count(*) FROM user_account")) == 1


# --------------------------------------------------------------------------- backup


def test_a_backup_holds_answers_and_what_is_kept_of_unfinished_jobs(
    store: Database, empty: Database, tmp_path: Path
) -> None:
    ann = somebody(store, "Ann").actor
    done = worked_off(store, ann, started(store, ann, sums(3)))
    failed = worked_off(store, ann, started(store, ann, sums(1, mistake="parts")))
    request = sums(40, gate=str(tmp_path / "gate"), open_to=20)
    running = started(store, ann, request)
    with closed_gate(tmp_path), coordinating(store):
        wait_for_parts(store, ann, running, 5)
        backup.write(store, tmp_path / "one.zip")
        jobs.cancel(store, ann, running.uid)
    backup.restore(empty, tmp_path / "one.zip")

    assert jobs.result(empty, ann, done.uid) == jobs.result(store, ann, done.uid)
    assert jobs.read(empty, ann, failed.uid).reason == failed.reason
    begun = jobs.read(empty, ann, running.uid)
    assert begun.state is State.RUNNING
    assert begun.done >= 5
    let_the_lease_end(empty, begun)
    with coordinating(empty):
        again = wait_for_end(empty, ann, running)
    assert (again.attempt, again.sha) == (2, expected_sha(request))


def test_a_backup_of_before_there_were_jobs_can_be_restored(
    empty: Database, tmp_path: Path
) -> None:
    file = tmp_path / "other.db"
    old = Database(f"sqlite:///{file}")
    migrate.upgrade(old, BEFORE)
    ann = somebody(old, "Ann").actor
    backup.write(old, tmp_path / "old.zip")
    old.close()
    with zipfile.ZipFile(tmp_path / "old.zip") as archive:
        assert "tables/job.jsonl" not in archive.namelist()
    backup.restore(empty, tmp_path / "old.zip")
    empty.ping()
    assert worked_off(empty, ann, started(empty, ann, sums(1))).state is State.DONE


# --------------------------------------------------------------------------- taking


def take_one(store: Database, owner: str, lease: timedelta = LEASE) -> str | None:
    """The job that `owner` gets."""
    with store.write() as session:
        job = stored.next_free(session)
        if job is not None:
            stored.take(session, job, owner, lease)
        return job.uid if job else None


def test_many_who_take_at_the_same_moment_get_a_job_each(store: Database) -> None:
    ann = somebody(store, "Ann").actor
    uids = {started(store, ann, sums(number)).uid for number in range(6)}
    together = threading.Barrier(8)

    def take(number: int) -> str | None:
        together.wait()
        found = None
        # SKIP LOCKED may pass by a job that somebody is just about to take.
        for _ in range(20):
            found = found or take_one(store, f"owner {number}")
        return found

    with ThreadPoolExecutor(8) as pool:
        taken = [each for each in pool.map(take, range(8)) if each is not None]
    assert sorted(taken) == sorted(uids)


def test_the_oldest_job_is_taken_first(store: Database) -> None:
    ann = somebody(store, "Ann").actor
    uids = [started(store, ann, sums(number)).uid for number in range(3)]
    assert [take_one(store, "me") for _ in range(4)] == [*uids, None]


def test_only_the_owner_holds_a_job_and_only_while_it_runs(store: Database) -> None:
    ann = somebody(store, "Ann").actor
    job = started(store, ann, sums(1))

    def hold(owner: str) -> bool:
        with store.write() as session:
            return stored.hold(session, job.number, owner, LEASE, {"done": 1})

    assert not hold("me")
    take_one(store, "me")
    assert hold("me")
    assert not hold("you")
    jobs.cancel(store, ann, job.uid)
    assert not hold("me")


def test_looking_for_work_waits_for_nobody_who_writes(store: Database) -> None:
    ann = somebody(store, "Ann").actor
    started(store, ann, sums(1))
    with store.write() as writing, store.read() as reading:
        job = stored.next_free(writing)
        assert job is not None
        stored.take(writing, job, "me", LEASE)
        assert stored.is_any_free(reading)
    with store.read() as reading:
        assert not stored.is_any_free(reading)


def test_a_lease_is_over_by_the_clock_of_the_database(store: Database) -> None:
    ann = somebody(store, "Ann").actor
    job = started(store, ann, sums(1))
    take_one(store, "me", timedelta(0))
    with store.read() as session:
        row = session.scalars(select(JobRow).where(JobRow.uid == job.uid)).one()
        assert row.lease_until is not None
        assert abs(row.lease_until - now()) < timedelta(minutes=10)
        assert row.lease_until.tzinfo is not None
    assert take_one(store, "you") == job.uid


def test_the_parts_go_with_their_job(store: Database) -> None:
    ann = somebody(store, "Ann").actor
    job = started(store, ann, sums(2))
    with store.write() as session:
        stored.keep_parts(session, job.number, {0: b"\x00\xff", 1: b""})
    with store.read() as session:
        assert stored.parts(session, job.number) == [b"\x00\xff", b""]
    with store.write() as session:
        row = stored.by_uid(session, job.uid)
        assert row is not None
        stored.remove(session, row)
    with store.read() as session:
        assert session.scalar(text("SELECT count(*) FROM job_part")) == 0


def test_cases_are_looked_for_in_batches(store: Database) -> None:
    found = somebody(store, "Ann")
    case = library.straw_man(library.FEATURED).case
    saved, _ = saved_cases.create(store, found.actor, case)
    uids = [f"missing-{number}" for number in range(1200)] + [saved.head.uid]
    with store.read() as session:
        assert stored.missing_cases(session, found.team.id, uids) == tuple(uids[:-1])


def test_the_pace_of_tests_is_that_of_the_service_but_quicker() -> None:
    assert QUICK.lease > 10 * QUICK.beat
