"""What every answer promises a browser, whichever route it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, request, session
from flask.testing import FlaskClient

from tests.web import cases
from tests.web.operated import operated, sign_in
from valuecalc.web.security import API_DOCS_POLICY, PAGE_POLICY, keep_unlisted

FILLED = {
    "slug": "new-data-services",
    "figure": "npv",
    "stem": "new-data-services",
    "kind": "xlsx",
    "version": "x",
    "name": "css/page.css",
    "verb": "resolve",
}
NOTHING = "1"
"""Stands in an address for what no test knows: at most, there is no such thing."""

PARTS_OF_PAGES = ("text/javascript", "text/css")

PAGES = (
    "/",
    "/straw-men/new-data-services",
    "/straw-men/new-data-services/explain/npv",
    "/calculate",
    "/help",
    "/api/docs",
    "/nowhere",
)
INLINE = re.compile(
    r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE
)


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Every route with each of its methods."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values = {name: FILLED.get(name, NOTHING) for name in rule.arguments}
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, adapter.build(rule.endpoint, values, method=method)


def test_every_route_sends_the_headers(app: Flask, client: FlaskClient) -> None:
    for method, address in addresses(app):
        headers = client.open(address, method=method).headers
        if headers["Content-Type"].startswith(PARTS_OF_PAGES):
            continue
        policy = API_DOCS_POLICY if address == "/api/docs" else PAGE_POLICY
        assert headers["Content-Security-Policy"] == policy, address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] == "same-origin", address
        assert "Cache-Control" in headers, address


def test_a_script_or_style_sheet_carries_only_what_is_read_of_it(client: FlaskClient) -> None:
    for name in ("js/page.js", "joined/editor/js/editor/main.js", "css/page.css"):
        headers = client.get(f"/static/x/{name}").headers
        assert headers["X-Content-Type-Options"] == "nosniff", name
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", name
        assert headers["Cache-Control"] == "private, no-cache", name
        assert not {"Content-Security-Policy", "Permissions-Policy"} & set(headers.keys()), name


def test_whatever_may_be_opened_as_a_document_carries_the_whole_policy(client: FlaskClient) -> None:
    for address in ("/help", "/static/x/icon.svg", "/static/x/js/none.js", "/api/openapi.json"):
        headers = client.get(address).headers
        assert headers["Content-Security-Policy"] == PAGE_POLICY, address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", address
        assert "camera=()" in headers["Permissions-Policy"], address


def test_no_page_may_start_a_worker_whose_script_has_no_policy() -> None:
    for policy in (PAGE_POLICY, API_DOCS_POLICY):
        assert "worker-src 'none'" in policy


@pytest.mark.parametrize("policy", [PAGE_POLICY, API_DOCS_POLICY])
def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(policy: str) -> None:
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "frame-ancestors 'none'" in policy
    for unsafe in ("unsafe", "http:", "https:", "*"):
        assert unsafe not in policy


def test_scripts_of_pages_may_not_write_markup() -> None:
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in PAGE_POLICY


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_anything_inline(client: FlaskClient, path: str) -> None:
    assert not INLINE.findall(client.get(path).text)


def test_a_case_with_markup_in_every_field_holds_nothing_inline_either(
    client: FlaskClient,
) -> None:
    text = cases.as_text(cases.hostile())
    page = client.post("/calculate", data={"document": text})
    assert page.status_code == 200
    assert not re.findall(r"<script(?![^>]*\ssrc=)|<i>", page.text)


def test_over_https_browsers_are_told_to_stay_there(tmp_path: Path) -> None:
    secure = operated(tmp_path, https=True).test_client()
    for path in ("/help", "/nowhere", "/healthz"):
        assert secure.get(path).headers["Strict-Transport-Security"] == "max-age=31536000"


def test_without_https_nothing_is_said_about_it(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/help").headers


@pytest.mark.parametrize("https", [True, False])
def test_the_cookie_of_a_session_is_kept_from_scripts_and_other_sites(
    https: bool, tmp_path: Path
) -> None:
    app = operated(tmp_path, https=https)
    app.secret_key = "s" * 40
    app.add_url_rule("/in", view_func=lambda: session.setdefault("who", "ada"))
    cookie = app.test_client().get("/in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) == https


def test_what_a_signed_in_person_sees_is_kept_nowhere(tmp_path: Path) -> None:
    app = operated(tmp_path)
    sign_in(app, "ada1")
    client = app.test_client()
    for path in ("/", "/help", "/straw-men/new-data-services", "/api/openapi.json", "/nowhere"):
        assert client.get(path).headers["Cache-Control"] == "no-store", path
    style = client.get(f"/static/{app.config['STATIC_VERSION']}/css/page.css")
    assert style.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_what_a_stranger_sees_is_kept_by_their_browser_alone(client: FlaskClient) -> None:
    assert client.get("/help").headers["Cache-Control"] == "private, no-cache"


def test_the_page_of_a_secret_link_is_kept_out_of_search_engines_and_caches() -> None:
    headers = keep_unlisted(Response("shared")).headers
    assert headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert headers["Cache-Control"] == "no-store"


FORWARDED = {
    "X-Forwarded-For": "203.0.113.66, 192.0.2.1, 192.0.2.2",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example.com",
    "X-Forwarded-Prefix": "/evil",
}


@pytest.mark.parametrize(
    ("proxies", "address", "scheme"),
    [(0, "127.0.0.1", "http"), (1, "192.0.2.2", "https"), (2, "192.0.2.1", "http")],
)
def test_exactly_as_many_proxies_are_believed_as_are_set(
    proxies: int, address: str, scheme: str, tmp_path: Path
) -> None:
    app = operated(tmp_path, trusted_proxies=proxies)
    app.add_url_rule(
        "/who", view_func=lambda: [request.remote_addr, request.scheme, request.host_url]
    )
    found = app.test_client().get("/who", headers=FORWARDED).get_json()
    # The scheme was named by one proxy only.
    assert found == [address, scheme, f"{scheme}://localhost/"]
