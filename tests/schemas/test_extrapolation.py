"""Requests and answers of an extrapolation, and the files of rates."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from marshmallow import ValidationError

from tests.extrapolation_cases import RATES, straw_man, target
from valuecalc.case.case import Grade
from valuecalc.case.journey import DriverValue, Target
from valuecalc.case.rates import Rates
from valuecalc.engine.journey.extrapolate import extrapolate
from valuecalc.errors import CaseError
from valuecalc.schemas.case import load_case
from valuecalc.schemas.extrapolation import (
    GivenRatesSchema,
    TargetSchema,
    dump_extrapolation,
    read_exchange_rates,
    read_price_indices,
)
from valuecalc.schemas.fields import Part
from valuecalc.schemas.problems import problems_of
from valuecalc.schemas.shape import Shape


class AskedSchema(Shape):
    """What a caller sends besides the straw-men."""

    target = Part(TargetSchema, required=True)
    rates = Part(GivenRatesSchema, load_default=Rates())


def asked(**given: Any) -> dict[str, Any]:
    return {"target": {"date": "2026-11-22", **given}}


def loaded(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = AskedSchema().load(data)
    return found


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("120,000", DriverValue(value=120_000)),
        (5, DriverValue(value=5)),
        ("£2m", DriverValue(value=2e6, unit="GBP")),
        ("120 sites", DriverValue(value=120, unit="sites")),
        ({"value": "1.5k", "unit": "site"}, DriverValue(value=1500, unit="site")),
        (
            {
                "value": 5,
                "source": "Annual report",
                "owner": "A. Jones",
                "date": "2026-03-31",
                "grade": "A",
            },
            DriverValue(
                value=5,
                source="Annual report",
                owner="A. Jones",
                date=date(2026, 3, 31),
                grade=Grade.A,
            ),
        ),
    ],
)
def test_a_driver_is_a_number_or_a_number_with_its_evidence(
    written: Any, read: DriverValue
) -> None:
    assert loaded(asked(drivers={"sites": written}))["target"].drivers == {"sites": read}


def test_what_is_left_out_of_a_target_stays_open() -> None:
    found = loaded(asked())
    assert found == {"target": Target(date=date(2026, 11, 22)), "rates": Rates()}


def test_rates_may_be_given() -> None:
    rate = {"base": "GBP", "quote": "€", "rate": "1.17", "date": "2026-01-02", "source": "Us"}
    with pytest.raises(ValidationError):
        loaded({**asked(), "rates": {"exchange": [rate]}})
    rise = {"from_year": 2023, "to_year": 2026, "factor": "1.09", "source": "ONS"}
    found = loaded({**asked(), "rates": {"exchange": [rate | {"quote": "EUR"}], "prices": [rise]}})[
        "rates"
    ]
    assert found.given_exchange[0].name == "EUR per GBP"
    assert (found.given_prices[0].region, found.given_prices[0].factor) == ("", 1.09)


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({}, "target"),
        ({"target": {}}, "target.date"),
        (asked(drivers={"sites": "many"}), "target.drivers.sites.value"),
        (asked(drivers={"sites": True}), "target.drivers.sites"),
        (asked(drivers={"sites": {}}), "target.drivers.sites.value"),
        (asked(drivers=["sites"]), "target.drivers"),
        (asked(drivers={"1 2": 5}), "target.drivers.1 2"),
        (asked(currency="EURO"), "target.currency"),
        (asked(start="2027-01-15"), "target.start"),
        (asked(year=1), "target.year"),
        ({**asked(), "rates": {"exchange": [{"base": "GBP"}]}}, "rates.exchange[0].quote"),
        (
            {
                **asked(),
                "rates": {
                    "exchange": [
                        {
                            "base": "GBP",
                            "quote": "EUR",
                            "rate": -1,
                            "date": "2026-01-01",
                            "source": "Us",
                        }
                    ]
                },
            },
            "rates.exchange[0].rate",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(data: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        loaded(data)
    found = problems_of(caught.value.messages, data)
    assert place in {each.place for each in found}
    assert all(each.cause for each in found)


def test_an_answer_holds_the_case_and_every_journey() -> None:
    found = extrapolate([straw_man()], target(240, currency="EUR"), RATES)
    answer = json.loads(json.dumps(dump_extrapolation(found)))
    assert load_case(answer["case"]) == found.case
    nodes = next(each for each in answer["journeys"] if each["id"] == "nodes")
    assert (nodes["before"], nodes["after"], nodes["after_unit"]) == (3, 8, "node")
    assert [step["rule"] for step in nodes["steps"]] == ["scale", "round"]
    assert nodes["words"].startswith("3")
    assert nodes["evidence"]["grade"] == "C"
    assert {*nodes} == {
        "id",
        "label",
        "before",
        "before_unit",
        "after",
        "after_unit",
        "words",
        "steps",
        "evidence",
    }
    bare = replace(found.journeys[0], evidence=None, before=None)
    plain = dump_extrapolation(replace(found, journeys=(bare,)))
    assert plain["journeys"][0]["evidence"] is None
    assert plain["journeys"][0]["before"] is None


EXCHANGE = """\
base: EUR
source: A bank
days: [{date: 2025-12-31, about: average, rates: {GBP: 0.85, USD: 1.1}}]
"""


def test_a_file_of_rates_is_read() -> None:
    first, second = read_exchange_rates(EXCHANGE)
    assert (first.base, first.quote, first.rate, first.about) == ("EUR", "GBP", 0.85, "average")
    assert second.quote == "USD"


def test_changes_are_chained_to_an_index() -> None:
    text = (
        "regions: [{region: X, label: X-land, source: Y, date: 2026-01-01,"
        " changes: {2024: 10%, 2025: '-50%'}}]"
    )
    (found,) = read_price_indices(text)
    assert found.index == pytest.approx({2023: 100, 2024: 110, 2025: 55})


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (EXCHANGE.replace("0.85", "0"), "days[0].rates.GBP"),
        (EXCHANGE.replace("USD", "Usd"), "days[0].rates.Usd"),
        (EXCHANGE.replace("source: A bank\n", ""), "source"),
        ("base: EUR\nsource: x\n", "days"),
    ],
)
def test_a_file_of_rates_with_a_mistake_is_refused(text: str, place: str) -> None:
    with pytest.raises(CaseError) as caught:
        read_exchange_rates(text)
    assert [each.place for each in caught.value.problems] == [place]


def test_changes_with_a_gap_are_refused() -> None:
    text = (
        "regions: [{region: X, label: X, source: Y, date: 2026-01-01,"
        " changes: {2023: 1%, 2025: 1%}}]"
    )
    with pytest.raises(CaseError, match="gap"):
        read_price_indices(text)
