"""Each function of the language: its example, its help, and its arithmetic at the edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from valuecalc.engine.grid import Grid
from valuecalc.formula import numbers
from valuecalc.formula.functions import FUNCTIONS, Function, UnitRule
from valuecalc.formula.grammar import read
from valuecalc.formula.numbers import COMPUTE, Scalars, evaluate

EACH = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=list(FUNCTIONS))


@EACH
def test_its_example_gives_its_result(function: Function) -> None:
    assert evaluate(read(function.example), {"users": 7.0}) == pytest.approx(function.result)


@EACH
def test_its_help_is_a_sentence(function: Function) -> None:
    assert function.help
    assert function.help.rstrip("`").endswith((".", "added"))


@EACH
def test_its_example_calls_it_with_as_many_arguments_as_it_takes(function: Function) -> None:
    assert function.example.startswith(f"{function.name}(")
    assert function.fewest <= function.most
    assert function.accepts(function.fewest)
    assert not function.accepts(function.most + 1)
    assert "argument" in function.arity_text


@EACH
def test_excel_spells_it_unless_the_sheet_does(function: Function) -> None:
    assert function.excel
    assert ("{0}" in function.excel or "{*}" in function.excel) == (
        function.unit_rule is not UnitRule.TIME
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("round(2.345, 2)", 2.35),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(0.5)", 1),
        ("round(1.005, 2)", 1.01),
        ("round(1234.5, -2)", 1200),
        ("round(1250, -2)", 1300),
        ("round(0)", 0),
        ("floor(2.9999999999)", 3),
        ("floor(-0.5)", -1),
        ("floor(2.999)", 2),
        ("ceil(2.0000000001)", 2),
        ("ceil(2.001)", 3),
        ("ceil(-0.5)", 0),
        ("floor(12345678901.5)", 12345678901),
        ("floor(329731723201775)", 329731723201775),
        ("ceil(471909724639693)", 471909724639693),
        ("round(211674750490763)", 211674750490763),
        ("round(1, 400)", 1),
        ("round(0.1234, 309)", 0.1234),
        ("round(1, 0 - 400)", 0),
        ("round(2 / 3, 2.7)", 0.67),
        ("round(1234.5, 0 - 2.7)", 1200),
        ("floor(0.1 * 3 * 10)", 3),
        ("abs(-3)", 3),
        ("sqrt(2) ^ 2", 2),
        ("exp(ln(5))", 5),
        ("min(3, -1, 2)", -1),
        ("max(3, -1, 2)", 3),
    ],
)
def test_rounding_is_that_of_finance_on_a_number_and_on_a_grid(text: str, value: float) -> None:
    assert evaluate(read(text), {}) == pytest.approx(value, rel=1e-15, abs=1e-15)
    assert on_grid(text, {}) == pytest.approx(value, rel=1e-15, abs=1e-15)


NAN, INF = math.nan, math.inf
"""Infinity only where a product overflows: in `min` or in a comparison it would be a number."""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 / 0", NAN),
        ("-1 / 0", NAN),
        ("0 / 0", NAN),
        ("abs(3) / 0", NAN),
        ("max(1, 2) / min(0, 1)", NAN),
        ("0 ^ -1", NAN),
        ("(-8) ^ 0.5", NAN),
        ("(10 ^ 100) ^ 4", NAN),
        ("10 ^ 100 * 10 ^ 100 * 10 ^ 100 * 10 ^ 100", INF),
        ("sqrt(-1)", NAN),
        ("ln(0)", NAN),
        ("ln(-1)", NAN),
        ("exp(10000)", NAN),
        ("exp(0 / 0)", NAN),
        ("round(1, 0 / 0)", NAN),
        ("round(0 / 0, 400)", NAN),
        ("floor(1 / 0)", NAN),
        ("ceil(0 / 0)", NAN),
        ("max(0 / 0, 1)", NAN),
        ("max(1, 0 / 0)", NAN),
        ("min(0 / 0, 1)", NAN),
        ("min(1, 0 / 0)", NAN),
        ("if(1 > 2, 1 / 0, 3)", 3),
        ("if(1 < 2, 1 / 0, 3)", NAN),
        ("if(0 / 0 > 1, 1, 2)", NAN),
        ("if(1 / 0 > 1, 1, 2)", NAN),
        ("min(1 / 0, 3)", NAN),
        ("max(3, -1 / 0)", NAN),
        ("1 / (1 / 0)", NAN),
        ("exp(-1 / 0)", NAN),
        ("(0 / 0) ^ 0", NAN),
        ("1 ^ (0 / 0)", NAN),
    ],
)
def test_what_is_undefined_is_a_result_and_never_an_exception(text: str, value: float) -> None:
    for found in (evaluate(read(text), {}), on_grid(text, {})):
        assert found == pytest.approx(value, nan_ok=True)


def on_grid(text: str, values: dict[str, float]) -> float:
    """The value of a formula on the engine's grid of one period."""
    source = numbers.Source(
        name=lambda name: f"values[{name!r}]",
        time=lambda word: f"ops.{word}",
        previous=lambda name, initial: initial,
    )
    expression = source.write(read(text))
    grid = Grid(np.array([0, 1]), many=False)
    scope = {"ops": grid, "functions": COMPUTE, "values": values, **source.constants}
    with np.errstate(all="ignore"):
        found = eval(expression, scope)
    return float(np.asarray(found).ravel()[-1])


NUMBERS = st.one_of(
    st.integers(-5, 5).map(float),
    st.floats(-1e6, 1e6),
    st.sampled_from([0.0, -0.0, 1e17, -1e17, 1e-9, 0.5, 2.5, 709.0, 710.0, INF, -INF, NAN]),
)
FORMULAS = [
    "a + b",
    "a - b - a",
    "a * b / a",
    "a / b",
    "a ^ b",
    "-a ^ 2",
    "(-a) ^ b",
    "min(a, b)",
    "max(a, b, 0)",
    "abs(a) / b",
    "floor(a) + ceil(b)",
    "sqrt(a) * ln(b)",
    "exp(a)",
    "if(a > b, a, b)",
    "if(a = b, 1, 2)",
    "if(a <= b, a / b, b / a)",
    "a - (b - a)",
    "a * (b + a) * b",
]


@given(st.sampled_from(FORMULAS), NUMBERS, NUMBERS)
def test_one_number_and_a_grid_of_numbers_agree(text: str, a: float, b: float) -> None:
    values = {"a": a, "b": b}
    alone, grid = evaluate(read(text), values), on_grid(text, values)
    if math.isfinite(alone) or math.isfinite(grid):
        assert alone == pytest.approx(grid, rel=1e-12, abs=1e-300)


@given(NUMBERS, NUMBERS)
@example(0.0, 0.0)
@example(0.1 + 0.2, 0.3)
@example(1.0, 1.0 + 1e-11)
def test_comparisons_exclude_each_other(a: float, b: float) -> None:
    for compare in (Scalars.compare, Grid.compare):
        less, equal, greater = (bool(compare(sign, a, b)) for sign in ("<", "==", ">"))
        if not math.isnan(a - b):
            assert less + equal + greater == 1
            assert bool(compare("!=", a, b)) is not equal
            assert bool(compare("<=", a, b)) == (less or equal)
            assert bool(compare(">=", a, b)) == (greater or equal)
