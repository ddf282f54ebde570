"""Sessions and tokens: what they prove, and for how long."""

from __future__ import annotations

import time
from pathlib import Path

import lxml.html
import pytest
from flask import Flask

from tests import cheap_passwords
from tests.cheap_passwords import GOOD, OTHER
from tests.team_members import new_token
from tests.web.conftest import served
from tests.web.people import Browser, new_owner, signed_in, store_of
from valuecalc.services import accounts, identity
from valuecalc.services.access import Actor
from valuecalc.store import people
from valuecalc.store.tables import User
from valuecalc.web import identity as web_identity

EMAIL = "ann@example.com"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passwords.use(monkeypatch)


@pytest.fixture
def app(vacant_app: Flask) -> Flask:
    return vacant_app


@pytest.fixture
def user(app: Flask) -> User:
    return new_owner(app, EMAIL)


@pytest.fixture
def browser(app: Flask, user: User) -> Browser:
    return signed_in(app, EMAIL)


def acting(app: Flask, user: User) -> Actor:
    return identity.actor_of_session(store_of(app), identity.session_mark(user))


def token_of(app: Flask, user: User) -> str:
    actor = acting(app, user)
    [team_id] = actor.roles
    with store_of(app).read() as session:
        [team] = people.teams(session, [team_id])
    return new_token(store_of(app), actor, team)


def is_known(browser: Browser) -> bool:
    return browser.client.get("/api/v1/me").status_code == 200


# --------------------------------------------------------------------------- cookies


def test_the_cookie_is_for_this_service_alone(app: Flask, user: User) -> None:
    cookie = Browser(app).sign_in(EMAIL).headers["Set-Cookie"]
    assert cookie.startswith("valuecalc=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_over_https_the_cookie_is_for_https_and_this_very_host(tmp_path: Path) -> None:
    app = served(tmp_path, https=True, sign_in_limit="")
    new_owner(app, EMAIL)
    browser = Browser(app)
    page = browser.client.get("/sign-in", base_url="https://localhost")
    fields = dict(lxml.html.fromstring(page.text).forms[1].form_values())
    answer = browser.client.post(
        "/sign-in",
        data={**fields, "email": EMAIL, "password": GOOD},
        base_url="https://localhost",
        headers={"Referer": "https://localhost/"},
    )
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-valuecalc=")
    assert "Secure" in cookie


def test_a_session_from_before_signing_in_is_worth_nothing_after(app: Flask, user: User) -> None:
    browser = Browser(app)
    browser.get("/sign-in")
    with browser.client.session_transaction() as session:
        session["planted"] = "by somebody else"
        before = session["csrf_token"]
    browser.sign_in(EMAIL)
    with browser.client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != before


def test_a_cookie_that_somebody_made_up_is_a_strangers(app: Flask, user: User) -> None:
    for made_up in ("", "x", "eyJhY2NvdW50IjoiYSJ9.x.y", "\x7f"):
        browser = Browser(app)
        browser.client.set_cookie("valuecalc", made_up)
        assert not is_known(browser)


@pytest.mark.parametrize("mark", [None, 7, "", ".", "x", "x.y", "\0.0", ["a"], "x" * 3000])
def test_a_session_with_a_strange_mark_is_a_strangers(app: Flask, user: User, mark: object) -> None:
    browser = Browser(app)
    with browser.client.session_transaction() as session:
        session[web_identity.SESSION_KEY] = mark
        session[web_identity.SINCE_KEY] = int(time.time())
    assert not is_known(browser)


def test_a_session_ends_some_hours_after_signing_in_however_busy_it_was(
    app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = time.time()
    for hours, expected in ((6, True), (11.9, True), (12.1, False)):
        monkeypatch.setattr(web_identity.time, "time", lambda hours=hours: begun + hours * 3600)
        assert is_known(browser) == expected


def test_a_session_from_the_future_is_none(browser: Browser) -> None:
    with browser.client.session_transaction() as session:
        session[web_identity.SINCE_KEY] = int(time.time()) + 3600
    assert not is_known(browser)


# --------------------------------------------------------------------------- other sessions


def test_another_password_ends_the_other_sessions_and_keeps_this_one(
    app: Flask, browser: Browser
) -> None:
    elsewhere = signed_in(app, EMAIL)
    answer = browser.send("/account", "/account/password", current=GOOD, password=OTHER)
    assert answer.status_code == 303
    assert is_known(browser)
    assert not is_known(elsewhere)


def test_signing_out_everywhere_ends_all_sessions(app: Flask, browser: Browser) -> None:
    elsewhere = signed_in(app, EMAIL)
    assert browser.send("/account", "/account/sessions/end").status_code == 303
    assert not is_known(browser)
    assert not is_known(elsewhere)


def test_signing_out_elsewhere_ends_nothing_here(app: Flask, browser: Browser) -> None:
    elsewhere = signed_in(app, EMAIL)
    elsewhere.send("/help", "/sign-out")
    assert not is_known(elsewhere)
    assert is_known(browser)


# --------------------------------------------------------------------------- tokens


def test_a_token_is_the_identity_whatever_cookie_comes_with_it(app: Flask, user: User) -> None:
    other = new_owner(app, "bob@example.com", name="Bob Ray", team="South")
    browser = signed_in(app, EMAIL)
    headers = {"Authorization": f"Bearer {token_of(app, other)}"}
    assert browser.client.get("/api/v1/me", headers=headers).get_json()["name"] == "Bob Ray"
    assert browser.client.get("/api/v1/me").get_json()["name"] == "Ann Lee"


@pytest.mark.parametrize("header", ["Bearer vc_x.y", "Bearer", "Basic YTpi", "", "Bearer \x7f"])
def test_a_wrong_token_is_refused_even_with_a_good_cookie_which_it_leaves_alone(
    browser: Browser, header: str
) -> None:
    for path in ("/api/v1/me", "/api/v1/teams"):
        answer = browser.client.get(path, headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert "Set-Cookie" not in answer.headers
    assert is_known(browser)


def test_a_wrong_token_is_refused_where_none_is_needed(app: Flask) -> None:
    client = app.test_client()
    answer = client.post("/api/v1/check", json={}, headers={"Authorization": "Bearer vc_x.y"})
    assert answer.status_code == 401


def test_a_token_opens_no_pages(app: Flask, user: User) -> None:
    headers = {"Authorization": f"Bearer {token_of(app, user)}"}
    assert app.test_client().get("/account", headers=headers).status_code == 303


def test_a_token_that_a_page_has_is_not_told_in_the_log(
    app: Flask, user: User, capsys: pytest.CaptureFixture[str]
) -> None:
    token = token_of(app, user)
    app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert token.rpartition(".")[2] not in capsys.readouterr().err


def test_who_has_lost_the_account_mark_is_sent_to_sign_in_by_a_page(
    app: Flask, user: User, browser: Browser
) -> None:
    accounts.end_sessions(store_of(app), acting(app, user))
    assert browser.client.get("/account").headers["Location"].startswith("/sign-in?next=")
