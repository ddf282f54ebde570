"""Cells from a spreadsheet, pasted into the tables of the editor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.editor.conftest import Site, case_of, expect_status, expect_value, place

pytestmark = pytest.mark.browser

PASTE = """([text, target]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const options = { clipboardData, bubbles: true, cancelable: true };
  const element = target ? document.querySelector(target) : document.activeElement;
  return !element.dispatchEvent(new ClipboardEvent("paste", options));
}"""
CALL = """async ([url, name, argument]) => {
  const loaded = performance.getEntriesByType("resource");
  const main = loaded.find((each) => each.name.endsWith("/editor/main.js")).name;
  return (await import(new URL(url, main)))[name](argument);
}"""


def paste(page: Page, text: str, target: str = "") -> bool:
    """Paste a text; whether the browser was kept from pasting it itself."""
    taken: bool = page.evaluate(PASTE, [text, target])
    return taken


def call(page: Page, name: str, argument: Any) -> Any:
    return page.evaluate(CALL, ["./paste.js", name, argument])


def rows(page: Page, list_name: str = "assumptions") -> list[str]:
    found: list[str] = page.locator(f'[data-list="{list_name}"] > [data-row]').evaluate_all(
        "rows => rows.map(row => row.dataset.row)"
    )
    return found


def counting_layouts(page: Page) -> Callable[[], float]:
    """How often the page is laid out from now on, whenever it is asked."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def count() -> float:
        found = session.send("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in found if each["name"] == "LayoutCount"))

    return count


def toast(page: Page) -> Any:
    return page.locator("#toasts .toast").last


def test_blocks_are_read_as_spreadsheets_write_them(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    for text, cells in (
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ("1,250\t£22\n", [["1,250", "£22"]]),
        ('"two\nlines"\tb', [["two\nlines", "b"]]),
        ('"say ""yes"""\tb', [['say "yes"', "b"]]),
        ('5" pipe\t"x', [['5" pipe', '"x']]),
        ('""\tb', [["", "b"]]),
        ("a,b;c", [["a,b;c"]]),
        ("a\t\t\n\t\tb", [["a", "", ""], ["", "", "b"]]),
        ("a\n\nb", [["a"], [""], ["b"]]),
        ("\n\n\t\n", []),
        ('"' + 'a""' * 5, [['"' + 'a""' * 5]]),
    ):
        assert call(page, "cellsOf", text) == cells, text


def test_a_block_fills_right_and_down_and_adds_rows_in_one_step(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor()
    expect_value(page, "£141k")
    place(page, "assumptions.saving.label").focus()
    block = (
        "Saved for each user\t£400\t£600\t£700\tGBP/user/year\tSurvey\r\n"
        "Price of the licence\t8k\t10k\t11k\tGBP\tOffer\r\n"
        'Prüfung, "neu"\t\t1,250\t\tsite\t"Plan\n2027"\r\n'
    )
    assert paste(page, block)
    expect(toast(page)).to_contain_text("Pasted 3 × 6 cells, 1 new row.")
    assert rows(page) == ["users", "saving", "price", "prufung_neu"]
    expect_value(page, "£170k")  # 100 × £600 × 3 years less £10,000
    expect(place(page, "assumptions.prufung_neu.value")).to_have_value("1,250")
    expect(place(page, "assumptions.price.high")).to_have_value("£11,000")
    expect_status(page, "Saved at")
    kept = editor_site.document(case_of(page))["assumptions"]
    assert kept[3]["evidence"]["source"].split() == ["Plan", "2027"]
    page.keyboard.press("Control+z")
    assert rows(page) == ["users", "saving", "price"]
    expect(place(page, "assumptions.price.value")).to_have_value("£9,000")
    expect_value(page, "£141k")


def test_choices_are_found_by_their_words_and_what_is_none_is_skipped(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor()
    grade = place(page, "assumptions.users.evidence.grade")
    grade.focus()
    assert paste(page, "a\nBenchmark\ngreat")
    expect(grade).to_have_value("A")
    expect(place(page, "assumptions.saving.evidence.grade")).to_have_value("D")
    expect(place(page, "assumptions.price.evidence.grade")).to_have_value("")
    expect(toast(page)).to_contain_text("1 cell was skipped: “great”.")
    place(page, "benefits.time.category").focus()
    paste(page, "Revenue\t\n")
    expect(place(page, "benefits.time.category")).to_have_value("revenue")
    place(page, "benefits.time.category").focus()
    paste(page, "cost_avoidance\n")
    expect(place(page, "benefits.time.category")).to_have_value("cost_avoidance")


def test_titles_are_skipped_and_say_which_column_is_which(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor(editor_site.new_case({"format": "valuecalc/1", "title": "New"}))
    paste(
        page,
        "Assumption\tUnit\tExpected\tGrade of evidence\nSites\tsite\t12\tA\nVans\tvan\t7\tB\n",
        '[data-add="assumptions"]',
    )
    expect(toast(page)).to_contain_text("Pasted 2 × 4 cells, 2 new rows.")
    assert rows(page) == ["sites", "vans"]
    expect(place(page, "assumptions.sites.value")).to_have_value("12")
    expect(place(page, "assumptions.vans.unit")).to_have_value("van")
    expect(place(page, "assumptions.vans.evidence.grade")).to_have_value("B")


def test_one_cell_and_lines_of_a_note_are_left_to_the_browser(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor()
    place(page, "assumptions.users.label").press("End")
    assert not paste(page, "One, two; three")
    assert paste(page, "Staff\r\n")  # a spreadsheet ends its one cell with a line
    expect(place(page, "assumptions.users.label")).to_have_value("UsersStaff")
    page.locator('[data-row="users"] summary').click()
    place(page, "assumptions.users.note").focus()
    assert not paste(page, "first line\nsecond line")
    place(page, "title").focus()
    assert not paste(page, "a\tb\nc\td")


def test_nonsense_is_refused_and_changes_nothing(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    place(page, "assumptions.users.value").focus()
    before = page.evaluate("document.getElementById('f-assumptions.users.value').value")
    for text, words in (
        ("9\t" * 600_000, "1,200,000 characters are too much"),
        ("PK\x03\x04\x00\x00\t\x00\n\x01", "this is no text"),
        ("\t\n\t", "There is nothing to paste"),
    ):
        assert paste(page, text)
        expect(toast(page)).to_contain_text(words)
    assert rows(page) == ["users", "saving", "price"]
    assert place(page, "assumptions.users.value").input_value() == before
    paste(page, "<img src=x onerror=alert(1)>\t{{ 7 * 7 }}\n=cmd|' /C calc'!A0\t-1")
    expect(toast(page)).to_contain_text("Pasted 2 × 2 cells")
    assert page.locator("#assumptions img").count() == 0


def test_five_hundred_rows_are_there_at_once_and_no_more(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor()
    expect_value(page, "£141k")
    block = "".join(f"Assumption {at}\t\t{at}\t\tsite\tSurvey\n" for at in range(620))
    place(page, "assumptions.price.label").focus()
    layouts = counting_layouts(page)
    paste(page, block)
    expect(toast(page)).to_contain_text("497 new rows")
    made = layouts()
    assert len(rows(page)) == 500
    expect(toast(page)).to_contain_text("122 rows did not fit: a list holds at most 500.")
    expect(toast(page)).to_contain_text("Pasted 498 × 6 cells, 497 new rows.")
    expect(place(page, "assumptions.price.label")).to_be_focused()
    assert made < 50, "the page is laid out for each row"
