"""Home in a browser: the menu of a row, filters without scripts, the ways to start, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import flaws
from tests.browser.signed_in import cookie, listening
from tests.team_members import new_member, new_team
from tests.web.conftest import served
from valuecalc.services import library, saved_cases

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
TITLE = "New data services"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The cookie of an editor with two cases, for the server at its `url`."""
    app = served(tmp_path_factory.mktemp("home"))
    store = app.extensions["store"]
    editor = new_member(store, new_team(store))
    for straw_man in library.straw_men()[:2]:
        saved_cases.create(store, editor, straw_man.case)
    with listening(app) as address:
        yield cookie(app, editor, address)


def opened(browser: Browser, site: dict[str, Any], **settings: Any) -> Page:
    context = browser.new_context(base_url=site["url"], **settings)
    context.add_cookies([site])  # type: ignore[list-item]
    return context.new_page()


def test_the_pages_have_no_flaws_on_a_phone_and_on_a_desk(
    browser: Browser, site: dict[str, Any]
) -> None:
    found = []
    for viewport, paths in (
        (DESK, ("/cases", "/start/file")),
        (PHONE, ("/cases", "/straw-men", "/start/blank")),
    ):
        page = opened(browser, site, viewport=viewport)
        for path in paths:
            page.goto(path)
            heading = page.get_by_role("heading", level=1)
            found += [f"{path} {viewport}: {each}" for each in flaws(page, heading)]
        page.context.close()
    assert found == []


def test_a_row_is_copied_from_its_menu_and_found_without_scripts(
    browser: Browser, site: dict[str, Any]
) -> None:
    page = opened(browser, site, viewport=DESK, java_script_enabled=False)
    page.goto("/cases")
    page.get_by_role("button", name=f"What to do with {TITLE}").click()
    page.get_by_role("button", name="Duplicate").click()
    page.goto("/cases")
    page.get_by_label("Search").fill("copy")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("link", name=f"Copy of {TITLE}")).to_be_visible()
    page.get_by_role("button", name="Start a case").click()
    page.get_by_role("link", name="From a file or a table").click()
    page.get_by_label("Rows from Excel").fill("Assumption\tValue\nUsers\t100")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("rowheader", name="Users")).to_be_visible()
    page.context.close()
