"""The pages of what a case depends on in a browser: light and dark, on a phone, by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import faults_in_light_and_dark, width

pytestmark = pytest.mark.browser

CASE = "/straw-men/council-services"
PAGES = {
    "certainty": f"{CASE}/certainty?draws=2000",
    "sensitivity": f"{CASE}/sensitivity",
    "alternatives": f"{CASE}/alternatives",
    "bridge of two scenarios": f"{CASE}/alternatives?from=scenario:stretch&to=scenario:expected",
    "refused": f"{CASE}/certainty?draws=100000000",
}


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_axe_finds_nothing_in_light_nor_in_dark(page: Page, path: str) -> None:
    page.goto(path)
    assert faults_in_light_and_dark(page) == []


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_nothing_is_wider_than_its_screen(page: Page, path: str) -> None:
    page.goto(path)
    for pixels in (1440, 768, 390, 320):
        page.set_viewport_size({"width": pixels, "height": 700})
        assert width(page) == pixels


def test_on_a_phone_there_is_one_drawing_of_each_chart_and_it_fits(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto(PAGES["certainty"])
    expect(page.locator(".narrow-plot svg").first).to_be_visible()
    expect(page.locator(".wide-plot svg").first).to_be_hidden()


def test_an_end_of_the_tornado_is_explained_beside_the_page(page: Page) -> None:
    page.goto(PAGES["sensitivity"])
    page.locator(".swings .figure").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("in place of what is expected")
    expect(dialog.get_by_role("heading", name="Net present value (NPV)")).to_be_visible()
