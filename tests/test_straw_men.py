"""The library of straw-men: what every file in `models/` has to have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from valuecalc.case import checks
from valuecalc.case.binding import bind
from valuecalc.case.case import Assumption, Case, Grade
from valuecalc.case.journey import DriverValue, Target
from valuecalc.case.timeline import add_months
from valuecalc.engine.alternatives import compare_alternatives
from valuecalc.engine.calculate import calculate
from valuecalc.engine.journey.extrapolate import extrapolate
from valuecalc.engine.journey.shifting import begin_at
from valuecalc.engine.plan import work_out
from valuecalc.engine.result import Result
from valuecalc.engine.scenarios import CONSERVATIVE
from valuecalc.engine.uncertainty import distributions
from valuecalc.services import library
from valuecalc.services.extrapolation import rates
from valuecalc.services.library import StrawMan

WORKED_EXAMPLE = "new-data-services"
"""Kept to its own numbers, which are nobody's published figures."""

GUIDE = Path(__file__).parent.parent / "docs" / "straw-men.md"
STRAW_MEN = library.straw_men()
OTHERS = [each for each in STRAW_MEN if each.slug != WORKED_EXAMPLE]
EVERY_EXPECTED = ("value", "npv", "payback")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|TBD|lorem)\b|\?\?", re.IGNORECASE)

every_straw_man = pytest.mark.parametrize("straw_man", STRAW_MEN, ids=lambda each: each.slug)
every_other = pytest.mark.parametrize("straw_man", OTHERS, ids=lambda each: each.slug)

BY_HAND = {
    "new-data-services": ("benefits.arpu.year_1", 104_167 * 4 * 12),
    "enhanced-diagnostics": (
        "benefits.extra_margin.year_3",
        80e6 * 0.12 * (0.40 - 0.10) * (0.75 * 0.8 + 0.25) * 0.85 * 0.8 * 0.85,
    ),
    "contact-centre": (
        "benefits.self_service.year_3",
        1.5e6 * 1.02**2 * 0.08 * 5.58 * 0.67 * 0.8 * 0.9 * 0.85,
    ),
    "predictive-maintenance": (
        "benefits.output.year_5",
        24 * 200 * 0.35 * 0.5 * 640 * 0.5 * 0.8 * 0.85,
    ),
    "field-service": (
        "benefits.repeat_visits.year_3",
        84e3 * 1.02**2 * 0.05 * (2.5 * 27.55 / 0.702 + 28 * 0.725) * 0.6 * 0.9 * 0.85,
    ),
    "cloud-migration": (
        "benefits.rooms.year_3",
        44 * (9_600 + 4_400 * 1.54 * 0.1902) * 0.95 * 0.9,
    ),
    "compressed-air": ("benefits.leaks.year_5", 3.6e6 * 0.2 * 0.5 * 0.1902 * 0.9 * 0.9),
    "shelf-availability": (
        "benefits.sales.year_3",
        85 * 6.8e6 * 0.65 * 0.04 * 0.15 * 0.22 * 0.75 * 0.85 * 0.85,
    ),
    "council-services": (
        "benefits.cashable_staff.year_5",
        820e3 * (0.18 * (2.83 - 0.55) + 0.03 * (8.62 - 0.55)) * 0.55 * 0.85 * 0.85,
    ),
    "missed-appointments": (
        "benefits.bought_clinics.year_3",
        420e3 * 0.076 * 0.2 * 0.3 * 145 * 0.75 * 0.9 * 0.85,
    ),
    "claims-handling": (
        "benefits.posts.year_4",
        64e3 * 1.01**3 * 0.24 * 1.7 / 1_600 * (36 / 0.702 * 2_080) * 0.8 * 0.9 * 0.85,
    ),
    "software-delivery": (
        "benefits.contractors.year_3",
        120
        * (1_600 * 0.09 * 0.25 + 1_600 * 0.025 * 0.5 + 105 * 0.45)
        * (0.45 * 82 * 0.85 * 0.9 * 0.85),
    ),
    "warehouse-picking": (
        "benefits.picking.year_4",
        10e6 * 1.04**3 / 64 * 0.6 * 0.6 * 17.36 / 0.702 * 1.025**3 * 0.85 * 0.95 * 0.85,
    ),
    "construction-rework": (
        "benefits.rework.year_4",
        340e6 * 0.05 * 0.4 * 0.35 * 0.4 * 0.75 * 0.8 * 0.8,
    ),
}
"""The main figure of each, in a year in which nothing changes any more, worked out by hand."""


