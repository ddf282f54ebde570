"""What it is worth to find out more: against closed forms and nested simulation."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from tests.builders import assumption, benefit, case, investment
from valuecalc.case.case import Alternative, Case
from valuecalc.case.risk import Correlation, Outcome, Pilot
from valuecalc.engine.uncertainty import conditional
from valuecalc.engine.uncertainty.draws import Plan
from valuecalc.engine.uncertainty.information import Information, InformationItem, information
from valuecalc.engine.uncertainty.simulate import simulate
from valuecalc.errors import InputError

Z90 = float(norm.ppf(0.9))


def known(case: Case, draws: int = 8_192, **more: Any) -> Information:
    return information(simulate(case, Plan.of(case.simulation, draws=draws), [], **more))


def item(found: Information, id: str) -> InformationItem:
    return next(each for each in found.items if each.assumption.id == id)


def spread(id: str, mean: float, sd: float, **more: Any) -> Any:
    """A normal assumption in pounds."""
    ends = {"low": mean - Z90 * sd, "high": mean + Z90 * sd}
    return assumption(id, mean, "GBP", distribution="normal", **ends, **more)


def two_doubts(x: float = 100, y: float = 50, sd_x: float = 240, sd_y: float = 180) -> Case:
    return case(
        spread("x", x, sd_x, pilot=Pilot(cost=5)),
        spread("y", y, sd_y),
        benefit("gain", "x + y", starts=0),
    )


def loss(mean: float, sd: float) -> float:
    """What it is worth to know a normal gain before choosing it or nothing: a closed form."""
    if sd == 0:
        return 0.0
    z = abs(mean) / sd
    return sd * float(norm.pdf(z) - z * norm.cdf(-z))


# --------------------------------------------------------------------------- closed forms


@settings(max_examples=12)
@given(
    st.floats(-300, 300),
    st.floats(20, 400),
    st.floats(20, 400),
)
def test_normal_doubts_that_add_up_have_the_value_of_the_unit_normal_loss(
    mean: float, sd_x: float, sd_y: float
) -> None:
    found = known(two_doubts(mean, 0, sd_x, sd_y))
    sd = math.hypot(sd_x, sd_y)
    room = 0.004 * sd
    assert found.evpi == pytest.approx(loss(mean, sd), abs=4 * found.evpi_error + room)
    for id, own in (("x", sd_x), ("y", sd_y)):
        each = item(found, id)
        assert each.evppi == pytest.approx(loss(mean, own), abs=4 * each.error + room)


def test_the_error_is_that_of_repeated_simulations() -> None:
    """With ten seeds, the values spread about as widely as each of them says."""
    base = two_doubts()
    found = [
        item(information(simulate(base, Plan.of(base.simulation, draws=4_096, seed=seed), [])), "x")
        for seed in range(10)
    ]
    spread_of_values = float(np.std([each.evppi for each in found], ddof=1))
    told = float(np.mean([each.error for each in found]))
    assert 0.4 < spread_of_values / told < 2.5


def test_an_assumption_that_only_adds_noise_is_worth_nothing() -> None:
    quiet = case(
        spread("x", 100, 60), spread("tiny", 0, 0.01), benefit("gain", "x + tiny", starts=0)
    )
    found = item(known(quiet), "tiny")
    assert found.evppi <= 2 * found.error + 1e-9
    assert found.words == (
        "Testing “Tiny” is not worth paying for: no result would change the decision."
    )


def test_chance_does_not_pass_for_knowledge() -> None:
    """A fit that judged its own draws would see about £6 in what tells nothing."""
    toss_up = case(
        spread("x", 0, 300), spread("idle", 0, 0.01), benefit("gain", "x + idle", starts=0)
    )
    plans = [Plan.of(toss_up.simulation, 1_000, seed, "plain") for seed in range(8)]
    found = [item(information(simulate(toss_up, plan, [])), "idle").evppi for plan in plans]
    assert float(np.mean(found)) < 2


def test_where_the_gain_is_sure_nothing_is_worth_knowing() -> None:
    sure = case(spread("x", 10_000, 10), benefit("gain", "x", starts=0))
    found = known(sure)
    assert found.evpi == 0
    assert item(found, "x").evppi == 0
    assert found.words.endswith("Nothing that could be found out would change that.")
    assert found.changes.words.startswith("less than")


def test_a_sure_loss_is_not_gone_ahead_with() -> None:
    loser = case(spread("x", 100, 50), investment("cost", "400 GBP", starts=0), benefit("g", "x"))
    found = known(loser)
    assert (found.best.id, found.best.label) == ("not", "Do not go ahead")
    assert found.best.mean == 0


# --------------------------------------------------------------------------- nested simulation


def kinked() -> Case:
    """A gain that depends on both doubts together, with a ceiling."""
    return case(
        assumption("users", 100, "user", low=60, high=180),
        assumption("price", 10, "GBP/user", low=4, high=14),
        assumption("cost", 950, "GBP", low=700, high=1_300),
        benefit("gain", "min(users, 150 user) * price", starts=0),
        investment("paid", "cost", starts=0),
    )


@pytest.mark.parametrize("id", ["users", "price", "cost"])
def test_it_agrees_with_a_simulation_inside_a_simulation(id: str) -> None:
    base = kinked()
    result = simulate(base, Plan.of(base.simulation, draws=16_384), [], keep_inputs=True)
    found = item(information(result), id)
    inputs = {each: result.drawn_inputs[each] for each in ("users", "price", "cost")}
    random = np.random.default_rng(7)
    expected = []
    for value in np.quantile(inputs[id], (np.arange(400) + 0.5) / 400):
        inner = {name: random.choice(draws, 4_000) for name, draws in inputs.items()}
        inner[id] = np.full(4_000, value)
        npv = np.minimum(inner["users"], 150) * inner["price"] - inner["cost"]
        expected.append(npv.mean())
    nested = np.maximum(expected, 0).mean() - max(0.0, float(np.mean(expected)))
    assert found.evppi == pytest.approx(nested, abs=4 * found.error + 4)


def test_a_doubt_with_a_few_outcomes_is_taken_one_by_one() -> None:
    outcomes = (Outcome(value=-300, chance=0.25), Outcome(value=200, chance=0.75))
    chancy = case(
        assumption("x", 200, "GBP", distribution="discrete", outcomes=outcomes),
        spread("y", 0, 50),
        benefit("gain", "x + y", starts=0),
    )
    found = item(known(chancy), "x")
    # Without the 25 % in which it loses 300.
    assert found.evppi == pytest.approx(75, abs=4 * found.error + 0.5)
    assert found.change == pytest.approx(0.25, abs=0.01)


@given(st.integers(0, 2**32 - 1), st.integers(3, 400))
def test_a_regression_of_what_is_a_straight_line_is_that_line(seed: int, count: int) -> None:
    numbers = np.random.default_rng(seed).lognormal(size=count)
    line = np.column_stack([3 + 2 * numbers, -numbers])
    found = conditional.fit(numbers, line)
    assert found.at(numbers) == pytest.approx(line, rel=1e-6, abs=1e-6)


def test_a_regression_goes_on_straight_beyond_its_knots() -> None:
    numbers = np.linspace(-2, 2, 500)
    found = conditional.fit(numbers, np.column_stack([numbers**2]))
    beyond = found.at(np.array([10.0, 11.0, 12.0]))[:, 0]
    assert beyond[2] - beyond[1] == pytest.approx(beyond[1] - beyond[0])


# --------------------------------------------------------------------------- always


@settings(max_examples=15)
@given(
    st.floats(-500, 500),
    st.floats(1, 300),
    st.floats(1, 300),
    st.sampled_from(["x + y", "x * y / 100 GBP", "max(x, y)", "if(x > y, x, -y)"]),
)
def test_no_part_is_worth_more_than_the_whole_nor_less_than_nothing(
    mean: float, sd_x: float, sd_y: float, formula: str
) -> None:
    found = known(
        case(spread("x", mean, sd_x), spread("y", 30, sd_y), benefit("gain", formula, starts=0)),
        draws=2_000,
    )
    for each in found.items:
        assert 0 <= each.evppi <= found.evpi
        assert each.error >= 0


def test_the_same_simulation_gives_the_same_answer_with_and_without_kept_inputs() -> None:
    bare, kept = known(two_doubts()), known(two_doubts(), keep_inputs=True)
    assert [each.evppi for each in bare.items] == [each.evppi for each in kept.items]


# --------------------------------------------------------------------------- pilots and words


def test_a_pilot_is_ranked_by_what_it_is_worth_beyond_its_cost() -> None:
    several = case(
        spread("dear", 50, 300, pilot=Pilot(cost=500)),
        spread("cheap", 50, 200, pilot=Pilot(cost=1)),
        spread("middling", 50, 250, pilot=Pilot(cost=10)),
        spread("unpriced", 50, 350),
        benefit("gain", "dear + cheap + middling + unpriced", starts=0),
    )
    found = known(several)
    assert [each.assumption.id for each in found.items] == ["middling", "cheap", "unpriced", "dear"]
    assert [each.rank for each in found.items] == [1, 2, 3, 4]
    cheap, dear = item(found, "cheap"), item(found, "dear")
    assert cheap.net == cheap.evppi - 1
    assert cheap.words.startswith("Testing “Cheap” for £1 is worth up to £")
    assert dear.words.startswith("Testing “Dear” for £500 is not worth it: to know it is worth")
    assert not dear.is_worth_testing
    assert item(found, "unpriced").net is None
    assert item(found, "unpriced").words.startswith("Testing “Unpriced” is worth at most £")


def test_the_answer_says_its_decision_its_chance_and_its_method() -> None:
    found = known(two_doubts())
    assert found.words.startswith("With what is known today, “Go ahead” is best")
    assert "The chance that another option turns out to be better is 3" in found.words
    assert "to know everything before deciding would be worth £" in found.words.lower()
    assert "Strong, Oakley and Brennan 2014" in found.method
    assert found.changes.share == pytest.approx(float(norm.cdf(-150 / 300)), abs=0.01)


def test_what_moves_together_is_said_and_counted() -> None:
    base = two_doubts()
    together = replace(base, correlations=(Correlation(between=("x", "y"), rank=0.9),))
    alone, both = item(known(base), "x"), item(known(together), "x")
    assert both.evppi > 1.2 * alone.evppi
    assert both.note == (
        "It moves together with “Y”: what a test says of them as well is counted here."
    )
    assert alone.note == ""


# --------------------------------------------------------------------------- alternatives


def alternatives(*given: Alternative) -> Case:
    return replace(two_doubts(), alternatives=given)


def test_doing_nothing_has_a_value_of_its_own_where_the_case_says_so() -> None:
    decline = Alternative(
        id="stay",
        label="Carry on",
        kind="do_nothing",
        investments=(investment("lost", "120 GBP", starts=0),),
    )
    found = known(alternatives(decline))
    assert [each.id for each in found.options] == ["case", "stay"]
    assert found.options[1].mean == pytest.approx(-120)
    assert found.evpi == pytest.approx(loss(270, 300), abs=4 * found.evpi_error + 0.5)


def test_the_next_best_alternative_is_drawn_with_the_same_doubts() -> None:
    """Where it gains the same but for 10, nothing is learnt about the choice between them."""
    other = Alternative(
        id="rival",
        label="Rival",
        kind="next_best",
        benefits=(benefit("same", "x + y", starts=0),),
        investments=(investment("fee", "10 GBP", starts=0),),
    )
    found = known(alternatives(other))
    assert [each.id for each in found.options] == ["case", "not", "rival"]
    assert found.options[2].mean == pytest.approx(found.options[0].mean - 10)
    assert found.evpi == pytest.approx(known(two_doubts()).evpi)


def test_an_alternative_with_assumptions_of_its_own_moves_their_range() -> None:
    half = Alternative(
        id="half",
        label="Half",
        kind="next_best",
        benefits=(benefit("same", "x", starts=0),),
        set={"x": 50},
    )
    found = known(alternatives(half))
    assert found.options[2].mean == pytest.approx(50, abs=2)


# --------------------------------------------------------------------------- what is missing


def test_draws_without_a_value_are_left_out_and_counted() -> None:
    fallible = case(
        spread("x", 100, 80), spread("y", 50, 50), benefit("gain", "x + sqrt(y / 1 GBP) * 1 GBP")
    )
    found = known(fallible)
    assert 0.1 < found.undefined / found.draws < 0.2
    assert any("are left out" in note for note in found.notes)
    assert math.isfinite(found.evpi)


def test_a_case_that_never_has_a_value_is_refused() -> None:
    never = case(spread("x", 100, 80), benefit("gain", "x / (2 - 2)"))
    with pytest.raises(InputError, match="No draw has an NPV"):
        known(never)


def test_a_case_without_doubts_has_nothing_to_find_out() -> None:
    certain = case(assumption("x", 100, "GBP"), benefit("gain", "x"))
    found = known(certain)
    assert (found.items, found.evpi) == ((), 0)
