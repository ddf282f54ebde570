"""The way of a number: shared, proposed by the customer, accepted, and in the files."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import faults
from tests.browser.editor.conftest import Site, case_of, expect_status, expect_value, place
from valuecalc.schemas.shares import Wish
from valuecalc.services import proposals, shared, shares

pytestmark = pytest.mark.browser

HERE = "192.0.2.7"
USERS = "assumptions.users.value"


@pytest.fixture
def customer(browser: Browser, browser_context_args: dict[str, Any]) -> Callable[[str], Page]:
    """Opens a link in a browser of the customer's own, which runs no scripts."""

    def visit(link: str) -> Page:
        context = browser.new_context(**browser_context_args, java_script_enabled=False)
        page = context.new_page()
        page.goto(link)
        return page

    return visit


def proposed(site: Site, uid: str, count: str = "200", name: str = "Jane Doe") -> None:
    """A customer has sent a number through a link."""
    wish = Wish(label="Company M", may_comment=True, may_change=("users",))
    made = shares.create(site.store, site.editor, uid, wish)
    visit = shared.open_link(site.store, made.secret)
    numbers = proposals.read(visit, {"users": count}, {"users": "Billing export"})
    proposals.send(site.store, visit, numbers, name, "", HERE)


def waiting(page: Page) -> Locator:
    """The numbers of customers in the row of the users."""
    return page.locator('[data-live="proposals.users"] [data-proposed]')


def share_users(page: Page) -> str:
    """Make a link in the dialog that asks for the number of users; its address."""
    page.locator('[data-act="share"]').click()
    dialog = page.locator("#share")
    dialog.get_by_label("For whom").fill("Company M")
    dialog.locator('input[name="may_change"][value="users"]').check()
    dialog.get_by_role("button", name="Make the link").click()
    field = dialog.locator("#made-link")
    expect(field).to_be_focused()
    link = field.input_value()
    dialog.get_by_role("button", name="Close sharing").click()
    return link


def downloaded(page: Page, name: str, folder: Path) -> io.BytesIO:
    """A file of the menu."""
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as found:
        page.locator("#downloads").get_by_role("link", name=re.compile(f"^{name}")).click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return io.BytesIO(path.read_bytes())


