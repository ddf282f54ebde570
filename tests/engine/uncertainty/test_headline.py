"""The percentile that a case shows: a figure like any other, from the draws of its simulation."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest

from tests.builders import assumption, benefit, case, investment, scenario
from tests.recompute import recompute
from valuecalc.case.case import Case, Correlation, Proposition, Simulation
from valuecalc.engine import expected_values
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Result
from valuecalc.engine.trace import explain
from valuecalc.engine.uncertainty import headline
from valuecalc.engine.uncertainty.headline_names import COMPARED, EQUATION, HEADLINE
from valuecalc.engine.uncertainty.simulate import simulate
from valuecalc.errors import UnknownName

PARTS = (
    assumption("users", 100, "user", low=60, high=120, grade="B"),
    assumption("gain", 10, "GBP/user/month", low=8, high=11),
    assumption("fee", 5000, "GBP"),
    benefit("work", "users * gain"),
    investment("licence", "fee"),
)


def shown(convention: str = "p10", *more: object, **fields: object) -> Case:
    return case(*PARTS, *more, conventions={"headline": convention}, **fields)  # type: ignore[arg-type]


def drawn_percentile(of: Case, name: str, convention: str) -> float:
    return simulate(of, figures=()).figure(name).at(convention)


def text_of(result: Result, convention: str) -> str:
    return next(each.text for each in result.conventions if each.name == convention)


# the figures


@pytest.mark.parametrize("convention", ["p10", "p20", "p50"])
@pytest.mark.parametrize("name", ["value", "npv"])
def test_a_chosen_percentile_is_that_of_the_simulation(convention: str, name: str) -> None:
    of = shown(convention)
    figure = calculate(of).figure(f"{name}_{convention}")
    assert figure.value == drawn_percentile(of, name, convention)
    assert figure.unit == "GBP"


def test_p10_is_reached_or_exceeded_in_nine_of_ten_draws() -> None:
    of = shown("p10")
    draws = simulate(of, figures=()).drawn["value"]
    value = calculate(of).value("value_p10")
    assert value is not None
    assert (draws >= value).mean() == pytest.approx(0.9, abs=1e-3)


def test_the_percentiles_come_first_and_lead() -> None:
    result = calculate(shown("p20"))
    assert list(result.figures)[:3] == ["value_p20", "npv_p20", "value"]
    assert result.lead is result.figure("value_p20")
    assert result.leading("npv") is result.figure("npv_p20")
    assert result.has_percentile
    assert result.tiles[0].name == "npv_p20"
    assert "value" not in {figure.name for figure in result.tiles}


def test_a_figure_says_how_it_was_drawn_and_how_far_it_can_be_trusted() -> None:
    of = shown("p10", simulation=Simulation(draws=2_000, seed=7, method="plain"))
    figure = calculate(of).figure("npv_p10")
    assert figure.label == "NPV, reached in 90% of the draws (P10)"
    error = simulate(of, figures=()).figure("npv").error_text_of("p10")
    assert figure.convention == (
        f"P10 of 2,000 draws, plain random draws, seed 7; standard error {error}"
    )


def test_another_seed_gives_another_percentile_and_the_same_expected_value() -> None:
    one, two = (calculate(shown("p10", simulation=Simulation(seed=seed))) for seed in (1, 2))
    assert one.value("value_p10") != two.value("value_p10")
    assert one.value("value") == two.value("value")


def test_a_case_that_shows_expected_values_has_no_percentile() -> None:
    result = calculate(shown("expected"))
    assert not [name for name in result.figures if "_p" in name and name[-2:].isdigit()]
    assert result.lead is result.figure("value")
    assert not result.has_percentile
    assert text_of(result, "headline") == "Expected: every assumption at its expected value"


@pytest.mark.parametrize("id", ["conservative", "stretch", "fewer"])
def test_other_scenarios_show_their_own_values_and_say_so(id: str) -> None:
    result = calculate(shown("p10", scenario("fewer", users=70)), id)
    assert "value_p10" not in result.figures
    assert result.lead.name == "value"
    assert text_of(result, "headline") == (
        "P10 in the expected scenario; here figures at the values of the scenario"
    )


def test_the_conventions_name_the_headline_in_force_with_its_draws() -> None:
    assert text_of(calculate(shown("p20")), "headline") == (
        "P20: the value and the NPV that 80% of the draws reach or exceed (16,384 draws, "
        "scrambled Sobol points, seed 1); the expected ones stand beside them"
    )


# what cannot be drawn


def test_a_case_that_cannot_be_simulated_has_no_percentile_with_the_reason() -> None:
    broken = assumption("share", 0.5, "%", low=0.4, high=0.9, distribution="normal")
    result = calculate(shown("p10", broken))
    figure = result.figure("value_p10")
    assert figure.value is None
    assert figure.text == "–"
    assert figure.note.startswith("The case cannot be simulated: A normal distribution")
    assert result.lead is result.figure("value")
    assert "cannot be worked out" in text_of(result, "headline")
    assert explain(result, "value_p10").value is None


def test_further_reasons_are_counted() -> None:
    contradicting = (
        Correlation(between=("users", "gain"), rank=0.95),
        Correlation(between=("users", "share"), rank=0.95),
        Correlation(between=("gain", "share"), rank=-0.95),
    )
    normal = assumption("share", 0.5, "%", low=0.4, high=0.9, distribution="normal")
    result = calculate(shown("p10", normal, correlations=contradicting))
    assert "more in the checks" in result.figure("npv_p10").note


def test_a_setting_outside_its_limits_is_a_reason_too() -> None:
    result = calculate(shown("p10", simulation=Simulation(draws=10)))
    assert "10 draws are fewer than 1,000" in result.figure("value_p10").note


def test_without_any_range_the_percentile_is_the_expected_value() -> None:
    certain = case(benefit("work", "10 GBP/month"), conventions={"headline": "p10"})
    result = calculate(certain)
    assert result.value("value_p10") == result.value("value") == 360
    assert text_of(result, "headline").endswith("as nothing has a range")
    assert explain(result, "value_p10").words.endswith("as nothing has a range to draw from")


def test_draws_without_a_value_are_left_out_and_counted_in_the_note() -> None:
    risky = assumption("days", 0.0, "1", outcomes=())
    risky = replace(risky, value=1.0, low=0.0, high=2.0, distribution="discrete")
    result = calculate(shown("p10", risky, benefit("odd", "100 GBP / days")))
    figure = result.figure("value_p10")
    assert figure.value is not None
    assert "of 16,384 draws it does not exist" in figure.note


def test_more_draws_than_a_page_can_wait_for_are_cut_and_named() -> None:
    of = shown("p10", simulation=Simulation(draws=1_000_000))
    assert headline.plan_of(of).draws == headline.MOST_DRAWS
    assert "131,072 draws" in calculate(of).figure("value_p10").convention


# what it costs


def test_the_same_case_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    times = []
    real = headline.simulate
    monkeypatch.setattr(headline, "simulate", lambda *a, **k: (times.append(1), real(*a, **k))[1])
    of = shown("p10")
    first, second = calculate(of), calculate(of)
    assert first.figure("value_p10") is second.figure("value_p10")
    assert len(times) == 1
    calculate(shown("p10"))
    assert len(times) == 2
    calculate(shown("expected"))
    assert len(times) == 2


def test_what_was_drawn_goes_with_its_case() -> None:
    of = shown("p10")
    calculate(of)
    key = id(of)
    assert key in headline._known
    del of
    expected_values.forget()
    gc.collect()
    assert key not in headline._known


# the explanation


def test_the_explanation_lists_what_was_drawn_with_its_spread_and_works_out_again() -> None:
    result = calculate(shown("p10"))
    for name in ("value_p10", "npv_p10"):
        trace = explain(result, name)
        assert trace.rule == "simulation"
        assert "each of the 2 ranges" in trace.words
        assert "90% of the draws reach this result" in trace.words
        assert "seed 1; standard error ±" in trace.note
        users, gain, expected = trace.parts
        assert (users.name, gain.name) == ("assumptions.users", "assumptions.gain")
        assert users.note.startswith("Drawn: 10% of the draws are below 60\u00a0users")
        assert users.evidence is not None
        assert expected.name == name.removesuffix("_p10")
        assert recompute(trace, result) == pytest.approx(result.value(name), rel=1e-12)


# the statement


def test_the_statement_says_what_value_is_reached_in_how_many_draws() -> None:
    result = calculate(shown("p10"))
    assert (
        f"with a value over 3 years of {result.figure('value_p10').text} or more in 90% of the "
        "draws (P10)"
    ) in result.statement.text


def test_a_statement_about_the_value_tells_the_percentile_of_it() -> None:
    of = shown("p20", proposition=Proposition(figure="value", result="of value"))
    result = calculate(of)
    text = result.statement.text
    assert f"resulting in {result.figure('value_p20').text} of value" in text
    assert "reached or exceeded in 80% of the draws (P20)" in text
    assert result.figure("value").text not in text


@pytest.mark.parametrize("id", ["conservative", "stretch"])
def test_the_statement_of_another_scenario_says_nothing_of_draws(id: str) -> None:
    assert "draws" not in calculate(shown("p10"), id).statement.text


# expected figures of a case


def test_an_expected_percentile_is_checked_in_the_expected_scenario_only() -> None:
    right = calculate(shown("p10")).value("value_p10")
    assert right is not None
    for number, found in ((right, 0), (right + 1, 1)):
        result = calculate(shown("p10", expected={"value_p10": number}))
        assert len([each for each in result.warnings if each.code == "expected"]) == found
    other = calculate(shown("p10", expected={"value_p10": right}), "stretch")
    assert not [each for each in other.warnings if each.code == "expected"]


# one home for the names


def test_the_names_that_lead_are_figures_of_every_case() -> None:
    figures = calculate(shown("expected")).figures
    assert set(HEADLINE) <= set(figures)
    assert list(figures)[: len(HEADLINE)] == list(HEADLINE)
    assert set(EQUATION) <= set(COMPARED) <= set(HEADLINE)


def test_scenarios_are_compared_by_what_the_headline_shows() -> None:
    names = [figure.name for figure in calculate(shown("p10")).compared]
    assert names == [name for name in COMPARED if name not in ("roi", "roi_annual")]


def test_the_lead_of_a_case_without_the_figure_is_refused_by_name() -> None:
    with pytest.raises(UnknownName, match="nothing"):
        calculate(shown("p10")).leading("nothing")
