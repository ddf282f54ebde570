"""Nothing that somebody has typed is lost: alone, with others, offline, signed out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.editor.conftest import (
    Site,
    case_of,
    expect_status,
    expect_value,
    place,
    value_of,
)
from valuecalc.services import saved_cases

pytestmark = pytest.mark.browser

USERS = "assumptions.users.value"
PRICE = "assumptions.price.value"
OFFLINE = "ERR_INTERNET_DISCONNECTED"


def entry(page: Page) -> str:
    """The name under which this browser keeps what is not saved."""
    account = page.evaluate("document.getElementById('editor').dataset.account")
    return f"valuecalc-unsaved:{account}:{case_of(page)}"


def test_it_saves_by_itself_and_shows_the_same_after_a_reload(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor()
    place(page, USERS).fill("300")
    expect_status(page, "Unsaved changes")
    expect_status(page, "Saved at")
    assert value_of(editor_site.document(case_of(page)), "users") == 300
    assert page.evaluate("key => localStorage.getItem(key)", entry(page)) is None
    page.reload()
    expect(place(page, USERS)).to_have_value("300")
    expect_status(page, "All changes saved")
    place(page, USERS).fill("400")
    page.keyboard.press("Control+s")
    expect_status(page, "Saved at")
    assert value_of(editor_site.document(case_of(page)), "users") == 400


def test_what_cannot_be_read_stays_and_is_not_saved(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor()
    place(page, USERS).fill("lots")
    place(page, PRICE).fill("8000")
    expect_status(page, "Saved, except 1 value that cannot be read")
    assert value_of(editor_site.document(case_of(page)), "users") == 100
    assert value_of(editor_site.document(case_of(page)), "price") == 8000
    page.reload()
    expect(place(page, USERS)).to_have_value("lots")
    place(page, USERS).fill("101")
    expect_status(page, "Saved at")
    assert value_of(editor_site.document(case_of(page)), "users") == 101


def test_two_people_change_different_places_and_both_are_kept(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    case = editor_site.new_case()
    page = open_editor(case)
    other = open_editor(case, who=editor_site.new_member("Sam Jones"))
    place(other, PRICE).fill("8k")
    expect_status(other, "Saved at")
    label = place(page, "assumptions.users.label")
    label.press("End")
    label.press_sequentially(" in scope")
    expect_status(page, "Saved at")
    expect(place(page, PRICE)).to_have_value("£8,000")
    expect(page.locator("#toasts")).to_contain_text("Sam Jones changed 1 place")
    expect(label).to_be_focused()
    document = editor_site.document(case)
    assert document["assumptions"][0]["label"] == "Users in scope"
    assert value_of(document, "price") == 8000
    # The other hears of it when he types on.
    place(other, PRICE).fill("7k")
    expect(place(other, "assumptions.users.label")).to_have_value("Users in scope")


@pytest.mark.parametrize(("choice", "kept"), [("Yours", 300), ("Sam Jones", 200)])
def test_two_people_change_the_same_and_one_is_asked(
    open_editor: Callable[..., Page], editor_site: Site, choice: str, kept: int
) -> None:
    page = open_editor(expected=("status of 409",))
    expect_value(page, "£141k")

    def edit(document: dict[str, Any]) -> None:
        document["assumptions"][0]["value"] = 200
        document["assumptions"][2]["value"] = 8000

    editor_site.change(case_of(page), editor_site.new_member("Sam Jones"), edit)
    place(page, USERS).fill("300")
    dialog = page.get_by_role("dialog", name="The same place was changed twice")
    expect(dialog).to_contain_text("Before: 100 users")
    expect_status(page, "Not saved: choose what is to stay")
    dialog.get_by_label(choice).check()
    dialog.get_by_role("button", name="Save").click()
    expect_status(page, "Saved at")
    expect(place(page, USERS)).to_have_value(str(kept))
    expect(place(page, PRICE)).to_have_value("£8,000")
    document = editor_site.document(case_of(page))
    assert (value_of(document, "users"), value_of(document, "price")) == (kept, 8000)


def test_what_was_typed_offline_survives_a_closed_window(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor(expected=(OFFLINE,))
    expect_value(page, "£141k")
    page.context.set_offline(True)
    place(page, USERS).fill("300")
    expect_status(page, "Not saved – kept in this browser, trying again")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    case = case_of(page)
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert asked == []

    def edit(document: dict[str, Any]) -> None:
        document["assumptions"][2]["value"] = 8000

    editor_site.change(case, editor_site.new_member("Sam Jones"), edit)
    page.context.set_offline(False)
    page = page.context.new_page()
    with page.expect_response("**/edit/save"):
        page.goto(f"/cases/{case}/edit")
    expect(page.locator("#toasts")).to_contain_text("Changes that were not saved are back.")
    expect(place(page, USERS)).to_have_value("300")
    document = editor_site.document(case)
    assert (value_of(document, "users"), value_of(document, "price")) == (300, 8000)


def test_what_was_kept_wrongly_is_thrown_away(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    foreign = json.dumps({"format": 1, "account": "somebody", "uid": "else", "version": 1})
    for text in ("{", foreign):
        page.evaluate("([key, text]) => localStorage.setItem(key, text)", [entry(page), text])
        page.reload()
        expect_status(page, "All changes saved")
        expect_value(page, "£141k")
        assert page.evaluate("key => localStorage.getItem(key)", entry(page)) is None, text


def test_a_full_browser_is_survived_and_said(open_editor: Callable[..., Page]) -> None:
    page = open_editor(expected=(OFFLINE,))
    expect_value(page, "£141k")
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('full') } }")
    page.context.set_offline(True)
    place(page, USERS).fill("300")
    expect_status(page, "this browser cannot keep it")
    page.context.set_offline(False)
    expect_status(page, "Saved at")


def test_a_session_that_ends_while_somebody_types_loses_nothing(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor(expected=("status of 401", "status of 404", "status of 400"))
    expect_value(page, "£141k")
    page.context.clear_cookies()
    place(page, USERS).fill("300")
    dialog = page.get_by_role("dialog", name="You have been signed out")
    expect(dialog.get_by_role("link", name="Sign in")).to_have_attribute("target", "_blank")
    # A new session has a new secret as well.
    page.context.add_cookies([editor_site.cookie(editor_site.editor)])
    dialog.get_by_role("button", name="I have signed in").click()
    expect(dialog).to_have_count(0)
    expect_status(page, "Saved at")
    expect_value(page, "£441k")
    assert value_of(editor_site.document(case_of(page)), "users") == 300


def test_a_case_that_somebody_bins_can_still_be_taken_away(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor(expected=("status of 404",))
    expect_value(page, "£141k")
    saved_cases.delete(editor_site.store, editor_site.editor, case_of(page))
    place(page, USERS).fill("300")
    expect(page.get_by_role("alert")).to_contain_text("moved this case to the bin")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download what you typed").click()
    document = json.loads(download.value.path().read_text())
    assert value_of(document, "users") == "300"
