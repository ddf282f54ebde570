"""Comments over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.api.conftest import Document, Program, problem
from valuecalc.services.access import Role


@pytest.fixture
def kept(editor: Program) -> Document:
    return editor.keep()


def test_a_comment_is_written_listed_dealt_with_and_taken_back(
    as_role: Callable[..., Program], kept: Document
) -> None:
    commenter = as_role(Role.COMMENTER, name="Cy Orr")
    place = f"/cases/{kept['id']}/comments"
    body = {"text": "Before churn?", "place": "assumptions.subscribers"}
    answer = commenter("POST", place, json=body)
    written = answer.get_json()
    assert answer.status_code == 201
    assert (written["author"], written["version"], written["by_customer"]) == ("Cy Orr", 1, False)
    assert commenter("GET", place).get_json() == {"comments": [written], "next": None}
    one = f"{place}/{written['id']}"
    assert commenter("POST", f"{one}/resolve").get_json()["resolved_by"] == "Cy Orr"
    assert commenter("GET", f"{place}?resolved=false").get_json()["comments"] == []
    assert commenter("POST", f"{one}/reopen").get_json() == written
    assert commenter("DELETE", one).status_code == 204
    problem(commenter("DELETE", one), 404)


def test_comments_come_in_slices(editor: Program, kept: Document) -> None:
    place = f"/cases/{kept['id']}/comments"
    for text in "abc":
        editor("POST", place, json={"text": text})
    first = editor("GET", f"{place}?limit=2").get_json()
    rest = editor("GET", f"{place}?limit=2&cursor={first['next']}").get_json()
    assert [each["text"] for each in first["comments"] + rest["comments"]] == ["a", "b", "c"]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "x" * 5001},
        {"text": "x", "place": "assumptions.nobody"},
        {"text": "x", "place": 5},
        {"text": "x", "version": 0},
        {"text": "x", "version": 2**31},
        {"text": "x", "version": 10**40},
        {"text": "x", "author": "Somebody else"},
    ],
)
def test_a_comment_that_cannot_be_kept_is_refused(
    editor: Program, kept: Document, body: dict[str, Any]
) -> None:
    problem(editor("POST", f"/cases/{kept['id']}/comments", json=body), 422)


def test_a_comment_on_a_version_that_there_is_not_is_refused(
    editor: Program, kept: Document
) -> None:
    body = {"text": "x", "version": 7}
    problem(editor("POST", f"/cases/{kept['id']}/comments", json=body), 404)
