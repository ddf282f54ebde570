"""The help inside the editor: what it explains, and that it is about the case at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from lxml.html import HtmlElement

from tests.web.cases import minimal
from tests.web.visitors import Cast, cast
from valuecalc.case.case import Case, Conventions, Grade
from valuecalc.formula import units
from valuecalc.formula.functions import FUNCTIONS
from valuecalc.schemas.case import load_case
from valuecalc.services import library, saved_cases
from valuecalc.store.database import Database
from valuecalc.web.pages.editor.help import RULES, UNITS, WAYS_TO_WRITE, WayToWrite


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def helped(app: Flask, people: Cast) -> Callable[[Case], HtmlElement]:
    """The help of the editor of a case that is kept."""

    def show(case: Case) -> HtmlElement:
        store: Database = app.extensions["store"]
        saved, _ = saved_cases.create(store, people.editor.actor, case)
        page = people.editor.open(f"/cases/{saved.head.uid}/edit/help")
        return page.get_element_by_id("help-content")

    return show


def reference() -> Case:
    return library.straw_man(library.FEATURED).case


def text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def entry(page: HtmlElement, name: str) -> str:
    [found] = page.xpath(f".//*[@data-entry='{name}']")
    return text(found)


def test_every_function_is_there_with_how_it_is_called_and_what_its_example_gives(
    helped: Callable[[Case], HtmlElement],
) -> None:
    page = helped(reference())
    for name, function in FUNCTIONS.items():
        said = entry(page, f"functions.{name}")
        assert said.startswith(f"{name}(")
        assert f"{function.example} =gives" in said
    assert entry(page, "functions.round").startswith("round(value, [digits])")


def test_a_figure_says_which_convention_is_in_force_in_this_case(
    helped: Callable[[Case], HtmlElement],
) -> None:
    case = reference()
    dearer = replace(case, discounting=replace(case.discounting, rate=0.23))
    assert "Discounting: 10% a year" in entry(helped(case), "figures.npv")
    assert "Discounting: 23% a year" in entry(helped(dearer), "figures.npv")


def test_a_percentile_says_what_the_headline_is(helped: Callable[[Case], HtmlElement]) -> None:
    case = replace(reference(), conventions=Conventions(headline="p10"))
    page = helped(case)
    assert "Headline figure: P10" in entry(page, "figures.value_p10")


def test_the_finance_view_of_the_case_says_which_grades_count(
    helped: Callable[[Case], HtmlElement],
) -> None:
    case = replace(reference(), conventions=Conventions(finance_view=(Grade.A,)))
    page = helped(case)
    assert "Counted in the finance view" in entry(page, "evidence.A")
    assert "Left out of the finance view" in entry(page, "evidence.B")


def test_a_draft_is_helped_as_well(helped: Callable[[Case], HtmlElement]) -> None:
    case = load_case(minimal())
    [benefit, *_] = case.benefits
    page = helped(replace(case, benefits=(replace(benefit, formula="nothing_of_that_name * 2"),)))
    assert "cannot be worked out yet" in text(page)
    assert "Present value of benefits" in entry(page, "figures.npv")


def test_every_figure_with_a_rule_is_one_that_cases_have(
    helped: Callable[[Case], HtmlElement],
) -> None:
    names = helped(reference()).xpath(".//@data-entry")
    firsts = {name.split(".")[1] for name in names if name.startswith("figures.")}
    assert set(RULES) <= firsts


@pytest.mark.parametrize("way", WAYS_TO_WRITE, ids=lambda way: f"{way.typed} in {way.unit}")
def test_every_way_to_write_a_number_is_read(way: WayToWrite) -> None:
    assert way.read


def test_the_numbers_are_read_as_people_mean_them(helped: Callable[[Case], HtmlElement]) -> None:
    rows = helped(reference()).xpath(".//table[contains(@class, 'help-table')]/tbody/tr")
    read = {text(row[0]): text(row[1]) for row in rows}
    assert read["2.5m"] == "2,500,000"
    assert read["(500)"] == "−500"
    assert read["12"] == "12%"
    assert read["£2.5m"] == "£2,500,000"


def test_every_unit_that_is_named_can_be_used(helped: Callable[[Case], HtmlElement]) -> None:
    page = text(helped(reference()))
    for unit, _ in UNITS:
        units.read(unit)
        assert unit in page


def test_keys_are_part_of_it(helped: Callable[[Case], HtmlElement]) -> None:
    assert "Undo" in text(helped(reference()).xpath(".//*[@data-part='keys']")[0])


def test_opened_by_itself_it_is_a_page_like_any_other(app: Flask, people: Cast) -> None:
    store: Database = app.extensions["store"]
    saved, _ = saved_cases.create(store, people.editor.actor, reference())
    page = people.editor.open(f"/cases/{saved.head.uid}/edit/help")
    assert page.xpath("//nav[@aria-label='Pages']")
    assert any("editor-help" in each for each in page.xpath("//link[@rel='stylesheet']/@href"))
    [back] = page.xpath("//main//h1/following-sibling::p//a")
    assert back.get("href") == f"/cases/{saved.head.uid}/edit"


def test_the_editor_holds_the_dialog_but_neither_the_help_nor_the_tour(
    app: Flask, people: Cast
) -> None:
    store: Database = app.extensions["store"]
    saved, _ = saved_cases.create(store, people.editor.actor, reference())
    page = people.editor.open(f"/cases/{saved.head.uid}/edit")
    [dialog] = page.xpath("//dialog[@id='help']")
    assert dialog.get("data-url") == f"/cases/{saved.head.uid}/edit/help"
    assert not page.xpath("//*[@id='help-content']")
    [form] = page.xpath("//form[@id='editor']")
    tour = people.editor.open(form.get("data-guide-url"))
    assert not page.xpath("//*[@id='guide']")
    assert len(tour.xpath("//*[@id='guide']//li[@data-step]")) == 7
    assert page.xpath("//*[@data-help='figures.npv']")
