"""Large workbooks on pages: how far one is, and then its file."""

from __future__ import annotations

import re

import lxml.html
import pytest
from flask import Flask
from sqlalchemy import update

from tests.services.job_running import QUICK
from tests.web.cases import MARKUP, minimal
from tests.web.visitors import Cast, cast
from valuecalc.documents.workbook import size
from valuecalc.schemas.case import load_case
from valuecalc.services import jobs, saved_cases
from valuecalc.services.coordinator import Coordinator
from valuecalc.store.database import Database
from valuecalc.store.job_tables import FAILED, JobRow
from valuecalc.store.tables import now


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


@pytest.fixture(autouse=True)
def every_workbook_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "LARGE", 1)


@pytest.fixture
def case(store: Database, people: Cast) -> str:
    kept, _ = saved_cases.create(store, people.editor.actor, load_case(minimal()))
    return kept.head.uid


def work_off(store: Database) -> None:
    Coordinator(store, "threads://1", pace=QUICK).work_off()


def started(people: Cast, case: str, place: str = "export.xlsx") -> str:
    """The address of the page of a workbook that is written."""
    answer = people.viewer.client.get(f"/cases/{case}/{place}")
    assert answer.status_code == 303
    assert re.fullmatch(rf"/cases/{case}/workbooks/[\w-]{{16}}", answer.location)
    return str(answer.location)


@pytest.mark.parametrize("place", ["export.xlsx", "edit/export.xlsx"])
def test_a_large_workbook_leads_to_its_page_and_that_to_the_file(
    store: Database, people: Cast, case: str, place: str
) -> None:
    page = started(people, case, place)
    waiting = people.viewer.client.get(page)
    assert "Waiting for its turn" in waiting.text
    # Without scripts it looks again by itself.
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting.text
    work_off(store)
    done = lxml.html.fromstring(people.viewer.client.get(page).text)
    [again] = done.xpath("//meta[@http-equiv='refresh']/@content")
    [link] = done.xpath("//a[contains(@href, '/file')]/@href")
    assert again == f"1; url={link}"
    file = people.viewer.client.get(link)
    assert file.data.startswith(b"PK")
    assert "attachment" in file.headers["Content-Disposition"]
    assert started(people, case, place) == page


def test_other_files_come_at_once_and_so_does_a_small_workbook(
    people: Cast, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert people.viewer.client.get(f"/cases/{case}/export.docx").status_code == 200
    monkeypatch.setattr(size, "LARGE", 100_000)
    assert people.viewer.client.get(f"/cases/{case}/export.xlsx").data.startswith(b"PK")


def test_a_workbook_is_ended_by_whoever_began_it(people: Cast, case: str) -> None:
    page = started(people, case)
    answer = people.viewer.send(f"{page}/cancel", {})
    assert answer.location == page
    assert "Nothing was kept of it" in people.viewer.client.get(page).text
    assert started(people, case) != page


def test_a_page_says_why_there_will_be_no_file(store: Database, people: Cast, case: str) -> None:
    page = started(people, case)
    reason = {"code": "x", "place": "", "cause": f"Because {MARKUP}.", "remedy": "Try again."}
    values = {"state": FAILED, "reason": reason, "finished_at": now()}
    with store.write() as session:
        session.execute(update(JobRow).where(JobRow.uid == page.rpartition("/")[2]).values(values))
    shown = people.viewer.client.get(page).text
    assert "Try again." in shown
    assert MARKUP not in shown
    assert people.viewer.client.get(f"{page}/file").status_code == 409


def test_a_job_is_found_under_its_own_case_alone(store: Database, people: Cast, case: str) -> None:
    other, _ = saved_cases.create(store, people.editor.actor, load_case(minimal()))
    page = started(people, case)
    job = page.rpartition("/")[2]
    for rest in ("", "/file"):
        assert (
            people.viewer.client.get(f"/cases/{other.head.uid}/workbooks/{job}{rest}").status_code
            == 404
        )
    assert jobs.read(store, people.viewer.actor, job).kind == "workbook"


def test_a_case_in_the_bin_takes_its_workbooks_along(
    store: Database, people: Cast, case: str
) -> None:
    page = started(people, case)
    work_off(store)
    saved_cases.delete(store, people.editor.actor, case)
    assert people.viewer.client.get(page).status_code == 404
    assert people.viewer.client.get(f"{page}/file").status_code == 404
