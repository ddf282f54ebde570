"""How a formula depends on one name: what one unit of it adds, as a formula."""

from __future__ import annotations

import pytest

from valuecalc.formula import algebra, grammar, numbers, words
from valuecalc.formula.derivative import derivative
from valuecalc.formula.tree import Name


@pytest.mark.parametrize(
    ("formula", "words_of_it"),
    [
        ("x", "1"),
        ("x * y", "y"),
        ("y * x / z", "y ÷ z"),
        ("(x - y) * z", "z"),
        ("(y - x) * z", "−z"),
        ("y * (1 - x) * z", "−(y × z)"),
        ("-(y - x)", "1"),
        ("x + y * x - z", "1 + y"),
        ("x * 2 - x * y", "2 − y"),
        ("y * (x / y)", "1"),
        ("z * (x / y)", "z ÷ y"),
        ("if(y > 1, x, z * x)", "if(y > 1, 1, z)"),
        ("sum_over_time(x * y)", "sum_over_time(y)"),
        ("y", "0"),
    ],
)
def test_the_coefficient_is_written_as_short_as_it_can_be(formula: str, words_of_it: str) -> None:
    found = algebra.coefficient(grammar.read(formula), "x")
    assert words.with_labels(found, {}) == words_of_it


@pytest.mark.parametrize(
    "formula",
    [
        "x * y - 3 * x / (y + z) + z",
        "-(2 - x * y) * z / 7",
        "(x - y) * (z - 1) * 0.5 - (y - x / z)",
        "if(y > 1, x * z, x) * -y",
        "y * (1 - (z - x)) / (z / y)",
    ],
)
def test_the_coefficient_is_what_one_unit_adds(formula: str) -> None:
    tree = grammar.read(formula)
    given = {"y": 3.0, "z": 5.0}
    at = [numbers.evaluate(tree, {**given, "x": x}) for x in (10.0, 11.0)]
    found = numbers.evaluate(algebra.coefficient(tree, "x"), {**given, "x": 10.0})
    assert found == pytest.approx(at[1] - at[0])


def test_formulas_are_put_in_for_their_names() -> None:
    tree = algebra.put_in(grammar.read("-a * if(y > 1, a, 2)"), {"a": grammar.read("x + 1")})
    assert tree is not None
    assert words.with_labels(tree, {}) == "−(x + 1) × if(y > 1, x + 1, 2)"


def test_what_needs_an_earlier_period_cannot_be_written_as_one_formula() -> None:
    formulas = {"a": grammar.read("x + 1"), "x": Name("x")}
    assert algebra.put_in(grammar.read("previous(a, 0) + x"), formulas) is None
    assert algebra.put_in(grammar.read("previous(y, a) + x"), formulas) is None
    assert algebra.put_in(grammar.read("previous(y, 0) + x"), formulas) is not None


def test_a_formula_that_would_grow_too_large_is_not_written() -> None:
    doubled = grammar.read("a + a")
    tree = grammar.read("x")
    for _ in range(12):
        grown = algebra.put_in(doubled, {"a": tree})
        if grown is None:
            return
        tree = grown
    pytest.fail("it grew without end")


@pytest.mark.parametrize(
    "formula", ["x * y - 3 * x / (y + z) + z", "y * (1 - x) * z", "if(y > 1, x * z, x) * -y"]
)
def test_the_coefficient_is_the_derivative(formula: str) -> None:
    tree = grammar.read(formula)
    given = {"x": 2.0, "y": 3.0, "z": 5.0}
    slope, expected = (
        numbers.evaluate(found(tree, "x"), given) for found in (algebra.coefficient, derivative)
    )
    assert slope == pytest.approx(expected)
