from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup

from tests.web.conftest import Page
from valuecalc.case.case import Grade
from valuecalc.formula.functions import FUNCTIONS
from valuecalc.services import cases, library
from valuecalc.web.pages.wording import with_code

Get = Callable[[str], Page]


def words(element: Page) -> str:
    return " ".join(element.text_content().split())


def test_every_function_is_explained_with_its_example(get: Get) -> None:
    shown = words(get("/help").get_element_by_id("formulas"))
    for function in FUNCTIONS.values():
        assert function.example in shown
        assert function.arity_text in shown


def test_every_headline_figure_is_defined(get: Get) -> None:
    shown = words(get("/help").get_element_by_id("figures"))
    for figure in cases.calculate(library.straw_man(library.FEATURED).case).headline:
        assert figure.label in shown
        assert figure.definition in shown


def test_every_grade_of_evidence_is_named(get: Get) -> None:
    shown = words(get("/help").get_element_by_id("evidence"))
    assert all(grade.label in shown for grade in Grade)


@pytest.mark.parametrize(
    ("section", "terms"),
    [
        ("sure", ("P10", "P50", "P90", "±", "What a test is worth", "another seed")),
        ("matters", ("tornado", "break-even", "Little changes")),
        ("alternatives", ("next best", "bridge")),
    ],
)
def test_the_pages_of_what_a_case_depends_on_are_explained_and_linked(
    get: Get, client: FlaskClient, section: str, terms: tuple[str, ...]
) -> None:
    found = get("/help").get_element_by_id(section)
    assert [term for term in terms if term not in words(found)] == []
    [link] = found.xpath(".//a[starts-with(@href, '/straw-men/')]/@href")
    assert client.get(link).status_code == 200


def test_everything_on_the_page_is_in_its_contents(get: Get) -> None:
    page = get("/help")
    linked = page.xpath("//nav[@class='contents']/a/@href")
    assert linked == [f"#{id}" for id in page.xpath("//section[contains(@class, 'card')]/@id")]


def test_backticks_become_code_and_the_rest_is_escaped() -> None:
    assert with_code("`a < b` & <i>") == Markup("<code>a &lt; b</code> &amp; &lt;i&gt;")


def test_the_service_says_that_it_is_up(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")
