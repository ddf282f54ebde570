"""The page that explains a number, which is there without any script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from tests.web import cases as hard
from tests.web.conftest import Page
from valuecalc.engine.result import Result, Trace
from valuecalc.services import cases, library
from valuecalc.web.pages.explanation import MOST_ROWS, MOST_STEPS, Step, shape

Get = Callable[[str], Page]
Post = Callable[..., TestResponse]

REFERENCE = "/straw-men/new-data-services"


def words(element: Page) -> str:
    return " ".join(element.text_content().split())


def explained(page: Page) -> str:
    return words(page.get_element_by_id("explanation"))


def test_a_figure_is_led_down_to_an_assumption_and_its_source(get: Get) -> None:
    shown = explained(get(f"{REFERENCE}/explain/value"))
    for step in (
        "Value £12,000,048 value Total benefits − Total investment",
        "= £15,000,048 − £3,000,000 = £12,000,048",
        "Higher revenue per user, total",
        "= 104,167 × £4 × 100%",
        "Average revenue per user with data services £26 per subscriber per month",
        "Our own assumption Worked example",
    ):
        assert step in shown


def test_what_was_explained_further_up_is_not_explained_again(get: Get) -> None:
    page = get(f"{REFERENCE}/explain/value")
    targets = page.xpath("//a[starts-with(@href, '#step-')]/@href")
    assert targets
    assert all(page.xpath(f"//details[@id='{target[1:]}']") for target in targets)


def test_months_stand_under_their_years(get: Get) -> None:
    page = get(f"{REFERENCE}/explain/payback")
    groups = [words(row) for row in page.xpath("//tr[@class='group']")]
    assert groups == ["Initial", "Year 1", "Year 2", "Year 3"]
    [first, *_] = page.xpath("//table")
    assert len(first.xpath("tbody/tr[not(@class)]")) == 37


def test_the_page_leads_back_to_the_case_in_its_scenario(get: Get) -> None:
    page = get(f"{REFERENCE}/explain/npv?scenario=stretch")
    assert page.xpath("//p[@class='back']/a/@href") == [f"{REFERENCE}?scenario=stretch"]
    assert "scenario “Stretch”" in words(page)


@pytest.mark.parametrize("name", ["npv", "roi_discounted", "payback", "irr"])
def test_the_explanation_shows_the_number_of_the_page(get: Get, name: str) -> None:
    result = cases.calculate(library.straw_man("new-data-services").case)
    figure = result.figure(name)
    [shown] = get(f"{REFERENCE}/explain/{name}").xpath("//p[contains(@class, 'explained-value')]")
    assert words(shown) == figure.text


def test_a_figure_that_does_not_exist_is_explained_too(post: Post) -> None:
    response = post(hard.loss(), "/calculate/explain/payback")
    assert response.status_code == 200
    assert "Not within the horizon of 3 years." in response.text


def test_texts_are_escaped(post: Post) -> None:
    response = post(hard.hostile(), "/calculate/explain/value")
    assert response.status_code == 200
    assert hard.MARKUP not in response.text
    assert "&lt;script&gt;" in response.text


def steps(step: Step) -> list[Step]:
    return [step, *(each for part in step.parts for each in steps(part))]


def large_result() -> tuple[Result, Trace]:
    case = cases.read(hard.as_text(hard.large()))
    return cases.calculate(case), cases.explain(case, "npv")


def test_a_large_tree_leaves_some_figures_to_pages_of_their_own() -> None:
    result, trace = large_result()
    found = steps(shape(trace, result))
    unfolded = [step for step in found if not (step.elsewhere or step.explained_at)]
    assert len(unfolded) < MOST_STEPS + 20
    assert sum(step.table.size for step in found if step.table) < MOST_ROWS + 200
    named = {step.elsewhere for step in found} - {""}
    assert named
    assert named <= set(result.figures)


def test_the_figure_asked_for_is_always_explained_itself() -> None:
    result, trace = large_result()
    step = shape(trace, result)
    assert step.elsewhere == ""
    assert step.parts
