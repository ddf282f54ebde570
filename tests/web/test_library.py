from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.web.conftest import Page
from valuecalc.services import cases, library

Get = Callable[[str], Page]


def test_the_reference_example_is_worked_out_on_top(get: Get) -> None:
    featured = get("/").xpath("//section[contains(@class, 'featured')]")[0]
    result = cases.calculate(library.straw_man(library.FEATURED).case)
    text = featured.text_content()
    assert result.statement.parts[0][1] in text
    assert result.figure("value").short in text
    assert result.figure("value_year_1").short in text
    assert result.statement.based_on[0] in text


def test_every_straw_man_has_a_row_with_its_figures(get: Get) -> None:
    rows = get("/").xpath("//table[contains(@class, 'straw-men')]/tbody/tr")
    assert len(rows) == len(library.straw_men())
    for row, straw_man in zip(rows, library.straw_men(), strict=True):
        result = cases.calculate(straw_man.case)
        assert straw_man.case.title in row.text_content()
        for name in ("value", "value_year_1", "payback"):
            assert result.figure(name).short in row.text_content()


def test_the_rows_lead_to_the_cases(client: FlaskClient, get: Get) -> None:
    links = get("/").xpath("//table[contains(@class, 'straw-men')]//th//a/@href")
    assert links[0] == "/straw-men/new-data-services"
    assert {client.get(link).status_code for link in links} == {200}
