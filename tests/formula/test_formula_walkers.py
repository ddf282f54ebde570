"""One tree, many spellings: words with labels, words with numbers, spreadsheet text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuecalc.formula import algebra, excel, unit_check, units, words
from valuecalc.formula.grammar import read
from valuecalc.formula.numbers import evaluate
from valuecalc.formula.tree import (
    Convert,
    Name,
    Node,
    Number,
    children,
    names,
    names_before,
    names_now,
    names_summed,
    previous_of,
    walk,
)

LABELS = {"users": "Subscribers", "price": "Price", "cost": "Cost of it", "stock": "Stock"}


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("users * price", "Subscribers × Price"),
        ("users * (price - cost)", "Subscribers × (Price \u2212 Cost of it)"),
        ("users - (price - cost)", "Subscribers \u2212 (Price \u2212 Cost of it)"),
        ("(users - price) - cost", "Subscribers \u2212 Price \u2212 Cost of it"),
        ("users - (price + cost)", "Subscribers \u2212 (Price + Cost of it)"),
        ("users + (price + cost)", "Subscribers + Price + Cost of it"),
        ("users / (price * cost)", "Subscribers ÷ (Price × Cost of it)"),
        ("users / price / cost", "Subscribers ÷ Price ÷ Cost of it"),
        ("users * (price / cost)", "Subscribers × Price ÷ Cost of it"),
        ("(users + 1) ^ 2", "(Subscribers + 1) ^ 2"),
        ("-users ^ 2", "\u2212Subscribers ^ 2"),
        ("(-users) ^ 2", "(\u2212Subscribers) ^ 2"),
        ("-(users + price)", "\u2212(Subscribers + Price)"),
        ("users * -price", "Subscribers × \u2212Price"),
        ("users * 12%", "Subscribers × 12%"),
        ("users * £2.50/user", "Subscribers × £2.50 per user"),
        ("if(users > 5, price, 0)", "if(Subscribers > 5, Price, 0)"),
        ("if(users >= 5, 1, 0)", "if(Subscribers ≥ 5, 1, 0)"),
        ("if(users <> 5, 1, 0)", "if(Subscribers ≠ 5, 1, 0)"),
        ("if(users = 5, 1, 0)", "if(Subscribers = 5, 1, 0)"),
        ("max(users, 0)", "max(Subscribers, 0)"),
        ("previous(stock, 5) + 1", "Stock one period before + 1"),
        ("sum_over_time(price)", "sum_over_time(Price)"),
        ("users * year", "Subscribers × the year"),
        ("unknown + 1", "unknown + 1"),
    ],
)
def test_a_formula_in_words_has_the_brackets_it_needs_and_no_others(
    formula: str, text: str
) -> None:
    assert words.with_labels(read(formula), LABELS) == text


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("users * (price - cost)", "104,167 × (£26 \u2212 £22)"),
        ("-users + loss", "\u2212104,167 + (\u2212£3)"),
        ("users * period + year", "104,167 × 3 + 1"),
        ("previous(stock, 5) - loss", "99 \u2212 (\u2212£3)"),
        ("missing * 2", "missing × 2"),
    ],
)
def test_a_formula_with_the_numbers_put_in(formula: str, text: str) -> None:
    shown = {"users": "104,167", "price": "£26", "cost": "£22", "loss": "\u2212£3", "stock": "100"}
    found = words.with_numbers(
        read(formula), shown, times={"period": "3", "year": "1"}, before={"stock": "99"}
    )
    assert found == text


def test_conversions_are_shown_and_listed() -> None:
    text = "price * 1 year"
    checked = unit_check.check(text, read(text), lambda _: units.read("GBP/month"))
    assert words.with_labels(checked.tree, LABELS) == "Price × 1\u00a0year × 12"
    assert words.conversions(checked.tree) == ("GBP*year/month to GBP: × 12",)


# --------------------------------------------------------------------------- spreadsheets

PLACES = excel.Places(
    name=lambda name: f"{name.upper()}1",
    literal=lambda node: f"{node.value:g}",
    factor=lambda node: f"{node.factor:g}",
    time=lambda word: f"{word.upper()}$1",
    previous=lambda name, initial: f"PREVIOUS({name.upper()}1,{initial})",
    sum_over_time=lambda node: f"SUMROW({excel.write(node, PLACES)})",
)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("a + b * c", "A1+B1*C1"),
        ("(a + b) * c", "(A1+B1)*C1"),
        ("a - b - c", "A1-B1-C1"),
        ("a - (b - c)", "A1-(B1-C1)"),
        ("a * b * c", "A1*B1*C1"),
        ("a * (b * c)", "A1*(B1*C1)"),
        ("a / b / c", "A1/B1/C1"),
        ("a ^ 2", "(A1)^(2)"),
        ("-a ^ 2", "-((A1)^(2))"),
        ("(-a) ^ 2", "(-A1)^(2)"),
        ("-a * b", "(-A1)*B1"),
        ("a * -b", "A1*(-B1)"),
        ("-(a + b)", "-(A1+B1)"),
        ("a - -b", "A1-(-B1)"),
        ("2 ^ -1", "(2)^(-1)"),
        ("if(a > b, c, 0)", "IF(A1>B1,C1,0)"),
        ("if(a == b, c, 0)", "IF(A1=B1,C1,0)"),
        ("if(a != b, c, 0)", "IF(A1<>B1,C1,0)"),
        ("if(a + 1 <= b * 2, c, 0)", "IF(A1+1<=B1*2,C1,0)"),
        ("min(a, b, c)", "MIN(A1,B1,C1)"),
        ("max(a, 0)", "MAX(A1,0)"),
        ("abs(a - b)", "ABS(A1-B1)"),
        ("round(a)", "ROUND(A1,0)"),
        ("round(a, 2)", "ROUND(A1,2)"),
        ("floor(a)", "INT(ROUND(A1,9))"),
        ("ceil(a)", "(-INT(-ROUND(A1,9)))"),
        ("1 - ceil(a)", "1-(-INT(-ROUND(A1,9)))"),
        ("sqrt(a)", "SQRT(A1)"),
        ("exp(a)", "EXP(A1)"),
        ("ln(a)", "LN(A1)"),
        ("period * year", "PERIOD$1*YEAR$1"),
        ("previous(a, b + 1) * c", "PREVIOUS(A1,B1+1)*C1"),
        ("sum_over_time(a * b) + c", "SUMROW(A1*B1)+C1"),
    ],
)
def test_a_formula_in_the_spelling_of_a_spreadsheet(formula: str, text: str) -> None:
    assert excel.write(read(formula), PLACES) == text


def test_a_conversion_stands_in_the_spreadsheet_as_a_factor() -> None:
    text = "(a + a) * 1 year"
    checked = unit_check.check(text, read(text), lambda _: units.read("GBP/month"))
    assert excel.write(checked.tree, PLACES) == "(A1+A1)*1*12"


EXPRESSIONS = st.recursive(
    st.sampled_from(["a", "b", "c", "2", "3"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"{t[0]}{t[1]}{t[2]}"),
        inner.map(lambda text: f"-({text})"),
        inner.map(lambda text: f"({text})^2"),
        inner.map(lambda text: f"abs({text})"),
    ),
    max_leaves=8,
)
VALUES = {"a": 3.7, "b": -1.3, "c": 0.9}


def plain(text: str) -> str:
    """Words back as a formula: only the signs differ."""
    return text.replace("×", "*").replace("÷", "/").replace("\u2212", "-")


def same(left: float, right: float) -> bool:
    return left == pytest.approx(right, rel=1e-9, nan_ok=True)


@given(EXPRESSIONS)
def test_words_mean_what_the_formula_means(formula: str) -> None:
    tree = read(formula)
    shown = words.with_labels(tree, {})
    assert same(evaluate(read(plain(shown)), VALUES), evaluate(tree, VALUES))


@given(EXPRESSIONS)
def test_spreadsheet_text_means_what_the_formula_means(formula: str) -> None:
    tree = read(formula)
    by_name = excel.Places(
        name=lambda name: name,
        literal=lambda node: f"{node.value:g}",
        factor=lambda node: f"{node.factor:g}",
        time=lambda word: word,
        previous=lambda name, initial: name,
        sum_over_time=lambda node: "0",
    )
    text = excel.write(tree, by_name).replace("ABS", "abs")
    assert same(evaluate(read(text), VALUES), evaluate(tree, VALUES))


@given(EXPRESSIONS)
def test_a_number_taken_for_a_name_gives_the_same_words_and_value(formula: str) -> None:
    tree = read(formula)
    shown = {name: f"{value:g}".replace("-", "\u2212") for name, value in VALUES.items()}
    with_numbers = words.with_numbers(tree, shown, times={}, before={})
    assert same(evaluate(read(plain(with_numbers)), {}), evaluate(tree, VALUES))


# --------------------------------------------------------------------------- trees and algebra


def test_names_are_those_needed_now_before_or_summed() -> None:
    tree = read("a + previous(b, c) * sum_over_time(d * e) + previous(a, 0)")
    assert list(names(tree)) == ["a", "b", "c", "d", "e"]
    assert names_now(tree) == {"a", "c", "d", "e"}
    assert names_before(tree) == {"a", "b"}
    assert names_summed(tree) == {"d", "e"}
    assert list(previous_of(tree)) == ["b", "a"]


def test_walking_meets_every_node_parents_first() -> None:
    tree = read("-(a + 2) * max(b, 3)")
    nodes = list(walk(tree))
    assert nodes[0] is tree
    assert [node.name for node in nodes if isinstance(node, Name)] == ["a", "b"]
    assert [node.value for node in nodes if isinstance(node, Number)] == [2, 3]
    assert all(child in nodes for node in nodes for child in children(node))


@given(EXPRESSIONS)
def test_what_algebra_calls_linear_is_a_straight_line(formula: str) -> None:
    tree = read(formula)
    degree = algebra.degree(tree, lambda name: 1 if name == "a" else 0)
    at = [evaluate(tree, {**VALUES, "a": value}) for value in (1.0, 2.0, 3.0)]
    if degree is None or any(abs(value) > 1e9 for value in at):
        return
    scale = max(1.0, *map(abs, at))
    assert at[0] - 2 * at[1] + at[2] == pytest.approx(0, abs=1e-9 * scale, nan_ok=True)
    if degree == 0:
        assert same(at[0], at[2])


def test_degrees_of_sums_and_products_combine() -> None:
    assert algebra.highest(0, 1, 0) == 1
    assert algebra.highest() == 0
    assert algebra.highest(0, None) is None
    assert algebra.product(1, 0) == 1
    assert algebra.product(1, 1) is None
    assert algebra.product(None, 0) is None


def test_trees_are_equal_by_what_they_mean_and_not_by_where_they_stand() -> None:
    one, other = read("a+ b"), read("  a   +b ")
    assert one == other
    assert hash(one) == hash(other)
    assert isinstance(one, Node)
    assert one.span != other.span


@pytest.mark.parametrize(
    ("factor", "shown"),
    [
        (1 / 365, "÷ 365"),
        (1 / 12, "÷ 12"),
        (12.0, "× 12"),
        (1000.0, "× 1,000"),
        (1609.344, "× 1,609.344"),
        (0.0254, "× 0.0254"),
    ],
)
def test_a_conversion_is_shown_so_that_a_reader_arrives_at_the_same_number(
    factor: float, shown: str
) -> None:
    tree = Convert(Name("length"), factor, "a", "b")
    assert words.with_labels(tree, {"length": "Length"}) == f"Length {shown}"
    assert words.conversions(tree) == (f"a to b: {shown}",)
