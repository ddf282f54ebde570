"""Large workbooks in the background: the same file, piece by piece, for those who may read it."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select, update

from tests.services.job_running import on_sqlite, worked_off
from tests.team_members import new_member
from tests.very_large_case import very_large_document
from valuecalc.documents import workbook
from valuecalc.errors import CaseError, Conflict, InputError, NotFound, Unauthenticated, UnknownName
from valuecalc.schemas.case import load_case
from valuecalc.services import (
    carried_case,
    cases,
    job_run,
    jobs,
    saved_cases,
    workbook_jobs,
    workbook_work,
)
from valuecalc.services.access import Actor, Role
from valuecalc.services.jobs import Job, State
from valuecalc.services.saved_cases import Saved
from valuecalc.services.workbook_work import WorkbookPart
from valuecalc.store.database import Database
from valuecalc.store.job_tables import JobFileRow, JobRow
from valuecalc.store.tables import Event, Team, now

DOCUMENT = very_large_document(assumptions=9, benefits=4, investments=2, years=1)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few cells in each part that there is a middle."""
    monkeypatch.setattr(workbook_jobs, "CELLS_A_PART", 400)
    workbook_work._desk.clear()


@pytest.fixture
def saved(store: Database, ann: Actor) -> Saved:
    found, _ = saved_cases.create(store, ann, load_case(DOCUMENT))
    return saved_cases.load(store, ann, found.head.uid)


def written(store: Database, ann: Actor, saved: Saved, engine: str = "threads://2") -> Job:
    return worked_off(store, ann, workbook_jobs.submit(store, saved, ann), engine)


def parts_of(content: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def kept_files(store: Database) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(JobFileRow)) or 0


# --------------------------------------------------------------------------- the file


@on_sqlite
@pytest.mark.parametrize("engine", ["threads://1", "threads://3", "processes://2"])
def test_every_engine_writes_the_file_that_is_written_in_one_go(
    store: Database, ann: Actor, saved: Saved, engine: str
) -> None:
    job = written(store, ann, saved, engine)
    assert (job.state, job.done) == (State.DONE, job.total)
    assert job.total > 3
    known = workbook_work.read(job.request["known"])
    whole = workbook.write(
        cases.calculate(saved.case),
        saved.case,
        carried_case.document_of(saved.case),
        provenance=known,
    )
    made = workbook_jobs.file(store, ann, job.uid)
    assert parts_of(made.content) == parts_of(whole)
    assert (made.name, made.media_type) == ("a-programme-for-a-whole-group.xlsx", cases.XLSX)


def test_a_job_keeps_its_file_and_tells_of_it(store: Database, ann: Actor, saved: Saved) -> None:
    job = written(store, ann, saved)
    told = jobs.result(store, ann, job.uid)
    assert told["case"] == saved.head.uid
    assert (told["version"], told["scenario"], told["parts"]) == (1, "expected", job.total)
    assert kept_files(store) == 1


def test_a_workbook_says_who_exported_it_and_so_does_the_log(
    store: Database, ann: Actor, saved: Saved
) -> None:
    job = written(store, ann, saved)
    known = job.request["known"]
    assert (known["exported_by"], known["case_id"]) == ("Ann Lee", saved.head.uid)
    with store.read() as session:
        query = select(Event).where(Event.action == "case.exported")
        [event] = session.scalars(query)
    assert event.detail["export_id"] == known["export_id"]
    about = parts_of(workbook_jobs.file(store, ann, job.uid).content)["xl/worksheets/sheet1.xml"]
    assert known["export_id"].encode() in about


def test_the_version_that_was_asked_for_is_written_whatever_is_saved_meanwhile(
    store: Database, ann: Actor, saved: Saved
) -> None:
    job = workbook_jobs.submit(store, saved, ann)
    other = load_case({**DOCUMENT, "title": "Another title"})
    saved_cases.save(store, ann, saved.head.uid, other, saved.tag)
    worked_off(store, ann, job)
    content = workbook_jobs.file(store, ann, job.uid).content
    assert b"A programme for a whole group" in parts_of(content)["docProps/core.xml"]


@on_sqlite
def test_a_file_that_is_too_large_to_be_kept_fails_its_job(
    store: Database, ann: Actor, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_run, "LARGEST_FILE", 1_000)
    job = written(store, ann, saved)
    assert job.state is State.FAILED
    assert job.reason is not None and "1,000 are kept at most" in job.reason.cause
    with pytest.raises(Conflict, match="kept at most"):
        workbook_jobs.file(store, ann, job.uid)


