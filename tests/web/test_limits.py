"""How much and how often one may ask, and what those are told who ask more."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.operated import lent, lines, operated, sign_in
from valuecalc.config import Settings
from valuecalc.errors import TooMany
from valuecalc.services import operation
from valuecalc.services.access import Actor
from valuecalc.store.tables import User
from valuecalc.web import identity, limits

PROBLEM = "application/problem+json"
LARGEST = 10_000


def from_address(address: str) -> dict[str, Any]:
    return {"environ_base": {"REMOTE_ADDR": address}}


def answers(client: FlaskClient, count: int, path: str = "/help", **options: Any) -> list[int]:
    return [client.get(path, **options).status_code for _ in range(count)]


# ------------------------------------------------------------------------------ rates


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return operated(tmp_path_factory.mktemp("limits"), rate_limit="5/hour")


@pytest.fixture
def app(shared_app: Flask) -> Iterator[Flask]:
    with lent(shared_app) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_an_address_may_ask_as_often_as_is_set_and_no_more(client: FlaskClient) -> None:
    assert answers(client, 7) == [200] * 5 + [429] * 2


def test_requests_to_different_pages_count_together(client: FlaskClient) -> None:
    assert answers(client, 3, "/help") + answers(client, 3, "/") == [200] * 5 + [429]


def test_another_address_has_a_count_of_its_own(client: FlaskClient) -> None:
    answers(client, 6, **from_address("192.0.2.1"))
    assert answers(client, 1, **from_address("192.0.2.2")) == [200]


def test_all_addresses_of_one_ipv6_connection_count_together(client: FlaskClient) -> None:
    for number in range(5):
        answers(client, 1, **from_address(f"2001:db8:1:1::{number}"))
    assert answers(client, 1, **from_address("2001:db8:1:1:ffff::1")) == [429]
    assert answers(client, 1, **from_address("2001:db8:1:2::1")) == [200]


def test_an_account_is_counted_wherever_it_asks_from(app: Flask) -> None:
    sign_in(app, "ada1")
    client = app.test_client()
    for number in range(5):
        assert answers(client, 1, **from_address(f"192.0.2.{number}")) == [200]
    assert answers(client, 1, **from_address("192.0.2.99")) == [429]


def test_two_accounts_at_one_address_are_counted_apart(app: Flask) -> None:
    client = app.test_client()
    sign_in(app, "ada1")
    answers(client, 6)
    sign_in(app, "bob1")
    assert answers(client, 1) == [200]


def test_a_wrong_token_is_refused_and_gives_nobody_a_count_of_their_own(tmp_path: Path) -> None:
    app = operated(tmp_path, rate_limit="5/hour")
    operation.prepare(Settings(data_dir=tmp_path))
    client = app.test_client()
    found = [
        client.get("/api/v1/cases", headers={"Authorization": f"Bearer vc_{number}.x"})
        for number in range(6)
    ]
    assert [each.status_code for each in found] == [401] * 5 + [429]


def test_a_wrong_token_is_refused_also_where_a_stranger_would_be_served(tmp_path: Path) -> None:
    app = operated(tmp_path)
    operation.prepare(Settings(data_dir=tmp_path))
    client = app.test_client()
    assert client.post("/api/v1/check", json={"case": {}}).status_code == 200
    wrong = {"Authorization": "Bearer vc_1.x"}
    assert client.post("/api/v1/check", json={"case": {}}, headers=wrong).status_code == 401


def test_who_asks_is_found_out_before_the_request_is_counted(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = Actor(user=User(id=1, uid="ada1", name="Ada", email="ada@example.com"))
    monkeypatch.setattr(identity, "_found", lambda: ada)
    answers(client, 5, **from_address("192.0.2.1"))
    assert answers(client, 1, **from_address("192.0.2.2")) == [429]


def test_those_who_watch_and_what_serves_pages_is_not_counted(client: FlaskClient) -> None:
    version = client.application.config["STATIC_VERSION"]
    for path in ("/healthz", "/metrics", f"/static/{version}/css/page.css"):
        assert answers(client, 8, path) == [200] * 8
    assert answers(client, 1) == [200]


def test_a_calculation_costs_a_stranger_more(tmp_path: Path) -> None:
    client = operated(tmp_path, rate_limit="7/hour").test_client()
    found = [client.post("/api/v1/check", json={"case": {}}).status_code for _ in range(3)]
    assert limits.COST_FOR_STRANGERS == 3
    assert found == [200, 200, 429]


def test_a_calculation_costs_an_account_no_more_than_anything_else(tmp_path: Path) -> None:
    app = operated(tmp_path, rate_limit="4/hour")
    sign_in(app, "ada1")
    client = app.test_client()
    found = [client.post("/api/v1/check", json={"case": {}}).status_code for _ in range(5)]
    assert found == [200] * 4 + [429]


CERTAINTY = "/straw-men/council-services/certainty"


@pytest.mark.parametrize(
    ("path", "cost"),
    [
        ("/help", 1),
        ("/help?draws=131072", 1),
        (CERTAINTY, 3),
        ("/straw-men/council-services/sensitivity", 3),
        (f"{CERTAINTY}?draws=1024&seed=2", 3),
        (f"{CERTAINTY}?draws=16384&seed=2", 3),
        (f"{CERTAINTY}?draws=16,385", 6),
        (f"{CERTAINTY}?draws=131072", 24),
        (f"{CERTAINTY}?seed=2", 24),
        (f"{CERTAINTY}?method=plain", 24),
        (f"{CERTAINTY}?draws=131073", 3),
        (f"{CERTAINTY}?draws=-5", 3),
        (f"{CERTAINTY}?draws=many", 3),
        (f"{CERTAINTY}?draws={'9' * 400}", 3),
        ("/s/nobody/certainty?draws=131072", 24),
    ],
)
def test_pages_that_draw_count_for_what_they_take(app: Flask, path: str, cost: int) -> None:
    with app.test_request_context(path):
        assert limits.cost() == cost


def test_many_draws_count_for_accounts_too(app: Flask) -> None:
    sign_in(app, "ada1")
    client = app.test_client()
    found = [client.get(f"{CERTAINTY}?draws=20,000&seed=1").status_code for _ in range(3)]
    assert found == [200, 200, 429]


def test_programs_are_told_how_much_is_left(client: FlaskClient) -> None:
    left = []
    for _ in range(3):
        headers = client.get("/api/openapi.json").headers
        assert headers["RateLimit-Limit"] == "5"
        assert 0 < int(headers["RateLimit-Reset"]) <= 3600
        left.append(headers["RateLimit-Remaining"])
    assert left == ["4", "3", "2"]


def test_a_program_that_asks_too_often_is_told_when_to_come_back(client: FlaskClient) -> None:
    answers(client, 5)
    response = client.get("/api/openapi.json")
    assert (response.status_code, response.content_type) == (429, PROBLEM)
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert response.headers["RateLimit-Remaining"] == "0"
    problem = response.get_json()
    assert problem["title"] == "That was too often"
    assert "Your address has sent too many requests. Wait " in problem["detail"]
    assert problem["errors"][0]["code"] == "too_many"


def test_a_person_who_asks_too_often_gets_a_page(client: FlaskClient) -> None:
    answers(client, 5)
    response = client.get("/help")
    assert response.mimetype == "text/html"
    assert "That was too often" in response.text
    assert int(response.headers["Retry-After"]) > 0


def test_limits_can_be_switched_off(tmp_path: Path) -> None:
    client = operated(tmp_path, rate_limit="").test_client()
    assert answers(client, 30) == [200] * 30
    assert "RateLimit-Limit" not in client.get("/api/openapi.json").headers


def test_by_default_nobody_who_works_with_pages_is_hindered(tmp_path: Path) -> None:
    client = operated(tmp_path).test_client()
    assert answers(client, 100) == [200] * 100


def test_when_the_counter_cannot_be_reached_the_service_goes_on_and_counts_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = "redis://:hunter2@127.0.0.1:1/0"
    app = operated(tmp_path, rate_limit="3/hour", rate_limit_storage=nobody)
    assert answers(app.test_client(), 4) == [200] * 3 + [429]
    with app.test_request_context("/"):
        limits.sign_in()
    said = lines(capsys)
    assert any("unreachable" in line["event"] for line in said)
    assert "hunter2" not in str(said)


def test_an_application_keeps_its_limiter_alive(client: FlaskClient) -> None:
    import gc

    gc.collect()
    assert answers(client, 6)[-1] == 429


# ---------------------------------------------------------------------------- sign-in


def attempts(app: Flask, count: int, address: str = "192.0.2.7") -> list[TooMany | None]:
    found: list[TooMany | None] = []
    for _ in range(count):
        with app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
            try:
                found.append(limits.sign_in())
            except TooMany as error:
                found.append(error)
    return found


def test_an_address_may_try_to_sign_in_ten_times_a_minute(tmp_path: Path) -> None:
    app = operated(tmp_path)
    *good, bad = attempts(app, 11)
    assert good == [None] * 10
    assert isinstance(bad, TooMany)
    assert 0 < (bad.retry_after or 0) <= 60
    assert "Wait" in bad.remedy
    assert attempts(app, 1, "192.0.2.8") == [None]


def test_the_number_of_attempts_can_be_set_and_switched_off(tmp_path: Path) -> None:
    strict = operated(tmp_path, sign_in_limit="1/hour")
    assert isinstance(attempts(strict, 2)[1], TooMany)
    assert "minutes" in str(attempts(strict, 1)[0])
    assert attempts(operated(tmp_path, sign_in_limit=""), 30) == [None] * 30


def test_attempts_are_counted_apart_from_requests(tmp_path: Path) -> None:
    app = operated(tmp_path, rate_limit="2/hour", sign_in_limit="3/hour")
    answers(app.test_client(), 3)
    assert attempts(app, 3, "127.0.0.1") == [None] * 3


# ------------------------------------------------------------------------------ sizes


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The application, with an address that tells what has arrived there."""
    app = operated(tmp_path_factory.mktemp("narrow"), max_body_bytes=LARGEST)

    def tell() -> dict[str, Any]:
        from flask import request

        return {"length": len(request.get_data()), "declared": request.content_length}

    # A body may come with any method, and only reading asks for no secret of a form.
    app.add_url_rule("/tell", view_func=tell, methods=["GET", "POST"])
    return app.test_client(use_cookies=False)


