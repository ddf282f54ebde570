"""The API: what its description promises is what it answers."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from valuecalc.services.cases import DOCX, XLSX
from valuecalc.web.api.v1 import EXAMPLE_CASE

PROBLEM = "application/problem+json"
VERBS = ("calculate", "check", "explain", "solve", "export")


def send(client: FlaskClient, verb: str, **body: Any) -> TestResponse:
    return client.post(f"/api/v1/{verb}", json={"case": EXAMPLE_CASE, **body})


def test_calculate_gives_every_figure_by_its_name(client: FlaskClient) -> None:
    result = send(client, "calculate").get_json()
    assert result["figures"]["value"] == 104_167 * 4 * 36 - 3_000_000
    assert result["scenario"] == "expected"
    assert result["statement"]["parts"][0]["lead"] == "We believe that"


def test_calculate_works_in_a_scenario(client: FlaskClient) -> None:
    result = send(client, "calculate", scenario="conservative").get_json()
    assert result["figures"]["value"] == 104_167 * 2 * 36 - 3_000_000


def test_check_lists_what_is_odd_about_a_sound_case(client: FlaskClient) -> None:
    problems = send(client, "check").get_json()["problems"]
    assert {problem["severity"] for problem in problems} == {"warning"}


def test_check_lists_the_mistakes_of_a_case_of_shape_and_of_meaning(client: FlaskClient) -> None:
    broken = {
        **EXAMPLE_CASE,
        "discounting": {"rate": "-100%"},
        "benefits": [{"id": "b", "label": "B", "formula": "nothing"}],
    }
    answer = client.post("/api/v1/check", json={"case": broken})
    assert answer.status_code == 200
    mistakes = [each for each in answer.get_json()["problems"] if each["severity"] == "error"]
    assert [each["place"] for each in mistakes] == ["discounting.rate", "benefits.b.formula"]


def test_explain_leads_down_to_the_evidence(client: FlaskClient) -> None:
    trace = send(client, "explain", figure="benefits.arpu.year_1").get_json()
    assert trace["value"] == 104_167 * 4 * 12
    assert "Marketing director" in str(trace)


@pytest.mark.parametrize("amount", ["£5m", 5_000_000])
def test_solve_finds_the_value_that_gives_the_wanted_figure(
    client: FlaskClient, amount: str | int
) -> None:
    solution = send(
        client, "solve", assumption="subscribers", figure="benefits.arpu.year_1", amount=amount
    ).get_json()
    assert solution["value"] == pytest.approx(104_166.67, abs=0.01)
    assert solution["method"] == "exact"


@pytest.mark.parametrize(("format", "media_type"), [("xlsx", XLSX), ("docx", DOCX)])
def test_export_sends_a_file(client: FlaskClient, format: str, media_type: str) -> None:
    response = send(client, "export", format=format)
    assert (response.status_code, response.content_type) == (200, media_type)
    assert f"new-data-services.{format}" in response.headers["Content-Disposition"]


def problem(response: TestResponse, status: int) -> dict[str, Any]:
    assert (response.status_code, response.content_type) == (status, PROBLEM), response.text
    body: dict[str, Any] = response.get_json()
    assert list(body) == ["type", "title", "status", "detail", "errors"]
    assert body["status"] == status
    for each in body["errors"]:
        assert {"code", "severity", "place", "line", "cause", "remedy", "excerpt"} == set(each)
    return body


def test_every_mistake_of_a_case_is_told_at_once(client: FlaskClient) -> None:
    case = {**EXAMPLE_CASE, "title": 5, "currency": "XYZ", "colour": "red"}
    body = problem(client.post("/api/v1/calculate", json={"case": case}), 422)
    assert {each["place"] for each in body["errors"]} == {"title", "currency", "colour"}
    assert all(each["cause"] and each["remedy"] for each in body["errors"])


def test_a_formula_that_goes_wrong_is_shown_with_a_caret(client: FlaskClient) -> None:
    case = {**EXAMPLE_CASE, "benefits": [{"id": "b", "label": "B", "formula": "uplift *"}]}
    [mistake] = problem(client.post("/api/v1/calculate", json={"case": case}), 422)["errors"]
    assert mistake["place"] == "benefits.b.formula"
    assert "^" in mistake["excerpt"]


@pytest.mark.parametrize(
    ("verb", "extra", "said"),
    [
        ("explain", {"figure": "nvp"}, "Did you mean npv?"),
        ("calculate", {"scenario": "strech"}, "Did you mean stretch?"),
        ("solve", {"assumption": "uplif", "figure": "npv", "amount": 1}, "uplift"),
        ("solve", {"assumption": "uplift", "figure": "irr", "amount": "lots"}, "not a number"),
        ("export", {"format": "odt"}, "docx"),
        ("explain", {}, "figure"),
    ],
)
def test_a_request_that_cannot_be_served_says_why(
    client: FlaskClient, verb: str, extra: dict[str, Any], said: str
) -> None:
    assert said in str(problem(send(client, verb, **extra), 422))


def test_an_assumption_that_moves_nothing_gives_no_solution(client: FlaskClient) -> None:
    response = send(client, "solve", assumption="uplift", figure="total_investment", amount="£5m")
    assert "does not move" in problem(response, 422)["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"case": NaN}',
        b'{"case": 1e400}',
        b'{"case": {}, "case": {}}',
        b'{"case": "\\ud800"}',
        b'{"case": "\\u0000"}',
        b"\xff\xfe",
        b'{"case": ' + b"9" * 5000 + b"}",
        b"[" * 50_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    ],
)
def test_a_body_that_is_no_json_object_is_refused(client: FlaskClient, body: bytes) -> None:
    response = client.post("/api/v1/calculate", data=body, content_type="application/json")
    assert response.status_code in (400, 422), response.text
    problem(response, response.status_code)


def test_another_kind_of_content_is_refused(client: FlaskClient) -> None:
    response = client.post("/api/v1/calculate", data="a=b", content_type="text/plain")
    problem(response, 415)


def test_the_wrong_method_is_refused_with_the_right_one(client: FlaskClient) -> None:
    response = client.get("/api/v1/calculate")
    problem(response, 405)
    assert "POST" in response.headers["Allow"]


def test_a_body_of_five_megabytes_is_refused(client: FlaskClient) -> None:
    response = client.post(
        "/api/v1/calculate", data=b" " * 5_000_000, content_type="application/json"
    )
    assert "2 MB" in problem(response, 413)["detail"]


def description(client: FlaskClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/api/openapi.json").get_json()
    return document


def test_the_description_lists_every_verb_with_its_shapes(client: FlaskClient) -> None:
    document = description(client)
    assert document["openapi"] == "3.1.0"
    for verb in VERBS:
        operation = document["paths"][f"/api/v1/{verb}"]["post"]
        assert operation["summary"]
        assert "$ref" in operation["requestBody"]["content"]["application/json"]["schema"]
        assert "content" in operation["responses"]["200"]


def test_the_description_says_what_errors_look_like(client: FlaskClient) -> None:
    responses = description(client)["components"]["responses"]
    assert set(responses["UNPROCESSABLE_ENTITY"]["content"]) == {PROBLEM}


def test_every_reference_of_the_description_leads_somewhere(client: FlaskClient) -> None:
    document = description(client)

    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [each for value in node.values() for each in references(value)]
        return (
            [each for item in node for each in references(item)] if isinstance(node, list) else []
        )

    for reference in set(references(document)):
        here: Any = document
        for step in reference.removeprefix("#/").split("/"):
            here = here[step]


def test_the_examples_of_the_description_work_as_they_stand(client: FlaskClient) -> None:
    paths = description(client)["paths"]
    for path in (f"/api/v1/{verb}" for verb in VERBS):
        example = paths[path]["post"]["requestBody"]["content"]["application/json"]["example"]
        response = client.post(path, json=example)
        assert response.status_code == 200, (path, response.text)