# --------------------------------------------------------------------------- one job for the same


def test_asking_again_gives_the_same_job_also_when_it_is_done(
    store: Database, ann: Actor, bob: Actor, saved: Saved
) -> None:
    first = workbook_jobs.submit(store, saved, ann)
    assert workbook_jobs.submit(store, saved, ann).uid == first.uid
    worked_off(store, ann, first)
    assert workbook_jobs.submit(store, saved, ann).uid == first.uid
    assert workbook_jobs.submit(store, saved, ann, "slow").uid != first.uid
    assert workbook_jobs.submit(store, saved, bob).uid != first.uid


def test_a_new_version_a_new_day_and_a_job_that_came_to_nothing_need_a_new_job(
    store: Database, ann: Actor, saved: Saved
) -> None:
    cancelled = workbook_jobs.submit(store, saved, ann)
    jobs.cancel(store, ann, cancelled.uid)
    first = workbook_jobs.submit(store, saved, ann)
    assert first.uid != cancelled.uid
    other = load_case({**DOCUMENT, "title": "Another title"})
    saved_cases.save(store, ann, saved.head.uid, other, saved.tag)
    newest = saved_cases.load(store, ann, saved.head.uid)
    assert workbook_jobs.submit(store, newest, ann).uid != first.uid
    with store.write() as session:
        old = {**first.request, "known": {**first.request["known"], "exported": "2020-01-01"}}
        session.execute(update(JobRow).where(JobRow.uid == first.uid).values(request=old))
    assert workbook_jobs.submit(store, saved, ann).uid != first.uid


@on_sqlite
def test_a_draft_and_an_unknown_scenario_are_refused_at_once(
    store: Database, ann: Actor, saved: Saved
) -> None:
    with pytest.raises(UnknownName):
        workbook_jobs.submit(store, saved, ann, "nonsense")
    broken = {**DOCUMENT, "assumptions": DOCUMENT["assumptions"][1:]}
    found, _ = saved_cases.create(store, ann, load_case(broken))
    draft = saved_cases.load(store, ann, found.head.uid)
    with pytest.raises(CaseError):
        workbook_jobs.submit(store, draft, ann)


# --------------------------------------------------------------------------- who, and how long


def test_only_who_may_read_the_case_gets_its_file(
    store: Database, ann: Actor, team: Team, outsider: Actor, saved: Saved
) -> None:
    job = written(store, ann, saved)
    viewer = new_member(store, team, role=Role.VIEWER, name="Vic Reed")
    assert workbook_jobs.file(store, viewer, job.uid).content
    with pytest.raises(NotFound):
        workbook_jobs.file(store, outsider, job.uid)
    with pytest.raises(Unauthenticated):
        workbook_jobs.file(store, Actor(), job.uid)


def test_a_file_is_out_of_reach_while_its_case_is_in_the_bin_and_goes_with_it(
    store: Database, ann: Actor, saved: Saved
) -> None:
    job = written(store, ann, saved)
    saved_cases.delete(store, ann, saved.head.uid)
    with pytest.raises(NotFound):
        workbook_jobs.file(store, ann, job.uid)
    saved_cases.put_back(store, ann, saved.head.uid)
    assert workbook_jobs.file(store, ann, job.uid).content
    saved_cases.delete(store, ann, saved.head.uid)
    assert saved_cases.empty_bin(store, days=-1) == 1
    assert kept_files(store) == 0


def test_a_file_goes_with_its_job(store: Database, ann: Actor, saved: Saved) -> None:
    job = written(store, ann, saved)
    with store.write() as session:
        over = now() - timedelta(days=40)
        session.execute(update(JobRow).where(JobRow.uid == job.uid).values(finished_at=over))
    assert jobs.remove_old(store, days=30) == 1
    assert kept_files(store) == 0


def test_there_is_no_file_before_the_job_is_done(store: Database, ann: Actor, saved: Saved) -> None:
    job = workbook_jobs.submit(store, saved, ann)
    with pytest.raises(Conflict, match="waiting"):
        workbook_jobs.file(store, ann, job.uid)


# --------------------------------------------------------------------------- where it is written


