"""The plan over HTTP: what delays cost, plans as files, and files as plans."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.web.api.conftest import Document, Program, problem
from tests.web.api.record_examples import PLAN
from valuecalc.services.access import Role
from valuecalc.web.api.v1 import EXAMPLE_CASE

BENEFITS = [{**EXAMPLE_CASE["benefits"][0], "starts": "live"}]
PLANNED = {**EXAMPLE_CASE, "benefits": BENEFITS, "plan": PLAN}
TABLE = "Task,Side,Days,After,Done\nSurvey,joint,10,,40%\nBuild,vendor,65,1FS+5 days,\n"
WHOLE_TABLE = TABLE + "Go live,,0,Build,\n"


@pytest.fixture
def kept(editor: Program) -> Document:
    return editor.keep(benefits=BENEFITS, plan=PLAN)


def sent(
    program: Program,
    kept: Document,
    content: bytes | str,
    query: str = "",
    kind: str = "text/csv",
    version: int | None = None,
) -> TestResponse:
    headers = {} if version is None else {"If-Match": f'"{kept["id"]}.{version}"'}
    place = f"/cases/{kept['id']}/plan{query}"
    return program("POST", place, data=content, content_type=kind, headers=headers)


# --------------------------------------------------------------------------- delays


def test_each_step_is_told_with_what_it_costs_and_why(stranger: Program) -> None:
    found = stranger("POST", "/delays", json={"case": PLANNED, "days": 20}).get_json()
    assert [each["step"] for each in found["steps"]] == ["survey", "build"]
    for each in found["steps"]:
        assert each["value"] == -104_167 * 4
        assert (each["critical"], each["plan_days"]) == (True, 20)
        assert "“Go live” is reached on 8 April 2027 instead of 11 March 2027" in each["words"]
    # What is reached in March counts from April on.
    assert found["value"] == 104_167 * 4 * 33 - 3_000_000


def test_a_step_may_be_asked_for_alone_and_a_milestone_too(stranger: Program) -> None:
    asked = {"case": PLANNED, "step": "live"}
    [found] = stranger("POST", "/delays", json=asked).get_json()["steps"]
    assert (found["step"], found["kind"], found["days"]) == ("live", "milestone", 5)


@pytest.mark.parametrize(
    ("wish", "cause"),
    [
        ({"step": "surway"}, "There is no step of the plan “surway”"),
        ({"days": 5001}, "no whole number from -5000 to 5,000"),
        ({"days": "many"}, "no whole number from -5000 to 5,000"),
        ({"weeks": 3}, "weeks"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    stranger: Program, wish: dict[str, Any], cause: str
) -> None:
    answer = stranger("POST", "/delays", json={"case": PLANNED, **wish})
    assert answer.status_code == 422
    assert cause in answer.text


def test_a_kept_case_gives_the_same_in_its_address(editor: Program, kept: Document) -> None:
    found = editor("GET", f"/cases/{kept['id']}/delays?days=20")
    wanted = editor("POST", "/delays", json={"case": PLANNED, "days": 20})
    assert found.get_json() == wanted.get_json()
    assert found.headers["ETag"] == f'"{kept["id"]}.1"'


# --------------------------------------------------------------------------- out


@pytest.mark.parametrize(
    ("format", "kind", "name"),
    [
        ("project-xml", "application/xml", "new-data-services-plan.xml"),
        ("ics", "text/calendar", "new-data-services-plan.ics"),
    ],
)
def test_the_plan_is_exported_with_a_case_in_the_body_and_kept(
    editor: Program, stranger: Program, kept: Document, format: str, kind: str, name: str
) -> None:
    for answer in (
        stranger("POST", "/export", json={"case": PLANNED, "format": format}),
        editor("GET", f"/cases/{kept['id']}/export?format={format}"),
    ):
        assert answer.status_code == 200, answer.text
        assert answer.mimetype == kind
        assert name in answer.headers["Content-Disposition"]


def test_the_names_of_steps_arrive_whole_in_whatever_letters_they_are_written(
    editor: Program, kept: Document
) -> None:
    answer = editor("GET", f"/cases/{kept['id']}/export?format=ics")
    assert answer.content_type == "text/calendar; charset=utf-8"


def test_the_calendar_of_a_kept_case_names_the_case_and_its_version(
    editor: Program, kept: Document
) -> None:
    editor.save(kept, title="Changed")
    text = editor("GET", f"/cases/{kept['id']}/export?format=ics").text
    assert f"UID:{kept['id']}-build@valuecalc\r\n" in text
    assert "SEQUENCE:2\r\n" in text


def test_a_case_without_a_plan_has_none_to_export(editor: Program) -> None:
    plain = editor.keep()
    answer = problem(editor("GET", f"/cases/{plain['id']}/export?format=ics"), 422)
    assert "no plan to write" in str(answer)


# --------------------------------------------------------------------------- in


def test_a_table_is_read_with_what_changes_and_nothing_is_kept(
    editor: Program, kept: Document
) -> None:
    answer = sent(editor, kept, WHOLE_TABLE)
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    assert (found["kept"], found["added"], found["removed"]) == (
        ["Go live", "Survey", "Build"],
        [],
        [],
    )
    assert found["plan"]["tasks"][1]["after"] == ["survey + 5"]
    figures = {each["name"]: each for each in found["comparison"]["effects"]["figures"]}
    assert figures["npv"]["after"] < figures["npv"]["before"]
    assert [each for each in found["problems"] if each["severity"] == "error"] == []
    assert editor("GET", f"/cases/{kept['id']}").get_json()["version"] == 1


def test_it_is_kept_with_the_version_that_is_known(editor: Program, kept: Document) -> None:
    query = "?apply=true&file_name=roll-out.csv"
    problem(sent(editor, kept, WHOLE_TABLE, query), 428)
    problem(sent(editor, kept, WHOLE_TABLE, query, version=9), 412)
    answer = sent(editor, kept, WHOLE_TABLE, query, version=1)
    assert (answer.status_code, answer.headers["ETag"]) == (200, f'"{kept["id"]}.2"')
    after = editor("GET", f"/cases/{kept['id']}").get_json()
    assert after["note"] == "Plan from roll-out.csv: 3 kept."
    assert after["case"]["plan"] == answer.get_json()["plan"]


def test_a_file_of_project_comes_back_unchanged_by_body_and_by_form(
    editor: Program, kept: Document
) -> None:
    content = editor("GET", f"/cases/{kept['id']}/export?format=project-xml").data
    found = sent(editor, kept, content, kind="application/xml").get_json()
    assert (found["comparison"]["changes"], found["remarks"]) == ([], [])
    form = {"file": (io.BytesIO(content), "plan.xml")}
    assert editor("POST", f"/cases/{kept['id']}/plan", data=form).get_json() == found


def test_a_plan_without_the_milestone_of_a_benefit_says_so(editor: Program, kept: Document) -> None:
    found = sent(editor, kept, TABLE).get_json()
    assert found["removed"] == ["Go live"]
    assert any("Higher revenue per user" in each["cause"] for each in found["remarks"])
    assert {"benefits.arpu.starts"} <= {each["place"] for each in found["problems"]}


@pytest.mark.parametrize(
    ("content", "kind", "status", "words"),
    [
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><Project/>", "application/xml", 422, "DTD"),
        (b"Task,Days,After\nA,1,A\n", "text/csv", 422, "comes after itself"),
        (b"Task,Days,After\nA,1,2\nB,1,1\n", "text/csv", 422, "in a circle"),
        (b"Task,Days\nA,many\n", "text/csv", 422, "row 2, column “Days”"),
        (b"Task,Days\nA,1\n", "application/json", 415, "plan"),
        (b"x" * 10_200_000, "application/xml", 413, ""),
    ],
)
def test_what_is_no_plan_is_refused_with_the_reason(
    editor: Program, kept: Document, content: bytes, kind: str, status: int, words: str
) -> None:
    answer = sent(editor, kept, content, kind=kind)
    problem(answer, status)
    assert words in str(answer.get_json())


def test_only_who_may_edit_may_send_a_plan(
    as_role: Callable[..., Program], stranger: Program
) -> None:
    kept = as_role().keep()
    problem(sent(stranger, kept, WHOLE_TABLE), 401)
    problem(sent(as_role(None), kept, WHOLE_TABLE), 404)
    problem(sent(as_role(Role.VIEWER), kept, WHOLE_TABLE), 403)
