"""The units that somebody writes a case in never change what it is worth."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import assumption, benefit, calculation, case, investment
from tests.strategies import cases
from valuecalc.case.binding import bind
from valuecalc.case.case import Assumption, Case
from valuecalc.engine.calculate import calculate

PER_YEAR = {
    "year": Fraction(1),
    "quarter": Fraction(4),
    "month": Fraction(12),
    "week": Fraction(365, 7),
    "day": Fraction(365),
}


def in_other_words(each: Assumption, time: str) -> Assumption:
    """The same assumption per another time, and with its noun in the plural."""
    given = next((word for word in PER_YEAR if f"/{word}" in each.unit), None)
    unit = each.unit.replace("subscribers", "subscriber").replace("subscriber", "subscribers")
    if given is None:
        return replace(each, unit=unit)
    factor = float(PER_YEAR[given] / PER_YEAR[time])
    return replace(
        each,
        unit=unit.replace(f"/{given}", f"/{time}"),
        value=each.value * factor,
        values=tuple(value * factor for value in each.values),
    )


@given(cases(), st.sampled_from(list(PER_YEAR)))
def test_assumptions_per_another_time_and_in_the_plural(case: Case, time: str) -> None:
    other = replace(
        case, assumptions=tuple(in_other_words(each, time) for each in case.assumptions)
    )
    one, same = calculate(case), calculate(other)
    scale = max(1.0, *(float(np.abs(line.net).sum()) for line in one.lines), 0.0)
    for name in ("value", "npv", "total_benefits", "total_investment", "cost_of_delay"):
        assert same.value(name) == pytest.approx(one.value(name), rel=1e-9, abs=1e-9 * scale)


@given(cases())
def test_declaring_the_unit_of_a_calculation(case: Case) -> None:
    """Every calculation gets the unit that it has already, in words of its own."""
    units = bind(case).units
    declared = tuple(
        replace(each, unit=str(units[each.id])) if each.id in units else each
        for each in case.calculations
    )
    one, same = calculate(case), calculate(replace(case, calculations=declared))
    assert same.value("npv") == pytest.approx(one.value("npv"), rel=1e-12)


@given(cases())
def test_declaring_running_calculations_per_year(case: Case) -> None:
    units = bind(case).units
    yearly = tuple(
        replace(each, unit="GBP/year") if str(units.get(each.id)) == "GBP/month" else each
        for each in case.calculations
    )
    one, same = calculate(case), calculate(replace(case, calculations=yearly))
    scale = max(1.0, *(float(np.abs(line.net).sum()) for line in one.lines), 0.0)
    assert same.value("npv") == pytest.approx(one.value("npv"), rel=1e-9, abs=1e-9 * scale)


@pytest.mark.parametrize(
    ("handling", "calls", "wage"),
    [
        ((6, "minute/call"), (1000, "call/month"), (30, "GBP/hour")),
        ((0.1, "hour/call"), (1000, "call/month"), (30, "GBP/hour")),
        ((360, "seconds/call"), (12000, "calls/year"), (0.5, "GBP/minute")),
        ((6, "minutes / call"), (3000, "call/quarter"), (30, "£/hour")),
        ((6, "minutes per call"), (1000, "calls per month"), (30, "£ per hour")),
    ],
)
def test_hours_may_be_minutes_and_months_may_be_years(
    handling: tuple[float, str], calls: tuple[float, str], wage: tuple[float, str]
) -> None:
    result = calculate(
        case(
            assumption("handling", *handling),
            assumption("calls", *calls),
            assumption("wage", *wage),
            benefit("gain", "calls * handling * wage"),
            months=12,
        )
    )
    assert result.value("total_benefits") == pytest.approx(36_000)


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
@pytest.mark.parametrize("unit", ["GBP/month", "GBP/year", "GBP/quarter", "GBP/week", "GBP/day"])
def test_a_running_amount_sums_to_the_same_on_every_grid(unit: str, period: str) -> None:
    time = unit.removeprefix("GBP/")
    yearly = float(PER_YEAR[time]) * 100
    result = calculate(case(benefit("gain", f"100 {unit}"), months=24, period=period))
    assert result.value("total_benefits") == pytest.approx(2 * yearly)


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_a_sum_over_time_is_the_total_of_the_line_on_every_grid(period: str) -> None:
    result = calculate(
        case(
            assumption("saving", 600, "GBP/year", growth=0.1),
            calculation("all_of_it", "sum_over_time(saving)"),
            benefit("gain", "saving"),
            investment("fee", "all_of_it * 10%"),
            months=24,
            period=period,
        )
    )
    assert result.value("calculations.all_of_it") == pytest.approx(1260)
    assert result.value("total_benefits") == pytest.approx(1260)
    assert result.value("total_investment") == pytest.approx(126)


def test_a_ratio_of_times_is_a_plain_number_where_one_is_needed() -> None:
    result = calculate(
        case(
            assumption("long", 2, "hour"),
            assumption("short", 30, "minute"),
            calculation("ratio", "long / short", "1"),
            calculation("squared", "(long / short) ^ 2", "1"),
            calculation("grown", "2 ^ (long / short)", "1"),
            calculation("logged", "exp(ln(long / short))", "1"),
            calculation("rounded", "round(long / (90 minute))", "1"),
            benefit("gain", "1 GBP", realisation="short / long"),
            months=1,
        )
    )
    values = {each.calculation.id: float(each.values[1]) for each in result.calculations}
    assert values == pytest.approx(
        {"ratio": 4, "squared": 16, "grown": 16, "logged": 4, "rounded": 1}
    )
    assert result.value("total_benefits") == pytest.approx(0.25)


def test_power_over_time_is_energy() -> None:
    result = calculate(
        case(
            assumption("saved", 5, "kW"),
            assumption("price", 0.25, "GBP/kWh"),
            benefit("gain", "saved * price"),
            months=12,
        )
    )
    assert result.value("total_benefits") == pytest.approx(5 * 0.25 * 8760)


def test_a_second_currency_is_converted_by_a_rate_that_is_given() -> None:
    result = calculate(
        case(
            assumption("price", 110, "USD/month"),
            assumption("rate", 0.8, "GBP/USD"),
            benefit("gain", "price * rate"),
            months=12,
        )
    )
    assert result.value("total_benefits") == pytest.approx(12 * 88)


def test_hours_a_week_stay_hours_a_week_until_money_comes_in() -> None:
    result = calculate(
        case(
            assumption("hours", 4, "hour/week/agent"),
            assumption("agents", 10, "agent"),
            assumption("wage", 30, "GBP/hour"),
            calculation("saved", "hours * agents"),
            calculation("worth", "saved * wage"),
            benefit("time", "saved", non_monetary=True),
            benefit("gain", "worth"),
            months=12,
        )
    )
    units = {each.calculation.id: each.unit for each in result.calculations}
    assert units == {"saved": "hour/week", "worth": "GBP/week"}
    assert result.value("calculations.saved") == 40
    time = result.figure("benefits.time.total")
    assert (time.value, time.unit) == (pytest.approx(40 * 365 / 7), "hour")
    assert result.value("total_benefits") == pytest.approx(1200 * 365 / 7)
