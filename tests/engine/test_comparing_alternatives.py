"""The case beside what else the customer could do, in the same world and on the same terms."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from tests.builders import assumption, benefit, calculation, case, investment, label, scenario
from tests.strategies import cases
from valuecalc.case.case import Alternative, Benefit, Case, Conventions, Investment
from valuecalc.case.risk import Outcome
from valuecalc.engine.alternatives import (
    YARDSTICK,
    as_case,
    compare_alternatives,
    economic_value,
)
from valuecalc.engine.bridges import line_bridge
from valuecalc.engine.calculate import calculate
from valuecalc.errors import CaseError, UnknownName


def alternative(id: str, *lines: Benefit | Investment, kind: str = "other", **more: Any) -> Any:
    return Alternative(
        id=id,
        label=label(id),
        kind=kind,
        benefits=tuple(each for each in lines if isinstance(each, Benefit)),
        investments=tuple(each for each in lines if isinstance(each, Investment)),
        **more,
    )


USERS = assumption("users", 100, "user", low=80, high=130)
PRICE = calculation("price", "5 GBP/user/month")
GAIN = benefit("gain", "users * price")
LICENCE = investment("licence", "3000 GBP")
TRAINING = investment("training", "500 GBP", category="internal_effort")


def with_alternatives(*others: Alternative, **settings: Any) -> Case:
    parts = (USERS, PRICE, GAIN, LICENCE, TRAINING)
    return case(*parts, **{"months": 12, "rate": 0.0, **settings}, alternatives=others)


WAIT = alternative("wait", investment("upkeep", "100 GBP/month"), kind="do_nothing")
RIVAL = alternative(
    "rival",
    benefit("gain", "users * price * 80%"),
    benefit("nicer", "240 GBP"),
    investment("rival_licence", "2000 GBP"),
    investment("training", "200 GBP", category="internal_effort"),
    kind="next_best",
)
OWN = alternative("own", benefit("gain", "users * 1 GBP/user/month"))


# --------------------------------------------------------------------------- as a case


def test_an_alternative_has_its_own_lines_on_the_assumptions_of_the_case() -> None:
    found = calculate(as_case(with_alternatives(RIVAL), RIVAL))
    assert found.value("total_benefits") == 0.8 * 6000 + 240
    assert found.value("total_investment") == 2200


def test_what_is_set_moves_the_range_in_proportion() -> None:
    users = replace(USERS, outcomes=(Outcome(value=50, chance=1),))
    fewer = replace(OWN, set={"users": 50})
    made = as_case(replace(with_alternatives(fewer), assumptions=(users,)), fewer)
    (found,) = made.assumptions
    assert (found.value, found.low, found.high) == (50, 40, 65)
    assert found.outcomes == (Outcome(value=25, chance=1),)


def test_a_change_of_sign_exchanges_low_and_high() -> None:
    turned = replace(OWN, set={"users": -100})
    (found,) = as_case(with_alternatives(turned), turned).assumptions
    assert (found.value, found.low, found.high) == (-100, -130, -80)


def test_what_was_zero_has_no_range_elsewhere() -> None:
    other = replace(OWN, set={"users": 7})
    zero = replace(with_alternatives(other), assumptions=(replace(USERS, value=0.0, low=-1),))
    (found,) = as_case(zero, other).assumptions
    assert (found.value, found.low, found.high) == (7, None, None)


def test_calculations_on_lines_that_the_alternative_lacks_are_left_out() -> None:
    sums = (PRICE, calculation("twice", "2 * gain"), calculation("more", "twice * 2"))
    whole = replace(with_alternatives(WAIT, OWN), calculations=sums)
    assert [each.id for each in as_case(whole, WAIT).calculations] == ["price"]
    assert [each.id for each in as_case(whole, OWN).calculations] == ["price", "twice", "more"]


@given(cases(most_lines=2))
def test_the_case_itself_as_an_alternative_is_worth_the_same(case: Case) -> None:
    same = Alternative(
        id="same", label="Same", benefits=case.benefits, investments=case.investments
    )
    both = replace(case, alternatives=(same,))
    found = compare_alternatives(both)
    ours, theirs = found.options
    assert {name: figure.value for name, figure in ours.result.figures.items()} == {
        name: figure.value for name, figure in theirs.result.figures.items()
    }
    assert all(each.amount in (0, None) for each in theirs.differences)


# --------------------------------------------------------------------------- doing nothing


def test_doing_nothing_is_a_trend_with_rising_costs_churn_and_the_end_of_support() -> None:
    today = alternative(
        "today",
        benefit("kept", "left * 10 GBP/user/month"),
        investment("upkeep", "100 GBP/month", growth="10%"),
        investment("end_of_support", "4000 GBP", starts=18),
        kind="do_nothing",
    )
    left = calculation("left", "previous(left, users) * 98%")
    whole = case(USERS, PRICE, left, GAIN, months=36, rate=0.0, alternatives=(today,))
    found = compare_alternatives(whole).option("today").result
    upkeep = found.value("investments.upkeep.total")
    assert upkeep == pytest.approx(1200 * (1 + 1.1 + 1.21))
    assert found.value("investments.end_of_support.total") == 4000
    kept = sum(1000 * 0.98**month for month in range(1, 37))
    assert found.value("benefits.kept.total") == pytest.approx(kept)


def test_without_it_today_is_the_yardstick() -> None:
    assert compare_alternatives(with_alternatives(RIVAL)).note == YARDSTICK
    assert compare_alternatives(with_alternatives()).note == YARDSTICK
    assert compare_alternatives(with_alternatives(WAIT)).note == ""


# --------------------------------------------------------------------------- side by side


def test_the_case_stands_first_then_nothing_the_next_best_and_the_others() -> None:
    found = compare_alternatives(with_alternatives(OWN, RIVAL, WAIT))
    assert [each.id for each in found.options] == ["case", "wait", "rival", "own"]
    kinds = [each.kind_label for each in found.options]
    assert kinds[:3] == ["The case", "Do nothing", "Next best alternative"]


def test_differences_are_the_option_less_the_case() -> None:
    found = compare_alternatives(with_alternatives(WAIT)).option("wait")
    value, npv = found.differences
    assert (value.figure, value.amount, value.text) == ("value", -1200 - 2500, "−£3,700")
    assert npv.figure == "npv"
    assert found.words == "Wait has an NPV £3.70k less than the case."


def test_a_figure_that_does_not_exist_has_no_difference_and_a_reason() -> None:
    broken = alternative("broken", benefit("none", "users * 1 GBP/user / (users - users) * 1 user"))
    value = compare_alternatives(with_alternatives(broken)).option("broken").differences[0]
    assert value.amount is None
    assert value.text == "–"
    assert "None" in value.note


def test_a_scenario_holds_for_every_option_apart_from_what_it_sets_itself() -> None:
    own = replace(OWN, id="fixed", set={"users": 100})
    whole = replace(with_alternatives(OWN, own), scenarios=(scenario("few", 0.2, users=50),))
    found = compare_alternatives(whole, "few")
    assert (found.scenario, found.scenario_label) == ("few", "Few")
    values = {each.id: each.result.value("total_benefits") for each in found.options}
    assert values == {"case": 3000, "own": 600, "fixed": 1200}
    assert {each.result.case.discounting.rate for each in found.options} == {0.2}
    assert {each.result.scenario for each in found.options} == {"few"}


def test_conservative_is_that_of_the_case_in_every_option() -> None:
    found = compare_alternatives(with_alternatives(OWN), "conservative")
    assert found.option("own").result.value("total_benefits") == 80 * 12


def test_an_option_can_be_bridged_to_the_case() -> None:
    found = compare_alternatives(with_alternatives(RIVAL))
    rival, ours = found.option("rival").result, found.option("case").result
    steps = {each.id: each.amount for each in line_bridge(rival, ours).steps}
    assert steps == {
        "gain": 1200,
        "nicer": -240,
        "licence": -3000,
        "rival_licence": 2000,
        "training": -300,
    }


def test_mistakes_in_an_alternative_are_told_with_their_place() -> None:
    wrong = alternative("wrong", benefit("b", "users * licence"))
    with pytest.raises(CaseError) as caught:
        compare_alternatives(with_alternatives(wrong))
    (problem,) = caught.value.problems
    assert problem.place == "alternatives.wrong.benefits.b.formula"
    assert "belongs to the case" in problem.cause


def test_an_unknown_option_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="wait"):
        compare_alternatives(with_alternatives(WAIT)).option("waiting")


def test_what_the_case_lacks_is_no_warning_of_an_alternative() -> None:
    assert compare_alternatives(with_alternatives(WAIT)).option("wait").result.warnings == ()


# --------------------------------------------------------------------------- economic value


def test_economic_value_is_the_rivals_price_and_what_is_better_less_what_is_worse() -> None:
    found = compare_alternatives(with_alternatives(RIVAL)).estimation
    assert found is not None
    assert {each.id: each.amount for each in found.steps} == {
        "gain": 1200,
        "nicer": -240,
        "training": -300,
    }
    assert (found.reference, found.positive, found.negative) == (2000, 1200, -540)
    assert found.total == 2660
    assert (found.price, found.incentive) == (3000, -340)
    assert found.words == (
        "The reference value is the price of “Rival”, £2.00k. What the case does better is worth "
        "£1.20k, what it does worse costs £540: it is worth £2.66k at most. Its price of £3.00k "
        "is £340 above that."
    )


def test_one_line_that_is_own_effort_here_and_price_there_counts_once_on_each_side() -> None:
    rival = replace(RIVAL, investments=(investment("training", "200 GBP"),))
    found = compare_alternatives(with_alternatives(rival)).estimation
    assert found is not None
    assert {each.id: each.amount for each in found.steps}["training"] == -500
    assert found.reference == 200


@given(cases(most_lines=2), cases(most_lines=2))
def test_the_incentive_is_the_difference_of_the_two(one: Case, other: Case) -> None:
    first, second = calculate(one), calculate(other)
    found = economic_value(first, second, "value")
    if found is None:
        assert first.value("value") is None or second.value("value") is None
        return
    totals = [
        abs(result.value(name) or 0)
        for result in (first, second)
        for name in ("total_benefits", "total_investment")
    ]
    difference = (first.value("value") or 0) - (second.value("value") or 0)
    assert math.isclose(found.incentive, difference, abs_tol=1e-9 * max(1.0, *totals))


def test_without_a_next_best_alternative_there_is_no_estimation() -> None:
    assert compare_alternatives(with_alternatives(WAIT, OWN)).estimation is None


def test_the_conventions_of_the_case_hold_for_its_alternatives() -> None:
    whole = replace(with_alternatives(WAIT), conventions=Conventions(roi="annual"))
    found = compare_alternatives(whole).option("wait").result
    assert found.case.conventions.roi == "annual"
