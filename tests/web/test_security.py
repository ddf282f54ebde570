"""What every answer promises a browser, whichever route it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web import cases
from valuecalc.web.security import API_DOCS_POLICY, PAGE_POLICY

FILLED = {
    "slug": "new-data-services",
    "figure": "npv",
    "stem": "new-data-services",
    "kind": "xlsx",
    "version": "x",
    "name": "css/page.css",
}
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
        values = {name: FILLED[name] for name in rule.arguments}
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, adapter.build(rule.endpoint, values, method=method)


def test_every_route_sends_the_headers(app: Flask, client: FlaskClient) -> None:
    for method, address in addresses(app):
        headers = client.open(address, method=method).headers
        policy = API_DOCS_POLICY if address == "/api/docs" else PAGE_POLICY
        assert headers["Content-Security-Policy"] == policy, address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] == "same-origin", address
        assert "Cache-Control" in headers, address


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
