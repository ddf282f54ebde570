"""A plan of another program taken into the editor: chosen, looked at, taken in and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import faults_in_light_and_dark, faults_in_windows
from tests.browser.editor.conftest import Site, case_of, expect_status, place, rows
from tests.browser.editor.test_plan import (
    OPEN_DIALOG,
    PLANNED,
    WINDOWS,
    OpenEditor,
    come_near,
    when,
)

pytestmark = pytest.mark.browser

TABLE = (
    "Task\tDays\tAfter\tOwner\nBuild\t40\t\tJo Poe\nMove the data\t5\tBuild\t\nGo live\t0\t2\t\n"
)


def choose(page: Page) -> Locator:
    """The dialog in which a plan is chosen."""
    page.get_by_role("button", name="Take in a plan").click()
    dialog = page.locator("#take-plan")
    expect(dialog.get_by_label("Or a table")).to_be_visible()
    return dialog


@pytest.fixture
def plan(open_editor: OpenEditor, editor_site: Site) -> Page:
    """The editor at the plan of a case that has one."""
    page = open_editor(editor_site.new_case(PLANNED))
    come_near(page)
    expect(when(page, "survey")).to_contain_text("2027")
    return page


def test_a_table_is_looked_at_taken_in_saved_and_taken_back(plan: Page, editor_site: Site) -> None:
    dialog = choose(plan)
    dialog.get_by_label("Or a table").fill(TABLE)
    dialog.get_by_role("button", name="See what changes").click()
    expect(dialog.get_by_role("heading", name="What the table changes")).to_be_focused()
    expect(dialog).to_contain_text("1 new, 2 kept, 3 taken out")
    expect(dialog).to_contain_text("Jo Poe")
    expect(dialog).to_contain_text("Net present value")
    assert rows(plan, "plan.tasks") == ["survey", "build", "training"]
    dialog.get_by_role("button", name="Take this plan in").click()
    expect(dialog).not_to_be_visible()
    expect(plan.locator("#toasts")).to_contain_text("1 new, 2 kept, 3 taken out")
    assert rows(plan, "plan.tasks") == ["build", "move_the_data"]
    expect(place(plan, "plan.tasks.build.owner").locator("option:checked")).to_have_text("Jo Poe")
    expect(when(plan, "live")).to_contain_text("5 Mar 2027")
    expect_status(plan, "Saved at")
    document = editor_site.document(case_of(plan))
    assert [each["name"] for each in document["people"]] == ["Jo Price", "Jo Poe"]
    assert document["benefits"][0]["starts"] == "live"
    plan.locator('[data-act="undo"]').click()
    assert rows(plan, "plan.tasks") == ["survey", "build", "training"]
    assert rows(plan, "people") == ["lead"]
    expect_status(plan, "Saved at")


def test_it_is_done_by_keyboard_alone(plan: Page) -> None:
    plan.get_by_role("button", name="Take in a plan").focus()
    plan.keyboard.press("Enter")
    table = plan.locator("#take-plan").get_by_label("Or a table")
    expect(table).to_be_visible()
    table.focus()
    plan.keyboard.insert_text(TABLE)
    plan.keyboard.press("Tab")
    plan.keyboard.press("Enter")
    expect(plan.get_by_role("heading", name="What the table changes")).to_be_focused()
    plan.get_by_role("button", name="Take this plan in").focus()
    plan.keyboard.press("Enter")
    expect(plan.locator("#toasts")).to_contain_text("The plan is taken in")
    expect(plan.get_by_role("button", name="Take in a plan")).to_be_focused()


def test_a_file_is_taken_and_another_one_can_be_chosen(plan: Page, tmp_path: Path) -> None:
    file = tmp_path / "roll-out.csv"
    file.write_text(TABLE)
    dialog = choose(plan)
    dialog.get_by_label("The file").set_input_files(file)
    dialog.get_by_role("button", name="See what changes").click()
    expect(dialog).to_contain_text("What roll-out.csv changes")
    dialog.get_by_role("button", name="Choose another file").click()
    expect(dialog.get_by_label("Or a table")).to_be_visible()


def test_what_cannot_be_read_is_told_and_the_table_stays(
    open_editor: OpenEditor, editor_site: Site
) -> None:
    page = open_editor(editor_site.new_case(PLANNED), expected=("status of 422",))
    come_near(page)
    dialog = choose(page)
    dialog.get_by_role("button", name="See what changes").click()
    expect(dialog).to_contain_text("Choose a file, or paste a table.")
    dialog.get_by_label("Or a table").fill("Task\tDays\nBuild\tmany\n")
    dialog.get_by_role("button", name="See what changes").click()
    expect(dialog.get_by_role("alert").first).to_contain_text("Row 2, column “Days”")
    expect(dialog.get_by_label("Or a table")).to_have_value("Task\tDays\nBuild\tmany\n")
    assert faults_in_light_and_dark(page, again=OPEN_DIALOG) == []


def test_the_dialogs_are_accessible_and_fit_their_window(plan: Page) -> None:
    dialog = choose(plan)
    assert faults_in_windows(plan, **WINDOWS, again=OPEN_DIALOG) == []
    dialog.get_by_label("Or a table").fill("Task\tDays\n" + "Long" * 70 + "\t9\n")
    dialog.get_by_role("button", name="See what changes").click()
    expect(dialog).to_contain_text("To be mended in the case then")
    assert faults_in_windows(plan, **WINDOWS, again=OPEN_DIALOG) == []


def test_a_person_who_is_missing_is_added_without_leaving_the_plan(
    plan: Page, editor_site: Site
) -> None:
    plan.get_by_role("button", name="Add a person").click()
    dialog = plan.get_by_role("dialog", name="Add a person")
    expect(dialog.get_by_label("Name")).to_be_focused()
    assert faults_in_light_and_dark(plan, again=OPEN_DIALOG) == []
    plan.keyboard.type("Al Kay")
    plan.keyboard.press("Enter")
    expect(plan.locator("#toasts")).to_contain_text("“Al Kay” can be chosen as an owner.")
    place(plan, "plan.tasks.build.owner").select_option(label="Al Kay")
    expect_status(plan, "Saved at")
    document = editor_site.document(case_of(plan))
    assert document["plan"]["tasks"][1]["owner"] == "al_kay"
    assert document["people"][-1]["name"] == "Al Kay"
