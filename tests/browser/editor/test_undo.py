"""Rows come and go, and every step can be taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.editor.conftest import (
    Site,
    case_of,
    expect_status,
    expect_value,
    menu,
    place,
    rows,
)

pytestmark = pytest.mark.browser


def test_a_new_row_is_named_after_its_label_and_kept(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor()
    expect_value(page, "£141k")
    page.get_by_role("button", name="Add assumption").click()
    new = rows(page, "assumptions")[-1]
    assert rows(page, "assumptions") == ["users", "saving", "price", new]
    expect(place(page, f"assumptions.{new}.label")).to_be_focused()
    # An empty row is nothing to save yet, and stays all the same.
    page.wait_for_timeout(1200)
    page.keyboard.type("Price of training")
    page.keyboard.press("Tab")
    assert rows(page, "assumptions")[-1] == "price_of_training"
    place(page, "assumptions.price_of_training.value").fill("£2k")
    place(page, "investments.licence.formula").fill("price + price_of_training")
    expect_value(page, "£139k")
    expect_status(page, "Saved at")
    kept = editor_site.document(case_of(page))["assumptions"][-1]
    assert kept["id"] == "price_of_training"
    assert kept["label"] == "Price of training"
    # From now on a formula names it.
    place(page, "assumptions.price_of_training.label").fill("Training")
    page.keyboard.press("Tab")
    assert rows(page, "assumptions")[-1] == "price_of_training"


def test_everything_can_be_taken_back_and_done_again(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    users = place(page, "assumptions.users.value")
    users.fill("300")
    expect_value(page, "£441k")
    users.press("Tab")
    menu(page, "assumptions.saving", "Delete")
    expect(page.locator("#toasts")).to_contain_text("“Saved for each user” is deleted.")
    menu(page, "assumptions.price", "Move up")
    menu(page, "assumptions.users", "Duplicate")
    assert rows(page, "assumptions") == ["price", "users", "users_copy"]
    page.locator('[data-act="undo"]').click()
    page.locator('[data-act="undo"]').click()
    assert rows(page, "assumptions") == ["users", "price"]
    page.locator('[data-act="undo"]').click()
    assert rows(page, "assumptions") == ["users", "saving", "price"]
    expect(place(page, "assumptions.saving.value")).to_have_value("£500")
    expect(page.locator("#toasts")).to_contain_text("Undone: deleting “Saved for each user”")
    expect_value(page, "£441k")
    page.locator("body").press("Control+z")
    expect(users).to_have_value("100")
    expect_value(page, "£141k")
    expect(page.locator('[data-act="undo"]')).to_be_disabled()
    page.locator("body").press("Control+Shift+z")
    expect_value(page, "£441k")
    page.locator("body").press("Control+y")
    assert rows(page, "assumptions") == ["users", "price"]


def test_the_words_of_a_deletion_hold_the_way_back(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    expect_value(page, "£141k")
    menu(page, "benefits.time", "Delete")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(place(page, "benefits.time.formula")).to_have_value("users * saving")
    expect_value(page, "£141k")


def test_while_a_cell_is_half_typed_the_key_is_the_browsers_own(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor()
    expect_value(page, "£141k")
    price = place(page, "assumptions.price.value")
    price.fill("8k")
    price.press("Tab")
    expect_value(page, "£142k")
    users = place(page, "assumptions.users.value")
    users.focus()
    users.press("End")
    users.press_sequentially("0")
    expect_value(page, "£1.49m")
    users.press("Control+z")
    expect(users).to_have_value("100")
    expect(page.locator("#toasts")).not_to_contain_text("Undone")
    expect(price).to_have_value("£8,000")
    expect_value(page, "£142k")
