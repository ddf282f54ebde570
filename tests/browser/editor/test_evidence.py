"""A number that changes loses the evidence of the old one, unless somebody says that it holds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.editor.conftest import (
    Site,
    case_of,
    expect_status,
    expect_value,
    place,
    script,
)

pytestmark = pytest.mark.browser

GRADE = "assumptions.users.evidence.grade"
SOURCE = "assumptions.users.evidence.source"


def change(page: Page, text: str) -> None:
    users = place(page, "assumptions.users.value")
    users.fill(text)
    users.press("Tab")


def test_a_changed_number_counts_as_our_own_assumption(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor()
    change(page, "100.0")
    expect_value(page, "£141k")
    expect(place(page, GRADE)).to_have_value("B")
    change(page, "200")
    expect_value(page, "£291k")
    expect(place(page, GRADE)).to_have_value("E")
    expect(place(page, SOURCE)).to_have_value("Changed by Ann Lee")
    expect_status(page, "Saved at")
    kept = editor_site.document(case_of(page))["assumptions"][0]["evidence"]
    assert kept["grade"] == "E"
    assert kept["note"].startswith("Was 100\u00a0users (B, Head of IT).")
    page.get_by_role("button", name="Keep the evidence").click()
    expect(place(page, GRADE)).to_have_value("B")
    expect(place(page, SOURCE)).to_have_value("Head of IT")
    expect(place(page, "assumptions.users.value")).to_have_value("200")


def test_evidence_that_was_given_with_the_number_stays(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    expect_value(page, "£141k")
    place(page, SOURCE).fill("Count of 3 March")
    change(page, "300")
    expect_value(page, "£441k")
    change(page, "200")
    expect_value(page, "£291k")
    # The second number has no word of its own; the first one had.
    expect(place(page, SOURCE)).to_have_value("Changed by Ann Lee")
    form = script(page, "document")
    note = form.evaluate("form => form.valueAt('assumptions.users.evidence.note')")
    assert note.startswith("Was 300\u00a0users (B, Count of 3 March)")
