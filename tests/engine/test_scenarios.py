"""Conservative, expected and stretch in the direction that hurts or helps; named scenarios."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import assumption, benefit, calculation, case, investment, scenario
from tests.strategies import cases, rounded
from valuecalc.case.case import Case
from valuecalc.engine import scenarios
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.engine.result import Result
from valuecalc.errors import UnknownName


def example(*more: object) -> Case:
    return case(
        assumption("users", 100, "user", low=80, high=150),
        assumption("price", 10, "GBP/user/month", low=9),
        assumption("churn", 0.1, "%", low=0.05, high=0.3),
        assumption("cost", 500, "GBP", low=400, high=900),
        assumption("sure", 2),
        calculation("kept", "users * (1 - churn)"),
        benefit("gain", "kept * price * sure"),
        investment("outlay", "cost"),
        *more,  # type: ignore[arg-type]
    )


def test_each_assumption_moves_to_the_end_that_hurts_or_helps() -> None:
    found = scenarios.extremes(example())
    assert found == {
        "conservative": {"users": 80, "price": 9, "churn": 0.3, "cost": 900},
        "stretch": {"users": 150, "price": 10, "churn": 0.05, "cost": 400},
    }


def test_conservative_is_at_most_expected_and_stretch_at_least() -> None:
    low, middle, high = (result.value("npv") for result in compare(example()))
    assert low < middle < high


@st.composite
def monotone_cases(draw: st.DrawFn) -> Case:
    """Cases whose NPV goes one way with each assumption: sums of products of positives."""
    count = draw(st.integers(1, 4))
    parts: list[object] = []
    for number in range(count):
        value = draw(rounded(1, 1000, 1))
        width = value * draw(rounded(0, 0.9, 2))
        parts.append(assumption(f"a{number}", value, low=value - width, high=value + width))
    product = " * ".join(f"a{draw(st.integers(0, count - 1))}" for _ in range(2))
    ratio = f"a{draw(st.integers(0, count - 1))} / (1 + a{count - 1})"
    parts.append(benefit("gain", f"{product} * 1 GBP/month"))
    if draw(st.booleans()):
        parts.append(investment("cost", f"10 GBP * {ratio}"))
    return case(*parts, months=12)  # type: ignore[arg-type]


@given(monotone_cases())
def test_the_made_scenarios_of_one_assumption_at_a_time_are_in_order(case: Case) -> None:
    for each in case.assumptions:
        others = tuple(
            other if other is each else replace(other, low=None, high=None)
            for other in case.assumptions
        )
        alone = replace(case, assumptions=others)
        low, middle, high = (
            calculate(alone, name).value("npv") for name in ("conservative", "expected", "stretch")
        )
        tolerance = 1e-9 * max(1.0, abs(middle))
        # A ratio may bend the curve: the ends are in order even where the middle is not between.
        assert low <= high + tolerance


@given(cases(ranges=True, most_lines=2))
def test_conservative_is_never_better_than_stretch_by_any_one_assumption(case: Case) -> None:
    found = scenarios.extremes(case)
    assert set(found["conservative"]) == set(found["stretch"])
    for id, worst in found["conservative"].items():
        at_worst = calculate(case.with_values({id: worst}))
        at_best = calculate(case.with_values({id: found["stretch"][id]}))
        for name in ("npv", "value"):
            scale = 1e-9 * max(1.0, abs(at_best.value("pv_benefits") or 0))
            difference = at_best.value(name) - at_worst.value(name)
            if abs(difference) > scale:
                assert difference > 0
                break


def test_an_assumption_that_moves_nothing_stays_as_expected() -> None:
    found = scenarios.extremes(
        case(
            assumption("used", 5, "GBP", low=4, high=6),
            assumption("idle", 5, "GBP", low=4, high=6),
            benefit("gain", "used"),
        )
    )
    assert found == {"conservative": {"used": 4}, "stretch": {"used": 6}}


def test_where_the_npv_does_not_move_the_undiscounted_value_decides() -> None:
    found = scenarios.extremes(
        case(
            assumption("late", 5, "GBP", low=4, high=6),
            benefit("gain", "late", starts=3),
            period="year",
            factor_decimals=0,
            rate=9.0,
        )
    )
    assert found["conservative"] == {"late": 4}


def test_where_an_end_is_undefined_the_assumption_stays_as_expected() -> None:
    undefined = case(
        assumption("parts", 2, low=0, high=4),
        benefit("gain", "100 GBP / parts"),
    )
    assert scenarios.extremes(undefined) == {"conservative": {}, "stretch": {}}
    assert calculate(undefined, "conservative").value("value") == 50


def test_a_case_without_ranges_is_the_same_in_all_three() -> None:
    certain = case(assumption("price", 5, "GBP/month"), benefit("gain", "price"))
    assert len({result.value("npv") for result in compare(certain)}) == 1


def test_yearly_values_move_in_proportion() -> None:
    growing = case(
        assumption("price", 10, "GBP/year", values=(10.0, 20.0), low=5),
        benefit("gain", "price"),
        months=24,
        period="year",
    )
    assert calculate(growing, "conservative").lines[0].net.tolist() == [0, 5, 10]


def test_a_named_scenario_sets_what_it_names_and_nothing_else() -> None:
    result = calculate(example(scenario("launch", users=50.0)), "launch")
    assert result.scenario == "launch"
    assert result.scenario_label == "Launch"
    assert result.value("assumptions.users") == 50
    assert result.value("assumptions.price") == 10
    assert result.value("total_benefits") == pytest.approx(50 * 0.9 * 10 * 2 * 36)


def test_a_named_scenario_may_set_the_discount_rate() -> None:
    plain, dear = (
        calculate(example(scenario("dear", rate=0.5)), name) for name in ("expected", "dear")
    )
    assert dear.value("value") == plain.value("value")
    assert dear.value("npv") < plain.value("npv")
    assert "50%" in text_of(dear, "discounting")


def text_of(result: Result, name: str) -> str:
    return next(each.text for each in result.conventions if each.name == name)


def test_all_scenarios_stand_side_by_side_in_their_order() -> None:
    found = compare(example(scenario("one"), scenario("two")))
    assert [result.scenario for result in found] == [
        "conservative",
        "expected",
        "stretch",
        "one",
        "two",
    ]


def test_a_scenario_that_does_not_exist_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean conservative"):
        calculate(example(), "conservativ")


def test_a_case_is_not_changed_by_its_scenarios() -> None:
    plain = example(scenario("launch", users=50.0))
    before = calculate(plain).value("npv")
    calculate(plain, "launch")
    calculate(plain, "conservative")
    assert calculate(plain).value("npv") == before