def chunked(client: FlaskClient, path: str, body: io.BufferedIOBase, **options: Any) -> Any:
    """Sends a body without its length, as a server hands it on that has put it together."""
    environ = {
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
    }
    return client.open(path, environ_overrides=environ, **{"method": "POST", **options})


class Endless(io.BufferedIOBase):
    """A body without end, that knows how much of it was read."""

    def __init__(self) -> None:
        self.taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            raise AssertionError("all of it was asked for")
        self.taken += size
        return b"x" * size


@pytest.mark.parametrize("path", ["/tell", "/calculate", "/api/v1/check", "/theme", "/nowhere"])
def test_a_body_that_says_it_is_too_large_is_not_read(narrow: FlaskClient, path: str) -> None:
    body = Endless()
    environ = {"wsgi.input": body, "CONTENT_LENGTH": str(LARGEST + 1)}
    response = narrow.post(path, environ_overrides=environ)
    assert response.status_code == 413
    assert not body.taken
    assert (response.content_type == PROBLEM) == path.startswith("/api/")


@pytest.mark.parametrize("path", ["/tell", "/calculate", "/api/v1/check", "/theme", "/nowhere"])
def test_a_body_without_a_length_is_read_to_the_limit_and_then_refused(
    narrow: FlaskClient, path: str
) -> None:
    body = Endless()
    assert chunked(narrow, path, body).status_code == 413
    assert body.taken == LARGEST + 1


@pytest.mark.parametrize("size", [0, 1, LARGEST])
def test_a_body_without_a_length_that_fits_is_taken_whole(narrow: FlaskClient, size: int) -> None:
    response = chunked(narrow, "/tell", io.BytesIO(b"x" * size), method="GET")
    assert response.get_json() == {"length": size, "declared": size}


def test_a_form_in_chunks_is_read_like_any_other(narrow: FlaskClient) -> None:
    form = "application/x-www-form-urlencoded"
    response = chunked(narrow, "/theme", io.BytesIO(b"theme=dark"), content_type=form)
    assert "theme=dark" in response.headers["Set-Cookie"]


def test_a_body_whose_chunks_make_no_sense_is_the_sender_s_mistake(narrow: FlaskClient) -> None:
    class Broken(io.BufferedIOBase):
        def read(self, size: int | None = -1, /) -> bytes:
            raise RuntimeError("invalid chunk size")

    response = chunked(narrow, "/tell", Broken())
    assert response.status_code == 400
    assert "broke off" in response.text
