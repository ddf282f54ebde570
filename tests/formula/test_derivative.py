"""Derivatives of formulas: against sympy, against differences, at kinks and at jumps."""

from __future__ import annotations

import math
from typing import Any

import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

from valuecalc.formula import grammar, numbers
from valuecalc.formula.derivative import derivative, differential, kinks, steps
from valuecalc.formula.tree import (
    Binary,
    Call,
    Comparison,
    Convert,
    Name,
    Negative,
    Node,
    Number,
    TimeWord,
    walk,
)

AT = {"x": 1.7, "y": 0.4, "z": 2.5}
OPERATORS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
}
FUNCTIONS: dict[str, Any] = {
    "sqrt": sympy.sqrt,
    "exp": sympy.exp,
    "ln": sympy.log,
    "abs": sympy.Abs,
    "max": sympy.Max,
    "min": sympy.Min,
}


def in_sympy(node: Node) -> Any:
    """The same formula as sympy has it, written without our derivatives."""
    match node:
        case Number():
            return sympy.Float(node.value)
        case Name():
            return sympy.Symbol(node.name, real=True)
        case Negative():
            return -in_sympy(node.operand)
        case Convert():
            return in_sympy(node.operand) * node.factor
        case Binary():
            return OPERATORS[node.operator](in_sympy(node.left), in_sympy(node.right))
        case Call(function="if"):
            condition, yes, no = node.arguments
            assert isinstance(condition, Comparison)
            holds = sympy.Rel(
                in_sympy(condition.left), in_sympy(condition.right), condition.operator
            )
            return sympy.Piecewise((in_sympy(yes), holds), (in_sympy(no), True))
        case Call():
            return FUNCTIONS[node.function](*map(in_sympy, node.arguments))
    raise TypeError(type(node).__name__)


def at(tree: Node, **values: float) -> float:
    return numbers.evaluate(tree, {**AT, **values})


def slope(text: str, name: str = "x", *, second: bool = False, **values: float) -> float:
    return at(derivative(grammar.read(text), name, second=second), **values)


@pytest.mark.parametrize(
    "text",
    [
        "3",
        "x",
        "y",
        "-x * 2 + y",
        "(x - y) * (x + z)",
        "x / y - y / x",
        "x / (1 + x * y)",
        "x ^ 3",
        "x ^ 1",
        "x ^ 0",
        "x ^ -0.5",
        "z ^ x",
        "x ^ (x * y)",
        "(1 + x) ^ -y * (1.015 ^ (x / 12))",
        "sqrt(x * z)",
        "exp(-x) * ln(x + z)",
        "abs(x - z) + abs(z - x)",
        "max(x, y, z, x * y)",
        "min(x * x, z, y * x)",
        "if(x > y, x * x, y)",
        "if(x * y >= z, x, x / z)",
        "if(x < y, x, max(x * y, min(z, x)))",
    ],
)
@pytest.mark.parametrize("name", ["x", "y", "z"])
def test_a_derivative_is_that_of_sympy(text: str, name: str) -> None:
    tree = grammar.read(text)
    symbol = sympy.Symbol(name, real=True)
    values = {sympy.Symbol(each, real=True): value for each, value in AT.items()}
    expected = float(sympy.diff(in_sympy(tree), symbol).subs(values))
    assert at(derivative(tree, name)) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@st.composite
