"""Figures over many draws are the figures of each draw, and missing where they are missing."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench import reference
from tests.builders import assumption, benefit, investment, spent_again, yearly_flows
from tests.builders import case as build
from tests.strategies import cases
from valuecalc.case.case import Case
from valuecalc.engine.calculate import calculate
from valuecalc.engine.model import compile_case
from valuecalc.engine.result import Result
from valuecalc.engine.searches import SEARCHES
from valuecalc.engine.uncertainty.drawn_figures import Drawn, DrawnFigures
from valuecalc.engine.uncertainty.drawn_searches import DRAWN_SEARCHES, NO_SIGN_CHANGE
from valuecalc.errors import UnknownName

FACTORS = (1.0, 0.5, 1.25, 0.0, -1.0, 3.0, 1e-3)

Values = dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]


def drawn(case: Case, values: Values, *names: str) -> Drawn:
    model = compile_case(case)
    return DrawnFigures(model, names or calculate(case).figures).drawn(model.evaluate(values))


@st.composite
def drawn_cases(draw: st.DrawFn, hazards: bool) -> tuple[Case, Values]:
    """A case with four draws of some of its assumptions."""
    found = draw(cases(hazards=hazards))
    factors = st.lists(st.sampled_from(FACTORS), min_size=4, max_size=4)
    values = {
        each.id: each.value * np.array(draw(factors))
        for each in found.assumptions
        if draw(st.integers(0, 3))
    }
    first = found.assumptions[0]
    return found, values or {first.id: np.full(4, first.value)}


def assert_same(found: Drawn, case: Case, values: Values) -> None:
    for draw in range(4):
        one = {id: float(each[draw]) for id, each in values.items()}
        assert_same_draw(found, draw, calculate(case.with_values(one)))


def assert_same_draw(found: Drawn, draw: int, result: Result) -> None:
    flows = [abs(row).max() for row in (result.series["benefits"], result.series["investment"])]
    scale = max([each for each in flows if math.isfinite(each)], default=0.0) * 1e-9
    for name, values in found.values.items():
        figure = result.figures[name]
        # Money that is the difference of large amounts keeps their rounding.
        tolerance = scale if figure.unit == result.case.currency else 1e-9
        single = math.nan if figure.value is None else figure.value
        close = pytest.approx(single, rel=1e-9, abs=tolerance, nan_ok=True)
        assert values[draw] == close, f"{name} in draw {draw}: {figure.note}"


@given(drawn_cases(hazards=False))
def test_every_figure_of_every_draw_is_that_of_the_single_result(
    of: tuple[Case, Values],
) -> None:
    case, values = of
    assert_same(drawn(case, values), case, values)


@given(drawn_cases(hazards=True))
def test_a_figure_is_missing_in_exactly_the_draws_in_which_the_single_result_has_none(
    of: tuple[Case, Values],
) -> None:
    case, values = of
    assert_same(drawn(case, values), case, values)


def test_every_figure_of_the_reference_work_is_that_of_the_single_result() -> None:
    case = reference.case()
    random = np.random.default_rng(5)
    values = {each.id: each.value * random.uniform(0.6, 1.4, 4) for each in case.assumptions}
    assert_same(drawn(case, values), case, values)


def test_every_search_has_its_counterpart_over_draws() -> None:
    assert set(DRAWN_SEARCHES) == set(SEARCHES)


def test_totals_and_present_values_need_no_rows_over_time() -> None:
    names = ("value", "npv", "roi", "benefit_cost_ratio", "benefits.arpu.year_2", "hard.share")
    values = {"churn_cut": np.linspace(0.1, 0.2, 4)}
    found = drawn(reference.case(), values, *names)
    assert not {"benefits", "investment", "net"} & set(vars(found.rows))


def test_only_what_the_wanted_figures_rest_on_is_worked_out() -> None:
    found = drawn(reference.case(), {"churn_cut": np.linspace(0.1, 0.2, 4)}, "total_investment")
    assert set(found.values) == {"total_investment"}
    assert not [name for name in found.known if name.startswith("benefits.")]


def test_a_figure_that_the_case_does_not_have_is_refused_with_the_nearest_ones() -> None:
    with pytest.raises(UnknownName, match="Did you mean npv"):
        DrawnFigures(compile_case(reference.case()), ["nvp"])


def test_draws_without_a_figure_are_counted_by_the_line_that_is_undefined() -> None:
    divided = build(
        assumption("share", 0.5),
        benefit("gain", "100 GBP / share"),
        investment("cost", "50 GBP"),
    )
    found = drawn(divided, {"share": np.array([0.5, 0.0, 1.0, 0.0])}, "npv", "payback", "irr")
    assert np.isnan(found.values["npv"]).tolist() == [False, True, False, True]
    for name in found.values:
        (reason, count), *others = found.why(name).items()
        assert reason.startswith("“Gain” is undefined: its formula divides by zero")
        assert (count, others) == (2, [])


def test_a_payback_beyond_the_horizon_is_counted_apart_from_what_is_undefined() -> None:
    paying = build(
        assumption("gained", 100, "GBP"),
        benefit("gain", "gained / (gained / 1 GBP)"),
        benefit("more", "gained"),
        investment("cost", "50 GBP"),
    )
    found = drawn(paying, {"gained": np.array([100.0, 0.0, 10.0, 20.0])}, "payback")
    assert found.never_pays_back.tolist() == [False, False, True, True]
    assert found.why("payback")["Not within the horizon of 3 years."] == 2
    assert found.why("payback").total() == 3


def test_what_cancels_but_for_rounding_is_no_flow_in_any_draw() -> None:
    noisy = spent_again()
    values = {"later": np.array([0.0, 100.0, -100.0, 1e-13])}
    assert_same(drawn(noisy, values), noisy, values)
    found = drawn(noisy, values, "payback", "payback_discounted", "peak_funding", "mirr", "irr")
    assert found.values["payback"][1] == 0
    assert found.values["payback_discounted"][1] == 0
    assert found.values["peak_funding"].tolist() == [0, 0, -100, 0]
    assert np.isnan([found.values["mirr"], found.values["irr"]]).all()
    assert found.why("irr")[NO_SIGN_CHANGE] == 4


def test_an_investment_of_rounding_only_is_none() -> None:
    nothing = build(
        assumption("gained", 100, "GBP"),
        benefit("gain", "gained"),
        investment("cost", "(0.1 + 0.2 - 0.3) * 1 GBP"),
    )
    values = {"gained": np.array([100.0, 1e9, 1.0, 0.01])}
    assert_same(drawn(nothing, values, "payback"), nothing, values)
    assert np.isnan(drawn(nothing, values, "payback").values["payback"]).all()


def test_a_ratio_to_no_investment_says_so() -> None:
    free = build(
        assumption("cost_once", 10, "GBP"),
        benefit("gain", "9 GBP"),
        investment("cost", "cost_once"),
    )
    found = drawn(free, {"cost_once": np.array([10.0, 0.0])}, "roi", "payback", "irr")
    assert found.why("roi") == {"There is no investment to divide by.": 1}
    assert found.why("payback") == {
        "There is no investment to pay back.": 1,
        "Not within the horizon of 3 years.": 1,
    }
    assert sum(found.why("irr").values()) == 1


def test_a_case_without_draws_has_one_of_each_figure() -> None:
    model = compile_case(yearly_flows([-100, 60, 60]))
    found = DrawnFigures(model, ["irr", "npv"]).of(model.expected_of_many)
    single = calculate(model.case)
    assert {name: each.tolist() for name, each in found.items()} == {
        "irr": [pytest.approx(single.value("irr"))],
        "npv": [pytest.approx(single.value("npv"))],
    }


SEARCHED = ("payback", "payback_discounted", "peak_funding", "peak_funding_month", "irr", "mirr")


def assert_drawn_as_calculated(of: Case, *names: str) -> None:
    """The figures of a case with one more assumption, which moves nothing."""
    single = calculate(of)
    found = drawn(of, {"idle": np.array([1.0, 2.0])}, *names)
    for name in names:
        value = single.value(name)
        expected = [math.nan if value is None else value] * 2
        assert found.values[name].tolist() == pytest.approx(expected, nan_ok=True), name


@pytest.mark.parametrize("crossing", ["first", "last"])
@pytest.mark.parametrize("payback", ["interpolated", "whole_periods"])
def test_paybacks_follow_the_conventions_where_cash_crosses_zero_twice(
    crossing: str, payback: str
) -> None:
    conventions = {"payback_crossing": crossing, "payback": payback}
    twice = yearly_flows([-100, 150, -80, 300], conventions=conventions)
    idle = replace(twice, assumptions=(assumption("idle", 1),))
    assert (
        calculate(idle).value("payback")
        == {
            ("first", "interpolated"): pytest.approx(8),
            ("last", "interpolated"): pytest.approx(25.2),
            ("first", "whole_periods"): 12,
            ("last", "whole_periods"): 36,
        }[crossing, payback]
    )
    assert_drawn_as_calculated(idle, *SEARCHED)


def test_cash_that_only_rounding_keeps_below_zero_has_paid_back() -> None:
    exact = yearly_flows([-0.8, 0.1, 0.7])
    assert -0.8 + 0.1 + 0.7 < 0
    idle = replace(exact, assumptions=(assumption("idle", 1),))
    assert calculate(idle).value("payback") == pytest.approx(24)
    assert_drawn_as_calculated(idle, *SEARCHED)


def test_a_benefit_undefined_in_the_last_month_only_never_arrives_a_month_later() -> None:
    late = build(
        assumption("idle", 1),
        benefit("gain", "100 GBP/month / (12 - period)"),
        investment("cost", "50 GBP"),
        months=12,
    )
    assert calculate(late).value("npv") is None
    assert calculate(late).value("npv_delayed") is not None
    assert_drawn_as_calculated(late, "npv", "npv_delayed", "cost_of_delay")
