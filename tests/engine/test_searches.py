"""Figures that are read off rows: what is nothing but rounding counts for none of them."""

from __future__ import annotations

import pytest

from tests.builders import assumption, benefit, case, investment, spent_again
from valuecalc.case.case import Case
from valuecalc.engine.calculate import calculate
from valuecalc.engine.model import compile_case
from valuecalc.engine.sensitivity.derivatives import Derivatives


def test_the_noise_of_a_flow_that_cancels_is_neither_paid_nor_paid_back() -> None:
    result = calculate(spent_again())
    assert -1e-16 < result.series["net"][1] < 0
    assert result.value("payback") == 0
    assert result.value("payback_discounted") == 0
    assert result.value("peak_funding") == 0
    assert result.value("peak_funding_month") is None
    assert result.value("mirr") is None
    assert result.value("irr") is None
    assert "never changes its sign" in result.figure("irr").note


def test_running_sums_show_no_noise() -> None:
    result = calculate(spent_again())
    assert result.series["cumulative"].tolist() == [0, 0, 100, 100]
    assert result.series["cumulative_discounted"][1] == 0


def test_where_all_that_is_gained_is_spent_again_nothing_flows() -> None:
    result = calculate(spent_again(later=0.0))
    assert result.value("payback") == 0
    assert result.value("peak_funding") == 0
    assert result.value("irr") is None


def test_an_investment_that_cancels_but_for_rounding_is_none() -> None:
    cancelling = case(benefit("gain", "100 GBP"), investment("cost", "(0.1 + 0.2 - 0.3) * 1 GBP"))
    result = calculate(cancelling)
    assert 0 < result.series["investment"][0] < 1e-16
    assert result.value("payback") is None
    assert result.figure("payback").note == "There is no investment to pay back."


CANCELLING = "-previous(given, given) + min(2 GBP/day, given)"


def rate_at_once(formula: str) -> Case:
    """A running line that cancels but for rounding, for a while alone; then cash comes in."""
    return case(
        assumption("given", -404.8, "GBP/year"),
        investment("cost", formula, starts=1),
        benefit("gain", "200 GBP/month", starts=4),
        investment("real", "1k GBP", starts=6),
        months=24,
        conventions={"payback_crossing": "first"},
    )


@pytest.mark.parametrize("name", ["payback", "payback_discounted", "peak_funding", "mirr", "irr"])
def test_a_formula_that_cancels_by_way_of_other_units_moves_no_figure(name: str) -> None:
    found = calculate(rate_at_once(CANCELLING))
    plain = calculate(rate_at_once("0 GBP/year"))
    assert found.series["net"][1] != 0, "rounding leaves something"
    assert found.value(name) == pytest.approx(plain.value(name))


def test_where_a_flow_is_nothing_but_rounding_the_modified_rate_has_two_slopes() -> None:
    at_kink = case(
        assumption("spent", 0.1, "GBP"),
        benefit("gain", "0.3 GBP", starts=1),
        investment("cost", "spent", starts=1),
        investment("more", "0.2 GBP", starts=1),
        investment("system", "100 GBP"),
        benefit("late", "200 GBP", starts=3),
        period="year",
        conventions={"reinvestment_rate": 0.2},
    )
    slope = Derivatives(compile_case(at_kink)).of("mirr")["spent"]
    # Spent more, it is paid after a year at 10 %; spent less, it is received and earns 20 %.
    more, less = 2 ** (1 / 3) / 3 / 1.1 / 100, 2 ** (1 / 3) / 3 * 1.2**2 / 200
    assert sorted((slope.value, slope.other)) == pytest.approx([-more, -less])
