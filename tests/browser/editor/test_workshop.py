"""Workshop mode in a browser: numbers move while one types, and are put down to who says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import COLOURS, RULES, excess, faults
from tests.browser.editor.conftest import (
    HELPDESK,
    Site,
    case_of,
    expect_status,
    expect_value,
    place,
    value_of,
)

pytestmark = pytest.mark.browser

CASE = HELPDESK | {"people": [{"id": "jane", "name": "Jane Doe", "role": "Head of IT"}]}


def open_workshop(
    open_editor: Callable[..., Page], site: Site, document: Any = CASE, **settings: Any
) -> Page:
    uid = site.new_case(document)
    page = open_editor(uid, **settings)
    page.goto(f"/cases/{uid}/workshop")
    expect(page.locator("[data-shown]")).not_to_be_empty()
    return page


def said(page: Page, assumption: str) -> Locator:
    return page.locator(f'[data-live="workshop.{assumption}.said"]')


def evidence_of(site: Site, page: Page, assumption: str) -> dict[str, Any]:
    rows = site.document(case_of(page))["assumptions"]
    found: dict[str, Any] = next(each for each in rows if each["id"] == assumption)
    return found.get("evidence", {})


def test_who_speaks_is_still_known_after_the_page_was_loaded_again(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_workshop(open_editor, editor_site)
    page.get_by_label("Who says so?").fill("Jane Doe")
    page.reload()
    expect(page.get_by_label("Who says so?")).to_have_value("Jane Doe")


def test_a_number_is_put_down_to_whoever_is_chosen_and_both_are_taken_back(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_workshop(open_editor, editor_site)
    expect_value(page, "£141k")
    page.get_by_label("Who says so?").fill("Jane Doe")
    users = place(page, "assumptions.users.value")
    users.fill("")
    users.press_sequentially("110")
    expect_value(page, "£156k")
    expect(page.locator("[data-since]")).to_have_text("▲ £15.0k since you opened it")
    expect(said(page, "users")).to_have_text("B – Jane Doe, today")
    expect_status(page, "Saved at")
    kept = evidence_of(editor_site, page, "users")
    assert (kept["grade"], kept["owner"]) == ("B", "Jane Doe")
    assert kept["source"].startswith("Workshop with Company M, ")
    assert kept["note"] == "Was 100\u00a0users, low 80, high 120 (B, Head of IT)."
    users.press("Tab")
    page.locator('[data-act="undo"]').click()
    expect_value(page, "£141k")
    expect(said(page, "users")).to_have_text("B – Head of IT")
    expect(page.locator('[data-act="undo"]')).to_have_attribute("aria-disabled", "true")
    page.locator('[data-act="redo"]').click()
    expect(said(page, "users")).to_have_text("B – Jane Doe, today")


def test_without_a_name_it_asks_and_takes_the_name_that_follows(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_workshop(open_editor, editor_site)
    place(page, "assumptions.saving.value").fill("600")
    expect(said(page, "saving")).to_contain_text("E – nobody named, today. Who says so?")
    expect_status(page, "Saved at")
    assert evidence_of(editor_site, page, "saving")["grade"] == "E"
    page.get_by_label("Who says so?").fill("Bo Fox")
    page.get_by_label("Who says so?").press("Tab")
    expect(said(page, "saving")).to_have_text("B – Bo Fox, today")
    page.get_by_role("button", name="Agreed: Price of the licence").click()
    expect(said(page, "price")).to_have_text("B – Bo Fox, today")
    page.get_by_label("Said about Price of the licence").fill("It ends in May")
    page.get_by_role("button", name="Note it").click()
    expect(page.locator("#toasts")).to_contain_text("Noted for the team on “Price of the licence”")
    # The note is said about what is kept.
    assert evidence_of(editor_site, page, "price")["owner"] == "Bo Fox"
    assert value_of(editor_site.document(case_of(page)), "saving") == 600


def test_the_numbers_stay_until_somebody_asks_which_matter_now(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    many = [
        {"id": f"more_{at}", "label": f"More {at}", "value": 10, "low": 9 - at, "high": 11 + at}
        for at in range(6)
    ]
    total = " + ".join(f"{each['id']} * 1 GBP" for each in many)
    more = {"id": "more", "label": "More", "formula": total}
    document = CASE | {
        "assumptions": [*HELPDESK["assumptions"], *many],
        "benefits": [*HELPDESK["benefits"], more],
    }
    page = open_workshop(open_editor, editor_site, document)
    order = "rows => rows.map(row => row.dataset.assumption)"
    rows = page.locator(".workshop-row:not([hidden])")
    first = ["users", "more_5", "more_4", "more_3", "more_2"]
    assert rows.evaluate_all(order) == first
    place(page, "assumptions.more_2.high").fill("90,000")
    expect(page.locator('[data-live="workshop.more_2.effect"]')).to_contain_text("+£90.0k")
    assert rows.evaluate_all(order) == first
    page.get_by_role("button", name="Next 5").click()
    assert rows.evaluate_all(order) == ["more_1", "more_0", "saving", "price"]
    page.get_by_label("Add another assumption").select_option("users")
    expect(place(page, "assumptions.users.value")).to_be_focused()
    page.get_by_role("button", name="Which matter now?").click()
    expect(page.locator("#toasts")).to_contain_text("These matter most now.")
    assert rows.evaluate_all(order) == ["more_2", "users", "more_5", "more_4", "more_3"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_sound_at_every_size(
    open_editor: Callable[..., Page], editor_site: Site, theme: str
) -> None:
    page = open_workshop(open_editor, editor_site, color_scheme=theme)
    place(page, "assumptions.saving.value").fill("600")
    expect(said(page, "saving")).to_contain_text("Who says so?")
    for wide, high in ((1920, 1080), (390, 800)):
        page.set_viewport_size({"width": wide, "height": high})
        assert excess(page) == []
        assert faults(page, RULES if theme == "light" else COLOURS) == []
