"""Break-even: where a figure is what it has to be, as a formula that can be checked."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.builders import assumption, benefit, calculation, case, investment, scenario
from tests.strategies import cases
from valuecalc.case.case import Case
from valuecalc.case.risk import Outcome
from valuecalc.engine.calculate import calculate
from valuecalc.engine.sensitivity.break_even import break_even, break_evens
from valuecalc.engine.sensitivity.solve import solve
from valuecalc.errors import CaseError, UnknownName


def reference() -> Case:
    """£4 a month more from each subscriber, and £1M saved, for £3M and £300k of marketing."""
    return case(
        assumption("subscribers", 100_000, "subscriber", low=15_000, high=120_000),
        assumption("before", 22, "GBP/subscriber/month"),
        assumption("after", 26, "GBP/subscriber/month", low=25, high=27),
        assumption("margin", 0.5, "%", low=0.4, high=0.6),
        assumption("network", 3_000_000, "GBP", low=2_500_000, high=4_000_000),
        calculation("uplift", "after - before"),
        benefit("arpu", "subscribers * uplift * margin"),
        benefit("saved", "1m GBP", starts=1),
        investment("nodes", "network", starts=0),
        investment("marketing", "300k GBP", starts=0),
        scenario("thin", margin=0.25),
    )


def test_a_break_even_is_a_formula_in_names_and_with_the_numbers_put_in() -> None:
    found = break_even(reference(), "subscribers", "value")
    assert found.status == "one"
    assert found.method == "exact"
    assert found.formula == (
        "Subscribers = (Nodes + Marketing − Saved) ÷ (Uplift × Margin × 36 months)"
    )
    assert found.worked == (
        "(£3,000,000 + £300,000 − £1,000,000) ÷ (£4 × 50% × 36 months) = 31,944.44\u00a0subscribers"
    )
    assert found.value == pytest.approx(2_300_000 / 72)


def test_what_it_says_in_words_compares_it_with_the_expected_value_and_the_range() -> None:
    found = break_even(reference(), "subscribers", "value")
    assert found.words == (
        "Value is £0 where “Subscribers” is 31,944.44\u00a0subscribers, 68% below the expected "
        "100,000; it may lie between 15,000 and 120,000."
    )
    assert found.inside
    assert found.change == pytest.approx(2_300_000 / 72 / 100_000 - 1)


def test_one_beyond_the_range_says_that_there_is_none_inside_and_where_it_is() -> None:
    found = break_even(reference(), "margin", "value")
    assert not found.inside
    assert found.status == "one"
    assert found.words == (
        "No break-even of “Margin” between 40% and 60%: Value is £0 only at 15.97%, "
        "68% below the expected 50%."
    )


def test_what_an_assumption_takes_away_stands_with_its_sign_on_the_right_side() -> None:
    before = break_even(reference(), "before", "value")
    assert before.formula == (
        "Before = (the rest of Arpu + Saved − Nodes − Marketing) ÷ "
        "(Subscribers × Margin × 36 months)"
    )
    cost = break_even(reference(), "network", "value")
    assert cost.formula == "Network = Arpu + Saved − Marketing"
    assert cost.worked == "£7,200,000 + £1,000,000 − £300,000 = £7,900,000"


def test_present_values_count_discounted_months() -> None:
    found = break_even(reference(), "subscribers", "npv")
    months = sum(1.1 ** (-month / 12) for month in range(1, 37))
    assert f"× {months:.4f} months (discounted))" in found.formula
    assert found.parts[0].amount == pytest.approx(2 * months)


def test_the_parts_say_what_each_line_has_to_do_with_it() -> None:
    found = break_even(reference(), "subscribers", "value")
    parts = {part.line: part for part in found.parts}
    assert (parts["arpu"].coefficient, parts["arpu"].count) == ("Uplift × Margin", "36 months")
    assert (parts["arpu"].kind, parts["arpu"].amount, parts["arpu"].fixed) == ("benefit", 72, 0)
    assert (parts["nodes"].kind, parts["nodes"].amount) == ("investment", 0)
    assert parts["nodes"].fixed == -3_000_000
    assert parts["nodes"].coefficient == ""


def test_haircuts_ramps_and_growth_are_in_the_formula() -> None:
    ramped = case(
        assumption("users", 10, "user"),
        benefit(
            "gain",
            "users * 5 GBP/user/year",
            ramp=12,
            realisation="80%",
            risk="10%",
            growth="3%",
        ),
        investment("cost", "100 GBP", risk="20%"),
    )
    found = break_even(ramped, "users", "value")
    assert found.formula.startswith("Users = Cost ÷ (£5 per user per year × 80% × (1 − 10%) × ")
    assert found.formula.endswith(" years (ramped up, growing))")
    assert found.worked.startswith("£120 ÷ (£5 per user per year × 80% × (1 − 10%) × ")


def test_the_risk_of_an_investment_adds_to_it() -> None:
    risky = case(
        assumption("cost", 50, "GBP"),
        benefit("gain", "100 GBP", starts=0),
        investment("paid", "cost", starts=0, risk="25%"),
    )
    found = break_even(risky, "cost", "value")
    assert found.formula == "Cost = Gain ÷ (1 + 25%)"
    assert found.value == pytest.approx(80)


def test_a_whole_percentage_is_shown_without_decimals() -> None:
    found = break_even(reference(), "margin", "irr", 0.0)
    assert found.text == "15.97%"
    whole = case(assumption("x", 0.5, "%"), benefit("g", "(x ^ 2 - 0.04) * 1 GBP"), months=12)
    assert break_even(whole, "x", "value").text == "20%"


def test_large_amounts_are_in_whole_pounds_and_small_ones_in_pence() -> None:
    whole = case(
        assumption("cost", 2000, "GBP"),
        assumption("fee", 4, "GBP/user"),
        assumption("users", 300, "user"),
        benefit("gain", "users * fee", starts=0),
        benefit("more", "1000.25 GBP", starts=0),
        investment("paid", "cost", starts=0),
    )
    assert break_even(whole, "cost", "value").text == "£2,200"
    assert break_even(whole, "fee", "value").text == "£3.33 per user"


def test_many_lines_are_taken_together() -> None:
    lines = [benefit(f"gain_{n}", "100 GBP") for n in range(5)]
    costs = [investment(f"cost_{n}", "x * 1 GBP") for n in range(5)]
    found = break_even(case(assumption("x", 3), *lines, *costs), "x", "value")
    assert found.formula == "X = all benefits ÷ what one more costs"
    assert found.worked == "£500 ÷ £5.00000 = 100"


def test_what_changes_over_time_is_a_sum_over_time() -> None:
    stock = case(
        assumption("price", 5, "GBP/user/month"),
        calculation("users", "previous(users, 10 user) + 1 user"),
        benefit("gain", "users * price"),
        investment("cost", "1k GBP"),
        months=12,
    )
    found = break_even(stock, "price", "value")
    assert found.formula == "Price = Cost ÷ sum over time of (Users)"
    assert found.value == pytest.approx(1000 / sum(range(11, 23)))


def test_a_stock_that_an_assumption_feeds_is_exact_though_it_has_no_short_formula() -> None:
    stock = case(
        assumption("added", 5, "user"),
        calculation("users", "previous(users, 10 user) + added"),
        benefit("gain", "users * 1 GBP/user/month"),
        investment("cost", "1k GBP"),
        months=12,
    )
    found = break_even(stock, "added", "value")
    assert found.method == "exact"
    assert found.formula == ("Added = (Cost − the rest of Gain) ÷ what one more adds to Gain")
    assert found.value == pytest.approx((1000 - 120) / sum(range(1, 13)))


def test_a_ratio_is_exact_where_what_it_divides_by_does_not_move() -> None:
    found = break_even(reference(), "subscribers", "roi", 0.5)
    assert found.method == "exact"
    assert found.formula == (
        "Subscribers = (wanted ROI, undiscounted − ROI, undiscounted without it) ÷ "
        "what one more adds to it"
    )
    assert found.value == pytest.approx((1.5 * 3_300_000 - 1_000_000) / 72)


def test_a_scenario_moves_all_else() -> None:
    thin = break_even(reference(), "subscribers", "value", 0, "thin")
    assert thin.value == pytest.approx(2_300_000 / 36)


# --------------------------------------------------------------------------- search


def test_a_searched_one_tells_its_bracket_and_what_is_left() -> None:
    found = break_even(reference(), "subscribers", "irr", 0.5)
    assert found.method == "search"
    assert found.value is not None and found.bracket is not None
    assert found.bracket[0] < found.value < found.bracket[1]
    assert found.residual == pytest.approx(0, abs=1e-12)
    assert found.formula == ""


def test_several_are_all_given_with_the_nearest_first() -> None:
    parabola = case(
        assumption("x", 3, low=1, high=4), benefit("gain", "(x - 2) * (x + 5) * 1 GBP"), months=12
    )
    found = break_even(parabola, "x", "value")
    assert found.status == "several"
    assert found.values == pytest.approx((2, -5))
    assert "It is so again at −5." in found.words


def test_a_value_that_cannot_be_is_left_out_where_another_can() -> None:
    parabola = case(
        assumption("x", 3, low=1, high=4, unit="user"),
        benefit("gain", "(x - 2 user) * (x + 5 user) * 1 GBP/user/user"),
        months=12,
    )
    found = break_even(parabola, "x", "value")
    assert (found.status, found.values) == ("one", pytest.approx((2,)))
    assert "again" not in found.words
    nearer = case(
        assumption("x", 3, low=1, high=4, unit="user"),
        benefit("gain", "(x - 20 user) * (x + 1 user) * 1 GBP/user/user"),
        months=12,
    )
    assert break_even(nearer, "x", "value").value == pytest.approx(20)
    assert solve(nearer, "x", "value", 0).value == pytest.approx(20)


def test_a_figure_that_only_touches_the_wanted_amount_has_one() -> None:
    touching = case(assumption("x", 3), benefit("gain", "(x - 2.13) ^ 2 * 1 GBP"), months=12)
    found = break_even(touching, "x", "value")
    assert found.values == pytest.approx((2.13,), abs=1e-6)


def test_a_stretch_without_a_change_says_how_far_it_goes() -> None:
    flat = case(assumption("x", 3), benefit("gain", "max(x - 5, 0) * 1 GBP"), months=12)
    found = break_even(flat, "x", "value")
    assert found.values == pytest.approx((5,))
    assert found.words.endswith("It stays so up to 5.")


def test_none_is_an_answer_that_says_where_it_was_looked_for() -> None:
    always = case(assumption("x", 3), benefit("gain", "(x ^ 2 + 1) * 1 GBP"), months=12)
    found = break_even(always, "x", "value")
    assert (found.status, found.values, found.value, found.text) == ("none", (), None, "–")
    assert found.words.startswith("No value of “X” makes Value £0; at its expected value it is £10")
    assert "were searched" in found.words


def test_no_effect_is_an_answer() -> None:
    idle = replace(reference(), assumptions=(*reference().assumptions, assumption("idle", 1)))
    for figure in ("npv", "irr"):
        found = break_even(idle, "idle", figure)
        assert (found.status, found.value) == ("no_effect", None)
        assert found.words.startswith("“Idle” does not move")


def test_undefined_is_an_answer() -> None:
    undefined = case(assumption("x", 1), benefit("gain", "x * 1 GBP / (2 - 2)"))
    found = break_even(undefined, "x", "value")
    assert found.status == "undefined"
    assert "“Gain” is undefined" in found.words


def test_a_jump_over_the_wanted_amount_is_none() -> None:
    steps = case(assumption("x", 2.5), benefit("gain", "floor(x) * 1 GBP"), months=12)
    assert break_even(steps, "x", "value", 3.5).status == "none"


# --------------------------------------------------------------------------- limits, order


def test_a_share_beyond_all_or_less_than_none_is_shown_and_marked() -> None:
    too_much = break_even(reference(), "margin", "value", 20e6)
    assert too_much.value is not None and too_much.value > 1
    assert too_much.limit.endswith("is outside 0% to 100%, which no share of a whole can be.")
    assert too_much.limit in too_much.words


def test_a_count_below_zero_is_shown_and_marked() -> None:
    covered = replace(reference(), investments=(investment("cost", "500k GBP"),))
    found = break_even(covered, "subscribers", "value")
    assert found.value is not None and found.value < 0
    assert "is below zero, where “Subscribers” is never expected to be." in found.words


def test_what_may_be_negative_is_not_marked() -> None:
    grown = case(
        assumption("change", 0.02, "%", low=-0.05, high=0.1),
        benefit("gain", "change * 100k GBP"),
        benefit("sure", "10k GBP"),
    )
    assert break_even(grown, "change", "value").limit == ""


def test_the_nearest_come_first_counted_in_ranges_and_then_by_change() -> None:
    several = case(
        assumption("far", 10, low=9, high=11),
        assumption("near", 10, low=5, high=15),
        assumption("bare", 100),
        assumption("barer", 10),
        assumption("idle", 1),
        benefit("gain", "(far + near + bare + barer - 126) * 1 GBP"),
    )
    found = break_evens(several, "value")
    assert [each.assumption.id for each in found] == ["near", "far", "bare", "barer", "idle"]
    assert [each.nearness[0] for each in found] == [0, 0, 1, 1, 3]
    assert found[0].nearness[1] == pytest.approx(0.8)


def test_outcomes_are_a_range_too() -> None:
    outcomes = (Outcome(value=0, chance=0.5), Outcome(value=20, chance=0.5))
    chancy = case(
        assumption("x", 10, outcomes=outcomes, distribution="discrete"),
        benefit("gain", "x * 1 GBP"),
        investment("cost", "5 GBP"),
    )
    assert break_even(chancy, "x", "value").inside


def test_unknown_names_and_broken_cases_are_refused() -> None:
    with pytest.raises(UnknownName, match="Did you mean subscribers"):
        break_even(reference(), "subscriber")
    with pytest.raises(UnknownName, match="Did you mean npv"):
        break_evens(reference(), "npw")
    with pytest.raises(UnknownName, match="scenario"):
        break_evens(reference(), "npv", 0, "thick")
    with pytest.raises(CaseError):
        break_evens(case(benefit("gain", "nobody * 1 GBP")))


# --------------------------------------------------------------------------- always


@given(
    cases(ranges=True, most_lines=2),
    st.sampled_from(["npv", "value", "roi", "cost_of_delay", "cumulative.year_1"]),
    st.sampled_from([0.0, 1000.0]),
)
def test_put_back_each_value_gives_the_wanted_figure(
    case: Case, figure: str, wanted: float
) -> None:
    for found in break_evens(case, figure, wanted):
        event(f"{found.status} {found.method}")
        for value in found.values[:3]:
            result = calculate(case.with_values({found.assumption.id: value}))
            size = max(abs(result.value(name) or 0) for name in ("total_benefits", "value"))
            put_back = result.value(figure)
            assert put_back == pytest.approx(wanted, rel=1e-6, abs=1e-7 * max(1.0, size))


@given(cases(ranges=True, most_lines=3), st.sampled_from(["npv", "value", "total_investment"]))
def test_the_parts_of_an_exact_one_add_up_to_it(case: Case, figure: str) -> None:
    for found in break_evens(case, figure, 500.0):
        if found.method != "exact" or found.value is None:
            continue
        event("exact")
        slope = math.fsum(part.amount for part in found.parts)
        rest = math.fsum(part.fixed for part in found.parts)
        assert found.rest == rest
        assert found.value == (500.0 - rest) / slope
        assert found.formula and found.worked


@given(cases(ranges=True, most_lines=2))
def test_an_exact_slope_is_what_the_figure_gains_per_unit(case: Case) -> None:
    for found in break_evens(case, "npv", 123.0):
        if found.method != "exact" or found.value is None:
            continue
        event("exact")
        id, value = found.assumption.id, found.assumption.value
        ends = [calculate(case.with_values({id: each})).value("npv") for each in (value, value + 9)]
        assert ends[0] is not None and ends[1] is not None
        slope = math.fsum(part.amount for part in found.parts)
        size = max(1.0, abs(ends[0]), *(abs(part.fixed) for part in found.parts))
        assert ends[1] - ends[0] == pytest.approx(9 * slope, rel=1e-6, abs=1e-9 * size)


def test_a_long_sum_over_time_is_named_by_its_line_and_written_out_in_its_part() -> None:
    long = (
        "users * price * (1 - returned_by_dissatisfied_customers) * (1 - written_off) * 1.02 ^ year"
    )
    found = break_even(
        case(
            assumption("users", 1_000, "user"),
            assumption("price", 3, "GBP/user/month"),
            assumption("returned_by_dissatisfied_customers", 0.1, "%"),
            assumption("written_off", 0.05, "%"),
            benefit("sales", long),
            investment("cost", "90k GBP"),
        ),
        "users",
        "value",
    )
    assert "what one more adds to Sales" in found.formula
    assert len(found.formula) < 120
    (sales, _) = found.parts
    assert "Written off" in sales.coefficient


def test_a_payback_that_is_wanted_is_in_months() -> None:
    found = break_even(reference(), "subscribers", "payback", 12.0)
    assert found.words.startswith("Payback is 12 months where “Subscribers” is ")
