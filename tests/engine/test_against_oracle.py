"""The engine and a slow, plain calculation from the definitions agree on random cases."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given

from tests.oracle import Oracle
from tests.strategies import cases, document
from valuecalc.case.case import Case
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Result
from valuecalc.schemas.case import case_from_text

MODELS = sorted((Path(__file__).parent.parent.parent / "models").glob("*.yaml"))
RATIOS = ("roi", "roi_discounted", "benefit_cost_ratio")
PAYBACKS = ("payback", "payback_discounted")


def magnitude(figures: dict[str, float | None]) -> float:
    """The largest amount of a case: what a sum is rounded to depends on it."""
    return max(1.0, *(abs(number or 0.0) for number in figures.values()))


@given(cases())
def test_sums_and_present_values_are_those_of_the_oracle(case: Case) -> None:
    expected = Oracle(document(case)).figures()
    found = calculate(case)
    event(f"{len(case.benefits)} benefits, {len(case.investments)} investments")
    for name in set(expected) - {*RATIOS, *PAYBACKS}:
        assert found.value(name) == pytest.approx(
            expected[name], rel=1e-9, abs=1e-9 * magnitude(expected)
        ), name


@given(cases())
def test_ratios_are_those_of_the_oracle(case: Case) -> None:
    expected = Oracle(document(case)).figures()
    found = calculate(case)
    for name in RATIOS:
        below = expected["total_investment" if name == "roi" else "pv_investment"] or 0.0
        if abs(below) > 1e-6 * magnitude(expected):
            assert found.value(name) == pytest.approx(expected[name], rel=1e-6, abs=1e-6), name
        elif below == 0:
            assert found.value(name) is None


@given(cases())
def test_paybacks_are_those_of_the_oracle(case: Case) -> None:
    expected = Oracle(document(case)).figures()
    found = calculate(case)
    for name, row in (("payback", "cumulative"), ("payback_discounted", "cumulative_discounted")):
        if crosses_clearly(found, row) and case.conventions.payback_crossing == "last":
            assert found.value(name) == pytest.approx(expected[name], abs=1e-6), name


def crosses_clearly(result: Result, row: str) -> bool:
    """Whether there is an investment, and cash is never so near zero that rounding decides."""
    cumulative = result.series[row].tolist()
    smallest = min(map(abs, cumulative))
    steps = [abs(after - before) for before, after in pairwise(cumulative)]
    clear = smallest > 1e-6 * max(*map(abs, cumulative), *steps, 1e-9)
    return clear and bool(result.series["investment"].any())


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_straw_man_has_the_figures_of_the_oracle(path: Path) -> None:
    case, oracle = case_from_text(path.read_text(encoding="utf-8")), Oracle.of(path)
    assert_same(calculate(case), oracle.figures())
    for scenario in case.scenarios:
        if scenario.discount_rate is None:
            assert_same(calculate(case, scenario.id), oracle.scenario(scenario.id).figures())


def assert_same(found: Result, expected: dict[str, Any]) -> None:
    for name, number in expected.items():
        value = found.value(name)
        if number is None or value is None:
            assert value is number, name
        else:
            assert math.isclose(value, number, rel_tol=1e-9, abs_tol=1e-6), name
