"""The addresses of what belongs to a case."""

from __future__ import annotations

import pytest
from flask import Flask, url_for

from valuecalc.web.pages.places import EditPlace

FIGURES = ("value", "benefits.time_saved.year_1", "cumulative.initial")


@pytest.mark.parametrize("scenario", ["slow", "-figure-", "a&b"])
@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_is_explained_in_the_editor_where_its_route_is(
    app: Flask, figure: str, scenario: str
) -> None:
    with app.test_request_context():
        expected = url_for("editor.explain", uid="ab12", figure=figure, scenario=scenario)
        assert EditPlace("ab12", scenario).explain(figure) == expected


def test_the_expected_scenario_is_not_named_in_an_address(app: Flask) -> None:
    with app.test_request_context():
        assert EditPlace("ab12").explain("npv") == "/cases/ab12/edit/explain/npv"
