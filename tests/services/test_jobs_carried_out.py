"""Jobs at work: the same answer everywhere, progress, cancelling, failing, going on."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select, update

from tests.services import job_kinds
from tests.services.job_kinds import sums
from tests.services.job_running import (
    PATIENCE_SECONDS,
    QUICK,
    coordinating,
    expected_sha,
    let_the_lease_end,
    on_each_database,
    started,
    wait_for_end,
    wait_for_parts,
    wait_until,
    worked_off,
)
from valuecalc.errors import StoreUnavailable
from valuecalc.services import coordinator as coordinators
from valuecalc.services import engines, job_run, jobs, library, saved_cases
from valuecalc.services.access import Actor
from valuecalc.services.coordinator import Coordinator
from valuecalc.services.engines import EngineBroken, Keeper
from valuecalc.services.job_run import JobRun
from valuecalc.services.jobs import Job, State
from valuecalc.store import jobs as stored
from valuecalc.store.database import Database
from valuecalc.store.job_tables import JobPartRow, JobRow

# So many parts that a job has not ended by itself when a test gives up waiting.
ENDLESS = 10_000


def kept_parts(store: Database) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(JobPartRow)) or 0


def row_of(store: Database, job: Job) -> JobRow:
    with store.read() as session:
        return session.scalars(select(JobRow).where(JobRow.uid == job.uid)).one()


def set_row(store: Database, job: Job, **values: Any) -> None:
    with store.write() as session:
        session.execute(update(JobRow).where(JobRow.uid == job.uid).values(values))


# --------------------------------------------------------------------------- the same answer


@pytest.mark.parametrize("engine", ["threads://1", "threads://4", "processes://2"])
def test_every_engine_gives_the_same_answer_to_the_last_bit(
    store: Database, ann: Actor, engine: str
) -> None:
    request = sums(40)
    job = worked_off(store, ann, started(store, ann, request), engine)
    assert job.sha == expected_sha(request)


def test_the_answer_does_not_depend_on_which_part_is_done_first(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def the_last_first(payload: Any) -> bytes:
        time.sleep(0.01 * (10 - payload["seed"]))
        return job_kinds.work(payload)

    kind = replace(job_kinds.SUMS, work=the_last_first)
    monkeypatch.setattr(coordinators, "find", lambda name: kind)
    request = sums(9)
    job = worked_off(store, ann, started(store, ann, request), "threads://9")
    assert job.sha == expected_sha(request)


# --------------------------------------------------------------------------- progress


def test_progress_goes_only_upwards_and_ends_with_all_parts(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def hold(session: Any, job: int, owner: str, lease: Any, changes: dict[str, Any]) -> bool:
        seen.append(changes.get("done", 0))
        return stored.hold(session, job, owner, lease, changes)

    monkeypatch.setattr(job_run, "stored", SimpleNamespace(**{**vars(stored), "hold": hold}))
    # Few parts are given out at a time, so that there is progress also on the busiest machine.
    job = worked_off(
        store, ann, started(store, ann, sums(30)), "threads://1", replace(QUICK, beat=0)
    )
    assert seen == sorted(seen)
    assert len(set(seen)) > 3
    assert (job.done, job.total) == (30, 30)


def test_progress_does_not_fall_when_somebody_else_goes_on(
    store: Database, ann: Actor, gate: Path
) -> None:
    request = sums(30, gate=str(gate), open_to=15)
    job = started(store, ann, request)
    with coordinating(store):
        wait_for_parts(store, ann, job, 5)
    before = jobs.read(store, ann, job.uid)
    assert before.state is State.WAITING
    gate.unlink()
    seen = []
    with coordinating(store):
        while not (now := jobs.read(store, ann, job.uid)).state.is_final:
            seen.append((now.done, now.total))
    assert min(seen) >= (before.done, 30)
    assert now.sha == expected_sha(request)


def test_a_coordinator_that_is_stopped_gives_its_job_back_at_once_and_unblamed(
    store: Database, ann: Actor, gate: Path
) -> None:
    job = started(store, ann, sums(40, gate=str(gate), open_to=20))
    with coordinating(store) as first:
        wait_for_parts(store, ann, job)
        first.stop()
        first.join(PATIENCE_SECONDS)
        row = row_of(store, job)
        assert (row.state, row.owner, row.attempt) == ("waiting", None, 0)
        assert kept_parts(store) == row.done > 0
    gate.unlink()
    with coordinating(store):
        assert wait_for_end(store, ann, job).attempt == 1


def test_parts_that_are_kept_are_not_worked_out_again(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch, gate: Path
) -> None:
    worked: list[int] = []

    def noted(payload: Any) -> bytes:
        worked.append(payload["seed"])
        return job_kinds.work(payload)

    kind = replace(job_kinds.SUMS, work=noted)
    monkeypatch.setattr(coordinators, "find", lambda name: kind)
    job = started(store, ann, sums(20, gate=str(gate), open_to=10))
    with coordinating(store, "threads://1"):
        wait_for_parts(store, ann, job, 5)
    kept = jobs.read(store, ann, job.uid).done
    assert kept < 20
    again = len(worked)
    gate.unlink()
    worked_off(store, ann, job, "threads://1")
    assert len(worked) == again + 20 - kept
    assert sorted(worked[again:]) == list(range(kept + 1, 21))


def test_a_merge_that_takes_longer_than_the_lease_is_not_begun_by_another(
    store: Database, ann: Actor, gate: Path
) -> None:
    request = sums(2, gate=str(gate))
    job = started(store, ann, request)
    with coordinating(store), coordinating(store):
        wait_for_parts(store, ann, job, 2)
        for _ in range(3):
            lease = row_of(store, job).lease_until
            wait_until(lambda lease=lease: row_of(store, job).lease_until > lease)
        gate.unlink()
        job = wait_for_end(store, ann, job)
    assert (job.attempt, job.sha) == (1, expected_sha(request))


def test_two_coordinators_share_the_jobs_and_do_each_once(store: Database, ann: Actor) -> None:
    requests = [sums(4, 0.02, first_seed=each) for each in range(6)]
    waiting = [started(store, ann, each) for each in requests]
    with coordinating(store), coordinating(store):
        done = [wait_for_end(store, ann, each) for each in waiting]
    assert [each.attempt for each in done] == [1] * 6
    assert [each.sha for each in done] == [expected_sha(each) for each in requests]


# --------------------------------------------------------------------------- cancelling


@on_each_database("engine", "processes://2", "threads://2")
def test_cancelling_ends_the_work_before_it_is_done(
    store: Database, ann: Actor, engine: str
) -> None:
    # For all of its parts nobody would wait long enough.
    job, after = started(store, ann, sums(ENDLESS, 0.05)), started(store, ann, sums(1))
    with coordinating(store, engine):
        wait_for_parts(store, ann, job)
        assert jobs.cancel(store, ann, job.uid).state is State.CANCELLED
        assert wait_for_end(store, ann, after).state is State.DONE
    assert jobs.read(store, ann, job.uid).state is State.CANCELLED
    assert kept_parts(store) == 0


# --------------------------------------------------------------------------- leases


def taken(store: Database, pace: Any = QUICK) -> JobRun:
    """A run of the next job, by an owner who does nothing yet."""
    coordinator = Coordinator(store, "threads://1", pace=pace)
    job = coordinator._take()
    assert job is not None
    return JobRun(store, job, job_kinds.SUMS, coordinator.keeper, pace, threading.Event())


def test_a_job_is_left_to_its_owner_until_the_lease_is_over(store: Database, ann: Actor) -> None:
    job = started(store, ann, sums(1))
    taken(store)
    other = Coordinator(store, pace=QUICK)
    assert other._take() is None
    let_the_lease_end(store, job)
    again = other._take()
    assert again is not None
    assert again.attempt == 2


def test_an_owner_who_lost_the_lease_writes_nothing(store: Database, ann: Actor) -> None:
    request = sums(4)
    job = started(store, ann, request)
    late = taken(store)
    let_the_lease_end(store, job)
    current = taken(store)
    before = row_of(store, job)
    late.landed = {0: b"stale"}
    with pytest.raises(job_run.Lost):
        late._hold(total=99)
    with pytest.raises(job_run.Lost):
        late._end("done", "job.done", result="{}")
    late._give_back()
    late._fail(job_run.Failed(late._changed_since()))
    after = row_of(store, job)
    assert (after.state, after.owner, after.total, after.lease_until) == (
        before.state,
        before.owner,
        before.total,
        before.lease_until,
    )
    assert kept_parts(store) == 0
    current.carry_out()
    assert jobs.read(store, ann, job.uid).sha == expected_sha(request)


def test_a_late_owner_in_the_middle_of_its_work_stops(store: Database, ann: Actor) -> None:
    job = started(store, ann, sums(ENDLESS, 0.05))
    late = taken(store, replace(QUICK, beat=0.4))
    working = threading.Thread(target=late.carry_out)
    working.start()
    wait_for_parts(store, ann, job)
    # As if its clock had stood still: the lease is over, and another is quicker.
    set_row(store, job, owner="somebody else")
    working.join(PATIENCE_SECONDS)
    assert not working.is_alive()
    kept = kept_parts(store)
    time.sleep(0.5)
    assert kept_parts(store) == kept
    assert row_of(store, job).owner == "somebody else"


def test_an_owner_who_is_alone_may_be_late(store: Database, ann: Actor) -> None:
    request = sums(2)
    job = started(store, ann, request)
    late = taken(store)
    let_the_lease_end(store, job)
    late.carry_out()
    assert jobs.read(store, ann, job.uid).sha == expected_sha(request)


def test_a_part_that_is_sent_twice_is_kept_once(store: Database, ann: Actor) -> None:
    job = started(store, ann, sums(2))
    run = taken(store)
    run.landed = {0: b"first"}
    run._hold()
    run.landed = {0: b"second", 1: b"other"}
    run._hold()
    with store.read() as session:
        assert stored.parts(session, row_of(store, job).id) == [b"first", b"other"]


# --------------------------------------------------------------------------- failing


@on_each_database("engine", "processes://2", "threads://2")
@pytest.mark.parametrize(
    ("mistake", "cause", "remedy"),
    [
        ("input", "The range of “users” is empty.", "Give it a low and a high value."),
        ("unpicklable", "There is no figure “valeu”.", "Did you mean value?"),
        ("bug", "An unexpected error (ZeroDivisionError) stopped the work.", "Tell the operator"),
    ],
)
def test_a_failing_part_fails_the_job_at_once_with_place_cause_and_remedy(
    store: Database, ann: Actor, engine: str, mistake: str, cause: str, remedy: str
) -> None:
    job = started(store, ann, sums(40, 0.01, bad_seed=3, mistake=mistake))
    job = worked_off(store, ann, job, engine)
    assert (job.state, job.attempt) == (State.FAILED, 1)
    assert job.reason is not None
    assert job.reason.place == "part 3 of 40"
    assert job.reason.cause == cause
    assert job.reason.remedy.startswith(remedy)
    assert kept_parts(store) == 0


def test_a_kind_may_say_what_a_part_is_about(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = replace(job_kinds.SUMS, about=lambda payload: f"seed {payload['seed']}")
    monkeypatch.setattr(coordinators, "find", lambda name: kind)
    job = worked_off(store, ann, started(store, ann, sums(4, bad_seed=2, mistake="input")))
    assert job.reason is not None
    assert job.reason.place == "seed 2"


def test_a_bug_leaves_its_traceback_in_the_log_and_not_in_the_answer(
    store: Database, ann: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        job = worked_off(store, ann, started(store, ann, sums(4, bad_seed=2, mistake="bug")))
    assert "in misbehave" in caplog.text
    assert "misbehave" not in str(job.reason)


@pytest.mark.parametrize(
    ("mistake", "cause"),
    [
        ("parts", "There is nothing to add up."),
        ("merge", "The sums are too large."),
        ("nan", "An unexpected error (ValueError) stopped the work."),
    ],
)
def test_a_mistake_before_or_after_the_parts_fails_the_job(
    store: Database, ann: Actor, mistake: str, cause: str
) -> None:
    job = worked_off(store, ann, started(store, ann, sums(2, mistake=mistake)))
    assert job.state is State.FAILED
    assert job.reason is not None
    assert (job.reason.place, job.reason.cause) == ("Sums of draws", cause)


@pytest.mark.parametrize("wrong", ["text", None, 3, bytearray(b"x")])
def test_work_that_gives_no_bytes_fails_the_job(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch, wrong: Any
) -> None:
    kind = replace(job_kinds.SUMS, work=lambda payload: wrong)
    monkeypatch.setattr(coordinators, "find", lambda name: kind)
    job = worked_off(store, ann, started(store, ann, sums(2)))
    assert job.reason is not None
    assert "TypeError" in job.reason.cause


def test_a_job_whose_ingredients_changed_is_not_mixed_from_old_and_new(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch, gate: Path
) -> None:
    job = started(store, ann, sums(20, gate=str(gate), open_to=10))
    with coordinating(store):
        wait_for_parts(store, ann, job)
    gate.unlink()
    kind = replace(
        job_kinds.SUMS,
        parts=lambda request, session: job_kinds.parts({**request, "first_seed": 2}, session),
    )
    monkeypatch.setattr(coordinators, "find", lambda name: kind)
    job = worked_off(store, ann, job)
    assert job.state is State.FAILED
    assert job.reason is not None
    assert "has changed since it was begun" in job.reason.cause


def test_a_job_of_a_kind_that_is_not_known_any_more_fails(store: Database, ann: Actor) -> None:
    job = started(store, ann, sums(1))
    set_row(store, job, kind="products")
    job = worked_off(store, ann, job)
    assert (job.state, job.label) == (State.FAILED, "products")
    assert job.reason is not None
    assert "no kind of job “products”" in job.reason.cause


def test_a_job_that_kills_whoever_works_on_it_is_given_up(store: Database, ann: Actor) -> None:
    job = started(store, ann, sums(1))
    for _ in range(QUICK.attempts):
        taken(store)
        let_the_lease_end(store, job)
    job = worked_off(store, ann, job)
    assert job.state is State.FAILED
    assert job.reason is not None
    assert job.reason.cause.startswith("It was begun 3 times, and each time")
    assert "memory" in job.reason.remedy


# --------------------------------------------------------------------------- cases


def test_a_job_whose_case_goes_away_meanwhile_fails_and_names_it(
    store: Database, ann: Actor
) -> None:
    case = library.straw_man(library.FEATURED).case
    saved, _ = saved_cases.create(store, ann, case)
    job = started(store, ann, sums(ENDLESS, 0.05, cases=[saved.head.uid]))
    with coordinating(store):
        wait_for_parts(store, ann, job)
        saved_cases.delete(store, ann, saved.head.uid)
        job = wait_for_end(store, ann, job)
    assert job.state is State.FAILED
    assert job.done < job.total
    assert job.reason is not None
    assert case.title in job.reason.cause
    assert saved.head.uid in job.reason.cause
    assert "bin" in job.reason.remedy


def test_a_case_that_goes_away_in_the_last_moment_counts_too(
    store: Database, ann: Actor, gate: Path
) -> None:
    saved, _ = saved_cases.create(store, ann, library.straw_man(library.FEATURED).case)
    job = started(store, ann, sums(1, gate=str(gate), cases=[saved.head.uid]))
    with coordinating(store, pace=replace(QUICK, look_at_cases=600)):
        wait_for_parts(store, ann, job)
        saved_cases.delete(store, ann, saved.head.uid)
        gate.unlink()
        assert wait_for_end(store, ann, job).state is State.FAILED


# --------------------------------------------------------------------------- faults


def test_an_engine_that_cannot_be_started_is_tried_again_while_patience_lasts(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def start(address: str) -> engines.Engine:
        tries.append(address)
        raise EngineBroken("nobody answers")

    monkeypatch.setattr(engines, "start", start)
    # A clock that goes on whenever somebody looks at it.
    ticks = count()
    monkeypatch.setattr(job_run, "time", SimpleNamespace(monotonic=lambda: next(ticks) / 100))
    job = started(store, ann, sums(1))
    job = worked_off(store, ann, job, pace=replace(QUICK, beat=0.01, patience=1))
    assert len(tries) > 2
    assert (job.state, job.attempt) == (State.FAILED, 1)
    assert job.reason is not None
    assert "nobody answers" in job.reason.cause
    assert "VALUECALC_ENGINE" in job.reason.remedy


def test_workers_of_another_version_of_the_program_are_not_believed(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_old = engines.Outcome(result=b"\0" * 16, version="0.0.1")
    monkeypatch.setattr(engines, "carried_out", lambda work, payload: of_old)
    job = worked_off(store, ann, started(store, ann, sums(1)))
    assert job.reason is not None
    assert "a worker runs valuecalc 0.0.1" in job.reason.cause


def test_a_full_memory_is_worth_another_try(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([MemoryError(), OSError("too many open files")])

    def work(payload: Any) -> bytes:
        if (failure := next(failures, None)) is not None:
            raise failure
        return job_kinds.work(payload)

    monkeypatch.setattr(coordinators, "find", lambda name: replace(job_kinds.SUMS, work=work))
    request = sums(3)
    job = worked_off(store, ann, started(store, ann, request), "threads://1")
    assert (job.state, job.sha) == (State.DONE, expected_sha(request))


class _Immediate(Executor):
    """Has done everything when it is asked; one call ends in the loss of a process."""

    def __init__(self, loses: int) -> None:
        self.calls, self.loses = count(), loses

    def submit(self, function: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if next(self.calls) == self.loses:
            future.set_exception(BrokenProcessPool("a process was lost"))
        else:
            future.set_result(function(*args, **more))
        return future


def test_what_came_out_together_with_a_fault_is_kept(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor = _Immediate(loses=2)
    engine = engines.Engine(executor=executor, window=4, close=lambda: None)
    monkeypatch.setattr(engines, "start", lambda address: engine)
    request = sums(6)
    job = worked_off(store, ann, started(store, ann, request))
    assert (job.state, job.sha) == (State.DONE, expected_sha(request))
    # Four at first, of which two came out before the fault was seen; then the four that are left.
    assert next(executor.calls) == 8


def test_an_answer_without_all_parts_is_never_given(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = stored.parts
    monkeypatch.setattr(stored, "parts", lambda session, id: every(session, id)[1:])
    job = worked_off(store, ann, started(store, ann, sums(3)))
    assert job.state is State.FAILED


def test_a_database_that_goes_away_for_a_moment_does_not_end_the_coordinator(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coordinators, "SECONDS_AFTER_A_FAULT", 0.05)
    answers = iter([StoreUnavailable("The database cannot be reached now."), RuntimeError("odd")])
    real = stored.is_any_free

    def is_any_free(session: Any) -> bool:
        if (failure := next(answers, None)) is not None:
            raise failure
        return real(session)

    monkeypatch.setattr(stored, "is_any_free", is_any_free)
    job = started(store, ann, sums(1))
    with coordinating(store):
        assert wait_for_end(store, ann, job).state is State.DONE


def test_an_idle_coordinator_keeps_no_engine(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []
    close = Keeper.close
    monkeypatch.setattr(Keeper, "close", lambda self: (closed.append(self.current), close(self)))
    worked_off(store, ann, started(store, ann, sums(1)))
    assert closed[-1] is not None
    wait_until(
        lambda: not any(each.name.startswith("valuecalc-") for each in threading.enumerate())
    )
