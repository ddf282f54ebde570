"""The whole way of a case, as an account manager and her customer walk it.

From the form that signs in to the two files: a straw-man becomes a case, its numbers change, the
value is explained, and a number of the customer's stands in everything that was made of the case.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import cheap_passwords
from tests.browser.conftest import settle
from tests.browser.editor.conftest import Site, expect_status, place
from valuecalc.services import accounts

pytestmark = pytest.mark.browser

EMAIL = "walker@example.com"
SUBSCRIBERS = "assumptions.subscribers.value"


@pytest.fixture
def manager(
    browser: Browser,
    browser_context_args: dict[str, Any],
    editor_site: Site,
    watch: Callable[[Page], Page],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Page]:
    """A browser that nobody has signed in with yet; the account has a password."""
    cheap_passwords.use(monkeypatch)
    fields = {"name": "Wendy Walker", "email": EMAIL, "team": "West"}
    accounts.create_owner(editor_site.store, {**fields, "password": cheap_passwords.GOOD})
    context = browser.new_context(**{**browser_context_args, "base_url": editor_site.address})
    yield watch(context.new_page())
    context.close()


@pytest.fixture
def customer(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """A browser of the customer's own, which runs no scripts."""
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    yield context.new_page()
    context.close()


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(cheap_passwords.GOOD)
    page.get_by_role("button", name="Sign in").click()


def start_from_straw_man(page: Page) -> None:
    """From the list of the straw-men to the editor of a case of one's own."""
    page.get_by_role("navigation").get_by_role("link", name="Straw-men").first.click()
    page.get_by_role("link", name=re.compile("Start a case .*New data services")).click()
    page.get_by_label("Customer (optional)").fill("Northern Mobile")
    page.get_by_role("textbox", name="New customer").fill("250k")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("row", name="New network nodes")).to_contain_text("7 nodes")
    page.get_by_role("button", name="Create the case").click()
    settle(page, place(page, SUBSCRIBERS))
    expect(place(page, SUBSCRIBERS)).to_have_value("250,000")


def value(page: Page) -> Locator:
    return page.locator('[data-live="panel.value"] .value')


def explained(page: Page) -> str:
    """The whole value, as the explanation shows it: `£12,345,678`."""
    value(page).click()
    dialog = page.locator("#explain")
    expect(dialog).to_contain_text("Total benefits − Total investment")
    [shown] = re.findall(r"^[−£\d,]+$", dialog.inner_text(), re.MULTILINE)[:1]
    dialog.get_by_role("button", name="Close").click()
    return str(shown)


def shared(page: Page) -> str:
    """The address of a link that asks for the number of subscribers."""
    page.locator('[data-act="share"]').click()
    dialog = page.locator("#share")
    dialog.locator('input[name="may_change"][value="subscribers"]').check()
    dialog.get_by_role("button", name="Make the link").click()
    address = dialog.locator("#made-link").input_value()
    dialog.get_by_role("button", name="Close sharing").click()
    return address


def propose(page: Page, address: str, count: str) -> None:
    """What the customer does with the link."""
    page.goto(address)
    page.get_by_label("Your number: Subscribers on affected plans").fill(count)
    page.get_by_label("Where your number comes from: Subscribers").fill("Billing system")
    page.locator("#sender").fill("Jane Doe")
    page.get_by_role("button", name="Send to the team").click()
    expect(page.locator("#sent")).to_be_visible()


def downloaded(page: Page, name: str, folder: Path) -> io.BytesIO:
    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download() as found:
        page.locator("#downloads").get_by_role("link", name=re.compile(f"^{name}")).click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return io.BytesIO(path.read_bytes())


def numbers_of(workbook: io.BytesIO) -> set[int]:
    """What the cells show, in whole numbers."""
    book = openpyxl.load_workbook(workbook, data_only=True)
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    return {round(cell) for cell in cells if isinstance(cell, int | float)}


def words_of(document: io.BytesIO) -> str:
    """Everything that is written in it; numbers stand in fields that paragraphs leave out."""
    return "".join(docx.Document(document).element.body.itertext())


def test_a_case_is_walked_from_signing_in_to_the_customers_number_in_both_files(
    manager: Page, customer: Page, tmp_path: Path
) -> None:
    page = manager
    sign_in(page)
    start_from_straw_man(page)
    before = value(page).inner_text()

    place(page, SUBSCRIBERS).fill("200k")
    expect(value(page)).not_to_have_text(before)
    expect_status(page, "Saved at")
    with_ours = explained(page)
    assert with_ours.startswith("£")

    propose(customer, shared(page), "180,000")
    # It is there with the next answer of the server.
    page.reload()
    expect(page.locator("#waiting")).to_have_text("1 to decide")
    page.locator('[data-live="proposals.subscribers"]').get_by_role("button", name="Accept").click()
    expect(place(page, SUBSCRIBERS)).to_have_value("180,000")
    expect(place(page, "assumptions.subscribers.evidence.grade")).to_have_value("B")
    expect_status(page, "Saved at")

    with_theirs = explained(page)
    assert with_theirs != with_ours
    numbers = numbers_of(downloaded(page, "Excel workbook", tmp_path))
    assert {180_000, int(re.sub(r"\D", "", with_theirs))} <= numbers
    words = words_of(downloaded(page, "Word document", tmp_path))
    assert "180,000" in words
    assert "Billing system" in words
    assert with_theirs in words