def test_a_customers_number_finds_its_way_into_the_files(
    open_editor: Callable[..., Page],
    editor_site: Site,
    customer: Callable[[str], Page],
    tmp_path: Path,
) -> None:
    page = open_editor()
    uid = case_of(page)
    expect_value(page, "£141k")
    link = share_users(page)

    theirs = customer(link)
    theirs.get_by_label("Your number: Users").fill("4321")
    theirs.get_by_label("Where your number comes from: Users").fill("Billing export")
    theirs.locator("#sender").fill("Jane Doe")
    theirs.get_by_role("button", name="Send to the team").click()
    expect(theirs.locator("#sent")).to_be_visible()
    theirs.context.close()

    # It is there with the next answer of the server.
    page.reload()
    [entry] = waiting(page).all()
    expect(entry).to_contain_text("Customer: 4,321 users – Jane Doe, Company M")
    expect(page.locator("#waiting")).to_have_text("1 to decide")
    entry.get_by_role("button", name="Accept").click()
    expect(waiting(page)).to_have_count(0)
    expect(place(page, USERS)).to_have_value("4,321")
    expect(place(page, "assumptions.users.evidence.grade")).to_have_value("B")
    expect(place(page, "assumptions.users.evidence.source")).to_have_value(
        "Company M: Billing export"
    )
    expect_value(page, "£6.47m")
    expect(page.locator("#waiting")).to_be_hidden()
    assert editor_site.document(uid)["assumptions"][0]["value"] == 4321

    book = openpyxl.load_workbook(downloaded(page, "Excel workbook", tmp_path))
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert 4321 in cells
    assert any("Billing export" in str(cell) for cell in cells)
    document = docx.Document(downloaded(page, "Word document", tmp_path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert any("4,321" in text for text in cells)


def test_what_was_typed_before_is_kept_when_a_number_is_accepted(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    uid = editor_site.new_case()
    proposed(editor_site, uid)
    page = open_editor(uid)
    place(page, "assumptions.price.value").fill("£8,000")
    waiting(page).get_by_role("button", name="Accept").click()
    expect(place(page, USERS)).to_have_value("200")
    expect_status(page, "aved")
    kept = {each["id"]: each["value"] for each in editor_site.document(uid)["assumptions"]}
    assert (kept["users"], kept["price"]) == (200, 8000)


def test_a_declined_number_is_gone_and_its_reason_is_asked_for(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    uid = editor_site.new_case()
    proposed(editor_site, uid)
    page = open_editor(uid)
    decline = waiting(page).get_by_role("button", name="Decline")
    decline.click()
    dialog = page.locator("#decide")
    dialog.get_by_role("button", name="Not now").click()
    expect(waiting(page)).to_have_count(1)
    decline.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("It counts contractors")
    dialog.get_by_role("button", name="Decline").click()
    expect(waiting(page)).to_have_count(0)
    expect(place(page, USERS)).to_have_value("100")
    [found] = proposals.of_case(editor_site.store, editor_site.editor, uid).rows
    assert found.values[0].reason == "It counts contractors"


def test_a_number_that_has_changed_since_is_replaced_only_after_asking(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    uid = editor_site.new_case()
    proposed(editor_site, uid)
    page = open_editor(uid, expected=("status of 409",))
    place(page, USERS).fill("150")
    waiting(page).get_by_role("button", name="Accept").click()
    dialog = page.locator("#decide")
    expect(dialog).to_contain_text(
        "was 100\u00a0users when it was shared and is 150\u00a0users now"
    )
    dialog.get_by_role("button", name="Replace ours").click()
    expect(place(page, USERS)).to_have_value("200")


def test_a_row_is_commented_on_by_keyboard_and_counts_its_comments(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor()
    row = page.locator('[data-list="investments"] [data-row="licence"]')
    row.locator("details.more > summary").click()
    opener = row.locator('[data-act="remarks"]')
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#remarks")
    dialog.get_by_label("Comment", exact=True).focus()
    page.keyboard.type("Is support in it?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(dialog.locator(".remark-item")).to_contain_text("Is support in it?")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    expect(opener.locator(".remark-count")).to_have_text("1")
    opener.click()
    dialog.get_by_role("button", name="Dealt with").click()
    expect(dialog.locator(".remark-item")).to_contain_text("Dealt with by Ann Lee")
    expect(opener.locator(".remark-count")).to_have_count(0)


def test_a_new_row_is_kept_before_it_is_commented_on(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    page.locator('[data-add="assumptions"]').click()
    page.keyboard.type("Churn")
    row = page.locator('[data-list="assumptions"] > [data-row]').last
    row.locator('[data-field="value"]').fill("12%")
    row.locator('[data-field="unit"]').fill("%")
    row.locator("details.more > summary").click()
    row.locator('[data-act="remarks"]').click()
    dialog = page.locator("#remarks")
    dialog.get_by_label("Comment", exact=True).fill("Where from?")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.locator(".remark-item")).to_contain_text("Where from?")
    expect(dialog).to_contain_text("Comments on Churn")


def test_files_say_when_values_are_to_fix_and_hold_what_was_last_complete(
    open_editor: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_editor()
    place(page, USERS).fill("lots")
    expect_status(page, "1 value that cannot be read")
    book = openpyxl.load_workbook(downloaded(page, "Excel workbook", tmp_path))
    expect(page.locator("#toasts")).to_contain_text("1 value is to fix")
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert 100 in cells


def test_the_address_of_a_link_is_copied(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor(permissions=["clipboard-read", "clipboard-write"])
    page.locator('[data-act="share"]').click()
    dialog = page.locator("#share")
    dialog.get_by_role("button", name="Make the link").click()
    dialog.get_by_role("button", name="Copy").click()
    expect(page.locator("#toasts")).to_contain_text("copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == dialog.locator("#made-link").input_value()


def test_the_dialogs_are_accessible(open_editor: Callable[..., Page], editor_site: Site) -> None:
    uid = editor_site.new_case()
    proposed(editor_site, uid)
    page = open_editor(uid)
    assert faults(page) == []
    page.locator('[data-act="share"]').click()
    expect(page.locator("#share-content")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    waiting(page).get_by_role("button", name="Decline").click()
    assert faults(page) == []
