"""How one assumption of one reference travels: scaled, inflated, converted, rounded."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from valuecalc.case.case import Assumption, Case, Driver, Evidence, Grade, Reference
from valuecalc.case.journey import Journey, Step, Target
from valuecalc.case.rates import PriceChange
from valuecalc.case.travel import Rounding, Travel
from valuecalc.engine.journey.money import Exchange
from valuecalc.formula import quantity, units

NOTE_LENGTH = 5_000
SOURCE_LENGTH = 300
COPY = Travel()
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Road:
    """What the numbers of one reference travel by."""

    case: Case
    target: Target
    exchange: Exchange
    prices: PriceChange | None = None

    @property
    def reference(self) -> Reference:
        """The reference block of the case."""
        return self.case.reference or Reference()

    @property
    def name(self) -> str:
        """The reference for people: `A mobile operator (Telecoms, GB), 2025`."""
        about = self.reference
        where = ", ".join(filter(None, (about.sector, about.region)))
        named = (about.customer or "A reference customer") + (f" ({where})" if where else "")
        return f"{named}, {about.year}" if about.year else named


@dataclass(frozen=True)
class Move:
    """What happens to each number of an assumption, its range and its overrides."""

    factors: tuple[float, ...] = ()
    rounding: Travel | None = None

    def __call__(self, number: float) -> float:
        """The number at the new customer. What has not moved is not rounded either."""
        moved = number
        for factor in self.factors:
            moved *= factor
        is_moved = any(factor != 1 for factor in self.factors)
        return rounded(moved, self.rounding) if self.rounding and is_moved else moved


@dataclass(frozen=True)
class Travelled:
    """An assumption that has arrived."""

    before: Assumption
    after: Assumption
    move: Move
    steps: tuple[Step, ...]

    @property
    def journey(self) -> Journey:
        """How it came about."""
        return Journey(
            id=self.after.id,
            label=self.after.label,
            before=self.before.value,
            before_unit=self.before.unit,
            after=self.after.value,
            after_unit=self.after.unit,
            steps=self.steps,
            evidence=self.after.evidence,
        )


def travelled(assumption: Assumption, road: Road) -> Travelled:
    """The assumption at the target, with every step of the way; a pilot's cost is converted."""
    if assumption.pilot is not None:
        cost = assumption.pilot.cost * road.exchange.factor(road.case.currency)
        assumption = replace(assumption, pilot=replace(assumption.pilot, cost=cost))
    travel = assumption.travel or COPY
    if travel.driver:
        return _driver(assumption, travel.driver, road)
    walk = _Walk(assumption, road)
    if travel.scale_with:
        walk.scale(travel)
    if travel.inflate and road.prices is not None:
        walk.inflate(road.prices)
    walk.convert()
    if travel.round is not None:
        walk.round(travel)
    if not walk.steps:
        walk.note("copy", "copied unchanged")
    return walk.arrived(travel)


def rounded(number: float, travel: Travel) -> float:
    """A number rounded to a multiple of `travel.to`; a billionth is forgiven."""
    parts = number / travel.to
    nearest = round(parts)
    if abs(parts - nearest) <= TOLERANCE * max(1.0, abs(parts)):
        return nearest * travel.to
    if travel.round is Rounding.UP:
        return math.ceil(parts) * travel.to
    if travel.round is Rounding.DOWN:
        return math.floor(parts) * travel.to
    # Halves go away from zero, as in formulas.
    return math.copysign(math.floor(abs(parts) + 0.5), parts) * travel.to


def moved(assumption: Assumption, move: Move, unit: str) -> Assumption:
    """The assumption with its value, range, outcomes and yearly values moved, in another unit."""
    return replace(
        assumption,
        value=move(assumption.value),
        values=tuple(map(move, assumption.values)),
        low=None if assumption.low is None else move(assumption.low),
        high=None if assumption.high is None else move(assumption.high),
        outcomes=tuple(replace(each, value=move(each.value)) for each in assumption.outcomes),
        unit=unit,
    )


def driver_ratio(driver: Driver, road: Road) -> float:
    """The new customer's driver over the reference's, in the same unit and currency."""
    new = new_driver(driver, road, road.exchange.unit(driver.unit))
    return new / (driver.value * road.exchange.factor(driver.unit))


def new_driver(driver: Driver, road: Road, unit: str) -> float:
    """The new customer's number of a driver in `unit`."""
    given = road.target.drivers[driver.id]
    own = units.read(given.unit or road.exchange.unit(driver.unit))
    return given.value * own.factor_to(units.read(unit))


