"""The description of the API: it says what is there, and its examples are true."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.web.api import record_examples
from tests.web.api.conftest import Document, Program
from tests.web.api.record_examples import QUESTIONS
from tests.web.conftest import served
from valuecalc.web.api.examples import FILE
from valuecalc.web.api.v1 import EXAMPLE_CASE

METHODS = ("get", "put", "post", "patch", "delete")
# Requests that name a case which is in no other database.
NEED_A_CASE = {("post", "/api/v1/references")}


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Document:
    with warnings.catch_warnings():
        # Two shapes of one name would be told apart by a number.
        warnings.simplefilter("error", UserWarning)
        client = served(tmp_path_factory.mktemp("described")).test_client()
        found: Document = client.get("/api/openapi.json").get_json()
    return found


def operations(description: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in description["paths"].items():
        for method in METHODS:
            if method in item:
                yield method, path, item[method]


def resolved(description: Document, node: Document) -> Document:
    while "$ref" in node:
        here: Any = description
        for step in node["$ref"].removeprefix("#/").split("/"):
            here = here[step]
        node = here
    return node


def contents(description: Document) -> Iterator[tuple[str, Document]]:
    """The contents of every request and answer, with where they stand."""
    for method, path, operation in operations(description):
        place = f"{method} {path}"
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{place} {kind}", content
        for status, response in operation["responses"].items():
            for kind, content in resolved(description, response).get("content", {}).items():
                yield f"{place} {status} {kind}", content


def is_ours(place: str) -> bool:
    """Whether a place belongs to the parts that these tests look after."""
    parts = ("cases", "references", "extrapolate", "exchange", "calculate", "check", "explain")
    parts += (*QUESTIONS, "portfolios", "jobs", "tags")
    return place.split()[1].removeprefix("/api/v1/").split("/")[0] in parts and (
        "/shares" not in place and "/proposals" not in place
    )


def test_it_is_written_when_it_is_asked_for_first_and_then_stays_the_same(tmp_path: Path) -> None:
    app = served(tmp_path)
    written = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec
    assert written.to_dict()["paths"] == {}
    first, second = (app.test_client().get("/api/openapi.json") for _ in range(2))
    assert written.to_dict()["paths"].keys() == first.get_json()["paths"].keys() != set()
    assert (second.data, second.mimetype) == (first.data, "application/json")


def test_every_request_and_answer_has_an_example_that_fits_its_shape(
    description: Document,
) -> None:
    missing, wrong = [], []
    for place, content in contents(description):
        if "problem+json" in place or not is_ours(place) or "json" not in place:
            continue
        if "example" not in content:
            missing.append(place)
            continue
        schema = {**content["schema"], "components": description["components"]}
        validator = jsonschema_rs.validator_for(schema)
        wrong += [f"{place}: {each}" for each in validator.iter_errors(content["example"])]
    assert not missing, "\n".join(missing)
    assert not wrong, "\n".join(map(str, wrong[:10]))


def test_every_way_to_be_refused_is_described(description: Document) -> None:
    for method, path, operation in operations(description):
        if not is_ours(f"{method} {path}"):
            continue
        found = set(operation["responses"])
        assert {"422", "429"} <= found, (method, path)
        if "security" in operation:
            assert {"401", "403", "404", "503"} <= found, (method, path)
        if "requestBody" in operation:
            assert {"400", "413", "415"} <= found, (method, path)


def test_every_operation_has_a_summary_and_says_who_may_ask(description: Document) -> None:
    assert set(description["components"]["securitySchemes"]) == {"bearer", "cookie"}
    for method, path, operation in operations(description):
        assert operation["summary"], (method, path)
        assert operation["tags"], (method, path)
    verbs = ("calculate", "check", "explain", "solve", "export", "extrapolate", *QUESTIONS)
    for open_to_all in verbs:
        assert "security" not in description["paths"][f"/api/v1/{open_to_all}"]["post"]
    assert "security" in description["paths"]["/api/v1/cases"]["get"]


def test_parts_of_addresses_have_a_pattern_or_bounds(description: Document) -> None:
    for path, item in description["paths"].items():
        if not is_ours(f"get {path}"):
            continue
        for method in METHODS:
            for each in [*item.get("parameters", []), *item.get(method, {}).get("parameters", [])]:
                schema = resolved(description, each)["schema"]
                if resolved(description, each)["in"] == "path":
                    assert "pattern" in schema or "minimum" in schema, (path, each)


def test_the_examples_of_requests_are_answered_as_described(
    description: Document, editor: Program
) -> None:
    editor.keep()  # for the portfolio
    for method, path, operation in operations(description):
        place = f"{method} {path}"
        if "{" in path or "requestBody" not in operation or not is_ours(place):
            continue
        if (method, path) in NEED_A_CASE:
            continue
        [content] = operation["requestBody"]["content"].values()
        answer = editor(method.upper(), path.removeprefix("/api/v1"), json=content["example"])
        assert str(answer.status_code) in operation["responses"], (place, answer.text)
        assert answer.status_code in (200, 201, 202), (place, answer.text)


def test_answers_to_requests_fit_their_description(description: Document, editor: Program) -> None:
    users = {"id": "users", "label": "Users", "value": 9, "low": 8, "high": 10, "unit": "user"}
    kept = editor.keep(assumptions=[*EXAMPLE_CASE["assumptions"], users])
    editor.save(kept, title="Changed")
    editor("POST", f"/cases/{kept['id']}/comments", json={"text": "x"})
    editor("POST", f"/cases/{kept['id']}/versions/1/freeze", json={"name": "Offer"})
    for method, path, operation in operations(description):
        if method != "get" or not is_ours(f"{method} {path}"):
            continue
        address = path.replace("{case_id}", kept["id"]).replace("{number}", "1")
        address = address.replace("{reference_id}", "contact-centre").removeprefix("/api/v1")
        query = {
            "diff": "?from=1&to=2",
            "explain": "?figure=npv",
            "export": "?format=xlsx",
            "bridge": "?from=case&to=scenario:stretch",
            "two-way": "?first=uplift&second=users",
        }
        if "{" in address:
            continue
        answer = editor("GET", address + query.get(path.rpartition("/")[2], ""))
        assert answer.status_code == 200, (path, answer.text)
        if answer.mimetype != "application/json":
            continue
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        validator = jsonschema_rs.validator_for({**schema, "components": description["components"]})
        found = [
            f"{each.instance_path}: {each}"[:300]
            for each in validator.iter_errors(json.loads(answer.text))
        ]
        assert not found, (path, found[:5])


def test_the_examples_are_those_that_the_service_gives_today() -> None:
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    # To write them anew: python -m tests.web.api.record_examples
    assert kept == record_examples.examples()
