"""What goes wrong is told to people on a page and to programs as problem+json."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.operated import operated
from valuecalc.errors import (
    Busy,
    Conflict,
    Forbidden,
    Gone,
    NotFound,
    NotInstalled,
    PreconditionFailed,
    PreconditionRequired,
    Refusal,
    StoreUnavailable,
    TooMany,
    Unauthenticated,
)

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
            "/straw-men/new-data-services/export/new-data-services.odt",
            "no such format",
            "docx",
        ),
        ("/straw-men/new-data-services/export/other.xlsx", "Page not found", "list of value cases"),
        ("/calculate?example=new-data", "no such straw-man", "Did you mean new-data-services"),
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


def test_the_limit_is_that_of_the_settings(tmp_path: Path) -> None:
    client = operated(tmp_path, max_body_bytes=10_000).test_client()
    assert client.post("/calculate", data={"document": "x" * 20_000}).status_code == 413
    assert client.post("/calculate", data={"document": "x" * 5_000}).status_code == 422


def test_under_the_api_an_unknown_address_is_answered_in_json(client: FlaskClient) -> None:
    response = client.get("/api/v1/nothing")
    assert (response.status_code, response.content_type) == (404, JSON)
    assert response.get_json()["title"] == "Page not found"


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The application with addresses at which something goes wrong."""
    app = operated(tmp_path_factory.mktemp("failing"))

    def fail() -> str:
        raise RuntimeError("the password is swordfish")

    app.add_url_rule("/fails", view_func=fail)
    app.add_url_rule("/api/fails", endpoint="api_fails", view_func=fail)
    return app.test_client()


@pytest.mark.parametrize("path", ["/fails", "/api/fails"])
def test_an_unexpected_error_gives_nothing_away(path: str, failing: FlaskClient) -> None:
    response = failing.get(path)
    assert response.status_code == 500
    assert "Something went wrong here" in response.text
    assert "swordfish" not in response.text
    assert "Traceback" not in response.text
    assert (response.content_type == JSON) == path.startswith("/api/")


def test_an_unexpected_error_comes_with_a_number_for_the_operator(failing: FlaskClient) -> None:
    page = failing.get("/fails")
    assert f"tell the operator this number: {page.headers['X-Request-ID']}." in page.text
    answer = failing.get("/api/fails")
    assert answer.get_json()["request_id"] == answer.headers["X-Request-ID"]
    assert answer.headers["X-Request-ID"] in answer.get_json()["detail"]


REFUSALS = [
    (Unauthenticated("You are not signed in.", "Sign in."), 401, "You have to sign in"),
    (Forbidden("Only an owner may.", "Ask one."), 403, "You may not do this"),
    (NotFound("case"), 404, "This does not exist"),
    (Gone("The link has ended.", "Ask for another."), 410, "This is no longer here"),
    (Conflict("There is one already.", "Take it."), 409, "This does not fit what is stored"),
    (PreconditionFailed("Ada was faster.", "Compare."), 412, "It has changed in the meantime"),
    (PreconditionRequired("No version.", "Send If-Match."), 428, "The version has to be named"),
    (TooMany("Too often.", "Wait.", retry_after=17), 429, "That was too often"),
    (StoreUnavailable("No database."), 503, "The service cannot reach its data"),
    (Busy("Too many.", "Wait.", retry_after=10), 503, "This cannot be made just now"),
    (NotInstalled("No program.", "Install it."), 501, "This server cannot make it"),
]


Refusing = Callable[[Refusal], FlaskClient]


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Refusing:
    """Somebody who is refused what they ask for: `refusing(error)`."""
    app = operated(tmp_path_factory.mktemp("refusing"))
    errors: list[Refusal] = []

    def refuse() -> str:
        raise errors[-1]

    def refused(error: Refusal) -> FlaskClient:
        errors.append(error)
        return app.test_client()

    app.add_url_rule("/refuses", view_func=refuse, methods=["GET", "OPTIONS"])
    app.add_url_rule("/api/refuses", endpoint="api_refuses", view_func=refuse)
    return refused


@pytest.mark.parametrize(("error", "status", "title"), REFUSALS)
def test_a_refusal_is_told_to_programs_and_to_people(
    error: Refusal, status: int, title: str, refusing: Refusing
) -> None:
    client = refusing(error)
    answer = client.get("/api/refuses")
    assert (answer.status_code, answer.content_type) == (status, JSON)
    problem = answer.get_json()
    assert (problem["title"], problem["status"]) == (title, status)
    assert problem["detail"] == str(error)
    assert [(each["code"], each["cause"]) for each in problem["errors"]] == [
        (error.code, error.cause)
    ]
    # A page would lead those who have to sign in to where they can.
    page = client.get("/refuses") if status != 401 else client.options("/refuses")
    assert (page.status_code, page.mimetype) == (status, "text/html")
    for text in (title, error.cause, error.remedy):
        assert text in page.text


def test_every_refusal_there_is_has_an_answer_of_its_own() -> None:
    ours = {kind for kind in Refusal.__subclasses__() if kind.__module__ == Refusal.__module__}
    assert {type(error) for error, _, _ in REFUSALS} == ours


def test_a_special_case_of_a_refusal_is_answered_like_it(refusing: Refusing) -> None:
    class NotThisTime(Forbidden):
        pass

    assert refusing(NotThisTime("Not today.")).get("/refuses").status_code == 403


def test_only_programs_are_asked_for_a_token(refusing: Refusing) -> None:
    client = refusing(Unauthenticated("You are not signed in."))
    assert client.get("/api/refuses").headers["WWW-Authenticate"] == "Bearer"
    assert "WWW-Authenticate" not in client.options("/refuses").headers


@pytest.mark.parametrize("path", ["/refuses", "/api/refuses"])
def test_who_has_to_wait_is_told_for_how_long(path: str, refusing: Refusing) -> None:
    for error, seconds in (
        (TooMany("Too often.", retry_after=17), "17"),
        (StoreUnavailable("No database."), "2"),
    ):
        assert refusing(error).get(path).headers["Retry-After"] == seconds
    assert "Retry-After" not in refusing(Forbidden("No.")).get(path).headers


def test_text_of_an_error_is_escaped_on_a_page(refusing: Refusing) -> None:
    page = refusing(Forbidden("<script>alert(1)</script>")).get("/refuses")
    assert "<script>alert" not in page.text
