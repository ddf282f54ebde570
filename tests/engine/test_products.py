"""Amounts that are kept apart are what the arrays would be, and stay apart where they can."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuecalc.engine.grid import Grid
from valuecalc.engine.products import (
    MOST_TERMS,
    Product,
    Varying,
    entrywise,
    varying,
    without_infinity,
)

PERIODS, ALTERNATIVES = 4, 3
RAMP = np.array([0.0, 0.5, 1.0, 1.0])
PRICES = np.array([4.0, 5.0, 6.0])
NUMBERS = st.sampled_from([0.0, 1.0, -1.0, 2.5, 1e-3, 40.0, np.nan])
WEIGHTS = np.array([[0.0, 1.0, 1.0, 1.0], [1.0, 0.9, 0.8, 0.0]])


def arrays(*shape: int) -> st.SearchStrategy[Any]:
    size = int(np.prod(shape))
    return st.lists(NUMBERS, min_size=size, max_size=size).map(
        lambda numbers: np.array(numbers).reshape(shape)
    )


AMOUNTS = st.one_of(
    NUMBERS,
    arrays(ALTERNATIVES),
    arrays(PERIODS).map(Varying.certain),
    arrays(PERIODS, ALTERNATIVES).map(Varying.written_out),
    st.tuples(arrays(PERIODS), arrays(ALTERNATIVES)).map(
        lambda two: Varying.certain(two[0]) * two[1]
    ),
)
OPERATORS = st.sampled_from([operator.add, operator.sub, operator.mul, np.true_divide])
Step = tuple[Callable[[Any, Any], Any], Any, bool]
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(OPERATORS, AMOUNTS, st.booleans()), min_size=1, max_size=6
)


def apply(function: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """An operator; what is divided by zero is undefined, and not infinite."""
    return Grid.divide(left, right) if function is np.true_divide else function(left, right)


def full(amount: Any) -> Any:
    """An amount as the array that it stands for."""
    array = amount.array if isinstance(amount, Varying) else amount
    return np.broadcast_to(array, (PERIODS, ALTERNATIVES))


@np.errstate(all="ignore")
@given(AMOUNTS, STEPS)
def test_what_is_kept_apart_is_what_the_arrays_are(first: Any, steps: list[Step]) -> None:
    apart, written_out = first, full(first)
    for function, other, is_left in steps:
        sides = (other, apart) if is_left else (apart, other)
        arrays = (full(other), written_out) if is_left else (written_out, full(other))
        apart, written_out = apply(function, *sides), without_infinity(function(*arrays))
        scale = np.abs(written_out[np.isfinite(written_out)]).max(initial=1.0)
        if not scale < 1e6 or near_zero(written_out):
            return  # what is divided by it next would be rounding noise
    found = full(apart)
    assert found == pytest.approx(written_out, rel=1e-12, abs=1e-9, nan_ok=True)


def near_zero(values: Any) -> bool:
    return bool(((values != 0) & (np.abs(values) < 1e-6)).any())


@np.errstate(all="ignore")
@given(AMOUNTS, STEPS)
def test_a_weighted_sum_is_finite_only_where_that_of_the_arrays_is(
    first: Any, steps: list[Step]
) -> None:
    amount = first
    for function, other, _ in steps:
        amount = apply(function, amount, other)
    if isinstance(amount, Varying):
        found = np.array([np.broadcast_to(each, ALTERNATIVES) for each in amount.weighted(WEIGHTS)])
        expected = WEIGHTS @ full(amount)
        is_finite = np.isfinite(found)
        assert np.isfinite(expected[is_finite]).all()
        scale = np.abs(full(amount)[np.isfinite(full(amount))]).max(initial=1.0)
        assert found[is_finite] == pytest.approx(expected[is_finite], rel=1e-9, abs=1e-9 * scale)


def test_an_uncertain_price_on_a_ramp_stays_apart() -> None:
    revenue = 3 * (PRICES * Varying.certain(RAMP)) / 2 - PRICES
    assert not revenue.is_written_out
    assert revenue.weighted(WEIGHTS)[0].tolist() == pytest.approx(
        (PRICES * (2.5 * 1.5 - 3)).tolist()
    )


def test_a_share_of_a_stock_is_a_share_of_its_array_and_no_other_array() -> None:
    stock = Varying.written_out(np.outer(RAMP, PRICES))
    (term,) = (stock * PRICES * 2.0 * Varying.certain(RAMP)).terms
    assert term.body is stock.array


def test_what_is_the_same_in_every_alternative_is_one_series() -> None:
    total = 2 * Varying.certain(RAMP) + Varying.certain(RAMP) * 3 + 1
    assert total.is_certain
    assert total.array.shape == (PERIODS, 1)
    assert total.per_period.tolist() == (5 * RAMP + 1).tolist()


def test_equal_prices_less_each_other_are_nothing_at_all() -> None:
    revenue = Varying.certain(RAMP) * PRICES
    assert (revenue - revenue).weighted(WEIGHTS)[0].tolist() == [0, 0, 0]


def test_a_sum_of_many_products_is_written_out() -> None:
    total: Any = 0.0
    for exponent in range(MOST_TERMS + 5):
        total = total + Varying.certain(RAMP**exponent) * PRICES
        assert len(total.terms) <= MOST_TERMS
    expected = sum(np.outer(RAMP**exponent, PRICES) for exponent in range(MOST_TERMS + 5))
    assert full(total) == pytest.approx(expected)


def test_the_largest_of_two_needs_the_array() -> None:
    revenue = Varying.certain(RAMP) * PRICES
    found = entrywise(np.maximum, revenue, 3.0)
    assert found.is_written_out
    assert found.array[:, 0].tolist() == [3, 3, 4, 4]


def test_a_function_of_what_is_certain_is_worked_out_once() -> None:
    found = entrywise(np.maximum, Varying.certain(RAMP), 0.5)
    assert found.is_certain
    assert entrywise(np.maximum, PRICES, 5.0).tolist() == [5, 5, 6]


def test_arrays_that_are_written_out_already_can_take_part() -> None:
    ramp = Varying.certain(RAMP)
    column, whole = RAMP[:, np.newaxis], np.outer(RAMP, PRICES)
    assert (column * ramp).is_certain
    assert full(whole * ramp).tolist() == full(ramp * PRICES * RAMP[:, np.newaxis]).tolist()
    assert full(ramp + whole).tolist() == (whole + column).tolist()


def test_numpy_does_not_take_one_apart_by_itself() -> None:
    with pytest.raises(TypeError):
        np.exp(Varying.certain(RAMP))  # type: ignore[call-overload]


def test_infinitely_many_times_a_difference_is_not_the_difference_of_infinities() -> None:
    difference = Varying.certain(RAMP) * PRICES - PRICES / 8
    found = difference * np.array([np.inf, 1.0, 2.0])
    assert full(found)[2].tolist() == [np.inf, 5 - 5 / 8, 2 * (6 - 6 / 8)]


def test_a_whole_number_is_a_number() -> None:
    (term,) = varying(2).terms
    assert isinstance(term.scale, float)
    assert full(1 - Varying(Product(PRICES, RAMP)))[1].tolist() == [-1, -1.5, -2]
