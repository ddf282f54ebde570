"""A straw-man, targets and rates for the tests of extrapolation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tests.builders import assumption, benefit, case, investment
from valuecalc.case.case import Achievement, Case, Driver, Reference
from valuecalc.case.journey import DriverValue, Target
from valuecalc.case.rates import ExchangeRate, PriceIndex, Rates
from valuecalc.case.travel import Rounding, Travel

TODAY = date(2026, 1, 5)
BANK = ExchangeRate(base="GBP", quote="EUR", rate=1.25, date=date(2026, 1, 2), source="A bank")
PRICES = PriceIndex(
    region="GB",
    label="United Kingdom",
    names=("UK",),
    source="An office, an index",
    date=date(2025, 1, 1),
    index={2023: 100.0, 2024: 104.0, 2025: 110.0},
)
RATES = Rates(exchange=(BANK,), prices=(PRICES,))

SITES = Driver(id="sites", label="Sites", value=100, unit="site")
REFERENCE = Reference(
    sector="Telecoms", region="GB", year=2023, customer="A mobile operator", drivers=(SITES,)
)


def straw_man(*more: Any, **settings: Any) -> Case:
    """Sites, nodes that grow with them, a price and a wage; one benefit, one investment."""
    settings.setdefault("reference", REFERENCE)
    return case(
        assumption("sites", 100, "site", grade="A", travel=Travel(driver="sites")),
        assumption(
            "nodes",
            3,
            "node",
            grade="B",
            low=2,
            high=4,
            travel=Travel(scale_with="sites", round=Rounding.UP),
        ),
        assumption("saving", 20, "GBP/site/month", grade="A", low=10, high=30),
        assumption("wage", 30, "GBP/node", grade="D", travel=Travel(inflate=True)),
        assumption("share", 0.5, "%", grade="E"),
        benefit("less_work", "sites * saving * share", category="cost_reduction"),
        investment("network", "nodes * (wage + 500 GBP/node)", category="capital"),
        *more,
        **settings,
    )


def target(sites: float = 100, **more: Any) -> Target:
    """A target with so many sites."""
    drivers = more.pop("drivers", {"sites": DriverValue(value=sites)})
    return Target(date=TODAY, drivers=drivers, **more)


def achieved(straw: Case, *results: Achievement) -> Case:
    """The straw-man with what was planned and achieved."""
    assert straw.reference is not None
    return replace(straw, reference=replace(straw.reference, results=results))
