"""The pages in a browser: with and without scripts, by keyboard, light and dark, on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import faults, faults_in_light_and_dark, put, settle, width
from tests.web import cases

pytestmark = pytest.mark.browser

REFERENCE = "/straw-men/new-data-services"
PAGES = {
    "list": "/",
    "case": REFERENCE,
    "case with haircuts": "/straw-men/enhanced-diagnostics?scenario=conservative",
    "explanation": f"{REFERENCE}/explain/value",
    "calculate": "/calculate?example=new-data-services",
    "help": "/help",
    "API": "/api/docs",
}
BROKEN = "format: valuecalc/1\ntitle: Broken\nassumptions:\n  - {id: a, label: A}\n"


def open_page(page: Page, path: str) -> None:
    page.goto(path)
    if path == "/api/docs":
        page.get_by_text("/api/v1/calculate", exact=True).first.wait_for()


def calculate(page: Page, text: str) -> None:
    page.goto("/calculate")
    put(page.get_by_label("The case, as YAML or JSON"), text)
    page.get_by_role("button", name="Calculate").click()
    settle(page, page.locator(".tiles"))


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_axe_finds_nothing_in_light_nor_in_dark(page: Page, path: str) -> None:
    open_page(page, path)
    assert faults_in_light_and_dark(page) == []


def test_axe_finds_nothing_in_a_loss_and_in_an_explanation(page: Page) -> None:
    calculate(page, cases.as_text(cases.loss()))
    assert faults(page) == []
    page.get_by_role("button", name="−£885k").first.click()
    page.get_by_role("dialog").get_by_text("Total investment").first.wait_for()
    assert faults_in_light_and_dark(page) == []


def test_nothing_is_wider_than_a_small_phone(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    for path in PAGES.values():
        open_page(page, path)
        assert width(page) == 320, path


@pytest.mark.parametrize(
    "document",
    [cases.large(), cases.hostile(cases.LONG[:200]), cases.hostile(cases.ARABIC)],
    ids=["large", "long texts", "right to left"],
)
def test_no_case_is_wider_than_its_screen(page: Page, document: cases.Document) -> None:
    calculate(page, cases.as_text(document))
    for pixels in (320, 768, 1440):
        page.set_viewport_size({"width": pixels, "height": 700})
        assert width(page) == pixels


def test_a_number_is_explained_by_keyboard_and_the_focus_returns(page: Page) -> None:
    page.goto(REFERENCE)
    number = page.locator(".tiles").get_by_role("link", name="£9.99m")
    number.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Net present value (NPV)")).to_be_visible()
    expect(dialog).to_contain_text("£9,994,399")
    assert page.url.endswith(REFERENCE)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(number).to_be_focused()


def test_an_explanation_leads_on_to_the_next_one_and_back(page: Page) -> None:
    calculate(page, cases.as_text(cases.large()))
    page.locator(".tiles").get_by_role("button", name="£3.68m").click()
    dialog = page.get_by_role("dialog")
    heading = dialog.locator("h2").nth(1)
    expect(heading).to_have_text("Net present value (NPV)")
    folded = dialog.locator("[data-explain]").last
    folded.evaluate(
        "element => { for (let at = element; at = at.parentElement?.closest('details');)"
        " at.open = true; }"
    )
    folded.click()
    expect(heading).to_have_text("Work package 8, present value")
    dialog.get_by_role("button", name="Back").click()
    expect(heading).to_have_text("Net present value (NPV)")
    expect(dialog.get_by_role("button", name="Back")).to_be_hidden()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_the_theme_is_switched_at_once_and_kept(page: Page) -> None:
    page.goto(REFERENCE)
    page.evaluate("window.notReloaded = true")
    with page.expect_response("**/theme"):
        page.get_by_role("button", name="Dark theme").click()
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Light theme")).to_be_focused()
    assert page.evaluate("window.notReloaded")
    page.reload()
    expect(root).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 20, 27)"


def test_the_section_that_is_read_is_marked(page: Page) -> None:
    page.goto(REFERENCE)
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Cash flow").click()
    marked = page.locator("[data-sections] [aria-current]")
    expect(marked).to_have_text("Cash flow")


def test_the_menu_offers_both_files_by_keyboard(page: Page) -> None:
    page.goto(REFERENCE)
    page.get_by_role("button", name="Download").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Excel workbook")).to_be_focused()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "new-data-services.xlsx"
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Word document")).to_be_hidden()


def test_what_has_the_focus_is_never_covered(page: Page) -> None:
    page.set_viewport_size({"width": 1000, "height": 700})
    page.goto(REFERENCE)
    covered = []
    for _ in range(60):
        page.keyboard.press("Tab")
        covered += page.evaluate(
            """() => {
              const box = document.activeElement.getBoundingClientRect();
              const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
              const top = document.elementFromPoint(x, y);
              const isSeen = top && (document.activeElement.contains(top)
                || top.contains(document.activeElement));
              return isSeen ? [] : [document.activeElement.outerHTML.slice(0, 120)];
            }"""
        )
    assert covered == []


def test_mistakes_get_the_focus_and_the_text_is_still_there(page: Page) -> None:
    page.goto("/calculate")
    field = page.get_by_label("The case, as YAML or JSON")
    field.fill(BROKEN)
    page.get_by_role("button", name="Calculate").click()
    expect(page.locator("[autofocus]")).to_be_focused()
    settle(page, page.get_by_text("Line 4: assumptions.a.value"))
    assert faults(page) == []
    expect(field).to_have_value(BROKEN)


def test_without_scripts_a_number_leads_to_its_page_and_back(page_without_scripts: Page) -> None:
    page = page_without_scripts
    page.goto(f"{REFERENCE}?scenario=stretch")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    page.locator(".value a").click()
    expect(page).to_have_url(f"{REFERENCE}/explain/value?scenario=stretch")
    page.locator("summary", has_text="Higher revenue per user, total").click()
    expect(page.get_by_text("Timing", exact=False).first).to_be_visible()
    page.get_by_role("link", name="Back to the case").click()
    expect(page).to_have_url(f"{REFERENCE}?scenario=stretch")


def test_without_scripts_a_case_is_calculated_explained_and_switched(
    page_without_scripts: Page,
) -> None:
    page = page_without_scripts
    calculate(page, cases.as_text(cases.hostile("Ours & theirs")))
    expect(page.get_by_role("heading", name="Ours & theirs", level=1)).to_be_visible()
    page.get_by_role("button", name="Conservative").first.click()
    expect(page.locator(".scenario.current")).to_have_text("Conservative")
    page.locator(".value button").click()
    expect(page.locator(".explained-value")).to_have_text("£10,200")
    page.get_by_role("button", name="Back to the case").click()
    expect(page.locator(".scenario.current")).to_have_text("Conservative")


def test_without_scripts_the_theme_is_switched_too(page_without_scripts: Page) -> None:
    page = page_without_scripts
    page.goto("/help")
    page.get_by_role("button", name="Dark theme").click()
    expect(page).to_have_url("/help")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
