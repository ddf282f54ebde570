"""The plan in the editor: tasks, milestones and decisions, their dates, and what a delay costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import faults_in_light_and_dark, faults_in_windows
from tests.browser.editor.conftest import (
    HELPDESK,
    Document,
    Site,
    case_of,
    expect_status,
    menu,
    place,
    rows,
)

pytestmark = pytest.mark.browser

OpenEditor = Callable[..., Page]

WINDOWS = {"wide": 1440, "between": 390, "narrow": 320}
"""Pixels: those in which the page of a plan, and its dialogs, are looked at."""

OPEN_DIALOG = "dialog[open]"

PLANNED: Document = {
    **HELPDESK,
    "timeline": {"start": "2027-01", "years": 3, "period": "month"},
    "people": [{"id": "lead", "name": "Jo Price", "role": "Project lead", "side": "vendor"}],
    "benefits": [{**HELPDESK["benefits"][0], "starts": "live"}],
    "plan": {
        "start": "2027-01-04",
        "tasks": [
            {"id": "survey", "label": "Site survey", "side": "vendor", "owner": "lead", "days": 10},
            {"id": "build", "label": "Build", "days": 30, "after": ["survey"]},
            {"id": "training", "label": "Training", "days": 3, "after": ["survey + 2"]},
        ],
        "milestones": [{"id": "live", "label": "Go live", "after": ["build", "training"]}],
        "decisions": [{"id": "go", "label": "Release the budget", "date": "2027-01-08"}],
    },
}
"""Go live on 26 February: benefits run from March."""


def when(page: Page, step: str) -> Locator:
    """What is worked out of a step: its days and its slack."""
    return page.locator(f'[data-live="plan.{step}"]')


def week(page: Page, step: str) -> Locator:
    """What a week more costs at a step."""
    return page.locator(f'[data-live="delays.{step}"]')


def come_near(page: Page) -> None:
    """Go to the plan, whose fields come then."""
    page.locator('[data-sections] a[href="#plan"]').click()
    expect(page.get_by_role("button", name="Add task")).to_be_visible()


@pytest.fixture
def plan(open_editor: OpenEditor, editor_site: Site) -> Page:
    """The editor at the plan of a case that has one."""
    page = open_editor(editor_site.new_case(PLANNED))
    come_near(page)
    expect(when(page, "survey")).to_contain_text("2027")
    return page


def test_the_fields_come_when_somebody_gets_near_and_hold_what_the_case_says(plan: Page) -> None:
    assert rows(plan, "plan.tasks") == ["survey", "build", "training"]
    expect(place(plan, "plan.tasks.training.after")).to_have_value("survey + 2")
    expect(place(plan, "plan.tasks.survey.side")).to_have_value("vendor")
    expect(place(plan, "plan.tasks.survey.owner").locator("option:checked")).to_have_text(
        "Jo Price"
    )
    expect(place(plan, "plan.decisions.go.date")).to_have_value("2027-01-08")
    expect(place(plan, "plan.start")).to_have_value("2027-01-04")


def test_each_step_has_its_days_its_slack_and_what_a_week_costs(plan: Page) -> None:
    expect(when(plan, "survey")).to_contain_text("4 – 15 Jan 2027")
    expect(when(plan, "survey")).to_contain_text("Critical")
    expect(when(plan, "training")).to_contain_text("25 days of slack")
    expect(when(plan, "live")).to_contain_text("26 Feb 2027")
    expect(when(plan, "live")).to_contain_text("Starts Less time lost")
    expect(week(plan, "build")).to_contain_text("A week later: −£")
    expect(week(plan, "training")).to_contain_text("A week later: no change")
    expect(plan.locator('[data-live="plan._span"]')).to_contain_text(
        "Site survey → Build → Go live"
    )


def test_a_task_is_added_and_linked_by_keyboard_alone_and_dates_and_value_move(
    plan: Page, editor_site: Site
) -> None:
    value = plan.locator('[data-live="panel.value"] .value')
    before = value.inner_text()
    place(plan, "plan.tasks.training.days").focus()
    plan.keyboard.press("Enter")
    added = plan.locator('[data-list="plan.tasks"] > [data-row]').last
    expect(added.locator('[data-field="days"]')).to_be_focused()
    plan.keyboard.type("40 days")
    added.locator('[data-field="label"]').focus()
    plan.keyboard.type("Move the data")
    plan.keyboard.press("Tab")
    after = place(plan, "plan.tasks.move_the_data.after")
    after.focus()
    plan.keyboard.type("surv")
    plan.keyboard.press("Enter")
    expect(after).to_have_value("survey")
    plan.keyboard.type(" + 5")
    expect(when(plan, "move_the_data")).to_contain_text("25 Jan – 19 Mar 2027")
    place(plan, "plan.milestones.live.after").focus()
    plan.keyboard.press("End")
    plan.keyboard.type("; move")
    plan.keyboard.press("Enter")
    expect(place(plan, "plan.milestones.live.after")).to_have_value(
        "build; training; move_the_data"
    )
    place(plan, "plan.tasks.survey.days").focus()
    expect(when(plan, "live")).to_contain_text("19 Mar 2027")
    expect(value).not_to_have_text(before)
    expect_status(plan, "Saved at")
    tasks = editor_site.document(case_of(plan))["plan"]["tasks"]
    assert tasks[-1]["after"] == ["survey + 5"]
    assert tasks[-1]["days"] == 40
    plan.locator('[data-act="undo"]').click()
    expect(when(plan, "live")).to_contain_text("26 Feb 2027")


def test_the_bars_follow_what_is_typed(plan: Page) -> None:
    chart = plan.locator('[data-live="gantt.chart"]')
    chart.scroll_into_view_if_needed()
    expect(chart.locator("svg desc").first).to_contain_text("Go live 26 February 2027")
    place(plan, "plan.tasks.build.days").fill("35")
    chart.scroll_into_view_if_needed()
    expect(chart.locator("svg desc").first).to_contain_text("Go live 5 March 2027")
    # Whoever does not see the bars has them as a table.
    expect(chart.locator("table")).to_contain_text("Site survey")


def test_what_a_delay_costs_is_shown_at_once_and_kept_nowhere(
    plan: Page, editor_site: Site
) -> None:
    version = editor_site.version(case_of(plan))
    row = plan.locator('[data-list="plan.tasks"] > [data-row="build"]')
    row.get_by_role("button", name="What if it is late?").click()
    dialog = plan.get_by_role("dialog", name="What if “Build” is late?")
    expect(dialog).to_contain_text("takes 5 working days more")
    expect(dialog).to_contain_text("Go live: 26 Feb 2027 → 5 Mar 2027")
    expect(dialog).to_contain_text("Net present value")
    expect(dialog).to_contain_text("−£4")
    dialog.get_by_label("Working days more").fill("20")
    expect(dialog).to_contain_text("Go live: 26 Feb 2027 → 26 Mar 2027")
    assert faults_in_light_and_dark(plan, again=OPEN_DIALOG) == []
    plan.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(when(plan, "live")).to_contain_text("26 Feb 2027")
    assert editor_site.version(case_of(plan)) == version


def test_a_number_of_days_that_is_none_is_told(open_editor: OpenEditor, editor_site: Site) -> None:
    page = open_editor(editor_site.new_case(PLANNED), expected=("status of 400",))
    come_near(page)
    row = page.locator('[data-list="plan.tasks"] > [data-row="build"]')
    row.get_by_role("button", name="What if it is late?").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Working days more").fill("many")
    expect(dialog).to_contain_text("Write a whole number of working days")


def paste(page: Page, field: Locator, text: str) -> None:
    """Paste cells into a field, as from a spreadsheet."""
    field.evaluate(
        """(field, text) => {
          field.focus();
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          const init = { bubbles: true, cancelable: true, clipboardData };
          field.dispatchEvent(new ClipboardEvent("paste", init));
        }""",
        text,
    )


def test_tasks_of_a_project_plan_are_pasted_with_their_titles(
    open_editor: OpenEditor, editor_site: Site
) -> None:
    page = open_editor()
    come_near(page)
    page.get_by_role("button", name="Add task").click()
    first = page.locator('[data-list="plan.tasks"] [data-field="label"]')
    paste(
        page,
        first,
        "Task Name\tDuration\tStart\tPredecessors\t% Complete\n"
        "Site survey\t10 days\tMon 04/01/27\t\t50%\n"
        "Build\t1 day\tFri 22/01/27\t1FS+5 days\t0%\n"
        "Train\t2\tMon 25/01/27\tSite survey; Build\t",
    )
    expect(page.locator("#toasts")).to_contain_text("Pasted 3 × 5 cells")
    expect(when(page, "build")).to_contain_text("22 Jan 2027")
    expect(when(page, "train")).to_contain_text("26 Jan 2027")
    expect_status(page, "Saved at")
    tasks = editor_site.document(case_of(page))["plan"]["tasks"]
    survey = tasks[0]["id"]
    assert [each.get("after") for each in tasks] == [None, [f"{survey} + 5"], [survey, "build"]]
    assert tasks[0]["done"] == 0.5


def test_another_name_of_a_step_is_written_wherever_it_is_named(
    plan: Page, editor_site: Site
) -> None:
    name = place(plan, "plan.milestones.live.id")
    name.fill("running")
    name.press("Tab")
    expect(plan.locator("#toasts")).to_contain_text("Renamed in 1 place")
    expect_status(plan, "Saved at")
    document = editor_site.document(case_of(plan))
    assert document["benefits"][0]["starts"] == "running"
    survey = place(plan, "plan.tasks.survey.id")
    survey.fill("visit")
    survey.press("Tab")
    expect(place(plan, "plan.tasks.training.after")).to_have_value("visit + 2")


def test_a_circle_is_told_at_its_field(plan: Page) -> None:
    place(plan, "plan.tasks.survey.after").fill("build")
    place(plan, "plan.tasks.build.days").focus()
    error = plan.locator('[id="e-plan.tasks.survey.after"]')
    expect(error).to_contain_text("survey → build → survey")
    expect(plan.locator('[data-sections] a[href="#plan"] .count.errors')).to_contain_text("1")


def test_a_milestone_that_a_benefit_starts_at_is_missed_when_it_goes(plan: Page) -> None:
    menu(plan, "plan.milestones.live", "Delete")
    error = plan.locator('[id="e-benefits.time.starts"]')
    expect(error).to_contain_text("There is no milestone “live” in the plan")
    plan.locator('[data-act="undo"]').click()
    expect(error).to_have_count(0)
    assert rows(plan, "plan.milestones") == ["live"]


def test_rows_are_moved_copied_and_taken_back(plan: Page) -> None:
    menu(plan, "plan.tasks.build", "Move up")
    assert rows(plan, "plan.tasks") == ["build", "survey", "training"]
    menu(plan, "plan.tasks.build", "Duplicate")
    expect(place(plan, "plan.tasks.build_copy.label")).to_have_value("Build (copy)")
    plan.locator('[data-act="undo"]').click()
    plan.locator('[data-act="undo"]').click()
    assert rows(plan, "plan.tasks") == ["survey", "build", "training"]


def test_a_new_row_of_a_case_without_a_plan_stays_while_it_is_saved(
    open_editor: OpenEditor, editor_site: Site
) -> None:
    page = open_editor()
    come_near(page)
    page.get_by_role("button", name="Add task").click()
    place(page, "assumptions.users.value").fill("120")
    expect_status(page, "Saved at")
    expect(page.locator('[data-list="plan.tasks"] > [data-row]')).to_have_count(1)


def test_holidays_and_the_days_of_the_week_move_the_plan(plan: Page, editor_site: Site) -> None:
    holidays = place(plan, "plan.calendar.holidays")
    holidays.fill("2027-01-11 to 2027-01-15 Works closed\n18 January 2027 Inventory")
    expect(when(plan, "survey")).to_contain_text("4 – 25 Jan 2027")
    plan.get_by_role("group", name="People work on").get_by_label("Fri").uncheck()
    expect(when(plan, "survey")).to_contain_text("4 – 27 Jan 2027")
    expect_status(plan, "Saved at")
    calendar: Any = editor_site.document(case_of(plan))["plan"]["calendar"]
    assert calendar["weekdays"] == ["mon", "tue", "wed", "thu"]
    assert calendar["holidays"] == [
        {"first": "2027-01-11", "last": "2027-01-15", "label": "Works closed"},
        {"first": "2027-01-18", "label": "Inventory"},
    ]
    plan.reload()
    come_near(plan)
    expect(holidays).to_have_value("2027-01-11 to 2027-01-15 Works closed\n2027-01-18 Inventory")
    expect(plan.get_by_role("group", name="People work on").get_by_label("Fri")).not_to_be_checked()


def test_a_plan_beyond_the_horizon_and_days_that_cannot_be_kept_are_told(plan: Page) -> None:
    place(plan, "plan.milestones.live.date").fill("2027-02-01")
    missed = plan.locator('[id="e-plan.milestones.live.date"]')
    expect(missed).to_contain_text("misses “Go live” by 19 working days")
    expect(when(plan, "live")).to_contain_text("19 days after 1 Feb 2027")
    place(plan, "plan.tasks.build.days").fill("900")
    place(plan, "plan.tasks.survey.days").focus()
    beyond = plan.locator('[id="e-plan.tasks.build.label"]')
    expect(beyond).to_contain_text("after the horizon")


def test_the_plan_is_accessible_and_fits_its_window(plan: Page) -> None:
    plan.locator('[data-live="gantt.chart"]').scroll_into_view_if_needed()
    expect(plan.locator('[data-live="gantt.chart"] svg').first).to_be_attached()
    # Where the bars at the edges of the window lie over no field of the plan.
    plan.evaluate("() => scrollTo(0, 0)")
    assert faults_in_windows(plan, **WINDOWS) == []


def test_everything_of_the_plan_is_there_before_it_is_printed(
    open_editor: OpenEditor, editor_site: Site
) -> None:
    page = open_editor(editor_site.new_case(PLANNED))
    page.evaluate("() => { window.print = () => { window.printed = document.body.innerText; }; }")
    page.keyboard.press("Control+p")
    page.wait_for_function("() => window.printed")
    assert "4 – 15 Jan 2027" in " ".join(page.evaluate("printed").split())
