"""The page of the editor: its fields, its rows and their templates, for cases of every kind."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeAlias

import lxml.html
import pytest
from flask import Flask

from tests.web.cases import ARABIC, LONG, MARKUP, empty, hostile, minimal
from tests.web.visitors import Cast, cast
from valuecalc.case.case import BENEFIT_CATEGORIES, INVESTMENT_CATEGORIES, Grade, RampShape
from valuecalc.case.risk import DISTRIBUTIONS, RANGES
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.schemas.written import text_at, written
from valuecalc.services import library, saved_cases
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.web.pages.editor import form

Element: TypeAlias = lxml.html.HtmlElement

STRAW_MEN = {each.slug: each for each in library.straw_men()}
COUNCIL = dump_case(STRAW_MEN["council-services"].case)
LISTS = ("assumptions", "calculations", "benefits", "investments")


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


def keep(store: Database, people: Cast, document: dict[str, Any]) -> Saved:
    return saved_cases.create(store, people.editor.actor, load_case(document))[0]


def editor(people: Cast, saved: Saved) -> Element:
    return people.editor.open(f"/cases/{saved.head.uid}/edit")


def of(store: Database, people: Cast, document: dict[str, Any]) -> Element:
    """The editor of a case that was only just kept."""
    return editor(people, keep(store, people, document))


def inside(element: Element, name: str) -> Iterator[Element]:
    """The elements below one that have an attribute, without those of templates."""
    yield from element.xpath(f".//*[@{name}][not(ancestor::template)]")


def list_of(page: Element, name: str) -> Element:
    """The list of the case itself with this name, not one within a row."""
    lists = page.xpath(f"//*[@data-list='{name}']")
    [found] = [each for each in lists if not each.xpath("ancestor::*[@data-row]")]
    return found


def value_of(field: Element) -> str:
    """What a field holds."""
    if field.tag == "select":
        return next(
            (each.get("value") for each in field.iter("option") if "selected" in each.attrib), ""
        )
    if field.tag == "textarea":
        return (field.text or "").removeprefix("\n")
    if field.get("type") == "checkbox":
        return "true" if "checked" in field.attrib else ""
    return field.get("value") or ""


def at(document: Any, place: str) -> str:
    """The text at a place of a written document, whose rows are named by their ids."""
    head, _, rest = place.partition(".")
    items = document.get(head)
    if not isinstance(items, list) or not rest:
        return text_at(document, place)
    id, _, below = rest.partition(".")
    row = next(each for each in items if each["id"] == id)
    return at(row, below)


def fields_of(row: Element) -> list[tuple[str, str]]:
    """What a row consists of: each field with its kind of element."""
    return [
        (each.get("data-field"), each.tag)
        for each in row.xpath(".//*[@data-field]")
        if each.xpath("ancestor::*[@data-row][1]")[0] is row
    ]


def names_in(row: Element, id: str) -> list[tuple[str, str]]:
    """Every attribute of a row that names it, with its id left out."""
    return [
        (name, value.replace(id, "ID"))
        for each in row.iter()
        for name in ("id", "data-row", "data-live", "popovertarget")
        if (value := each.get(name))
    ]


# --------------------------------------------------------------------------- every straw-man


@pytest.mark.parametrize("slug", STRAW_MEN)
def test_every_straw_man_stands_in_the_fields_of_its_editor(
    slug: str, store: Database, people: Cast
) -> None:
    saved = saved_cases.create(store, people.editor.actor, STRAW_MEN[slug].case)[0]
    page = editor(people, saved)
    document = written(saved.document)
    fields = list(inside(page, "data-field"))
    assert len(fields) > 100
    wrong = {
        place: (value_of(field), at(document, place))
        for field in fields
        for place in [field.get("id").removeprefix("f-")]
        if value_of(field) != at(document, place)
    }
    assert wrong == {}


@pytest.mark.parametrize("slug", STRAW_MEN)
def test_no_id_stands_twice_on_the_page(slug: str, store: Database, people: Cast) -> None:
    page = editor(people, saved_cases.create(store, people.editor.actor, STRAW_MEN[slug].case)[0])
    found = Counter(each.get("id") for each in inside(page, "id"))
    assert [id for id, count in found.items() if count > 1] == []
    live = Counter(each.get("data-live") for each in inside(page, "data-live"))
    assert [name for name, count in live.items() if count > 1] == []


def test_a_template_has_the_fields_of_a_row_that_is_there(store: Database, people: Cast) -> None:
    page = of(store, people, COUNCIL)
    names = [each.get("data-template") for each in page.xpath("//template")]
    assert set(LISTS) <= set(names)
    for name in LISTS:
        [made] = page.xpath(f"//template[@data-template='{name}']/*")
        there = list_of(page, name).xpath("./*[@data-row]")[0]
        assert made.get("data-row") == "__ID__"
        assert made.tag == there.tag
        assert fields_of(made) == fields_of(there)
        id = there.get("data-row")
        assert names_in(made, "__ID__") == names_in(there, id)


def test_the_details_of_rows_stand_once_in_the_page(store: Database, people: Cast) -> None:
    page = of(store, people, COUNCIL)
    for name in LISTS:
        [details] = page.xpath(f"//template[@data-details-template='{name}']")
        fields = details.xpath(".//*[@data-field]")
        assert "note" in [each.get("data-field") for each in fields], name
        for each in fields:
            assert each.get("id") == f"f-{name}.__ID__.{each.get('data-field')}"
        places = list_of(page, name).xpath(".//*[@data-details]")
        assert len(places) == len(COUNCIL[name])
        assert [each for place in places for each in place] == []


def test_rows_stand_directly_in_their_lists(store: Database, people: Cast) -> None:
    page = of(store, people, COUNCIL)
    for name in LISTS:
        listed = list_of(page, name)
        rows = [each.get("data-row") for each in listed.xpath("./*[@data-row]")]
        ids = [each["id"] for each in COUNCIL[name]]
        assert rows == ids


def test_every_field_has_a_name_for_those_who_do_not_see_it(store: Database, people: Cast) -> None:
    page = of(store, people, minimal())
    fields = page.xpath("//*[@data-field]")
    nameless = [
        each.get("id")
        for each in fields
        if not each.get("aria-label") and not each.xpath("ancestor::label")
    ]
    assert nameless == []


def test_fields_do_not_stand_in_what_is_replaced(store: Database, people: Cast) -> None:
    page = of(store, people, COUNCIL)
    assert page.xpath("//*[@data-live]//*[@data-field]") == []
    assert page.xpath("//*[@data-live]//*[@data-live]") == []


# --------------------------------------------------------------------------- live parts


@pytest.mark.parametrize("kind", ["whole", "loss"])
def test_the_answer_holds_the_same_elements_as_the_page(
    kind: str, store: Database, people: Cast
) -> None:
    document = COUNCIL
    if kind == "loss":
        document = minimal()
    saved = keep(store, people, document)
    page = editor(people, saved)
    mine = ("panel", "assumptions", "calculations", "lines", "statement")
    response = people.editor.client.post(
        f"/cases/{saved.head.uid}/edit/live",
        json={"document": written(saved.document), "parts": list(mine)},
        headers={"X-CSRFToken": people.editor.token()},
    )
    assert response.status_code == 200
    answer = lxml.html.fromstring(response.text)
    here, there = _live(page, mine), _live(answer, mine)
    assert {name: tag for name, (tag, _) in here.items()} == {
        name: tag for name, (tag, _) in there.items()
    }
    assert len(here) > 10
    # The first screen comes with the page; the rest is asked for when somebody comes near.
    for name in here:
        if name.startswith(("panel.", "statement.")):
            assert here[name] == there[name], name


def _live(page: Element, parts: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    return {
        each.get("data-live"): (each.tag, " ".join(each.text_content().split()))
        for each in inside(page, "data-live")
        if each.get("data-live").partition(".")[0] in parts
    }


def test_the_panel_remembers_what_the_case_was_worth(store: Database, people: Cast) -> None:
    page = of(store, people, minimal())
    [since] = page.xpath("//*[@data-since]")
    assert float(since.get("data-value")) == 6000
    assert since.xpath("ancestor::*[@data-live]") == []
    assert "hidden" in since.attrib


# --------------------------------------------------------------------------- hard cases


def test_an_empty_case_says_in_each_list_how_to_begin(store: Database, people: Cast) -> None:
    page = of(store, people, empty())
    for name in LISTS:
        listed = list_of(page, name)
        assert listed.xpath("./*[@data-row]") == []
        said = listed.getnext()
        assert "No " in said.text_content()
        assert page.xpath(f"//button[@data-add='{name}']")


def test_a_draft_is_shown_with_its_mistake_and_without_results(
    store: Database, people: Cast
) -> None:
    document = minimal()
    document["benefits"][0]["formula"] = "nonsense * 3"
    page = of(store, people, document)
    [formula] = page.xpath("//*[@id='f-benefits.time.formula']")
    assert value_of(formula) == "nonsense * 3"
    [stale] = page.xpath("//*[@data-stale]")
    assert "hidden" not in stale.attrib
    # The places of what is worked out are there already, for when the formula is mended.
    assert page.xpath("//*[@data-live='lines.benefits.time.total']")
    assert page.xpath("//*[@data-live='panel.charts']")
    # What is empty until then says why, instead of leaving a gap.
    for part in ("cash-flow.table", "evidence.chart", "figures.groups"):
        [place] = page.xpath(f"//*[@data-live='{part}']")
        assert "as soon as the case can be worked out" in place.text_content(), part


def test_an_empty_statement_offers_no_list_of_its_numbers(store: Database, people: Cast) -> None:
    page = of(store, people, empty())
    [statement] = page.xpath("//*[@data-live='statement.text']")
    assert "0 numbers" not in statement.text_content()


@pytest.mark.parametrize("text", [MARKUP, LONG[:200], ARABIC])
def test_any_text_stands_in_the_fields_as_it_is(text: str, store: Database, people: Cast) -> None:
    page = of(store, people, hostile(text))
    [label] = page.xpath("//*[@id='f-assumptions.users.label']")
    assert value_of(label) == text.strip()
    assert label.get("dir") == "auto"
    assert label.tag == "textarea"
    assert page.xpath("//i[text()='\"Q\"']") == []


def test_a_text_that_begins_with_an_empty_line_keeps_it(store: Database, people: Cast) -> None:
    document = minimal() | {"summary": "First\n\nsecond </textarea>"}
    page = of(store, people, document)
    [summary] = page.xpath("//*[@id='f-summary']")
    assert value_of(summary) == "First\n\nsecond </textarea>"


@pytest.mark.parametrize("document", [minimal(), hostile(), empty()])
def test_no_style_and_no_script_stands_in_the_page(
    document: dict[str, Any], store: Database, people: Cast
) -> None:
    page = of(store, people, document)
    assert page.xpath("//style") == []
    assert page.xpath("//*[@style]") == []
    assert page.xpath("//*[@*[starts-with(name(), 'on')]]") == []
    inline = page.xpath("//script[not(@src)]")
    assert [each.get("type") for each in inline] == ["application/json"] * len(inline)


def test_a_choice_that_is_not_listed_stays_chosen(store: Database, people: Cast) -> None:
    document = minimal() | {"proposition": {"figure": "benefits.time.year_1", "to": "gone"}}
    page = of(store, people, document)
    [figure] = page.xpath("//*[@id='f-proposition.figure']")
    assert value_of(figure) == "benefits.time.year_1"


def test_a_benefit_that_is_soft_against_its_category_is_shown_so(
    store: Database, people: Cast
) -> None:
    document = minimal()
    document["benefits"][0]["hard"] = False
    page = of(store, people, document)
    [island] = page.xpath("//script[@id='case-document']")
    assert json.loads(island.text)["benefits"][0]["hard"] is False


# --------------------------------------------------------------------------- the choices


def test_every_word_that_a_document_may_hold_can_be_chosen() -> None:
    def values(choices: form.Choices) -> set[str]:
        return {value for value, _ in choices}

    assert values(form.GRADES) == set(Grade)
    assert values(form.DISTRIBUTION_CHOICES) == set(DISTRIBUTIONS)
    assert values(form.RANGE_CHOICES) == set(RANGES)
    assert values(form.RAMP_SHAPES) == set(RampShape) - {RampShape.LINEAR}
    assert values(form.BENEFITS.categories) == set(BENEFIT_CATEGORIES)
    assert values(form.INVESTMENTS.categories) == set(INVESTMENT_CATEGORIES)


def test_each_section_of_the_list_is_on_the_page(store: Database, people: Cast) -> None:
    page = of(store, people, minimal())
    links = [each.get("href") for each in page.xpath("//*[@data-sections]//a")]
    assert links == [f"#{id}" for id, _ in form.SECTIONS]
    for id, _ in form.SECTIONS:
        assert page.xpath(f"//section[@id='{id}'][@data-section='{id}']"), id
