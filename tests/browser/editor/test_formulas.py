"""Suggestions in formulas, and names that change in all of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import faults
from tests.browser.editor.conftest import (
    HELPDESK,
    Site,
    case_of,
    expect_status,
    expect_value,
    place,
)

pytestmark = pytest.mark.browser

FORMULA = "benefits.time.formula"


def suggestions(page: Page) -> Locator:
    return page.locator("#suggestions [role=option]:visible")


def names(page: Page) -> list[str]:
    return page.locator("#suggestions [role=option]:visible code").all_inner_texts()


def at_the_end(page: Page, name: str = FORMULA) -> Locator:
    """The field of a formula, with the caret behind its last letter."""
    field = place(page, name)
    field.focus()
    page.keyboard.press("End")
    return field


def test_a_name_is_found_chosen_and_taken_by_keys(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    keys = page.keyboard
    field = at_the_end(page)
    expect(suggestions(page)).to_have_count(0)  # nobody has typed yet
    keys.type(" * pri")
    expect(suggestions(page)).to_have_count(1)
    assert field.get_attribute("aria-controls") == "suggestions"
    keys.press("Backspace")
    keys.press("Backspace")
    keys.press("Backspace")
    keys.type("licen")  # by a word of its label
    assert names(page) == ["price", "licence"] or names(page) == ["licence", "price"]
    keys.press("ArrowDown")
    chosen = page.locator(f"#{field.get_attribute('aria-activedescendant')} code").inner_text()
    assert faults(page) == []
    keys.press("Tab")
    expect(field).to_be_focused()
    expect(field).to_have_value(f"users * saving * {chosen}")
    expect(suggestions(page)).to_have_count(0)


def test_a_function_gets_brackets_and_the_caret_stands_inside(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor()
    keys = page.keyboard
    field = at_the_end(page)
    keys.type(" + rou")
    expect(suggestions(page)).to_contain_text(["round(value, [digits])"])
    expect(suggestions(page)).to_contain_text(["Rounds to whole numbers"])
    keys.press("Enter")
    keys.type("1 *")
    expect(field).to_have_value("users * saving + round(1 *)")


def test_escape_closes_the_list_first_and_then_puts_the_cell_back(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor()
    field = at_the_end(page)
    page.keyboard.type(" + pr")
    expect(suggestions(page)).to_have_count(2)  # price and previous
    page.keyboard.press("Escape")
    expect(suggestions(page)).to_have_count(0)
    expect(field).to_have_value("users * saving + pr")
    page.keyboard.press("Escape")
    expect(field).to_have_value("users * saving")


def test_a_click_takes_a_suggestion_and_the_rest_of_the_formula_stays(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor()
    field = place(page, FORMULA)
    field.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Delete")
    page.keyboard.type("s")  # in the middle of “users”
    suggestions(page).filter(has_text="users").click()
    expect(field).to_be_focused()
    expect(field).to_have_value("users * saving")
    page.keyboard.press("End")
    page.keyboard.type(" + 500 GBP/us")  # a unit is no name
    expect(suggestions(page)).to_have_count(0)


def test_a_whole_name_leaves_enter_and_tab_their_meaning(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor()
    place(page, "assumptions.saving.id").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("users_saved")
    page.keyboard.press("Tab")
    expect(place(page, FORMULA)).to_have_value("users * users_saved")
    field = place(page, FORMULA)
    field.fill("")
    field.focus()
    page.keyboard.type("users")
    expect(suggestions(page).filter(has_text="users_saved")).to_be_visible()
    page.keyboard.press("Tab")
    expect(field).to_have_value("users")
    expect(field).not_to_be_focused()


def test_an_empty_formula_is_offered_whole_ones(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    support = {"id": "support", "label": "Support", "value": 20, "unit": "GBP/user/year"}
    document = {**HELPDESK, "assumptions": [*HELPDESK["assumptions"], support]}
    page = open_editor(editor_site.new_case(document))
    page.locator('[data-add="investments"]').click()
    page.keyboard.type("Support of users")
    field = page.locator('[data-list="investments"] [data-field="formula"]').last
    field.focus()
    expect(suggestions(page).first).to_be_visible()
    expect(suggestions(page).first).to_contain_text("Users × Support")
    page.keyboard.press("ArrowDown")
    wanted = names(page)[0]
    page.keyboard.press("Enter")
    expect(field).to_have_value(wanted)
    expect(field).to_be_focused()


def test_another_name_goes_into_every_formula(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor()
    name = place(page, "assumptions.users.id")
    name.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("employees")
    page.keyboard.press("Enter")
    expect(place(page, FORMULA)).to_have_value("employees * saving")
    expect(page.locator("#toasts")).to_contain_text("Renamed in 1 place.")
    expect_value(page, "£141k")
    expect_status(page, "Saved at")
    assert editor_site.document(case_of(page))["benefits"][0]["formula"] == "employees * saving"
    page.keyboard.press("Control+z")
    expect(place(page, FORMULA)).to_have_value("users * saving")


def test_a_name_that_cannot_be_is_refused_under_its_field(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor(expected=("422",))
    name = place(page, "assumptions.users.id")
    for wrong in ("price", "two words", "if", "<b>"):
        name.fill(wrong)
        name.press("Tab")
        expect(page.locator("#assumptions .name-error")).to_be_visible()
        expect(name).to_have_value(wrong)
    name.fill("")
    name.press("Tab")
    expect(name).to_have_value("users")
    expect(page.locator("#assumptions .name-error")).to_have_count(0)
    expect(place(page, FORMULA)).to_have_value("users * saving")