class _Walk:
    """One assumption on its way, step by step."""

    def __init__(self, assumption: Assumption, road: Road) -> None:
        self.assumption = assumption
        self.road = road
        self.value = assumption.value
        self.unit = assumption.unit
        self.factors: list[float] = []
        self.steps: list[Step] = []

    def scale(self, travel: Travel) -> None:
        driver = self.road.reference.driver(travel.scale_with)
        assert driver is not None
        ratio = driver_ratio(driver, self.road)
        unit = self.road.exchange.unit(driver.unit)
        new = quantity.show(new_driver(driver, self.road, unit), unit)
        old = quantity.show(driver.value, driver.unit)
        exchange, tail = self.road.exchange, quantity.unit_tail(driver.unit, driver.value)
        if exchange.rate is not None and exchange.power(driver.unit):
            by = "×" if exchange.power(driver.unit) > 0 else "÷"
            old = f"({old} {by} {exchange.rate.rate:.5g} {exchange.rate.name})"
        share = f"{new} ÷ {old}{tail}"
        if travel.exponent != 1:
            share = f"({share})^{quantity.show_plain(travel.exponent)}"
        self.multiply("scale", share, ratio**travel.exponent)

    def inflate(self, prices: PriceChange) -> None:
        years = f"prices {prices.from_year} → {prices.to_year}"
        factor = quantity.show(prices.factor, digits=4)
        self.multiply("inflate", f"{factor} {years} ({_publisher(prices.source)})", prices.factor)

    def convert(self) -> None:
        exchange = self.road.exchange
        rate, power = exchange.rate, exchange.power(self.unit)
        if rate is None or not power:
            return
        day = f"{_publisher(rate.source)}, {rate.about or f'{rate.date:%-d %b %Y}'}"
        words = f"{rate.rate:.5g} {rate.name}"
        if power != 1:
            words = f"({words})^{quantity.show_plain(power)}"
        self.multiply("currency", f"{words} ({day})", exchange.factor(self.unit), exchange)

    def multiply(self, rule: str, by: str, factor: float, exchange: Exchange | None = None) -> None:
        before = quantity.show_with_unit(self.value, self.unit)
        self.value *= factor
        self.unit = exchange.unit(self.unit) if exchange else self.unit
        self.factors.append(factor)
        self.note(rule, f"{before} × {by} = {quantity.show_with_unit(self.value, self.unit)}")

    def round(self, travel: Travel) -> None:
        if not any(factor != 1 for factor in self.factors):
            return
        value = rounded(self.value, travel)
        way = f"{travel.round} " if travel.round is not Rounding.NEAREST else ""
        if value != self.value:
            self.value = value
            shown = quantity.show_with_unit(value, self.unit)
            self.note("round", f"rounded {way}to {shown}")

    def note(self, rule: str, words: str) -> None:
        self.steps.append(Step(rule=rule, words=words, value=self.value))

    def arrived(self, travel: Travel) -> Travelled:
        move = Move(tuple(self.factors), travel if travel.round else None)
        after = moved(self.assumption, move, self.unit)
        words = "; ".join(step.words for step in self.steps)
        evidence = evidence_after(self.assumption.evidence, self.road.name, words)
        after = replace(after, evidence=evidence)
        return Travelled(self.assumption, after, move, tuple(self.steps))


def _driver(assumption: Assumption, id: str, road: Road) -> Travelled:
    """An assumption that takes the new customer's number; its range moves in proportion."""
    driver = road.reference.driver(id)
    assert driver is not None
    unit = road.exchange.unit(assumption.unit)
    value = new_driver(driver, road, unit)
    move = Move((value / assumption.value,) if assumption.value else ())
    after = moved(assumption, move, unit)
    values = (value, *after.values[1:]) if after.values else ()
    given = road.target.drivers[id]
    old = quantity.show_with_unit(assumption.value, assumption.unit)
    words = f"the new customer’s own number, {quantity.show_with_unit(value, unit)} for {old}"
    evidence = replace(given.evidence, note=_text(words, ""))
    after = replace(after, value=value, values=values, evidence=evidence)
    step = Step(rule="driver", words=words, value=value)
    return Travelled(assumption, after, move, (step,))


def evidence_after(before: Evidence | None, reference: str, words: str) -> Evidence:
    """The evidence of a number that has travelled: no stronger than C, and never stronger.

    What was measured at the reference is a C. A published benchmark stays one, with its own
    source, and an assumption stays an assumption.
    """
    before = before or Evidence(grade=Grade.E)
    if before.grade < Grade.D:
        return Evidence(
            grade=Grade.C,
            source=reference[:SOURCE_LENGTH],
            date=before.date,
            note=_text(words, before.note),
        )
    return replace(
        before,
        source=before.source or reference[:SOURCE_LENGTH],
        owner="",
        tested="",
        note=_text(f"From {_within_a_sentence(reference)}: {words}", before.note),
    )


def _within_a_sentence(reference: str) -> str:
    """A description such as “A retail company” begins small; a name keeps its capital."""
    return (
        reference[0].lower() + reference[1:] if reference.startswith(("A ", "An ")) else reference
    )


def _publisher(source: str) -> str:
    """Who says so; the series stands in the origin of the case."""
    return source.partition(",")[0]


def _text(words: str, note: str) -> str:
    sentence = f"{words[:1].upper()}{words[1:]}."
    return f"{sentence} {note}".strip()[:NOTE_LENGTH]
