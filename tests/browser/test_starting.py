"""From a straw-man to a case of one's own: without scripts, by keyboard, on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import excess, flaws, settle
from tests.browser.signed_in import cookie, listening
from tests.team_members import new_member, new_team
from tests.web.conftest import served

pytestmark = pytest.mark.browser

STRAW_MAN = "/straw-men/new-data-services"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Any]]]:
    """The address of a server, and the cookie of an editor."""
    app = served(tmp_path_factory.mktemp("starting"))
    store = app.extensions["store"]
    editor = new_member(store, new_team(store))
    with listening(app) as address:
        yield address, cookie(app, editor, address)


@pytest.fixture
def editors_page(
    browser: Browser,
    browser_context_args: dict[str, Any],
    site: tuple[str, dict[str, Any]],
    watch: Callable[[Page], Page],
) -> Iterator[Callable[..., Page]]:
    """Opens the browser of the editor."""
    contexts: list[BrowserContext] = []

    def start(**settings: Any) -> Page:
        context = browser.new_context(**{**browser_context_args, "base_url": site[0], **settings})
        contexts.append(context)
        context.add_cookies([site[1]])  # type: ignore[list-item]
        has_scripts = settings.get("java_script_enabled", True)
        return watch(context.new_page()) if has_scripts else context.new_page()

    yield start
    for context in contexts:
        context.close()


def fill_in(page: Page) -> None:
    page.get_by_label("Customer (optional)").fill("Northern Mobile")
    page.get_by_role("textbox", name="New customer").fill("250k")


def test_a_case_is_made_from_a_straw_man_without_scripts(
    editors_page: Callable[..., Page],
) -> None:
    page = editors_page(java_script_enabled=False)
    page.goto(STRAW_MAN)
    page.get_by_role("link", name="Start a case from this").click()
    page.get_by_role("textbox", name="New customer").fill("plenty")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("“plenty” is not a number.").last).to_be_visible()
    fill_in(page)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview: New data services")).to_be_visible()
    expect(page.get_by_role("row", name="New network nodes")).to_contain_text("7 nodes")
    page.get_by_role("button", name="Create the case").click()
    expect(page.get_by_label("Customer", exact=True)).to_have_value("Northern Mobile")
    # The editor is nothing without scripts, and says where the numbers can be changed.
    page.get_by_role("link", name="Change the numbers in a form").click()
    expect(page.get_by_role("heading", name="Numbers", exact=True)).to_be_visible()


def test_the_whole_way_is_walked_by_keyboard(editors_page: Callable[..., Page]) -> None:
    page = editors_page()
    page.goto("/start?from=new-data-services")
    page.get_by_role("textbox", name="New customer").focus()
    page.keyboard.type("250k")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Create the case").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Title of the case")).to_be_visible()


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(PHONE, "dark"), (DESK, "light")], ids=["phone", "desk"]
)
def test_axe_finds_nothing_and_nothing_is_too_wide(
    editors_page: Callable[..., Page], viewport: dict[str, int], scheme: str
) -> None:
    page = editors_page(viewport=viewport, color_scheme=scheme)
    seen = []

    def look(name: str, shown: Locator) -> None:
        seen.extend(f"{name}: {each}" for each in flaws(page, shown))

    page.goto("/start?from=new-data-services")
    page.get_by_role("button", name="Preview").click()
    look("form with a mistake", page.locator(".field.wrong").first)
    fill_in(page)
    page.get_by_role("button", name="Preview").click()
    look("preview", page.get_by_role("heading", name="Preview: New data services"))
    page.get_by_role("button", name="Create the case").click()
    settle(page, page.get_by_label("Title of the case"))
    page.goto(f"{page.url.partition('/edit')[0]}/publish")
    page.get_by_role("button", name="Preview").click()
    look("publish", page.get_by_role("heading", name="What others will read"))
    page.get_by_role("button", name="Publish it").click()
    reference = page.get_by_role("button", name="Take it out of the library")
    if viewport == DESK:
        look("reference", reference)
    else:
        # On a phone the rest of this page is that of any case.
        settle(page, reference)
        seen.extend(f"reference: {each}" for each in excess(page))
    page.goto("/straw-men")
    look("list", page.get_by_role("heading", level=1))
    assert seen == []
