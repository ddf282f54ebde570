"""A delivered case becomes a straw-man, and gives no name away."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from typing import Any

import pytest

from tests.builders import assumption, benefit, calculation, case, investment, scenario
from tests.extrapolation_cases import SITES, target
from valuecalc.case import checks
from valuecalc.case.case import (
    Case,
    Evidence,
    Goal,
    Grade,
    Person,
    Proposition,
    Source,
)
from valuecalc.case.plan import Decision, Milestone, Plan, Predecessor, Task
from valuecalc.case.rates import Rates
from valuecalc.case.travel import Origin, Travel
from valuecalc.engine.calculate import calculate
from valuecalc.engine.journey.anonymous import anonymous_customer, brand
from valuecalc.engine.journey.extrapolate import extrapolate
from valuecalc.engine.journey.publishing import About, publish
from valuecalc.errors import CaseError
from valuecalc.schemas.case import dump_case, load_case

NAME = "Zebrafish Telecom"
SAYS = f"{NAME}'s own; as ZEBRAFISH  TELECOM said"


def delivered(**more: Any) -> Case:
    return case(
        assumption("sites", 100, "site", grade="A", travel=Travel(driver="sites")),
        benefit("saving", "sites * 2 GBP/site/month", realisation="80%", risk="10%"),
        investment("licence", "sites * 5 GBP/site"),
        **more,
    )


def published(given: Case, achieved: Mapping[str, float] | None = None, **more: Any) -> Case:
    more.setdefault("sector", "Telecoms")
    more.setdefault("drivers", (SITES,))
    found = publish(given, calculate(given), achieved or {}, About(**more))
    assert checks.errors(found) == ()
    return found


def texts(thing: Any) -> Iterator[str]:
    """Every text that is in a thing, by reflection."""
    if isinstance(thing, str) and not isinstance(thing, Enum):
        yield thing
    elif dataclasses.is_dataclass(thing):
        for each in dataclasses.fields(thing):
            yield from texts(getattr(thing, each.name))
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            yield from texts(key)
            yield from texts(value)
    elif isinstance(thing, tuple | list):
        for each in thing:
            yield from texts(each)


def gossip() -> Case:
    """A case that names its customer and its people wherever a text can stand."""
    evidence = Evidence(
        grade=Grade.B, source=SAYS, owner="Anna Quill", note=f"{SAYS}. Anna Quill knows.",
        url="https://zebrafishtelecom.example/report", tested=SAYS, date=date(2026, 1, 2),
    )  # fmt: skip
    public = dataclasses.replace(evidence, grade=Grade.D)
    cost = investment("licence", "zebrafish_telecom_sites * 5 GBP/site", note=SAYS)
    gain = benefit(
        "zebrafish_telecom_gain",
        "gain_of_anna_quill * 1 GBP/month",
        note=SAYS,
        goal="goal_of_zebrafish_telecom",
        starts="live_zebrafishtelecom",
    )
    return case(
        assumption(
            "zebrafish_telecom_sites", 100, "site", evidence=evidence, note=SAYS,
            travel=Travel(scale_with="sites"),
        ),
        assumption("public", 5, "zebrafish_telecom_van", evidence=public),
        calculation("gain_of_anna_quill", "zebrafish_telecom_sites / 1 site"),
        dataclasses.replace(gain, label=SAYS),
        dataclasses.replace(cost, label=SAYS),
        scenario("low_zebrafish_telecom", zebrafish_telecom_sites=50.0),
        customer=NAME,
        summary=SAYS,
        proposition=Proposition(
            change=SAYS, source="zebrafish_telecom_sites", target="public", result=SAYS, by=SAYS,
            capability=SAYS, delivery=SAYS, figure="benefits.zebrafish_telecom_gain.total",
        ),
        people=(
            Person(id="anna_quill", name="Anna Quill", role=f"Finance director of {NAME}"),
            Person(id="ours", name="Ben Vole", side="vendor"),
        ),
        goals=(Goal(id="goal_of_zebrafish_telecom", label=SAYS, owner="anna_quill"),),
        sources=(
            Source(title=SAYS, publisher=NAME, note=SAYS, url="https://zebrafish-telecom.example"),
        ),
        origin=Origin(date=date(2026, 1, 1)),
    )  # fmt: skip


def with_plan(given: Case) -> Case:
    plan = Plan(
        milestones=(
            Milestone(
                id="live_zebrafishtelecom", label=SAYS, date=date(2027, 1, 1), owner="anna_quill"
            ),
        ),
        tasks=(
            Task(
                id="t_zebrafish_telecom",
                label=SAYS,
                owner="anna_quill",
                after=(Predecessor("live_zebrafishtelecom"),),
            ),
        ),
        decisions=(Decision(id="go", label=SAYS, date=date(2027, 1, 5), owner="anna_quill"),),
    )
    return dataclasses.replace(given, title=SAYS, plan=plan)


GIVEN_AWAY = re.compile(r"zebrafish|anna|quill|\bvole\b", re.IGNORECASE)


def test_no_text_of_the_straw_man_gives_a_name_away() -> None:
    given = with_plan(gossip())
    assert checks.errors(given) == ()
    assert sum(bool(GIVEN_AWAY.search(text)) for text in texts(given)) > 40
    made = published(given, note=f"Delivered at {NAME}")
    assert [text for text in texts(made) if GIVEN_AWAY.search(text)] == []
    assert load_case(dump_case(made)) == made


def test_without_names_the_figures_are_the_same() -> None:
    given = with_plan(gossip())
    made = published(given)
    for name in ("value", "npv", "total_benefits"):
        assert calculate(made).value(name) == calculate(given).value(name)


def test_other_names_that_the_customer_goes_by_are_taken_out_as_well() -> None:
    given = delivered(customer="Zebrafish Telecom plc", summary="ZT and Zebrafish Telecom agree")
    assert published(given, names=["ZT"]).summary == "The customer and the customer agree"


def test_those_who_vouch_for_a_number_or_spoke_over_a_link_are_not_named() -> None:
    vouched = Evidence(grade=Grade.B, source="They said so", owner="Dr. Frieda Dahl")
    [sites] = delivered().assumptions
    note = "Dr. Frieda Dahl asked Paul Weber, and Paul Weber agreed."
    given = dataclasses.replace(
        delivered(), assumptions=(dataclasses.replace(sites, evidence=vouched, note=note),)
    )
    made = published(given, people=["Paul Weber"])
    assert [text for text in texts(made) if re.search("Dahl|Frieda|Paul", text)] == []


def test_the_first_word_of_a_name_is_taken_out_where_it_stands_alone() -> None:
    given = delivered(
        customer="Zebrafish Telecom plc",
        summary="Zebrafish's sites, the ZEBRAFISH network; zebrafishes swim",
    )
    wider = dataclasses.replace(
        given, scenarios=(scenario("zebrafish_low", sites=50.0),), title="Data for Zebrafish"
    )
    made = published(wider)
    assert made.summary == "The customer's sites, the customer network; zebrafishes swim"
    assert made.title == "Data for the customer"
    assert made.scenarios[0].id == "customer_low"


@pytest.mark.parametrize("name", ["General Motors", "Zebrafish", "zebrafish telecom", "EON Energy"])
def test_a_first_word_that_many_share_is_left_alone(name: str) -> None:
    assert brand(name) == ()


def test_addresses_of_people_and_joined_names_are_taken_out() -> None:
    given = delivered(
        customer=NAME,
        summary="Ask anna.quill@zebrafish-telecom.example or Ms Quill (A. Quill, ZebrafishTelecom)",
        people=(Person(id="aquill", name="Anna Quill", role="Buyer"),),
        goals=(Goal(id="grow", label="Grow", owner="aquill"),),
    )
    made = published(given)
    assert made.summary == "Ask an e-mail address or Buyer (Buyer, the customer)"
    assert (made.people[0].id, made.goals[0].owner) == ("person_1", "person_1")


def test_a_short_last_word_of_a_name_is_not_found_inside_other_words() -> None:
    summary = (
        "The hospital knows; hospital keys are kept. Hospital K pays, and the hospital_k_ward."
    )
    given = delivered(customer="Hospital K", summary=summary)
    made = published(given)
    assert made.summary == (
        "The hospital knows; hospital keys are kept. The customer pays, and the hospital_k_ward."
    )


def test_an_anonymous_reference_keeps_its_description_when_it_travels() -> None:
    made = published(delivered(customer="Zebrafish Telecom"), {"saving": 5000.0}, year=2026)
    found = extrapolate([made], target(250), Rates())
    assert found.case.origin is not None
    assert found.case.origin.references[0].customer == "A telecoms company"
    sources = {each.evidence.source for each in found.journeys if each.evidence}
    assert not any("The customer" in source for source in sources)


def test_a_straw_man_can_be_extrapolated_at_once() -> None:
    made = published(delivered(), {"saving": 1000.0}, year=2026)
    found = extrapolate([made], target(250), Rates())
    assert found.case.assumption("sites") is not None
    assert found.case.benefits[0].realisation == "15.43%"


def test_planned_is_counted_before_the_haircut_that_the_record_replaces() -> None:
    made = published(delivered(), {"saving": 5000.0, "licence": 600.0})
    assert made.reference is not None
    saving, licence = made.reference.results
    assert saving.planned == pytest.approx(100 * 2 * 36 * 0.9)
    assert saving.achieved == 5000
    assert saving.note == "Planned before the realisation of 80%."
    assert (licence.planned, licence.achieved, licence.note) == (500, 600, "")


@pytest.mark.parametrize(("gained", "cost"), [(1.0, 1.0), (0.7, 1.3), (0.5, 1.0)])
def test_at_the_same_size_a_published_case_is_worth_what_was_achieved(
    gained: float, cost: float
) -> None:
    given = delivered()
    dear = tuple(dataclasses.replace(each, risk="20%") for each in given.investments)
    given = dataclasses.replace(given, investments=dear)
    plan = calculate(given)
    of_benefits, of_investment = plan.value("total_benefits"), plan.value("total_investment")
    assert of_benefits is not None
    assert of_investment is not None
    made = published(given, {"saving": of_benefits * gained, "licence": of_investment * cost})
    new = calculate(extrapolate([made], target(100), Rates()).case)
    assert new.value("total_benefits") == pytest.approx(of_benefits * gained)
    assert new.value("total_investment") == pytest.approx(of_investment * cost)


def test_a_line_without_an_achieved_amount_has_none() -> None:
    made = published(delivered())
    assert made.reference is not None
    assert {each.achieved for each in made.reference.results} == {None}


def test_what_is_counted_and_not_money_has_a_record_as_well() -> None:
    given = delivered()
    seen = benefit("seen", "sites * 3 patient/site/month", non_monetary=True)
    made = published(dataclasses.replace(given, benefits=(*given.benefits, seen)), {"seen": 5400.0})
    assert made.reference is not None
    record = next(each for each in made.reference.results if each.line == "seen")
    assert (record.planned, record.achieved) == (pytest.approx(100 * 3 * 36), 5400)
    found = extrapolate([made], target(100), Rates())
    assert next(each for each in found.case.benefits if each.id == "seen").realisation == "50%"


def test_the_figures_of_the_result_are_what_is_expected_of_it() -> None:
    given = delivered(expected={"npv": 5.0}, origin=Origin(date=date(2026, 1, 1)))
    made = published(given)
    assert made.origin is None
    assert made.expected["npv"] == calculate(given).value("npv")
    assert made.expected["benefits.saving.total"] == pytest.approx(100 * 2 * 36 * 0.8 * 0.9)
    assert len(made.expected) >= 8
    assert "expected" not in {each.code for each in calculate(made).warnings}


def test_what_was_the_customers_own_has_no_owner_and_no_paper() -> None:
    own = Evidence(grade=Grade.A, source="Billing system of May", owner="Anna Quill")
    given = case(
        assumption("sites", 100, "site", evidence=own),
        assumption("rate", 1, "GBP/site", evidence=dataclasses.replace(own, grade=Grade.D)),
        benefit("gain", "sites * rate"),
    )
    first, second = published(given).assumptions
    assert first.evidence == Evidence(grade=Grade.A, source="The customer’s own data")
    assert second.evidence == Evidence(grade=Grade.D, source="Billing system of May")


def test_with_a_permission_nothing_is_anonymised() -> None:
    given = with_plan(gossip())
    made = published(given, permission="Letter of 3 May 2026")
    assert made.people == given.people
    assert made.summary == SAYS
    assert made.reference is not None
    assert (made.reference.customer, made.reference.permission) == (NAME, "Letter of 3 May 2026")


def test_a_permission_of_spaces_is_none() -> None:
    made = published(with_plan(gossip()), permission="  ")
    assert [text for text in texts(made) if GIVEN_AWAY.search(text)] == []


def test_an_achieved_line_that_does_not_exist_is_refused() -> None:
    with pytest.raises(CaseError) as caught:
        published(delivered(), {"savings": 5.0})
    (problem,) = caught.value.problems
    assert problem.place == "achieved.savings"
    assert problem.remedy == "Did you mean saving?"


@pytest.mark.parametrize(
    ("sector", "expected"),
    [
        ("Telecommunications", "A telecommunications company"),
        ("Energy", "An energy company"),
        ("IT", "An IT company"),
        ("", "A company"),
    ],
)
def test_a_customer_without_a_name_is_one_of_its_sector(sector: str, expected: str) -> None:
    assert anonymous_customer(sector) == expected


@pytest.mark.parametrize(
    "name",
    [
        "A", "Max", "GBP", "period", "sites", "£$%", "ÄÖ", "a.b*c(", "  ", "Яндекс Маркет",
        "Round Table", "Total", "Value Retail", "Saving Society", "Benefits",
    ],
)  # fmt: skip
def test_a_customer_with_an_awkward_name_leaves_the_case_sound(name: str) -> None:
    says = Proposition(change="save", source="sites", target="sites", figure="total_benefits")
    given = dataclasses.replace(delivered(), customer=name, proposition=says)
    made = published(given)
    assert made.proposition is not None
    assert made.proposition.figure == "total_benefits"
    assert calculate(made).value("value") == calculate(given).value("value")