def test_what_writes_the_parts_loads_neither_flask_nor_the_database() -> None:
    code = (
        "import sys, valuecalc.services.workbook_work, valuecalc.documents.workbook\n"
        "sys.exit(bool({'flask', 'sqlalchemy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_sheets_of_a_workbook_are_given_up_when_nobody_asks_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = workbook_work._Desk()
    monkeypatch.setattr(workbook_work, "SECONDS_KEPT", 0.01)
    monkeypatch.setattr(workbook_work, "_draft", drawn_in_three)
    part = workbook_work.WorkbookPart(document="{}", scenario="", known="{}", number=0, total=2)
    with desk.lock:
        made = desk.of(part)
        assert desk.of(part) is made
    assert desk._clearing is not None
    desk._clearing.join()
    assert desk._made is None


def drawn_in_three(part: WorkbookPart) -> Iterator[None]:
    """Something that is made with two pauses."""
    yield
    yield
    return object()  # type: ignore[return-value]


def part(number: int, scenario: str = "") -> WorkbookPart:
    return WorkbookPart(
        document="{}", scenario=scenario, known="{}", number=number, total=5, steps=3
    )


def test_the_first_parts_make_the_sheets_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = workbook_work._Desk()
    monkeypatch.setattr(workbook_work, "_draft", drawn_in_three)
    desk.begin(part(0), 1)
    assert (desk._pauses, desk._made) == (1, None)
    desk.begin(part(0), 1)
    assert desk._pauses == 1
    desk.begin(part(1), 2)
    assert (desk._pauses, desk._made) == (2, None)
    assert desk.of(part(2)) is desk.of(part(3))
    desk.begin(part(0, "slow"), 1)
    assert (desk._pauses, desk._made) == (1, None), "another workbook takes its place"
    desk.clear()


def test_sheets_that_could_not_be_made_are_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(part: WorkbookPart) -> Iterator[None]:
        yield
        raise ArithmeticError

    desk = workbook_work._Desk()
    monkeypatch.setattr(workbook_work, "_draft", failing)
    for _ in range(2):
        with pytest.raises(ArithmeticError):
            desk.of(part(2))
    assert desk._pauses == 0
    desk.clear()


def test_progress_is_told_while_the_sheets_are_worked_out(
    store: Database, ann: Actor, saved: Saved
) -> None:
    steps = workbook.PAUSES + 1
    job = workbook_jobs.submit(store, saved, ann)
    with store.read() as session:
        parts = workbook_jobs.parts(job.request, session)
    assert parts[0].steps == steps < len(parts)
    made = [workbook_work.work(each) for each in parts]
    assert made[: steps - 1] == [b""] * (steps - 1)
    assert all(made[steps - 1 :])


def test_sheets_are_made_with_as_many_pauses_as_are_counted(saved: Saved) -> None:
    pauses = workbook.in_steps(cases.calculate(saved.case), saved.case)
    assert sum(1 for _ in pauses) == workbook.PAUSES


@on_sqlite
def test_a_job_that_an_older_version_has_begun_is_carried_out(
    store: Database, ann: Actor, saved: Saved
) -> None:
    job = workbook_jobs.submit(store, saved, ann)
    older = {name: each for name, each in job.request.items() if name != "steps"} | {"parts": 3}
    with store.write() as session:
        session.execute(update(JobRow).where(JobRow.uid == job.uid).values(request=older))
    done = worked_off(store, ann, job)
    assert (done.state, done.total) == (State.DONE, 3)
    whole = workbook.write(
        cases.calculate(saved.case),
        saved.case,
        carried_case.document_of(saved.case),
        provenance=workbook_work.read(job.request["known"]),
    )
    assert parts_of(workbook_jobs.file(store, ann, job.uid).content) == parts_of(whole)


def test_a_case_that_is_gone_is_said_to_be() -> None:
    part = workbook_work.WorkbookPart(document="", scenario="", known="{}", number=0, total=2)
    with pytest.raises(InputError, match="not there any more"):
        workbook_work.work(part)


def test_only_a_large_workbook_needs_a_job() -> None:
    assert not workbook_jobs.is_needed(load_case(DOCUMENT), "xlsx")
    large = load_case(very_large_document())
    assert workbook_jobs.is_needed(large, "xlsx")
    assert not workbook_jobs.is_needed(large, "docx")
