"""A customer's link in Chromium: the whole way without scripts, and what axe finds."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect
from werkzeug.serving import make_server

from tests.browser.conftest import excess, faults_in_light_and_dark, settle
from tests.web.conftest import served
from tests.web.visitors import Cast, cast, visitor
from valuecalc.schemas.shares import Wish
from valuecalc.services import library, proposals, saved_cases, shared, shares
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database

pytestmark = pytest.mark.browser

CODE_WORD = "open sesame"
PHONE: ViewportSize = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Service:
    """A running service with a team and a case."""

    app: Flask
    url: str
    people: Cast
    saved: Saved

    @property
    def store(self) -> Database:
        found: Database = self.app.extensions["store"]
        return found

    @property
    def sharing(self) -> str:
        """The address of the team's page."""
        return f"{self.url}/cases/{self.saved.head.uid}/shares"

    def link(self, **wish: Any) -> tuple[str, str]:
        """The address of a new link, and its secret."""
        allowed = {"label": "Company A", "may_comment": True, **wish}
        editor = self.people.editor.actor
        made = shares.create(self.store, editor, self.saved.head.uid, Wish(**allowed))
        return f"{self.url}/s/{made.secret}", made.secret

    def sign_in(self, context: BrowserContext) -> None:
        """Let a browser be that of an editor of the team."""
        client = visitor(self.app, self.people.editor.actor).client
        cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.url}])


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    app = served(tmp_path_factory.mktemp("sharing"))
    people = cast(app)
    store: Database = app.extensions["store"]
    case = library.straw_man(library.FEATURED).case
    saved, _ = saved_cases.create(store, people.editor.actor, case)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Service(app, f"http://127.0.0.1:{server.server_port}", people, saved)
    server.shutdown()


def test_a_customers_number_finds_its_way_into_the_case_without_scripts(
    service: Service, new_context: Any
) -> None:
    address, _ = service.link(may_change=("subscribers", "margin"), code_word=CODE_WORD)
    customer: Page = new_context(java_script_enabled=False).new_page()
    customer.set_viewport_size(PHONE)
    customer.goto(address)
    customer.get_by_label("Code word").fill(CODE_WORD)
    customer.get_by_role("button", name="Open").click()

    customer.get_by_label("Your number: Subscribers on affected plans").fill("120k")
    customer.get_by_label("comes from: Subscribers on affected plans").fill("Billing, October")
    customer.get_by_role("button", name="See the effect").click()
    value = customer.locator("#effect tr.total")
    expect(value).to_contain_text("£12,000,048")
    expect(value).to_contain_text("£14,280,000")

    customer.get_by_label("Your name").first.fill("Bo Fox")
    customer.get_by_role("button", name="Send to the team").click()
    expect(customer.locator("#sent + ul")).to_contain_text("Not decided yet")

    team: BrowserContext = new_context(java_script_enabled=False)
    service.sign_in(team)
    page = team.new_page()
    page.goto(service.sharing)
    page.get_by_role("link", name="Bo Fox").click()
    page.get_by_label("Accept", exact=True).check()
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("status")).to_contain_text("Version 2 is the newest one")

    newest = saved_cases.load(service.store, service.people.viewer.actor, service.saved.head.uid)
    subscribers = newest.case.assumption("subscribers")
    assert subscribers is not None
    assert subscribers.value == 120_000
    assert newest.version.on_behalf_of == "Bo Fox, Company A"
    page.goto(f"{service.url}/cases/{service.saved.head.uid}/versions")
    expect(page.locator("main")).to_contain_text("Bo Fox, Company A")

    customer.goto(address)
    expect(customer.locator("#sent + ul")).to_contain_text("Accepted")
    expect(customer.locator(".value")).to_contain_text("£12.0m")


def test_a_number_is_explained_beside_the_page_also_in_a_preview(
    service: Service, page: Page
) -> None:
    address, secret = service.link(may_change=("subscribers",))
    page.goto(address)
    page.locator(".value a").click()
    expect(page.locator("dialog.explain .explained-value")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_label("Your number: Subscribers on affected plans").fill("120k")
    page.get_by_role("button", name="See the effect").click()
    page.locator(".value button").click()
    explained = page.locator("dialog.explain .explained-value")
    expect(explained).to_have_text("£14,280,000")
    assert secret in page.url


def test_pages_of_sharing_have_no_faults_in_light_nor_in_dark(
    service: Service, new_context: Any
) -> None:
    address, secret = service.link(may_change=("subscribers",))
    locked, _ = service.link(code_word=CODE_WORD)
    visit = shared.open_link(service.store, secret)
    numbers = proposals.read(visit, {"subscribers": "130k"}, {})
    sent = proposals.send(service.store, visit, numbers, "Cy", "A note", "192.0.2.7")
    shared.comment(service.store, visit, "Cy", "Is churn in it?", "benefits.arpu", "192.0.2.7")
    context = new_context()
    page = context.new_page()
    for path in (locked, f"{service.url}/s/nothing", address):
        page.goto(path)
        assert faults_in_light_and_dark(page) == []
    page.get_by_label("Your number: ").fill("lots")
    page.get_by_role("button", name="See the effect").click()
    settle(page, page.get_by_text("“lots” is not a number.").first)
    assert [*faults_in_light_and_dark(page), *excess(page)] == []
    page.get_by_label("Your number: ").fill("120k")
    page.get_by_role("button", name="See the effect").click()
    settle(page, page.locator("#effect"))
    assert [*faults_in_light_and_dark(page), *excess(page)] == []
    service.sign_in(context)
    proposal = re.sub("shares$", f"proposals/{sent.uid}", service.sharing)
    for path in (service.sharing, proposal):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert faults_in_light_and_dark(page) == []


def test_nothing_is_wider_than_a_phone(service: Service, new_context: Any) -> None:
    address, secret = service.link(may_change=("subscribers", "arpu_before"))
    visit = shared.open_link(service.store, secret)
    numbers = proposals.read(visit, {"arpu_before": "23"}, {})
    sent = proposals.send(service.store, visit, numbers, "Di", "", "192.0.2.7")
    context = new_context()
    service.sign_in(context)
    page = context.new_page()
    proposal = re.sub("shares$", f"proposals/{sent.uid}", service.sharing)
    for path in (address, service.sharing, proposal):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        for width in (390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert excess(page) == [], path