def test_the_library_spans_ten_straw_men_in_eight_sectors_and_three_currencies() -> None:
    cases = [each.case for each in STRAW_MEN]
    assert len(cases) >= 10
    assert len({sector_of(case) for case in cases}) >= 8
    assert {case.currency for case in cases} >= {"GBP", "EUR", "USD"}
    assert {case.timeline.period for case in cases} == {"month", "quarter", "year"}


def test_the_guide_lists_every_straw_man_once() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([\w-]+)\.yaml` \|", guide, re.MULTILINE)
    assert sorted(listed) == sorted(library.slugs())


def test_titles_and_customers_are_told_apart() -> None:
    for named in (
        [each.case.title for each in STRAW_MEN],
        [each.case.customer for each in STRAW_MEN],
    ):
        assert [name for name, count in Counter(named).items() if count > 1] == []


@every_straw_man
def test_the_reference_says_where_and_when_and_names_nobody(straw_man: StrawMan) -> None:
    reference = straw_man.case.reference
    assert reference is not None
    assert reference.sector
    assert re.fullmatch(r"[A-Z]{2}", reference.region), "a country such as GB"
    assert reference.year is not None
    assert reference.note
    assert reference.permission or re.fullmatch(
        r"(Company|Council|Hospital) [A-Z]", straw_man.case.customer
    )


@every_straw_man
def test_drivers_are_the_numbers_that_the_assumptions_scale_with(straw_man: StrawMan) -> None:
    reference = straw_man.case.reference
    assert reference is not None
    needed = {id for each in straw_man.case.assumptions for id in travel_of(each).driver_ids}
    assert {driver.id for driver in reference.drivers} == needed
    for assumption in straw_man.case.assumptions:
        driver = reference.driver(travel_of(assumption).driver)
        if driver is not None:
            assert (assumption.value, assumption.unit) == (driver.value, driver.unit)


@every_straw_man
def test_every_assumption_says_how_it_travels(straw_man: StrawMan) -> None:
    silent = [each.id for each in straw_man.case.assumptions if each.travel is None]
    assert silent == []


@every_straw_man
def test_money_travels_with_currency_and_shares_are_copied(straw_man: StrawMan) -> None:
    case = straw_man.case
    for assumption in case.assumptions:
        travel = travel_of(assumption)
        is_money = re.match(rf"{case.currency}\b", assumption.unit) is not None
        assert not is_money or travel.currency or travel.inflate or travel.driver, assumption.id
        assert is_money or not (travel.currency or travel.inflate), assumption.id
        if assumption.unit.startswith("%"):
            assert not travel.driver_ids, assumption.id


@every_straw_man
def test_whole_things_are_whole_when_they_travel(straw_man: StrawMan) -> None:
    for assumption in straw_man.case.assumptions:
        if assumption.unit in ("node", "host", "robot", "machine", "coordinator", "investigator"):
            travel = travel_of(assumption)
            assert travel.driver or travel.round is not None, assumption.id


@every_straw_man
def test_every_number_has_evidence_of_an_honest_grade(straw_man: StrawMan) -> None:
    titles = {source.title for source in straw_man.case.sources}
    for assumption in straw_man.case.assumptions:
        evidence = assumption.evidence
        assert evidence is not None, assumption.id
        assert evidence.source, assumption.id
        assert evidence.date is not None, assumption.id
        assert evidence.grade in (Grade.C, Grade.D, Grade.E), assumption.id
        if evidence.grade is Grade.D:
            assert evidence.note, assumption.id
            assert any(is_the_same_work(evidence.source, title) for title in titles), assumption.id


@every_straw_man
def test_every_number_has_a_range_or_a_reason_for_none(straw_man: StrawMan) -> None:
    for assumption in straw_man.case.assumptions:
        if assumption.is_certain:
            evidence = assumption.evidence
            assert evidence is not None
            assert len(evidence.note) > 10, f"{assumption.id}: say why it is certain"
        else:
            assert assumption.low is not None, assumption.id
            assert assumption.high is not None, assumption.id
            assert assumption.low <= assumption.value <= assumption.high, assumption.id
            assert assumption.low < assumption.high, assumption.id


@every_other
def test_most_numbers_are_ranges_and_some_are_published(straw_man: StrawMan) -> None:
    assumptions = straw_man.case.assumptions
    assert 8 <= len(assumptions) <= 25
    assert sum(not each.is_certain for each in assumptions) >= 0.7 * len(assumptions)
    grades = Counter(each.evidence.grade for each in assumptions if each.evidence)
    assert grades[Grade.D] >= 1


@every_other
def test_sources_name_publisher_title_date_and_a_safe_address(straw_man: StrawMan) -> None:
    sources = straw_man.case.sources
    assert len(sources) >= 2
    for source in sources:
        assert source.publisher
        assert source.note
        assert date(1990, 1, 1) <= date.fromisoformat(source.date) <= date(2026, 12, 31)
        assert not source.url or re.match(r"https?://[\w.-]+/", source.url)
    assert sum(bool(source.url) for source in sources) >= 0.7 * len(sources)


@every_straw_man
def test_every_line_and_formula_rests_on_an_assumption(straw_man: StrawMan) -> None:
    binding = bind(straw_man.case)
    assumptions = {each.id for each in straw_man.case.assumptions}
    for each in straw_man.case.computed:
        assert binding.rests_on(each.id) & assumptions, each.id


@every_straw_man
def test_benefits_are_few_and_each_serves_a_goal_that_somebody_owns(straw_man: StrawMan) -> None:
    case = straw_man.case
    people = {person.id: person for person in case.people}
    owners = {goal.id: goal.owner for goal in case.goals}
    assert 1 <= len(case.benefits) <= checks.MAX_BENEFITS
    for benefit in case.benefits:
        assert people[owners[benefit.goal]].side == "customer", benefit.id
    assert {person.side for person in case.people} >= {"customer", "vendor"}
    assert any(person.role == "Power sponsor" for person in case.people)


@every_other
def test_the_investment_counts_running_cost_and_the_customers_own_effort(
    straw_man: StrawMan,
) -> None:
    categories = {line.category for line in straw_man.case.investments}
    assert {"running", "internal_effort"} <= categories
    assert all(line.risk for line in straw_man.case.investments)


@every_other
def test_money_benefits_carry_a_haircut_and_say_why_when_they_are_soft(
    straw_man: StrawMan,
) -> None:
    for benefit in straw_man.case.benefits:
        if not benefit.non_monetary:
            assert benefit.realisation or benefit.attribution, benefit.id
            assert benefit.risk, benefit.id
            assert benefit.is_hard or benefit.note, benefit.id


@every_straw_man
def test_the_plan_has_work_on_both_sides_and_decisions_of_the_customer(
    straw_man: StrawMan,
) -> None:
    plan = straw_man.case.plan
    sides = Counter(task.side for task in plan.tasks)
    people = {person.id: person.side for person in straw_man.case.people}
    assert 8 <= len(plan.tasks) <= 15
    assert sides["customer"] >= 2
    assert sides["vendor"] >= 1
    assert sides["joint"] >= 1
    assert sides["customer"] + sides["joint"] >= len(plan.tasks) / 2
    assert 2 <= len(plan.decisions) <= 4
    assert len(plan.milestones) >= 2
    assert all(task.days >= 1 for task in plan.tasks)
    assert all(people[decision.owner] == "customer" for decision in plan.decisions)
    assert all(people[task.owner] == "vendor" for task in plan.tasks if task.side == "vendor")


def test_the_rooms_are_closed_when_the_hardware_in_them_is_gone() -> None:
    steps = work_out(library.straw_man("cloud-migration").case).by_id
    assert steps["wipe"].finish < steps["rooms_closed"].finish == date(2027, 12, 1)


@every_straw_man
def test_tasks_come_after_something_that_is_in_the_plan(straw_man: StrawMan) -> None:
    plan = straw_man.case.plan
    known = {step.id for step in plan.steps}
    for task in plan.tasks:
        assert task.after, f"{task.id}: what has to be there before it?"
        assert {each.id for each in task.after} <= known - {task.id}, task.id


@every_straw_man
def test_a_decision_releases_work_or_money(straw_man: StrawMan) -> None:
    plan = straw_man.case.plan
    waited_for = {each.id for task in plan.tasks for each in task.after}
    assert any(decision.id in waited_for for decision in plan.decisions)


@every_other
def test_milestones_that_lines_start_at_wait_for_work(straw_man: StrawMan) -> None:
    case = straw_man.case
    starts = {line.starts for line in case.lines}
    used = [each for each in case.plan.milestones if each.id in starts]
    assert all(each.date and each.after for each in used)


@every_straw_man
def test_no_date_of_the_plan_is_missed_in_whichever_month_it_begins(straw_man: StrawMan) -> None:
    for month in range(60):
        begun = begin_at(straw_man.case, add_months(date(2026, 1, 1), month))
        assert [each.id for each in work_out(begun).missed] == []


@every_other
def test_a_benefit_starts_at_a_milestone_so_that_delay_costs(straw_man: StrawMan) -> None:
    case = straw_man.case
    milestones = {milestone.id for milestone in case.plan.milestones}
    starts = {line.starts for line in case.lines}
    # On a yearly grid a milestone inside a year would move everything to the next one.
    assert starts & milestones or case.timeline.period == "year"


@every_straw_man
def test_expected_figures_name_value_npv_payback_and_more(straw_man: StrawMan) -> None:
    expected = straw_man.case.expected
    assert set(EVERY_EXPECTED) <= set(expected)
    assert len(expected) >= 8
    figures = calculate(straw_man.case).figures
    for name, number in expected.items():
        assert figures[name].value == pytest.approx(number, rel=1e-9), name


@every_straw_man
def test_the_main_figure_agrees_with_a_calculation_by_hand(straw_man: StrawMan) -> None:
    name, by_hand = BY_HAND[straw_man.slug]
    assert calculate(straw_man.case).value(name) == pytest.approx(by_hand, rel=1e-9)


@every_other
def test_a_finance_director_would_believe_the_result(straw_man: StrawMan) -> None:
    result = calculate(straw_man.case)
    payback, rate = result.value("payback"), result.value("irr")
    assert payback is not None
    assert rate is not None
    assert 8 <= payback <= 48
    assert 0 < rate < 0.8


@every_other
def test_a_case_that_loses_with_cautious_numbers_says_so(straw_man: StrawMan) -> None:
    value = calculate(straw_man.case, CONSERVATIVE).value("value")
    reference = straw_man.case.reference
    assert value is not None
    assert reference is not None
    assert (value < 0) == ("With every number at its cautious end at once" in reference.note)


@every_straw_man
def test_a_customer_of_the_same_size_gets_the_same_value(straw_man: StrawMan) -> None:
    found = calculate(at_size(straw_man.case, 1)).value("value")
    assert found == pytest.approx(straw_man.case.expected["value"], rel=1e-9)


@every_straw_man
def test_a_customer_of_twice_the_size_gets_more_and_pays_less_for_each_unit_of_it(
    straw_man: StrawMan,
) -> None:
    once, twice = calculate(straw_man.case), calculate(at_size(straw_man.case, 2))
    assert ratio(twice, once, "value") > 2
    assert 1 < ratio(twice, once, "total_investment") <= ratio(twice, once, "total_benefits")


@every_straw_man
def test_named_scenarios_change_something_and_say_what(straw_man: StrawMan) -> None:
    case = straw_man.case
    assert len(case.scenarios) >= 2
    expected = calculate(case).value("npv")
    for scenario in case.scenarios:
        assert calculate(case, scenario.id).value("npv") != expected, scenario.id


@every_straw_man
def test_alternatives_and_correlations_have_reasons_and_can_be_worked_out(
    straw_man: StrawMan,
) -> None:
    case = straw_man.case
    assert distributions.problems(case) == ()
    assert all(len(each.note) > 40 for each in (*case.alternatives, *case.correlations))
    assert all(each.pilot.note for each in case.assumptions if each.pilot)
    values = {each.id: each.result.value("npv") for each in compare_alternatives(case).options}
    assert len(values) == 1 + len(case.alternatives)
    assert None not in values.values()


def test_the_library_shows_an_alternative_of_each_kind_correlations_and_pilots() -> None:
    shown = [each.case for each in STRAW_MEN]
    kinds = {other.kind for case in shown for other in case.alternatives}
    assert {"do_nothing", "next_best"} <= kinds
    assert sum(bool(case.correlations) for case in shown) >= 2
    assert sum(any(each.pilot for each in case.assumptions) for case in shown) >= 2


@every_straw_man
def test_the_proposition_has_all_its_parts(straw_man: StrawMan) -> None:
    proposition = straw_man.case.proposition
    for part in (proposition.change, proposition.capability, proposition.delivery, proposition.by):
        assert part
        assert not part.endswith(".")
        assert part[0].islower() or part[0].isdigit()
    assert proposition.figure in calculate(straw_man.case).figures
    assert straw_man.case.summary.endswith(".")


@every_straw_man
def test_texts_have_no_slips_of_form(straw_man: StrawMan) -> None:
    for place, text in texts(straw_man):
        assert text == text.strip(), place
        assert "  " not in text, f"{place}: two spaces"
        assert not UNFINISHED.search(text), place
        assert text.count("(") == text.count(")"), f"{place}: brackets"
        assert " ," not in text, place
        assert " ." not in text, place


@every_straw_man
def test_lines_of_the_file_have_no_trailing_spaces_or_tabs(straw_man: StrawMan) -> None:
    text = straw_man.path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        assert line == line.rstrip(), number
        assert "\t" not in line, number
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@every_straw_man
def test_labels_begin_with_a_capital_and_end_without_a_full_stop(straw_man: StrawMan) -> None:
    for place, text in texts(straw_man):
        if place.endswith(".label"):
            assert text[0].isupper() or text[0].isdigit(), place
            assert not text.endswith((".", ":")), place


def texts(straw_man: StrawMan) -> Iterator[tuple[str, str]]:
    """Every text of the file with its place, as it stands in the YAML."""
    document = yaml.load(straw_man.path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    yield from _texts(document, straw_man.slug)


def _texts(node: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield place, node
    elif isinstance(node, dict):
        for key, below in node.items():
            yield from _texts(below, f"{place}.{key}")
    else:
        for index, below in enumerate(node):
            yield from _texts(below, f"{place}.{index}")


def at_size(case: Case, factor: float) -> Case:
    """The case of a customer that is this many times as large as the reference.

    A chain of twice as many stores has not twice the revenue in each: such a driver stays.
    """
    assert case.reference is not None
    drivers = {
        driver.id: DriverValue(value=driver.value * (1 if "/store" in driver.unit else factor))
        for driver in case.reference.drivers
    }
    target = Target(customer="Company Z", drivers=drivers, date=date(2026, 11, 22))
    return extrapolate([case], target, rates()).case


def ratio(above: Result, below: Result, name: str) -> float:
    """How many times as large a figure is in one result as in the other."""
    return (above.value(name) or 0.0) / (below.value(name) or 1.0)


def travel_of(assumption: Assumption) -> Any:
    """How an assumption travels; it is an error here when it does not say."""
    assert assumption.travel is not None, assumption.id
    return assumption.travel


def sector_of(case: Case) -> str:
    """The sector of its reference."""
    assert case.reference is not None
    return case.reference.sector


def is_the_same_work(source: str, title: str) -> bool:
    """Whether the source of a number and a title in the list share their main words."""
    of_source, of_title = main_words(source), main_words(title)
    return len(of_title & of_source) >= min(3, len(of_title))


def main_words(text: str) -> set[str]:
    """The beginnings of the longer words: `rate` and `rates` are one."""
    return {word[:4] for word in re.findall(r"\w{4,}", text.lower())}
