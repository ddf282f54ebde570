"""Exact derivatives of figures: against differences, at kinks, at jumps and in steps."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench import reference
from tests.builders import assumption, benefit, calculation, case, investment, s_curve
from tests.counting import steps_of
from tests.strategies import cases
from valuecalc.case.binding import bind
from valuecalc.case.case import Case
from valuecalc.engine import books, figures
from valuecalc.engine.calculate import calculate
from valuecalc.engine.model import compile_case
from valuecalc.engine.sensitivity.derivatives import Derivatives, Slope
from valuecalc.errors import UnknownName

FIGURES = (
    "value",
    "npv",
    "roi",
    "roi_discounted",
    "roi_annual",
    "benefit_cost_ratio",
    "irr",
    "mirr",
    "payback",
    "payback_discounted",
    "peak_funding",
    "peak_funding_month",
    "cost_of_delay",
    "value_year_1",
    "discounted.year_1",
    "cumulative.year_1",
    "soft.share",
    "finance_view.npv",
)


def slopes(of: Case, figure: str = "npv") -> dict[str, Slope]:
    return Derivatives(compile_case(of)).of(figure)


def at(of: Case, id: str) -> Callable[[float, str], float]:
    """A figure as a function of an assumption, NaN where it does not exist."""

    def figure_at(value: float, figure: str) -> float:
        found = calculate(of.with_values({id: value})).value(figure)
        return math.nan if found is None else found

    return figure_at


def difference(of: Case, id: str, figure: str) -> float | None:
    """The slope by differences, None where they do not settle: at kinks, jumps and steps."""
    here = of.assumption(id)
    assert here is not None
    step = 1e-4 * max(1.0, abs(here.value))
    figure_at = at(of, id)
    points = [figure_at(here.value + step * k, figure) for k in (-2, -1, 0, 1, 2)]
    if not all(map(math.isfinite, points)):
        return None
    wide, narrow = (points[4] - points[0]) / (4 * step), (points[3] - points[1]) / (2 * step)
    left, right = (points[2] - points[1]) / step, (points[3] - points[2]) / step
    size = max(1e-6 * max(map(abs, points)) / step, abs(narrow))
    settled = abs(wide - narrow) <= 1e-4 * size and abs(left - right) <= 1e-2 * size
    # Four times the error of the narrow one is in the wide one.
    return narrow + (narrow - wide) / 3 if settled else None


@st.composite
def cases_of_which_everything_counts(draw: st.DrawFn) -> Case:
    """Random cases with a benefit more for each assumption and calculation."""
    of = draw(cases(ranges=True, most_lines=2))
    units = bind(of).units
    more = []
    for each in of.quantities:
        unit = str(units.get(each.id, "1"))
        amount = each.id if unit in ("1", "%") else f"{each.id} / 1 {unit}"
        if "^" not in unit:
            more.append(benefit(f"of_{each.id}", f"{amount} * {draw(st.integers(1, 9))} GBP/month"))
    return replace(of, benefits=(*of.benefits, *more))


@settings(max_examples=40)
@given(of=cases_of_which_everything_counts(), figure=st.sampled_from(FIGURES))
def test_slopes_are_those_of_differences_away_from_kinks(of: Case, figure: str) -> None:
    found = slopes(of, figure)
    assert list(found) == [each.id for each in of.assumptions]
    for each in of.assumptions:
        by_differences = difference(of, each.id, figure)
        slope = found[each.id]
        is_smooth = not (slope.at_kink or slope.goes_in_steps or slope.value is None)
        if by_differences is not None and is_smooth:
            size = abs(calculate(of).value(figure) or 0.0) / max(1.0, abs(each.value))
            assert slope.value == pytest.approx(by_differences, rel=1e-3, abs=1e-4 * size + 1e-6)


@settings(max_examples=25)
@given(of=cases())
def test_a_slope_is_missing_only_where_differences_do_not_settle_either(of: Case) -> None:
    for id, slope in slopes(of).items():
        each = of.assumption(id)
        assert each is not None
        if slope.value is None and each.value:
            assert slope.note
            # A smooth case has a slope; a root at zero, a jump and an overflow have none.
            assert difference(of, id, "npv") is None or not _is_smooth(of)


def _is_smooth(of: Case) -> bool:
    texts = " ".join(text for each in of.computed for text in _formulas(each))
    return not any(word in texts for word in ("if", "sqrt", "^", "/", "ln"))


def _formulas(each: object) -> list[str]:
    many = getattr(each, "formulas", None)
    return list(many.values()) if many else [each.formula]  # type: ignore[attr-defined]


def test_the_reference_case_has_the_slopes_of_differences() -> None:
    prepared = Derivatives(compile_case(reference.case()))
    for each in prepared.model.case.assumptions:
        step = abs(each.value) * 1e-5
        above, below = (
            figures.work_out(books.keep(prepared.model.evaluate({each.id: each.value + move})))
            for move in (step, -step)
        )
        for figure in FIGURES:
            expected, up, down = (
                known[figure].value or 0.0 for known in (prepared.figures, above, below)
            )
            slope = prepared.of(figure)[each.id]
            allowed = 1e-9 * abs(expected) / step
            assert slope.value == pytest.approx((up - down) / (2 * step), rel=1e-6, abs=allowed)
            assert not slope.at_kink


def test_thirty_slopes_of_the_reference_case_cost_less_than_its_result() -> None:
    of = reference.case()
    calculate(of)
    prepared = Derivatives(compile_case(of))
    prepared.of("npv")
    fresh = Derivatives(prepared.model)
    assert steps_of(lambda: fresh.of("npv")) < steps_of(lambda: calculate(of))


def everything() -> Case:
    """A case with each way in which a line depends on its assumptions."""
    return case(
        assumption("users", 1000, "user"),
        assumption("price", 4, "GBP/user/month", growth=0.05),
        assumption("yearly", 2, "GBP/user/month", values=(2.0, 3.0, 5.0)),
        assumption("churn", 0.02, "%"),
        assumption("arrives", 0.8, "%"),
        assumption("ours", 0.7, "%"),
        assumption("unsure", 0.1, "%"),
        assumption("rise", 0.04, "%"),
        assumption("cost", 30_000, "GBP"),
        calculation("kept", "previous(kept, users) * (1 - churn) + 5 user"),
        calculation("fed", "previous(feeding, 0) * 50% + users"),
        calculation("feeding", "fed * 10% + previous(fed, users)"),
        calculation("all", "sum_over_time(kept * price)"),
        benefit(
            "gain",
            "kept * price",
            realisation="arrives",
            attribution="ours",
            risk="unsure",
            growth="rise",
            ramp=s_curve(6),
            starts=3,
        ),
        benefit("more", "kept * yearly + feeding * 10 GBP/user/year", growth="rise * 2"),
        investment("outlay", "cost + all * 2%", risk="unsure"),
        investment("care", "max(users * 1 GBP/user/month, cost / 100 month)"),
    )


@pytest.mark.parametrize("figure", FIGURES)
def test_stocks_sums_haircuts_growth_and_yearly_values_are_all_in_the_slope(figure: str) -> None:
    of = everything()
    found = slopes(of, figure)
    for each in of.assumptions:
        by_differences = difference(of, each.id, figure)
        slope = found[each.id]
        assert by_differences is not None, each.id
        assert slope.value == pytest.approx(by_differences, rel=1e-5, abs=1e-7), each.id


def test_the_slope_of_a_linear_figure_times_the_step_is_the_change() -> None:
    of = case(
        assumption("users", 100, "user"),
        assumption("cost", 900, "GBP"),
        benefit("gain", "users * 5 GBP/user/month", ramp=6, realisation="80%"),
        investment("outlay", "cost", risk="10%"),
    )
    for figure in ("npv", "value", "benefits.gain.year_1", "net.year_2", "cost_of_delay"):
        for id, slope in slopes(of, figure).items():
            moved = of.with_values({id: of.assumption(id).value + 250})  # type: ignore[union-attr]
            change = calculate(moved).value(figure) - calculate(of).value(figure)  # type: ignore[operator]
            assert slope.value is not None
            assert slope.value * 250 == pytest.approx(change, rel=1e-12, abs=1e-9)


def test_an_assumption_that_nothing_rests_on_has_a_slope_of_zero() -> None:
    of = case(assumption("idle", 5), benefit("gain", "100 GBP"), investment("outlay", "10 GBP"))
    assert slopes(of)["idle"] == Slope(value=0.0)
    assert slopes(of, "horizon_years")["idle"] == Slope(value=0.0)


def test_given_and_calculated_values_have_slopes_as_well() -> None:
    of = everything()
    assert slopes(of, "assumptions.users")["users"].value == 1
    assert slopes(of, "assumptions.users")["price"].value == 0
    assert slopes(of, "calculations.kept")["users"].value == pytest.approx(0.98)


def kinked(cap: float) -> Case:
    return case(
        assumption("users", 100, "user"),
        benefit("gain", f"min(users, {cap} user) * 1 GBP/user", starts=1),
        rate=0,
    )


def test_at_a_kink_both_slopes_are_told() -> None:
    slope = slopes(kinked(100))["users"]
    assert slope.at_kink
    assert {slope.value, slope.other} == {0.0, 1.0}
    assert slopes(kinked(101))["users"] == Slope(value=1.0)
    assert slopes(kinked(99))["users"] == Slope(value=0.0)


def test_a_kink_outside_the_time_of_a_line_is_none() -> None:
    of = case(
        assumption("users", 0, "user"),
        benefit("gain", "max(users, 0 user) * 1 GBP/user/month", starts=60),
    )
    assert slopes(of)["users"] == Slope(value=0.0)


def test_a_jump_has_no_slope_and_says_so() -> None:
    of = case(
        assumption("users", 100, "user"),
        benefit("gain", "if(users > 100 user, 500 GBP, 0 GBP)"),
    )
    assert slopes(of)["users"].value is None
    assert "jumps" in slopes(of)["users"].note


def test_rounding_on_the_way_is_told_of_for_what_goes_through_it() -> None:
    of = case(
        assumption("users", 100, "user"),
        assumption("price", 20, "GBP/user"),
        calculation("packs", "ceil(users / 7)"),
        benefit("gain", "packs * 7 * price"),
    )
    assert slopes(of)["users"] == Slope(value=0.0, goes_in_steps=True)
    assert slopes(of)["price"].value
    assert not slopes(of)["price"].goes_in_steps


def test_a_payback_in_whole_periods_goes_in_steps() -> None:
    of = case(
        assumption("gain_each", 100, "GBP/month"),
        benefit("gain", "gain_each"),
        investment("outlay", "950 GBP"),
        conventions={"payback": "whole_periods"},
    )
    assert slopes(of, "payback")["gain_each"] == Slope(value=0.0, goes_in_steps=True)
    assert slopes(of, "peak_funding_month")["gain_each"].goes_in_steps
    assert not slopes(of, "npv")["gain_each"].goes_in_steps


def test_a_payback_at_the_end_of_a_period_is_at_a_kink() -> None:
    of = case(
        assumption("gain_each", 100, "GBP/month"),
        benefit("gain", "gain_each * min(3, period)"),
        investment("outlay", "300 GBP"),
    )
    slope = slopes(of, "payback")["gain_each"]
    left, right = ((at(of, "gain_each")(100 + h, "payback") - 2) / h for h in (-1e-6, 1e-6))
    assert slope.at_kink
    assert (slope.value, slope.other) == (pytest.approx(right, 1e-4), pytest.approx(left, 1e-4))


def test_a_figure_that_does_not_exist_has_no_slope_and_its_own_reason() -> None:
    of = case(assumption("gain_each", 100, "GBP"), benefit("gain", "gain_each"))
    slope = slopes(of, "irr")["gain_each"]
    assert slope.value is None
    assert slope.note == calculate(of).figure("irr").note != ""


def test_yearly_values_that_begin_at_zero_have_no_slope() -> None:
    of = case(
        assumption("users", 0, "user", values=(0.0, 10.0)),
        benefit("gain", "users * 1 GBP/user/month"),
    )
    assert slopes(of)["users"].value is None
    assert "begin at zero" in slopes(of)["users"].note


def test_what_is_undefined_outside_the_time_of_a_line_does_not_matter() -> None:
    of = case(
        assumption("users", 10, "user"),
        benefit("gain", "users * ln(period - 5) * 1 GBP/user/month", starts=8),
    )
    assert slopes(of)["users"].value == pytest.approx(calculate(of).value("npv") / 10)  # type: ignore[operator]


def test_a_figure_that_does_not_exist_by_name_is_refused() -> None:
    with pytest.raises(UnknownName, match="npvv"):
        slopes(everything(), "npvv")


def test_other_numbers_of_one_structure_have_other_slopes() -> None:
    before = slopes(everything())["users"].value
    after = slopes(everything().with_values({"price": 8.0}))["users"].value
    assert before is not None
    assert after is not None
    assert after > before
