"""Edited workbooks over HTTP: held against their case, and taken in."""

from __future__ import annotations

import io

import pytest
from werkzeug.test import TestResponse

from tests.documents.libreoffice import with_inputs
from tests.documents.test_gate import HOSTILE
from tests.web.api.conftest import Document, Program, problem
from valuecalc.services.cases import XLSX

UPLIFT, SUBSCRIBERS = "assumptions.uplift.expected", "assumptions.subscribers.expected"


@pytest.fixture
def kept(editor: Program) -> Document:
    return editor.keep()


@pytest.fixture
def edited(editor: Program, kept: Document) -> bytes:
    """The workbook of the case with two other numbers."""
    content = editor("GET", f"/cases/{kept['id']}/export?format=xlsx").data
    return with_inputs(content, {UPLIFT: 4.5, SUBSCRIBERS: 110_000})


def sent(
    program: Program, kept: Document, content: bytes, query: str = "", version: int | None = None
) -> TestResponse:
    headers = {} if version is None else {"If-Match": f'"{kept["id"]}.{version}"'}
    place = f"/cases/{kept['id']}/workbook{query}"
    return program("POST", place, data=content, content_type=XLSX, headers=headers)


def test_what_was_changed_is_answered_with_its_effect_and_nothing_is_kept(
    editor: Program, kept: Document, edited: bytes
) -> None:
    answer = sent(editor, kept, edited)
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    changes = {each["name"]: each for each in found["changes"]}
    assert {name: each["file"] for name, each in changes.items()} == {
        UPLIFT: 4.5,
        SUBSCRIBERS: 110_000,
    }
    assert {each["status"] for each in changes.values()} == {"new"}
    assert (found["version"], found["exported_version"]) == (1, "1")
    figures = {each["name"]: each for each in found["effects"]["figures"]}
    assert figures["npv"]["after"] > figures["npv"]["before"]
    assert editor("GET", f"/cases/{kept['id']}").get_json()["version"] == 1


def test_a_form_with_the_file_is_the_same(editor: Program, kept: Document, edited: bytes) -> None:
    form = {"file": (io.BytesIO(edited), "model.xlsx")}
    answer = editor("POST", f"/cases/{kept['id']}/workbook", data=form)
    assert answer.get_json() == sent(editor, kept, edited).get_json()


def test_it_is_taken_in_with_the_version_that_is_known(
    editor: Program, kept: Document, edited: bytes
) -> None:
    query = f"?apply=true&file_name=model%20v3.xlsx&leave={UPLIFT}"
    problem(sent(editor, kept, edited, query), 428)
    problem(sent(editor, kept, edited, query, 9), 412)
    answer = sent(editor, kept, edited, query, 1)
    assert (answer.status_code, answer.headers["ETag"]) == (200, f'"{kept["id"]}.2"')
    assert (answer.get_json()["version"], answer.get_json()["taken"]) == (2, [SUBSCRIBERS])
    after = editor("GET", f"/cases/{kept['id']}").get_json()
    values = [each["value"] for each in after["case"]["assumptions"]]
    assert values == [110_000, kept["case"]["assumptions"][1]["value"]]
    assert after["note"] == "From model v3.xlsx: 1 number taken, 1 left as it was."


def test_what_both_sides_have_changed_has_to_be_decided(
    editor: Program, kept: Document, edited: bytes
) -> None:
    editor.save(kept, assumptions={"subscribers": {"value": "120,000"}})
    assert sent(editor, kept, edited).get_json()["undecided"] == [SUBSCRIBERS]
    refused = problem(sent(editor, kept, edited, "?apply=true", 2), 409)
    assert SUBSCRIBERS in refused["detail"]
    answer = sent(editor, kept, edited, f"?apply=true&take={SUBSCRIBERS}", 2)
    assert answer.status_code == 200
    case = editor("GET", f"/cases/{kept['id']}").get_json()["case"]
    assert [each["value"] for each in case["assumptions"]] == [110_000, 4.5]


def test_bad_requests_are_refused(editor: Program, kept: Document, edited: bytes) -> None:
    problem(sent(editor, kept, edited, "?take=assumptions.nobody"), 422)
    problem(sent(editor, kept, HOSTILE[min(HOSTILE)][0]()), 422)
    problem(sent(editor, kept, b""), 422)
    place = f"/cases/{kept['id']}/workbook"
    problem(editor("POST", place, data=edited, content_type="text/csv"), 415)
    problem(editor("POST", place, data={"other": "x"}, content_type="multipart/form-data"), 415)
    other = editor.keep(title="Case B")
    assert "Case B" in problem(sent(editor, other, edited), 422)["detail"]
