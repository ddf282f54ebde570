"""A live server, the system's Chromium, and a page whose every error fails its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests import chromium
from tests.browser.signed_in import listening
from tests.web import kept_templates
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
AXE_RUN = """([within, only]) =>
  axe.run(within, { runOnly: only, resultTypes: ["violations"] }).then((it) => it.violations)"""
# Axe works out what each element's colours mean, and a page has thousands of elements in a few
# colours: a third of its time.
KEEP_COLOURS = """() => {
  const { prototype } = axe.commons.color.Color;
  const { parseString } = prototype;
  const known = new Map();
  prototype.parseString = function (text) {
    if (!known.has(text)) {
      const { r, g, b, alpha } = parseString.call(this, text);
      known.set(text, { r, g, b, alpha });
    }
    return Object.assign(this, known.get(text));
  };
}"""
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
    with listening(kept_templates.use(create_app(Settings()))) as address:
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


def put(field: Locator, text: str) -> None:
    """Put a long text into a field that no script looks at.

    `fill` takes seconds for a thousand lines: they are laid out as if they were typed.
    """
    field.evaluate("(field, text) => { field.value = text; }", text)


def flaws(page: Page, shown: Locator) -> list[str]:
    """What axe finds on the page that shows `shown`, and how much wider than its window it is."""
    settle(page, shown)
    return [*faults(page), *excess(page)]


def faults(page: Page, only: object = RULES, *, within: str = "html") -> list[str]:
    """What axe finds, with the elements, once no colour is on its way to another.

    `only` are the rules, as axe takes them, and `within` is the selector of what is looked at;
    what is said of a page as a whole is looked for in `html` alone. After a click that leads to
    another page, call `settle` first.
    """
    page.evaluate("document.getAnimations().forEach(each => each.finish())")
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
        page.evaluate(KEEP_COLOURS)
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}"
        for rule in page.evaluate(AXE_RUN, [within, only])
        for node in rule["nodes"]
    ]


def faults_in_light_and_dark(page: Page, *, again: str = "html") -> list[str]:
    """What axe finds in the light theme, and in the dark one among its colours.

    `again` is the selector of what is looked at in the dark theme: the dialog that is open, where
    another test looks at the page behind it.

    After a click that leads to another page, call `settle` first.
    """
    page.emulate_media(color_scheme="light")
    found = [f"light: {each}" for each in faults(page)]
    page.emulate_media(color_scheme="dark")
    return [*found, *(f"dark: {each}" for each in faults(page, COLOURS, within=again))]


def faults_in_windows(
    page: Page, *, wide: int, between: int, narrow: int, again: str = "html"
) -> list[str]:
    """What axe finds in three widths of one window, and where the page is wider than it.

    Both themes are looked at where it is wide, the light one between, the dark one where it is
    narrow: what is there depends on the width, and the theme changes its colours alone.

    `again` is the selector of what is looked at after the first look at the whole page: the
    dialog that is open, where another test looks at the page behind it in as many windows.
    """
    height = page.viewport_size["height"] if page.viewport_size else 900
    page.set_viewport_size({"width": wide, "height": height})
    found = [*faults_in_light_and_dark(page, again=again), *excess(page)]
    for pixels, theme in ((between, "light"), (narrow, "dark")):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": pixels, "height": height})
        seen = [*excess(page), *faults(page, within=again)]
        found += [f"{pixels} pixels: {each}" for each in seen]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": wide, "height": height})
    return found


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
