"""The books and figures at expected values: worked out once for one and the same case."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.builders import assumption, benefit, case, investment
from valuecalc.case.case import Case
from valuecalc.engine import expected_values
from valuecalc.engine.calculate import calculate
from valuecalc.engine.model import compile_case
from valuecalc.engine.uncertainty.drawn_figures import DrawnFigures


def shop(price: float = 5.0) -> Case:
    return case(
        assumption("price", price, "GBP/month"),
        benefit("sales", "price * 100"),
        investment("rent", "200 GBP/month"),
        months=12,
    )


def test_they_are_those_of_the_result() -> None:
    of = shop()
    found, result = expected_values.of(compile_case(of)), calculate(of)
    assert dict(found.figures) == dict(result.figures)
    assert np.array_equal(found.books.series["net"], result.series["net"])


def test_they_are_worked_out_once_for_one_case() -> None:
    of = shop()
    first = expected_values.of(compile_case(of))
    assert expected_values.of(compile_case(of)) is first
    assert DrawnFigures(compile_case(of), ["npv"]).expected is first.figures


def test_a_case_with_another_number_has_its_own() -> None:
    cheap, dear = (expected_values.of(compile_case(shop(price))) for price in (5.0, 6.0))
    assert dear.figures["total_benefits"].value == 7200
    assert cheap.figures["total_benefits"].value == 6000


def test_an_equal_case_is_another_case() -> None:
    of = shop()
    first = expected_values.of(compile_case(of))
    assert expected_values.of(compile_case(replace(of))) is not first


def test_what_is_forgotten_is_worked_out_again() -> None:
    of = shop()
    first = expected_values.of(compile_case(of))
    expected_values.forget()
    again = expected_values.of(compile_case(of))
    assert again is not first
    assert again.figures == first.figures
