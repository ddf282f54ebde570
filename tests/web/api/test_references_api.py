"""Straw-men over HTTP: the library, publishing, and starting a case in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.api.conftest import Document, Program, problem
from valuecalc.services.access import Role

START: Document = {
    "references": ["new-data-services"],
    "customer": "Company B",
    "drivers": {"subscribers": {"value": "250,000", "owner": "A. Jones"}},
    "currency": "EUR",
    "start": "2027-06",
}


def test_strangers_read_the_straw_men_of_the_program(stranger: Program) -> None:
    listed = stranger("GET", "/references?limit=3").get_json()
    assert len(listed["references"]) == 3
    rest = stranger("GET", f"/references?cursor={listed['next']}").get_json()
    rows = listed["references"] + rest["references"]
    assert {each["source"] for each in rows} == {"program"}
    assert len({each["id"] for each in rows}) == len(rows)
    one = stranger("GET", "/references/new-data-services").get_json()
    assert [each["id"] for each in one["case"]["reference"]["drivers"]] == ["subscribers"]
    [found] = stranger("GET", "/references?q=new data&sector=TELECOMMUNICATIONS").get_json()[
        "references"
    ]
    assert found["id"] == "new-data-services"


def test_a_case_is_started_with_one_call(editor: Program) -> None:
    answer = editor("POST", "/extrapolate", json={**START, "save": {"note": "From the library"}})
    assert answer.status_code == 201, answer.text
    body = answer.get_json()
    saved = body["saved"]
    assert answer.headers["Location"] == f"/api/v1/cases/{saved['id']}"
    assert answer.headers["ETag"] == f'"{saved["id"]}.1"'
    assert saved["case"] == body["case"]
    assert saved["case"]["customer"] == "Company B"
    assert (saved["case"]["currency"], saved["note"]) == ("EUR", "From the library")
    assert editor("GET", f"/cases/{saved['id']}/result").status_code == 200
    [row] = editor("GET", "/cases?sector=telecommunications").get_json()["cases"]
    assert row["id"] == saved["id"]


def test_a_repeated_start_makes_one_case(editor: Program) -> None:
    headers = {"Idempotency-Key": "one"}
    body = {**START, "save": {}}
    first = editor("POST", "/extrapolate", json=body, headers=headers)
    again = editor("POST", "/extrapolate", json=body, headers=headers)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.get_json() == first.get_json()
    other = {**body, "customer": "Company C"}
    problem(editor("POST", "/extrapolate", json=other, headers=headers), 409)


def test_a_stranger_extrapolates_without_keeping(stranger: Program) -> None:
    body = stranger("POST", "/extrapolate", json=START).get_json()
    assert body["saved"] is None
    [subscribers] = [each for each in body["journeys"] if each["id"] == "subscribers"]
    assert subscribers["after"] == 250_000
    assert "104,167" in subscribers["words"]
    problem(stranger("POST", "/extrapolate", json={**START, "save": {}}), 401)


def test_a_straw_man_that_is_named_twice_counts_once(stranger: Program) -> None:
    twice = {**START, "references": ["new-data-services"] * 2}
    body = stranger("POST", "/extrapolate", json=twice).get_json()
    assert body == stranger("POST", "/extrapolate", json=START).get_json()


def test_own_rates_come_before_published_ones(stranger: Program) -> None:
    rate = {"base": "GBP", "quote": "EUR", "rate": 2, "date": "2026-11-01", "source": "Treasury"}
    body = stranger("POST", "/extrapolate", json={**START, "rates": {"exchange": [rate]}})
    assert "Treasury" in body.text


@pytest.mark.parametrize(
    ("changed", "status", "place"),
    [
        ({"references": []}, 422, "references"),
        ({"references": ["new-data-services"] * 11}, 422, "references"),
        ({"references": ["../etc"]}, 422, "references[0]"),
        ({"references": ["none"]}, 404, "request"),
        ({"drivers": {"subscribers": "lots"}}, 422, "drivers.subscribers.value"),
        ({"drivers": {"sites": 5}}, 422, "target.drivers.sites"),
        ({"drivers": {"subscribers": None}}, 422, "drivers.subscribers"),
        ({"references": ["new-data-services", "contact-centre"]}, 422, "references"),
        ({"colour": "red"}, 422, "colour"),
        ({"save": {"owner": 1}}, 422, "save.owner"),
        ({"start": "soon"}, 422, "start"),
        ({"currency": "XYZ"}, 422, "currency"),
    ],
)
def test_a_start_that_cannot_be_made_is_refused_with_its_place(
    editor: Program, changed: dict[str, Any], status: int, place: str
) -> None:
    body = problem(editor("POST", "/extrapolate", json={**START, **changed}), status)
    assert place in {each["place"] for each in body["errors"]}


def test_a_delivered_case_becomes_a_straw_man_that_names_nobody(
    editor: Program, as_role: Callable[..., Program]
) -> None:
    kept = editor.keep(customer="Zyxware plc", title="Data services for Zyxware")
    wish = {"case": kept["id"], "achieved": {"arpu": "£13m"}, "sector": "Telecoms"}
    shown = editor("POST", "/references", json={**wish, "preview": True})
    assert shown.status_code == 200
    assert "zyxware" not in shown.text.lower()
    answer = editor("POST", "/references", json=wish)
    assert answer.status_code == 201, answer.text
    made = answer.get_json()
    assert made["source"] == "team"
    assert answer.headers["Location"] == f"/api/v1/references/{made['id']}"
    [result] = [each for each in made["case"]["reference"]["results"] if each["line"] == "arpu"]
    assert result["achieved"] == 13_000_000
    place = f"/references/{made['id']}"
    assert editor("GET", place).get_json() == made
    rows = editor("GET", "/references?limit=200").get_json()["references"]
    assert [each["id"] for each in rows].count(made["id"]) == 1
    outsider = as_role(None)
    problem(outsider("GET", place), 404)
    problem(outsider("DELETE", place), 404)
    problem(as_role(Role.VIEWER)("DELETE", place), 403)
    assert editor("DELETE", place).status_code == 204
    problem(editor("GET", place), 404)


def test_the_straw_men_of_the_program_cannot_be_taken_away(editor: Program) -> None:
    problem(editor("DELETE", "/references/new-data-services"), 404)


@pytest.mark.parametrize(
    ("wish", "place"),
    [
        ({"achieved": {"nothing": 5}}, "achieved.nothing"),
        ({"achieved": {"arpu": "much"}}, "achieved.arpu"),
        ({"year": 10}, "year"),
        ({"drivers": [{"id": "x"}]}, "drivers.x.label"),
        ({"slug": "mine"}, "slug"),
    ],
)
def test_what_cannot_be_published_is_refused_with_its_place(
    editor: Program, wish: dict[str, Any], place: str
) -> None:
    kept = editor.keep()
    body = problem(editor("POST", "/references", json={"case": kept["id"], **wish}), 422)
    assert place in {each["place"] for each in body["errors"]}
