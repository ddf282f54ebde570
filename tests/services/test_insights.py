"""What a case depends on, as readers get it: the engine's answers without the draws."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace
from typing import Any

import pytest

from valuecalc.case.case import Case
from valuecalc.engine import trace
from valuecalc.engine.calculate import calculate
from valuecalc.engine.sensitivity.break_even import break_evens
from valuecalc.engine.sensitivity.tornado import tornado
from valuecalc.engine.uncertainty.percentiles import Percentiles
from valuecalc.engine.uncertainty.simulate import simulate
from valuecalc.errors import CaseError, UnknownName
from valuecalc.services import charts, insights, library

MOST_KEPT_BYTES = 250_000


@pytest.fixture(scope="module")
def case() -> Case:
    return library.straw_man("council-services").case


def few(case: Case, **more: Any) -> insights.Certainty:
    return insights.certainty(case, insights.plan_for_readers(case, draws=1024, **more))


# --------------------------------------------------------------------------- how sure


def test_what_is_kept_of_a_simulation_is_small_and_the_same(case: Case) -> None:
    plan = insights.plan_for_readers(case, draws=16_384)
    kept = insights.certainty(case, plan)
    whole = simulate(case, plan)
    assert kept.simulation.hash == whole.hash
    assert kept.simulation.figure("npv").percentiles == whole.figure("npv").percentiles
    assert not kept.simulation.drawn
    assert len(pickle.dumps(kept)) < MOST_KEPT_BYTES < len(pickle.dumps(whole.drawn))


def test_what_to_find_out_is_of_the_same_draws(case: Case) -> None:
    found = few(case)
    assert found.information is not None
    npv = found.simulation.figure("npv").mean
    going_ahead = next(each for each in found.information.options if each.id == "case")
    assert going_ahead.mean == pytest.approx(npv, rel=1e-12)


def test_the_sentence_names_the_ends_and_the_chance(case: Case) -> None:
    found = few(case)
    value = found.simulation.figure("value")
    low, high = insights.short_text(value, "p10"), insights.short_text(value, "p90")
    assert f"between {low} and {high}" in found.sentence
    assert found.sentence.endswith(f"{found.simulation.gain.words}.")


def test_without_a_range_the_sentence_says_that_every_draw_is_the_same(case: Case) -> None:
    bare = tuple(
        replace(each, low=None, high=None, outcomes=(), distribution="", range="")
        for each in case.assumptions
    )
    found = few(replace(case, assumptions=bare, correlations=()))
    assert found.sentence.startswith("Nothing has a range, so the value is £")
    assert found.information is None


@pytest.mark.parametrize("draws", [insights.MOST_DRAWS + 1, 10**8])
def test_more_draws_than_somebody_waits_for_are_refused(case: Case, draws: int) -> None:
    with pytest.raises(CaseError) as refused:
        insights.plan_for_readers(case, draws=draws)
    [problem] = refused.value.problems
    assert problem.place == "simulation.draws"
    assert "131,072" in problem.cause
    assert "command line" in problem.remedy


def test_as_many_draws_as_somebody_waits_for_are_made(case: Case) -> None:
    assert insights.plan_for_readers(case, draws=insights.MOST_DRAWS).draws == 131_072


def test_a_case_that_wants_more_by_itself_gets_the_most(case: Case) -> None:
    eager = replace(case, simulation=replace(case.simulation, draws=1_000_000))
    assert insights.plan_for_readers(eager).draws == insights.MOST_DRAWS


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (6.155603, "GBP/hour", "£6.156 per hour"),
        (0.161432, "%", "16.14%"),
        (819_774.4, "GBP", "£819,774"),
        (math.nan, "GBP", "–"),
    ],
)
def test_means_of_draws_claim_no_more_digits_than_they_have(
    amount: float, unit: str, text: str
) -> None:
    assert insights.drawn_text(amount, unit) == text


@pytest.mark.parametrize(
    ("error", "text"), [(175.11, "±£180"), (5.6421, "±£5.60"), (0.0, "±£0"), (math.nan, "±–")]
)
def test_errors_have_two_digits(error: float, text: str) -> None:
    assert insights.error_text(error, "GBP") == text


def test_the_chance_of_the_expected_value_is_the_share_of_draws_that_reach_it(case: Case) -> None:
    found = few(case)
    plan = insights.plan_for_readers(case, draws=1024)
    draws = simulate(case, plan).drawn["value"]
    assert found.simulation.reached is not None
    assert found.simulation.reached.share == (draws >= calculate(case).value("value")).mean()
    assert calculate(case).figure("value").short in found.simulation.reached.label


def test_a_case_that_cannot_turn_out_otherwise_has_no_chance_of_its_value(case: Case) -> None:
    certain = tuple(
        replace(each, low=None, high=None, outcomes=(), distribution="", range="")
        for each in case.assumptions
    )
    assert few(replace(case, assumptions=certain, correlations=())).simulation.reached is None


def test_the_sentence_leaves_no_draw_without_a_value_out_in_silence(case: Case) -> None:
    found = few(case)
    drawn = found.simulation
    value = replace(drawn.figure("value"), undefined=256, draws=1024)
    gone = replace(drawn, figures=dict(drawn.figures) | {"value": value})
    sentence = replace(found, simulation=gone).sentence
    assert sentence.startswith("In 256 of 1,024 draws there is no value. In 8 of 10 of the others")


def test_a_figure_that_never_exists_is_a_dash() -> None:
    never = Percentiles(
        name="irr",
        label="IRR",
        unit="%",
        expected=None,
        mean=math.nan,
        sd=math.nan,
        percentiles={"p10": math.nan},
        errors={},
    )
    assert insights.short_text(never, "p10") == "–"
    assert insights.expected_text(never) == "–"


# --------------------------------------------------------------------------- what it depends on


def test_dependence_is_what_the_engine_says(case: Case) -> None:
    found = insights.dependence(case, "value", "few_move", wanted=1000.0)
    assert found.tornado == tornado(case, "value", "few_move", others=True)
    assert found.break_evens == break_evens(case, "value", 1000.0, "few_move")
    assert found.wanted == "£1,000"
    assert len(found.elasticities) == len(case.assumptions)


def test_a_change_without_effect_is_marked(case: Case) -> None:
    changes = {each.label: each for each in insights.dependence(case, "npv").elasticities}
    assert not changes["Upgrade of today’s forms when their support ends"].has_effect
    assert changes["Cost of a request by telephone"].has_effect


def test_a_point_is_the_case_with_these_values(case: Case) -> None:
    first = case.assumptions[0]
    changed = {first.id: first.value * 1.5, "discount_rate": 0.07}
    result, found = insights.at_point(case, changed, "npv")
    there = calculate(case.with_values({first.id: first.value * 1.5}, 0.07))
    assert result.value("npv") == there.value("npv")
    assert found == trace.explain(there, "npv")


def test_a_point_keeps_the_scenario(case: Case) -> None:
    result, _ = insights.at_point(case, {}, "npv", "few_move")
    assert result.value("npv") == calculate(case, "few_move").value("npv")


def test_a_point_of_nothing_is_unknown(case: Case) -> None:
    with pytest.raises(UnknownName):
        insights.at_point(case, {"nope": 1.0}, "npv")


# --------------------------------------------------------------------------- bridges


def test_two_scenarios_are_bridged_by_assumption_too(case: Case) -> None:
    found = insights.bridged(case, "scenario:conservative", "scenario:expected", "npv")
    assert found.by_assumption is not None
    assert found.by_line.difference == pytest.approx(
        math.fsum(each.amount for each in found.by_assumption.steps)
    )


def test_an_alternative_is_bridged_by_line_alone(case: Case) -> None:
    start = f"alternative:{case.alternatives[0].id}"
    found = insights.bridged(case, start, "scenario:expected", "value")
    assert found.by_assumption is None
    assert found.by_line.steps


# --------------------------------------------------------------------------- charts


def test_charts_of_a_page_are_drawn_for_phones_as_well(case: Case) -> None:
    found = few(case)
    assert found.information is not None
    drawn = [
        charts.histogram(found.simulation),
        charts.likelihood(found.simulation),
        charts.cash_band(found.simulation),
        charts.information(found.information),
        charts.tornado(tornado(case)),
        charts.bridge(
            insights.bridged(case, "scenario:stretch", "scenario:expected", "npv").by_line
        ),
    ]
    for chart in drawn:
        assert chart is not None
        assert f'viewBox="0 0 {charts.PHONE_WIDTH} ' in chart.narrow
        assert f'viewBox="0 0 {charts.PHONE_WIDTH} ' not in chart.svg
        assert chart.table.rows


def test_a_figure_that_does_not_exist_has_no_tornado_chart(case: Case) -> None:
    gone = replace(tornado(case), figure=replace(tornado(case).figure, value=None))
    assert charts.tornado(gone) is None
