"""No other site makes a reader's browser change something here."""

from __future__ import annotations

import re
from pathlib import Path

import lxml.html
import pytest
from flask import Flask

from tests import cheap_passwords
from tests.web.conftest import served
from tests.web.people import Browser, new_owner, signed_in
from valuecalc.web.api.v1 import EXAMPLE_CASE
from valuecalc.web.csrf import STATELESS

EMAIL = "ann@example.com"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passwords.use(monkeypatch)


@pytest.fixture
def app(vacant_app: Flask) -> Flask:
    new_owner(vacant_app, EMAIL)
    return vacant_app


@pytest.fixture
def browser(app: Flask) -> Browser:
    return signed_in(app, EMAIL)


def changing(app: Flask) -> dict[str, tuple[str, str]]:
    """Every view that changes something, with a method and an address of it."""
    found = {}
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            address = re.sub(r"<(version|int):[^>]*>", "1", rule.rule)
            address = re.sub(r"<any\((\w+)[^>]*>", r"\1", address)
            found[f"{method} {rule.endpoint}"] = (method, re.sub(r"<[^>]*>", "x" * 16, address))
    return found


def test_nothing_is_changed_by_a_browser_that_does_not_show_the_secret(
    app: Flask, browser: Browser
) -> None:
    views = changing(app)
    assert len(views) > 25
    for view, (method, address) in views.items():
        if view.split()[1] in STATELESS:
            continue
        answer = browser.client.open(address, method=method)
        assert answer.status_code == 400, (view, answer.status_code)
        assert "secret" in answer.text or "Open the page again" in answer.text, view


def test_a_program_without_a_token_is_asked_for_one_first(app: Flask) -> None:
    client = app.test_client()
    for view, (method, address) in changing(app).items():
        if address.startswith("/api/") and view.split()[1] not in STATELESS:
            answer = client.open(address, method=method, json={})
            assert answer.status_code in (401, 422), (view, answer.status_code)


def test_what_keeps_nothing_needs_neither_account_nor_cookie(app: Flask) -> None:
    client = app.test_client(use_cookies=False)
    for verb, extra in (("calculate", {}), ("check", {}), ("explain", {"figure": "npv"})):
        answer = client.post(f"/api/v1/{verb}", json={"case": EXAMPLE_CASE, **extra})
        assert answer.status_code == 200, verb
    assert client.post("/theme", data={"theme": "dark"}).status_code == 303
    assert client.post("/calculate", data={"document": "x"}).status_code == 422


def test_the_list_of_what_keeps_nothing_names_views_that_exist(app: Flask) -> None:
    assert set(app.view_functions) >= STATELESS


def test_a_script_of_ours_shows_the_secret_of_the_page(browser: Browser) -> None:
    [token] = browser.get("/help").xpath('//meta[@name="csrf-token"]/@content')
    new = {"name": "South"}
    refused = browser.client.post("/api/v1/teams", json=new)
    assert refused.status_code == 400
    assert "X-CSRFToken" in refused.get_json()["detail"]
    made = browser.client.post("/api/v1/teams", json=new, headers={"X-CSRFToken": token})
    assert made.status_code == 201, made.text


def test_the_secret_of_somebody_else_is_worth_nothing(app: Flask, browser: Browser) -> None:
    new_owner(app, "eve@example.com", name="Eve")
    [token] = (
        signed_in(app, "eve@example.com").get("/help").xpath('//meta[@name="csrf-token"]/@content')
    )
    answer = browser.client.post(
        "/api/v1/teams", json={"name": "South"}, headers={"X-CSRFToken": token}
    )
    assert answer.status_code == 400


def test_a_form_that_was_open_before_signing_in_says_what_to_do(app: Flask) -> None:
    browser = Browser(app)
    page = browser.get("/sign-in")
    browser.sign_in(EMAIL)
    answer = browser.submit(page, "/sign-in", email=EMAIL, password="x")
    assert answer.status_code == 400
    assert "Open the page again and repeat" in answer.text


def test_a_page_for_strangers_without_a_form_of_theirs_sets_no_cookie(app: Flask) -> None:
    for path in ("/", "/help", "/calculate"):
        assert "Set-Cookie" not in app.test_client().get(path).headers


def test_over_https_the_page_before_has_to_be_ours(tmp_path: Path) -> None:
    browser = Browser(served(tmp_path / "s", https=True, sign_in_limit=""))
    page = browser.client.get("/sign-in", base_url="https://localhost")
    fields = dict(lxml.html.fromstring(page.text).forms[1].form_values())
    for referrer, status in (
        ("https://localhost/", 422),
        ("https://e.com/", 400),
        ("https://localhost.e.com/", 400),
        (None, 400),
    ):
        headers = {"Referer": referrer} if referrer else {}
        answer = browser.client.post(
            "/sign-in", data=fields, base_url="https://localhost", headers=headers
        )
        assert answer.status_code == status, referrer


def test_what_was_typed_after_the_session_ended_is_given_back(app: Flask, browser: Browser) -> None:
    page = browser.get("/teams")
    browser.send("/teams", "/sign-out")
    [form] = [each for each in page.forms if each.action == "/teams"]
    data = dict(form.form_values()) | {"name": "<b>South</b>", "password": "not to be seen"}
    answer = browser.client.post("/teams", data=data, headers={"Referer": "http://localhost/teams"})
    assert answer.status_code == 400
    assert "You are no longer signed in" in answer.text
    assert "name: &lt;b&gt;South&lt;/b&gt;" in answer.text
    assert "not to be seen" not in answer.text
    assert dict(form.form_values())["csrf_token"] not in answer.text
    assert 'href="/sign-in?next=/teams"' in answer.text


def test_a_form_of_another_site_is_not_sent_on_to_it(app: Flask) -> None:
    headers = {"Referer": "http://evil.example/teams"}
    answer = app.test_client().post("/teams", data={"name": "South"}, headers=headers)
    assert answer.status_code == 400
    assert "evil.example" not in answer.text
