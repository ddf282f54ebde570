"""Versions over HTTP: listed, read, named once, restored, compared."""

from __future__ import annotations

import pytest

from tests.web.api.conftest import Document, Program, problem


@pytest.fixture
def kept(editor: Program) -> Document:
    """A case in its third version."""
    kept = editor.keep()
    for count in ("110,000", "120,000"):
        kept = editor.save(kept, assumptions={"subscribers": {"value": count}})
    return kept


def test_versions_are_listed_in_slices_with_what_they_changed(
    editor: Program, kept: Document
) -> None:
    place = f"/cases/{kept['id']}/versions"
    first = editor("GET", f"{place}?limit=2").get_json()
    assert [each["version"] for each in first["versions"]] == [3, 2]
    newest = first["versions"][0]
    assert newest["changes_count"] == 1
    [change] = newest["changes"]
    assert (change["before_text"], change["after_text"]) == (
        "110,000\N{NO-BREAK SPACE}subscribers",
        "120,000\N{NO-BREAK SPACE}subscribers",
    )
    rest = editor("GET", f"{place}?limit=2&cursor={first['next']}").get_json()
    assert [each["version"] for each in rest["versions"]] == [1]
    assert rest["next"] is None


def test_an_earlier_version_is_read_as_it_was(editor: Program, kept: Document) -> None:
    answer = editor("GET", f"/cases/{kept['id']}/versions/1")
    assert answer.get_json()["case"]["assumptions"][0]["value"] == 104_167
    assert answer.headers["ETag"] == f'"{kept["id"]}.1"'
    known = {"If-None-Match": answer.headers["ETag"]}
    assert editor("GET", f"/cases/{kept['id']}/versions/1", headers=known).status_code == 304
    problem(editor("GET", f"/cases/{kept['id']}/versions/4"), 404)


def test_a_name_is_given_once(editor: Program, kept: Document) -> None:
    place = f"/cases/{kept['id']}/versions/2/freeze"
    assert editor("POST", place, json={"name": "Offer"}).get_json()["name"] == "Offer"
    assert editor("POST", place, json={"name": "Offer"}).status_code == 200
    problem(editor("POST", place, json={"name": "Other"}), 409)
    for name in ("", " ", "x" * 301, 5, None):
        problem(editor("POST", place, json={"name": name}), 422)


def test_an_earlier_version_is_restored_as_a_new_one(editor: Program, kept: Document) -> None:
    place = f"/cases/{kept['id']}/versions/1/restore"
    problem(editor("POST", place), 428)
    problem(editor("POST", place, headers={"If-Match": f'"{kept["id"]}.2"'}), 412)
    after = editor("POST", place, headers={"If-Match": f'"{kept["id"]}.3"'})
    assert after.status_code == 200
    found = after.get_json()
    assert (found["version"], found["restored_from"]) == (4, 1)
    assert found["case"]["assumptions"][0]["value"] == 104_167


def test_two_versions_are_compared(editor: Program, kept: Document) -> None:
    found = editor("GET", f"/cases/{kept['id']}/diff?from=1&to=3").get_json()
    assert [each["place"] for each in found["changes"]] == ["assumptions.subscribers.value"]
    effects = {each["name"]: each for each in found["effects"]["figures"]}
    assert effects["value"]["difference"] == (120_000 - 104_167) * 4 * 36
    bridges = {each["figure"]: each for each in found["effects"]["bridges"]}
    assert sum(each["amount"] for each in bridges["npv"]["steps"]) == pytest.approx(
        effects["npv"]["difference"]
    )


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 422), ("?from=1", 422), ("?from=0&to=1", 422), ("?from=1&to=9", 404)],
)
def test_versions_that_there_are_not_cannot_be_compared(
    editor: Program, kept: Document, query: str, status: int
) -> None:
    problem(editor("GET", f"/cases/{kept['id']}/diff{query}"), status)
