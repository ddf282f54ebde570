"""Scenarios beside what is expected, and the bridge from an alternative."""

from __future__ import annotations

from typing import Any

from valuecalc.case.case import Case
from valuecalc.schemas.case import load_case
from valuecalc.services import cases, uncertainty
from valuecalc.services.side_by_side import SideBySide, shortest_bridge


def case(**parts: Any) -> Case:
    return load_case(
        {
            "format": "valuecalc/1",
            "title": "Case",
            "timeline": {"start": "2027-01", "years": 2, "period": "year"},
            "assumptions": [
                {"id": "users", "label": "Users", "value": 100, "low": 80, "high": 150},
                {"id": "price", "label": "Price", "value": 10, "unit": "GBP/year"},
            ],
            "benefits": [{"id": "sales", "label": "Sales", "formula": "users * price"}],
            "investments": [{"id": "licence", "label": "Licence", "formula": "500 GBP"}],
            "scenarios": [{"id": "late", "label": "Late", "set": {"price": 9}}],
            **parts,
        }
    )


def beside(**parts: Any) -> SideBySide:
    return SideBySide(cases.compare(case(**parts)))


def differences(found: SideBySide, scenario: str) -> dict[str, str]:
    result = found.result(scenario)
    assert result is not None
    return {each.figure.name: each.difference for each in found.compared(result)}


class TestScenarios:
    def test_each_figure_says_what_it_makes_of_the_expected_one(self) -> None:
        assert differences(beside(), "late")["value"] == "−£200"
        assert differences(beside(), "stretch")["value"] == "+£1.00k"

    def test_the_expected_scenario_differs_in_nothing(self) -> None:
        assert set(differences(beside(), "expected").values()) == {""}

    def test_rates_differ_in_points_and_times_in_months(self) -> None:
        found = differences(beside(), "late")
        assert found["roi_discounted"].endswith(" points")
        assert found["payback"].endswith(" months")

    def test_a_figure_that_does_not_exist_has_no_difference(self) -> None:
        found = beside(scenarios=[{"id": "none", "label": "None", "set": {"price": 0}}])
        assert differences(found, "none")["payback"] == ""

    def test_it_is_known_which_assumptions_a_scenario_moves(self) -> None:
        found = beside()
        late = found.result("late")
        assert late is not None
        assert found.is_moved(late, "price")
        assert not found.is_moved(late, "users")

    def test_there_is_no_result_of_a_scenario_that_is_not_there(self) -> None:
        assert beside().result("gone") is None


class TestTheBridge:
    def test_it_leads_from_the_next_best_thing_to_the_case(self) -> None:
        cheap = {"id": "cheap", "label": "Cheap", "formula": "100 GBP"}
        found = shortest_bridge(
            uncertainty.alternatives(
                case(
                    alternatives=[
                        {"id": "wait", "label": "Wait", "kind": "do_nothing"},
                        {
                            "id": "other",
                            "label": "Another tool",
                            "kind": "next_best",
                            "investments": [cheap],
                        },
                    ]
                )
            )
        )
        assert found is not None
        assert found.before_label == "Another tool"
        assert (found.before, found.after) == (-100, 1500)
        assert {each.label for each in found.steps} == {"Sales", "Licence", "Cheap"}

    def test_without_a_next_best_thing_it_leads_from_the_first(self) -> None:
        wait = {"id": "wait", "label": "Wait", "kind": "do_nothing"}
        found = shortest_bridge(uncertainty.alternatives(case(alternatives=[wait])))
        assert found is not None
        assert found.before_label == "Wait"

    def test_without_alternatives_there_is_none(self) -> None:
        assert shortest_bridge(uncertainty.alternatives(case())) is None
