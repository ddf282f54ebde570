"""Numbers that were worked out are shown with few digits, and kept with all of them."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.editor.conftest import (
    HELPDESK,
    Site,
    case_of,
    expect_status,
    expect_value,
    place,
)

pytestmark = pytest.mark.browser

LONG = 499.12345678901


@pytest.mark.parametrize("pixels", [1440, 1024, 390, 320])
def test_hundreds_of_millions_and_billions_are_not_cut_off(
    open_editor: Callable[..., Page], editor_site: Site, pixels: int
) -> None:
    document = copy.deepcopy(HELPDESK)
    document["assumptions"][2] |= {"value": 1.25e9, "low": 987_654_321, "high": 1_345_678_901}
    page = open_editor(editor_site.new_case(document))
    page.set_viewport_size({"width": pixels, "height": 900})
    for field, text in (("low", "£987,654,321"), ("value", "£1,250,000,000")):
        price = place(page, f"assumptions.price.{field}")
        expect(price).to_have_value(text)
        assert price.evaluate("field => field.scrollWidth <= field.clientWidth"), text
    saving = place(page, "assumptions.saving.high")
    saving.fill("£123,456,789,000")
    assert saving.evaluate("field => field.scrollWidth <= field.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == pixels


def test_a_long_number_is_short_on_the_page_and_whole_in_the_case(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    document = copy.deepcopy(HELPDESK)
    document["assumptions"][1]["value"] = LONG
    page = open_editor(editor_site.new_case(document))
    saving = place(page, "assumptions.saving.value")
    expect(saving).to_have_value("£499.12")
    saving.focus()
    saving.press("Tab")
    place(page, "assumptions.users.high").fill("130")
    expect_status(page, "Saved at")
    kept = editor_site.document(case_of(page))["assumptions"]
    assert (kept[0]["high"], kept[1]["value"]) == (130, LONG)
    # Typed, and put back by Escape.
    saving.fill("7")
    saving.press("Escape")
    expect(saving).to_have_value("£499.12")
    # What somebody types is the number.
    saving.fill("500")
    expect_value(page, "£141k")
    expect_status(page, "Saved at")
    saving.press("Tab")
    expect(saving).to_have_value("£500")
