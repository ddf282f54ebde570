"""Examples that others have published, calculated as cases and held to their printed digits.

Each test names its example and the convention that the publisher followed. Where a printed
figure is wrong, the test is that we get the right one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.builders import assumption, benefit, calculation, case, investment, yearly_flows
from valuecalc.case.case import Case
from valuecalc.engine import finance
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Result

FILE = Path(__file__).parent.parent / "data" / "worked_examples.yaml"
EXAMPLES: dict[str, dict[str, Any]] = {
    example["id"]: example
    for example in yaml.safe_load(FILE.read_text(encoding="utf-8"))["examples"]
}

LEFT_OUT = {
    "green_book_declining_rate": "A schedule of rates without a worked present value, and a "
    "case has one discount rate.",
}


@dataclass
class Example:
    """One published example, and which of its figures have been compared."""

    id: str
    compared: set[str] = field(default_factory=set)

    def __getattr__(self, name: str) -> Any:
        return EXAMPLES[self.id][name]

    def agrees(self, name: str, found: float | Sequence[float] | None) -> None:
        """`found` is the published figure, to its printed digits."""
        assert found == self.about(name, self.expected[name])
        self.compared.add(name)

    def is_corrected(self, name: str, found: float | Sequence[float] | None) -> None:
        """`found` is what the figure should be, and not what was published."""
        assert found == self.about(name, self.recomputed[name])
        assert found != self.about(name, self.expected[name])
        self.compared.add(name)

    def about(self, name: str, figure: Any) -> Any:
        tolerance = self.tolerance.get(name, self.tolerance.get("*"))
        return pytest.approx(figure, abs=tolerance, rel=0)


Check = Callable[[Example], None]
CHECKS: list[Any] = []


def published(id: str, convention: str) -> Callable[[Check], Check]:
    """Register the test of an example; the convention becomes a part of its name."""

    def register(check: Check) -> Check:
        name = f"{id}: {convention}".replace(" ", "_")
        CHECKS.append(pytest.param(id, check, id=name))
        return check

    return register


def npv(case: Case) -> float | None:
    return calculate(case).value("npv")


def in_report_years(result: Result, row: str) -> list[float]:
    return [float(amount) for amount in result.axis.by_year(result.series[row])]


# --------------------------------------------------------------------------- whole cases


def intranet(example: Example, **settings: Any) -> Case:
    costs, benefits = example.inputs["costs"], example.inputs["benefits"]
    currency = example.inputs["currency"]
    yearly_cost, yearly_gain = costs["years"][0], benefits["years"][0]
    assert set(costs["years"]) == {yearly_cost}
    assert set(benefits["years"]) == {yearly_gain}
    return case(
        investment("project", f"{costs['initial']} {currency}"),
        investment("upkeep", f"{yearly_cost} {currency}/year", starts=1),
        benefit("gain", f"{yearly_gain} {currency}/year"),
        period="year",
        rate=0.08,
        currency=currency,
        conventions={"payback": "whole_periods"},
        **settings,
    )


@published("schwalbe_jwd_8pct", "initial outlay undiscounted, years at their end, discounted ROI")
def _(example: Example) -> None:
    result = calculate(intranet(example))
    example.agrees("discounted_costs", in_report_years(result, "discounted_investment"))
    example.agrees("discounted_benefits", in_report_years(result, "discounted_benefits"))
    example.agrees("cumulative_discounted", result.series["cumulative_discounted"].tolist())
    example.agrees("costs_pv", result.value("pv_investment"))
    example.agrees("benefits_pv", result.value("pv_benefits"))
    example.agrees("npv", result.value("npv"))
    example.agrees("roi_pct", 100 * result.value("roi_discounted"))
    example.agrees("payback_in_year", result.value("payback_discounted") / 12)


@published("schwalbe_jwd_8pct_rounded_factors", "discount factors rounded to two decimals")
def _(example: Example) -> None:
    result = calculate(intranet(example, factor_decimals=2))
    factors = example.conventions["discount_factors"]
    assert result.axis.discount_factor.tolist() == pytest.approx(factors, abs=1e-12)
    example.agrees("costs_pv", result.value("pv_investment"))
    example.agrees("benefits_pv", result.value("pv_benefits"))
    example.agrees("npv", result.value("npv"))
    example.agrees("cumulative_discounted", result.series["cumulative_discounted"].tolist())
    example.agrees("roi_pct", 100 * result.value("roi_discounted"))
    example.agrees("payback_in_year", result.value("payback_discounted") / 12)


@published("schwalbe_exercise_10pct_answer_key", "no initial column, undiscounted ROI mended")
def _(example: Example) -> None:
    costs = example.inputs["costs_years_1_to_4"]
    gains = example.inputs["benefits_years_1_to_4"]
    result = calculate(
        case(
            *(investment(f"cost_{y}", f"{a} GBP", starts=y) for y, a in enumerate(costs, 1)),
            *(benefit(f"gain_{y}", f"{a} GBP", starts=y) for y, a in enumerate(gains, 1)),
            period="year",
            months=48,
            conventions={"roi": "undiscounted"},
        )
    )
    example.agrees("discounted_net", in_report_years(result, "discounted")[1:])
    example.agrees("npv", result.value("npv"))
    example.agrees("payback_years", result.value("payback") / 12)
    example.is_corrected("roi_pct", 100 * result.value("roi"))
    assert result.value("roi_discounted") == pytest.approx(-0.0944, abs=5e-5)
    assert "signs" in {warning.code for warning in result.warnings}


@published("qa_project_a_825", "initial outlay undiscounted, discounted payback both ways")
def _(example: Example) -> None:
    flows, rate = example.inputs["cash_flows"], example.conventions["discount_rate"]
    result = calculate(yearly_flows(flows, rate=rate))
    example.agrees("npv", result.value("npv"))
    example.agrees("npv_first_3_years", npv(yearly_flows(flows[:4], rate=rate)))
    example.agrees("irr_pct", 100 * result.value("irr"))
    example.agrees("mirr_pct", 100 * result.value("mirr"))
    interpolated = result.value("payback_discounted")
    example.agrees("discounted_payback_interpolated", interpolated / 12)
    whole = calculate(yearly_flows(flows, rate=rate, conventions={"payback": "whole_periods"}))
    example.agrees("discounted_payback_whole_years", whole.value("payback_discounted") / 12)


# --------------------------------------------------------------------------- dated flows


def dated(example: Example) -> tuple[list[float], list[date]]:
    flows = example.inputs["flows"]
    return (
        [float(flow["amount"]) for flow in flows],
        [date.fromisoformat(flow["date"]) for flow in flows],
    )


def years_since_first(days: Sequence[date], day_count: str = "actual/365") -> list[float]:
    return [finance.year_fraction(days[0], day, day_count) for day in days]


def dated_npv(example: Example) -> float:
    amounts, days = dated(example)
    return finance.npv(amounts, example.conventions["xnpv_rate"], years_since_first(days))


def dated_irr(example: Example, day_count: str = "actual/365") -> float | None:
    amounts, days = dated(example)
    return finance.internal_rates(amounts, years_since_first(days, day_count)).unique


@published("excel_xnpv_xirr", "actual days over 365 from the first date")
def _(example: Example) -> None:
    example.agrees("xnpv", dated_npv(example))
    example.agrees("xirr", dated_irr(example))


@published("libreoffice_xirr_xnpv_as_printed", "actual days over 365, with the misprinted date")
def _(example: Example) -> None:
    example.is_corrected("xnpv", dated_npv(example))
    example.is_corrected("xirr", dated_irr(example))


@published("libreoffice_xirr_xnpv_corrected", "actual days over 365, with the date as meant")
def _(example: Example) -> None:
    example.agrees("xnpv", dated_npv(example))
    example.agrees("xirr", dated_irr(example))


@published("pyxirr_minus_99", "actual days over 365, nearly all is lost")
def _(example: Example) -> None:
    example.agrees("xirr", dated_irr(example))


@published("pyxirr_zeros", "actual days over 365 on a yearly grid, zeros before and after")
def _(example: Example) -> None:
    amounts, days = dated(example)
    assert {(day.month, day.day) for day in days} == {(12, 31)}
    start = date(days[0].year + 1, 1, 1)
    result = calculate(yearly_flows(amounts, start=start, day_count="actual/365"))
    example.agrees("xirr", result.value("irr"))


@published("mathworks_xirr_daycount", "four ways to count days")
def _(example: Example) -> None:
    example.agrees("act_365F", dated_irr(example, "actual/365"))
    example.agrees("act_360", dated_irr(example, "actual/360"))
    example.agrees("thirty_360", dated_irr(example, "30/360"))
    example.agrees("act_act_isda", dated_irr(example, "actual/actual"))


# --------------------------------------------------------------------------- where a stream starts


@published("libreoffice_npv", "a stream from period 1, and its outlay at 0 beside it")
def _(example: Example) -> None:
    rate, later = example.conventions["discount_rate"], example.inputs["future_flows"]
    example.agrees("npv_function", npv(yearly_flows(later, first_period=1, rate=rate)))
    whole = [example.inputs["time_zero"], *later]
    example.agrees("net_present_value", npv(yearly_flows(whole, rate=rate)))


@published("npf_npv_doc", "the first flow at 0, or at 1")
def _(example: Example) -> None:
    flows, rate = example.inputs["cash_flows"], example.conventions["discount_rate"]
    example.agrees("npv_t0", npv(yearly_flows(flows, rate=rate)))
    example.agrees("npv_t1", npv(yearly_flows(flows, first_period=1, rate=rate)))
    example.agrees("npv_t1_rate0", npv(yearly_flows(flows, first_period=1, rate=0.0)))


@published("npf_npv_test", "the first flow at 0")
def _(example: Example) -> None:
    flows, rate = example.inputs["cash_flows"], example.conventions["discount_rate"]
    example.agrees("npv", npv(yearly_flows(flows, rate=rate)))


@published("npf_npv_grid", "the first flow at 0, three rates by two streams")
def _(example: Example) -> None:
    found = [
        npv(yearly_flows(stream, rate=rate))
        for rate in example.inputs["rates"]
        for stream in example.inputs["streams"]
    ]
    example.agrees("grid_row_major", found)


@published("poi_256_npv_convention", "the first flow at 0 (textbook) or at 1 (spreadsheet)")
@published("financejs_20_npv_convention", "the first flow at 0 (textbook) or at 1 (spreadsheet)")
def _(example: Example) -> None:
    flows, rate = example.inputs["cash_flows"], example.conventions["discount_rate"]
    example.agrees("textbook_t0", npv(yearly_flows(flows, rate=rate)))
    example.agrees("excel_style_t1", npv(yearly_flows(flows, first_period=1, rate=rate)))


# --------------------------------------------------------------------------- rates of return


@published("npf_irr_a", "the only root above -100 %")
@published("npf_irr_b", "the only root above -100 %, below zero")
@published("npf_irr_c", "the only root above -100 %")
def _(example: Example) -> None:
    result = calculate(yearly_flows(example.inputs["cash_flows"]))
    example.agrees("irr", result.value("irr"))
    roots = example.conventions["all_real_roots_above_minus_1"]
    assert [result.value("irr")] == pytest.approx(roots, abs=5e-9)


@published("npf_irr_gh44", "one of two roots, so that the IRR is not unique")
def _(example: Example) -> None:
    flows = example.inputs["cash_flows"]
    near_total_loss, found = finance.internal_rates(flows, range(len(flows))).rates
    example.agrees("irr", found)
    assert near_total_loss == pytest.approx(-0.999791, abs=5e-7)
    figure = calculate(yearly_flows(flows)).figure("irr")
    assert figure.value is None
    assert figure.note.startswith("Not unique")
    assert "100.4%" in figure.note


@published("excel_mirr_5y", "finance and reinvestment rates apart")
@published("excel_mirr_3y", "finance and reinvestment rates apart")
@published("npf_mirr_1", "finance and reinvestment rates apart")
@published("npf_mirr_3", "finance and reinvestment rates apart, an inflow first")
@published("npf_mirr_doc", "finance and reinvestment rates apart")
@published("pyxirr_mirr", "both rates alike")
def _(example: Example) -> None:
    rates = {
        "finance_rate": example.conventions["finance_rate"],
        "reinvestment_rate": example.conventions["reinvest_rate"],
    }
    result = calculate(yearly_flows(example.inputs["cash_flows"], conventions=rates))
    example.agrees("mirr", result.value("mirr"))


# --------------------------------------------------------------------------- discount factors


@published("green_book_table2_stpr", "year 0 undiscounted, whole years")
def _(example: Example) -> None:
    amount, years = example.inputs["amount"], example.inputs["years"]
    result = calculate(
        case(
            *(benefit(f"in_{year}", f"{amount} GBP", starts=year) for year in years),
            period="year",
            months=12 * max(years),
            rate=example.conventions["discount_rate"],
        )
    )
    values = [result.value(f"benefits.in_{year}.pv") for year in years]
    example.agrees("present_values", values)


def one_amount(example: Example, timing: str) -> Result:
    year = example.inputs["year"]
    return calculate(
        case(
            benefit("amount", f"{example.inputs['amount']} GBP", starts=year),
            period="year",
            months=12 * year,
            rate=example.conventions["discount_rate"],
            timing=timing,
        )
    )


@published("midyear_1000_y3_10pct", "at the end and in the middle of a year")
def _(example: Example) -> None:
    example.agrees("pv_end", one_amount(example, "end").value("npv"))
    middle = one_amount(example, "mid")
    example.agrees("factor_mid", 1 / float(middle.axis.discount_factor[-1]))
    assert middle.value("npv") == pytest.approx(787.99, abs=0.005)


@published("midyear_1000_y5_10pct", "in the middle of a year")
def _(example: Example) -> None:
    example.agrees("pv_mid", one_amount(example, "mid").value("npv"))


# --------------------------------------------------------------------------- drivers


def optimism_bias(example: Example, kind: str) -> Result:
    """The bias as a risk on works of 1,000 GBP."""
    projects = example.inputs[kind]
    shares = [assumption(f"share_{i}", p["share"], "%") for i, p in enumerate(projects)]
    bounds = [assumption(f"bound_{i}", p["upper_bound"], "%") for i, p in enumerate(projects)]
    terms = " + ".join(f"share_{i} * bound_{i}" for i in range(len(projects)))
    return calculate(
        case(
            *shares,
            *bounds,
            calculation("bias", terms, "%"),
            investment("works", "1000 GBP", risk="bias"),
        )
    )


@published("green_book_optimism_bias_combined", "upper bounds weighted by share, as a risk")
def _(example: Example) -> None:
    capital = optimism_bias(example, "capex")
    example.agrees("capex_ob_pct", 100 * capital.value("calculations.bias"))
    assert capital.value("total_investment") == pytest.approx(1321)
    duration = optimism_bias(example, "duration")
    example.agrees("duration_ob_pct", 100 * duration.value("calculations.bias"))


@published("agent_skill_value_selling_flawed", "hours, weeks and people as units")
def _(example: Example) -> None:
    given = example.inputs
    labour = calculate(
        case(
            assumption("hours", given["hours_per_week_per_rep"], "hours/week/rep"),
            assumption("hours_saved", given["hours_saved_per_week_per_rep"], "hours/week/rep"),
            assumption("reps", given["reps"], "rep"),
            assumption("rate", given["rate"], "USD/hour"),
            assumption("weeks", given["weeks"], "week/year"),
            assumption("capacity_revenue", given["capacity_revenue"], "USD/year"),
            calculation("labour_cost_per_week", "hours * reps * rate", "USD/week"),
            calculation("labour_cost_per_year", "labour_cost_per_week * weeks", "USD/year"),
            calculation("labour_savings", "hours_saved * reps * rate * weeks", "USD/year"),
            calculation("value", "labour_savings + capacity_revenue"),
            benefit("gain", "value"),
            period="year",
            months=12,
            currency="USD",
        )
    )
    for name in ("labour_cost_per_week", "labour_cost_per_year", "labour_savings", "value"):
        example.is_corrected(name, labour.value(f"calculations.{name}"))
    assert labour.value("total_benefits") == pytest.approx(example.recomputed["value"])

    one_base = calculate(
        case(
            benefit("gain", f"{example.expected['value']} USD/year"),
            investment("solution", f"{given['solution_annual']} USD"),
            investment("implementation", f"{given['implementation']} USD"),
            investment("training", f"{given['training']} USD"),
            months=12,
            currency="USD",
            conventions={"roi": "undiscounted"},
        )
    )
    example.is_corrected("roi_pct", 100 * one_base.value("roi"))
    example.agrees("payback_months", one_base.value("payback"))
    assert one_base.value("payback") == pytest.approx(
        example.recomputed["payback_months"], abs=5e-4
    )


# --------------------------------------------------------------------------- the tests


@pytest.mark.parametrize(("id", "check"), CHECKS)
def test_a_published_example_is_reproduced(id: str, check: Check) -> None:
    example = Example(id)
    check(example)
    assert example.compared == set(example.expected), "every printed figure is compared"


def test_every_published_example_is_either_tested_or_listed_with_its_reason() -> None:
    tested = {param.values[0] for param in CHECKS}
    assert tested.isdisjoint(LEFT_OUT)
    assert tested | set(LEFT_OUT) == set(EXAMPLES)
    assert all(LEFT_OUT.values())


def test_the_spreadsheet_npv_is_the_textbook_one_a_year_later() -> None:
    flows, rate = [-1000, 500, 300, 800], 0.08
    textbook = npv(yearly_flows(flows, rate=rate))
    spreadsheet = npv(yearly_flows(flows, first_period=1, rate=rate))
    assert math.isclose(textbook / spreadsheet, 1.08, rel_tol=1e-12)
