"""Takes straw-men to a new customer: its drivers, its currency, its start, its prices.

Every number that arrives says where it came from. Nothing here reads a clock or a file: the
day and the rates are given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from valuecalc.case.case import Alternative, Case, Driver, Scenario
from valuecalc.case.journey import Extrapolation, Target
from valuecalc.case.rates import PriceChange, Rates
from valuecalc.case.travel import Origin, OriginDriver, OriginRate, OriginReference
from valuecalc.engine.journey.achievement import realised
from valuecalc.engine.journey.anonymous import anonymous
from valuecalc.engine.journey.lifting import lift_money
from valuecalc.engine.journey.money import Exchange
from valuecalc.engine.journey.rates import exchange_rate, price_change
from valuecalc.engine.journey.shifting import begin_at
from valuecalc.engine.journey.spread import combined
from valuecalc.engine.journey.travelling import (
    Road,
    Travelled,
    travelled,
)
from valuecalc.engine.target_problems import drivers_of, problems
from valuecalc.errors import CaseError, InputError, Problem
from valuecalc.formula import quantity


def extrapolate(
    references: Sequence[Case],
    target: Target,
    rates: Rates,
    kept_as: Sequence[OriginReference] = (),
) -> Extrapolation:
    """The case of a new customer, made from straw-men; the first one gives the structure.

    `kept_as` says where the references are kept (slug or uid), in their order. Raises
    `CaseError` with every driver and rate that is missing or does not fit.
    """
    if not references:
        raise InputError("There is no straw-man to start from.", "Choose at least one.")
    sound = [lift_money(anonymous(each)) for each in references]
    target = _complete(target, sound[0])
    wrong = list(problems(sound, target))
    if wrong:
        raise CaseError(wrong)
    roads = _roads(sound, target, rates)
    arrived = [combined(travelled(each, roads[0]), roads) for each in roads[0].case.assumptions]
    _refuse_what_is_no_number(arrived)
    case = _assembled(roads[0], arrived)
    case, haircuts = realised(case, roads)
    case = replace(case, origin=_origin(roads, kept_as))
    return Extrapolation(case=case, journeys=(*(each.journey for each in arrived), *haircuts))


def _complete(target: Target, first: Case) -> Target:
    """The target with what it leaves open as in the first reference."""
    return replace(
        target,
        title=target.title or first.title,
        currency=target.currency or first.currency,
        start=target.start or first.timeline.start,
    )


def _refuse_what_is_no_number(arrived: Sequence[Travelled]) -> None:
    too_large = [
        Problem(
            code="range",
            place=f"assumptions.{each.after.id}",
            cause=f"“{each.after.label}” becomes larger than any amount in a value case.",
            remedy="Check the drivers of the target, and the exponent of the rule.",
        )
        for each in arrived
        if not abs(each.after.value) <= quantity.MAX_MAGNITUDE
    ]
    if too_large:
        raise CaseError(too_large)


# --------------------------------------------------------------------------- on the way


def _roads(references: Sequence[Case], target: Target, rates: Rates) -> list[Road]:
    """A road for each reference. Raises `CaseError` with every rate that is missing."""
    missing: list[Problem] = []
    roads = []
    for case in references:
        exchange, prices = Exchange(case.currency, target.currency), None
        try:
            exchange = _exchange(case, target, rates)
        except InputError as error:
            missing.append(error.problem("rates.exchange"))
        try:
            prices = _prices(case, target, rates)
        except InputError as error:
            missing.append(error.problem("rates.prices"))
        roads.append(Road(case, target, exchange, prices))
    if missing:
        raise CaseError(dict.fromkeys(missing))
    return roads


def _exchange(case: Case, target: Target, rates: Rates) -> Exchange:
    if case.currency == target.currency:
        return Exchange(case.currency, target.currency)
    rate = exchange_rate(rates, case.currency, target.currency, target.date)
    return Exchange(case.currency, target.currency, rate)


def _prices(case: Case, target: Target, rates: Rates) -> PriceChange | None:
    """What prices rose by, if anything is to rise with them."""
    inflates = any(each.travel and each.travel.inflate for each in case.assumptions)
    about = case.reference
    if not inflates or target.year is None or about is None or about.year == target.year:
        return None
    if about.year is None:
        raise InputError(
            f"“{case.title}” does not say of which year its prices are.",
            "Give the year in its reference block, or leave out the year of the target.",
        )
    return price_change(rates, about.region or target.region, about.year, target.year)


# --------------------------------------------------------------------------- arrival


def _assembled(road: Road, arrived: Sequence[Travelled]) -> Case:
    """The structure of the reference with the numbers that have arrived."""
    target, exchange = road.target, road.exchange
    assert target.start is not None
    case = begin_at(road.case, target.start)
    return replace(
        case,
        title=target.title,
        customer=target.customer,
        # It speaks of the numbers of the reference.
        summary="",
        currency=target.currency,
        assumptions=tuple(each.after for each in arrived),
        calculations=tuple(
            replace(each, unit=exchange.unit(each.unit)) if each.unit else each
            for each in case.calculations
        ),
        scenarios=_overridden(case.scenarios, arrived),
        alternatives=_overridden(case.alternatives, arrived),
        # How likely it was at the reference says nothing about the new customer.
        probability=None,
        reference=None,
        expected={},
    )


Overriding = TypeVar("Overriding", Scenario, Alternative)


def _overridden(
    items: Sequence[Overriding], arrived: Sequence[Travelled]
) -> tuple[Overriding, ...]:
    """The scenarios or alternatives, each override moved as its assumption was."""
    moves = {each.before.id: each.move for each in arrived}

    def moved(id: str, value: float) -> float:
        return moves[id](value) if id in moves else value

    return tuple(
        replace(each, set={id: moved(id, value) for id, value in each.set.items()})
        for each in items
    )


def _origin(roads: Sequence[Road], kept_as: Sequence[OriginReference]) -> Origin:
    first, target = roads[0], roads[0].target
    places = [*kept_as, *([OriginReference(title="")] * len(roads))]
    drivers = drivers_of([road.case for road in roads])
    return Origin(
        references=tuple(
            OriginReference(
                title=road.case.title,
                slug=place.slug,
                uid=place.uid,
                sector=road.reference.sector,
                region=road.reference.region,
                year=road.reference.year,
                customer=road.reference.customer,
            )
            for road, place in zip(roads, places, strict=False)
        ),
        region=target.region or first.reference.region,
        year=target.year or first.reference.year,
        drivers=tuple(
            _origin_driver(drivers[id], first, value.value, value.unit)
            for id, value in target.drivers.items()
        ),
        rates=tuple(dict.fromkeys(_used(roads))),
        date=target.date,
    )


def _origin_driver(driver: Driver, first: Road, value: float, unit: str) -> OriginDriver:
    own = first.reference.driver(driver.id)
    is_same = own is not None and unit in ("", own.unit) and first.exchange.power(own.unit) == 0
    return OriginDriver(
        id=driver.id,
        label=driver.label,
        before=own.value if own is not None and is_same else None,
        value=value,
        unit=unit or first.exchange.unit(driver.unit),
    )


def _used(roads: Sequence[Road]) -> Iterator[OriginRate]:
    for road in roads:
        rate, prices = road.exchange.rate, road.prices
        if rate is not None:
            source = f"{rate.source}, {rate.about}" if rate.about else rate.source
            yield OriginRate(name=rate.name, rate=rate.rate, date=rate.date, source=source[:300])
        if prices is not None:
            yield OriginRate(
                name=prices.name, rate=prices.factor, date=prices.date, source=prices.source
            )
