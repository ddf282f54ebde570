"""What goes wrong is told to people on a page and to programs as problem+json."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from valuecalc.config import Settings
from valuecalc.web.app import create_app

JSON = "application/problem+json"


@pytest.mark.parametrize(
    ("path", "title", "remedy"),
    [
        ("/nowhere", "Page not found", "Start from the list of value cases."),
        ("/straw-men/new-data-service", "no such straw-man", "Did you mean new-data-services"),
        (
            "/straw-men/new-data-services?scenario=strech",
            "no such scenario",
            "Did you mean stretch",
        ),
        (
            "/straw-men/new-data-services/explain/total_benefit",
            "no such figure",
            "Did you mean total_benefits",
        ),
        (
            "/straw-men/new-data-services/export/new-data-services.pdf",
            "no such format",
            "docx",
        ),
        ("/straw-men/new-data-services/export/other.xlsx", "Page not found", "list of value cases"),
        ("/calculate?example=nothing", "no such straw-man", "new-data-services"),
    ],
)
def test_an_address_that_leads_nowhere_says_so_and_what_to_do(
    client: FlaskClient, path: str, title: str, remedy: str
) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert title in response.text
    assert remedy in response.text
    assert '<nav class="site-links"' in response.text


def test_a_name_in_the_address_is_escaped(client: FlaskClient) -> None:
    page = client.get("/straw-men/<script>alert(1)<%2Fscript>").text
    assert "<script>alert" not in page


def test_the_wrong_method_names_the_right_one(client: FlaskClient) -> None:
    response = client.delete("/calculate")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert "Start from the list" in response.text


@pytest.mark.parametrize(
    "path", ["/calculate", "/calculate/explain/npv", "/api/v1/calculate", "/theme"]
)
def test_five_megabytes_are_refused_before_they_are_read(client: FlaskClient, path: str) -> None:
    response = client.post(path, data=b"x" * 5_000_000, content_type="application/json")
    assert response.status_code == 413


def test_a_form_that_is_too_large_gets_a_page_with_the_limit(client: FlaskClient) -> None:
    response = client.post("/calculate", data={"document": "x" * 5_000_000})
    assert response.status_code == 413
    assert "A request may be 2 MB large." in response.text


def test_the_limit_is_that_of_the_settings() -> None:
    client = create_app(Settings(max_body_bytes=10_000)).test_client()
    assert client.post("/calculate", data={"document": "x" * 20_000}).status_code == 413
    assert client.post("/calculate", data={"document": "x" * 5_000}).status_code == 422


def test_under_the_api_an_unknown_address_is_answered_in_json(client: FlaskClient) -> None:
    response = client.get("/api/v1/nothing")
    assert (response.status_code, response.content_type) == (404, JSON)
    assert response.get_json()["title"] == "Page not found"


def failing_app() -> Flask:
    app = create_app(Settings())

    def fail() -> str:
        raise RuntimeError("the password is swordfish")

    app.add_url_rule("/fails", view_func=fail)
    app.add_url_rule("/api/fails", endpoint="api_fails", view_func=fail)
    return app


@pytest.mark.parametrize("path", ["/fails", "/api/fails"])
def test_an_unexpected_error_gives_nothing_away(path: str) -> None:
    response = failing_app().test_client().get(path)
    assert response.status_code == 500
    assert "Something went wrong here" in response.text
    assert "swordfish" not in response.text
    assert "Traceback" not in response.text
    assert (response.content_type == JSON) == path.startswith("/api/")
