"""When a line flows, and how much of it in each period, on every grid."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import (
    assumption,
    benefit,
    calculation,
    case,
    investment,
    milestone,
    s_curve,
)
from tests.strategies import cases, ramps
from valuecalc.case.case import Case, Ramp, RampShape
from valuecalc.engine.calculate import calculate
from valuecalc.engine.timing import ramp_factors

MONTH = {"months": 6, "period": "month"}
QUARTER = {"months": 12, "period": "quarter"}
YEAR = {"months": 36, "period": "year"}


def flow(formula: str, grid: dict[str, Any], *others: Any, **line: Any) -> list[float]:
    """The net flow of a benefit per period, from the decision on."""
    result = calculate(case(*others, benefit("gain", formula, **line), **grid))
    return [round(float(amount), 9) for amount in result.lines[0].net]


@pytest.mark.parametrize(
    ("grid", "expected"),
    [
        (MONTH, [0, 10, 10, 10, 10, 10, 10]),
        (QUARTER, [0, 30, 30, 30, 30]),
        (YEAR, [0, 120, 120, 120]),
    ],
    ids=["month", "quarter", "year"],
)
def test_money_per_time_runs_from_the_first_period_to_the_horizon(
    grid: dict[str, Any], expected: list[float]
) -> None:
    assert flow("10 GBP/month", grid) == expected
    assert flow("120 GBP/year", grid) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({}, [0, 10, 10, 10, 10, 10, 10]),
        ({"starts": 0}, [0, 10, 10, 10, 10, 10, 10]),
        ({"starts": 3}, [0, 0, 0, 10, 10, 10, 10]),
        ({"starts": 3, "ends": 4}, [0, 0, 0, 10, 10, 0, 0]),
        ({"ends": 2}, [0, 10, 10, 0, 0, 0, 0]),
        ({"starts": 5, "ends": 99}, [0, 0, 0, 0, 0, 10, 10]),
        ({"starts": 7}, [0, 0, 0, 0, 0, 0, 0]),
        ({"starts": date(2027, 1, 1)}, [0, 10, 10, 10, 10, 10, 10]),
        ({"starts": date(2027, 3, 1)}, [0, 0, 0, 10, 10, 10, 10]),
        ({"starts": date(2027, 3, 2)}, [0, 0, 0, 0, 10, 10, 10]),
        ({"starts": date(2027, 3, 31)}, [0, 0, 0, 0, 10, 10, 10]),
        ({"starts": "launch"}, [0, 0, 0, 0, 10, 10, 10]),
        ({"ends": date(2027, 3, 31)}, [0, 10, 10, 10, 0, 0, 0]),
        ({"ends": date(2027, 3, 30)}, [0, 10, 10, 0, 0, 0, 0]),
        ({"ends": "launch"}, [0, 10, 10, 0, 0, 0, 0]),
        ({"starts": date(2027, 2, 1), "ends": date(2027, 2, 28)}, [0, 0, 10, 0, 0, 0, 0]),
    ],
)
def test_starts_and_ends_are_period_numbers_dates_or_milestones(
    line: dict[str, Any], expected: list[float]
) -> None:
    launch = milestone("launch", date(2027, 3, 15))
    assert flow("10 GBP/month", MONTH, launch, **line) == expected


def test_only_whole_periods_count_on_a_coarse_grid() -> None:
    assert flow("10 GBP/month", QUARTER, starts=date(2027, 2, 1)) == [0, 0, 30, 30, 30]
    assert flow("10 GBP/month", QUARTER, ends=date(2027, 11, 30)) == [0, 30, 30, 30, 0]
    assert flow("10 GBP/month", YEAR, starts=date(2027, 7, 1)) == [0, 0, 120, 120]


@pytest.mark.parametrize(
    ("grid", "line", "expected"),
    [
        (MONTH, {}, [0, 12, 0, 0, 0, 0, 0]),
        (MONTH, {"starts": 0}, [12, 0, 0, 0, 0, 0, 0]),
        (MONTH, {"starts": 6}, [0, 0, 0, 0, 0, 0, 12]),
        (MONTH, {"starts": 7}, [0, 0, 0, 0, 0, 0, 0]),
        (MONTH, {"starts": date(2027, 2, 20)}, [0, 0, 12, 0, 0, 0, 0]),
        (MONTH, {"spread": 3}, [0, 4, 4, 4, 0, 0, 0]),
        (MONTH, {"starts": 0, "spread": 3}, [0, 4, 4, 4, 0, 0, 0]),
        (MONTH, {"starts": 5, "spread": 3}, [0, 0, 0, 0, 0, 4, 4]),
        (MONTH, {"spread": 12}, [0, 1, 1, 1, 1, 1, 1]),
        (QUARTER, {"spread": 4}, [0, 9, 3, 0, 0]),
        (QUARTER, {"spread": 1}, [0, 12, 0, 0, 0]),
        (YEAR, {"spread": 18}, [0, 8, 4, 0]),
    ],
)
def test_money_is_one_amount_or_spread_evenly_over_months(
    grid: dict[str, Any], line: dict[str, Any], expected: list[float]
) -> None:
    assert flow("12 GBP", grid, **line) == expected


def test_an_investment_is_made_at_the_decision_unless_it_says_when() -> None:
    result = calculate(
        case(investment("now", "5 GBP"), investment("later", "7 GBP", starts=2), **YEAR)
    )
    assert [line.net.tolist() for line in result.lines] == [[5, 0, 0, 0], [0, 0, 7, 0]]


# --------------------------------------------------------------------------- ramps and growth


def test_a_ramp_of_three_months_is_full_in_the_third() -> None:
    assert flow("30 GBP/month", MONTH, ramp=3) == [0, 10, 20, 30, 30, 30, 30]


def test_a_ramp_begins_where_the_line_does() -> None:
    assert flow("30 GBP/month", MONTH, ramp=3, starts=3) == [0, 0, 0, 10, 20, 30, 30]


def test_on_a_coarse_grid_a_period_ramps_by_the_average_of_its_months() -> None:
    assert flow("10 GBP/month", QUARTER, ramp=6) == [0, 10, 25, 30, 30]
    assert flow("12 GBP/year", YEAR, ramp=24) == pytest.approx([0, 3.25, 9.25, 12])


def test_an_s_curve_rises_slowly_fast_and_slowly_again() -> None:
    shares = flow("1 GBP/month", MONTH, ramp=s_curve(4))
    assert shares[1:] == [0.15625, 0.5, 0.84375, 1, 1, 1]


@pytest.mark.parametrize("grid", [MONTH, QUARTER, YEAR], ids=["month", "quarter", "year"])
def test_shares_of_years_hold_for_whole_years_and_the_last_goes_on(grid: dict[str, Any]) -> None:
    result = calculate(
        case(benefit("gain", "120 GBP/year", ramp=(0.3, 0.7, 1.0)), **{**grid, "months": 48})
    )
    totals = [result.value(f"benefits.gain.year_{year}") for year in range(1, 5)]
    assert totals == pytest.approx([36, 84, 120, 120])


def test_growth_is_a_yearly_step_since_the_start_of_the_line() -> None:
    result = calculate(case(benefit("gain", "10 GBP/month", growth="10%", starts=4), months=36))
    net = result.lines[0].net
    assert net[3:5].tolist() == [0, 10]
    assert net[15:17].tolist() == pytest.approx([10, 11])
    assert net[27:29].tolist() == pytest.approx([11, 12.1])


def test_growth_may_say_that_it_is_yearly() -> None:
    plain = flow("10 GBP/month", {"months": 36}, growth="3%")
    assert flow("10 GBP/month", {"months": 36}, growth="3%/year") == plain


def test_an_assumption_grows_by_the_year_of_the_case() -> None:
    result = calculate(
        case(assumption("price", 100, "GBP/year", growth=0.1), benefit("gain", "price"), **YEAR)
    )
    assert result.lines[0].net.tolist() == pytest.approx([0, 100, 110, 121])
    assert result.lines[0].amount.tolist() == pytest.approx([100, 100, 110, 121])


def test_the_last_of_yearly_values_is_carried_on() -> None:
    price = assumption("price", 100, "GBP/year", values=(100.0, 120.0))
    assert flow("price", YEAR, price) == [0, 100, 120, 120]


def test_slipping_a_milestone_moves_the_benefit() -> None:
    def launched(day: date) -> Case:
        return case(milestone("launch", day), benefit("gain", "10 GBP/month", starts="launch"))

    early = calculate(launched(date(2027, 4, 1)))
    late = calculate(launched(date(2027, 6, 1)))
    assert early.value("total_benefits") - late.value("total_benefits") == pytest.approx(20)


# --------------------------------------------------------------------------- laws


@given(ramps(), st.integers(1, 40))
def test_a_coarse_ramp_is_the_average_of_the_monthly_one(ramp: Ramp, quarters: int) -> None:
    monthly = ramp_factors(ramp, _since(3 * quarters), 1)
    quarterly = ramp_factors(ramp, _since(quarters), 3)
    averages = [sum(monthly[3 * q : 3 * q + 3]) / 3 for q in range(quarters)]
    assert quarterly.tolist() == pytest.approx(averages)


@given(st.integers(1, 60), st.sampled_from(RampShape))
def test_a_ramp_in_months_only_rises_and_ends_full(months: int, shape: RampShape) -> None:
    factors = ramp_factors(Ramp(months=months, shape=shape), _since(80), 1).tolist()
    assert factors == sorted(factors)
    assert 0 < factors[0] <= 1
    assert factors[months - 1 :] == [1.0] * (81 - months)


def _since(periods: int) -> Any:
    import numpy as np

    return np.arange(periods)


@given(st.integers(1, 60), st.integers(0, 40), st.sampled_from(["month", "quarter", "year"]))
def test_what_is_spread_within_the_horizon_adds_up_to_the_amount(
    months: int, start: int, period: str
) -> None:
    result = calculate(
        case(investment("fee", "900 GBP", starts=start, spread=months), months=1200, period=period)
    )
    assert result.value("total_investment") == pytest.approx(900)


@given(cases())
def test_gross_times_factors_is_net_in_every_period(case: Case) -> None:
    for line in calculate(case).lines:
        product = line.gross.copy()
        for factor in line.factors:
            product = product * factor.values
        assert line.net.tolist() == pytest.approx(product.tolist(), rel=1e-12, abs=1e-9)
        assert line.gross.tolist() == pytest.approx(
            (line.amount * line.profile).tolist(), rel=1e-12, abs=1e-9
        )


@given(cases())
def test_a_line_flows_in_no_period_but_those_it_says(case: Case) -> None:
    for line in calculate(case).lines:
        active = [p for p, share in enumerate(line.ramp) if share]
        flows = [p for p, amount in enumerate(line.net) if amount]
        assert set(flows) <= set(active)
        if active:
            assert (line.first, line.last) == (active[0], active[-1])
        else:
            assert (line.first, line.last) == (0, -1)
            assert line.timing_text == "outside the horizon"


@given(cases())
def test_the_columns_of_the_report_add_up_to_the_totals(case: Case) -> None:
    result = calculate(case)
    names = [line.prefix for line in result.lines]
    for name in names:
        _assert_columns_add_up(result, name, f"{name}.total")
    for name in ("total_benefits", "total_investment"):
        _assert_columns_add_up(result, name, name)
    _assert_columns_add_up(result, "net", "value")


@given(cases())
def test_running_totals_and_discounted_columns_lead_to_value_and_npv(case: Case) -> None:
    result = calculate(case)
    net = [result.value(f"net.{column}") for column in result.axis.columns]
    scale = 1e-9 * max(1.0, *map(abs, net))
    for number, column in enumerate(result.axis.columns, start=1):
        total = result.value(f"cumulative.{column}")
        assert total == pytest.approx(sum(net[:number]), abs=scale)
    discounted = [result.value(f"discounted.{column}") for column in result.axis.columns]
    scale = 1e-9 * max(1.0, *map(abs, discounted))
    assert sum(discounted) == pytest.approx(result.value("npv"), abs=scale)


def _assert_columns_add_up(result: Any, prefix: str, total: str) -> None:
    columns = [result.value(f"{prefix}.{column}") for column in result.axis.columns]
    scale = max(1.0, *map(abs, columns))
    assert sum(columns) == pytest.approx(result.value(total), abs=1e-9 * scale)


@given(cases())
def test_lines_add_up_to_the_rows_of_the_cash_flow(case: Case) -> None:
    result = calculate(case)
    for kind, row in (("benefit", "benefits"), ("investment", "investment")):
        lines = [line.net for line in result.lines if line.kind == kind and not line.non_monetary]
        expected = sum(lines, 0 * result.series[row])
        assert result.series[row].tolist() == pytest.approx(expected.tolist(), rel=1e-12, abs=1e-9)
    net = result.series["benefits"] - result.series["investment"]
    assert result.series["net"].tolist() == net.tolist()
    assert result.series["discounted"].tolist() == pytest.approx(
        (net * result.series["discount_factor"]).tolist(), rel=1e-12
    )


def test_haircuts_lower_benefits_and_risk_raises_investments() -> None:
    result = calculate(
        case(
            benefit("gain", "1000 GBP", realisation="80%", attribution="50%", risk="10%"),
            investment("cost", "1000 GBP", risk="10%"),
        )
    )
    assert result.value("benefits.gain.gross") == 1000
    assert result.value("benefits.gain.total") == pytest.approx(360)
    assert result.value("investments.cost.total") == pytest.approx(1100)
    factors = {f.name: f.multiplier for line in result.lines[:1] for f in line.factors}
    assert factors == pytest.approx({"realisation": 0.8, "attribution": 0.5, "risk": 0.9})


def test_a_haircut_may_be_a_formula_over_time() -> None:
    result = calculate(
        case(
            assumption("adopted", 0.5, "%"),
            calculation("share", "min(1, adopted * year)"),
            benefit("gain", "100 GBP/year", realisation="share"),
            **YEAR,
        )
    )
    assert result.lines[0].net.tolist() == pytest.approx([0, 50, 100, 100])
