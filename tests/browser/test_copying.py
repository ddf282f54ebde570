"""Tables and charts are taken along: what the clipboard holds after a click, or a key."""

from __future__ import annotations

import json
import struct
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import faults, put
from valuecalc.services import cases, library
from valuecalc.web.pages.case_page import CasePage

pytestmark = pytest.mark.browser

SLUG = "new-data-services"
CASE = f"/straw-men/{SLUG}"
PAGES = [
    CASE,
    f"{CASE}/sensitivity",
    f"{CASE}/alternatives?from=scenario:stretch&to=scenario:expected",
    f"{CASE}/certainty?draws=2000",
]

READ = """async (kind) => {
  const [item] = await navigator.clipboard.read({unsanitized: ["text/html"]});
  const blob = await item.getType(kind);
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.readAsDataURL(blob);
  });
}"""


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that may use the clipboard, as one that somebody has just clicked in."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield page


def clipboard(page: Page, kind: str) -> bytes:
    """What the clipboard holds of a kind."""
    return b64decode(page.evaluate(READ, kind))


def text_in(page: Page) -> str:
    return clipboard(page, "text/plain").decode()


def table_in(page: Page) -> Any:
    """The table that Word would get."""
    tree = lxml.html.fromstring(clipboard(page, "text/html").decode())
    [found] = tree.xpath("//table")
    return found


def copied(button: Locator) -> None:
    """Click it, and wait until it says that it is done."""
    button.click()
    expect(button).to_have_text("Copied")


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    return struct.unpack(">II", png[16:24])


def cash_flow() -> list[str]:
    """The first row of the cash flow as the page shows it."""
    result = cases.calculate(library.straw_man(SLUG).case)
    row = CasePage(result, (result,), None).cash_flow[0]  # type: ignore[arg-type]
    return [row.label, *(figure.text if figure else "" for figure in row.cells)]


# --------------------------------------------------------------------------- tables


def test_a_table_goes_to_word_with_its_caption_heads_and_styles(page: Page) -> None:
    page.goto(CASE)
    copied(page.locator("#cash-flow [data-copy=table]"))
    table = table_in(page)
    assert table.xpath("string(caption)") == "Cash flow"
    assert "border-collapse" in table.get("style")
    heads = table.xpath("thead/tr/th")
    assert {each.get("scope") for each in heads} == {"col"}
    first = table.xpath("tbody/tr")[0]
    [label] = first.xpath("th")
    assert label.get("scope") == "row"
    assert [each.text_content() for each in first] == cash_flow()
    numbers = first.xpath("td")
    assert all("text-align:right" in each.get("style").replace(" ", "") for each in numbers)
    assert table.xpath("//@class | //@id | //a | //button | //script") == []


def test_the_same_table_goes_to_a_spreadsheet_with_tabs_and_plain_signs(page: Page) -> None:
    page.goto(CASE)
    copied(page.locator("#cash-flow [data-copy=table]"))
    caption, head, first, *rest = text_in(page).splitlines()
    assert caption == "Cash flow"
    assert first.split("\t")[0] == cash_flow()[0]
    assert {line.count("\t") for line in (head, first, *rest)} == {len(cash_flow()) - 1}
    everything = "\n".join(rest)
    assert "-" in everything
    assert "\u2212" not in everything
    assert "\u00a0" not in everything


def test_the_years_of_a_line_are_headed_by_the_name_of_that_line(page: Page) -> None:
    page.goto(CASE)
    for line in library.straw_man(SLUG).case.investments:
        copied(page.locator(f"[id='investments.{line.id}'] [data-copy=table]"))
        assert table_in(page).xpath("string(caption)") == line.label
        assert text_in(page).splitlines()[0] == line.label


def test_words_for_listeners_and_ids_are_left_out_and_second_lines_stay_lines(
    page: Page,
) -> None:
    page.goto(CASE)
    copied(page.locator("#assumptions [data-copy=table]").first)
    case = library.straw_man(SLUG).case
    labels = [each.xpath("th")[0] for each in table_in(page).xpath("tbody/tr")]
    assert [each.text for each in labels] == [each.label for each in case.assumptions]
    text = text_in(page)
    assert "Evidence grade" not in text
    assert "Used in" not in text


def test_markup_in_a_name_stays_text(page: Page) -> None:
    case = library.straw_man(SLUG).path.read_text(encoding="utf-8")
    label = library.straw_man(SLUG).case.assumptions[0].label
    hostile = "<img src=x onerror=alert(1)> & \"Co\" 'x'"
    page.goto("/calculate")
    changed = case.replace(f"label: {label}\n", f"label: {json.dumps(hostile)}\n", 1)
    put(page.locator("[name=document]"), changed)
    page.get_by_role("button", name="Calculate").first.click()
    expect(page.locator("#assumptions")).to_contain_text(hostile)
    copied(page.locator("#assumptions [data-copy=table]").first)
    table = table_in(page)
    assert table.xpath("//img") == []
    assert hostile in table.xpath("tbody/tr/th[1]")[0].text_content()


