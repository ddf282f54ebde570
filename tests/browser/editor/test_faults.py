"""What goes wrong while a case is edited: nothing that was typed is lost, and nothing is wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.browser.editor.conftest import (
    HELPDESK,
    Site,
    case_of,
    expect_status,
    expect_value,
    place,
    rows,
    script,
    value_of,
)

pytestmark = pytest.mark.browser

SAVE = "**/edit/save"
OFFLINE = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource")


def delete(page: Page, row: str) -> None:
    """Take a row away, as its menu does."""
    form = script(page, "document")
    form.evaluate("(form, place) => form.removeRow(form.rowAt(place))", row)


@contextmanager
def away(site: Site) -> Iterator[None]:
    """The database answers nobody in the meantime."""

    def refuse(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("the server closed the connection"))

    engine = site.store.engine
    event.listen(engine, "before_cursor_execute", refuse)
    yield
    event.remove(engine, "before_cursor_execute", refuse)


def moved(*ids: str) -> Callable[[dict[str, Any]], None]:
    """An edit that puts the assumptions in this order."""

    def edit(document: dict[str, Any]) -> None:
        document["assumptions"].sort(key=lambda each: ids.index(each["id"]))

    return edit


# --------------------------------------------------------------------------- two people


@pytest.mark.parametrize(
    ("whose", "order"),
    [("Yours", ["saving", "users", "price"]), ("Sam", ["price", "users", "saving"])],
)
def test_whoever_is_asked_about_the_order_of_rows_keeps_what_stands_in_them(
    open_editor: Callable[..., Page], editor_site: Site, whose: str, order: list[str]
) -> None:
    page = open_editor(expected=("409",))
    expect_value(page, "£141k")
    editor_site.change(
        case_of(page), editor_site.new_member("Sam"), moved("price", "users", "saving")
    )
    place(page, "assumptions.users.label").press("Alt+ArrowDown")
    place(page, "assumptions.price.value").fill("£7000")
    page.keyboard.press("Control+s")
    choice = page.get_by_role("dialog")
    choice.get_by_label(whose).check()
    choice.get_by_role("button", name="Save").click()
    expect_status(page, "Saved at")
    kept = editor_site.document(case_of(page))
    assert [each["id"] for each in kept["assumptions"]] == order
    assert value_of(kept, "price") == 7000
    assert rows(page, "assumptions") == order


def test_rows_that_two_people_begin_at_the_same_moment_are_two(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    uid = editor_site.new_case()
    pages = [open_editor(uid), open_editor(uid, who=editor_site.new_member("Sam"))]
    # Nobody has left the field yet, after which a row is named.
    for page, name in zip(pages, ("Jane", "Omar"), strict=True):
        expect_value(page, "£141k")
        page.get_by_role("button", name="Add person").click()
        page.keyboard.type(name)
    for page in pages:
        expect_status(page, "Saved at")
        page.keyboard.press("Tab")
    for page in pages:
        expect_status(page, "Saved at")
    assert {each["name"] for each in editor_site.document(uid)["people"]} == {"Jane", "Omar"}


# --------------------------------------------------------------------------- names


def test_a_row_may_be_named_like_something_that_every_script_knows(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    name = "constructor"
    document = copy.deepcopy(HELPDESK)
    document["assumptions"].append({"id": name, "label": "Odd", "value": 3, "low": 1, "high": 5})
    document["scenarios"] = [{"id": "bad", "label": "Bad", "set": {name: 2}}]
    page = open_editor(editor_site.new_case(document))
    expect_value(page, "£141k")
    delete(page, f"assumptions.{name}")
    expect_status(page, "Saved at")
    page.get_by_role("button", name="Undo").first.click()
    expect(place(page, f"assumptions.{name}.value")).to_have_value("3")
    place(page, f"assumptions.{name}.value").fill("4")
    page.keyboard.press("Tab")
    expect_status(page, "Saved at")
    page.wait_for_timeout(1000)
    kept = editor_site.document(case_of(page))
    assert value_of(kept, name) == 4
    assert kept["scenarios"][0]["set"] == {name: 2}
    editor_site.change(
        case_of(page),
        editor_site.new_member("Sam"),
        lambda document: document["assumptions"].pop(),
    )
    place(page, "assumptions.users.value").fill("110")
    page.keyboard.press("Control+s")
    expect(page.locator(f'[data-row="{name}"]')).to_have_count(0)
    kept = editor_site.document(case_of(page))
    assert [each["id"] for each in kept["assumptions"]] == ["users", "saving", "price"]


def test_a_pasted_text_with_what_is_no_character_is_saved_without_it(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor()
    expect_value(page, "£141k")
    field = place(page, "assumptions.users.label")
    field.evaluate(
        """(field) => {
            field.value = "Users\\0 in \\ud83dLeeds";
            field.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    expect_status(page, "Saved at")
    assert editor_site.document(case_of(page))["assumptions"][0]["label"] == "Users in \ufffdLeeds"


def test_a_row_of_such_a_name_can_be_gone_on_one_side_while_the_other_changes_its_list(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor()
    found = script(page, "merge").evaluate(
        """({ merged }) => {
            const odd = { id: "constructor", value: "3" };
            const before = { rows: [{ id: "users" }, odd] };
            const ours = { rows: [{ id: "users", value: "1" }, odd] };
            return merged(before, ours, { rows: [{ id: "users" }] });
        }"""
    )
    assert found == {"rows": [{"id": "users", "value": "1"}]}


# --------------------------------------------------------------------------- units


def test_another_currency_in_a_unit_is_all_that_has_to_be_typed(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    document = copy.deepcopy(HELPDESK)
    document["assumptions"][1] |= {"low": 400, "high": 600, "value": 500}
    document["scenarios"] = [{"id": "bad", "label": "Bad", "set": {"saving": 450}}]
    page = open_editor(editor_site.new_case(document))
    expect_value(page, "£141k")
    place(page, "assumptions.saving.unit").fill("EUR/user/year")
    place(page, "assumptions.users.value").focus()
    expect(place(page, "assumptions.saving.value")).to_have_value("€500")
    expect(place(page, "assumptions.saving.low")).to_have_value("€400")
    expect_status(page, "Saved at")
    expect(place(page, "scenarios.bad.set.saving")).to_have_value("€450")
    kept = editor_site.document(case_of(page))
    assert kept["assumptions"][1]["unit"] == "EUR/user/year"
    assert value_of(kept, "saving") == 500
    assert kept["scenarios"][0]["set"] == {"saving": 450}
    page.get_by_role("button", name="Undo").first.click()
    expect_value(page, "£141k")
    expect(place(page, "assumptions.saving.value")).to_have_value("£500")
    page.wait_for_timeout(1500)
    kept = editor_site.document(case_of(page))
    assert kept["assumptions"][1] == document["assumptions"][1]


# --------------------------------------------------------------------------- windows


def test_two_windows_that_were_closed_before_they_could_save_lose_neither_ones_changes(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor(expected=("503", "500"))
    uid, address, context = case_of(page), page.url, page.context
    other = context.new_page()
    other.goto(address)
    for each in (page, other):
        expect_value(each, "£141k")
    with away(editor_site):
        place(page, "assumptions.users.value").fill("200")
        place(other, "assumptions.price.value").fill("£8k")
        for each in (page, other):
            expect_status(each, "kept in this browser")
        for each in (page, other):
            each.close()
        context.new_page().wait_for_timeout(500)  # what they sent as they closed has been refused
    assert editor_site.version(uid) == 1
    page = context.new_page()
    page.goto(address)
    expect_value(page, "£292k")
    expect_status(page, "Saved at")
    kept = editor_site.document(uid)
    assert (value_of(kept, "users"), value_of(kept, "price")) == (200, 8000)


def test_a_new_window_leaves_alone_what_another_one_that_is_open_could_not_save(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor(expected=("net::ERR_FAILED",))
    uid = case_of(page)
    expect_value(page, "£141k")
    page.route("**/edit/save", lambda route: route.abort())
    place(page, "assumptions.users.value").fill("200")
    expect_status(page, "kept in this browser")
    other = page.context.new_page()
    other.goto(page.url)
    expect_value(other, "£141k")
    other.wait_for_timeout(1500)  # by then it would have taken over, and saved, what is kept
    expect(place(other, "assumptions.users.value")).to_have_value("100")
    assert editor_site.version(uid) == 1
    other.close()
    page.unroute("**/edit/save")
    expect_status(page, "Saved at")
    assert value_of(editor_site.document(uid), "users") == 200


def test_a_window_that_is_closed_in_the_middle_of_a_save_has_saved_once(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor(expected=OFFLINE)
    uid = case_of(page)
    expect_value(page, "£141k")

    def answer_lost(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(SAVE, answer_lost)
    place(page, "assumptions.users.value").fill("200")
    expect_status(page, "trying again")
    assert value_of(editor_site.document(uid), "users") == 200
    page.unroute(SAVE)
    page.goto("about:blank")
    editor_site.change(
        uid, editor_site.new_member("Sam"), lambda document: document.update(title="T")
    )
    page.goto(f"/cases/{uid}/edit")
    expect_status(page, "saved")
    expect(place(page, "title")).to_have_value("T")
    expect(place(page, "assumptions.users.value")).to_have_value("200")


# --------------------------------------------------------------------------- the service


def test_while_the_database_is_away_one_types_on_and_all_is_saved_afterwards(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor(expected=("503", "500"))
    expect_value(page, "£141k")
    with away(editor_site):
        place(page, "assumptions.users.value").fill("200")
        expect_status(page, "kept in this browser, trying again")
        expect(page.locator("p[data-stale]")).to_contain_text("not up to date")
        place(page, "assumptions.price.value").fill("£8k")
    expect_status(page, "Saved at")
    expect_value(page, "£292k")
    kept = editor_site.document(case_of(page))
    assert (value_of(kept, "users"), value_of(kept, "price")) == (200, 8000)


def test_a_version_that_is_gone_keeps_what_was_typed_and_says_so(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor(expected=("404",))
    expect_value(page, "£141k")

    def of_another_day(route: Route) -> None:
        body = json.loads(route.request.post_data or "{}") | {"base": 99}
        route.continue_(post_data=json.dumps(body))

    page.route(SAVE, of_another_day)
    place(page, "assumptions.users.value").fill("200")
    expect_status(page, "Not saved")
    expect(page.get_by_role("link", name="Download what you typed")).to_be_visible()
