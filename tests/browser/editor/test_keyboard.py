"""Working in the editor with the keyboard alone, as in a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.editor.conftest import Site, case_of, expect_status, expect_value, place

pytestmark = pytest.mark.browser

EMPTY = {"format": "valuecalc/1", "title": "New case", "currency": "GBP"}


def focused(page: Page) -> str:
    """The place of the field that has the focus."""
    found: str = page.evaluate("(document.activeElement?.id ?? '').replace(/^f-/, '')")
    return found


def order(page: Page) -> list[str]:
    found: list[str] = page.locator('[data-list="assumptions"] > [data-row]').evaluate_all(
        "rows => rows.map(row => row.dataset.row)"
    )
    return found


def test_a_small_case_is_built_without_a_mouse(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor(editor_site.new_case(EMPTY))
    keys = page.keyboard
    page.locator('[data-add="assumptions"]').focus()
    keys.press("Enter")
    for label, value, unit in (
        ("Users", "1.2k", "user"),
        ("Saved per user", "£30", "GBP/user/year"),
        ("Price", "5k", "GBP"),
    ):
        keys.type(label)
        newest = page.locator('[data-list="assumptions"] > [data-row]').last
        newest.locator('[data-field="value"]').focus()
        keys.type(value)
        newest.locator('[data-field="unit"]').focus()
        keys.type(unit)
        keys.press("Control+Enter")
    page.locator('[data-add="benefits"]').focus()
    keys.press("Enter")
    keys.type("Less time lost")
    page.locator('[data-list="benefits"] [data-field="formula"]').focus()
    keys.type("users * sav")
    keys.press("Enter")
    page.locator('[data-add="investments"]').focus()
    keys.press("Enter")
    keys.type("Licence")
    page.locator('[data-list="investments"] [data-field="formula"]').focus()
    keys.type("pri")
    keys.press("Tab")
    expect_value(page, "£103k")
    expect_status(page, "Saved at")
    kept = editor_site.document(case_of(page))
    assert [each["id"] for each in kept["assumptions"]] == ["users", "saved_per_user", "price"]
    assert kept["benefits"][0]["formula"] == "users * saved_per_user"


def test_enter_and_arrows_stay_in_the_column_and_enter_adds_a_row(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor()
    keys = page.keyboard
    place(page, "assumptions.users.value").focus()
    keys.press("Enter")
    assert focused(page) == "assumptions.saving.value"
    assert page.evaluate("getSelection().toString()") == "£500"
    keys.press("ArrowDown")
    assert focused(page) == "assumptions.price.value"
    keys.press("Shift+Enter")
    keys.press("ArrowUp")
    assert focused(page) == "assumptions.users.value"
    place(page, "assumptions.price.label").focus()
    keys.press("Enter")
    new = order(page)[-1]
    assert order(page) == ["users", "saving", "price", new]
    assert focused(page) == f"assumptions.{new}.label"
    keys.press("Enter")  # an empty row needs no other one below
    assert len(order(page)) == 4
    keys.type("Sites")
    keys.press("Shift+Enter")
    assert focused(page) == "assumptions.price.label"
    expect(place(page, "assumptions.sites.label")).to_have_value("Sites")


def test_escape_puts_a_cell_back(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    expect_value(page, "£141k")
    users = place(page, "assumptions.users.value")
    users.focus()
    page.keyboard.type("5")
    expect_value(page, "−£1.50k")
    page.keyboard.press("Escape")
    expect(users).to_have_value("100")
    expect_value(page, "£141k")
    expect(users).to_be_focused()


def test_rows_move_and_cells_are_copied_from_above(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    keys = page.keyboard
    place(page, "assumptions.price.value").focus()
    keys.press("Alt+ArrowUp")
    keys.press("Alt+ArrowUp")
    keys.press("Alt+ArrowUp")
    assert order(page) == ["price", "users", "saving"]
    assert focused(page) == "assumptions.price.value"
    keys.press("Alt+ArrowDown")
    assert order(page) == ["users", "price", "saving"]
    keys.press("Control+d")
    expect(place(page, "assumptions.price.value")).to_have_value("100")
    keys.press("Control+z")
    expect(place(page, "assumptions.price.value")).to_have_value("£9,000")
    keys.press("Control+z")
    assert order(page) == ["price", "users", "saving"]


def test_twenty_with_a_plus_is_added_and_with_a_minus_is_not(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor(expected=("422",))
    expect_value(page, "£141k")
    users = place(page, "assumptions.users.value")
    users.focus()
    page.keyboard.type("+20")
    expect(page.locator('[data-live="panel.value"] .value')).to_have_text("£141k")
    page.keyboard.press("Enter")
    expect(users).to_have_value("120")
    expect_value(page, "£171k")
    users.focus()
    page.keyboard.type("-20")
    page.keyboard.press("Enter")
    expect(users).to_have_value("-20")
    low = place(page, "assumptions.saving.low")  # nothing to add to
    low.focus()
    page.keyboard.type("+20")
    page.keyboard.press("Enter")
    expect(low).to_have_value("£20")
    users.focus()
    page.keyboard.type("+much")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“+much” is not a number")).to_be_visible()


def test_a_note_keeps_its_lines(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    page.locator('[data-row="users"] summary').click()
    note = place(page, "assumptions.users.note")
    note.focus()
    page.keyboard.type("one")
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    expect(note).to_have_value("one\ntwo")
    label = place(page, "assumptions.users.label")
    label.focus()
    page.keyboard.press("Alt+Enter")
    expect(label).to_have_value("Users")


def test_a_search_hides_rows_and_keys_pass_them_by(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    find = page.locator("#assumptions [data-find]")
    find.fill("PRÍCE")
    rows = page.locator('[data-list="assumptions"] > [data-row]:visible')
    expect(rows).to_have_count(1)
    expect(page.locator("#assumptions [data-found]")).to_have_text("1 of 3 shown")
    find.fill("")
    expect(rows).to_have_count(3)
    page.locator('[data-filter="evidence"]').first.click()
    expect(rows).to_have_count(2)
    find.fill("nothing like it")
    expect(rows).to_have_count(0)
    find.fill("")
    page.locator('[data-filter="evidence"]').first.click()
    place(page, "assumptions.price.value").focus()
    page.keyboard.press("Shift+Enter")
    assert focused(page) == "assumptions.saving.value"
    find.fill("licence")
    page.keyboard.press("Enter")
    assert focused(page) == "assumptions.price.label"
    find.fill("gbp")
    expect(rows).to_have_count(2)
    place(page, "assumptions.saving.value").focus()
    page.keyboard.press("ArrowUp")
    assert focused(page) == "assumptions.saving.value"


def test_the_list_of_keys_opens_and_closes(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    keys = page.get_by_text("Down or up in the same column")
    page.keyboard.press("Control+/")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
