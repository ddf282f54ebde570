"""The first start, signing in and out, and forgotten passwords, as a browser sees them."""

from __future__ import annotations

import re
from pathlib import Path

import lxml.html
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import cheap_passwords
from tests.cheap_passwords import GOOD, OTHER
from tests.web.conftest import served
from tests.web.people import Browser, new_owner, signed_in, store_of, texts
from valuecalc.services import accounts, attempts

KEY = "s" * 40


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passwords.use(monkeypatch)


@pytest.fixture
def app(vacant_app: Flask) -> Flask:
    return vacant_app


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


# --------------------------------------------------------------------------- the first start


def set_up(browser: Browser, **fields: str) -> TestResponse:
    given = {"name": "Ann Lee", "email": "ann@example.com", "password": GOOD, "team": "North"}
    address = f"/setup?key={accounts.set_up_key(KEY)}"
    return browser.send(address, "/setup", **{**given, **fields})


def test_the_first_account_is_made_by_whoever_has_the_key(browser: Browser) -> None:
    response = set_up(browser)
    assert response.status_code == 303
    assert "Ann Lee" in browser.client.get("/account").text


@pytest.mark.parametrize("query", ["", "?key=", "?key=0", "?key=%00", "?key=%D0%BA"])
def test_without_the_key_there_is_nothing(browser: Browser, query: str) -> None:
    assert browser.client.get(f"/setup{query}").status_code == 404


def test_after_the_first_account_the_page_is_gone(app: Flask, browser: Browser) -> None:
    page = browser.get(f"/setup?key={accounts.set_up_key(KEY)}")
    set_up(browser)
    late = Browser(app)
    assert late.client.get(f"/setup?key={accounts.set_up_key(KEY)}").status_code == 404
    fields = dict(page.forms[1].form_values())
    assert browser.client.post("/setup", data=fields).status_code in (400, 404)


def test_an_empty_field_is_told_in_the_words_of_the_form(browser: Browser) -> None:
    told = set_up(browser, email="", team=" ").text
    assert "The e-mail address is missing. Fill in this field." in told
    assert "The name of the team is missing. Fill in this field." in told
    assert "“email”" not in told


def test_mistakes_stand_beside_their_fields_and_nothing_but_the_password_is_lost(
    browser: Browser,
) -> None:
    response = set_up(browser, email="ann", password="password123")
    assert response.status_code == 422
    page = lxml.html.fromstring(response.text)
    for name in ("email", "password"):
        [field] = page.xpath(f'//input[@name="{name}"]')
        assert field.get("aria-invalid") == "true"
        [told] = page.xpath(f'//*[@id="{field.get("aria-describedby").split()[-1]}"]')
        assert "Write one such as" in told.text_content() or "Take a few" in told.text_content()
    assert page.xpath('string(//input[@name="name"]/@value)') == "Ann Lee"
    assert page.xpath('string(//input[@name="email"]/@value)') == "ann"
    assert page.xpath('string(//input[@name="password"]/@value)') == ""


def test_pages_behind_a_secret_address_are_told_to_nobody(browser: Browser) -> None:
    response = browser.client.get(f"/setup?key={accounts.set_up_key(KEY)}")
    assert response.headers["Referrer-Policy"] == "strict-origin"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert response.headers["Cache-Control"] == "no-store"


# --------------------------------------------------------------------------- signing in


def test_somebody_signs_in_and_out(app: Flask, browser: Browser) -> None:
    new_owner(app, "ann@example.com")
    assert browser.sign_in("ann@example.com").status_code == 303
    page = browser.get("/help")
    assert texts(page, '//*[@class="who-name"]') == ["Your account: Ann Lee"]
    response = browser.submit(page, "/sign-out")
    assert response.status_code == 303
    assert texts(browser.get("/help"), '//a[@class="who"]') == ["Sign in"]
    assert browser.client.get("/account").status_code == 303


def test_a_wrong_password_and_a_wrong_address_look_the_same(app: Flask, browser: Browser) -> None:
    new_owner(app, "ann@example.com")
    answers = {
        re.sub(r'value="[^"]*"', "", browser.sign_in(email, password).text)
        for email, password in (("ann@example.com", "wrong"), ("bob@example.com", GOOD))
    }
    assert len(answers) == 1
    assert "address or the password is not right" in answers.pop()


def test_the_address_is_kept_and_the_password_is_not(browser: Browser) -> None:
    response = browser.sign_in("ann@example.com", "my secret words")
    assert response.status_code == 422
    assert "ann@example.com" in response.text
    assert "my secret words" not in response.text


def test_after_ten_wrong_passwords_there_is_a_wait(app: Flask, browser: Browser) -> None:
    new_owner(app, "ann@example.com")
    for _ in range(attempts.MOST):
        assert browser.sign_in("ann@example.com", "wrong").status_code == 422
    response = browser.sign_in("ann@example.com")
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 900
    assert "Wait 15 minutes" in response.text


def test_attempts_from_one_address_are_limited_too(tmp_path: Path) -> None:
    browser = Browser(served(tmp_path, sign_in_limit="3/hour"))
    statuses = [browser.sign_in(f"a{number}@b.c").status_code for number in range(4)]
    assert statuses == [422, 422, 422, 429]


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/help?x=1", "/help?x=1"),
        ("https://e.com", "/home"),
        ("//e.com", "/home"),
        ("/\\e.com", "/home"),
        ("/\t/e.com", "/home"),
        ("/help\r\nSet-Cookie: a=b", "/home"),
        ("javascript:alert(1)", "/home"),
        ("/sign-in?next=/sign-in", "/home"),
        ("", "/home"),
    ],
)
def test_one_gets_to_where_one_wanted_to_be_and_never_elsewhere(
    app: Flask, browser: Browser, wanted: str, reached: str
) -> None:
    new_owner(app, "ann@example.com")
    response = browser.sign_in("ann@example.com", next=wanted)
    assert response.headers["Location"] == reached


def test_a_page_for_members_sends_to_the_sign_in_page_and_back(
    app: Flask, browser: Browser
) -> None:
    new_owner(app, "ann@example.com")
    response = browser.client.get("/account?saved=name")
    assert response.status_code == 303
    page = browser.get(response.headers["Location"])
    back = browser.submit(page, "/sign-in", email="ann@example.com", password=GOOD)
    assert back.headers["Location"] == "/account?saved=name"


def test_who_is_signed_in_needs_no_form(app: Flask) -> None:
    new_owner(app, "ann@example.com")
    browser = signed_in(app, "ann@example.com")
    assert browser.client.get("/sign-in?next=/help").headers["Location"] == "/help"


# --------------------------------------------------------------------------- forgotten


def test_a_reset_link_leads_to_a_new_password(app: Flask, browser: Browser) -> None:
    new_owner(app, "ann@example.com")
    key = accounts.reset_key(store_of(app), KEY, "ann@example.com")
    assert browser.send(f"/reset?key={key}", "/reset", password="short").status_code == 422
    assert browser.send(f"/reset?key={key}", "/reset", password=OTHER).status_code == 303
    assert "Ann Lee" in browser.client.get("/account").text
    assert Browser(app).sign_in("ann@example.com", OTHER).status_code == 303
    assert Browser(app).client.get(f"/reset?key={key}").status_code == 410


def test_a_made_up_reset_link_is_gone(browser: Browser) -> None:
    for key in ("", "%00", "a.b.c.d"):
        assert browser.client.get(f"/reset?key={key}").status_code == 410
