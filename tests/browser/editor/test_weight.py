"""How much the editor weighs when it is opened, what comes later, and that nothing jumps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.browser.editor.conftest import HELPDESK, Site, expect_value, menu, place
from tests.large_case import large_document
from valuecalc.schemas.case import dump_case
from valuecalc.services import library

pytestmark = pytest.mark.browser

MOST_BYTES = 60_000
"""Over the wire, with the headers of the answers, until nothing is asked for any more."""

STRAW_MAN = "contact-centre"

SHIFTS = """
window.shifted = [];
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) shifted.push(each.value);
}).observe({ type: "layout-shift", buffered: true });
"""
ANSWERED = """() => performance.getEntriesByType("resource")
  .some((each) => each.name.endsWith("/edit/live") && each.responseEnd > 0)"""
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture(scope="module")
def large(editor_site: Site) -> str:
    """A case as large as they come in practice."""
    return editor_site.new_case(large_document())


def after_first_answer(page: Page) -> Page:
    """The page, once its first answer is shown."""
    page.wait_for_function(ANSWERED)
    page.evaluate(PAINTED)
    return page


def opened(open_editor: Callable[..., Page], case: str) -> Page:
    """The editor, after its first answer is shown."""
    return after_first_answer(open_editor(case))


def shifts_while_opening(open_editor: Callable[..., Page], case: str, **settings: Any) -> Any:
    """How far what is on the page has jumped, each time, until its first answer was shown."""
    page = open_editor(case, **settings)
    page.add_init_script(SHIFTS)
    page.reload()
    return after_first_answer(page).evaluate("shifted")


def loaded(page: Page, act: Callable[[], object]) -> list[Request]:
    """The requests that are finished while something is done."""
    found: list[Request] = []

    def note(request: Request) -> None:
        found.append(request)

    page.on("requestfinished", note)
    act()
    page.remove_listener("requestfinished", note)
    return found


def weighed(context: BrowserContext, address: str) -> tuple[Counter[str], Counter[str]]:
    """Bytes that come over the wire, and requests, by kind, while a page is opened.

    The bytes are those of headers and bodies as Chromium received them.
    """
    page = context.new_page()
    kinds: dict[str, str] = {}
    sizes: Counter[str] = Counter()
    requests: Counter[str] = Counter()

    def note_kind(event: dict[str, Any]) -> None:
        # A picture that stands in the page has an address, and comes over no wire.
        if not event["response"]["url"].startswith("data:"):
            kinds[event["requestId"]] = event["type"]

    def note_size(event: dict[str, Any]) -> None:
        if kind := kinds.get(event["requestId"]):
            sizes[kind] += int(event["encodedDataLength"])
            requests[kind] += 1

    session = context.new_cdp_session(page)
    session.on("Network.responseReceived", note_kind)
    session.on("Network.loadingFinished", note_size)
    session.send("Network.enable")
    page.goto(address, wait_until="networkidle")
    page.wait_for_function(ANSWERED)
    return sizes, requests


def scripts(requests: list[Request]) -> set[str]:
    """The names of the scripts among requests."""
    names = [each.url.rsplit("/", 1)[-1] for each in requests if each.resource_type == "script"]
    return {name.removesuffix(".js") for name in names}


# --------------------------------------------------------------------------- how much it weighs


@pytest.fixture
def fresh(
    browser: Browser, browser_context_args: dict[str, Any], editor_site: Site
) -> Iterator[BrowserContext]:
    """A browser that has kept nothing of an earlier visit, signed in."""
    context = browser.new_context(**browser_context_args)
    context.add_cookies([editor_site.cookie(editor_site.editor)])
    yield context
    context.close()


def straw_man() -> dict[str, Any]:
    """A case as the service brings them along."""
    return dump_case(library.straw_man(STRAW_MAN).case)


@pytest.mark.parametrize("document", [large_document, straw_man])
def test_the_first_load_is_less_than_sixty_kilobytes_with_headers_and_first_answers(
    fresh: BrowserContext, editor_site: Site, document: Callable[[], dict[str, Any]]
) -> None:
    case = editor_site.new_case(document())
    sizes, requests = weighed(fresh, f"{editor_site.address}/cases/{case}/edit")
    print(f"{document.__name__}: {sizes.total():,} bytes in {requests.total()} answers", sizes)
    assert sizes["Document"] > 10_000
    assert sizes["Script"] > 10_000
    assert sizes["Stylesheet"] > 5_000
    assert sizes["XHR"] > 1_000
    assert sizes.total() < MOST_BYTES, sizes
    assert requests["Script"] == requests["Stylesheet"] == 1


def parts_asked_for(page: Page, act: Callable[[], object]) -> set[str]:
    """The parts of the page that the first live request wants, while something is done."""
    with page.expect_request("**/edit/live") as caught:
        act()
    return set(caught.value.post_data_json["parts"])


def test_what_the_page_shows_already_is_not_asked_for_until_something_changes(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor()
    # What else is near is asked for as well, until nothing is.
    first = parts_asked_for(page, lambda: page.reload(wait_until="networkidle"))
    assert "assumptions" in first
    assert "panel" not in first
    users = place(page, "assumptions.users.value")
    assert "panel" in parts_asked_for(page, lambda: users.fill("200"))
    expect_value(page, "£291k")


def test_a_page_that_shows_another_scenario_asks_for_the_expected_result(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    scenario = {"id": "few", "label": "Few", "set": {"users": 10}}
    page = open_editor(editor_site.new_case({**HELPDESK, "scenarios": [scenario]}))
    page.goto(f"{page.url}?scenario=few")
    expect_value(page, "£141k")


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_jumps_while_the_editor_opens(
    open_editor: Callable[..., Page], large: str, width: int
) -> None:
    window = {"width": width, "height": 900}
    assert shifts_while_opening(open_editor, large, viewport=window) == []


def test_scripts_that_only_some_need_come_when_they_are_needed(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor()
    expect_value(page, "£141k")
    before = scripts(loaded(page, lambda: page.reload(wait_until="networkidle")))
    assert before == {"main"}

    def ask_for_help() -> None:
        page.keyboard.press("Control+/")
        expect(page.locator("#help")).to_be_visible()

    assert "help" in scripts(loaded(page, ask_for_help))


# --------------------------------------------------------------------------- results come later


def test_results_come_when_somebody_gets_near_them(
    open_editor: Callable[..., Page], large: str
) -> None:
    page = opened(open_editor, large)
    table = page.locator('[data-live="cash-flow.table"]')
    figures = page.locator('[data-live="figures.groups"]')
    expect(table).to_be_empty()
    expect(figures).to_be_empty()
    page.locator('[data-sections] a[href="#results"]').click()
    expect(table).to_contain_text("Time saved in team 3")
    expect(figures).to_contain_text("Net present value")
    expect(page.locator("#results > .card-head")).to_be_in_viewport()
    # What was not near is not worked out either.
    expect(page.locator('[data-live="calculations.c1.result"]')).to_be_empty()


def test_whoever_jumps_to_a_section_gets_there_although_what_is_above_grows(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    case = editor_site.new_case(dump_case(library.straw_man("field-service").case))
    page = open_editor(case, reduced_motion="no-preference")
    page.wait_for_function(ANSWERED)
    section = page.locator("#investments")
    page.locator('[data-sections] a[href="#investments"]').click()
    expect(section.locator(".section-total")).to_contain_text("$")
    expect(section.locator("h2")).to_be_in_viewport()
    page.wait_for_function(
        "() => Math.abs(document.getElementById('investments').getBoundingClientRect().top"
        " - parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop)) < 4"
    )


def test_everything_is_there_before_it_is_printed(
    open_editor: Callable[..., Page], large: str
) -> None:
    page = opened(open_editor, large)
    page.evaluate("() => { window.print = () => { window.printed = document.body.innerText; }; }")
    page.get_by_role("button", name="Download").first.click()
    page.locator("#downloads").get_by_role("button", name="Print").click()
    page.wait_for_function("() => window.printed")
    empty = page.eval_on_selector_all(
        "[data-live]:empty", "all => all.map(each => each.dataset.live.split('.')[0])"
    )
    assert set(empty) <= {"proposals", "lines", "alternatives", "people", "plan", "gantt"}
    text = page.evaluate("printed")
    assert "Cumulative" in text or "Net present value" in text


def test_the_keys_of_the_browser_print_everything_as_well(
    open_editor: Callable[..., Page], large: str
) -> None:
    page = opened(open_editor, large)
    page.evaluate("() => { window.print = () => { window.printed = document.body.innerText; }; }")
    page.keyboard.press("Control+p")
    page.wait_for_function("() => window.printed")
    expect(page.locator('[data-live="cash-flow.table"]')).to_contain_text("Time saved in team 3")
    expect(page.locator('[data-live="calculations.c1.result"]')).not_to_be_empty()
    assert "Net present value" in page.evaluate("printed")
    # An answer that has come since may have made something behind again for a moment.
    page.wait_for_function(
        "() => { window.dispatchEvent(new Event('beforeprint'));"
        " return document.getElementById('print-notice').hidden; }"
    )


def test_whoever_leaves_the_page_for_the_menu_of_the_browser_finds_everything_there(
    open_editor: Callable[..., Page], large: str
) -> None:
    page = opened(open_editor, large)
    page.evaluate("document.documentElement.dispatchEvent(new MouseEvent('mouseleave'))")
    expect(page.locator('[data-live="cash-flow.table"]')).to_contain_text("Time saved in team 3")
    expect(page.locator('[data-live="calculations.c1.result"]')).not_to_be_empty()


def test_a_print_that_could_not_wait_says_so_and_is_whole_the_next_time(
    open_editor: Callable[..., Page], large: str
) -> None:
    page = opened(open_editor, large)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#print-notice")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#print-notice")).to_be_hidden()
    expect(page.locator('[data-live="cash-flow.table"]')).to_contain_text("Time saved in team 3")
    expect(page.locator('[data-live="calculations.c1.result"]')).not_to_be_empty()


# --------------------------------------------------------------------------- details come later


def details_of(page: Page, list_name: str, row: str) -> Any:
    """The switch of the details of a row."""
    return page.locator(f'[data-list="{list_name}"] > [data-row="{row}"] details.more > summary')


def test_details_are_made_when_they_are_opened_and_hold_what_the_case_says(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    users = {**HELPDESK["assumptions"][0], "note": "Counted in March", "growth": 0.1}
    time = {**HELPDESK["benefits"][0], "hard": False}
    document = {
        **HELPDESK,
        "assumptions": [users, *HELPDESK["assumptions"][1:]],
        "benefits": [time],
    }
    page = open_editor(editor_site.new_case(document))
    note = place(page, "assumptions.users.note")
    expect(note).to_have_count(0)
    details_of(page, "assumptions", "users").click()
    expect(note).to_have_value("Counted in March")
    expect(place(page, "assumptions.users.growth")).to_have_value("10%")
    details_of(page, "benefits", "time").click()
    expect(place(page, "benefits.time.hard")).to_have_value("false")


def test_a_detail_that_is_typed_moves_the_value_and_is_kept(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    page = open_editor()
    details_of(page, "benefits", "time").click()
    place(page, "benefits.time.realisation").fill("50%")
    expect_value(page, "£66.0k")
    expect(page.locator("#save-status")).to_contain_text("Saved at")
    uid = page.evaluate("document.getElementById('editor').dataset.uid")
    assert editor_site.document(uid)["benefits"][0]["realisation"] == "50%"
    page.keyboard.press("Tab")
    page.locator('[data-act="undo"]').click()
    expect(place(page, "benefits.time.realisation")).to_have_value("")
    expect_value(page, "£141k")


def test_outcomes_are_written_into_one_field_and_kept(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    outcomes = [{"value": 0, "chance": 0.2}, {"value": 125, "chance": 0.8}]
    users = {**HELPDESK["assumptions"][0], "outcomes": outcomes}
    document = {**HELPDESK, "assumptions": [users, *HELPDESK["assumptions"][1:]]}
    page = open_editor(editor_site.new_case(document))
    details_of(page, "assumptions", "users").click()
    field = place(page, "assumptions.users.outcomes")
    expect(field).to_have_value("0 at 20%; 125 at 80%")
    field.fill("0 at 50%; 200 at 60%")
    error = page.locator('[id="e-assumptions.users.outcomes"]')
    expect(error).to_contain_text("add up to 110%")
    field.fill("0 at 50%; 200 at 50%")
    expect(error).to_have_count(0)
    expect(page.locator("#save-status")).to_contain_text("Saved at")
    uid = page.evaluate("document.getElementById('editor').dataset.uid")
    assert editor_site.document(uid)["assumptions"][0]["outcomes"] == [
        {"value": 0, "chance": 0.5},
        {"value": 200, "chance": 0.5},
    ]
    expect(field).to_have_value("0 at 50%; 200 at 50%")


def test_a_goal_that_was_only_just_added_can_be_chosen_in_the_details(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor()
    page.locator('[data-add="goals"]').click()
    page.keyboard.type("Happier users")
    page.keyboard.press("Tab")
    details_of(page, "benefits", "time").click()
    goal = place(page, "benefits.time.goal")
    expect(goal.locator("option")).to_have_text(["No goal", "Happier users"])


def test_the_details_of_a_new_row_follow_its_name(open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    page.locator('[data-add="assumptions"]').click()
    row = page.locator('[data-list="assumptions"] > [data-row]').last
    row.locator("details.more > summary").click()
    row.locator('[data-field="note"]').fill("From the call")
    row.locator('[data-field="label"]').fill("Call length")
    page.keyboard.press("Tab")
    expect(place(page, "assumptions.call_length.note")).to_have_value("From the call")


def test_a_mistake_among_the_details_is_shown_although_nobody_has_opened_them(
    open_editor: Callable[..., Page], editor_site: Site
) -> None:
    document = {**HELPDESK, "benefits": [{**HELPDESK["benefits"][0], "growth": "nonsense"}]}
    page = open_editor(editor_site.new_case(document))
    error = page.locator('[id="e-benefits.time.growth"]')
    expect(error).to_be_visible()
    expect(place(page, "benefits.time.growth")).to_have_value("nonsense")


def test_one_menu_serves_the_row_at_which_it_was_opened(
    open_editor: Callable[..., Page],
) -> None:
    page = open_editor()
    buttons = page.locator('[data-list="assumptions"] .row-button')
    buttons.nth(0).click()
    buttons.nth(2).click()
    expect(page.locator("#row-menu")).to_be_visible()
    page.locator("#row-menu").get_by_role("button", name="Move up").click()
    expect(page.locator("#row-menu")).to_be_hidden()
    rows = page.locator('[data-list="assumptions"] > [data-row]')
    expect(rows.nth(1)).to_have_attribute("data-row", "price")
    menu(page, "assumptions.users", "Move down")
    expect(rows.nth(1)).to_have_attribute("data-row", "users")
