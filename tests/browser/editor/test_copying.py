"""In the editor tables and charts are taken along as they are while somebody types."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.editor.conftest import expect_value, place

pytestmark = pytest.mark.browser


def test_a_table_is_copied_with_what_was_typed_last(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator('[data-sections] a[href="#results"]').click()
    button = page.locator('[data-live="cash-flow.table"] [data-copy=table]')
    expect(button).to_be_visible()
    table = page.locator('[data-live="cash-flow.table"] table')
    last = table.locator("tbody tr").first.locator("td").last
    before = last.inner_text()
    place(page, "assumptions.users.value").fill("200")
    expect_value(page, "£291k")
    expect(last).not_to_have_text(before)
    button.click()
    expect(button).to_have_text("Copied")
    expect(button).to_have_text("Copy table")
    total = last.inner_text()
    text = page.evaluate("navigator.clipboard.readText()")
    first = text.replace("\u00a0", " ").splitlines()[2]
    assert first.split("\t")[-1] == total.replace("\u00a0", " ").replace("\u2212", "-")
    # What is typed next makes the table anew, and the button stays.
    place(page, "assumptions.users.value").fill("100")
    expect_value(page, "£141k")
    expect(button).to_have_text("Copy table")


def test_a_chart_of_the_panel_is_copied_by_key(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect_value(page, "£141k")
    button = page.locator('[data-live="panel.charts"] [data-copy=picture]').first
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_text("Copied")
    kinds = page.evaluate("navigator.clipboard.read().then(([item]) => item.types)")
    assert kinds == ["image/png"]
