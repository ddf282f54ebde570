"""A case over many draws: closed forms within the stated error, the same bits every time."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench import reference
from tests.builders import assumption, benefit, calculation, case, investment, scenario
from valuecalc.case.case import Assumption, Case
from valuecalc.case.risk import Correlation, Outcome, Simulation
from valuecalc.engine.calculate import calculate
from valuecalc.engine.uncertainty import distributions
from valuecalc.engine.uncertainty.draws import Plan
from valuecalc.engine.uncertainty.simulate import SimulationResult, simulate
from valuecalc.errors import CaseError, InputError, UnknownName

METHODS = ("sobol", "plain")
Z90 = 1.2815515655446004


def plan(draws: int = 4096, seed: int = 1, method: str = "sobol") -> Plan:
    return Plan.of(draws=draws, seed=seed, method=method)


def normal(id: str, mean: float, half: float, **more: Any) -> Assumption:
    """An amount with a normal distribution: `half` below the mean 10 %, above it 90 %."""
    ends = {"low": mean - half, "high": mean + half, "distribution": "normal"}
    return assumption(id, mean, "GBP", **{**ends, **more})


def one_year(*parts: Any, **more: Any) -> Case:
    return case(*parts, months=12, period="year", **more)


def assert_near(found: float, true: float, error: float, errors: float = 5) -> None:
    # Rounding is left where the error is nothing.
    assert abs(found - true) <= errors * error + 1e-9 * max(1.0, abs(true))


# --------------------------------------------------------------------------- closed forms

SIZES = st.floats(10, 1e6)
SEEDS = st.integers(0, 2**31)


@settings(max_examples=15, derandomize=True)
@given(SIZES, SIZES, st.floats(0.01, 0.5), SEEDS, st.sampled_from(METHODS))
def test_a_difference_of_normals_is_normal(
    gain: float, cost: float, spread: float, seed: int, method: str
) -> None:
    drawn = one_year(
        normal("gained", gain, spread * gain),
        normal("paid", cost, spread * cost),
        benefit("gain", "gained"),
        investment("cost", "paid"),
    )
    value = simulate(drawn, plan(seed=seed, method=method), ()).figure("value")
    sd = spread * math.hypot(gain, cost) / Z90
    assert_near(value.mean, gain - cost, value.error("mean"))
    assert_near(value.sd, sd, value.error("sd"))
    for percent, z in ((10, -Z90), (50, 0.0), (90, Z90), (95, 1.6448536269514722)):
        assert_near(value.at(percent), gain - cost + z * sd, value.error(percent))


@settings(max_examples=15, derandomize=True)
@given(st.floats(1, 1e4), st.floats(1, 1e4), st.floats(1.05, 3), st.floats(1.05, 3), SEEDS)
def test_a_product_of_lognormals_is_lognormal(
    first: float, second: float, spread: float, other: float, seed: int
) -> None:
    lognormal = {"distribution": "lognormal"}
    drawn = one_year(
        assumption(
            "price", first, "GBP/item", low=first / spread, high=first * spread, **lognormal
        ),
        assumption("items", second, "item", low=second / other, high=second * other, **lognormal),
        benefit("gain", "price * items"),
    )
    value = simulate(drawn, plan(seed=seed), ()).figure("value")
    sigma = math.hypot(math.log(spread), math.log(other)) / Z90
    for percent, z in ((10, -Z90), (50, 0.0), (90, Z90)):
        true = first * second * math.exp(z * sigma)
        assert_near(value.at(percent), true, value.error(percent))
    assert_near(value.mean, first * second * math.exp(sigma**2 / 2), value.error("mean"))


@settings(max_examples=15, derandomize=True)
@given(st.floats(-100, 100), st.floats(0.1, 50), st.floats(0.1, 50), SEEDS)
def test_the_moments_of_a_pert_are_those_of_its_beta(
    low: float, left: float, right: float, seed: int
) -> None:
    mode, high = low + left, low + left + right
    drawn = one_year(
        assumption("gained", mode, "GBP", low=low, high=high, distribution="pert"),
        benefit("gain", "gained"),
    )
    value = simulate(drawn, plan(seed=seed), ()).figure("value")
    mean = (low + 4 * mode + high) / 6
    assert_near(value.mean, mean, value.error("mean"))
    assert_near(value.sd, math.sqrt((mean - low) * (high - mean) / 7), value.error("sd"))


@settings(max_examples=10, derandomize=True)
@given(st.floats(0.02, 0.98), SEEDS, st.sampled_from(METHODS))
def test_the_chance_of_gain_is_that_of_the_distribution(
    chance: float, seed: int, method: str
) -> None:
    drawn = one_year(
        assumption("gained", 1 - chance, "GBP", low=0.0, high=1.0, distribution="uniform"),
        benefit("gain", "gained"),
        investment("cost", f"{1 - chance!r} GBP"),
    )
    found = simulate(drawn, plan(seed=seed, method=method), ())
    assert_near(found.value_gain.share, chance, found.value_gain.error)
    assert found.value_gain.low <= found.value_gain.share <= found.value_gain.high


@pytest.mark.parametrize("method", METHODS)
def test_the_stated_errors_are_those_that_many_seeds_show(method: str) -> None:
    # One input only: a round of Sobol points is then far more even than chance would have it.
    drawn = one_year(normal("gained", 1000, 100), benefit("gain", "gained"))
    true = {"mean": 1000.0, "p10": 900.0, "p50": 1000.0, "p90": 1100.0}
    runs = [simulate(drawn, plan(1600, seed, method), ()).figure("value") for seed in range(40)]
    for name, value in true.items():
        actual = math.sqrt(np.mean([(each.at(name) - value) ** 2 for each in runs]))
        stated = math.sqrt(np.mean([each.error(name) ** 2 for each in runs]))
        assert 0.6 < actual / stated < 1.4, name


def test_npv_and_value_are_those_of_the_expected_case_where_all_is_linear_and_symmetric() -> None:
    drawn = case(
        normal("gained", 1000, 200, growth=0.05), normal("paid", 500, 50), *_gain_and_cost()
    )
    found = simulate(drawn, plan())
    single = calculate(drawn)
    for name in ("value", "npv", "total_benefits", "pv_investment"):
        figure = found.figure(name)
        assert figure.expected == single.value(name)
        assert_near(figure.mean, figure.expected or math.nan, figure.error("mean"))


def _gain_and_cost() -> tuple[Any, ...]:
    return (benefit("gain", "gained / 1 year"), investment("cost", "paid"))


def test_what_is_correlated_spreads_further() -> None:
    parts = (normal("gained", 1000, 200), normal("paid", 500, 50), *_gain_and_cost())
    apart = simulate(case(*parts), plan()).figure("npv")
    against = Correlation(between=("gained", "paid"), rank=-0.9)
    together = simulate(case(*parts, correlations=(against,)), plan()).figure("npv")
    assert together.sd > apart.sd + 5 * (together.error("sd") + apart.error("sd"))


# --------------------------------------------------------------------------- the same every time


def test_the_same_plan_gives_the_same_bits() -> None:
    first, second = (simulate(reference.case(months=24), plan(2048), ("irr",)) for _ in range(2))
    assert first.hash == second.hash
    assert first.figures == second.figures
    assert all((first.drawn[name] == second.drawn[name]).all() for name in ("npv", "value"))


def test_the_order_in_which_blocks_are_worked_out_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = simulate(reference.case(months=24), plan(2048), ("irr",))
    from valuecalc.engine.uncertainty import draws

    in_order = draws.blocks
    monkeypatch.setattr(draws, "blocks", lambda plan: in_order(plan)[::-1])
    backwards = simulate(reference.case(months=24), plan(2048), ("irr",))
    assert backwards.hash == usual.hash
    assert (backwards.band.p10 == usual.band.p10).all()


@pytest.mark.parametrize("other", [plan(2048, seed=2), plan(2064), plan(2048, method="plain")])
def test_another_plan_gives_another_hash(other: Plan) -> None:
    drawn = case(normal("gained", 1000, 200), normal("paid", 500, 50), *_gain_and_cost())
    assert simulate(drawn, plan(2048), ()).hash != simulate(drawn, other, ()).hash


def test_two_seeds_agree_within_their_errors() -> None:
    first, second = (simulate(reference.case(months=24), plan(seed=seed), ()) for seed in (1, 2))
    for name in ("mean", "p10", "p50", "p90"):
        one, other = first.figure("npv"), second.figure("npv")
        assert_near(one.at(name), other.at(name), math.hypot(one.error(name), other.error(name)))


def test_the_plan_of_the_case_holds_unless_another_is_given() -> None:
    own = Simulation(draws=1600, seed=9, method="plain")
    found = simulate(case(normal("gained", 9, 2), benefit("gain", "gained"), simulation=own))
    assert (found.draws, found.seed, found.method) == (1600, 9, "plain")


def test_every_draw_is_the_case_at_its_inputs() -> None:
    drawn = reference.case(months=24)
    found = simulate(drawn, plan(1008), ("irr", "payback"), keep_inputs=True)
    for draw in (0, 62, 63, 500, 1007):
        values = {id: float(each[draw]) for id, each in found.drawn_inputs.items()}
        single = calculate(drawn.with_values(values))
        for name, draws in found.drawn.items():
            expected = single.value(name)
            assert draws[draw] == pytest.approx(
                math.nan if expected is None else expected, rel=1e-9, nan_ok=True
            )


# --------------------------------------------------------------------------- what does not exist


def dividing(chance: float) -> Case:
    """A case that divides by zero with some chance."""
    outcomes = (Outcome(value=0.0, chance=chance), Outcome(value=2.0, chance=1 - chance))
    return one_year(
        assumption("share", 2.0, distribution="discrete", outcomes=outcomes),
        benefit("gain", "100 GBP / share"),
        investment("cost", "20 GBP"),
    )


def test_draws_that_divide_by_zero_are_counted_and_left_out() -> None:
    found = simulate(dividing(0.25), plan(), ("benefits.gain.total",))
    for name in ("npv", "value", "payback", "benefits.gain.total"):
        figure = found.figure(name)
        assert figure.undefined == pytest.approx(1024, abs=40)
        ((reason, count),) = figure.why.items()
        assert reason.startswith("“Gain” is undefined: its formula divides by zero")
        assert count == figure.undefined
        assert f"In {count:,} of 4,096 draws it does not exist." in figure.note
    assert found.figure("value").mean == pytest.approx(30)
    assert found.figure("value").sd == pytest.approx(0)
    assert any("cannot be worked out" in note for note in found.notes)


def test_chances_are_of_the_draws_that_exist() -> None:
    found = simulate(dividing(0.25), plan(), ())
    exist = 4096 - found.figure("npv").undefined
    assert found.gain.draws == found.payback.draws == exist
    assert found.gain.words == f"more than 99.902% (all of {exist:,} draws)"
    assert found.band.draws == exist


def test_a_case_that_is_never_defined_says_so_and_breaks_nowhere() -> None:
    found = simulate(
        one_year(normal("gained", 9, 2), benefit("gain", "gained / 0")), plan(1024), ("irr", "roi")
    )
    assert found.figure("npv").undefined == 1024
    assert math.isnan(found.figure("npv").mean)
    assert found.gain.words.startswith("unknown")
    assert found.band.draws == 0
    assert np.isnan(found.band.p50).all()
    assert len(found.histograms["npv"].counts) == 0
    assert math.isnan(found.convergence[-1].mean)


def test_paying_back_is_a_chance_of_its_own() -> None:
    drawn = one_year(
        assumption("gained", 50, "GBP", low=0, high=100, distribution="uniform"),
        benefit("gain", "gained"),
        investment("cost", "25 GBP"),
    )
    found = simulate(drawn, plan(), ())
    assert_near(found.payback.share, 0.75, found.payback.error)
    payback = found.figure("payback")
    assert payback.why == {"Not within the horizon of 1 year.": payback.undefined}
    assert payback.undefined == 4096 - found.payback.hits
    assert 0 < payback.at("p10") < payback.at("p90") <= 12


# --------------------------------------------------------------------------- certain cases


def test_a_case_without_ranges_is_the_same_in_every_draw() -> None:
    certain = case(benefit("gain", "50 GBP/month"), investment("cost", "1000 GBP"))
    found = simulate(certain, plan(), ("irr",))
    single = calculate(certain)
    for name in ("value", "npv", "payback", "irr"):
        figure = found.figure(name)
        assert figure.at("p1") == figure.at("p99") == pytest.approx(single.value(name))
        assert set(figure.errors.values()) == {0.0}
    assert found.is_certain
    assert found.notes[0] == "Nothing has a range: every draw is the expected case."


def test_the_chances_of_a_certain_case_say_that_it_is_certain() -> None:
    certain = case(benefit("gain", "50 GBP/month"), investment("cost", "1000 GBP"))
    found = simulate(certain, plan())
    assert found.value_gain.words == "certain: nothing has a range, and Value is above zero"
    assert found.payback.words == "certain: nothing has a range, and it pays back within 3 years"
    losing = simulate(replace(certain, benefits=()), plan())
    assert losing.gain.words.endswith("Net present value (NPV) is not above zero")
    assert losing.payback.words.endswith("it does not pay back within 3 years")


def test_an_empty_case_can_be_simulated() -> None:
    found = simulate(case(), plan())
    assert found.figure("value").at(50) == 0
    assert found.payback.words.startswith("unknown")


# --------------------------------------------------------------------------- scenarios

TWO = (normal("gained", 1000, 200), normal("paid", 500, 50), *_gain_and_cost())


def test_what_a_scenario_sets_is_certain_and_all_other_ranges_hold() -> None:
    drawn = case(*TWO, scenario("cheap", rate=0.2, paid=400))
    found = simulate(drawn, plan(), scenario="cheap")
    assert [each.id for each in found.inputs] == ["gained"]
    assert found.figure("total_investment").at("p1") == pytest.approx(400)
    assert found.figure("npv").expected == calculate(drawn, "cheap").value("npv")
    assert found.notes == ("Certain in the scenario “Cheap”: “Paid”.",)
    assert found.pinned == ("paid",)


def test_a_correlation_with_a_pinned_assumption_falls_away() -> None:
    together = Correlation(between=("gained", "paid"), rank=0.5)
    drawn = case(*TWO, scenario("cheap", paid=400), correlations=(together,))
    assert simulate(drawn, plan(), scenario="cheap").case.correlations == ()


@pytest.mark.parametrize("name", ["conservative", "stretch"])
def test_a_scenario_that_leaves_nothing_to_draw_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="nothing left to draw.*Simulate “expected”"):
        simulate(case(*TWO), plan(), scenario=name)


def test_an_unknown_scenario_is_refused() -> None:
    with pytest.raises(UnknownName, match="There is no scenario “rosy”"):
        simulate(case(*TWO), plan(), scenario="rosy")


# --------------------------------------------------------------------------- limits and mistakes


def test_too_many_numbers_to_keep_are_refused_with_the_limit() -> None:
    names = list(calculate(reference.case()).figures)
    with pytest.raises(CaseError, match="40,000,000 numbers.*at most 40 figures"):
        simulate(reference.case(), plan(1_000_000), names)
    with pytest.raises(CaseError, match="33 figures of 1,250,000|40,000,000"):
        simulate(reference.case(), replace(plan(), draws=1_600_000), (), keep_inputs=True)


def test_an_unknown_figure_is_refused() -> None:
    with pytest.raises(UnknownName, match="There is no figure “nvp”"):
        simulate(case(*TWO), plan(), ("nvp",))


def test_mistakes_of_case_and_distribution_are_refused_with_their_places() -> None:
    with pytest.raises(CaseError, match="benefits.gain.formula"):
        simulate(case(benefit("gain", "nobody * 1 GBP")), plan())
    skewed = normal("gained", 1000, 200, high=5000)
    with pytest.raises(CaseError, match="assumptions.gained"):
        simulate(case(skewed, benefit("gain", "gained")), plan())


def test_progress_is_told_after_each_block_and_can_stop_the_work() -> None:
    seen: list[tuple[int, int]] = []
    simulate(case(*TWO), plan(), progress=lambda done, of: seen.append((done, of)))
    assert seen == [(draws, 4096) for draws in range(256, 4097, 256)]

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(case(*TWO), plan(), progress=stop)


# --------------------------------------------------------------------------- what else it says


@pytest.fixture(scope="module")
def of_reference() -> SimulationResult:
    return simulate(reference.case(), plan(), ("irr",))


def test_inputs_come_with_their_distribution_and_their_part_of_the_spread(
    of_reference: SimulationResult,
) -> None:
    assert len(of_reference.inputs) == 30
    shares = [each.share for each in of_reference.inputs]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1)
    first = of_reference.inputs[0]
    assert (first.id, first.correlation > 0.5) == ("churn_cut", True)
    given = of_reference.case.assumption("churn_cut")
    assert given is not None
    assert first.words == distributions.of(given).words  # type: ignore[union-attr]
    costs = {each.id: each.correlation for each in of_reference.inputs}["licence"]
    assert costs < 0


def test_the_band_of_cash_ends_in_the_percentiles_of_value(of_reference: SimulationResult) -> None:
    band, value = of_reference.band, of_reference.figure("value")
    assert band.months.tolist() == list(range(61))
    assert band.draws == 4096
    for name in ("p5", "p10", "p50", "p90", "p95"):
        assert getattr(band, name)[-1] == pytest.approx(value.at(name), rel=1e-9)
    assert band.expected[-1] == pytest.approx(value.expected)
    assert (band.p5 <= band.p10).all()
    assert (band.p90 <= band.p95).all()


def test_a_long_case_takes_fewer_draws_for_its_band_and_says_so() -> None:
    found = simulate(case(*TWO, months=1200), plan(16_384), ())
    assert found.band.draws == 4_000_000 // 1201 // 16 * 16
    assert found.notes == (f"The band of cumulative cash is that of {found.band.draws:,} draws.",)


def test_the_mean_converges_as_its_error_says(of_reference: SimulationResult) -> None:
    steps = of_reference.convergence
    assert [each.draws for each in steps] == [256, 512, 1024, 2048, 4096]
    npv = of_reference.figure("npv")
    assert steps[-1].mean == pytest.approx(npv.mean)
    assert steps[-1].error == pytest.approx(npv.error("mean"), rel=1e-6)
    for each in steps:
        assert_near(each.mean, npv.mean, each.error)


@pytest.mark.parametrize("percentile", ["p10", "p20", "p50"])
def test_a_percentile_is_exceeded_in_the_rest_of_the_draws(
    of_reference: SimulationResult, percentile: str
) -> None:
    value = of_reference.figure("value")
    assert of_reference.figure("npv").error(percentile) > 0
    above = of_reference.drawn["value"] > value.at(percentile)
    assert above.mean() == pytest.approx(1 - int(percentile[1:]) / 100, abs=0.001)


def test_a_calculation_and_an_assumption_can_be_drawn_as_figures() -> None:
    drawn = case(
        normal("gained", 1000, 200),
        calculation("doubled", "gained * 2"),
        benefit("gain", "doubled"),
    )
    found = simulate(drawn, plan(), ("assumptions.gained", "calculations.doubled"))
    assert found.figure("assumptions.gained").at("p90") == pytest.approx(1200, rel=0.01)
    assert (found.drawn["calculations.doubled"] == 2 * found.drawn["assumptions.gained"]).all()
