"""The verbs of straw-men that travel, with the published rates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from tests.builders import benefit, case
from tests.extrapolation_cases import BANK, REFERENCE, SITES, straw_man, target
from valuecalc.case.case import Case
from valuecalc.case.journey import DriverValue, Target
from valuecalc.case.rates import Rates
from valuecalc.errors import CaseError
from valuecalc.formula.known_units import CURRENCIES
from valuecalc.services import cases, extrapolation, library

MAJOR = "GBP USD CHF SEK NOK DKK PLN JPY AUD CAD INR CNY".split()
REGIONS = "GB US EA DE FR CH".split()


def test_the_published_rates_cover_the_currencies_and_regions_that_matter() -> None:
    rates = extrapolation.rates()
    years = {each.date.year for each in rates.exchange}
    assert years >= set(range(2012, 2027))
    for year in years:
        known = {each.quote for each in rates.exchange if each.date.year == year}
        assert known >= set(MAJOR)
        assert known <= CURRENCIES
    assert {each.region for each in rates.prices} >= set(REGIONS)
    for each in rates.prices:
        assert set(each.index) >= set(range(2014, 2026)), each.region
        assert each.source
    assert all(each.source and each.rate > 0 for each in rates.exchange)


def test_no_published_rate_jumps_as_a_slip_of_the_pen_would() -> None:
    rates = extrapolation.rates()
    for quote in MAJOR:
        levels = [each.rate for each in rates.exchange if each.quote == quote]
        steps = [later / earlier for earlier, later in pairwise(levels)]
        assert all(0.75 < step < 1.35 for step in steps), quote
    for each in rates.prices:
        years = sorted(each.index)
        for year in years[1:]:
            assert 0.97 < each.index[year] / each.index[year - 1] < 1.11, (each.region, year)


def test_known_rates_are_as_they_were_published() -> None:
    rates = extrapolation.rates()
    known = {(each.quote, each.date): each.rate for each in rates.exchange}
    assert known["USD", date(2023, 12, 31)] == 1.0813
    assert known["GBP", date(2024, 12, 31)] == 0.84662
    assert known["CHF", date(2026, 10, 30)] == 0.9194
    index = {each.region: each.index for each in rates.prices}
    assert index["US"][2024] / index["US"][2023] == pytest.approx(1.0295, abs=1e-4)
    assert index["GB"][2022] / index["GB"][2021] == pytest.approx(1.091)


def test_a_straw_man_travels_with_the_published_rates_and_is_checked() -> None:
    wanted = replace(target(240, currency="EUR", year=2025), date=date(2026, 11, 22))
    found = extrapolation.extrapolate([straw_man()], wanted)
    assert cases.calculate(found.case).value("value") is not None
    assert "30 Oct 2026" in found.journeys[2].words
    assert extrapolation.journeys([straw_man()], wanted) == found.journeys


def test_given_rates_come_before_the_published_ones() -> None:
    given = Rates(given_exchange=(replace(BANK, rate=2.0),))
    found = extrapolation.extrapolate([straw_man()], target(currency="EUR"), given)
    saving = found.case.assumption("saving")
    assert saving is not None
    assert saving.value == 40


def test_mistakes_of_the_outcome_are_told() -> None:
    broken = case(benefit("gain", "1 GBP + 1 node"), reference=replace(REFERENCE, drivers=()))
    with pytest.raises(CaseError) as caught:
        extrapolation.extrapolate([broken], target(drivers={}))
    assert [each.place for each in caught.value.problems] == ["benefits.gain.formula"]


def test_a_delivered_case_is_published_and_travels_again() -> None:
    made = extrapolation.publish(
        replace(straw_man(), customer="Acme"), {"less_work": 9000.0}, drivers=[SITES]
    )
    again = extrapolation.extrapolate([made], target(50)).case
    assert again.benefits[0].realisation is not None
    assert "Acme" not in repr(again)


@pytest.mark.parametrize("straw", library.straw_men(), ids=lambda straw: straw.slug)
def test_every_straw_man_of_the_library_travels(straw: library.StrawMan) -> None:
    found = extrapolation.extrapolate([straw.case], twice_the_size(straw.case))
    assert len(found.journeys) >= len(straw.case.assumptions)
    assert cases.calculate(found.case).value("total_investment")
    assert "£" not in "".join(each.after_unit for each in found.journeys)


def twice_the_size(straw: Case) -> Target:
    assert straw.reference is not None
    drivers = {each.id: DriverValue(value=2 * each.value) for each in straw.reference.drivers}
    return Target(date=date(2026, 11, 22), customer="New Co", drivers=drivers, currency="CHF")


@pytest.mark.parametrize("straw", library.straw_men(), ids=lambda straw: straw.slug)
def test_at_its_own_size_a_straw_man_of_the_library_gives_its_own_figures(
    straw: library.StrawMan,
) -> None:
    reference = straw.case.reference
    assert reference is not None
    drivers = {each.id: DriverValue(value=each.value) for each in reference.drivers}
    alike = Target(date=date(2026, 11, 22), drivers=drivers)
    found = extrapolation.extrapolate(
        [replace(straw.case, reference=replace(reference, results=()))], alike
    )
    before, after = cases.calculate(straw.case), cases.calculate(found.case)
    for name in ("value", "npv", "total_benefits", "total_investment", "irr", "payback"):
        assert after.value(name) == before.value(name), name
