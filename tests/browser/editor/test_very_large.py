"""A case that takes long to work out: its results come part by part, and then no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.editor.conftest import expect_value, place
from valuecalc.web.pages.editor import live

pytestmark = pytest.mark.browser

PAUSE, PAUSE_HERE = "PAUSE_WHEN_LARGE = 3_000", "PAUSE_WHEN_LARGE = 100"
QUIET_MILLISECONDS = 2_000
MOST_LOOKS = 60


def with_short_pauses(route: Route) -> None:
    """Send a script that waits for a moment where it would wait for seconds."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace(PAUSE, PAUSE_HERE))


def wait_until_nothing_is_asked(page: Page, asked: list[Request]) -> None:
    before = -1
    for _ in range(MOST_LOOKS):
        if before == len(asked) and asked[-1].response() is not None:
            return
        before = len(asked)
        page.wait_for_timeout(QUIET_MILLISECONDS)
    raise AssertionError("the page goes on asking")


def test_parts_of_a_very_large_case_come_one_by_one_and_nothing_is_asked_twice(
    open_editor: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_CELLS", 1)
    page = open_editor(viewport={"width": 1440, "height": 1000})
    page.route("**/joined/**", with_short_pauses)
    asked: list[Request] = []

    def note(request: Request) -> None:
        if request.url.endswith("/edit/live"):
            asked.append(request)

    page.on("request", note)
    page.reload()
    expect(page.locator("#toasts")).to_contain_text("This case is very large")
    place(page, "assumptions.users.value").fill("200")
    expect_value(page, "£291k")
    expect(page.locator("#benefits")).to_contain_text("£300,000")
    expect(page.locator("#save-status")).to_contain_text("Saved at")
    assert len(asked) > 2
    wait_until_nothing_is_asked(page, asked)
