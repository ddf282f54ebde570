"""Numbers of assumptions whose unit got another currency: they lose the sign of the old one."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from valuecalc.schemas.case import dump_case, load_case
from valuecalc.schemas.changed_units import in_new_units
from valuecalc.schemas.typed import typed
from valuecalc.schemas.written import written

BASE: dict[str, Any] = dump_case(
    load_case(
        {
            "format": "valuecalc/1",
            "title": "Wages",
            "assumptions": [
                {
                    "id": "wage",
                    "label": "Wage",
                    "value": "£38",
                    "low": "£1,234.5",
                    "high": "£4000000",
                    "unit": "GBP/hour",
                    "growth": "3%",
                },
                {
                    "id": "fine",
                    "label": "Fine",
                    "value": 20,
                    "unit": "GBP",
                    "outcomes": [
                        {"value": 10, "chance": "50%"},
                        {"value": 30, "chance": "50%"},
                    ],
                },
            ],
            "scenarios": [{"id": "bad", "label": "Bad", "set": {"wage": 50, "fine": 5}}],
            "alternatives": [{"id": "cloud", "label": "Cloud", "set": {"wage": 60}}],
        }
    )
)


def with_wage(**fields: Any) -> dict[str, Any]:
    document = copy.deepcopy(written(BASE))
    document["assumptions"][0].update(fields)
    return document


def read(document: dict[str, Any]) -> dict[str, Any]:
    return dump_case(load_case(in_new_units(typed(document), BASE)))


def test_another_currency_keeps_the_numbers_of_the_row_and_of_every_scenario() -> None:
    expected = copy.deepcopy(BASE)
    expected["assumptions"][0]["unit"] = "EUR/hour"
    assert read(with_wage(unit="EUR/hour")) == expected
    assert read(with_wage(unit="€ per hour")) == expected


def test_numbers_that_are_not_in_the_form_follow_their_unit_as_well() -> None:
    document = copy.deepcopy(written(BASE))
    document["assumptions"][1]["unit"] = "USD"
    expected = copy.deepcopy(BASE)
    expected["assumptions"][1]["unit"] = "USD"
    assert read(document) == expected


@pytest.mark.parametrize("unit", ["hour", "1", "CHF/hour"])
def test_a_unit_without_a_sign_of_its_own_takes_the_old_one_away(unit: str) -> None:
    found = read(with_wage(unit=unit))["assumptions"][0]
    assert [found[key] for key in ("value", "low", "high")] == [38, 1234.5, 4_000_000]


def test_the_number_may_stand_there_as_somebody_wrote_it() -> None:
    found = read(with_wage(unit="EUR/hour", value="£ 38.00", high="£4m"))["assumptions"][0]
    assert (found["value"], found["high"]) == (38, 4_000_000)


def test_what_was_typed_anew_with_the_wrong_sign_stays_a_mistake() -> None:
    document = with_wage(unit="EUR/hour", value="£40")
    assert in_new_units(typed(document), BASE)["assumptions"][0]["value"] == "£40"


@pytest.mark.parametrize("unit", ["GBP/hour", "GBP/day", "%", "EUR/(", "", None, ["EUR"]])
def test_nothing_else_changes_a_number(unit: object) -> None:
    document = with_wage(unit=unit)
    assert in_new_units(document, BASE) == document


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"assumptions": None},
        {"assumptions": [None, {}, {"id": 3}, {"id": "wage"}, {"id": "wage", "unit": 7}]},
        {
            "assumptions": [{"id": "wage", "unit": "EUR", "value": {"a": []}}],
            "scenarios": [None, 3],
        },
        {
            "assumptions": [{"id": "wage", "unit": "EUR"}],
            "scenarios": [{"id": [], "set": {"wage": []}}],
        },
        {"assumptions": [{"id": "wage", "unit": "EUR"}], "alternatives": {"id": "cloud"}},
    ],
)
def test_nonsense_is_left_to_whoever_reads_it(document: dict[str, Any]) -> None:
    assert in_new_units(document, BASE) == document
