"""The mathematics of money over time, by its laws and by hand."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.builders import START
from valuecalc.case.case import Discounting
from valuecalc.case.timeline import Period, Timeline
from valuecalc.engine import finance

AMOUNTS = st.integers(-1000, 1000).map(float)
RATES = st.floats(-0.5, 2)
TIMINGS = ("end", "mid", "start")


@st.composite
def streams(draw: st.DrawFn, most: int = 12) -> tuple[list[float], list[float]]:
    """Flows with their times on a grid of months, quarters or years, in one of the timings."""
    periods = draw(st.integers(1, most))
    flows = draw(st.lists(AMOUNTS, min_size=periods + 1, max_size=periods + 1))
    period = draw(st.sampled_from(Period))
    timeline = Timeline(start=START, months=periods * period.months, period=period)
    discounting = Discounting(timing=draw(st.sampled_from(TIMINGS)))
    return flows, finance.period_times(timeline, discounting).tolist()


# --------------------------------------------------------------------------- times and factors


@pytest.mark.parametrize(
    ("timing", "times"),
    [
        ("end", [0, 0.25, 0.5, 0.75, 1]),
        ("mid", [0, 0.125, 0.375, 0.625, 0.875]),
        ("start", [0, 0, 0.25, 0.5, 0.75]),
    ],
)
def test_a_quarter_is_discounted_at_its_end_its_middle_or_its_start(
    timing: str, times: list[float]
) -> None:
    timeline = Timeline(start=START, months=12, period=Period.QUARTER)
    found = finance.period_times(timeline, Discounting(timing=timing))
    assert found.tolist() == pytest.approx(times)


def test_the_monthly_rate_is_the_twelfth_root_of_the_yearly_one() -> None:
    times = finance.period_times(Timeline(start=START, months=12), Discounting())
    factors = finance.discount_factors(times, 0.10)
    assert factors[1] == pytest.approx(1.1 ** (-1 / 12))
    assert factors[1] != pytest.approx(1 / (1 + 0.10 / 12), abs=1e-5)
    assert factors[12] == pytest.approx(1 / 1.1)


def test_counted_in_days_a_leap_year_is_longer_than_a_year() -> None:
    timeline = Timeline(start=date(2028, 1, 1), months=24, period=Period.YEAR)
    times = finance.period_times(timeline, Discounting(day_count="actual/365"))
    assert times.tolist() == pytest.approx([0, 366 / 365, 731 / 365])


def test_factors_are_rounded_only_where_a_convention_asks_for_it() -> None:
    times = np.array([0.0, 1.0, 2.0, 3.0])
    assert finance.discount_factors(times, 0.08, 2).tolist() == [1, 0.93, 0.86, 0.79]
    assert finance.discount_factors(times, 0.08)[1] == 1 / 1.08


def test_an_unknown_way_to_count_days_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown day count"):
        finance.year_fraction(START, START, "actual/364")


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 20_000), st.integers(0, 20_000))
def test_year_fractions_of_following_spans_add_up(day: date, first: int, second: int) -> None:
    start, middle = day.toordinal(), day.toordinal() + first
    end = middle + second
    for day_count in ("actual/365", "actual/360", "actual/actual"):
        whole, *parts = (
            finance.year_fraction(date.fromordinal(a), date.fromordinal(b), day_count)
            for a, b in ((start, end), (start, middle), (middle, end))
        )
        assert whole == pytest.approx(sum(parts), abs=1e-9)


# --------------------------------------------------------------------------- net present value


@given(streams(), streams(), RATES, st.floats(-5, 5), st.floats(-5, 5))
def test_the_npv_is_linear_in_the_flows(
    one: tuple[list[float], list[float]],
    other: tuple[list[float], list[float]],
    rate: float,
    a: float,
    b: float,
) -> None:
    flows, times = one
    others = [other[0][i % len(other[0])] for i in range(len(flows))]
    mixed = [a * x + b * y for x, y in zip(flows, others, strict=True)]
    parts = a * finance.npv(flows, rate, times) + b * finance.npv(others, rate, times)
    scale = finance.npv([abs(x) + abs(y) for x, y in zip(flows, others, strict=True)], rate, times)
    assert finance.npv(mixed, rate, times) == pytest.approx(parts, abs=1e-11 * max(1, scale))


@given(streams())
def test_at_a_rate_of_zero_the_npv_is_the_sum(stream: tuple[list[float], list[float]]) -> None:
    flows, times = stream
    assert finance.npv(flows, 0.0, times) == pytest.approx(sum(flows), abs=1e-9)


@given(streams(), RATES)
def test_the_npv_is_the_sum_of_each_flow_by_its_own_factor(
    stream: tuple[list[float], list[float]], rate: float
) -> None:
    flows, times = stream
    plain = math.fsum(flow / (1 + rate) ** time for flow, time in zip(flows, times, strict=True))
    scale = math.fsum(abs(f) / (1 + rate) ** t for f, t in zip(flows, times, strict=True))
    assert finance.npv(flows, rate, times) == pytest.approx(plain, abs=1e-12 * max(1, scale))


# --------------------------------------------------------------------------- internal rates


@given(streams())
def test_every_internal_rate_makes_the_npv_zero(stream: tuple[list[float], list[float]]) -> None:
    flows, times = stream
    for rate in finance.internal_rates(flows, times).rates:
        if -0.999 < rate < 1000:
            discounted = [f * (1 + rate) ** -t for f, t in zip(flows, times, strict=True)]
            assert abs(math.fsum(discounted)) <= 1e-8 * math.fsum(map(abs, discounted))


@given(st.lists(AMOUNTS, min_size=2, max_size=7))
def test_no_internal_rate_is_missed(flows: list[float]) -> None:
    roots = np.roots(np.trim_zeros(flows))
    # Where two roots nearly meet, rounding decides whether they are two, one or none.
    nearly_real = (np.abs(roots.imag) > 1e-9) & (np.abs(roots.imag) < 1e-3)
    assume(not nearly_real.any())
    real = np.sort(roots[np.abs(roots.imag) <= 1e-9].real)
    assume(not (np.diff(real) < 1e-3).any())
    expected = [root - 1 for root in real if root > 1e-9]
    found = finance.internal_rates(flows, range(len(flows))).rates
    assert list(found) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(st.lists(st.integers(-90, 400), min_size=1, max_size=4, unique=True), st.integers(1, 1000))
def test_flows_made_from_their_rates_have_these_rates(percents: list[int], size: int) -> None:
    assume(all(abs(a - b) > 4 for a in percents for b in percents if a != b))
    rates = sorted(percent / 100 for percent in percents)
    flows = -size * np.poly([1 + rate for rate in rates])
    found = finance.internal_rates(flows, range(len(flows)))
    assert list(found.rates) == pytest.approx(rates, abs=1e-5)
    assert found.unique == (found.rates[0] if len(rates) == 1 else None)


@pytest.mark.parametrize(
    "rates", [(0.1, 0.1001), (0.1, 0.10001), (1.0, 1.001), (3.0, 3.0005), (0.0, 0.0002)]
)
def test_two_rates_close_together_are_not_taken_for_one(rates: tuple[float, float]) -> None:
    flows = np.poly([1 + rate for rate in rates])
    found = finance.internal_rates(flows, range(len(flows)))
    assert found.rates == pytest.approx(rates, abs=1e-6)
    assert found.unique is None


def test_a_rate_at_which_the_npv_only_touches_zero_is_found() -> None:
    flows = np.poly([1.05, 1.05])
    assert finance.internal_rates(flows, range(3)).rates == pytest.approx((0.05,), abs=1e-6)


@pytest.mark.parametrize(
    "flows", [[0, 0, 0], [5, 10, 0], [-5, -10], [0.0], [-100, 1e-15], [1, 2, 3]]
)
def test_flows_that_never_change_their_sign_have_no_internal_rate(flows: list[float]) -> None:
    found = finance.internal_rates(flows, range(len(flows)))
    assert found.rates == ()
    assert found.unique is None


def test_the_stream_that_two_libraries_disagree_about_has_two_rates() -> None:
    assert finance.internal_rates([-100, 230, -132], range(3)).rates == pytest.approx((0.1, 0.2))


def test_monthly_flows_have_a_yearly_rate() -> None:
    monthly = finance.internal_rates([-100] + 12 * [10], [p / 12 for p in range(13)]).unique
    per_month = finance.internal_rates([-100] + 12 * [10], range(13)).unique
    assert monthly == pytest.approx((1 + per_month) ** 12 - 1)


def test_flows_of_one_moment_count_together() -> None:
    assert finance.internal_rates([-50, -50, 110], [0, 0, 1]).unique == pytest.approx(0.1)


def test_a_rate_that_no_number_can_hold_is_none_at_all() -> None:
    assert finance.internal_rates([-1, 1e12], [0, 1 / 365]).rates == ()


@given(streams(), st.floats(1e-6, 1e9))
def test_internal_rates_do_not_depend_on_the_size_of_the_flows(
    stream: tuple[list[float], list[float]], size: float
) -> None:
    flows, times = stream
    rates = finance.internal_rates(flows, times)
    if len(rates.rates) == 1:
        scaled = finance.internal_rates([flow * size for flow in flows], times)
        assert scaled.rates == pytest.approx(rates.rates, rel=1e-6, abs=1e-6)


# --------------------------------------------------------------------------- modified rate


@given(streams(), st.floats(0, 1), st.floats(0, 1))
def test_the_modified_rate_carries_what_was_paid_to_what_was_received(
    stream: tuple[list[float], list[float]], finance_rate: float, reinvestment_rate: float
) -> None:
    flows, times = stream
    found = finance.modified_internal_rate(flows, times, finance_rate, reinvestment_rate)
    paid = finance.npv([-min(flow, 0) for flow in flows], finance_rate, times)
    end = times[-1]
    received = sum(
        max(flow, 0) * (1 + reinvestment_rate) ** (end - time)
        for flow, time in zip(flows, times, strict=True)
    )
    if paid == 0 or received == 0 or end == 0:
        assert found is None
    elif found > -0.99:  # below, the few digits that are left decide
        assert paid * (1 + found) ** end == pytest.approx(received, rel=1e-9)


def test_a_modified_rate_at_minus_100_percent_is_none_rather_than_an_error() -> None:
    assert finance.modified_internal_rate([-100, -50, 200], range(3), -1.0, 0.1) is None


# --------------------------------------------------------------------------- payback and delay


@pytest.mark.parametrize(
    ("flows", "months"),
    [
        ([-100, 40, 40, 40], 30),
        ([-100, 50, 50], 24),
        ([-100, 100], 12),
        ([-100, 200], 6),
        ([0, 0, 0], 0),
        ([100, -50], 0),
        ([-100, 40, 40], None),
        ([-100, 200, -150, 200], 12 * (2 + 50 / 200)),
        ([-100, 200, -150], None),
        ([0, -100, 200], 18),
    ],
)
def test_payback_is_the_last_crossing_of_zero(flows: list[float], months: float | None) -> None:
    found = finance.payback(flows, 12).months
    assert found == (None if months is None else pytest.approx(months))


def test_by_convention_the_first_crossing_or_the_whole_period_counts() -> None:
    flows = [-100, 200, -150, 200]
    assert finance.payback(flows, 12, crossing="first").months == pytest.approx(6)
    assert finance.payback(flows, 12, whole_periods=True).months == 36
    assert finance.payback(flows, 12).crossings == 2


def test_the_payback_tells_its_period_and_how_often_cash_turned() -> None:
    assert finance.payback([5, 5], 12) == finance.Payback(0.0, 0, 0)
    assert finance.payback([-100, 40], 12) == finance.Payback(None, None, 0)
    assert finance.payback([-100, 200, -150, 200], 12) == finance.Payback(27.0, 3, 2)


def test_rounding_noise_is_not_a_crossing() -> None:
    assert finance.payback([-0.3, 0.1, 0.1, 0.1], 12).months == pytest.approx(36)
    assert finance.cumulative_flows([0.1, 0.2, -0.3]).tolist()[-1] == 0.0


def test_rounding_noise_before_the_first_real_flow_is_no_flow() -> None:
    # 0.3 - (0.1 + 0.2) = -5.6e-17, which the first real flow would pay back at once.
    noise = 0.3 - (0.1 + 0.2)
    assert noise < 0
    assert finance.payback([noise, noise, 100], 12) == finance.Payback(0.0, 0, 0)
    assert finance.cumulative_flows([noise, noise, 100]).tolist() == [0, 0, 100]
    assert finance.modified_internal_rate([noise, 50, 100], range(3), 0.1, 0.1) is None
    assert finance.internal_rates([noise, 50, 100], range(3)).rates == ()


def test_where_everything_cancels_what_it_is_made_of_tells_the_noise() -> None:
    noise = 0.3 - (0.1 + 0.2)
    flows = [noise, -noise, noise, -2 * noise]
    assert finance.payback(flows, 12).crossings == 2
    assert finance.payback(flows, 12, scale=0.3) == finance.Payback(0.0, 0, 0)
    assert finance.cumulative_flows(flows, 0.3).tolist() == [0, 0, 0, 0]
    assert finance.without_noise(flows, 0.3).tolist() == [0, 0, 0, 0]
    assert finance.modified_internal_rate(flows, range(4), 0.1, 0.1, 0.3) is None
    assert finance.internal_rates(flows, range(4), 0.3).rates == ()
    assert finance.internal_rates(flows, range(4)).rates


@pytest.mark.parametrize("scale", [None, 100.0])
def test_a_flow_of_more_than_the_noise_counts_however_small(scale: float | None) -> None:
    assert finance.payback([-1.1e-10, 100], 12, scale=scale).period == 0
    assert finance.payback([-2.1e-10, 100], 12, scale=scale).period == 1
    assert finance.without_noise([-1e-10, -1.1e-10, 100], scale).tolist() == [0, -1.1e-10, 100]


def test_the_largest_flow_is_one_that_is_a_number() -> None:
    assert finance.largest_flow([1, -3], [math.inf, 2, math.nan]) == 3
    assert finance.largest_flow([math.nan]) == 0


@given(st.lists(AMOUNTS, min_size=2, max_size=20))
def test_cash_is_never_negative_after_the_payback(flows: list[float]) -> None:
    found = finance.payback(flows, 1)
    cumulative = np.cumsum(flows)
    if found.months is None:
        assert cumulative[-1] < 0
    else:
        assert (cumulative[math.ceil(found.months) :] >= 0).all()


@given(st.lists(AMOUNTS, min_size=3, max_size=20), st.sampled_from([1, 3, 12]))
def test_a_delayed_stream_loses_only_what_leaves_the_horizon(
    flows: list[float], length: int
) -> None:
    part = 1 / length
    delayed = finance.delayed(np.array(flows), 1, length)
    assert len(delayed) == len(flows)
    assert sum(delayed) == pytest.approx(sum(flows) - part * flows[-1], abs=1e-9)
    assert delayed[0] == pytest.approx((1 - part) * flows[0])


def test_a_cumulative_flow_stays_undefined_where_a_flow_is() -> None:
    cumulative = finance.cumulative_flows([-3e6, math.inf, 1.0])
    assert cumulative[0] == -3e6
    assert not np.isfinite(cumulative[1:]).any()
