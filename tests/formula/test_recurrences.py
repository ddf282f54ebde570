"""Which formulas keep a share of what was there, and add to it."""

from __future__ import annotations

import pytest

from valuecalc.formula.grammar import read
from valuecalc.formula.numbers import Source
from valuecalc.formula.recurrences import Recurrence, recurrence
from valuecalc.formula.tree import Name, names, walk


@pytest.mark.parametrize(
    ("formula", "initial", "kept", "added"),
    [
        ("previous(stock, 5) * (1 - churn) + joining", "5", "1 - churn", "joining"),
        ("joining + (1 - churn) * previous(stock, opening)", "opening", "1 - churn", "joining"),
        ("previous(stock, 0) + joining - leaving", "0", "1", "-leaving + joining"),
        ("joining - leaving + previous(stock, 0)", "0", "1", "joining - leaving"),
        ("a * previous(stock, 0) * b * c", "0", "c * b * a", "0"),
        ("previous(stock, a + 1)", "a + 1", "1", "0"),
        ("previous(stock, 0) + previous(other, 1)", "0", "1", "previous(other, 1)"),
    ],
)
def test_a_stock_is_taken_apart(formula: str, initial: str, kept: str, added: str) -> None:
    found = recurrence(read(formula), "stock")
    assert found == Recurrence(read(initial), read(kept), read(added))


@pytest.mark.parametrize(
    "formula",
    [
        "previous(other, 0) + 1",
        "max(previous(stock, 0), 1)",
        "joining - previous(stock, 0)",
        "1 / previous(stock, 2)",
        "previous(stock, 2) / 3",
        "(previous(stock, 0) + joining) * kept",
        "-previous(stock, 0)",
        "previous(stock, 0) * previous(stock, 0)",
        "previous(stock, 0) + previous(stock, 1)",
        "previous(stock, 0) ^ 2",
        "if(a > 1, previous(stock, 0), 1)",
        "stock + previous(stock, 0)",
    ],
)
def test_what_would_have_to_be_put_in_another_order_is_left_alone(formula: str) -> None:
    assert recurrence(read(formula), "stock") is None


def test_a_long_sum_is_taken_apart_without_getting_lost() -> None:
    formula = "+".join(["a"] * 70 + ["previous(stock, 0)"] + ["b"] * 70)
    found = recurrence(read(formula), "stock")
    assert found is not None
    assert sorted(names(found.added)) == ["a", "b"]
    assert sum(isinstance(node, Name) for node in walk(found.added)) == 140


def test_the_sum_of_a_long_one_needs_no_brackets_inside_each_other() -> None:
    found = recurrence(read("+".join(["a"] * 70 + ["previous(stock, 0)"])), "stock")
    assert found is not None
    source = Source(name=str, time=str, previous=lambda name, initial: name)
    assert "(" not in source.write(found.added)
