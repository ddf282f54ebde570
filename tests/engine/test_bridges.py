"""A bridge between two results adds up exactly, line by line and by assumption."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import assumption, benefit, case, investment, scenario
from tests.strategies import cases
from valuecalc.case.case import Case
from valuecalc.case.timeline import Timeline
from valuecalc.engine.adding_up import adding_up
from valuecalc.engine.bridges import LineBridge, line_bridge, scenario_bridge
from valuecalc.engine.calculate import calculate
from valuecalc.errors import UnknownName

USERS = assumption("users", 100, "user", low=80, high=130)
GAIN = benefit("gain", "users * 5 GBP/user/month")
LICENCE = investment("licence", "3000 GBP")
BEFORE = case(USERS, GAIN, LICENCE, months=12)
AFTER = case(
    replace(USERS, value=120),
    GAIN,
    benefit("less_churn", "100 GBP/month"),
    investment("training", "700 GBP"),
    months=12,
)


def bridge(before: Case, after: Case, figure: str = "value") -> LineBridge:
    return line_bridge(calculate(before), calculate(after), figure)


def told(found: LineBridge) -> dict[str, tuple[str, float]]:
    return {each.id: (each.status, each.amount) for each in found.lines}


def adds_up(found: LineBridge) -> bool:
    assert found.difference is not None
    return math.fsum(step.amount for step in found.steps) == found.difference


# --------------------------------------------------------------------------- by line


def test_each_line_is_told_with_what_became_of_it() -> None:
    found = bridge(BEFORE, AFTER)
    assert told(found) == {
        "gain": ("changed", 1200.0),
        "less_churn": ("added", 1200.0),
        "licence": ("removed", 3000.0),
        "training": ("added", -700.0),
    }
    assert (found.before, found.after, found.difference) == (3000, 7700, 4700)
    assert found.difference_text == "+£4,700"
    assert [each.text for each in found.steps] == ["+£1,200", "+£1,200", "+£3,000", "−£700"]


def test_what_a_line_gives_is_negative_for_an_investment_and_none_where_it_is_missing() -> None:
    lines = {each.id: (each.before, each.after) for each in bridge(BEFORE, AFTER).lines}
    assert lines["licence"] == (-3000, None)
    assert lines["training"] == (None, -700)


def test_a_line_that_stays_is_no_step() -> None:
    found = bridge(BEFORE, replace(AFTER, investments=BEFORE.investments))
    assert told(found)["licence"] == ("same", 0.0)
    assert "licence" not in {each.id for each in found.steps}


def test_the_npv_has_steps_in_present_value() -> None:
    found = bridge(BEFORE, AFTER, "npv")
    before, after = calculate(BEFORE), calculate(AFTER)
    gain = after.value("benefits.gain.pv") - before.value("benefits.gain.pv")  # type: ignore[operator]
    assert told(found)["gain"][1] == pytest.approx(gain)
    assert adds_up(found)


def test_labels_say_what_the_two_are() -> None:
    result = calculate(BEFORE)
    found = line_bridge(result, result, "value", ("Do nothing", "The case"))
    assert (found.before_label, found.after_label) == ("Do nothing", "The case")


def test_other_figures_have_no_bridge_by_line() -> None:
    with pytest.raises(UnknownName, match="value"):
        bridge(BEFORE, AFTER, "irr")


def test_different_currencies_are_not_compared() -> None:
    euros = case(benefit("gain", "5 EUR/month"), months=12, currency="EUR")
    found = bridge(BEFORE, euros)
    assert found.lines == ()
    assert found.difference is None
    assert found.difference_text == "–"
    assert "GBP" in found.note and "EUR" in found.note


def test_a_figure_that_does_not_exist_is_not_compared() -> None:
    broken = case(assumption("none", 0), benefit("gain", "5 GBP / none"), months=12)
    found = bridge(BEFORE, broken)
    assert found.lines == ()
    assert found.difference is None
    assert "divides by zero" in found.note


def test_different_horizons_are_noted_and_add_up_nevertheless() -> None:
    longer = replace(BEFORE, timeline=Timeline(start=BEFORE.timeline.start, months=24))
    found = bridge(BEFORE, longer)
    assert found.note == "The horizon is 1 year before and 2 years after."
    assert told(found)["gain"] == ("changed", 6000.0)
    assert adds_up(found)


def test_another_discount_rate_is_noted_where_it_counts() -> None:
    cheaper = replace(BEFORE, discounting=replace(BEFORE.discounting, rate=0.05))
    assert "discounting" in bridge(BEFORE, cheaper, "npv").note
    assert bridge(BEFORE, cheaper, "value").note == ""


def test_a_benefit_and_an_investment_of_one_name_are_two_lines() -> None:
    turned = case(investment("gain", "100 GBP"), months=12)
    steps = [(each.kind, each.status) for each in bridge(BEFORE, turned).steps]
    assert steps == [
        ("benefit", "removed"),
        ("investment", "removed"),
        ("investment", "added"),
    ]


def test_what_is_not_money_is_no_line() -> None:
    outcome = benefit("calmer", "5 hours/month", non_monetary=True)
    assert {each.id for each in bridge(BEFORE, case(outcome, months=12)).lines} == {
        "gain",
        "licence",
    }


@given(cases(most_lines=3), cases(most_lines=3), st.sampled_from(["value", "npv"]))
def test_any_two_results_are_bridged_exactly_in_both_directions(
    before: Case, after: Case, figure: str
) -> None:
    there, back = bridge(before, after, figure), bridge(after, before, figure)
    if there.difference is None:
        assert there.lines == () and there.note
        return
    assert adds_up(there) and adds_up(back)
    assert {(s.kind, s.id): s.amount for s in there.lines} == {
        (s.kind, s.id): -s.amount for s in back.lines
    }


@given(cases(most_lines=3), st.sampled_from(["value", "npv"]))
def test_the_same_result_twice_has_no_steps(case: Case, figure: str) -> None:
    found = bridge(case, case, figure)
    assert found.steps == ()
    assert found.difference in (0, None)


# --------------------------------------------------------------------------- adding up


AMOUNTS = st.lists(st.floats(-1e12, 1e12, allow_subnormal=False), min_size=1, max_size=8)


@given(AMOUNTS, st.floats(-1e-3, 1e-3))
def test_amounts_add_up_to_the_last_bit(amounts: list[float], noise: float) -> None:
    total = math.fsum(amounts) + noise
    names = [str(index) for index in range(len(amounts))]
    found = adding_up(amounts, total, names)
    assert math.fsum(found) == total


def test_amounts_that_add_up_stay_as_they_are() -> None:
    assert adding_up([1.5, -0.5], 1.0, ["a", "b"]) == [1.5, -0.5]


def test_the_largest_amount_takes_what_is_left() -> None:
    assert adding_up([1.0, 10.0], 11.5, ["a", "b"]) == [1.0, 10.5]


def test_where_large_amounts_cancel_the_rest_is_an_amount_of_its_own() -> None:
    found = adding_up([1e9, -1e9], 1e-9, ["a", "b"])
    assert math.fsum(found) == 1e-9


def test_no_amounts_add_up_to_nothing() -> None:
    assert adding_up([], 0.0, []) == []


# --------------------------------------------------------------------------- scenarios


def test_two_scenarios_are_bridged_by_assumption_and_by_line() -> None:
    found = scenario_bridge(BEFORE, "conservative", "stretch")
    assert [(each.label, each.amount) for each in found.by_assumption.steps] == [("Users", 3000)]
    assert told(found.by_line) == {"gain": ("changed", 3000.0), "licence": ("same", 0.0)}
    assert (found.by_line.before_label, found.by_line.after_label) == ("Conservative", "Stretch")


def test_a_scenario_with_another_rate_is_a_step_of_its_own() -> None:
    dear = replace(BEFORE, scenarios=(scenario("dear", 0.2, users=90),))
    found = scenario_bridge(dear, "expected", "dear", "npv")
    assert [each.label for each in found.by_assumption.steps] == ["Users", "Discount rate"]
    total = math.fsum(each.amount for each in found.by_assumption.steps)
    assert total == found.by_line.difference
    assert adds_up(found.by_line)


def test_an_unknown_scenario_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="stretch"):
        scenario_bridge(BEFORE, "expected", "stretched")