@pytest.mark.parametrize("path", PAGES)
def test_every_table_and_every_chart_can_be_taken_along(page: Page, path: str) -> None:
    page.goto(path)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    without = page.evaluate(
        """() => [...document.querySelectorAll("main table.table, aside table.table")]
          .filter((each) => {
            const around = each.closest(".scroll") ?? each;
            return !around.nextElementSibling?.querySelector("[data-copy=table]");
          }).map((each) => each.className)"""
    )
    assert without == []
    bare = page.evaluate(
        """() => [...document.querySelectorAll("svg.chart")]
          .filter((each) => !each.closest("figure, .copied-chart")
            ?.querySelector("[data-copy=picture]"))
          .map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert bare == []
    tables = page.locator("[data-copy=table]:visible")
    for number in range(tables.count()):
        copied(tables.nth(number))
        table = table_in(page)
        assert table.xpath("tbody/tr/th[@scope='row']")
        assert table.xpath("thead/tr/th[@scope='col']")


# --------------------------------------------------------------------------- charts


def test_a_chart_is_copied_as_a_picture_on_white_also_from_the_dark_theme(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(CASE)
    figure = page.locator("#evidence figure")
    copied(figure.locator("[data-copy=picture]"))
    width, height = size_of(clipboard(page, "image/png"))
    drawn = figure.locator("svg.chart").evaluate("each => each.viewBox.baseVal.width")
    assert (width, height > 100) == (int(drawn * 3), True)
    colours = page.evaluate(
        """async () => {
          const [item] = await navigator.clipboard.read();
          const bitmap = await createImageBitmap(await item.getType("image/png"));
          const canvas = document.createElement("canvas");
          canvas.width = bitmap.width;
          canvas.height = bitmap.height;
          const pen = canvas.getContext("2d");
          pen.drawImage(bitmap, 0, 0);
          const found = new Set();
          const {data} = pen.getImageData(0, 0, bitmap.width, bitmap.height);
          for (let at = 0; at < data.length; at += 4) found.add(data.slice(at, at + 4).join());
          return {corner: data.slice(0, 4).join(), all: [...found]};
        }"""
    )
    assert colours["corner"] == "255,255,255,255"
    # The ink of the light theme.
    assert "24,34,47,255" in colours["all"]


def test_a_chart_is_saved_under_its_title(page: Page, tmp_path: Path) -> None:
    page.goto(CASE)
    figure = page.locator("#evidence figure")
    title = figure.locator("h3").inner_text()
    with page.expect_download() as caught:
        figure.locator("[data-copy=file]").click()
    name = caught.value.suggested_filename
    assert name.endswith(".png")
    assert name.split("-")[0].lower() == title.split()[0].lower()
    caught.value.save_as(tmp_path / name)
    assert size_of((tmp_path / name).read_bytes())[0] > 500


# --------------------------------------------------------------------------- how it is reached


def test_it_works_with_the_keys_alone_and_says_that_it_is_done(page: Page) -> None:
    page.goto(CASE)
    button = page.locator("#cash-flow [data-copy=table]")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_text("Copied")
    expect(button).to_have_attribute("aria-live", "polite")
    expect(button).to_have_text("Copy table")
    assert faults(page) == []


def test_on_paper_and_without_scripts_there_is_none(
    page: Page, page_without_scripts: Page, base_url: str
) -> None:
    page.goto(CASE)
    page.emulate_media(media="print")
    expect(page.locator(".copy:visible")).to_have_count(0)
    page_without_scripts.goto(f"{base_url}{CASE}")
    expect(page_without_scripts.locator(".copy:visible")).to_have_count(0)


def test_the_script_comes_when_somebody_asks_for_it(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(CASE)
    page.wait_for_load_state("networkidle")
    assert not any("copying" in each for each in asked)
    copied(page.locator("#cash-flow [data-copy=table]"))
    assert any("copying" in each for each in asked)


def test_a_browser_that_does_not_allow_it_is_told(page: Page) -> None:
    page.add_init_script(
        "ClipboardItem = undefined; Object.defineProperty(navigator, 'clipboard', {value: {}});"
        "document.execCommand = () => false;"
    )
    page.goto(CASE)
    for kind in ("table", "picture"):
        button = page.locator(f"[data-copy={kind}]:visible").last
        button.click()
        expect(button).to_have_text("Not possible in this browser")
