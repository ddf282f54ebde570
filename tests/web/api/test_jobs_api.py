"""Portfolios over HTTP: started as jobs, looked after, cancelled, and read when they are done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.job_running import QUICK
from tests.web.api.conftest import Document, Program, problem
from valuecalc.documents.workbook import size
from valuecalc.schemas.jobs import STATES
from valuecalc.services import coordinator
from valuecalc.services.access import Role
from valuecalc.services.jobs import State
from valuecalc.store.database import Database
from valuecalc.store.tables import Team

FEW = {"draws": 1_000}
NOBODY = "A" * 16


@pytest.fixture
def work_off(database: Database) -> Callable[[], None]:
    """Works until no job is left."""
    return lambda: coordinator.Coordinator(database, "threads://1", pace=QUICK).work_off()


def started(program: Program, headers: Document | None = None, **asked: Any) -> Document:
    answer = program("POST", "/portfolios", json={**FEW, **asked}, headers=headers or {})
    assert answer.status_code == 202, answer.text
    job: Document = answer.get_json()
    return job


def test_a_portfolio_is_answered_with_the_place_of_its_job(editor: Program) -> None:
    editor.keep()
    answer = editor("POST", "/portfolios", json=FEW)
    job = answer.get_json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    assert (job["kind"], job["state"], job["share"]) == ("portfolio", "waiting", 0)
    assert (job["reason"], job["sha"], job["finished_at"]) == (None, None, None)
    assert editor("GET", f"/jobs/{job['id']}").get_json() == job


def test_a_job_that_is_done_has_its_answer(editor: Program, work_off: Callable[[], None]) -> None:
    kept = [editor.keep(title=f"Case {number}") for number in range(3)]
    job = started(editor, currency="EUR", rates={"GBP": "1.15"})
    work_off()
    done = editor("GET", f"/jobs/{job['id']}").get_json()
    assert (done["state"], done["share"]) == ("done", 1)
    assert done["done"] == done["total"] > 0
    assert done["begun_at"] and done["finished_at"]
    answer = editor("GET", f"/jobs/{job['id']}/result")
    found = answer.get_json()
    assert {each["uid"] for each in found["cases"]} == {each["id"] for each in kept}
    assert found["currency"] == "EUR"
    assert found["totals"]["value"] == pytest.approx(3 * 1.15 * (104_167 * 4 * 36 - 3_000_000))
    assert answer.headers["ETag"] == f'"{done["sha"]}"'
    known = {"If-None-Match": answer.headers["ETag"]}
    assert editor("GET", f"/jobs/{job['id']}/result", headers=known).status_code == 304


def test_the_answer_of_a_job_that_is_unfinished_is_a_conflict_with_the_time_to_wait(
    editor: Program,
) -> None:
    editor.keep()
    job = started(editor)
    answer = editor("GET", f"/jobs/{job['id']}/result")
    assert "waiting" in problem(answer, 409)["detail"]
    assert answer.headers["Retry-After"] == "1"
    # Nothing is known of an answer that is not there yet.
    known = {"If-None-Match": f'"{job["id"]}"'}
    problem(editor("GET", f"/jobs/{job['id']}/result", headers=known), 409)


def test_a_cancelled_job_has_no_answer_and_says_why(
    editor: Program, work_off: Callable[[], None]
) -> None:
    editor.keep()
    job = started(editor)
    cancelled = editor("DELETE", f"/jobs/{job['id']}")
    assert cancelled.status_code == 200
    assert cancelled.get_json()["state"] == "cancelled"
    work_off()
    assert editor("GET", f"/jobs/{job['id']}").get_json()["state"] == "cancelled"
    answer = editor("GET", f"/jobs/{job['id']}/result")
    assert "was cancelled" in problem(answer, 409)["detail"]
    assert "Retry-After" not in answer.headers


def test_a_failed_job_says_why(editor: Program, work_off: Callable[[], None]) -> None:
    kept = editor.keep()
    job = started(editor)
    editor("DELETE", f"/cases/{kept['id']}")
    work_off()
    failed = editor("GET", f"/jobs/{job['id']}").get_json()
    assert failed["state"] == "failed"
    assert failed["reason"]["cause"] and failed["reason"]["remedy"]
    refused = problem(editor("GET", f"/jobs/{job['id']}/result"), 409)
    assert failed["reason"]["cause"] in refused["detail"]


def test_to_cancel_what_has_ended_changes_nothing(
    editor: Program, work_off: Callable[[], None]
) -> None:
    editor.keep()
    job = started(editor)
    work_off()
    assert editor("DELETE", f"/jobs/{job['id']}").get_json()["state"] == "done"
    assert editor("GET", f"/jobs/{job['id']}/result").status_code == 200


def test_a_request_with_a_key_starts_one_job(editor: Program, work_off: Callable[[], None]) -> None:
    editor.keep()
    key = {"Idempotency-Key": "nightly"}
    job = started(editor, key)
    work_off()
    assert started(editor, key)["id"] == job["id"]
    assert started(editor)["id"] != job["id"]
    refused = editor("POST", "/portfolios", json={"draws": 2_000}, headers=key)
    assert "another request" in problem(refused, 409)["detail"]


def test_the_jobs_of_a_team_are_listed_in_slices_the_newest_first(
    editor: Program, team: Team, as_role: Callable[..., Program]
) -> None:
    kept = editor.keep()
    foreign = as_role(None)
    foreign.keep()
    started(foreign)
    made = [started(editor, cases=[kept["id"]], seed=number)["id"] for number in range(5)]
    found: list[str] = []
    cursor = ""
    while True:
        slice = editor("GET", f"/jobs?limit=2&team={team.uid}{cursor}").get_json()
        found += [each["id"] for each in slice["jobs"]]
        if slice["next"] is None:
            break
        cursor = f"&cursor={slice['next']}"
    assert found == made[::-1]
    assert [each["id"] for each in editor("GET", "/jobs").get_json()["jobs"]] == made[::-1]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "cursor=x", "team=x", "state=done"])
def test_a_query_that_means_nothing_is_refused_with_its_place(editor: Program, query: str) -> None:
    [mistake] = problem(editor("GET", f"/jobs?{query}"), 422)["errors"]
    assert mistake["place"] == query.partition("=")[0]


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({"draws": 100_000_000}, "draws"),
        ({"draws": -1}, "draws"),
        ({"seed": -1}, "seed"),
        ({"cases": []}, "cases"),
        ({"cases": ["x"]}, "cases[0]"),
        ({"rates": {"EUR": -1}}, "rates.EUR.value"),
        ({"rates": {"EUR": "NaN"}}, "rates.EUR.value"),
        ({"currency": "pounds"}, "currency"),
        ({"filter": {"customer": "Nobody at all"}}, "request"),
        ({"request": {}}, "request"),
    ],
)
def test_a_portfolio_that_cannot_be_is_refused_with_the_place(
    editor: Program, asked: Document, place: str
) -> None:
    editor.keep()
    [mistake] = problem(editor("POST", "/portfolios", json={**FEW, **asked}), 422)["errors"]
    assert mistake["place"] == place
    assert editor("GET", "/jobs").get_json()["jobs"] == []


@pytest.mark.parametrize("draws", ["NaN", "1e400"])
def test_a_number_that_is_none_is_no_request(editor: Program, draws: str) -> None:
    body = f'{{"draws": {draws}}}'
    problem(editor("POST", "/portfolios", data=body, content_type="application/json"), 400)


def test_cases_of_others_are_not_there(editor: Program, as_role: Callable[..., Program]) -> None:
    foreign = as_role(None).keep()
    for uid in (foreign["id"], NOBODY):
        problem(editor("POST", "/portfolios", json={**FEW, "cases": [uid]}), 404)


def test_jobs_are_for_readers_of_their_team_alone(
    as_role: Callable[..., Program], stranger: Program
) -> None:
    editor, reader, foreign = as_role(), as_role(Role.VIEWER), as_role(None)
    editor.keep()
    job = started(reader)
    for path in (f"/jobs/{job['id']}", f"/jobs/{job['id']}/result"):
        problem(stranger("GET", path), 401)
        problem(foreign("GET", path), 404)
    problem(foreign("DELETE", f"/jobs/{job['id']}"), 404)
    problem(foreign("GET", f"/jobs/{NOBODY}"), 404)
    assert foreign("GET", "/jobs").get_json()["jobs"] == []
    assert editor("GET", f"/jobs/{job['id']}").get_json() == job
    problem(editor("DELETE", f"/jobs/{job['id']}"), 403)
    assert as_role(Role.OWNER)("DELETE", f"/jobs/{job['id']}").get_json()["state"] == "cancelled"


def test_every_state_of_a_job_is_described() -> None:
    assert list(STATES) == [each.value for each in State]


# --------------------------------------------------------------------------- workbooks


@pytest.fixture
def every_workbook_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "LARGE", 1)


@pytest.mark.usefixtures("every_workbook_is_large")
def test_a_large_workbook_is_answered_with_its_job_and_then_with_its_file(
    editor: Program, work_off: Callable[[], None]
) -> None:
    place = f"/cases/{editor.keep()['id']}/export?format=xlsx"
    answer = editor("GET", place)
    job = answer.get_json()
    assert answer.status_code == 202
    assert (job["kind"], job["state"]) == ("workbook", "waiting")
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    assert editor("GET", place).get_json() == job
    assert "waiting" in problem(editor("GET", f"/jobs/{job['id']}/file"), 409)["detail"]
    work_off()
    file = editor("GET", f"/jobs/{job['id']}/file")
    again = editor("GET", place)
    assert (file.status_code, again.status_code) == (200, 200)
    assert file.data == again.data and file.data.startswith(b"PK")
    assert file.headers["Content-Disposition"].endswith(".xlsx")


@pytest.mark.usefixtures("every_workbook_is_large")
def test_the_answer_of_a_workbook_is_a_file_and_nothing_else(
    editor: Program, work_off: Callable[[], None]
) -> None:
    kept = editor.keep()
    job = editor("GET", f"/cases/{kept['id']}/export?format=xlsx").get_json()
    work_off()
    assert "a file" in problem(editor("GET", f"/jobs/{job['id']}/result"), 409)["detail"]
    other = started(editor)
    assert editor("GET", f"/jobs/{other['id']}/file").status_code == 404


def test_a_small_workbook_is_answered_at_once(editor: Program) -> None:
    answer = editor("GET", f"/cases/{editor.keep()['id']}/export?format=xlsx")
    assert answer.status_code == 200
    assert answer.data.startswith(b"PK")
