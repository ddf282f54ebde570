"""The help and the tour in a browser: found, searched, done step by step, never in the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import COLOURS, RULES, faults, width
from tests.browser.editor.conftest import Site, place

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 800}
IS_COVERED = """() => {
  const box = document.activeElement.getBoundingClientRect();
  const card = document.getElementById('guide').getBoundingClientRect();
  return card.left < box.right && box.left < card.right
    && card.top < box.bottom && box.top < card.bottom;
}"""


def part(page: Page, name: str) -> Locator:
    return page.locator(f'#help [data-part="{name}"]')


def test_help_opens_where_one_is_and_is_searched(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    place(page, "benefits.time.formula").focus()
    page.keyboard.press("F1")
    expect(part(page, "functions")).to_be_visible()
    expect(part(page, "figures")).to_be_hidden()
    page.get_by_role("searchbox", name="Find in the help").fill("payback interpolated")
    expect(page.locator('[data-entry="figures.payback"]')).to_be_visible()
    expect(page.locator('[data-entry="functions.round"]')).to_be_hidden()
    page.get_by_role("searchbox", name="Find in the help").fill("no such thing")
    expect(page.locator("#help-found")).to_have_text("Nothing found. Try another word.")
    page.get_by_role("searchbox", name="Find in the help").fill("")
    expect(part(page, "functions")).to_be_visible()
    page.keyboard.press("Escape")
    expect(place(page, "benefits.time.formula")).to_be_focused()


def test_a_figure_of_the_panel_leads_to_what_it_means(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    page.get_by_role("button", name="What is Net present value (NPV)?").click()
    entry = page.locator('[data-entry="figures.npv"]')
    expect(entry).to_be_focused()
    expect(entry).to_contain_text("Discounting: 10% a year")


def test_help_that_cannot_be_loaded_says_so_and_is_asked_for_again(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor(expected=("Failed to load resource",))
    page.route("**/edit/help", lambda route: route.abort())
    page.locator('[data-act="help"]').click()
    expect(page.locator("#help [role=alert]")).to_contain_text("could not be loaded")
    page.keyboard.press("Escape")
    page.unroute("**/edit/help")
    page.locator('[data-act="help"]').click()
    expect(part(page, "functions")).to_be_visible()


def test_the_tour_is_ticked_off_by_doing_and_says_what_is_left(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor()
    guide = page.locator("#guide")
    expect(guide).to_be_hidden()
    page.goto(f"{page.url}?guide=1")
    expect(guide).to_contain_text("0 of 7")

    guide.get_by_role("button", name="Show me").click()
    expect(place(page, "assumptions.users.value")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("150")
    page.keyboard.press("Tab")
    expect(guide).to_contain_text("1 of 7")
    guide.get_by_role("button", name="Show me").click()
    expect(place(page, "assumptions.saving.low")).to_be_focused()
    place(page, "assumptions.saving.low").fill("400")
    place(page, "assumptions.saving.high").fill("600")
    place(page, "assumptions.saving.evidence.source").fill("Finance team")
    page.keyboard.press("Tab")
    expect(guide).to_contain_text("3 of 7")
    page.reload()
    expect(guide).to_contain_text("3 of 7")

    page.locator("#result .value [data-explain]").click()
    expect(page.locator("#explain")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator('[data-add="benefits"]').click()
    page.locator('[data-list="benefits"] [data-field="formula"]').last.fill("users * price")
    page.keyboard.press("Tab")
    page.locator('[data-add="goals"]').click()
    page.locator('[data-list="goals"] [data-field="label"]').last.fill("Happier users")
    page.keyboard.press("Tab")
    expect(guide).to_contain_text("6 of 7")
    page.get_by_role("button", name="Download").first.click()
    page.locator("#downloads").get_by_role("link", name="Excel workbook").evaluate(
        "link => { link.addEventListener('click', each => each.preventDefault()); link.click(); }"
    )
    expect(guide).to_contain_text("1 number needs evidence")
    guide.get_by_role("button", name="Finish").click()
    expect(guide).to_be_hidden()


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desk", "phone"])
def test_the_tour_never_covers_the_field_that_one_is_in(
    open_editor: Callable[..., Page], viewport: dict[str, int] | None
) -> None:
    page = open_editor(**({"viewport": viewport} if viewport else {}))
    page.goto(f"{page.url}?guide=1")
    expect(page.locator("#guide")).to_be_visible()
    page.locator("#main [data-field]").first.focus()
    covered = []
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(IS_COVERED):
            covered.append(page.evaluate("document.activeElement.outerHTML.slice(0, 160)"))
    assert covered == []


def test_the_tour_is_folded_ended_and_taken_up_again(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    page.locator('[data-act="help"]').click()
    page.get_by_role("button", name="Take the three-minute tour").click()
    expect(page.locator("#help")).to_be_hidden()
    fold = page.get_by_role("button", name="Your first case")
    expect(fold).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".guide-steps")).to_be_hidden()
    expect(fold).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page.locator(".guide-steps")).to_be_visible()
    page.get_by_role("button", name="End the tour").click()
    expect(page.locator("#guide")).to_be_hidden()
    expect(page.locator('[data-act="help"]')).to_be_focused()


def test_a_tour_that_cannot_be_loaded_says_so_and_is_fetched_the_next_time(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor(expected=("Failed to load resource",))
    page.route("**/edit/guide", lambda route: route.abort())
    page.locator('[data-act="help"]').click()
    tour = page.get_by_role("button", name="Take the three-minute tour")
    tour.click()
    expect(page.locator("#help")).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("The tour could not be loaded")
    page.unroute("**/edit/guide")
    page.locator('[data-act="help"]').click()
    tour.click()
    expect(page.locator("#guide")).to_contain_text("0 of 7")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_help_nor_in_the_tour(
    open_editor: Callable[..., Page], scheme: str
) -> None:
    page = open_editor(color_scheme=scheme, viewport=PHONE)
    page.goto(f"{page.url}?guide=1")
    expect(page.locator("#guide")).to_be_visible()
    rules = RULES if scheme == "light" else COLOURS
    seen = faults(page, rules)
    page.keyboard.press("Control+/")
    expect(part(page, "keys")).to_be_visible()
    for name in ("functions", "figures", "numbers", "evidence"):
        page.locator(f'.help-parts [data-help="{name}"]').click()
        expect(part(page, name)).to_be_visible()
        assert width(page) == PHONE["width"], name
    seen += faults(page, rules)
    assert seen == []
