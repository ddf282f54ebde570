"""Signing in at a provider: the whole way there and back, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import cheap_passwords
from tests.web.beginning import Beginning
from tests.web.conftest import served
from tests.web.people import Browser, new_owner, signed_in, store_of
from tests.web.provider import CLIENT_ID, CLIENT_SECRET, Claims, Provider, running
from valuecalc.config import Settings
from valuecalc.services import invitations
from valuecalc.services.access import Role
from valuecalc.web import single_sign_on

ANN = {"sub": "a1", "email": "ann@example.com", "email_verified": True, "name": "Ann Lee"}


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passwords.use(monkeypatch)


@pytest.fixture(scope="module")
def shared_provider() -> Iterator[Provider]:
    with running(Provider()) as provider:
        yield provider


@pytest.fixture
def provider(shared_provider: Provider) -> Provider:
    shared_provider.begin_again(dict(ANN))
    return shared_provider


def known(provider: Provider) -> dict[str, str]:
    """The settings by which the application knows a provider."""
    return {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
        "oidc_name": "Example ID",
    }


def connected(folder: Path, provider: Provider, **settings: Any) -> Flask:
    """The application, with the provider set."""
    return served(folder, sign_in_limit="", **known(provider), **settings)


@pytest.fixture(scope="module")
def shared_app(
    tmp_path_factory: pytest.TempPathFactory, shared_provider: Provider
) -> Iterator[tuple[Flask, Beginning]]:
    """The application of somebody who can sign in at the provider."""
    folder = tmp_path_factory.mktemp("single_sign_on")
    app = connected(folder, shared_provider)
    with pytest.MonkeyPatch.context() as patch:
        cheap_passwords.use(patch)
        new_owner(app, "ann@example.com")
    with Beginning(folder) as beginning:
        yield app, beginning


@pytest.fixture
def app(shared_app: tuple[Flask, Beginning], provider: Provider) -> Iterator[Flask]:
    app, beginning = shared_app
    # What it has learnt of the provider is forgotten.
    single_sign_on.install(app, Settings(**known(provider)))
    yield app
    beginning.again()


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


def go(browser: Browser, provider: Provider, path: str = "/sign-in/provider") -> TestResponse:
    """To the provider and back."""
    there = browser.client.get(path)
    assert there.status_code in (302, 303), there.text
    back = urlsplit(provider.authorize(there.headers["Location"]))
    assert back.path == "/sign-in/provider/back"
    return browser.client.get(f"{back.path}?{back.query}")


def name_of(browser: Browser) -> str | None:
    me = browser.client.get("/api/v1/me")
    return me.get_json()["name"] if me.status_code == 200 else None


def refused(browser: Browser, response: TestResponse, status: int, text: str) -> None:
    assert response.status_code == status, response.text
    assert text in response.text
    assert name_of(browser) is None


# --------------------------------------------------------------------------- the good way


def test_somebody_signs_in_at_the_provider(browser: Browser, provider: Provider) -> None:
    assert "Example ID" in browser.client.get("/sign-in").text
    response = go(browser, provider, "/sign-in/provider?next=/help")
    assert response.headers["Location"] == "/help"
    assert name_of(browser) == "Ann Lee"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_signatures_of_both_common_kinds_are_taken(tmp_path: Path, algorithm: str) -> None:
    with running(Provider(algorithm, person=dict(ANN))) as provider:
        app = connected(tmp_path, provider)
        new_owner(app, "ann@example.com")
        browser = Browser(app)
        assert go(browser, provider).status_code == 303
        assert name_of(browser) == "Ann Lee"


def test_the_address_may_stand_in_the_user_info_alone(browser: Browser, provider: Provider) -> None:
    provider.change = lambda claims: {
        name: value for name, value in claims.items() if not name.startswith("email")
    }
    assert go(browser, provider).status_code == 303
    assert "/userinfo" in provider.asked


def test_the_public_address_is_where_the_provider_sends_people_back_to(
    tmp_path: Path, provider: Provider
) -> None:
    app = connected(tmp_path, provider, public_url="https://value.example.com")
    there = Browser(app).client.get("/sign-in/provider").headers["Location"]
    assert "redirect_uri=https%3A%2F%2Fvalue.example.com%2Fsign-in%2Fprovider%2Fback" in there


def test_an_invited_person_gets_an_account_by_signing_in_there(
    app: Flask, browser: Browser, provider: Provider
) -> None:
    provider.person = {**ANN, "sub": "z1", "email": "zoe@example.com", "name": "Zoe Ray"}
    path = invited(app)
    assert browser.client.get(f"{path}/provider").status_code == 303
    assert go(browser, provider).status_code == 303
    assert name_of(browser) == "Zoe Ray"
    assert Browser(app).client.get(path).status_code == 410


def invited(app: Flask) -> str:
    owner = signed_in(app, "ann@example.com")
    teams = owner.client.get("/api/v1/teams").get_json()["teams"]
    with owner.client.session_transaction() as session:
        mark = session["account"]
    from valuecalc.services import identity

    actor = identity.actor_of_session(store_of(app), mark)
    _, secret = invitations.invite(store_of(app), actor, teams[0]["id"], Role.EDITOR)
    return f"/invitations/{secret}"


# --------------------------------------------------------------------------- people without


def test_who_has_no_account_is_told_what_to_do(browser: Browser, provider: Provider) -> None:
    provider.person = {**ANN, "sub": "z1", "email": "zoe@example.com"}
    response = go(browser, provider)
    refused(browser, response, 403, "There is no account for zoe@example.com here.")
    assert "invitation" in response.text


@pytest.mark.parametrize("verified", [False, None, "false", "yes", 1.5, ["true"]])
def test_an_address_that_is_not_verified_is_worth_nothing(
    browser: Browser, provider: Provider, verified: object
) -> None:
    provider.person = {**ANN, "email_verified": verified}
    refused(browser, go(browser, provider), 403, "has not verified your e-mail")


# --------------------------------------------------------------------------- what proves nothing


def changed(**claims: object) -> Callable[[Claims], Claims]:
    return lambda given: {
        name: value for name, value in {**given, **claims}.items() if value is not None
    }


WRONG_CLAIMS = {
    "another nonce": changed(nonce="x"),
    "no nonce": changed(nonce=None),
    "another issuer": changed(iss="https://evil.example"),
    "no issuer": changed(iss=None),
    "another audience": changed(aud="somebody-else"),
    "another audience, but issued to us": changed(aud="somebody-else", azp=CLIENT_ID),
    "no audience": changed(aud=None),
    "ended an hour ago": changed(exp=int(time.time()) - 3600),
    "without an end": changed(exp=None),
    "not yet begun": changed(nbf=int(time.time()) + 3600),
    "no subject": changed(sub=None),
    "a subject that is no text": changed(sub=7),
}


@pytest.mark.parametrize("wrong", WRONG_CLAIMS)
def test_a_statement_that_is_not_for_us_and_now_proves_nothing(
    browser: Browser, provider: Provider, wrong: str
) -> None:
    provider.change = WRONG_CLAIMS[wrong]
    refused(browser, go(browser, provider), 403, "cannot be trusted")


def test_an_unsigned_statement_proves_nothing(browser: Browser, provider: Provider) -> None:
    provider.unsigned = True
    refused(browser, go(browser, provider), 403, "cannot be trusted")


def test_a_statement_that_somebody_else_signed_proves_nothing(
    browser: Browser, provider: Provider
) -> None:
    provider.foreign_key = True
    refused(browser, go(browser, provider), 403, "cannot be trusted")


@pytest.mark.parametrize("offered", [["HS256", "none"], ["RS256", "HS256"], []])
def test_a_statement_signed_with_the_shared_secret_alone_proves_nothing(
    browser: Browser, provider: Provider, offered: list[str]
) -> None:
    provider.metadata = {"id_token_signing_alg_values_supported": offered}
    provider.shared_secret = True
    refused(browser, go(browser, provider), 403, "cannot be trusted")


def test_an_answer_without_a_statement_proves_nothing(
    browser: Browser, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = provider.token

    def without(form: Claims, authorization: str) -> tuple[int, Claims]:
        status, answer = real(form, authorization)
        return status, {name: value for name, value in answer.items() if name != "id_token"}

    monkeypatch.setattr(provider, "token", without)
    refused(browser, go(browser, provider), 403, "cannot be trusted")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?code=code0",
        "?code=code0&state=x",
        "?error=access_denied",
        "?state=&code=",
        "?state=%00",
    ],
)
def test_nobody_comes_back_who_did_not_go(browser: Browser, provider: Provider, query: str) -> None:
    browser.client.get("/sign-in/provider")
    response = browser.client.get(f"/sign-in/provider/back{query}")
    refused(browser, response, 403, "cannot be trusted")


def test_the_way_back_of_one_browser_is_none_of_another(
    app: Flask, browser: Browser, provider: Provider
) -> None:
    there = browser.client.get("/sign-in/provider").headers["Location"]
    back = urlsplit(provider.authorize(there))
    victim = Browser(app)
    response = victim.client.get(f"{back.path}?{back.query}")
    refused(victim, response, 403, "cannot be trusted")


def test_the_way_back_works_once(browser: Browser, provider: Provider) -> None:
    there = browser.client.get("/sign-in/provider").headers["Location"]
    back = urlsplit(provider.authorize(there))
    assert browser.client.get(f"{back.path}?{back.query}").status_code == 303
    assert browser.client.get(f"{back.path}?{back.query}").status_code == 403


def test_one_gets_to_pages_here_alone(browser: Browser, provider: Provider) -> None:
    response = go(browser, provider, "/sign-in/provider?next=https://e.com/")
    assert response.headers["Location"] == "/home"


# --------------------------------------------------------------------------- out of order


def test_a_provider_that_is_down_is_said_to_be(tmp_path: Path) -> None:
    with running(Provider()) as provider:
        app = connected(tmp_path, provider)
    browser = Browser(app)
    response = browser.client.get("/sign-in/provider")
    refused(browser, response, 503, "Example ID cannot be reached now.")
    assert 'name="password"' in response.text


def test_a_provider_that_goes_down_on_the_way_is_said_to_be(tmp_path: Path) -> None:
    with running(Provider(person=dict(ANN))) as provider:
        browser = Browser(connected(tmp_path, provider))
        there = browser.client.get("/sign-in/provider").headers["Location"]
        back = urlsplit(provider.authorize(there))
    response = browser.client.get(f"{back.path}?{back.query}")
    refused(browser, response, 503, "cannot be reached now")


def test_a_provider_that_is_up_again_is_used_again(tmp_path: Path, provider: Provider) -> None:
    provider.metadata = {"issuer": "https://evil.example"}
    app = connected(tmp_path, provider)
    new_owner(app, "ann@example.com")
    browser = Browser(app)
    assert browser.client.get("/sign-in/provider").status_code == 503
    provider.metadata = {}
    assert go(browser, provider).status_code == 303


@pytest.mark.parametrize("metadata", [{"issuer": "https://evil.example"}, {"issuer": None}])
def test_a_provider_that_is_not_the_one_that_is_set_is_not_used(
    browser: Browser, provider: Provider, metadata: Claims
) -> None:
    provider.metadata = metadata
    response = browser.client.get("/sign-in/provider")
    refused(browser, response, 503, "not the one that is set here")


def test_without_a_provider_there_is_no_button_and_no_way(tmp_path: Path) -> None:
    client = served(tmp_path, sign_in_limit="").test_client()
    assert "sign-in/provider" not in client.get("/sign-in").text
    for path in ("/sign-in/provider", "/sign-in/provider/back?code=x&state=y"):
        assert client.get(path).headers["Location"] == "/sign-in"
