"""Somebody's own Word document: a tag is copied, a document looked at, decided and filled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import excess, faults_in_light_and_dark, settle
from tests.browser.signed_in import cookie, listening
from tests.documents.embedding_documents import (
    control,
    controls,
    document,
    edited,
    paragraph,
    texts,
)
from tests.team_members import new_member, new_team
from tests.web.conftest import served
from valuecalc.schemas.case import load_case
from valuecalc.services import cases, embedding, saved_cases
from valuecalc.web.api.v1 import EXAMPLE_CASE

pytestmark = pytest.mark.browser

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
CASE = load_case(EXAMPLE_CASE)
NPV = cases.calculate(CASE).figure("npv").text
TEMPLATE = document(
    paragraph("NPV ", control("value.npv", "-"), control("value.nvp", "-", id=2)),
    paragraph("For ", control("text.customer", "-", id=3)),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Any]]]:
    """The address of a case, and a cookie of a reader."""
    app = served(tmp_path_factory.mktemp("word"))
    store = app.extensions["store"]
    editor = new_member(store, new_team(store))
    made, _ = saved_cases.create(store, editor, CASE)
    with listening(app) as address:
        yield f"{address}/cases/{made.head.uid}", cookie(app, editor, address)


@pytest.fixture(scope="module")
def offer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled document that was typed over."""
    once = embedding.fill(CASE, TEMPLATE).export.content
    path = tmp_path_factory.mktemp("offer") / "offer.docx"
    path.write_bytes(edited(once, f">{NPV}<", ">about ten million<"))
    return path


@pytest.fixture
def reading(
    browser: Browser, browser_context_args: dict[str, Any], site: tuple[str, dict[str, Any]]
) -> Iterator[Page]:
    context = browser.new_context(**browser_context_args)
    context.add_cookies([site[1]])  # type: ignore[list-item]
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


def looks(page: Page, heading: str) -> list[str]:
    """What axe finds in both themes, and what is too wide, at a desk and on a phone."""
    found = []
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        settle(page, page.get_by_role("heading", name=heading, level=1))
        found += [*faults_in_light_and_dark(page), *excess(page)]
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return found


def test_tags_are_searched_and_copied(reading: Page, site: tuple[str, dict[str, Any]]) -> None:
    reading.goto(f"{site[0]}/word")
    reading.get_by_role("searchbox", name="Search").fill("short.npv net")
    expect(reading.locator("[data-tag]:visible")).to_have_count(1)
    expect(reading.get_by_text("1 match", exact=True)).to_be_visible()
    reading.get_by_role("button", name="Copy the tag value.npv").click()
    expect(reading.locator("#copied")).to_have_text("Copied: the tag value.npv")
    assert reading.evaluate("navigator.clipboard.readText()") == "value.npv"
    reading.get_by_role("button", name="Copy the words of value.npv").click()
    expect(reading.locator("#copied")).to_have_text("Copied: the words of value.npv")
    assert reading.evaluate("navigator.clipboard.readText()") == NPV
    reading.get_by_role("searchbox", name="Search").fill("no such thing")
    expect(reading.get_by_role("heading", name="Nothing matches")).to_be_visible()


def test_the_template_to_begin_with_is_in_the_language_that_is_chosen(
    reading: Page, site: tuple[str, dict[str, Any]]
) -> None:
    reading.goto(f"{site[0]}/word")
    form = reading.get_by_role("form", name="Fill a document")
    form.get_by_label("Language").select_option("de")
    with reading.expect_download() as download:
        form.get_by_role("link", name="Starter template").click()
    assert Path(download.value.path()).read_bytes() == embedding.starter("de").content


def test_a_document_is_looked_at_decided_and_filled(
    reading: Page, site: tuple[str, dict[str, Any]], offer: Path
) -> None:
    reading.goto(f"{site[0]}/word")
    reading.get_by_label("The document").set_input_files(offer)
    reading.get_by_role("button", name="See what would be filled").click()
    assert looks(reading, "What would be filled in offer.docx") == []
    expect(reading.get_by_text("Did you mean value.npv")).to_be_visible()
    keep = reading.get_by_role("radio", name="value.npv: keep about ten million")
    expect(keep).to_be_checked()
    keep.focus()
    reading.keyboard.press("ArrowRight")
    expect(reading.get_by_role("radio", name=f"value.npv: take {NPV}")).to_be_checked()
    with reading.expect_download() as download:
        reading.get_by_role("button", name="Fill and download").click()
    assert download.value.suggested_filename == "offer.docx"
    assert texts(Path(download.value.path()).read_bytes(), "value.npv") == [NPV]


def test_a_chapter_is_looked_at_and_put_into_a_document(
    reading: Page, site: tuple[str, dict[str, Any]], offer: Path
) -> None:
    reading.goto(f"{site[0]}/word")
    # With it open the page shows all that it ever does.
    reading.get_by_text("Put a whole chapter into it").click()
    assert looks(reading, "Your own Word document") == []
    form = reading.get_by_role("form", name="Insert a chapter")
    form.get_by_label("Your Word file").set_input_files(offer)
    form.get_by_label("Where it goes").select_option("end")
    for each in form.get_by_role("checkbox").all():
        each.set_checked(False)
    form.get_by_role("checkbox", name="Conventions in force").check()
    form.get_by_role("button", name="See what would be put in").click()
    assert looks(reading, "What would be put into offer.docx") == []
    with reading.expect_download() as download:
        reading.get_by_role("button", name="Put it in and download").click()
    assert controls(Path(download.value.path()).read_bytes(), "chapter.conventions")
