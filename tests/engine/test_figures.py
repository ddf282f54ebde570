"""The figures of a case by hand, and what is null with which reason."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given

from tests.builders import assumption, benefit, calculation, case, investment, yearly_flows
from tests.strategies import cases
from valuecalc.case.case import Case, Grade
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Result
from valuecalc.engine.trace import explain
from valuecalc.errors import UnknownName


def three_years() -> Result:
    """1,000 a year for an outlay of 1,500 and 100 a year, at 10 %."""
    return calculate(
        case(
            benefit("gain", "1000 GBP/year", category="cost_reduction"),
            investment("outlay", "1500 GBP"),
            investment("upkeep", "100 GBP/year", starts=1),
            period="year",
        )
    )


PV_OF_ONE_A_YEAR = 1 / 1.1 + 1 / 1.21 + 1 / 1.331


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("total_benefits", 3000),
        ("total_investment", 1800),
        ("value", 1200),
        ("value_year_1", -600),
        ("pv_benefits", 1000 * PV_OF_ONE_A_YEAR),
        ("pv_investment", 1500 + 100 * PV_OF_ONE_A_YEAR),
        ("npv", 900 * PV_OF_ONE_A_YEAR - 1500),
        ("roi", 1200 / 1800),
        ("roi_discounted", (900 * PV_OF_ONE_A_YEAR - 1500) / (1500 + 100 * PV_OF_ONE_A_YEAR)),
        ("roi_annual", (3000 - 300) / 3 / 1500),
        ("benefit_cost_ratio", 1000 * PV_OF_ONE_A_YEAR / (1500 + 100 * PV_OF_ONE_A_YEAR)),
        ("payback", 12 + 12 * 600 / 900),
        ("payback_discounted", 12 + 12 * (1500 - 900 / 1.1) / (900 / 1.21)),
        ("peak_funding", -1500),
        ("peak_funding_month", 0),
        ("net.initial", -1500),
        ("net.year_2", 900),
        ("total_benefits.year_3", 1000),
        ("investments.upkeep.year_1", 100),
        ("investments.outlay.initial", 1500),
        ("benefits.gain.pv", 1000 * PV_OF_ONE_A_YEAR),
        ("hard.total", 3000),
        ("hard.share", 1),
        ("soft.total", 0),
        ("categories.cost_reduction.total", 3000),
        ("evidence.e.total", 3000),
        ("evidence.a.share", 0),
        ("finance_view.value", -1800),
        ("horizon_years", 3),
        ("annual_net_benefit", 900),
    ],
)
def test_a_figure_by_hand(name: str, value: float) -> None:
    assert three_years().value(name) == pytest.approx(value)


def test_the_cost_of_delay_is_what_one_month_later_costs() -> None:
    result = three_years()
    delayed = [1000 * 11 / 12, 1000, 1000]
    pv = sum(amount / 1.1**year for year, amount in enumerate(delayed, start=1))
    assert result.value("npv_delayed") == pytest.approx(pv - result.value("pv_investment"))
    assert result.value("cost_of_delay") == pytest.approx(1000 / 12 / 1.1)


def test_on_a_monthly_grid_the_cost_of_delay_moves_every_benefit_by_one_period() -> None:
    result = calculate(case(benefit("gain", "100 GBP/month"), months=12, rate=0.0))
    assert result.value("cost_of_delay") == pytest.approx(100)


@pytest.mark.parametrize(
    ("roi", "headline"),
    [("discounted", "roi_discounted"), ("undiscounted", "roi"), ("annual", "roi_annual")],
)
def test_the_roi_of_the_convention_is_the_one_in_the_headline(roi: str, headline: str) -> None:
    result = calculate(case(investment("cost", "1 GBP"), conventions={"roi": roi}))
    shown = [figure.name for figure in result.headline if figure.name.startswith("roi")]
    assert shown == [headline]
    assert any(convention.name == "roi" for convention in result.conventions)


def test_evidence_grades_share_out_the_benefits_and_the_weakest_input_decides() -> None:
    result = calculate(
        case(
            assumption("measured", 100, "GBP/month", grade="A"),
            assumption("estimated", 0.5, "%", grade="C"),
            assumption("asserted", 50, "GBP/month"),
            calculation("half", "measured * estimated"),
            benefit("sure", "measured"),
            benefit("likely", "half"),
            benefit("hoped", "asserted"),
            benefit("typed", "10 GBP/month"),
            benefit("cut", "measured", realisation="estimated"),
            investment("cost", "600 GBP"),
            months=12,
        )
    )
    grades = {line.id: line.grade for line in result.lines}
    assert grades == {
        "sure": Grade.A,
        "likely": Grade.C,
        "hoped": Grade.E,
        "typed": Grade.E,
        "cut": Grade.C,
        "cost": Grade.E,
    }
    assert result.value("evidence.a.total") == 1200
    assert result.value("evidence.c.total") == 1200
    assert result.value("evidence.e.total") == 720
    assert sum(share.amount for share in result.evidence) == result.value("total_benefits")
    assert result.value("finance_view.benefits") == 1200
    assert result.value("finance_view.value") == 600


def test_a_stock_is_as_weak_as_what_flows_into_it_whichever_is_asked_for_first() -> None:
    result = calculate(
        case(
            assumption("strong", 1, "user", grade="A"),
            assumption("weak", 1, "user", grade="D"),
            calculation("here", "previous(there, strong) + strong"),
            calculation("there", "previous(here, weak)"),
            benefit("gain", "there * 1 GBP/user/month"),
        )
    )
    assert [each.grade for each in result.calculations] == [Grade.D, Grade.D]
    assert result.lines[0].grade is Grade.D


def test_money_that_no_assumption_stands_for_is_our_own_assumption() -> None:
    strong = assumption("small", 1, "GBP", grade="A")
    assert calculate(case(strong, benefit("gain", "small + 5m GBP"))).lines[0].grade is Grade.E
    assert calculate(case(strong, benefit("gain", "small + 0 GBP"))).lines[0].grade is Grade.A


def test_a_stock_of_bare_numbers_is_our_own_assumption() -> None:
    result = calculate(
        case(
            calculation("users", "previous(users, 5) + 1"),
            benefit("gain", "users * 1 GBP/month"),
        )
    )
    assert result.lines[0].grade is Grade.E


def test_outcomes_are_counted_in_their_own_unit_and_never_added_to_money() -> None:
    result = calculate(
        case(
            benefit("tickets", "5 ticket/week", non_monetary=True),
            benefit("gain", "10 GBP/month"),
            investment("cost", "50 GBP"),
            months=12,
        )
    )
    assert result.value("total_benefits") == 120
    figure = result.figure("benefits.tickets.total")
    assert (figure.value, figure.unit) == (pytest.approx(5 * 365 / 7), "ticket")
    assert "benefits.tickets.pv" not in result.figures
    assert [line.id for line in result.outcomes] == ["tickets"]
    assert [line.id for line in result.benefits] == ["gain"]


# --------------------------------------------------------------------------- bad numbers


def test_a_case_without_anything_has_figures_and_reasons() -> None:
    result = calculate(case())
    for name in ("value", "npv", "total_benefits", "total_investment", "cost_of_delay"):
        assert result.value(name) == 0
    assert result.figure("roi").note == "There is no investment to divide by."
    assert result.figure("irr").note.startswith("None: the net flow never changes its sign")
    assert result.figure("payback").note == "There is no investment to pay back."
    assert result.figure("mirr").note == "There are no outflows or no inflows to compare."
    assert result.figure("soft.share").note == "There are no benefits to divide by."
    assert {"no_benefits", "no_investment"} <= {warning.code for warning in result.warnings}


def test_benefits_without_an_investment_have_no_ratio_and_nothing_to_pay_back() -> None:
    result = calculate(case(benefit("gain", "10 GBP/month")))
    assert result.value("value") == 360
    for name in ("roi", "roi_discounted", "roi_annual", "benefit_cost_ratio", "irr", "payback"):
        assert result.value(name) is None
        assert result.figure(name).note
    assert result.value("peak_funding") == 0
    assert result.figure("peak_funding").note == "Cumulative cash is never below zero."
    assert result.value("peak_funding_month") is None


def test_an_investment_without_benefits_is_a_loss_that_never_pays_back() -> None:
    result = calculate(case(investment("cost", "1000 GBP")))
    assert result.value("value") == -1000
    assert result.value("roi") == -1
    assert result.value("roi_discounted") == -1
    assert result.value("benefit_cost_ratio") == 0
    assert result.figure("payback").value is None
    assert result.figure("payback").note == "Not within the horizon of 3 years."
    assert result.value("irr") is None
    assert result.value("peak_funding") == -1000
    assert "payback" in {warning.code for warning in result.warnings}


def test_a_negative_case_is_a_result_with_its_sign() -> None:
    result = calculate(case(benefit("gain", "10 GBP/month"), investment("cost", "1000 GBP")))
    assert result.value("value") == pytest.approx(-640)
    assert result.value("npv") < -640
    assert result.value("roi") == pytest.approx(-0.64)
    assert -1 < result.value("irr") < 0
    assert result.figure("value").text == "\u2212£640"


def test_rates_side_by_side_have_the_same_number_of_decimals() -> None:
    result = calculate(case(benefit("gain", "10 GBP/month"), investment("cost", "1000 GBP")))
    assert result.figure("roi").text == "\u221264.0%"
    assert result.figure("roi").short == "\u221264.0%"


def test_a_benefit_that_is_negative_counts_as_such() -> None:
    result = calculate(case(benefit("dip", "-100 GBP/month"), months=3))
    assert result.value("total_benefits") == -300


def test_everything_at_zero_is_zero_and_not_an_error() -> None:
    result = calculate(
        case(
            assumption("nothing", 0, "GBP/month"),
            benefit("gain", "nothing"),
            benefit("zero", "0"),
            investment("cost", "0 GBP"),
        )
    )
    assert result.value("value") == 0
    assert result.figure("payback").note == "There is no investment to pay back."
    assert result.figure("soft.share").value is None


def test_an_irr_that_is_not_unique_is_null_and_names_the_roots() -> None:
    result = calculate(yearly_flows([-100, 230, -132]))
    assert result.value("irr") is None
    assert result.figure("irr").note == (
        "Not unique: the NPV is zero at 10.0% and 20.0%. See the modified IRR."
    )
    assert result.value("mirr") is not None
    assert "irr" in {warning.code for warning in result.warnings}


@pytest.mark.parametrize(
    "formula",
    [
        "1 GBP / nothing",
        "1 GBP * ln(nothing - 1)",
        "1 GBP * sqrt(-1 - nothing)",
        "1 GBP * (nothing - 8) ^ 0.3",
        "1 GBP * nothing ^ -1",
        "1 GBP * exp(1000000 + nothing)",
        "1e18 GBP * (1000 + nothing) ^ 100",
        "1 GBP * round(1, 400 / nothing)",
        "1 GBP * ln(nothing)",
        "1 GBP * abs(nothing) / abs(nothing)",
        "max(1 GBP / nothing, 0 GBP)",
        "max(0 GBP, 1 GBP * ln(nothing - 1))",
    ],
)
def test_an_undefined_line_makes_its_figures_null_with_the_place(formula: str) -> None:
    result = calculate(
        case(
            assumption("nothing", 0),
            benefit("odd", formula, starts=2),
            benefit("sound", "10 GBP/month"),
            investment("cost", "100 GBP"),
        )
    )
    reason = "“Odd” is undefined in Feb 2027: its formula divides by zero"
    for name in ("benefits.odd.total", "total_benefits", "value", "npv", "roi", "payback", "irr"):
        assert result.value(name) is None, name
        assert result.figure(name).note.startswith(reason), name
    assert result.value("benefits.sound.total") == 360
    assert result.value("total_investment") == 100
    assert result.value("benefits.odd.year_1") is None
    assert [w.place for w in result.warnings if w.code == "undefined"] == ["benefits.odd.formula"]
    assert result.lines[0].worked.startswith("= ")


def test_a_formula_that_is_undefined_only_where_the_line_does_not_flow_does_no_harm() -> None:
    result = calculate(case(benefit("gain", "60 GBP/month / period", starts=2), months=3))
    assert result.value("total_benefits") == pytest.approx(30 + 20)


def test_the_branch_that_is_not_taken_does_no_harm() -> None:
    result = calculate(
        case(
            assumption("nothing", 0),
            benefit("gain", "if(nothing > 0, 1 GBP / nothing, 5 GBP)"),
        )
    )
    assert result.value("total_benefits") == 5


def test_each_undefined_line_names_itself() -> None:
    result = calculate(
        case(
            assumption("nothing", 0),
            benefit("one", "1 GBP / nothing"),
            investment("two", "1 GBP / nothing"),
        )
    )
    assert "“One”" in result.figure("benefits.one.total").note
    assert "“Two”" in result.figure("investments.two.total").note


def test_sums_that_overflow_are_null_and_not_infinite() -> None:
    nearly = "1.7e17 GBP * 1e18 ^ 16 * 1000"
    result = calculate(case(*(benefit(f"gain_{n}", nearly) for n in range(3))))
    assert result.value("benefits.gain_0.total") == pytest.approx(1.7e308)
    assert result.value("total_benefits") is None
    assert result.figure("value").note


def test_an_assumption_that_grows_beyond_all_numbers_is_null() -> None:
    result = calculate(
        case(
            assumption("price", 1, "GBP/month", growth=1e9),
            benefit("gain", "price"),
            months=1200,
        )
    )
    assert result.value("value") is None
    assert result.value("assumptions.price") == 1


def test_a_discount_rate_of_minus_100_percent_leaves_the_undiscounted_figures() -> None:
    result = calculate(
        case(benefit("gain", "10 GBP/month"), investment("cost", "5 GBP"), rate=-1.0)
    )
    assert result.value("value") == 355
    assert result.value("npv") is None
    assert result.figure("npv").note


@given(cases(hazards=True))
def test_no_figure_is_ever_infinite_or_no_number(case: Case) -> None:
    result = calculate(case)
    for figure in result.figures.values():
        if figure.value is None:
            assert figure.note, f"{figure.name} says why it is null"
            assert figure.text == "–"
        else:
            assert math.isfinite(figure.value), figure.name
            assert "nan" not in figure.text
            assert "inf" not in figure.short
    values = {name: figure.value for name, figure in result.figures.items()}
    json.dumps(values, allow_nan=False)


@given(cases(hazards=True))
def test_no_text_of_a_result_shows_what_is_no_number(case: Case) -> None:
    result = calculate(case)
    texts = [line.worked for line in result.lines]
    texts += [each.worked for each in result.calculations]
    texts.append(result.statement.text)
    for text in texts:
        assert "nan" not in text
        assert "inf" not in text


@given(cases(hazards=True))
def test_what_is_null_can_be_explained_as_well(case: Case) -> None:
    result = calculate(case)
    waiting = [explain(result, name) for name in ("npv", "irr", "roi", "payback")]
    while waiting:
        trace = waiting.pop()
        assert trace.value is None or math.isfinite(trace.value)
        assert trace.value is not None or trace.note, trace.name
        waiting += trace.parts


def test_a_name_that_does_not_exist_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean npv"):
        calculate(case()).value("npw")
