"""The verbs of background jobs: who may start, see and cancel one, and what is refused."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from tests.services.job_kinds import sums
from tests.services.job_running import expected_sha, started, worked_off
from tests.team_members import new_member, new_team
from valuecalc.errors import (
    CaseError,
    Conflict,
    Forbidden,
    InputError,
    NotFound,
    Unauthenticated,
    UnknownName,
)
from valuecalc.services import jobs, library, saved_cases
from valuecalc.services.access import STRANGER, Actor, Role
from valuecalc.services.jobs import State
from valuecalc.store.database import Database
from valuecalc.store.job_tables import JobPartRow, JobRow
from valuecalc.store.tables import Event, Team, now


@pytest.fixture
def viewer(store: Database, team: Team) -> Actor:
    return new_member(store, team, role=Role.VIEWER, name="Vic Low")


@pytest.fixture
def owner(store: Database, team: Team) -> Actor:
    return new_member(store, team, role=Role.OWNER, name="Oda Top")


def events(store: Database, uid: str) -> list[tuple[str, str]]:
    with store.read() as session:
        found = session.scalars(select(Event).where(Event.subject == uid).order_by(Event.id))
        return [(each.action, each.actor) for each in found]


def new_case(store: Database, actor: Actor) -> str:
    saved, _ = saved_cases.create(store, actor, library.straw_man(library.FEATURED).case)
    return saved.head.uid


# --------------------------------------------------------------------------- start


def test_a_job_waits_until_somebody_works_on_it_and_then_has_an_answer(
    store: Database, team: Team, ann: Actor
) -> None:
    request = sums(3)
    job = jobs.submit(store, ann, "sums", team.uid, request)
    assert (job.state, job.total, job.done, job.attempt) == (State.WAITING, 0, 0, 0)
    assert (job.label, job.started_by, job.share) == ("Sums of draws", "Ann Lee", 0.0)
    job = worked_off(store, ann, job)
    assert (job.state, job.total, job.done, job.attempt) == (State.DONE, 3, 3, 1)
    assert job.sha == expected_sha(request)
    assert job.share == 1.0
    assert job.created_at <= job.begun_at <= job.finished_at  # type: ignore[operator]
    assert jobs.result(store, ann, job.uid)["seeds"] == [1, 2, 3]


def test_the_parts_go_when_the_answer_is_there(store: Database, ann: Actor) -> None:
    worked_off(store, ann, started(store, ann, sums(3)))
    with store.read() as session:
        assert session.scalars(select(JobPartRow)).all() == []


def test_a_job_of_no_parts_is_done_at_once(store: Database, ann: Actor) -> None:
    job = worked_off(store, ann, started(store, ann, sums(0)))
    assert (job.state, job.share) == (State.DONE, 1.0)


def test_asking_twice_gives_the_same_job_while_it_is_unfinished(
    store: Database, ann: Actor, bob: Actor
) -> None:
    first = started(store, ann, sums(2))
    assert started(store, ann, sums(2)).uid == first.uid
    assert started(store, ann, sums(3)).uid != first.uid
    # Bob could not cancel Ann's, so he gets one of his own.
    assert started(store, bob, sums(2)).uid != first.uid
    done = worked_off(store, ann, first)
    assert started(store, ann, sums(2)).uid != done.uid


def test_two_clicks_at_the_same_moment_start_one_job(store: Database, ann: Actor) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: started(store, ann, sums(2)), range(4)))
    assert len({each.uid for each in found}) == 1


def test_the_same_key_gives_the_same_job_even_when_it_is_done(store: Database, ann: Actor) -> None:
    first = jobs.submit(store, ann, "sums", None, sums(1), key="key-1")
    worked_off(store, ann, first)
    assert jobs.submit(store, ann, "sums", None, sums(1), key="key-1").uid == first.uid
    with pytest.raises(Conflict, match="used for another request"):
        jobs.submit(store, ann, "sums", None, sums(2), key="key-1")


def test_a_key_that_met_an_unfinished_job_gives_it_when_it_is_done_too(
    store: Database, ann: Actor
) -> None:
    first = started(store, ann, sums(1))
    assert jobs.submit(store, ann, "sums", None, sums(1), key="key-2").uid == first.uid
    worked_off(store, ann, first)
    assert jobs.submit(store, ann, "sums", None, sums(1), key="key-2").uid == first.uid
    assert started(store, ann, sums(1)).uid != first.uid


def test_a_key_may_go_with_the_words_of_the_caller_instead_of_the_request(
    store: Database, ann: Actor
) -> None:
    first = jobs.submit(store, ann, "sums", None, sums(1), "key-1", "the newest")
    assert jobs.submit(store, ann, "sums", None, sums(2), "key-1", "the newest").uid == first.uid
    found = jobs.started_with(store, ann, "sums", None, "key-1", "the newest")
    assert found is not None and found.uid == first.uid
    assert jobs.started_with(store, ann, "sums", None, "key-2", "the newest") is None
    with pytest.raises(Conflict, match="used for another request"):
        jobs.started_with(store, ann, "sums", None, "key-1", "the oldest")


def test_the_key_of_a_job_that_is_not_kept_any_more_is_refused_with_the_remedy(
    store: Database, ann: Actor
) -> None:
    worked_off(store, ann, jobs.submit(store, ann, "sums", None, sums(1), key="key-1"))
    assert jobs.remove_old(store, days=0) == 1
    with pytest.raises(Conflict, match="not kept any more"):
        jobs.submit(store, ann, "sums", None, sums(1), key="key-1")


def test_a_team_has_so_many_unfinished_jobs_and_no_more(
    store: Database, ann: Actor, outsider: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_UNFINISHED", 2)
    first = started(store, ann, sums(1))
    started(store, ann, sums(2))
    with pytest.raises(Conflict, match="2 jobs of this team wait or run already. Wait until"):
        started(store, ann, sums(3))
    started(store, outsider, sums(3))
    jobs.cancel(store, ann, first.uid)
    started(store, ann, sums(3))


def test_the_limit_holds_for_requests_of_the_same_moment(
    store: Database, ann: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_UNFINISHED", 2)

    def ask(seeds: int) -> bool:
        try:
            started(store, ann, sums(seeds))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(ask, range(1, 7))) == 2


def test_an_unknown_kind_is_refused_with_those_that_there_are(store: Database, ann: Actor) -> None:
    with pytest.raises(UnknownName, match="no kind of job “sum”. Did you mean sums?"):
        jobs.submit(store, ann, "sum", None, {})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, object(), b"bytes"])
def test_a_request_that_is_no_json_is_refused(store: Database, ann: Actor, value: Any) -> None:
    with pytest.raises(InputError, match="is no JSON"):
        started(store, ann, {"seeds": 1, "value": value})


def test_a_request_that_is_too_long_is_refused_with_the_limit(store: Database, ann: Actor) -> None:
    with pytest.raises(InputError, match="1,000,000 are the most"):
        started(store, ann, {"seeds": 1, "value": "x" * 1_000_000})


def test_a_request_is_the_same_before_and_after_the_database(store: Database, ann: Actor) -> None:
    job = started(store, ann, {"seeds": 1, "seconds": 0, "value": (1, 2)})
    assert job.request == jobs.read(store, ann, job.uid).request
    assert job.request["value"] == [1, 2]


# --------------------------------------------------------------------------- cases


def test_a_job_of_a_case_in_the_bin_is_refused(store: Database, ann: Actor) -> None:
    uid = new_case(store, ann)
    started(store, ann, sums(1, cases=[uid]))
    saved_cases.delete(store, ann, uid)
    with pytest.raises(CaseError) as refused:
        started(store, ann, sums(2, cases=[uid]))
    [problem] = refused.value.problems
    assert uid in problem.cause
    assert problem.place == "cases"
    assert "bin" in problem.remedy


def test_a_job_of_somebody_elses_case_is_refused_as_one_of_none(
    store: Database, ann: Actor, outsider: Actor
) -> None:
    uid = new_case(store, outsider)
    with pytest.raises(CaseError) as of_others:
        started(store, ann, sums(1, cases=[uid]))
    with pytest.raises(CaseError) as of_nobody:
        started(store, ann, sums(1, cases=["0" * len(uid)]))
    assert of_others.value.problems[0].cause == of_nobody.value.problems[0].cause.replace(
        "0" * len(uid), uid
    )


def test_a_nul_in_the_name_of_a_case_is_no_case(store: Database, ann: Actor) -> None:
    with pytest.raises(CaseError):
        started(store, ann, sums(1, cases=["a\0b"]))


# --------------------------------------------------------------------------- rights


def test_whoever_may_read_the_teams_cases_starts_and_reads(
    store: Database, viewer: Actor, ann: Actor
) -> None:
    job = started(store, viewer, sums(1))
    assert jobs.read(store, ann, job.uid).started_by == "Vic Low"
    worked_off(store, viewer, job)
    assert jobs.result(store, ann, job.uid) == jobs.result(store, viewer, job.uid)


def test_a_job_of_another_team_is_not_there(store: Database, ann: Actor, outsider: Actor) -> None:
    job = started(store, ann, sums(1))
    for verb in (jobs.read, jobs.result, jobs.cancel):
        with pytest.raises(NotFound, match="no such job"):
            verb(store, outsider, job.uid)
        with pytest.raises(Unauthenticated):
            verb(store, STRANGER, job.uid)
    assert jobs.page(store, outsider).rows == ()
    with pytest.raises(NotFound):
        jobs.page(store, outsider, new_team(store, "East").uid)


def test_nobody_starts_a_job_in_a_team_of_others(
    store: Database, team: Team, outsider: Actor
) -> None:
    with pytest.raises(NotFound, match="no such team"):
        jobs.submit(store, outsider, "sums", team.uid, sums(1))
    with pytest.raises(Unauthenticated):
        jobs.submit(store, STRANGER, "sums", team.uid, sums(1))


@pytest.mark.parametrize("uid", ["", "nothing", "a\0b", "\ud800", "x" * 10_000])
def test_a_name_that_names_no_job_is_none(store: Database, ann: Actor, uid: str) -> None:
    with pytest.raises(NotFound):
        jobs.read(store, ann, uid)


def test_somebody_with_two_teams_says_which(store: Database, team: Team) -> None:
    both = new_member(store, team, new_team(store, "East"), name="Kay Two")
    with pytest.raises(InputError, match="not said which team"):
        started(store, both, sums(1))


def test_the_one_who_started_it_cancels_it_and_so_does_an_owner(
    store: Database, viewer: Actor, ann: Actor, owner: Actor
) -> None:
    mine, theirs = started(store, viewer, sums(1)), started(store, viewer, sums(2))
    with pytest.raises(Forbidden, match="started by Vic Low. Ask them, or an owner"):
        jobs.cancel(store, ann, mine.uid)
    assert jobs.cancel(store, viewer, mine.uid).state is State.CANCELLED
    assert jobs.cancel(store, owner, theirs.uid).state is State.CANCELLED


def test_the_audit_log_tells_what_became_of_a_job(store: Database, ann: Actor) -> None:
    done = worked_off(store, ann, started(store, ann, sums(1)))
    assert events(store, done.uid) == [("job.started", "Ann Lee"), ("job.done", "valuecalc")]
    cancelled = started(store, ann, sums(1))
    jobs.cancel(store, ann, cancelled.uid)
    jobs.cancel(store, ann, cancelled.uid)
    assert events(store, cancelled.uid) == [
        ("job.started", "Ann Lee"),
        ("job.cancelled", "Ann Lee"),
    ]
    failed = worked_off(store, ann, started(store, ann, sums(1, mistake="parts")))
    assert events(store, failed.uid)[-1] == ("job.failed", "valuecalc")


# --------------------------------------------------------------------------- look


def test_an_answer_that_is_not_there_says_why(store: Database, ann: Actor) -> None:
    job = started(store, ann, sums(1))
    with pytest.raises(Conflict, match="is waiting: 0 of .? parts are done. Ask again") as refused:
        jobs.result(store, ann, job.uid)
    assert refused.value.retry_after == 1
    jobs.cancel(store, ann, job.uid)
    with pytest.raises(Conflict, match="was cancelled. Start it anew"):
        jobs.result(store, ann, job.uid)
    failed = worked_off(store, ann, started(store, ann, sums(1, mistake="parts")))
    with pytest.raises(Conflict, match="nothing to add up. Ask for a seed"):
        jobs.result(store, ann, failed.uid)


def test_the_list_goes_from_the_newest_to_the_oldest_in_slices(store: Database, ann: Actor) -> None:
    uids = [started(store, ann, sums(number)).uid for number in range(1, 6)]
    first = jobs.page(store, ann, limit=3)
    assert [each.uid for each in first.rows] == uids[:1:-1]
    assert first.has_more
    rest = jobs.page(store, ann, limit=3, before=first.rows[-1].number)
    assert [each.uid for each in rest.rows] == uids[1::-1]
    assert not rest.has_more


def test_a_done_job_can_not_be_cancelled_and_keeps_its_answer(store: Database, ann: Actor) -> None:
    job = worked_off(store, ann, started(store, ann, sums(1)))
    assert jobs.cancel(store, ann, job.uid).state is State.DONE
    assert jobs.result(store, ann, job.uid)["seeds"] == [1]


# --------------------------------------------------------------------------- old jobs


def test_answers_are_kept_for_some_days_and_unfinished_jobs_for_ever(
    store: Database, ann: Actor
) -> None:
    old = worked_off(store, ann, started(store, ann, sums(1)))
    young = worked_off(store, ann, started(store, ann, sums(2)))
    waiting = started(store, ann, sums(3))
    with store.write() as session:
        long_ago = now() - timedelta(days=31)
        row = session.scalars(select(JobRow).where(JobRow.uid == old.uid)).one()
        row.finished_at = long_ago
        unfinished = session.scalars(select(JobRow).where(JobRow.uid == waiting.uid)).one()
        unfinished.created_at = long_ago
    assert jobs.remove_old(store, 30) == 1
    assert [each.uid for each in jobs.page(store, ann).rows] == [waiting.uid, young.uid]
    assert events(store, old.uid)[-1] == ("job.removed", "valuecalc")


def test_the_answer_is_kept_compressed(store: Database, ann: Actor) -> None:
    job = worked_off(store, ann, started(store, ann, sums(50)))
    with store.read() as session:
        kept = session.scalar(text("SELECT length(result) FROM job"))
    assert kept < len(json.dumps(jobs.result(store, ann, job.uid))) * 0.8
