"""Ranges, pilots, correlations and alternatives go with a case: to others, and without names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.builders import benefit, calculation, investment, scenario
from tests.engine.journey.test_publishing import NAME, SAYS, published, texts
from tests.extrapolation_cases import RATES, REFERENCE, SITES, straw_man, target
from valuecalc.case.case import Alternative, Assumption, Case
from valuecalc.case.journey import DriverValue
from valuecalc.case.risk import Correlation, Outcome, Pilot, Simulation
from valuecalc.engine.calculate import calculate
from valuecalc.engine.edits import edits
from valuecalc.engine.effects import effects
from valuecalc.engine.journey.extrapolate import extrapolate
from valuecalc.engine.journey.lifting import lift_money

WAIT = Alternative(
    id="wait",
    label="Wait",
    kind="do_nothing",
    set={"nodes": 2, "saving": 5},
    benefits=(benefit("less_work", "sites * saving", starts=date(2027, 3, 1)),),
    investments=(investment("upkeep", "nodes * 40 GBP/node", starts=date(2027, 6, 30)),),
)
TOGETHER = Correlation(between=("saving", "nodes"), rank=0.3)


def with_risk(**settings: Any) -> Case:
    whole = straw_man(
        alternatives=(WAIT,),
        correlations=(TOGETHER,),
        simulation=Simulation(seed=7),
        probability=0.4,
        **settings,
    )
    changes = {
        "nodes": {
            "distribution": "discrete",
            "outcomes": (Outcome(value=2, chance=0.4), Outcome(value=4, chance=0.6)),
        },
        "saving": {"pilot": Pilot(cost=1000, note="Two sites"), "common": "wages"},
    }
    moved = [replace(each, **changes.get(each.id, {})) for each in whole.assumptions]
    return replace(whole, assumptions=tuple(moved))


def arrived(*references: Case, **about: Any) -> Case:
    return extrapolate(references or (with_risk(),), target(**about), RATES).case


def found(case: Case, id: str) -> Assumption:
    assumption = case.assumption(id)
    assert assumption is not None
    return assumption


# --------------------------------------------------------------------------- to others


def test_outcomes_scale_and_round_like_low_and_high() -> None:
    nodes = found(arrived(sites=250), "nodes")
    assert (nodes.low, nodes.value, nodes.high) == (5, 8, 10)
    assert nodes.outcomes == (Outcome(value=5, chance=0.4), Outcome(value=10, chance=0.6))


def test_what_a_pilot_costs_is_converted_as_money_and_nothing_else() -> None:
    saving = found(arrived(sites=250, currency="EUR"), "saving")
    assert saving.pilot == Pilot(cost=1250, note="Two sites")
    assert saving.common == "wages"
    assert found(arrived(sites=250), "saving").pilot == Pilot(cost=1000, note="Two sites")


def test_a_driver_with_a_pilot_keeps_it() -> None:
    whole = with_risk()
    sites = replace(found(whole, "sites"), pilot=Pilot(cost=80))
    case = arrived(replace(whole, assumptions=(sites, *whole.assumptions[1:])), currency="EUR")
    assert found(case, "sites").pilot == Pilot(cost=100)


def test_what_an_alternative_sets_travels_by_the_rule_of_its_assumption() -> None:
    (wait,) = arrived(sites=250, currency="EUR").alternatives
    assert wait.set == {"nodes": 5, "saving": 6.25}


def test_money_in_the_lines_of_an_alternative_is_converted_with_a_journey() -> None:
    case = arrived(currency="EUR")
    (wait,) = case.alternatives
    assert wait.investments[0].formula == "nodes * upkeep_amount"
    assert (found(case, "upkeep_amount").value, found(case, "upkeep_amount").unit) == (
        50,
        "EUR/node",
    )


def test_a_lifted_amount_takes_no_id_of_a_line_of_an_alternative() -> None:
    taken = replace(WAIT, benefits=(benefit("network_amount", "5 GBP"),))
    case = lift_money(replace(with_risk(), alternatives=(taken,)))
    lines = {line.id for each in case.alternatives for line in each.benefits}
    assert not lines & {each.id for each in case.assumptions}


def test_an_alternative_keeps_its_distance_from_the_decision() -> None:
    (wait,) = arrived(start=date(2028, 1, 1)).alternatives
    assert wait.benefits[0].starts == date(2028, 3, 1)
    assert wait.investments[0].starts == date(2028, 6, 30)


def test_correlations_and_settings_go_along_and_the_chance_of_winning_does_not() -> None:
    case = arrived(sites=250)
    assert (case.correlations, case.simulation) == ((TOGETHER,), Simulation(seed=7))
    assert case.probability is None


def test_the_spread_of_several_references_replaces_outcomes() -> None:
    other = with_risk(reference=replace(REFERENCE, drivers=(replace(SITES, value=50),)))
    nodes = found(arrived(with_risk(), other, drivers={"sites": DriverValue(value=100)}), "nodes")
    assert (nodes.low, nodes.high) == (3, 6)
    assert (nodes.outcomes, nodes.distribution, nodes.range) == ((), "", "")


# --------------------------------------------------------------------------- published


def test_a_published_case_has_no_pilot_and_no_chance_of_winning() -> None:
    case = published(with_risk(reference=None))
    assert [each.pilot for each in case.assumptions] == [None] * len(case.assumptions)
    assert case.probability is None
    assert case.correlations == (TOGETHER,)


def test_with_a_permission_the_pilot_stays() -> None:
    case = published(with_risk(reference=None), permission="In writing, 2 May 2027")
    assert found(case, "saving").pilot is not None


def test_no_name_is_left_in_the_new_parts() -> None:
    whole = with_risk(reference=None, customer=NAME)
    first, second, *others = whole.assumptions
    named = replace(first, id="zebrafish_telecom_sites", common="zebrafish_telecom_prices")
    case = replace(
        whole,
        assumptions=(named, second, *others),
        correlations=(Correlation(between=("nodes", named.id), rank=0.5, note=SAYS),),
        benefits=(benefit("b", f"{named.id} * saving"),),
        investments=(investment("i", "nodes * 5 GBP/node"),),
        alternatives=(
            replace(
                WAIT,
                id="zebrafish_telecom_waits",
                label=NAME,
                note=SAYS,
                set={named.id: 5},
                benefits=(benefit("c", f"{named.id} * saving", note=SAYS),),
            ),
        ),
    )
    found_case = published(case)
    left = [text for text in texts(found_case) if "zebrafish" in text.lower()]
    assert left == []
    (pair,) = found_case.correlations
    assert pair.between == ("nodes", "customer_sites")
    (wait,) = found_case.alternatives
    assert wait.set == {"customer_sites": 5}
    assert wait.kind == "do_nothing"


# --------------------------------------------------------------------------- versions


def changed_assumptions(**fields: Any) -> Sequence[object]:
    before = with_risk()
    first, *others = before.assumptions
    after = replace(before, assumptions=(replace(first, **fields), *others))
    return edits(before, after)


@pytest.mark.parametrize(
    "fields",
    [
        {"range": "ends"},
        {"outcomes": (Outcome(value=1, chance=1),)},
        {"common": "wages"},
        {"pilot": Pilot(cost=5)},
    ],
)
def test_how_unsure_a_number_is_moves_no_figure(fields: dict[str, Any]) -> None:
    assert changed_assumptions(**fields) == []


def test_an_alternative_more_is_no_step_between_versions() -> None:
    before = with_risk()
    after = replace(before, alternatives=(), correlations=(), probability=None)
    assert all(bridge.steps == () for bridge in effects(before, after).bridges)


def test_a_scenario_beside_alternatives_is_worked_out_as_before() -> None:
    with_all = replace(
        with_risk(), scenarios=(scenario("few", saving=10),), calculations=(calculation("x", "1"),)
    )
    without = replace(with_all, alternatives=(), correlations=())
    assert calculate(with_all, "few").value("npv") == calculate(without, "few").value("npv")
