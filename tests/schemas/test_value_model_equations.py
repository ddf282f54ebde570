"""Equations of the value-models format are read as they are meant, or refused with the spot."""

from __future__ import annotations

import math
from typing import Any

import pytest

from valuecalc.errors import FormulaError
from valuecalc.formula import grammar
from valuecalc.schemas.value_model_equations import read_equation
from valuecalc.schemas.value_model_formulas import NotExpressible, write_equation

IDS = {"users": "users", "price": "price", "share": "share", "_cost": "cost"}


def read(text: str) -> str:
    return read_equation(text, IDS, frozenset({"share"})).formula


@pytest.mark.parametrize(
    ("equation", "formula"),
    [
        ("users * price", "users * price"),
        ("users * (price - _cost) / 12", "users * (price - cost) / 12"),
        ("-users + +price", "-users + price"),
        ("users ** 2", "(users)^(2)"),
        ("Math.pow(users, 2)", "(users)^(2)"),
        ("Math.max(0, users - 5)", "max(0, users - 5)"),
        ("Math.log(users)", "ln(users)"),
        ("users > 10 ? price : 0", "if(users > 10, price, 0)"),
        ("(users >= 10) ? price : 0", "if(users >= 10, price, 0)"),
        ("users === 1 ? 2 : users !== 3 ? 4 : 5", "if(users == 1, 2, if(users != 3, 4, 5))"),
        ("(users > 1) * price", "if(users > 1, 1, 0) * price"),
        ("users ? price : 0", "if(users != 0, price, 0)"),
        ("1_000 * .5 * 1e3", "1000 * .5 * 1e3"),
        ("users * price;", "users * price"),
    ],
)
def test_an_equation_becomes_a_formula(equation: str, formula: str) -> None:
    assert read(equation) == formula


@pytest.mark.parametrize(
    ("equation", "formula"),
    [
        ("users * share / 100", "users * share"),
        ("(share / 100) * users", "(share) * users"),
        ("users * (1 - share / 100)", "users * (1 - share)"),
        ("users * (share) / 100", "users * (share)"),
    ],
)
def test_a_percentage_that_is_divided_by_100_is_a_share(equation: str, formula: str) -> None:
    translated = read_equation(equation, IDS, frozenset({"share"}))
    assert (translated.formula, translated.hundreds) == (formula, 0)


def test_any_other_division_by_100_stays_and_is_counted() -> None:
    translated = read_equation("users * (share + share) / 100", IDS, frozenset({"share"}))
    assert translated.formula == "users * (share + share) / 100"
    assert translated.hundreds == 1


@pytest.mark.parametrize(
    ("equation", "spot", "cause"),
    [
        ("", 0, "empty"),
        ("users *", 7, "stops too early"),
        ("users % 5", 6, "not expected"),
        ("users && price", 6, "not expected"),
        ("users price", 6, "not expected"),
        ("(users", 6, "stops too early"),
        ("visits * 2", 0, "none of the variables"),
        ("fetch(users)", 0, "not known"),
        ("Math.random()", 12, "not expected"),
        ("Math.sin(users)", 0, "not known"),
        ("users.constructor", 0, "none of the variables"),
        ("users['a']", 5, "has no meaning"),
        ("`${users}`", 0, "has no meaning"),
        ("users = 5", 6, "has no meaning"),
        ("users => 5", 6, "has no meaning"),
    ],
)
def test_anything_else_of_javascript_is_refused_with_the_spot(
    equation: str, spot: int, cause: str
) -> None:
    with pytest.raises(FormulaError, match=cause) as raised:
        read(equation)
    assert raised.value.start == spot


@pytest.mark.parametrize("equation", ["(" * 5000, "-" * 1500, "users ** " * 60 + "2", "1 + " * 499])
def test_an_equation_without_bounds_is_refused(equation: str) -> None:
    with pytest.raises(FormulaError):
        read(equation)


def test_a_number_beyond_reach_is_refused() -> None:
    with pytest.raises(FormulaError, match="larger than any amount"):
        read("1e300 * users")


class MathOfJavascript:
    """Enough of JavaScript's `Math` to evaluate an equation as a reader of the format would."""

    pow = math.pow
    max = max
    min = min
    floor = math.floor
    ceil = math.ceil
    log = math.log
    exp = math.exp
    sqrt = math.sqrt
    abs = abs
    round = staticmethod(lambda value: math.floor(value + 0.5))


def evaluated(equation: str, **values: float) -> Any:
    return eval(equation, {"Math": MathOfJavascript, **values})


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("users - (price - 2)", 8),
        ("users / (price / 2)", 5),
        ("-users^2", -100),
        ("(users + price)^-1", 1 / 14),
        ("2 - -users", 12),
        ("round(users / 3, 1)", 3.3),
        ("max(users, price) * min(1, 2)", 10),
        ("floor(ln(exp(3.5)))", 3),
        ("12%", 0.12),
    ],
)
def test_a_formula_becomes_an_equation_of_the_same_value(formula: str, value: float) -> None:
    equation = write_equation(grammar.read(formula), lambda id: id)
    assert evaluated(equation, users=10, price=4) == pytest.approx(value)


def test_a_condition_becomes_a_choice() -> None:
    equation = write_equation(grammar.read("if(users > 5, users, 0) * 2"), lambda id: id)
    assert equation == "(users > 5 ? users : 0) * 2"


@pytest.mark.parametrize("formula", ["period * 2", "previous(users, 1)", "sum_over_time(users)"])
def test_what_depends_on_the_time_has_no_equation(formula: str) -> None:
    with pytest.raises(NotExpressible, match="depends on the time"):
        write_equation(grammar.read(formula), lambda id: id)
