"""One line for each request, a number that leads to it, and no secret in any line."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, abort

from tests.web.operated import lent, lines, operated, sign_in
from valuecalc import log_lines
from valuecalc.config import Settings

Capture = pytest.CaptureFixture[str]
TOKEN = "kJ8sT0ken-of-a-link"


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = operated(tmp_path_factory.mktemp("logs"))

    def fail() -> str:
        raise RuntimeError(f"went wrong at /s/{TOKEN}/page?key={TOKEN}")

    app.add_url_rule("/fails", view_func=fail)
    app.add_url_rule("/s/<token>", endpoint="shared", view_func=lambda token: "shown")
    app.add_url_rule("/invitations/<token>", endpoint="invited", view_func=lambda token: abort(410))
    app.add_url_rule("/in", endpoint="in", view_func=lambda: "in", methods=["POST"])
    return app


@pytest.fixture
def app(shared_app: Flask) -> Iterator[Flask]:
    # An application that was made since then has set how everything is logged.
    log_lines.configure(Settings(log_format="json"))
    with lent(shared_app) as app:
        yield app


def test_a_request_is_one_line_with_what_an_operator_asks_for(app: Flask, capsys: Capture) -> None:
    app.test_client().get("/help", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    [line] = lines(capsys)
    assert line["event"] == "request"
    assert (line["method"], line["route"], line["status"]) == ("GET", "/help", 200)
    assert line["address"] == "192.0.2.7"
    assert 0 < line["ms"] < 10_000
    assert re.fullmatch(r"[0-9a-f]{16}", line["request_id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", line["timestamp"])
    assert "actor" not in line


def test_the_line_names_the_account_that_asked(app: Flask, capsys: Capture) -> None:
    sign_in(app, "ada1")
    app.test_client().get("/help")
    assert lines(capsys)[-1]["actor"] == "ada1"


@pytest.mark.parametrize("given", ["abcd-1234_5678.x", "A" * 64])
def test_a_sound_number_of_a_request_is_kept(given: str, app: Flask, capsys: Capture) -> None:
    response = app.test_client().get("/help", headers={"X-Request-ID": given})
    assert response.headers["X-Request-ID"] == given
    assert lines(capsys)[-1]["request_id"] == given


@pytest.mark.parametrize("given", ["short", "A" * 65, "a b c d e f g h", "<script>x</script>", ""])
def test_any_other_number_is_replaced(given: str, app: Flask, capsys: Capture) -> None:
    response = app.test_client().get("/help", headers={"X-Request-ID": given})
    number = response.headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{16}", number)
    assert lines(capsys)[-1]["request_id"] == number


def test_every_request_has_a_number_of_its_own(app: Flask) -> None:
    client = app.test_client()
    assert len({client.get("/healthz").headers["X-Request-ID"] for _ in range(20)}) == 20


def test_an_unexpected_error_is_logged_with_its_traceback_and_number(
    app: Flask, capsys: Capture
) -> None:
    response = app.test_client().get("/fails")
    error, request = lines(capsys)
    assert error["level"] == "error"
    assert "RuntimeError: went wrong" in error["exception"]
    assert "test_logs.py" in error["exception"]
    assert error["request_id"] == request["request_id"] == response.headers["X-Request-ID"]
    assert request["status"] == 500
    assert request["level"] == "error"


@pytest.mark.parametrize(
    "path",
    [
        f"/s/{TOKEN}",
        f"/s/{TOKEN}/no/such/page",
        f"/s/{TOKEN}?page={TOKEN}",
        f"/invitations/{TOKEN}",
        f"/invitation/{TOKEN}",
        f"/help?token={TOKEN}",
        f"/{TOKEN}",
        "/fails",
    ],
)
def test_no_secret_of_an_address_gets_into_the_log(path: str, app: Flask, capsys: Capture) -> None:
    app.test_client().get(path)
    text = capsys.readouterr().err
    assert '"request"' in text
    assert TOKEN not in text


def test_neither_body_nor_cookie_nor_token_gets_into_the_log(app: Flask, capsys: Capture) -> None:
    client = app.test_client()
    client.set_cookie("session", TOKEN)
    headers = {"Authorization": f"Bearer vc_1.{TOKEN}", "User-Agent": TOKEN, "Referer": TOKEN}
    client.post("/in", data={"password": TOKEN}, headers=headers)
    client.post("/api/v1/calculate", json={"case": TOKEN}, headers={"X-Other": TOKEN})
    text = capsys.readouterr().err
    assert text.count('"request"') == 2
    assert TOKEN not in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Invalid HTTP request line: 'GET /s/{TOKEN} HTTP/9'", "line: 'GET /s/… HTTP/9'"),
        (f"Error handling request GET /help?next={TOKEN}", "GET /help?…"),
        (f"token vc_ab12.{TOKEN} refused", "token vc_… refused"),
        (f"cannot reach postgresql://vc:{TOKEN}@db/vc", "postgresql://…@db/vc"),
        ("Did you mean npv? Or value?", "Did you mean npv? Or value?"),
    ],
)
def test_secrets_in_the_lines_of_libraries_are_blanked(
    text: str, shown: str, app: Flask, capsys: Capture
) -> None:
    logging.getLogger("gunicorn.error").warning("%s", text)
    [line] = lines(capsys)
    assert line["event"].endswith(shown)
    assert line["logger"] == "gunicorn.error"


def test_a_line_break_cannot_forge_a_line(app: Flask, capsys: Capture) -> None:
    logging.getLogger("somebody").warning("one\n{two}")
    assert [line["event"] for line in lines(capsys)] == ["one\n{two}"]


def test_probes_and_styles_are_no_news_unless_they_fail(tmp_path: Path, capsys: Capture) -> None:
    client = operated(tmp_path).test_client()
    client.get("/healthz")
    client.get("/static/x/css/page.css")
    assert not capsys.readouterr().err
    # Nothing has made the tables.
    assert client.get("/readyz").status_code == 503
    assert lines(capsys)[-1]["route"] == "/readyz"


def test_on_debug_they_are_logged_too(tmp_path: Path, capsys: Capture) -> None:
    operated(tmp_path, log_level="debug").test_client().get("/healthz")
    assert lines(capsys)[-1]["route"] == "/healthz"


def test_on_warning_a_request_that_went_well_is_not_logged(tmp_path: Path, capsys: Capture) -> None:
    operated(tmp_path, log_level="warning").test_client().get("/help")
    assert not capsys.readouterr().err


def test_text_is_for_people(tmp_path: Path, capsys: Capture) -> None:
    operated(tmp_path, log_format="text").test_client().get("/help")
    text = capsys.readouterr().err
    assert re.search(r"^\S+Z \[info +\] request .*method=GET .*route=/help .*status=200", text)


@pytest.mark.parametrize(("is_terminal", "first"), [(True, "2"), (False, "{")])
def test_without_a_format_set_a_terminal_gets_text_and_everything_else_json(
    is_terminal: bool, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_terminal, raising=False)
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "hello", (), None)
    text = re.sub(r"\x1b\[\d*m", "", log_lines.formatter(Settings()).format(record))
    assert text.startswith(first)


def test_configuring_twice_does_not_write_lines_twice(app: Flask, capsys: Capture) -> None:
    log_lines.configure(Settings(log_format="json"))
    log_lines.configure(Settings(log_format="json"))
    app.test_client().get("/help")
    assert len(lines(capsys)) == 1


def test_what_one_request_says_is_not_said_in_the_next(app: Flask, capsys: Capture) -> None:
    client = app.test_client()
    numbers: list[Any] = [client.get("/help").headers["X-Request-ID"] for _ in range(2)]
    assert [line["request_id"] for line in lines(capsys)] == numbers


def test_what_is_said_after_a_request_is_not_said_under_its_number(
    app: Flask, capsys: Capture
) -> None:
    app.test_client().get("/help")
    logging.getLogger("gunicorn.error").info("Worker exiting")
    assert "request_id" not in lines(capsys)[-1]
