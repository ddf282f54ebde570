"""What may be asked of a portfolio, and what goes out."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from tests.builders import assumption, benefit, case
from valuecalc.engine.portfolio import request as engine
from valuecalc.engine.portfolio.portfolio import calculate
from valuecalc.engine.portfolio.request import Entry, PortfolioRequest, ReportingRate
from valuecalc.errors import CaseError
from valuecalc.schemas import portfolio as schemas
from valuecalc.schemas.portfolio import (
    CaseFilter,
    GivenRate,
    PortfolioAsked,
    PortfolioSchema,
    dump_portfolio,
    read_portfolio_request,
)


def test_nothing_asked_means_all_cases_of_the_only_team() -> None:
    assert read_portfolio_request({}) == PortfolioAsked()
    assert PortfolioAsked().draws == 10_000


def test_a_whole_request_is_read() -> None:
    asked = read_portfolio_request(
        {
            "team": "a" * 16,
            "filter": {"q": "network", "sector": "telecoms", "currency": "eur"},
            "currency": "GBP",
            "rates": {"EUR": 0.86, "USD": {"value": "0.75", "low": 0.7, "source": "Treasury"}},
            "date": "2026-11-22",
            "draws": 20_000,
            "seed": 7,
        }
    )
    assert asked.filter == CaseFilter(words="network", sector="telecoms", currency="EUR")
    assert asked.rates["EUR"] == GivenRate(value=0.86)
    assert asked.rates["USD"] == GivenRate(value=0.75, low=0.7, source="Treasury")
    assert (asked.date, asked.draws, asked.seed) == (date(2026, 11, 22), 20_000, 7)


@pytest.mark.parametrize(
    ("data", "place", "limit"),
    [
        ({"draws": 999}, "draws", "1000 to 100,000"),
        ({"draws": 1_000_000}, "draws", "1000 to 100,000"),
        ({"draws": "many"}, "draws", "whole number"),
        ({"seed": -1}, "seed", "from 0"),
        ({"cases": []}, "cases", "empty"),
        ({"cases": ["a" * 16] * 2_001}, "cases", "2,000 are allowed"),
        ({"cases": ["../etc/passwd"]}, "cases[0]", "no id"),
        ({"rates": {"EUR": -1}}, "rates.EUR.value", "out of range"),
        ({"rates": {"EUR": True}}, "rates.EUR", "mapping"),
        ({"rates": {"euro": 1}}, "rates.euro", "currency"),
        ({"currency": "pounds"}, "currency", "currency"),
        ({"team": 5}, "team", "no id"),
        ({"filter": {"words": "x"}}, "filter.words", "words"),
        ({"colour": "red"}, "colour", "colour"),
        ([], "request", "mapping"),
        ("all", "request", "mapping"),
    ],
)
def test_a_mistake_is_refused_with_its_place_and_the_limit(
    data: Any, place: str, limit: str
) -> None:
    with pytest.raises(CaseError) as refused:
        read_portfolio_request(data)
    [problem] = refused.value.problems
    assert problem.place == place
    assert limit in f"{problem.cause} {problem.remedy}"


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(CaseError) as refused:
        read_portfolio_request({"draws": 1, "seed": -1, "currency": "?"})
    assert {each.place for each in refused.value.problems} == {"draws", "seed", "currency"}


def test_the_limits_are_those_of_the_engine() -> None:
    for name in ("MIN_DRAWS", "MAX_DRAWS", "DEFAULT_DRAWS", "MAX_CASES"):
        assert getattr(schemas, name) == getattr(engine, name)


def dumped() -> dict[str, Any]:
    amount = assumption("amount", 1_000, "EUR", low=900, high=1_200, common="inflation")
    sound = case(amount, benefit("gain", "amount", starts=0), currency="EUR", probability=0.5)
    entries = [
        Entry(uid="sound", case=sound, version=3),
        Entry(uid="certain", case=case(benefit("gain", "5 GBP", starts=0))),
        Entry(uid="broken", case=case(benefit("gain", "nobody"))),
    ]
    rate = ReportingRate(currency="EUR", value=0.5, low=0.4, date=date(2026, 1, 2), source="Bank")
    return dump_portfolio(calculate(entries, PortfolioRequest(draws=1_000, rates=(rate,))))


def test_an_answer_is_plain_json_with_every_key() -> None:
    found = dumped()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert set(found) == set(PortfolioSchema().fields)


def test_an_answer_holds_what_the_portfolio_does() -> None:
    found = dumped()
    assert (found["currency"], found["draws"], found["seed"]) == ("GBP", 1_008, 1)
    assert found["totals"]["value"] == 505
    assert found["weighted"]["value"] == 250
    [sound, certain] = found["cases"]
    assert (sound["uid"], sound["version"], sound["reported_value"]) == ("sound", 3, 500)
    assert sound["gain"]["share"] == 1
    assert certain["is_certain"] is True and certain["version"] is None
    assert [each["uid"] for each in found["left_out"]] == ["broken"]
    assert [each["uid"] for each in found["without_probability"]] == ["certain"]
    assert found["rates"] == [
        {
            "currency": "EUR",
            "value": 0.5,
            "low": 0.4,
            "high": None,
            "date": "2026-01-02",
            "source": "Bank",
        }
    ]
    assert {each["label"] for each in found["bars"]} == {"Inflation", "Exchange rate EUR/GBP"}
    assert found["evidence"][4]["share"] == 1
    histogram = found["all_won"]["histograms"]["npv"]
    assert sum(histogram["counts"]) + histogram["below"] + histogram["above"] == 1_008
    assert len(found["hash"]) == 64


def test_without_chances_the_weighted_sums_are_null() -> None:
    entry = Entry(uid="a", case=case(benefit("gain", "5 GBP", starts=0)))
    found = dump_portfolio(calculate([entry], PortfolioRequest(draws=1_000)))
    assert found["weighted"] is None and found["drawn"] is None
