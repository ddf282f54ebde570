"""What changed is told in figures: before, after, and step by step from the one to the other."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from tests.builders import assumption, benefit, calculation, case, investment, milestone
from tests.counting import steps_of
from tests.strategies import cases
from valuecalc.case.case import Case
from valuecalc.case.timeline import Timeline
from valuecalc.engine import effects as module
from valuecalc.engine.calculate import calculate
from valuecalc.engine.effects import Bridge, Effects, FigureEffect, effects, signed

USERS = assumption("users", 100, "user")
PRICE = assumption("price", 5, "GBP/user/month")
GAIN = benefit("gain", "users * price")
COST = investment("cost", "6000 GBP")
BEFORE = case(USERS, PRICE, GAIN, COST, months=12)


def changed(*parts: Any, **settings: Any) -> Case:
    return case(*parts, **{"months": 12, **settings})


def figure(found: Effects, name: str) -> FigureEffect:
    return next(each for each in found.figures if each.name == name)


def bridge(found: Effects, name: str = "value") -> Bridge:
    return next(each for each in found.bridges if each.figure == name)


def steps(after: Case, before: Case = BEFORE, name: str = "value") -> dict[str, float]:
    found = bridge(effects(before, after), name).steps
    return {each.label: round(each.amount, 6) for each in found}


# --------------------------------------------------------------------------- figures


def test_every_headline_figure_stands_before_and_after_with_its_difference() -> None:
    after = changed(replace(USERS, value=120), PRICE, GAIN, COST)
    found = effects(BEFORE, after)
    assert [each.name for each in found.figures] == [
        each.name for each in calculate(BEFORE).headline
    ]
    value = figure(found, "value")
    assert (value.before, value.after, value.difference) == (0, 1200, 1200)
    assert (value.before_text, value.after_text) == ("£0", "£1,200")
    assert value.difference_text == "+£1,200"
    assert found.notes == ()


def test_the_headline_of_both_versions_is_compared() -> None:
    after = replace(BEFORE, conventions=replace(BEFORE.conventions, roi="annual"))
    found = effects(BEFORE, after)
    names = {each.name for each in found.figures}
    assert {"roi_annual", "roi_discounted"} <= names
    assert figure(found, "roi_annual").before == figure(found, "roi_annual").after


def test_no_payback_before_is_told_in_words_and_has_no_difference() -> None:
    poor = changed(replace(USERS, value=10), PRICE, GAIN, COST)
    rich = changed(replace(USERS, value=200), PRICE, GAIN, COST)
    payback = figure(effects(poor, rich), "payback")
    assert payback.before_text == "Not within the horizon of 1 year"
    assert payback.after_text == "6 months"
    assert (payback.difference, payback.difference_text) == (None, "–")
    assert payback.note == "Not within the horizon of 1 year."


@pytest.mark.parametrize(
    ("difference", "unit", "text"),
    [
        (-2000, "GBP", "−£2,000"),
        (0.035, "%", "+3.5 points"),
        (-0.01, "%", "−1.0 points"),
        (1, "months", "+1 month"),
        (-2.25, "months", "−2.3 months"),
        (0, "months", "0 months"),
        (0.5, "x", "+0.50"),
    ],
)
def test_a_difference_is_shown_with_its_sign_and_unit(
    difference: float, unit: str, text: str
) -> None:
    shown = FigureEffect(
        name="x",
        label="X",
        unit=unit,
        before=0.0,
        after=float(difference),
        before_text="",
        after_text="",
    )
    assert shown.difference_text == text


# --------------------------------------------------------------------------- steps


def test_each_changed_assumption_is_a_step_in_the_order_of_the_earlier_version() -> None:
    after = changed(replace(PRICE, value=6), replace(USERS, value=120), GAIN, COST)
    # 20 users at the old price, then a pound more for 120.
    assert steps(after) == {"Users": 1200, "Price": 1440}
    places = [each.place for each in bridge(effects(BEFORE, after)).steps]
    assert places == ["assumptions.users.value", "assumptions.price.value"]


def test_a_changed_assumption_that_moves_nothing_is_still_a_step() -> None:
    before = replace(BEFORE, assumptions=(*BEFORE.assumptions, assumption("idle", 1)))
    after = replace(BEFORE, assumptions=(*BEFORE.assumptions, assumption("idle", 2)))
    assert steps(after, before) == {"Idle": 0}


def test_what_says_nothing_about_amounts_is_no_step() -> None:
    users = replace(USERS, label="People", low=50, note="x", evidence=None)
    after = changed(users, PRICE, replace(GAIN, label="Win", note="x"), COST)
    assert steps(after) == {}


def test_growth_and_yearly_values_are_steps_too() -> None:
    before = replace(BEFORE, timeline=Timeline(start=BEFORE.timeline.start, months=24))
    growing = replace(USERS, growth=0.1)
    assert steps(replace(before, assumptions=(growing, PRICE)), before) == {"Users": 600}
    by_year = replace(USERS, values=(100.0, 150.0))
    assert steps(replace(before, assumptions=(by_year, PRICE)), before) == {"Users": 3000}


def test_a_number_in_another_unit_is_a_step_where_the_case_stays_sound() -> None:
    after = changed(USERS, replace(PRICE, value=120, unit="GBP/user/year"), GAIN, COST)
    assert steps(after) == {"Price (value, unit)": 6000}


def test_lines_that_come_go_or_change_are_steps_after_the_assumptions() -> None:
    after = changed(
        replace(USERS, value=120),
        PRICE,
        replace(GAIN, realisation="50%"),
        benefit("extra", "10 GBP/month"),
        investment("other", "1000 GBP"),
    )
    assert list(steps(after).items()) == [
        ("Users", 1200),
        ("Gain (realisation)", -3600),
        ("Extra (added)", 120),
        ("Other (added)", -1000),
        ("Cost (removed)", 6000),
    ]


def test_a_line_that_needs_a_new_assumption_gets_it_first() -> None:
    share = assumption("share", 0.5, "%")
    after = changed(USERS, PRICE, share, replace(GAIN, formula="users * price * share"), COST)
    assert steps(after) == {"Gain (formula)": -3000}


def test_a_removed_assumption_goes_last() -> None:
    after = changed(USERS, replace(GAIN, formula="users * 4 GBP/user/month"), COST)
    assert steps(after) == {"Gain (formula)": -1200}


def test_a_new_calculation_comes_before_the_lines_that_use_it() -> None:
    after = changed(
        USERS, PRICE, calculation("half", "users / 2"), replace(GAIN, formula="half * price"), COST
    )
    assert steps(after) == {"Gain (formula)": -3000}


def test_the_discount_rate_moves_the_npv_alone() -> None:
    after = replace(BEFORE, discounting=replace(BEFORE.discounting, rate=0.2))
    assert steps(after) == {}
    (label,) = steps(after, name="npv")
    assert label == "Discount rate"


def test_a_longer_horizon_is_a_step() -> None:
    after = replace(BEFORE, timeline=replace(BEFORE.timeline, months=24))
    assert steps(after) == {"Timeline": 6000}


def test_a_milestone_that_slips_is_a_step_with_its_name() -> None:
    line = replace(GAIN, starts="go_live")
    before = changed(USERS, PRICE, line, COST, milestone("go_live", date(2027, 1, 1)))
    after = changed(USERS, PRICE, line, COST, milestone("go_live", date(2027, 4, 1)))
    assert steps(after, before) == {"Go live (date)": -1500}


def test_changes_that_only_work_together_are_one_step() -> None:
    # Neither the new unit nor the new formula is sound without the other.
    users = replace(USERS, value=0.2, unit="1")
    line = replace(GAIN, formula="users * price * 500 user")
    after = changed(users, PRICE, line, COST)
    assert steps(after) == {}
    after = changed(replace(users, value=0.4), PRICE, line, COST)
    assert steps(after) == {"Other changes": 6000}


def test_a_change_waits_until_another_has_made_it_sound() -> None:
    # The horizon can only begin later once the line does not begin before it.
    line = replace(GAIN, starts=date(2027, 2, 1))
    before = changed(USERS, PRICE, line, COST)
    later = replace(before.timeline, start=date(2027, 4, 1))
    after = replace(before, timeline=later, benefits=(replace(line, starts=date(2027, 5, 1)),))
    assert steps(after, before) == {"Gain (starts)": -1500, "Timeline": 1500}


def test_an_id_that_turns_from_an_assumption_into_a_calculation_is_no_accident() -> None:
    after = changed(USERS, calculation("price", "6 GBP/user/month"), GAIN, COST)
    assert math.fsum(steps(after).values()) == 1200


def test_steps_through_a_case_without_the_figure_are_joined() -> None:
    part = assumption("part", 2)
    whole = assumption("whole", 4)
    line = benefit("gain", "sqrt(whole - part) * 10 GBP/month")
    before = changed(part, whole, line, COST)
    after = changed(replace(part, value=10), replace(whole, value=26), line, COST)
    found = steps(after, before)
    assert list(found) == ["Part and Whole"]


def test_many_changes_of_structure_end_in_one_last_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ATTEMPTS", 2)
    extra = [benefit(f"extra_{number}", "1 GBP/month") for number in range(5)]
    after = changed(USERS, PRICE, GAIN, *extra, COST)
    assert list(steps(after).items()) == [
        ("Extra 0 (added)", 12),
        ("Extra 1 (added)", 12),
        ("Other changes", 36),
    ]


def test_the_same_case_twice_has_no_steps() -> None:
    found = effects(BEFORE, BEFORE)
    assert all(each.steps == () for each in found.bridges)
    assert all(each.difference in (0, None) for each in found.figures)


# --------------------------------------------------------------------------- what cannot be


def test_another_currency_leaves_money_uncompared_and_says_so() -> None:
    dollars = changed(
        USERS,
        replace(PRICE, unit="USD/user/month"),
        GAIN,
        investment("cost", "6000 USD"),
        currency="USD",
    )
    found = effects(BEFORE, dollars)
    assert found.bridges == ()
    assert found.notes == (
        "The currency changed from GBP to USD, so amounts of money are not compared.",
    )
    value = figure(found, "total_benefits")
    assert (value.before_text, value.after_text) == ("£6,000", "$6,000")
    assert (value.difference, value.difference_text) == (None, "–")
    assert figure(found, "payback").difference == 0


@pytest.mark.parametrize("which", ["earlier", "later"])
def test_a_version_with_mistakes_has_no_figures_and_the_reason(which: str) -> None:
    broken = changed(USERS, PRICE, replace(GAIN, formula="users * nobody"), COST)
    pair = (broken, BEFORE) if which == "earlier" else (BEFORE, broken)
    found = effects(*pair)
    assert found.bridges == ()
    (note,) = found.notes
    assert note.startswith(f"The {which} version has a mistake in benefits.gain.formula: ")
    value = figure(found, "value")
    assert (value.before is None, value.after is None) == (which == "earlier", which == "later")
    assert value.difference is None
    assert value.note == note


def test_two_versions_with_mistakes_have_two_reasons_and_nothing_else() -> None:
    broken = changed(USERS, PRICE, replace(GAIN, formula="users * nobody"), COST)
    found = effects(broken, broken)
    assert (found.figures, found.bridges) == ((), ())
    assert len(found.notes) == 2


def test_a_figure_that_does_not_exist_has_a_bridge_without_steps() -> None:
    undefined = changed(USERS, PRICE, replace(GAIN, formula="users * price / 0"), COST)
    found = bridge(effects(BEFORE, undefined))
    assert (found.after, found.steps) == (None, ())
    assert found.note


# --------------------------------------------------------------------------- for every case


@given(cases(hazards=True), cases(hazards=True))
def test_the_steps_add_up_to_the_difference_between_any_two_cases(
    before: Case, after: Case
) -> None:
    found = effects(before, after)
    assert {each.figure for each in found.bridges} == {"value", "npv"}
    for each in found.bridges:
        if each.before is None or each.after is None:
            assert each.steps == ()
            continue
        amounts = [step.amount for step in each.steps]
        size = max([abs(each.before), abs(each.after), *map(abs, amounts)])
        rest = each.after - each.before - math.fsum(amounts)
        assert abs(rest) <= 1e-9 * max(1.0, size, _largest(before), _largest(after))


@given(cases(), cases())
def test_moved_values_alone_give_one_step_each(before: Case, other: Case) -> None:
    new = {each.id: each.value for each in other.assumptions}
    moved = [
        replace(each, value=new.get(each.id, each.value)) if not each.values else each
        for each in before.assumptions
    ]
    after = replace(before, assumptions=tuple(moved))
    expected = [
        each.id
        for each, old in zip(moved, before.assumptions, strict=True)
        if each.value != old.value
    ]
    for each in effects(before, after).bridges:
        if each.before is not None and each.after is not None:
            joined = [step for step in each.steps if not step.place]
            if not joined:
                assert [step.place.split(".")[1] for step in each.steps] == expected


def _largest(case: Case) -> float:
    result = calculate(case)
    totals = [result.value(f"{line.prefix}.total") or 0.0 for line in result.lines]
    return max((abs(each) for each in totals), default=0.0)


# --------------------------------------------------------------------------- effort


def test_forty_moved_assumptions_cost_little_more_than_the_two_results() -> None:
    given = [assumption(f"given_{number}", 5, "GBP/month") for number in range(40)]
    lines = [benefit(f"gain_{number}", f"given_{number}") for number in range(40)]
    before = case(*given, *lines, COST)
    after = case(*(replace(each, value=6) for each in given), *lines, COST)
    found = effects(before, after)
    assert len(bridge(found).steps) == 40
    two_results = steps_of(lambda: (calculate(before), calculate(after)))
    assert steps_of(lambda: effects(before, after)) < 2 * two_results


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.1234, "GBP", "+£0.12"),
        (-3.4567, "GBP", "\u2212£3.46"),
        (0.0012, "GBP", "£0"),
        (2.0, "GBP", "+£2"),
        (0.0012, "GBP/call", "+£0.0012"),
    ],
)
def test_a_difference_of_sums_is_told_in_pence_and_one_of_prices_in_full(
    value: float, unit: str, shown: str
) -> None:
    assert signed(value, unit) == shown
