"""Internal rates of many draws are the rates of each draw, unique or missing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuecalc.engine.finance import internal_rates
from valuecalc.engine.uncertainty import drawn_rates
from valuecalc.engine.uncertainty.drawn_rates import NONE, SEVERAL, UNIQUE, internal_rates_of_draws

YEARS = np.arange(6.0)
TIMES = {
    "yearly": YEARS,
    "monthly": YEARS / 12,
    "in the middle": np.maximum(0.0, YEARS - 0.5),
    "at the start": np.maximum(0.0, YEARS - 1.0),
    "by days": np.array([0.0, 0.0849, 0.1616, 0.2466, 0.3288, 0.4137]),
}

AMOUNTS = st.lists(
    st.lists(st.integers(-200, 200).map(float), min_size=6, max_size=6), min_size=1, max_size=8
)


@given(AMOUNTS, st.sampled_from(sorted(TIMES)), st.sampled_from([0.0, -0.9, 0.4, 25.0]))
def test_the_rate_of_each_draw_is_unique_or_missing_as_for_one(
    draws: list[list[float]], when: str, start: float
) -> None:
    found = internal_rates_of_draws(np.array(draws).T, TIMES[when], start)
    for flows, rate, status in zip(draws, found.rates, found.status, strict=True):
        single = internal_rates(flows, TIMES[when])
        assert status == (NONE, UNIQUE, SEVERAL)[min(2, len(single.rates))]
        expected = np.nan if single.unique is None else single.unique
        assert rate == pytest.approx(expected, rel=1e-9, abs=1e-11, nan_ok=True)


def one(*flows: float) -> tuple[float, int, int]:
    times = np.arange(float(len(flows)))
    found = internal_rates_of_draws(np.array([flows]).T, times)
    return float(found.rates[0]), int(found.status[0]), found.alone


def test_a_second_outlay_that_the_project_can_bear_leaves_one_rate_without_a_search() -> None:
    # The balance is never above zero at 10 %: a pure investment, by hand 60 at the end.
    rate, status, alone = one(-100, 60, -20, 60 + 1.1 * (20 + 1.1 * (110 - 60)) - 60)
    assert rate == pytest.approx(0.10)
    assert (status, alone) == (UNIQUE, 0)


def test_a_clean_up_at_the_end_makes_two_rates_and_so_none() -> None:
    rate, status, _ = one(-100, 230, -132)  # 10 % and 20 %
    assert np.isnan(rate)
    assert status == SEVERAL


def test_a_rate_that_only_touches_zero_is_found_alone() -> None:
    rate, status, alone = one(-100, 220, -121)
    assert rate == pytest.approx(0.10, abs=1e-6)
    assert (status, alone) == (UNIQUE, 1)


def test_phases_that_pay_back_before_the_next_keep_their_one_rate_without_a_search() -> None:
    rate, status, alone = one(-100, 150, -80, 300)
    assert internal_rates([-100, 150, -80, 300], [0, 1, 2, 3]).unique == pytest.approx(rate)
    assert (status, alone) == (UNIQUE, 0)


@pytest.mark.parametrize("flows", [(0, 0, 0), (1, 2, 3), (-5, 0, -1), (0, 0, 7)])
def test_flows_of_one_sign_have_no_rate(flows: tuple[float, ...]) -> None:
    rate, status, _ = one(*flows)
    assert np.isnan(rate)
    assert status == NONE


@pytest.mark.parametrize("rate", [-0.999, -0.5, 0.0, 1e-6, 3.0, 1e4])
def test_rates_far_from_the_usual_are_found(rate: float) -> None:
    found, _, _ = one(-100, 0, 100 * (1 + rate) ** 2)
    assert found == pytest.approx(rate, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("log_rate", [-25.0, -11.0, 11.0, 25.0])
def test_a_rate_beyond_the_usual_reach_is_found_without_a_search(log_rate: float) -> None:
    assert abs(log_rate) > drawn_rates._REACH
    found, status, alone = one(-1, float(np.exp(log_rate)))
    assert found == pytest.approx(np.expm1(log_rate))
    assert (status, alone) == (UNIQUE, 0)


def test_draws_that_lose_nearly_everything_at_once_need_no_search_of_their_own() -> None:
    draws = 300
    flows = np.zeros((37, draws))
    flows[0] = np.linspace(-2e6, -1e5, draws)
    flows[3] = np.linspace(10.0, 500.0, draws)
    flows[4:20] = np.linspace(0.5, 20.0, draws)
    found = internal_rates_of_draws(flows, np.arange(37) / 12)
    assert found.alone == 0
    for each in (0, 150, draws - 1):
        single = internal_rates(flows[:, each], np.arange(37) / 12).unique
        assert single is not None
        assert np.log1p(found.rates[each]) == pytest.approx(np.log1p(single), rel=1e-6)


def test_a_rate_of_minus_all_to_the_last_digit_is_the_rate_of_one_draw_too() -> None:
    flows, times = [-8657.9, 75.0, 0.0], [0, 1 / 12, 1 / 6]
    found = internal_rates_of_draws(np.array([flows]).T, np.array(times))
    assert internal_rates(flows, times).unique == found.rates[0] == -1.0


def test_a_high_rate_is_not_the_only_one_because_of_the_noise_that_it_magnifies() -> None:
    # All but repaid at once, and a little money back and forth years later.
    times = np.arange(121) / 12
    flows = np.zeros((121, 200))
    flows[0], flows[1] = -1.0, np.linspace(1.2, 2.2, 200)
    flows[40:] = 0.02 * np.random.default_rng(7).normal(size=(81, 200))
    found = internal_rates_of_draws(flows, times)
    counts = [len(internal_rates(each, times).rates) for each in flows.T]
    assert 3 in counts
    assert list(found.status) == [(NONE, UNIQUE, SEVERAL)[min(2, each)] for each in counts]


def test_rounding_that_is_left_over_counts_as_no_flow() -> None:
    rate, _, alone = one(-100, 110, 1e-12, -1e-13)
    assert rate == pytest.approx(0.10)
    assert alone == 0
