"""Rates are found for a day, in either direction, across a third currency, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.extrapolation_cases import BANK, PRICES
from valuecalc.case.rates import ExchangeRate, PriceChange, Rates
from valuecalc.engine.journey.rates import MissingRate, exchange_rate, price_change

DAY = date(2026, 1, 5)


def euro(quote: str, rate: float, day: date = date(2025, 12, 31)) -> ExchangeRate:
    return ExchangeRate(base="EUR", quote=quote, rate=rate, date=day, source="A central bank")


def test_the_last_rate_up_to_the_day_counts() -> None:
    later, earlier = (
        replace(BANK, rate=2.0, date=date(2026, 2, 1)),
        replace(BANK, rate=1.5, date=date(2025, 1, 1)),
    )
    rates = Rates(exchange=(earlier, BANK, later))
    assert exchange_rate(rates, "GBP", "EUR", DAY).rate == 1.25
    assert exchange_rate(rates, "GBP", "EUR", date(2026, 2, 1)).rate == 2
    with pytest.raises(MissingRate):
        exchange_rate(rates, "GBP", "EUR", date(2024, 1, 1))


def test_a_rate_holds_in_both_directions() -> None:
    found = exchange_rate(Rates(exchange=(BANK,)), "EUR", "GBP", DAY)
    assert (found.rate, found.name, found.date) == (0.8, "GBP per EUR", BANK.date)


def test_two_currencies_meet_across_a_third_one_on_one_day() -> None:
    rates = Rates(exchange=(euro("GBP", 0.8), euro("USD", 1.2), euro("USD", 9, date(2026, 1, 2))))
    found = exchange_rate(rates, "GBP", "USD", DAY)
    assert found.rate == pytest.approx(1.5)
    assert (found.name, found.date) == ("USD per GBP", date(2025, 12, 31))


def test_a_rate_that_was_given_comes_first() -> None:
    given = replace(BANK, rate=1.3, date=date(2020, 1, 1), source="Our treasury")
    rates = Rates(exchange=(BANK,), given_exchange=(given,))
    assert exchange_rate(rates, "GBP", "EUR", DAY).source == "Our treasury"


def test_prices_rise_by_the_ratio_of_the_index() -> None:
    found = price_change(Rates(prices=(PRICES,)), "uk", 2023, 2025)
    assert found.factor == pytest.approx(1.1)
    assert found.name == "GB 2023 to 2025"
    back = price_change(Rates(prices=(PRICES,)), "United Kingdom", 2025, 2023)
    assert back.factor == pytest.approx(1 / 1.1)


@pytest.mark.parametrize(
    ("region", "first", "last"), [("GB", 2022, 2025), ("GB", 2023, 2026), ("Mars", 2023, 2025)]
)
def test_prices_that_are_not_known_have_to_be_given(region: str, first: int, last: int) -> None:
    with pytest.raises(MissingRate, match="Give the rise in prices"):
        price_change(Rates(prices=(PRICES,)), region, first, last)


def test_a_rise_that_was_given_comes_first_and_only_for_its_region_and_years() -> None:
    given = PriceChange(region="GB", from_year=2023, to_year=2026, factor=1.2, source="Us")
    rates = Rates(prices=(PRICES,), given_prices=(given,))
    assert price_change(rates, "gb", 2023, 2026) is given
    assert price_change(rates, "GB", 2023, 2025).factor == pytest.approx(1.1)
    with pytest.raises(MissingRate):
        price_change(rates, "FR", 2023, 2026)
    anywhere = Rates(given_prices=(replace(given, region=""),))
    assert price_change(anywhere, "FR", 2023, 2026).factor == 1.2
