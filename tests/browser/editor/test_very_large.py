"""A case that takes long to work out: its results come part by part, and then no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.editor.conftest import expect_value, place
from valuecalc.web.pages.editor import live

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_parts_of_a_very_large_case_come_one_by_one_and_nothing_is_asked_twice(
    open_editor: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_CELLS", 1)
    page = open_editor(viewport={"width": 1440, "height": 1000})
    expect(page.locator("#toasts")).to_contain_text("This case is very large")
    place(page, "assumptions.users.value").fill("200")
    expect_value(page, "£291k")
    expect(page.locator("#benefits")).to_contain_text("£300,000")
    expect(page.locator("#save-status")).to_contain_text("Saved at")
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/edit/live"):
            asked.append(request.post_data or "")

    page.wait_for_timeout(25_000)  # until all that is near has come, part by part
    page.on("request", note)
    page.wait_for_timeout(7_000)  # more than two pauses
    assert asked == []
