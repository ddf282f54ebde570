"""Exchange rates and whatever carries a common name move together in all cases."""

from __future__ import annotations

import pytest

from tests.builders import assumption
from valuecalc.engine.portfolio.common_drivers import currencies_of, movement_of, seed_of


@pytest.mark.parametrize("unit", ["GBP/EUR", "£/€", "£ per €", "gbp/eur"])
def test_a_ratio_of_two_currencies_is_an_exchange_rate_however_it_is_written(unit: str) -> None:
    movement = movement_of(assumption("rate", 0.86, unit))
    assert movement is not None
    assert movement.driver.id == "exchange:EUR/GBP"
    assert movement.driver.label == "Exchange rate EUR/GBP"


def test_the_same_rate_the_other_way_round_moves_against_it() -> None:
    one_way = movement_of(assumption("rate", 0.86, "GBP/EUR"))
    other_way = movement_of(assumption("rate", 1.16, "EUR/GBP"))
    assert one_way is not None and other_way is not None
    assert one_way.driver == other_way.driver
    assert (one_way.direction, other_way.direction) == (-1, 1)


@pytest.mark.parametrize(
    "unit",
    ["GBP", "1", "%", "GBP/hour", "GBP*EUR", "GBP/EUR/month", "GBP^2/EUR", "user/GBP", "///"],
)
def test_no_other_unit_is_an_exchange_rate(unit: str) -> None:
    assert currencies_of(unit) is None
    assert movement_of(assumption("rate", 0.86, unit)) is None


@pytest.mark.parametrize("name", ["inflation", "Inflation", " inflation ", "INFLATION"])
def test_a_common_name_is_shared_whatever_its_capitals(name: str) -> None:
    movement = movement_of(assumption("rise", 0.02, "%", common=name))
    assert movement is not None
    assert (movement.driver.id, movement.direction) == ("common:inflation", 1)


def test_a_name_of_several_words_is_written_either_way() -> None:
    first = movement_of(assumption("rise", 0.02, common="energy_price"))
    second = movement_of(assumption("rise", 0.02, common="energy price"))
    assert first == second
    assert first is not None and first.driver.label == "Energy price"


def test_an_exchange_rate_follows_its_unit_and_not_its_common_name() -> None:
    movement = movement_of(assumption("rate", 0.86, "GBP/EUR", common="euro"))
    assert movement is not None
    assert movement.driver.id == "exchange:EUR/GBP"


def test_a_price_is_not_taken_for_inflation() -> None:
    assert movement_of(assumption("inflation", 0.02, "%")) is None
    assert movement_of(assumption("power_price", 0.2, "GBP/kWh", growth=0.03)) is None


def test_a_seed_depends_on_the_name_and_on_the_seed_of_the_request() -> None:
    assert seed_of(1, "case:a") == seed_of(1, "case:a")
    assert len({seed_of(1, "case:a"), seed_of(2, "case:a"), seed_of(1, "case:b")}) == 3
