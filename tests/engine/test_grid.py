"""The grid of many alternatives: what it does with amounts that are kept apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuecalc.engine.grid import Grid, GridOfMany
from valuecalc.engine.products import Varying

YEARS = np.array([0, 1, 1, 1, 2, 2, 2])
ONE, MANY = Grid(YEARS), GridOfMany(YEARS)
PRICES = np.array([4.0, 5.0, 0.0])
NUMBERS = st.sampled_from([0.0, 1.0, -1.0, 0.98, 1.5, -40.0, 1e200, np.inf, np.nan])
SERIES = st.lists(NUMBERS, min_size=len(YEARS), max_size=len(YEARS)).map(np.array)
THREE = st.lists(NUMBERS, min_size=3, max_size=3).map(np.array)
PARTS = st.one_of(
    NUMBERS,
    THREE,
    SERIES.map(MANY.certain),
    st.tuples(SERIES, THREE).map(lambda both: MANY.certain(both[0]) * both[1]),
)


def in_column(amount: Any, column: int) -> Any:
    """What an amount is in one alternative, on the grid of one."""
    if isinstance(amount, Varying):
        return np.broadcast_to(amount.array, (len(YEARS), 3))[:, column].copy()
    return float(np.broadcast_to(amount, 3)[column])


@np.errstate(all="ignore")
@given(PARTS, PARTS, PARTS)
def test_a_stock_of_many_is_the_stock_of_each(initial: Any, kept: Any, added: Any) -> None:
    many = np.broadcast_to(MANY.series(MANY.stock(initial, kept, added)), (len(YEARS), 3))
    for column in range(3):
        parts = [in_column(each, column) for each in (initial, kept, added)]
        alone = ONE.series(ONE.stock(*parts))
        assert many[:, column] == pytest.approx(alone, rel=1e-12, nan_ok=True)


def test_a_stock_starts_with_what_is_there_before_the_first_period() -> None:
    found = ONE.stock(100.0, 0.5, 10.0)
    assert found[:4].tolist() == [60, 60, 40, 30]


@np.errstate(all="ignore")
def test_a_stock_that_grows_out_of_reach_is_not_lost_where_there_is_nothing_to_grow() -> None:
    found = MANY.stock(np.array([0.0, 1.0]), 1e300, 0.0).array
    assert found[:, 0].tolist() == [0] * len(YEARS)
    assert found[2:, 1].tolist() == [np.inf] * (len(YEARS) - 2)


@pytest.mark.parametrize("periods", [1, 2, 3, 4, 5, 8, 9, 61])
def test_a_stock_has_every_period_of_a_horizon_of_any_length(periods: int) -> None:
    grid = GridOfMany(np.arange(periods))
    found = grid.stock(np.array([8.0, 4.0]), 1.0, 1.0).array
    assert found[:, 0].tolist() == [9.0 + max(0, period - 1) for period in range(periods)]


def test_a_sum_over_time_of_a_product_makes_no_array(monkeypatch: pytest.MonkeyPatch) -> None:
    revenue = MANY.period * PRICES
    monkeypatch.setattr(Varying, "array", property(lambda self: pytest.fail("made an array")))
    assert MANY.sum_over_time(revenue).tolist() == [4 * 21, 5 * 21, 0]


@np.errstate(all="ignore")
def test_a_sum_over_time_of_what_is_nowhere_defined_is_not_defined() -> None:
    price = np.array([1.0, np.inf, np.nan])
    found = MANY.sum_over_time(MANY.certain(np.array([9.0, 0, 0, 1, 1, 1, 1])) * price)
    assert found[0] == 4
    assert np.isnan(found[1:]).all()


def test_a_sum_that_is_zero_has_no_sign() -> None:
    found = MANY.sum_over_time(MANY.period * np.array([-0.0]))
    assert not np.signbit(found).any()


def test_the_values_of_the_period_before_begin_with_the_initial_one() -> None:
    found = MANY.previous(MANY.period * PRICES, PRICES + 1).array
    assert found[:, 1].tolist() == [6, 6, 5, 10, 15, 20, 25]
    assert MANY.previous(PRICES, 7.0).array[:3, 1].tolist() == [7, 7, 5]


def test_a_condition_chooses_for_each_period_and_alternative() -> None:
    chosen = MANY.where(MANY.compare(">", MANY.period, 3.0), PRICES, MANY.year).array
    assert chosen[:, 1].tolist() == [0, 1, 1, 1, 5, 5, 5]
    assert MANY.where(True, 5.0, MANY.period) == 5.0


def test_rounding_a_product_rounds_what_it_stands_for() -> None:
    assert MANY.round(MANY.period * np.array([0.26]), 1).array[:4, 0].tolist() == [0, 0.3, 0.5, 0.8]
