"""Straw-men travel: every number arrives where it should, and says how it got there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import strategies
from tests.builders import assumption, benefit, case, investment, milestone, scenario
from tests.extrapolation_cases import BANK, RATES, REFERENCE, SITES, achieved, straw_man, target
from valuecalc.case import checks
from valuecalc.case.case import (
    Achievement,
    Case,
    Driver,
    Evidence,
    Grade,
    Person,
    Reference,
)
from valuecalc.case.journey import DriverValue, Extrapolation
from valuecalc.case.plan import Calendar, Decision, Holiday, Milestone, Plan, Predecessor, Task
from valuecalc.case.rates import Rates
from valuecalc.case.travel import OriginReference, Rounding, Travel
from valuecalc.engine.calculate import calculate
from valuecalc.engine.journey.extrapolate import extrapolate
from valuecalc.errors import CaseError, InputError, Problem


def at(straw: Case, sites: float = 100, **more: Any) -> Extrapolation:
    found = extrapolate([straw], target(sites, **more), RATES)
    assert checks.errors(found.case) == ()
    return found


def number(found: Extrapolation, id: str) -> Any:
    assumption = found.case.assumption(id)
    assert assumption is not None
    return assumption


def words(found: Extrapolation, id: str) -> str:
    journey = found.journey(id)
    assert journey is not None
    return journey.words.replace("\u00a0", " ")


def problems(*references: Case, rates: Rates = RATES, **more: Any) -> tuple[Problem, ...]:
    with pytest.raises(CaseError) as caught:
        extrapolate(references, target(**more), rates)
    assert all(each.place and each.cause and each.remedy for each in caught.value.problems)
    return caught.value.problems


# ------------------------------------------------------------------------- the rules


def test_a_driver_is_replaced_and_its_range_moves_in_proportion() -> None:
    straw = straw_man()
    ranged = replace(straw.assumptions[0], low=80.0, high=150.0)
    found = at(replace(straw, assumptions=(ranged, *straw.assumptions[1:])), 250)
    sites = number(found, "sites")
    assert (sites.value, sites.low, sites.high) == (250, 200, 375)


def test_what_scales_is_rounded_to_whole_ones_with_its_range() -> None:
    nodes = number(at(straw_man(), 240), "nodes")
    assert (nodes.value, nodes.low, nodes.high) == (8, 5, 10)


def test_a_journey_is_told_step_by_step() -> None:
    found = at(straw_man(), 240)
    assert words(found, "nodes") == ("3 nodes × 240 ÷ 100 sites = 7.2 nodes; rounded up to 8 nodes")
    journey = found.journey("nodes")
    assert journey is not None
    assert [step.rule for step in journey.steps] == ["scale", "round"]
    assert [step.value for step in journey.steps] == pytest.approx([7.2, 8])
    assert (journey.before, journey.after) == (3, 8)
    assert words(found, "share") == "copied unchanged"


@pytest.mark.parametrize(
    ("way", "to", "expected"),
    [
        (Rounding.UP, 1.0, 8),
        (Rounding.DOWN, 1.0, 7),
        (Rounding.NEAREST, 1.0, 7),
        (Rounding.UP, 5.0, 10),
        (Rounding.NEAREST, 0.5, 7),
        (Rounding.DOWN, 0.25, 7),
    ],
)
def test_rounding_goes_its_way_to_its_multiple(way: Rounding, to: float, expected: float) -> None:
    straw = straw_man()
    travel = Travel(scale_with="sites", round=way, to=to)
    nodes = replace(straw.assumptions[1], travel=travel)
    others = (straw.assumptions[0], nodes, *straw.assumptions[2:])
    assert number(at(replace(straw, assumptions=others), 240), "nodes").value == expected


def test_an_exponent_is_the_power_of_the_growth() -> None:
    travel = Travel(scale_with="sites", exponent=0.5)
    found = at(straw_man(assumption("vans", 10, "van", travel=travel)), 400)
    assert number(found, "vans").value == 20
    assert "10 vans × (400 ÷ 100 sites)^0.5 = 20 vans" in words(found, "vans")


def test_prices_rise_from_the_year_of_the_reference_to_that_of_the_target() -> None:
    found = at(straw_man(), year=2025)
    assert number(found, "wage").value == pytest.approx(33)
    assert number(found, "saving").value == 20
    assert "× 1.1000 prices 2023 → 2025 (An office)" in words(found, "wage")


def test_without_a_year_prices_stay_as_they_are() -> None:
    assert number(at(straw_man()), "wage").value == 30


def test_yearly_values_and_growth_travel_with_the_value() -> None:
    travel = Travel(scale_with="sites")
    vans = assumption("vans", 10, "van", values=(10.0, 20.0), growth=0.1, travel=travel)
    moved = number(at(straw_man(vans), 300), "vans")
    assert (moved.value, moved.values, moved.growth) == (30, (30, 60), 0.1)


def test_overrides_of_scenarios_travel_by_the_rule_of_their_assumption() -> None:
    straw = straw_man(scenario("small", sites=50.0, nodes=2.0, saving=10.0))
    found = extrapolate([straw], target(240, currency="EUR"), RATES)
    assert found.case.scenarios[0].set == {"sites": 120, "nodes": 5, "saving": 12.5}


# ------------------------------------------------------------------------- currency


def test_everything_in_money_is_converted_at_a_dated_rate() -> None:
    found = at(straw_man(), currency="EUR")
    saving = number(found, "saving")
    assert (saving.value, saving.low, saving.high) == (25, 12.5, 37.5)
    assert saving.unit == "EUR/site/month"
    assert found.case.currency == "EUR"
    sentence = "× 1.25 EUR per GBP (A bank, 2 Jan 2026) = €25 per site per month"
    assert sentence in words(found, "saving")
    assert found.case.origin is not None
    (rate,) = found.case.origin.rates
    assert (rate.name, rate.rate, rate.date, rate.source) == (
        "EUR per GBP",
        1.25,
        date(2026, 1, 2),
        "A bank",
    )


def test_money_below_the_line_and_declared_units_convert_as_well() -> None:
    straw = straw_man(assumption("yield_of", 5, "site/GBP", grade="A"))
    declared = replace(
        straw,
        calculations=(
            *straw.calculations,
            *case(strategies.calculation("cost", "saving * sites", "GBP/year")).calculations,
        ),
    )
    found = at(declared, currency="EUR")
    assert number(found, "yield_of").value == 4
    assert number(found, "yield_of").unit == "site/EUR"
    assert found.case.calculations[0].unit == "EUR/year"


def test_amounts_inside_formulas_become_assumptions_with_a_journey() -> None:
    straw = straw_man(
        investment("extra", "  max( £2k ,nodes*3 GBP/node )  +  0 GBP", category="one_off")
    )
    found = at(straw, currency="EUR")
    extra = next(each for each in found.case.investments if each.id == "extra")
    assert extra.formula == "  max( extra_amount ,nodes*extra_amount_2 )  +  extra_amount_3"
    first = number(found, "extra_amount")
    assert (first.value, first.unit, first.label) == (2500, "EUR", "Extra: amount")
    assert number(found, "extra_amount_2").unit == "EUR/node"
    assert words(found, "extra_amount").startswith("£2,000 × 1.25 EUR per GBP")
    assert first.evidence.grade is Grade.E


def test_a_lifted_amount_takes_no_id_that_is_taken() -> None:
    straw = straw_man(
        assumption("Extra_Amount", 1, "1", grade="A"),
        investment("extra", "5 GBP * Extra_Amount", category="one_off"),
    )
    found = at(straw)
    assert found.case.investments[-1].formula == "extra_amount_2 * Extra_Amount"


def test_a_driver_in_money_is_compared_in_one_currency() -> None:
    revenue = Driver(id="revenue", label="Revenue", value=1000, unit="GBP")
    straw = straw_man(
        assumption("staff", 8, "person", grade="A", travel=Travel(scale_with="revenue")),
        reference=replace(REFERENCE, drivers=(SITES, revenue)),
    )
    drivers = {"sites": DriverValue(value=100), "revenue": DriverValue(value=2500)}
    found = extrapolate([straw], target(drivers=drivers, currency="EUR"), RATES)
    assert number(found, "staff").value == 16
    journey = found.journey("staff")
    assert journey is not None
    # 8 × 2,500 ÷ (1,000 × 1.25) on a pocket calculator.
    words = journey.words.replace("\xa0", " ")
    assert words == "8 people × €2,500 ÷ (£1,000 × 1.25 EUR per GBP) = 16 people"
    drivers["revenue"] = DriverValue(value=2500, unit="GBP")
    (problem,) = problems(straw, drivers=drivers, currency="EUR")
    assert problem.place == "target.drivers.revenue"
    assert problem.remedy == "Give it in EUR."


# ------------------------------------------------------------------------- days


def test_days_keep_their_distance_from_the_decision_and_nothing_is_done() -> None:
    plan = Plan(
        milestones=(milestone("live", date(2027, 6, 30)),),
        tasks=(Task(id="survey", label="Survey", days=5, after=(Predecessor("live"),), done=0.6),),
        decisions=(Decision(id="go", label="Go", date=date(2027, 1, 15)),),
    )
    straw = replace(straw_man(), plan=plan)
    lines = tuple(replace(each, starts=date(2027, 2, 1), ends="live") for each in straw.benefits)
    found = at(replace(straw, benefits=lines), start=date(2028, 3, 1)).case
    assert found.timeline.start == date(2028, 3, 1)
    assert found.plan.milestones[0].date == date(2028, 8, 31)
    assert found.plan.decisions[0].date == date(2028, 3, 15)
    assert found.plan.tasks[0].done == 0
    assert found.plan.tasks[0].after == (Predecessor("live"),)
    assert (found.benefits[0].starts, found.benefits[0].ends) == (date(2028, 4, 1), "live")


def test_the_start_of_a_plan_and_the_earliest_days_move_and_holidays_stay() -> None:
    off = Calendar(holidays=(Holiday(first=date(2027, 12, 24)),))
    survey = Task(id="survey", label="Survey", days=5, earliest=date(2027, 2, 10))
    live = Milestone(id="live", label="Live", after=(Predecessor("survey", 3),))
    plan = Plan(start=date(2027, 1, 11), calendar=off, tasks=(survey,), milestones=(live,))
    found = at(replace(straw_man(), plan=plan), start=date(2028, 3, 1)).case.plan
    assert (found.start, found.tasks[0].earliest) == (date(2028, 3, 11), date(2028, 4, 10))
    assert (found.calendar, found.milestones) == (off, (live,))


# ------------------------------------------------------------------------- evidence


@pytest.mark.parametrize(
    ("before", "after"), [("A", "C"), ("B", "C"), ("C", "C"), ("D", "D"), ("E", "E")]
)
def test_evidence_never_grows_stronger_on_the_way(before: str, after: str) -> None:
    found = at(straw_man(assumption("extra", 1, "1", grade=before)))
    assert number(found, "extra").evidence.grade is Grade(after)


def test_what_was_measured_names_the_reference_and_a_benchmark_its_own_source() -> None:
    found = at(straw_man(), year=2025)
    assert number(found, "saving").evidence.source == "A mobile operator (Telecoms, GB), 2023"
    wage = number(found, "wage").evidence
    assert wage.source == "Somebody"
    assert wage.note.startswith("From a mobile operator (Telecoms, GB), 2023: £30")


def test_what_has_no_evidence_stays_an_assumption() -> None:
    found = at(straw_man(assumption("extra", 1, "1")))
    assert number(found, "extra").evidence.grade is Grade.E


def test_a_driver_has_the_evidence_that_was_given_with_it() -> None:
    owned = DriverValue(value=5, source="Annual report", owner="A. Jones")
    found = extrapolate([straw_man()], target(drivers={"sites": owned}), RATES)
    evidence = number(found, "sites").evidence
    assert (evidence.grade, evidence.source, evidence.owner) == (
        Grade.B,
        "Annual report",
        "A. Jones",
    )
    assert number(at(straw_man(), 5), "sites").evidence.grade is Grade.E
    unowned = DriverValue(value=5, grade=Grade.B)
    found = extrapolate([straw_man()], target(drivers={"sites": unowned}), RATES)
    assert number(found, "sites").evidence.grade is Grade.E


def test_what_a_person_of_the_reference_owned_is_owned_by_nobody_here() -> None:
    owned = Evidence(grade=Grade.D, source="A study", owner="Anna Smith", tested="pilot")
    found = at(straw_man(assumption("extra", 1, "1", evidence=owned)))
    evidence = number(found, "extra").evidence
    assert (evidence.owner, evidence.tested, evidence.source) == ("", "", "A study")


# ------------------------------------------------------------------------- what was achieved


def realisation(straw: Case, id: str = "less_work") -> str | None:
    return next(each for each in at(straw).case.benefits if each.id == id).realisation


def test_achieved_over_planned_replaces_the_haircut_of_its_line() -> None:
    straw = achieved(straw_man(), Achievement(line="less_work", planned=5e6, achieved=4.2e6))
    cut = tuple(replace(each, realisation="80%") for each in straw.benefits)
    straw = replace(straw, benefits=cut)
    assert realisation(straw) == "84%"
    found = at(straw)
    journey = found.journey("less_work.realisation")
    assert journey is not None
    assert (journey.before, journey.after) == (0.8, 0.84)
    assert journey.words == (
        "£4,200,000 achieved ÷ £5,000,000 planned = 84%; stands for the 80% of the reference’s plan"
    )
    assert "84%" in found.case.benefits[0].note


def test_other_benefits_get_the_ratio_of_all() -> None:
    straw = achieved(
        straw_man(
            benefit("second", "sites * 1 GBP/site/month"),
            benefit("third", "sites * 2 GBP/site/month"),
        ),
        Achievement(line="less_work", planned=100, achieved=50),
        Achievement(line="second", planned=300, achieved=270),
    )
    assert realisation(straw) == "50%"
    assert realisation(straw, "second") == "90%"
    assert realisation(straw, "third") == "80%"


def test_what_others_achieved_raises_no_benefit_that_has_no_record() -> None:
    straw = achieved(
        straw_man(benefit("second", "sites * 1 GBP/site/month", realisation="40%")),
        Achievement(line="less_work", planned=100, achieved=95),
    )
    assert realisation(straw, "second") == "40%"
    journey = at(straw).journey("second.realisation")
    assert journey is not None
    assert (journey.before, journey.after) == (0.4, 0.4)
    assert journey.words.endswith("; no more than the 40% of the reference’s plan is counted")


def test_the_ratio_in_words_is_the_one_that_counts() -> None:
    straw = achieved(straw_man(), Achievement(line="less_work", planned=3000, achieved=1949))
    assert realisation(straw) == "64.97%"
    journey = at(straw).journey("less_work.realisation")
    assert journey is not None
    assert journey.after == 0.6497
    assert "= 64.97%" in journey.words


def test_more_than_planned_is_not_carried_over() -> None:
    straw = achieved(straw_man(), Achievement(line="less_work", planned=100, achieved=130))
    assert realisation(straw) == "100%"
    journey = at(straw).journey("less_work.realisation")
    assert journey is not None
    assert "more than planned is not carried over" in journey.words
    assert journey.after == 1


def test_a_little_more_than_planned_is_worth_no_less_than_the_plan() -> None:
    straw = straw_man()
    straw = replace(
        straw, benefits=tuple(replace(each, realisation="50%") for each in straw.benefits)
    )
    assert realisation(
        achieved(straw, Achievement(line="less_work", planned=100, achieved=99))
    ) == ("99%")
    more = achieved(straw, Achievement(line="less_work", planned=100, achieved=101))
    assert realisation(more) == "100%"


def test_a_loss_is_a_realisation_of_nothing() -> None:
    straw = achieved(straw_man(), Achievement(line="less_work", planned=100, achieved=-30))
    assert realisation(straw) == "0%"


def test_an_investment_that_cost_more_than_planned_gets_the_excess_as_its_risk() -> None:
    dear = achieved(straw_man(), Achievement(line="network", planned=100, achieved=125))
    cheap = achieved(straw_man(), Achievement(line="network", planned=100, achieved=75))
    assert at(dear).case.investments[0].risk == "25%"
    assert at(cheap).case.investments[0].risk is None
    assert realisation(dear) is None


@pytest.mark.parametrize(("cost", "risk"), [(130, "30%"), (105, "5%"), (100, "0%"), (75, "0%")])
def test_what_an_investment_cost_replaces_the_risk_of_its_plan(cost: float, risk: str) -> None:
    straw = straw_man()
    straw = replace(
        straw, investments=tuple(replace(each, risk="20%") for each in straw.investments)
    )
    found = at(achieved(straw, Achievement(line="network", planned=100, achieved=cost)))
    assert found.case.investments[0].risk == risk
    journey = found.journey("network.risk")
    assert journey is not None
    assert journey.before == 0.2
    assert journey.words.endswith("; stands for the 20% of the reference’s plan")


@pytest.mark.parametrize(
    "unknown",
    [
        Achievement(line="less_work", planned=100),
        Achievement(line="less_work", achieved=100),
        Achievement(line="less_work", planned=0, achieved=100),
        Achievement(line="less_work", planned=-5, achieved=100),
    ],
)
def test_half_a_record_is_none(unknown: Achievement) -> None:
    assert realisation(achieved(straw_man(), unknown)) is None


# ------------------------------------------------------------------------- what is left behind


def test_the_new_case_says_what_it_was_made_from_and_is_no_reference_itself() -> None:
    straw = replace(straw_man(), expected={"npv": 1.0}, summary="It saves £5M", customer="Acme")
    kept = OriginReference(title="", slug="sites", uid="abc")
    found = extrapolate(
        [straw], target(240, customer="New Co", title="Fewer visits"), RATES, [kept]
    )
    made = found.case
    assert (made.title, made.customer, made.summary) == ("Fewer visits", "New Co", "")
    assert made.reference is None
    assert made.expected == {}
    assert made.origin is not None
    (reference,) = made.origin.references
    assert (reference.title, reference.slug, reference.uid) == ("Test", "sites", "abc")
    (driver,) = made.origin.drivers
    assert (driver.before, driver.value, driver.unit) == (100, 240, "site")


def test_people_keep_their_role_and_lose_their_name() -> None:
    people = (
        Person(id="boss", name="Anna Smith", role="Finance director"),
        Person(id="title", name="Marketing director", role="Sponsor"),
        Person(id="nobody", name="B. Jones"),
    )
    straw = replace(straw_man(), people=people, customer="Acme Ltd", title="Acme's visits")
    found = at(straw).case
    assert [each.name for each in found.people] == [
        "Finance director",
        "Marketing director",
        "Customer",
    ]
    assert found.title == "The customer's visits"


def test_a_reference_that_names_its_customer_without_a_permission_is_one_of_its_sector() -> None:
    straw = replace(
        straw_man(reference=replace(REFERENCE, customer="Acme Ltd, London")), customer="Acme Ltd"
    )
    source = number(at(straw), "saving").evidence.source
    assert source == "A telecoms company (Telecoms, GB), 2023"


def test_a_permission_lets_names_stand() -> None:
    reference = replace(REFERENCE, customer="Acme Ltd", permission="Letter of 3 May 2025")
    straw = replace(straw_man(reference=reference), customer="Acme Ltd", title="Acme's visits")
    found = at(straw)
    assert found.case.title == "Acme's visits"
    assert number(found, "saving").evidence.source.startswith("Acme Ltd (")


# ------------------------------------------------------------------------- several references


def several(*savings: float) -> list[Case]:
    made = []
    for place, saving in enumerate(savings):
        straw = straw_man(reference=replace(REFERENCE, customer=f"Operator {place + 1}"))
        others = [
            replace(each, value=saving, low=None, high=None) if each.id == "saving" else each
            for each in straw.assumptions
        ]
        made.append(replace(straw, assumptions=tuple(others)))
    return made


def test_several_references_give_the_middle_and_the_extremes() -> None:
    found = extrapolate(several(20, 50, 30), target(), RATES)
    saving = number(found, "saving")
    assert (saving.value, saving.low, saving.high) == (30, 20, 50)
    note = saving.evidence.note.replace("\u00a0", " ")
    for text in ("Operator 1 (Telecoms, GB), 2023: £20", "Operator 2", "£50", "Operator 3"):
        assert text in note
    assert found.case.origin is not None
    assert len(found.case.origin.references) == 3


def test_five_references_give_percentiles() -> None:
    found = extrapolate(several(10, 20, 30, 40, 50), target(), RATES)
    saving = number(found, "saving")
    assert (saving.value, saving.low, saving.high) == (30, 14, 46)


def test_references_that_agree_leave_the_range_as_it_was() -> None:
    found = extrapolate([straw_man(), straw_man()], target(), RATES)
    saving = number(found, "saving")
    assert (saving.value, saving.low, saving.high) == (20, 10, 30)


def test_references_travel_by_their_own_rules_and_units() -> None:
    first, second = several(20, 20)
    other = replace(
        second,
        assumptions=tuple(
            replace(each, value=480, unit="GBP/site/year") if each.id == "saving" else each
            for each in second.assumptions
        ),
    )
    saving = number(extrapolate([first, other], target(), RATES), "saving")
    assert (saving.value, saving.low, saving.high) == (30, 20, 40)


def test_the_middle_of_whole_ones_is_a_whole_one() -> None:
    first, second = several(20, 20)
    more = tuple(
        replace(each, value=5) if each.id == "nodes" else each for each in second.assumptions
    )
    found = extrapolate([first, replace(second, assumptions=more)], target(250), RATES)
    nodes = number(found, "nodes")
    assert (nodes.value, nodes.low, nodes.high) == (11, 8, 13)


def test_each_reference_needs_drivers_that_can_be_compared() -> None:
    first, second = several(20, 20)
    assert second.reference is not None
    empty = replace(second.reference, drivers=(replace(SITES, value=0),))
    (problem,) = problems(first, replace(second, reference=empty))
    assert problem.place == "target.drivers.sites"


def test_an_assumption_of_another_kind_is_left_out() -> None:
    first, second = several(20, 20)
    other = replace(
        second,
        assumptions=tuple(
            replace(each, value=480, unit="GBP/node") if each.id == "saving" else each
            for each in second.assumptions
        ),
    )
    assert number(extrapolate([first, other], target(), RATES), "saving").value == 20


def test_the_weakest_evidence_of_several_counts() -> None:
    first, second = several(20, 30)
    weak = tuple(
        replace(each, evidence=Evidence(grade=Grade.E, source="A guess"))
        for each in second.assumptions
    )
    found = extrapolate([first, replace(second, assumptions=weak)], target(), RATES)
    assert number(found, "saving").evidence.grade is Grade.E


def test_realisation_of_several_is_weighted_by_what_was_planned() -> None:
    first, second = several(20, 20)
    both = [
        achieved(first, Achievement(line="less_work", planned=100, achieved=100)),
        achieved(second, Achievement(line="less_work", planned=300, achieved=180)),
    ]
    found = extrapolate(both, target(), RATES)
    assert found.case.benefits[0].realisation == "70%"


# ------------------------------------------------------------------------- what may be missing


def test_a_copied_number_is_not_called_unchanged_when_the_middle_is_another() -> None:
    journey = extrapolate(several(20, 24), target(), RATES).journey("saving")
    assert journey is not None
    assert "copied unchanged" not in journey.words
    assert journey.words.startswith("the middle of 2 references is £22")


def test_a_reference_of_which_nothing_is_taken_is_refused() -> None:
    other = case(
        assumption("beds", 5, "bed"), benefit("rent", "beds * 1 GBP/bed"), reference=Reference()
    )
    with pytest.raises(CaseError) as caught:
        extrapolate([straw_man(), replace(other, title="Beds")], target(), RATES)
    (problem,) = caught.value.problems
    assert problem.cause.startswith("“Beds” has no number in common with")


def test_no_reference_is_refused() -> None:
    with pytest.raises(InputError, match="There is no straw-man"):
        extrapolate([], target(), RATES)


def test_a_case_without_a_reference_block_is_no_straw_man() -> None:
    plain = case(assumption("a", 1), benefit("gain", "a * 1 GBP"))
    (problem,) = problems(plain, drivers={})
    assert problem.cause == "“Test” is no straw-man."


def test_a_missing_driver_says_what_it_is_at_the_reference() -> None:
    (problem,) = problems(straw_man(), drivers={})
    assert problem.place == "target.drivers.sites"
    assert problem.remedy.replace("\u00a0", " ") == "At the reference it is 100 sites."


def test_an_unknown_driver_is_told_with_the_nearest() -> None:
    drivers = {"sites": DriverValue(value=1), "site": DriverValue(value=1)}
    (problem,) = problems(straw_man(), drivers=drivers)
    assert problem.place == "target.drivers.site"
    assert problem.remedy == "Did you mean sites?"


@pytest.mark.parametrize("value", [0.0, -5.0, float("nan"), float("inf")])
def test_a_driver_that_cannot_be_compared_is_refused(value: float) -> None:
    (problem,) = problems(straw_man(), drivers={"sites": DriverValue(value=value)})
    assert problem.place == "target.drivers.sites"


@pytest.mark.parametrize("unit", ["node", "GBP", "a b c", "(" * 50])
def test_a_driver_in_another_unit_is_refused(unit: str) -> None:
    (problem,) = problems(straw_man(), drivers={"sites": DriverValue(value=5, unit=unit)})
    assert problem.place == "target.drivers.sites"


def test_missing_rates_are_told_together_with_the_remedy_to_give_them() -> None:
    found = problems(straw_man(), currency="CHF", year=2026)
    assert [each.place for each in found] == ["rates.exchange", "rates.prices"]
    assert "Give the rate: how much CHF one GBP is" in found[0].remedy
    assert "Give the rise in prices" in found[1].remedy


def test_a_reference_without_a_year_cannot_be_inflated() -> None:
    straw = straw_man(reference=replace(REFERENCE, year=None))
    (problem,) = problems(straw, year=2025)
    assert "does not say of which year" in problem.cause
    assert number(at(straw), "wage").value == 30


def test_growth_beyond_any_amount_is_refused() -> None:
    travel = Travel(scale_with="sites", exponent=9)
    straw = straw_man(assumption("vans", 1, "van", travel=travel))
    (problem,) = problems(straw, drivers={"sites": DriverValue(value=1e9)})
    assert problem.place == "assumptions.vans"


def test_a_start_within_a_month_is_refused() -> None:
    (problem,) = problems(straw_man(), start=date(2027, 1, 15))
    assert problem.place == "target.start"


# ------------------------------------------------------------------------- mathematics


@settings(max_examples=40, deadline=None)
@given(strategies.cases(ranges=True))
def test_at_its_own_reference_a_straw_man_gives_its_own_figures(plain: Case) -> None:
    sizes = {
        each.id: Driver(id=each.id, label=each.label, value=each.value, unit=each.unit)
        for each in plain.assumptions
        if each.value > 0
    }
    rules = [Travel(), None, Travel(inflate=True, currency=True)]
    travelling = []
    for place, each in enumerate(plain.assumptions):
        rule = rules[place % 3]
        if each.id in sizes:
            ways = (Travel(driver=each.id), Travel(scale_with=each.id, round=Rounding.UP), rule)
            rule = ways[place % 3]
        travelling.append(replace(each, travel=rule))
    reference = replace(REFERENCE, drivers=tuple(sizes.values()))
    straw = replace(plain, assumptions=tuple(travelling), reference=reference)
    drivers = {id: DriverValue(value=each.value) for id, each in sizes.items()}
    same = target(drivers=drivers, year=2023, currency=plain.currency)
    found = extrapolate([straw], same, RATES).case
    before, after = calculate(plain), calculate(found)
    for name, figure in before.figures.items():
        if not name.startswith(("evidence.", "finance_view.")):
            assert after.figures[name].value == figure.value, name


@settings(max_examples=40, deadline=None)
@given(strategies.cases(), st.floats(0.01, 200))
def test_in_another_currency_every_amount_is_that_many_times_as_much(
    plain: Case, rate: float
) -> None:
    straw = replace(plain, reference=replace(REFERENCE, drivers=()))
    rates = Rates(given_exchange=(replace(BANK, rate=rate),))
    found = extrapolate([straw], target(drivers={}, currency="EUR"), rates).case
    assert checks.errors(found) == ()
    before, after = calculate(plain), calculate(found)
    for name in ("total_benefits", "total_investment", "value", "npv"):
        value, moved = before.value(name), after.value(name)
        assert (value is None) == (moved is None)
        if value is not None:
            scale = rate * max(1.0, before.value("total_benefits") or 1)
            assert moved == pytest.approx(value * rate, rel=1e-9, abs=1e-9 * scale)


@given(st.floats(0.001, 1e6), st.floats(0.001, 1e6), st.floats(-3, 3))
def test_scaling_is_exact(old: float, new: float, exponent: float) -> None:
    straw = case(
        assumption("vans", 7, "van", travel=Travel(scale_with="sites", exponent=exponent)),
        benefit("gain", "vans * 1 GBP/van"),
        reference=replace(REFERENCE, drivers=(replace(SITES, value=old),)),
    )
    found = extrapolate([straw], target(new), RATES)
    assert number(found, "vans").value == 7 * (new / old) ** exponent