def trees(draw: st.DrawFn, depth: int = 4) -> Node:
    """Formulas of smooth and kinked functions, without any step."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        leaves = [*map(Name, "xyz"), Number(draw(st.integers(-30, 30)) / 10)]
        return draw(st.sampled_from(leaves))
    below = trees(depth - 1)
    kind = draw(st.sampled_from(["+", "-", "*", "/", "^", "minus", "if", *FUNCTIONS]))
    if kind in "+-*/":
        return Binary(kind, draw(below), draw(below))
    if kind == "^":
        return Binary("^", draw(below), Number(draw(st.sampled_from([-1.0, 0.5, 2.0, 3.0]))))
    if kind == "minus":
        return Negative(draw(below))
    if kind == "if":
        sign = draw(st.sampled_from(["<", "<=", ">", ">="]))
        return Call("if", (Comparison(sign, draw(below), draw(below)), draw(below), draw(below)))
    count = draw(st.integers(2, 3)) if kind in ("max", "min") else 1
    return Call(kind, tuple(draw(below) for _ in range(count)))


@given(tree=trees(), name=st.sampled_from("xyz"))
def test_a_derivative_agrees_with_differences_where_there_is_no_kink(tree: Node, name: str) -> None:
    here = AT[name]
    widths = (1e-4, 5e-5)
    central = [
        (at(tree, **{name: here + width}) - at(tree, **{name: here - width})) / (2 * width)
        for width in widths
    ]
    found = [at(derivative(tree, name, second=second)) for second in (False, True)]
    size = max(1.0, abs(at(tree)))
    assume(all(map(math.isfinite, [*central, size])) and size < 1e6)
    # Differences that do not settle are near a kink, or too steep to tell anything.
    assume(abs(central[0] - central[1]) <= 1e-6 * max(1.0, abs(central[0])))
    one_sided = (at(tree, **{name: here + 1e-4}) - at(tree)) / 1e-4
    assume(abs(one_sided - central[0]) <= 1e-2 * max(1.0, abs(central[0])))
    assert found[0] == pytest.approx(central[1], rel=1e-4, abs=1e-5 * size)
    assert found[1] == pytest.approx(found[0], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "slopes"),
    [
        ("max(x, 5)", {0, 1}),
        ("max(5, x * 2 - 5)", {0, 2}),
        ("min(x, 5)", {0, 1}),
        ("min(3 * x, 2 * x + 5)", {2, 3}),
        ("abs(x - 5)", {-1, 1}),
        ("if(x > 5, 3 * x - 10, x)", {1, 3}),
        ("if(x <= 5, x, 5)", {0, 1}),
    ],
)
def test_at_a_kink_both_slopes_are_there(text: str, slopes: set[float]) -> None:
    assert {slope(text, second=second, x=5) for second in (False, True)} == slopes


@pytest.mark.parametrize("text", ["if(x > 5, x + 1, x)", "if(x >= 5, 1, 0)", "if(x = 5, 1, 0)"])
def test_a_jump_has_no_slope(text: str) -> None:
    assert not math.isfinite(slope(text, x=5))
    assert slope(text, x=6) in (0, 1)


def test_a_condition_that_does_not_move_is_no_jump() -> None:
    assert slope("if(y > 5, x, 3 * x)", y=5) == 3


@pytest.mark.parametrize("text", ["round(x, 1)", "floor(x)", "ceil(3 * x)"])
def test_rounding_has_no_slope_and_is_told_of(text: str) -> None:
    assert derivative(grammar.read(text), "x") == Number(0)
    assert [call.function for call in steps(grammar.read(text), {"x"})] == [text.split("(")[0]]
    assert steps(grammar.read(text), {"y"}) == ()


def test_kinks_are_told_of_where_they_can_move() -> None:
    tree = grammar.read("max(x, 2) + if(y > 1, x, 2) + abs(y) + sqrt(x)")
    assert [call.function for call in kinks(tree, {"x"})] == ["max"]
    assert [call.function for call in kinks(tree, {"y"})] == ["if", "abs"]


def test_previous_and_sums_over_time_pass_the_rate_on() -> None:
    tree = grammar.read("previous(x, y) * z + sum_over_time(x)")
    rates = {name: Name(f"d_{name}") for name in "xy"}
    expected = grammar.read("previous(d_x, d_y) * z + sum_over_time(d_x)")
    assert differential(tree, rates) == expected


def test_the_rate_before_the_first_period_is_that_of_the_opening() -> None:
    found = derivative(grammar.read("previous(x, 3 * y)"), "x")
    assert found == Call(
        "if", (Comparison("<=", TimeWord("period"), Number(1)), Number(0), Number(1))
    )
    assert [numbers.evaluate(found, {}, period=period) for period in (0, 1, 2)] == [0, 0, 1]


def test_the_rate_of_an_earlier_value_cannot_be_a_formula() -> None:
    with pytest.raises(TypeError, match="previous"):
        differential(grammar.read("previous(x, 0)"), {"x": grammar.read("2 * y")})


def test_conversions_stay_in_the_derivative() -> None:
    tree = Convert(Binary("*", Name("x"), Name("y")), 12.0, "GBP/month", "GBP/year")
    assert at(derivative(tree, "x")) == pytest.approx(12 * AT["y"])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x + 3", "1"),
        ("x * y", "y"),
        ("y * x - x", "y - 1"),
        ("x / y", "1 / y"),
        ("-(y * x)", "-y"),
        ("x ^ 2", "2 * x"),
        ("y + 3", "0"),
        ("exp(x)", "exp(x)"),
    ],
)
def test_derivatives_are_written_simply(text: str, written: str) -> None:
    assert derivative(grammar.read(text), "x") == grammar.read(written)


def test_what_stands_still_at_zero_has_no_slope() -> None:
    assert at(differential(grammar.read("sqrt(x)"), {"x": Name("rate")}), x=0, rate=0) == 0
    assert at(differential(grammar.read("x ^ 0.5"), {"x": Name("rate")}), x=0, rate=0) == 0
    assert slope("x ^ 2", x=0) == 0


def test_a_derivative_of_many_nested_kinks_stays_small() -> None:
    deep = "x"
    for number in range(20):
        deep = f"max({number}, min({deep}, y))"
    wide = f"max({', '.join(f'x * {number}' for number in range(20))})"
    for text in (deep, wide):
        assert sum(1 for _ in walk(derivative(grammar.read(text), "x"))) < 5000
