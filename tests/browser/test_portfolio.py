"""Portfolios in Chromium: from the form over the progress to the answer, and what axe finds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect
from werkzeug.serving import make_server

from tests.browser.conftest import excess, faults_in_light_and_dark, settle
from tests.services.job_running import coordinating
from tests.web.conftest import served
from tests.web.visitors import Cast, cast, visitor
from valuecalc.services import library, saved_cases
from valuecalc.services.coordinator import Coordinator
from valuecalc.store.database import Database

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}
SMALLEST: ViewportSize = {"width": 320, "height": 640}
BETWEEN: ViewportSize = {"width": 720, "height": 900}


@dataclass(frozen=True)
class Service:
    """A running service with a team that has two cases, and nobody yet who works on jobs."""

    app: Flask
    url: str
    people: Cast

    @property
    def store(self) -> Database:
        found: Database = self.app.extensions["store"]
        return found

    @property
    def portfolios(self) -> str:
        """The address of the page."""
        return f"{self.url}/portfolios"

    def sign_in(self, context: BrowserContext) -> None:
        """Let a browser be that of a viewer of the team."""
        client = visitor(self.app, self.people.viewer.actor).client
        cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.url}])


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    app = served(tmp_path_factory.mktemp("portfolios"))
    people = cast(app)
    for slug, chance in (("new-data-services", 0.4), ("contact-centre", None)):
        case = replace(library.straw_man(slug).case, probability=chance)
        saved_cases.create(app.extensions["store"], people.editor.actor, case)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Service(app, f"http://127.0.0.1:{server.server_port}", people)
    server.shutdown()


def start(page: Page, service: Service, seed: int) -> None:
    page.goto(service.portfolios)
    page.get_by_label("Seed").fill(str(seed))
    page.get_by_label("Draws").fill("1,000")
    page.get_by_role("button", name="Work out the portfolio").click()
    expect(page.locator("[data-job-words]")).to_have_text("Waiting for its turn.")
    page.wait_for_load_state()


def answer(page: Page, service: Service, seed: int) -> None:
    """Go to the answer of a portfolio."""
    start(page, service, seed)
    Coordinator(service.store, "threads://1").work_off()
    settle(page, page.get_by_role("heading", name="How sure the sum is"))


def test_the_page_follows_the_job_until_the_answer_is_there(page: Page, service: Service) -> None:
    service.sign_in(page.context)
    start(page, service, seed=11)
    with coordinating(service.store, "threads://1"):
        expect(page.get_by_role("heading", name="How sure the sum is")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 cases are together worth")


def test_without_a_script_the_page_asks_again_by_itself(
    page_without_scripts: Page, service: Service
) -> None:
    service.sign_in(page_without_scripts.context)
    answer(page_without_scripts, service, seed=12)


def test_a_portfolio_can_be_cancelled_while_it_waits(page: Page, service: Service) -> None:
    service.sign_in(page.context)
    start(page, service, seed=13)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()


def excess_on_screens(page: Page) -> list[str]:
    """Where the page is wider than a screen, from the widest of them to the smallest."""
    found = []
    for size in (BETWEEN, PHONE, SMALLEST):
        page.set_viewport_size(size)
        found += excess(page)
    return found


def test_nothing_is_wider_than_the_screen(page: Page, service: Service) -> None:
    service.sign_in(page.context)
    page.goto(service.portfolios)
    assert excess_on_screens(page) == []
    answer(page, service, seed=22)
    assert excess_on_screens(page) == []


def test_axe_finds_nothing_in_light_nor_in_dark(page: Page, service: Service) -> None:
    service.sign_in(page.context)
    page.goto(service.portfolios)
    page.locator("details.rates summary").click()
    assert faults_in_light_and_dark(page) == []
    start(page, service, seed=21)
    assert faults_in_light_and_dark(page) == []
    answer(page, service, seed=23)
    page.locator("details.all-bars summary").click()
    assert faults_in_light_and_dark(page) == []
