"""Scenarios and alternatives in the editor: their cells come and go with the assumptions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.editor.conftest import place

pytestmark = pytest.mark.browser


def test_a_scenario_that_is_added_has_a_cell_for_each_range(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor()
    page.get_by_role("button", name="Add scenario").click()
    page.keyboard.type("Fewer")
    page.keyboard.press("Tab")
    users = place(page, "scenarios.fewer.set.users")
    expect(users).to_have_attribute("placeholder", "100")
    users.fill("50")
    users.press("Tab")
    figures = page.locator('[data-live="scenarios.fewer._figures"]')
    expect(figures).to_contain_text("£66.0k")
    expect(figures).to_contain_text("−£75.0k")


def test_an_assumption_without_a_range_can_be_asked_for(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    page.get_by_role("button", name="Add scenario").click()
    page.keyboard.type("Fewer")
    page.keyboard.press("Tab")
    page.locator('[data-pick="scenarios"]').select_option("price")
    price = place(page, "scenarios.fewer.set.price")
    expect(price).to_be_focused()
    expect(page.locator('[data-live="scenarios.expected.price"]')).to_contain_text("£9,000")


def test_an_empty_cell_shows_what_is_expected_now(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    page.get_by_role("button", name="Add scenario").click()
    page.keyboard.type("Fewer")
    page.keyboard.press("Tab")
    place(page, "assumptions.users.value").fill("110")
    expect(place(page, "scenarios.fewer.set.users")).to_have_attribute("placeholder", "110")


def test_doing_nothing_is_added_and_counted(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    page.get_by_role("button", name="Add “do nothing”").click()
    expect(place(page, "alternatives.do_nothing.kind")).to_have_value("do_nothing")
    row = page.locator('[data-row="do_nothing"]')
    row.get_by_role("button", name="Add cost").click()
    page.keyboard.type("Overtime")
    page.keyboard.press("Tab")
    place(page, "alternatives.do_nothing.investments.overtime.formula").fill("price * 2")
    expect(row.locator(".option-total")).to_contain_text("−£18.0k")
    row.locator("[data-pick]").select_option("price")
    place(page, "alternatives.do_nothing.set.price").fill("1000")
    expect(row.locator(".option-total")).to_contain_text("−£2.00k")
