"""The value of an assumption that gives a wanted figure: put back, it gives it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from tests.builders import assumption, benefit, calculation, case, investment, scenario
from tests.strategies import cases
from valuecalc.case.binding import bind
from valuecalc.case.case import Case
from valuecalc.engine.calculate import calculate
from valuecalc.engine.model import compile_case
from valuecalc.engine.sensitivity.degrees import degrees_in
from valuecalc.engine.sensitivity.solve import solve
from valuecalc.errors import NoSolution, UnknownName


def reference() -> Case:
    """£4 a month more from each subscriber, for £3M: what makes £5M a year?"""
    return case(
        assumption("subscribers", 100_000, "subscriber", low=90_000, high=120_000),
        assumption("uplift", 4, "GBP/subscriber/month"),
        assumption("margin", 1, "%"),
        benefit("arpu", "subscribers * uplift * margin"),
        investment("network", "3m GBP"),
    )


def figure_at(case: Case, id: str, value: float, figure: str) -> float | None:
    return calculate(case.with_values({id: value})).value(figure)


# --------------------------------------------------------------------------- by hand


def test_the_reference_example_finds_its_subscribers() -> None:
    found = solve(reference(), "subscribers", "benefits.arpu.year_1", 5_000_016)
    assert found.value == pytest.approx(104_167)
    assert found.method == "exact"
    assert found.residual == pytest.approx(0, abs=1e-6)
    assert found.figure.value == pytest.approx(5_000_016)
    assert found.text.startswith("104,167")


@pytest.mark.parametrize(
    ("figure", "wanted"),
    [
        ("npv", 0),
        ("value", 1e6),
        ("total_benefits", 1),
        ("pv_benefits", 7),
        ("npv_delayed", 5),
        ("cost_of_delay", 100_000),
        ("benefits.arpu.pv", 12345),
        ("benefits.arpu.gross", 12345),
        ("net.year_2", -5),
        ("total_benefits.year_3", 77),
        ("value_year_1", 3),
        ("roi", 1),
        ("roi_discounted", 0.5),
        ("benefit_cost_ratio", 2),
        ("roi_annual", 3),
        ("soft.total", 1e6),
        ("cumulative.year_2", 10),
        ("discounted.year_2", 10),
    ],
)
def test_sums_of_flows_are_solved_exactly(figure: str, wanted: float) -> None:
    found = solve(reference(), "uplift", figure, wanted)
    assert found.method == "exact"
    put_back = figure_at(reference(), "uplift", found.value, figure)
    assert put_back == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(
    ("figure", "wanted"),
    [("irr", 0.25), ("payback", 12), ("mirr", 0.2)],
)
def test_other_figures_are_searched_and_put_back(figure: str, wanted: float) -> None:
    found = solve(reference(), "uplift", figure, wanted)
    assert found.method == "search"
    put_back = figure_at(reference(), "uplift", found.value, figure)
    assert put_back == pytest.approx(wanted, rel=1e-6)
    assert found.residual == pytest.approx(0, abs=1e-6)


def test_of_several_solutions_the_nearest_is_given_and_the_others_beside_it() -> None:
    parabola = case(assumption("x", 3), benefit("gain", "(x - 2) * (x + 5) * 1 GBP"), months=12)
    found = solve(parabola, "x", "value", 0)
    assert found.method == "search"
    assert found.value == pytest.approx(2)
    assert found.others == pytest.approx((-5,))


def test_an_assumption_at_zero_is_searched_as_far_as_a_number_of_one() -> None:
    squared = case(assumption("x", 0), benefit("gain", "x ^ 2 * 1 GBP"), months=12)
    found = solve(squared, "x", "value", 100)
    assert abs(found.value) == pytest.approx(10)
    assert [*found.others] == pytest.approx([-found.value])


def test_solutions_at_the_very_ends_of_the_search_are_found() -> None:
    squared = case(assumption("x", 1), benefit("gain", "x ^ 2 * 1 GBP"), months=12)
    found = solve(squared, "x", "value", 1e8)
    assert sorted([found.value, *found.others]) == [-1e4, 1e4]


def test_a_tiny_assumption_is_solved_to_its_own_digits() -> None:
    tiny = case(assumption("x", 1e-7), benefit("gain", "x ^ 2 * 1e14 GBP"), months=12)
    assert solve(tiny, "x", "value", 4).value == pytest.approx(2e-7, rel=1e-9)


def test_a_jump_over_the_wanted_amount_is_no_solution() -> None:
    steps = case(assumption("x", 2.5), benefit("gain", "floor(x) * 1 GBP"), months=12)
    with pytest.raises(NoSolution, match="No value of “X” makes Value £3.50"):
        solve(steps, "x", "value", 3.5)


def test_a_figure_that_does_not_exist_between_two_points_is_no_obstacle() -> None:
    """At no upkeep there is no ROI: it jumps from minus to plus infinity there."""
    unpaid = case(
        assumption("upkeep", 1000, "GBP/month"),
        benefit("gain", "500 GBP"),
        investment("cost", "upkeep"),
        months=12,
    )
    found = solve(unpaid, "upkeep", "roi", -0.9)
    assert found.value == pytest.approx(500 / 0.1 / 12)
    with pytest.raises(NoSolution):
        solve(replace(unpaid, benefits=()), "upkeep", "roi", 5)


def test_an_assumption_without_effect_is_told_so() -> None:
    idle = replace(reference(), assumptions=(*reference().assumptions, assumption("idle", 1)))
    for figure in ("npv", "irr"):
        with pytest.raises(NoSolution, match="“Idle” does not move"):
            solve(idle, "idle", figure, 0.1)
    with pytest.raises(NoSolution, match="“Idle” does not move"):
        solve(idle, "idle", "roi", calculate(idle).value("roi"))


def test_an_undefined_figure_says_so_rather_than_that_nothing_moves_it() -> None:
    undefined = case(
        assumption("x", 1), benefit("gain", "x * 1 GBP"), benefit("odd", "x * 1 GBP / (2 - 2)")
    )
    with pytest.raises(NoSolution, match="“Odd” is undefined"):
        solve(undefined, "x", "value", 5)


def test_an_amount_out_of_reach_says_what_it_is_at_the_expected_value() -> None:
    bounded = case(assumption("x", 1), benefit("gain", "min(x, 5) ^ 2 * 0 GBP + 3 GBP"))
    with pytest.raises(NoSolution):
        solve(bounded, "x", "value", 50)


def test_unknown_names_are_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean subscribers"):
        solve(reference(), "subscriber", "npv", 0)
    with pytest.raises(UnknownName, match="Did you mean npv"):
        solve(reference(), "subscribers", "npw", 0)


def test_all_else_is_as_in_the_scenario() -> None:
    with_scenario = replace(reference(), scenarios=(scenario("thin", margin=0.5),))
    plain = solve(with_scenario, "subscribers", "value", 0).value
    assert solve(with_scenario, "subscribers", "value", 0, "thin").value == pytest.approx(2 * plain)


# --------------------------------------------------------------------------- exact means exact


@pytest.mark.parametrize(
    ("formula", "degree"),
    [
        ("y", 0),
        ("x", 1),
        ("x * y - 3 * x / y", 1),
        ("-x + 2", 1),
        ("x * x", None),
        ("x / x", None),
        ("y / x", None),
        ("x ^ 1", None),
        ("y ^ 3", 0),
        ("max(x, 0)", None),
        ("max(y, 0) * x", 1),
        ("abs(x)", None),
        ("if(y > 1, x, 2 * x)", 1),
        ("if(x > 1, x, 2 * x)", None),
        ("previous(line, 0) * x", None),
        ("previous(line, x) * y", 1),
        ("previous(line, x) + x", 1),
        ("previous(line, x) * (1 - x)", None),
        ("sum_over_time(x * period)", 1),
        ("x * period", 1),
        ("2", 0),
    ],
)
def test_how_a_formula_depends_on_an_assumption_is_found_by_its_structure(
    formula: str, degree: int | None
) -> None:
    one = case(assumption("x", 2), assumption("y", 3), calculation("line", formula))
    assert degrees_in(bind(one), "x")["line"] == degree


def test_a_stock_that_loses_a_share_every_month_is_not_linear_in_that_share() -> None:
    churning = case(
        assumption("churn", 0.02),
        calculation("users", "previous(users, 100 user) * (1 - churn)"),
        benefit("gain", "users * 1 GBP/user/month"),
    )
    found = solve(churning, "churn", "value", 2000)
    assert found.method == "search"
    assert figure_at(churning, "churn", found.value, "value") == pytest.approx(2000)


@pytest.mark.parametrize("field", ["growth", "realisation", "risk"])
def test_what_a_haircut_multiplies_counts(field: str) -> None:
    line = benefit("gain", "x * 100 GBP/month", **{field: "x"})
    found = solve(case(assumption("x", 0.5), line), "x", "value", 500)
    assert found.method == "search"


@pytest.mark.parametrize("over_time", [{"growth": 0.1}, {"values": (5.0, 7.0, 6.0)}])
def test_an_assumption_that_changes_over_time_moves_in_proportion(
    over_time: dict[str, Any],
) -> None:
    growing = case(assumption("x", 5, "GBP/month", **over_time), benefit("gain", "x"))
    found = solve(growing, "x", "value", 500)
    assert found.method == "exact"
    assert figure_at(growing, "x", found.value, "value") == pytest.approx(500)


@given(cases(most_lines=2), st.sampled_from(["value", "npv", "total_benefits"]))
def test_what_is_called_linear_is_a_straight_line_through_three_points(
    case: Case, figure: str
) -> None:
    model, binding = compile_case(case), bind(case)
    for each in case.assumptions:
        degrees = degrees_in(binding, each.id)
        for line in model.lines:
            degree = degrees[line.line.id]
            if degree is None:
                continue
            points = [each.value, each.value + 1, each.value + 2]
            sums = [float(model.evaluate({each.id: x}).net(line).sum()) for x in points]
            scale = max(1.0, *map(abs, sums))
            event(f"degree {degree}")
            assert sums[0] - 2 * sums[1] + sums[2] == pytest.approx(0, abs=1e-8 * scale)
            if degree == 0:
                assert sums[0] == sums[2]


@given(
    cases(most_lines=2),
    st.integers(0, 4),
    st.sampled_from(["value", "npv", "roi", "total_benefits", "cost_of_delay"]),
    st.sampled_from([0.7, 1.1, 2.0]),
)
def test_a_solution_put_back_gives_the_wanted_figure(
    case: Case, which: int, figure: str, factor: float
) -> None:
    each = case.assumptions[which % len(case.assumptions)]
    wanted = figure_at(case, each.id, each.value * factor + 0.25, figure)
    assume(wanted is not None)
    try:
        found = solve(case, each.id, figure, wanted)
    except NoSolution:
        event("no solution")
        return
    event(found.method)
    for value in (found.value, *found.others):
        put_back = figure_at(case, each.id, value, figure)
        amounts = calculate(case.with_values({each.id: value}))
        scale = max(
            1.0, *(abs(amounts.value(name) or 0) for name in ("total_benefits", "total_investment"))
        )
        size = 1.0 if figure == "roi" else scale
        assert put_back == pytest.approx(wanted, rel=1e-6, abs=1e-7 * size)
    assert math.isfinite(found.residual)
