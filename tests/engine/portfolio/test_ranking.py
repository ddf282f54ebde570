"""What moves a portfolio most: own assumptions one by one, common drivers in one go."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.builders import assumption, benefit, case
from valuecalc.case.case import Case
from valuecalc.case.risk import Outcome
from valuecalc.engine.portfolio.portfolio import Portfolio, calculate
from valuecalc.engine.portfolio.ranking import BARS, Bar
from valuecalc.engine.portfolio.request import Entry, PortfolioRequest, ReportingRate


def ranged(half: float, probability: float | None = None, common: str = "", **more: str) -> Case:
    """A case worth 1,000, give or take."""
    currency = more.get("currency", "GBP")
    low, high = 1_000 - half, 1_000 + half
    amount = assumption("amount", 1_000, currency, low=low, high=high, common=common)
    return case(
        amount, benefit("gain", "amount", starts=0), probability=probability, currency=currency
    )


def worked_out(*cases: Case, rates: tuple[ReportingRate, ...] = ()) -> Portfolio:
    found = [Entry(uid=f"case {number}", case=each) for number, each in enumerate(cases)]
    return calculate(found, PortfolioRequest(draws=1_000, rates=rates))


def of(found: Portfolio, label: str) -> Bar:
    [bar] = [each for each in found.bars if each.label == label]
    return bar


def test_a_bar_goes_from_the_tenth_to_the_ninetieth_percentile() -> None:
    [bar] = worked_out(ranged(100)).bars
    assert (bar.case, bar.assumption, bar.unit) == ("case 0", "amount", "GBP")
    assert (bar.low, bar.high) == pytest.approx((900, 1_100))
    assert (bar.change_low, bar.change_high) == pytest.approx((-100, 100))
    assert bar.span == pytest.approx(200)


def test_ends_are_taken_at_their_percentiles_too() -> None:
    uniform = assumption("amount", 1_000, "GBP", low=900, high=1_100, distribution="uniform")
    [bar] = worked_out(case(uniform, benefit("gain", "amount", starts=0))).bars
    assert (bar.low, bar.high) == pytest.approx((920, 1_080))


def test_what_has_outcomes_stands_at_two_of_them() -> None:
    outcomes = (Outcome(value=0, chance=0.4), Outcome(value=1_000, chance=0.6))
    either = assumption("amount", 600, "GBP", distribution="discrete", outcomes=outcomes)
    [bar] = worked_out(case(either, benefit("gain", "amount", starts=0))).bars
    assert (bar.low, bar.high) == (0, 1_000)


def test_the_largest_bar_comes_first_and_the_shares_add_up() -> None:
    found = worked_out(ranged(50), ranged(300), ranged(100))
    assert [each.case for each in found.bars] == ["case 1", "case 2", "case 0"]
    assert sum(each.share for each in found.bars) == pytest.approx(1)
    assert found.bars[0].share == pytest.approx(300 / 450)


def test_a_bar_counts_by_the_chance_of_winning_its_case() -> None:
    found = worked_out(ranged(300, probability=0.1), ranged(100, probability=0.9))
    first, second = found.bars
    assert (first.case, second.case) == ("case 1", "case 0")
    assert first.weighted_span == pytest.approx(180)
    assert second.span == pytest.approx(600)
    assert second.weighted_span == pytest.approx(60)


def test_a_case_without_a_chance_counts_in_full() -> None:
    assert worked_out(ranged(100)).bars[0].weighted_span == pytest.approx(200)


def test_a_bar_is_in_the_currency_of_the_report_at_the_expected_rate() -> None:
    rates = (ReportingRate(currency="EUR", value=0.5, low=0.4, high=0.6),)
    found = worked_out(ranged(100, currency="EUR"), rates=rates)
    own = of(found, "Amount")
    assert own.span == pytest.approx(100)
    assert (own.low, own.high) == pytest.approx((900, 1_100))


def test_a_common_driver_is_one_bar_over_all_its_cases() -> None:
    found = worked_out(
        ranged(100, common="inflation"), ranged(40, 0.5, common="inflation"), ranged(70)
    )
    bar = of(found, "Inflation")
    assert (bar.driver, bar.cases, bar.case) == ("common:inflation", 2, "")
    assert (bar.change_low, bar.change_high) == pytest.approx((-140, 140))
    assert bar.weighted_span == pytest.approx(200 + 40)
    assert [each.label for each in found.bars] == ["Inflation", "Amount"]
    assert found.drivers[0].change_high == bar.change_high


def test_cases_that_hedge_each_other_cancel_in_the_bar_of_their_driver() -> None:
    falling = case(
        assumption("rise", 0, "GBP", low=-100, high=100, common="inflation"),
        benefit("gain", "1000 GBP - rise", starts=0),
    )
    bar = of(worked_out(ranged(100, common="inflation"), falling), "Inflation")
    assert bar.span == pytest.approx(0, abs=1e-9)


def test_two_assumptions_of_one_case_that_follow_a_driver_move_together() -> None:
    both = case(
        assumption("size", 10, "user", low=9, high=11, common="market"),
        assumption("price", 10, "GBP/user", low=9, high=11, common="market"),
        benefit("gain", "size * price", starts=0),
    )
    bar = of(worked_out(both), "Market")
    assert (bar.change_low, bar.change_high) == pytest.approx((81 - 100, 121 - 100))


def test_at_most_twenty_bars_are_shown_and_it_is_said_of_how_many() -> None:
    found = worked_out(*(ranged(number) for number in range(1, 41)))
    assert len(found.bars) == BARS == 20
    assert found.bars_of == 40
    assert found.bars[0].case == "case 39"
    assert all(first.span >= second.span for first, second in pairwise(found.bars))
    assert found.bars[0].share == pytest.approx(40 / (40 * 41 / 2))


def test_equal_bars_stay_in_the_order_of_the_cases() -> None:
    found = worked_out(*(ranged(100) for _ in range(25)))
    assert [each.case for each in found.bars] == [f"case {number}" for number in range(20)]


def test_what_has_no_range_has_no_bar() -> None:
    assert worked_out(ranged(0)).bars == () or worked_out(ranged(0)).bars[0].span == 0
    certain = case(assumption("amount", 5, "GBP"), benefit("gain", "amount", starts=0))
    assert worked_out(certain).bars == ()
