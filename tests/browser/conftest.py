"""A live server, the system's Chromium, and a page whose every error fails its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests import chromium
from tests.browser.signed_in import listening
from valuecalc.config import Settings
from valuecalc.web.app import create_app

ARGUMENTS = [
    "--no-sandbox",  # in a container, root has no other choice
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What passes is left out already in the browser: on a long page it is megabytes.
AXE_RUN = "only => axe.run({runOnly: only, resultTypes: ['violations']}).then(it => it.violations)"
# What can be wrong in one theme alone: a theme changes colours and nothing else.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}

# Two workers share two cores with their browsers and servers: what takes a tenth of a second
# alone has taken more than the usual five on a busy machine. Nobody waits for what is there.
PATIENCE_MILLISECONDS = 60_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)

# Collects what the policy refuses, which Chromium does not always write to the console.
WATCH_POLICY = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  refused.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
});
"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    try:
        program = chromium.program()
    except chromium.NoChromium as reason:
        pytest.skip(str(reason))
    return {**browser_type_launch_args, "executable_path": program, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "viewport": {"width": 1440, "height": 900},
        "locale": "en-GB",
        "reduced_motion": "reduce",
    }


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    with listening(create_app(Settings())) as address:
        yield address


@pytest.fixture
def watch() -> Iterator[Callable[[Page], Page]]:
    """Makes a page fail the test for each error of a script, console message or refusal."""
    errors: list[str] = []
    pages: list[Page] = []

    def note(message: ConsoleMessage) -> None:
        # A case with mistakes is answered with 422, which Chromium calls an error.
        if message.type in ("error", "warning") and "status of 422" not in message.text:
            errors.append(message.text)

    def start(page: Page) -> Page:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", note)
        page.add_init_script(WATCH_POLICY)
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        pages.append(page)
        return page

    yield start
    for page in pages:
        if not page.is_closed():
            errors += page.evaluate("window.refused ?? []")
    assert not errors, errors


@pytest.fixture
def page(page: Page, watch: Callable[[Page], Page]) -> Page:
    return watch(page)


@pytest.fixture
def page_without_scripts(new_context: Any) -> Page:
    context: BrowserContext = new_context(java_script_enabled=False)
    return context.new_page()


def settle(page: Page, shown: Locator) -> None:
    """Wait for the page that a click or a key leads to, until it is there as a whole.

    `shown` has to be something that the page before does not show. A click returns before the
    next page is there, so what is asked of the page right after it may reach the page before,
    or one that has no body yet.
    """
    expect(shown).to_be_visible()
    page.wait_for_load_state()


def flaws(page: Page, shown: Locator) -> list[str]:
    """What axe finds on the page that shows `shown`, and how much wider than its window it is."""
    settle(page, shown)
    return [*faults(page), *excess(page)]


def faults(page: Page, only: object = RULES) -> list[str]:
    """What axe finds, with the elements, once no colour is on its way to another.

    `only` are the rules, as axe takes them. After a click that leads to another page, call
    `settle` first.
    """
    page.evaluate("document.getAnimations().forEach(each => each.finish())")
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}"
        for rule in page.evaluate(AXE_RUN, only)
        for node in rule["nodes"]
    ]


def faults_in_light_and_dark(page: Page) -> list[str]:
    """What axe finds in the light theme, and in the dark one among its colours.

    After a click that leads to another page, call `settle` first.
    """
    page.emulate_media(color_scheme="light")
    found = [f"light: {each}" for each in faults(page)]
    page.emulate_media(color_scheme="dark")
    return [*found, *(f"dark: {each}" for each in faults(page, COLOURS))]


def width(page: Page) -> int:
    """How wide the page is in pixels, once the window has its size and has been painted in it.

    After a click that leads to another page, call `settle` first.
    """
    assert page.viewport_size is not None
    wanted = page.viewport_size["width"]
    page.wait_for_function("wide => matchMedia(`(width: ${wide}px)`).matches", arg=wanted)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found: int = page.evaluate("document.documentElement.scrollWidth")
    return found


def excess(page: Page) -> list[str]:
    """Nothing, or how much wider than its window the page is."""
    assert page.viewport_size is not None
    window, found = page.viewport_size["width"], width(page)
    return [f"{found} pixels wide in a window of {window}"] if found > window else []
