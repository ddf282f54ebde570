"""What the editor shows while somebody types: the result, what is wrong, and no lost letter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.editor.conftest import Site, case_of, expect_status, expect_value, place

pytestmark = pytest.mark.browser

USERS = "assumptions.users.value"


def test_the_value_moves_with_each_key(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    expect_value(page, "£141k")
    users = place(page, USERS)
    users.press("End")
    users.press_sequentially("0")
    expect_value(page, "£1.49m")
    expect(page.locator("[data-since]")).to_have_text("▲ £1.35m since you opened it")
    expect(users).to_be_focused()
    page.wait_for_function("editorTimings.length > 0")
    expect(page.locator("#spoken")).to_contain_text("£1.49m")


def test_a_number_that_cannot_be_read_keeps_the_last_result(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor()
    users = place(page, USERS)
    users.fill("lots")
    note = page.locator("p[data-stale]")
    expect(note).to_have_text("Last complete result. 1 value to fix.")
    expect_value(page, "£141k")
    error = page.locator(f'[id="e-{USERS}"]')
    expect(error).to_contain_text("“lots” is not a number")
    expect(users).to_have_attribute("aria-invalid", "true")
    assert f"e-{USERS}" in (users.get_attribute("aria-describedby") or "")
    expect(page.locator('[data-sections] a[href="#assumptions"]')).to_contain_text("1 to fix")
    users.fill("200")
    expect(note).to_be_hidden()
    expect(error).to_have_count(0)
    expect(users).not_to_have_attribute("aria-invalid", "true")
    expect_value(page, "£291k")


def test_a_field_that_is_left_shows_what_was_understood(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    price = place(page, "assumptions.price.value")
    price.fill("12k")
    expect_value(page, "£138k")
    # Neither the answer nor the save may write into a field that somebody is in.
    expect_status(page, "Saved at")
    expect(price).to_have_value("12k")
    price.press("Tab")
    expect(price).to_have_value("£12,000")
    expect_status(page, "Saved at")


def test_late_answers_lose_no_letter_and_end_at_the_truth(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor()
    expect_value(page, "£141k")
    label = place(page, "assumptions.users.label")
    users = place(page, USERS)
    editor_site.pauses[:] = [0.3, 0.01, 0.2, 0.05, 0.25, 0.0, 0.1]
    users.press("Home")
    users.press_sequentially("1234567", delay=60)
    expect(users).to_have_value("1234567100")
    assert users.evaluate("field => field.selectionStart") == 7
    # The last of several is the one that counts, although another answer is under way.
    editor_site.pauses[:] = [0.5, 0.5]
    users.fill("200")
    users.fill("400")
    expect_value(page, "£591k")
    # And away, with the answer still under way.
    editor_site.pauses[:] = [0.3]
    users.fill("300")
    label.focus()
    label.press("Home")
    label.press_sequentially("Many ")
    expect(label).to_have_value("Many Users")
    expect_value(page, "£441k")
    expect(label).to_be_focused()


def test_an_open_table_stays_open_when_the_result_moves(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    expect_value(page, "£141k")
    summary = page.locator('[data-live="panel.charts"] summary').first
    summary.click()
    summary.focus()
    page.evaluate(
        """() => {
          const field = document.getElementById("f-assumptions.users.value");
          field.value = "300";
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    expect_value(page, "£441k")
    details = page.locator('[data-live="panel.charts"] details').first
    expect(details).to_have_attribute("open", "")
    expect(summary).to_be_focused()


def test_what_comes_into_view_is_up_to_date(open_editor: Callable[..., Page]) -> None:
    page = open_editor(viewport={"width": 1440, "height": 420})
    expect_value(page, "£141k")
    place(page, USERS).fill("300")
    expect_value(page, "£441k")
    total = page.locator('[data-live="lines.investments.licence.total"]')
    place(page, "assumptions.price.value").fill("8k")
    total.scroll_into_view_if_needed()
    expect(total).to_have_text("£8,000")
    total = page.locator('[data-live="cash-flow.table"]')
    total.scroll_into_view_if_needed()
    expect(total).to_contain_text("£442,000")


def test_a_number_is_explained_from_what_is_typed(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    place(page, USERS).fill("300")
    expect_value(page, "£441k")
    page.locator('[data-live="panel.value"] .value button').click()
    expect(page.get_by_role("dialog")).to_contain_text("£441,000")


def test_without_a_connection_it_says_so_and_comes_back(open_editor: Callable[..., Any]) -> None:
    page = open_editor(expected=("ERR_INTERNET_DISCONNECTED",))
    expect_value(page, "£141k")
    page.context.set_offline(True)
    place(page, USERS).fill("300")
    note = page.locator("p[data-stale]")
    expect(note).to_have_text("Results are not up to date: no connection. Trying again.")
    expect_status(page, "Not saved – kept in this browser, trying again")
    page.context.set_offline(False)
    expect_value(page, "£441k")
    expect(note).to_be_hidden()
    expect_status(page, "Saved at")
    assert case_of(page)


def test_what_was_typed_before_the_scripts_were_there_counts(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor()
    expect_value(page, "£141k")
    held: list[Route] = []
    page.route("**/js/editor/main.js", lambda route: held.append(route))  # noqa: PLW0108 - a method of a list is not taken
    page.reload(wait_until="commit")
    place(page, "assumptions.users.value").fill("300")
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()
    expect_value(page, "£441k")
    expect_status(page, "Saved at")
    assert editor_site.document(case_of(page))["assumptions"][0]["value"] == 300
