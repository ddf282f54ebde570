"""Cases over HTTP: kept, read, changed, binned, worked out, and refused as it should be."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from tests.web import worked_out_once
from tests.web.api.conftest import Document, Program, problem
from valuecalc.services.access import Role
from valuecalc.services.cases import DOCX, XLSX
from valuecalc.store.tables import Team
from valuecalc.web.api.v1 import EXAMPLE_CASE

MAKE = {"case": EXAMPLE_CASE}
NOBODY = "A" * 16


def tag(kept: Document) -> dict[str, str]:
    return {"If-Match": f'"{kept["id"]}.{kept["version"]}"'}


# --------------------------------------------------------------------------- create and read


def test_a_new_case_is_answered_with_its_place_and_its_tag(editor: Program, team: Team) -> None:
    answer = editor("POST", "/cases", json={**MAKE, "team": team.uid, "note": "First meeting"})
    kept = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/cases/{kept['id']}"
    assert answer.headers["ETag"] == f'"{kept["id"]}.1"'
    assert "Idempotency-Replayed" not in answer.headers
    assert kept["team"] == {"id": team.uid, "name": "North"}
    assert (kept["author"], kept["note"], kept["version"]) == ("Ann Lee", "First meeting", 1)
    assert kept["case"]["assumptions"][0]["value"] == 104_167


def test_a_case_is_read_as_it_was_kept_and_not_again_when_it_is_known(editor: Program) -> None:
    kept = editor.keep()
    answer = editor("GET", f"/cases/{kept['id']}")
    assert answer.get_json() == kept
    known = {"If-None-Match": answer.headers["ETag"]}
    again = editor("GET", f"/cases/{kept['id']}", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    editor.save(kept, title="Changed")
    assert editor("GET", f"/cases/{kept['id']}", headers=known).status_code == 200


def test_an_answer_holds_nothing_of_the_inside_of_the_database(editor: Program) -> None:
    kept = editor.keep()
    assert set(kept) == {
        "id", "version", "team", "author", "on_behalf_of", "saved_at", "note", "name",
        "restored_from", "case", "problems",
    }  # fmt: skip


def test_a_draft_is_kept_and_its_mistakes_are_listed(editor: Program) -> None:
    kept = editor.keep(benefits=[{"id": "b", "label": "B", "formula": "nothing * 2"}])
    errors = [each for each in kept["problems"] if each["severity"] == "error"]
    assert [each["place"] for each in errors] == ["benefits.b.formula"]
    body = problem(editor("GET", f"/cases/{kept['id']}/result"), 422)
    assert [each["place"] for each in body["errors"]] == ["benefits.b.formula"]
    [row] = editor("GET", "/cases").get_json()["cases"]
    assert (row["value"], row["npv"]) == (None, None)


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({}, ["case"]),
        ({**MAKE, "owner": "me", "version": 7}, ["owner", "version"]),
        ({**MAKE, "team": "x"}, ["team"]),
        ({**MAKE, "note": "a\x0bb"}, ["note"]),
        ({**MAKE, "note": 5}, ["note"]),
        ({"case": {**EXAMPLE_CASE, "title": "", "colour": "red"}}, ["title", "colour"]),
        ({"case": []}, ["case"]),
    ],
)
def test_what_is_no_case_is_refused_with_every_place(
    editor: Program, body: Document, places: list[str]
) -> None:
    answer = editor("POST", "/cases", json=body)
    assert {each["place"] for each in problem(answer, 422)["errors"]} == set(places)


# --------------------------------------------------------------------------- repeated requests


def test_a_repeated_request_is_answered_as_the_first_one(editor: Program) -> None:
    headers = {"Idempotency-Key": "one"}
    first = editor("POST", "/cases", json=MAKE, headers=headers)
    editor.save(first.get_json(), title="Changed meanwhile")
    again = editor("POST", "/cases", json=MAKE, headers=headers)
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert again.headers["Idempotency-Replayed"] == "true"
    for name in ("Location", "ETag"):
        assert again.headers[name] == first.headers[name]
    assert len(editor("GET", "/cases").get_json()["cases"]) == 1


def test_a_key_that_was_used_for_something_else_is_refused(editor: Program) -> None:
    headers = {"Idempotency-Key": "one"}
    editor("POST", "/cases", json=MAKE, headers=headers)
    problem(editor("POST", "/cases", json={**MAKE, "note": "Other"}, headers=headers), 409)


@pytest.mark.parametrize("key", ["", "a b", "x" * 101, "é"])
def test_a_key_that_cannot_be_kept_is_refused(editor: Program, key: str) -> None:
    problem(editor("POST", "/cases", json=MAKE, headers={"Idempotency-Key": key}), 422)


# --------------------------------------------------------------------------- change


def test_a_case_is_replaced_by_who_names_the_version_that_he_read(editor: Program) -> None:
    kept = editor.keep()
    changed = {**kept["case"], "title": "Renamed"}
    answer = editor("PUT", f"/cases/{kept['id']}", json={"case": changed}, headers=tag(kept))
    assert answer.status_code == 200
    assert answer.headers["ETag"] == f'"{kept["id"]}.2"'
    assert answer.get_json()["case"] == changed


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_without_the_version_is_refused(editor: Program, method: str) -> None:
    kept = editor.keep()
    body = {"case": kept["case"]} if method == "PUT" else {"title": "New"}
    assert "If-Match" in problem(editor(method, f"/cases/{kept['id']}", json=body), 428)["detail"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_of_an_older_version_is_refused_with_the_name_of_who_saved(
    as_role: Callable[..., Program], method: str
) -> None:
    ann, bob = as_role(name="Ann Lee"), as_role(name="Bob Ray")
    kept = ann.keep()
    bob.save(kept, title="Bob's")
    body = {"case": kept["case"]} if method == "PUT" else {"title": "Ann's"}
    refused = problem(ann(method, f"/cases/{kept['id']}", json=body, headers=tag(kept)), 412)
    assert "Bob Ray has saved version 2" in refused["detail"]
    assert ann("GET", f"/cases/{kept['id']}").get_json()["case"]["title"] == "Bob's"


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ('"{0}.1"', 200),
        ('W/"{0}.1"', 200),
        ('"other", "{0}.1"', 200),
        ("{0}.1", 200),
        ("*", 200),
        ('"{0}.2"', 412),
        ('"{0}.10"', 412),
        ('"{0}"', 412),
        ('"', 428),
        ("", 428),
    ],
)
def test_if_match_is_read_as_the_protocol_has_it(editor: Program, header: str, status: int) -> None:
    kept = editor.keep()
    answer = editor(
        "PATCH",
        f"/cases/{kept['id']}",
        json={"title": "New"},
        headers={"If-Match": header.format(kept["id"])},
    )
    assert answer.status_code == status, answer.text


def test_a_tag_that_was_made_weak_by_compression_is_still_good(editor: Program) -> None:
    kept = editor.keep()
    read = editor("GET", f"/cases/{kept['id']}", headers={"Accept-Encoding": "gzip"})
    assert read.headers["ETag"].startswith("W/")
    match = {"If-Match": read.headers["ETag"]}
    assert (
        editor("PATCH", f"/cases/{kept['id']}", json={"title": "N"}, headers=match).status_code
        == 200
    )


def test_a_patch_names_items_by_their_ids(editor: Program) -> None:
    kept = editor.keep()
    answer = editor(
        "PATCH",
        f"/cases/{kept['id']}?note=Billing",
        data='{"assumptions": {"subscribers": {"value": "120,000"}, "uplift": {"low": null}}}',
        content_type="application/merge-patch+json",
        headers=tag(kept),
    )
    after = answer.get_json()
    assert answer.status_code == 200, answer.text
    subscribers, uplift = after["case"]["assumptions"]
    assert subscribers["value"] == 120_000
    assert "low" not in uplift
    assert after["note"] == "Billing"


@pytest.mark.parametrize(
    ("patch", "status"),
    [
        ('{"assumptions": {"subscribers": {"value": 1e400}}}', 400),
        ('{"assumptions": {"subscribers": {"value": "many"}}}', 422),
        ('{"title": "\\ud800"}', 400),
        ('{"title": null}', 422),
        ('{"benefits": null, "title": "x", "title": "y"}', 400),
        ("[]", 400),
        ('{"plan": ' * 300 + "{}" + "}" * 300, 400),
    ],
)
def test_a_patch_that_cannot_be_applied_is_refused(
    editor: Program, patch: str, status: int
) -> None:
    kept = editor.keep()
    answer = editor(
        "PATCH",
        f"/cases/{kept['id']}",
        data=patch,
        content_type="application/merge-patch+json",
        headers=tag(kept),
    )
    problem(answer, status)
    assert editor("GET", f"/cases/{kept['id']}").get_json() == kept


def test_a_binned_case_is_gone_from_everywhere_and_can_be_put_back(editor: Program) -> None:
    kept = editor.keep()
    place = f"/cases/{kept['id']}"
    assert editor("DELETE", place).status_code == 204
    problem(editor("GET", place), 404)
    assert editor("GET", "/cases").get_json()["cases"] == []
    [binned] = editor("GET", "/cases?binned=true").get_json()["cases"]
    assert binned["id"] == kept["id"]
    assert binned["binned_at"]
    assert editor("POST", f"{place}/put-back").get_json() == kept
    assert editor("GET", place).get_json() == kept


# --------------------------------------------------------------------------- lists


def test_a_list_goes_on_where_its_cursor_says(editor: Program) -> None:
    made = [editor.keep(title=f"Case {n}")["id"] for n in range(5)]
    found: list[str] = []
    cursor = ""
    while True:
        slice = editor("GET", f"/cases?limit=2{cursor}").get_json()
        found += [each["id"] for each in slice["cases"]]
        if slice["next"] is None:
            break
        editor.keep(title="Added meanwhile")
        cursor = f"&cursor={slice['next']}"
    assert found == made[::-1]


def test_a_row_says_what_a_list_shows(editor: Program, team: Team) -> None:
    kept = editor.keep()
    [row] = editor("GET", "/cases").get_json()["cases"]
    assert row["id"] == kept["id"]
    assert row["value"] == 104_167 * 4 * 36 - 3_000_000
    assert row["updated_by"] == "Ann Lee"
    assert row["team"] == {"id": team.uid, "name": "North"}
    assert row["binned_at"] is None


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=-1", "limit=201", "limit=ten", "limit=1.5", "limit=99999999999999999999",
        "cursor=x", "cursor=WzFd", "cursor=W10", "cursor=eyJhIjoxfQ", "cursor=WzEsLTFd",
        "cursor=WzEsOTk5OTk5OTk5OTk5OTk5OTk5OTld", "cursor=WzEsMS41XQ", "cursor=WzEsdHJ1ZV0",
        "cursor=" + "A" * 300, "team=x", "team=%00", "q=%00", "q=" + "x" * 301, "currency=EURO",
        "changed_since=yesterday", "changed_since=2026-13-01", "changed_since=2026-11-01T10:00",
        "changed_since=0001-01-01T00:00:00%2B14:00", "changed_since=9999-12-31T23:59:59-14:00",
        "limit=", "cursor=", "team=", "currency=", "changed_since=%20",
        "binned=perhaps", "colour=red", "Limit=5",
    ],
)  # fmt: skip
def test_a_query_that_means_nothing_is_refused_with_its_place(editor: Program, query: str) -> None:
    [mistake] = problem(editor("GET", f"/cases?{query}"), 422)["errors"]
    assert mistake["place"] == query.partition("=")[0]
    assert mistake["cause"]


def test_a_moment_is_asked_for_in_any_zone(editor: Program) -> None:
    editor.keep()
    for moment, count in (
        ("2026-01-01", 1),
        ("2026-01-01T00:00:00Z", 1),
        ("2026-01-01t00:00:00.5%2B02:00", 1),
        ("2999-01-01T00:00:00Z", 0),
    ):
        answer = editor("GET", f"/cases?changed_since={moment}")
        assert len(answer.get_json()["cases"]) == count, moment


def test_a_query_where_there_is_none_to_ask_is_refused(editor: Program) -> None:
    kept = editor.keep()
    problem(editor("DELETE", f"/cases/{kept['id']}?force=1"), 422)
    problem(editor("GET", f"/cases/{kept['id']}/versions/1?version=1"), 422)


# --------------------------------------------------------------------------- worked out


def test_a_kept_case_is_worked_out_in_any_version_and_scenario(editor: Program) -> None:
    kept = editor.keep()
    editor.save(kept, assumptions={"subscribers": {"value": 100_000}})
    place = f"/cases/{kept['id']}/result"

    def value(query: str) -> float:
        found: float = editor("GET", f"{place}{query}").get_json()["figures"]["value"]
        return found

    assert value("") == 100_000 * 4 * 36 - 3_000_000
    assert value("?version=1") == 104_167 * 4 * 36 - 3_000_000
    assert value("?scenario=conservative&version=1") == 104_167 * 2 * 36 - 3_000_000
    problem(editor("GET", f"{place}?version=3"), 404)
    problem(editor("GET", f"{place}?version=99999999999"), 422)
    problem(editor("GET", f"{place}?scenario=strech"), 422)


def test_a_figure_of_a_kept_case_is_explained(editor: Program) -> None:
    kept = editor.keep()
    trace = editor("GET", f"/cases/{kept['id']}/explain?figure=npv").get_json()
    assert trace["name"] == "npv"
    assert "npv" in str(problem(editor("GET", f"/cases/{kept['id']}/explain?figure=nvp"), 422))
    problem(editor("GET", f"/cases/{kept['id']}/explain"), 422)


@pytest.mark.parametrize(("format", "kind"), [("xlsx", XLSX), ("docx", DOCX)])
def test_a_kept_case_is_written_as_a_file(editor: Program, format: str, kind: str) -> None:
    kept = editor.keep()
    answer = editor("GET", f"/cases/{kept['id']}/export?format={format}")
    assert answer.content_type == kind
    assert io.BytesIO(answer.data).read(2) == b"PK"


def test_a_draft_is_written_as_a_workbook_that_lists_its_mistakes_where_that_is_asked_for(
    editor: Program,
) -> None:
    wrong = [{"id": "b", "label": "Gain", "formula": "nothing * 2"}]
    kept = editor.keep(benefits=wrong)
    address = f"/cases/{kept['id']}/export?format="
    problem(editor("GET", f"{address}xlsx"), 422)
    problem(editor("GET", f"{address}docx&unfinished=true"), 422)
    answer = editor("GET", f"{address}xlsx&unfinished=true")
    assert answer.content_type == XLSX
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data), read_only=True).worksheets[0]
    said = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row]
    assert any("nothing" in each for each in said)


def test_a_case_goes_to_other_programs_and_comes_back_as_it_was(editor: Program) -> None:
    kept = editor.keep()
    model = editor("GET", f"/cases/{kept['id']}/export?format=value-models").get_json(force=True)
    assert model["schema_version"]
    back = editor("POST", "/exchange/value-models", json=model).get_json()
    assert back == {"case": kept["case"], "notes": []}
    problem(editor("POST", "/exchange/value-models", json={"variables": 5}), 422)
    problem(editor("GET", f"/cases/{kept['id']}/export?format=odt"), 422)


def test_many_cases_are_worked_out_in_their_order_and_none_fails_the_others(
    editor: Program, as_role: Callable[..., Program]
) -> None:
    kept, foreign = editor.keep(), as_role(None).keep()
    items: list[Any] = [
        {"case": EXAMPLE_CASE},
        {"id": kept["id"], "scenario": "conservative"},
        {"id": foreign["id"]},
        {"id": kept["id"], "version": 9},
        {"case": {**EXAMPLE_CASE, "currency": "XYZ"}},
        {"case": EXAMPLE_CASE, "id": kept["id"]},
        {},
        None,
        {"case": EXAMPLE_CASE, "scenario": "none"},
        {"id": kept["id"], "version": 1},
    ]
    answer = editor("POST", "/calculate/bulk", json={"cases": items})
    assert answer.status_code == 200, answer.text
    found = answer.get_json()["results"]
    statuses = [(each["problem"] or {"status": 200})["status"] for each in found]
    assert statuses == [200, 200, 404, 404, 422, 422, 422, 422, 422, 200]
    assert found[1]["result"]["figures"]["value"] == 104_167 * 2 * 36 - 3_000_000
    assert found[4]["problem"]["errors"][0]["place"] == "currency"
    assert all((each["result"] is None) is not (each["problem"] is None) for each in found)


@pytest.mark.parametrize("cases", [[], [{"case": EXAMPLE_CASE}] * 101, "all"])
def test_no_case_or_more_than_a_hundred_are_refused(editor: Program, cases: Any) -> None:
    problem(editor("POST", "/calculate/bulk", json={"cases": cases}), 422)


# --------------------------------------------------------------------------- rights

VERBS = [
    ("GET", "/cases/{id}", None, Role.VIEWER),
    ("PUT", "/cases/{id}", MAKE, Role.EDITOR),
    ("PATCH", "/cases/{id}", {"title": "x"}, Role.EDITOR),
    ("DELETE", "/cases/{id}", None, Role.EDITOR),
    ("POST", "/cases/{id}/put-back", None, Role.EDITOR),
    ("GET", "/cases/{id}/result", None, Role.VIEWER),
    ("GET", "/cases/{id}/explain?figure=npv", None, Role.VIEWER),
    ("GET", "/cases/{id}/export?format=xlsx", None, Role.VIEWER),
    ("GET", "/cases/{id}/versions", None, Role.VIEWER),
    ("GET", "/cases/{id}/versions/1", None, Role.VIEWER),
    ("POST", "/cases/{id}/versions/1/freeze", {"name": "x"}, Role.EDITOR),
    ("POST", "/cases/{id}/versions/1/restore", None, Role.EDITOR),
    ("GET", "/cases/{id}/diff?from=1&to=1", None, Role.VIEWER),
    ("GET", "/cases/{id}/comments", None, Role.VIEWER),
    ("POST", "/cases/{id}/comments", {"text": "x"}, Role.COMMENTER),
    ("POST", "/references", {"case": "{id}", "preview": True}, Role.EDITOR),
]


def attempt(program: Program, kept: Document, verb: tuple[str, str, Any, Role]) -> Any:
    method, path, body, _ = verb
    if isinstance(body, dict):
        body = {key: kept["id"] if each == "{id}" else each for key, each in body.items()}
    return program(method, path.format(id=kept["id"]), json=body, headers=tag(kept))


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: f"{verb[0]} {verb[1]}")
def test_each_verb_is_open_to_its_role_and_hidden_from_others(
    as_role: Callable[..., Program],
    stranger: Program,
    verb: tuple[str, str, Any, Role],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worked_out_once.use(monkeypatch)
    kept = as_role(Role.EDITOR).keep()
    problem(attempt(stranger, kept, verb), 401)
    problem(attempt(as_role(None), kept, verb), 404)
    for role in Role:
        answer = attempt(as_role(role), kept, verb)
        if role.covers(verb[3]):
            assert answer.status_code < 400 or answer.status_code == 412, answer.text
        else:
            problem(answer, 403)
        as_role(Role.EDITOR)("POST", f"/cases/{kept['id']}/put-back")


@pytest.mark.parametrize("path", ["/cases", "/calculate/bulk", "/exchange/value-models"])
def test_a_stranger_is_sent_away_before_his_request_is_read(stranger: Program, path: str) -> None:
    answer = stranger("POST", path, data=b"{", content_type="application/json")
    assert problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "path",
    [
        "/cases/x", "/cases/" + "A" * 17, f"/cases/{NOBODY}", f"/cases/{NOBODY}/versions/0",
        f"/cases/{NOBODY}/versions/-1", f"/cases/{NOBODY}/versions/99999999999999999999",
        f"/cases/{NOBODY}/versions/9999999999", "/cases/%00", f"/cases/{NOBODY}%00",
        "/references/%00", "/references/none", f"/references/{NOBODY}",
    ],
)  # fmt: skip
def test_an_address_of_nothing_is_not_found(editor: Program, path: str) -> None:
    problem(editor("GET", path), 404)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data"])
def test_another_kind_of_body_is_refused(editor: Program, kind: str) -> None:
    problem(editor("POST", "/cases", data=b"a=b", content_type=kind), 415)
