"""Which assumptions move a portfolio most: the bars of its tornado.

A bar goes from the 10th to the 90th percentile of one assumption, or of one common driver with
all that follows it, in all cases in one go; everything else stays at its expected value.
Changes are of the NPV, in the currency of the report. Bars are ranked by their span weighted
with the chance of winning; a case without one counts in full.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from valuecalc.case.case import Assumption, Case
from valuecalc.engine.model import Model
from valuecalc.engine.portfolio.common_drivers import CommonDriver, Movement
from valuecalc.engine.portfolio.draws import CaseDraws
from valuecalc.engine.uncertainty.distributions import Distribution

LOW, HIGH = 0.1, 0.9
BARS = 20
"""How many bars are shown, and kept of every part."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """What one assumption, or one common driver in `cases` cases, does to the portfolio.

    `change_low` and `change_high` are the changes of the NPV, if all are won, when it stands
    at its 10th and 90th percentile. Of a driver, `case` and `assumption` are empty, and `low`
    and `high` are None, because every case has a range of its own. `share` is the part of the
    weighted span in the spans of all bars.
    """

    label: str
    case: str = ""
    case_title: str = ""
    assumption: str = ""
    driver: str = ""
    cases: int = 1
    unit: str = ""
    low: float | None = None
    high: float | None = None
    change_low: float
    change_high: float
    weighted_low: float
    weighted_high: float
    share: float = 0.0

    @property
    def span(self) -> float:
        """From the one end to the other, if all are won."""
        return abs(self.change_high - self.change_low)

    @property
    def weighted_span(self) -> float:
        """From the one end to the other, weighted with the chance of winning."""
        return abs(self.weighted_high - self.weighted_low)


@dataclass(frozen=True)
class Group:
    """What is moved together in one case: an own assumption, or all that follow a driver."""

    members: tuple[str, ...]
    driver: CommonDriver | None = None


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """The reporting rate of a case's currency: its expected value, and how it may move."""

    rate: float
    distribution: Distribution | None = None
    movement: Movement | None = None

    def at(self, driver: CommonDriver | None, chance: float) -> float:
        """The rate when a driver stands at one of its percentiles."""
        if self.distribution is None or self.movement is None or self.movement.driver != driver:
            return self.rate
        return quantile(self.distribution, chance, self.movement.direction)


def quantile(distribution: Distribution, chance: float, direction: int = 1) -> float:
    """A percentile of a distribution, counted from above for what moves against its driver."""
    wanted = chance if direction > 0 else 1 - chance
    return float(distribution.quantile(np.array([wanted]))[0])


@dataclass(frozen=True, kw_only=True)
class CaseBars:
    """Makes the bars of one case. `weight` is its chance of winning, 1 where none is given."""

    uid: str
    case: Case
    draws: CaseDraws
    model: Model
    conversion: Conversion
    weight: float

    def bars(self) -> list[Bar]:
        """A bar for each own assumption and each driver; without those that are undefined."""
        groups = self.groups()
        if not groups:
            return []
        expected = float(self.model.evaluate().npv()) * self.conversion.rate
        ends = np.broadcast_to(self.model.evaluate(self.columns(groups)).npv(), 2 * len(groups))
        found = []
        for number, group in enumerate(groups):
            low = float(ends[2 * number]) * self.conversion.at(group.driver, LOW) - expected
            high = float(ends[2 * number + 1]) * self.conversion.at(group.driver, HIGH) - expected
            if math.isfinite(low) and math.isfinite(high):
                found.append(self.bar(group, low, high))
        return found

    def groups(self) -> list[Group]:
        """What is moved together; also the driver of the reporting rate, if that is uncertain."""
        own = [Group((id,)) for id in self.draws.own]
        members: dict[CommonDriver, list[str]] = {driver: [] for driver in self.draws.drivers}
        for id, movement in self.draws.movements.items():
            members[movement.driver].append(id)
        if self.conversion.distribution is not None and self.conversion.movement is not None:
            members.setdefault(self.conversion.movement.driver, [])
        return own + [Group(tuple(ids), driver) for driver, ids in members.items()]

    def columns(self, groups: Sequence[Group]) -> Mapping[str, np.ndarray]:
        """The assumptions with two columns for each group: at its low and at its high end."""
        values = {
            id: np.full(2 * len(groups), self.assumption(id).value)
            for id in self.draws.distributions
        }
        for number, group in enumerate(groups):
            for id in group.members:
                values[id][2 * number : 2 * number + 2] = self.ends(id)
        return values

    def ends(self, id: str) -> tuple[float, float]:
        """An assumption where its driver, or it itself, is low and high."""
        movement = self.draws.movements.get(id)
        direction = movement.direction if movement else 1
        distribution = self.draws.distributions[id]
        return quantile(distribution, LOW, direction), quantile(distribution, HIGH, direction)

    def bar(self, group: Group, low: float, high: float) -> Bar:
        """The bar of a group with its two changes of the NPV."""
        bar = Bar(
            label=group.driver.label if group.driver else "",
            driver=group.driver.id if group.driver else "",
            change_low=low,
            change_high=high,
            weighted_low=self.weight * low,
            weighted_high=self.weight * high,
        )
        return bar if group.driver else self.of_assumption(bar, group.members[0])

    def of_assumption(self, bar: Bar, id: str) -> Bar:
        """A bar with what is to be said of its assumption."""
        assumption = self.assumption(id)
        low, high = self.ends(id)
        return replace(
            bar,
            label=assumption.label,
            case=self.uid,
            case_title=self.case.title,
            assumption=id,
            unit=assumption.unit,
            low=low,
            high=high,
        )

    def assumption(self, id: str) -> Assumption:
        """An assumption of the case."""
        found = self.case.assumption(id)
        assert found is not None
        return found


@dataclass
class Ranking:
    """Collects bars in the order of the cases, and keeps the largest of them only.

    `total` is the sum of the weighted spans of all own assumptions ever added; common drivers
    are all kept, because they grow with every case.
    """

    own: list[Bar] = field(default_factory=list)
    drivers: dict[str, Bar] = field(default_factory=dict)
    total: float = 0.0
    count: int = 0

    def add(self, bars: Iterable[Bar]) -> None:
        """Take in the bars of one case."""
        bars = list(bars)
        own = [each for each in bars if not each.driver]
        self._take(own, math.fsum(each.weighted_span for each in own), len(own))
        for each in bars:
            if each.driver:
                self._add_driver(each)

    def join(self, other: Ranking) -> None:
        """Take in another ranking, of cases that come after those of this one."""
        self._take(other.own, other.total, other.count)
        for each in other.drivers.values():
            self._add_driver(each)

    def _take(self, own: Iterable[Bar], total: float, count: int) -> None:
        # Sorting keeps the order of the cases among equals.
        self.own = sorted([*self.own, *own], key=_by_span)[:BARS]
        self.total += total
        self.count += count

    def _add_driver(self, bar: Bar) -> None:
        before = self.drivers.get(bar.driver)
        self.drivers[bar.driver] = bar if before is None else _together(before, bar)

    def ranked(self) -> tuple[Bar, ...]:
        """The largest bars of all, with their shares."""
        drivers = sorted(self.drivers.values(), key=lambda each: each.driver)
        total = self.total + math.fsum(each.weighted_span for each in drivers)
        found = sorted([*drivers, *self.own], key=_by_span)[:BARS]
        return tuple(_with_share(each, total) for each in found)

    @property
    def ranked_of(self) -> int:
        """How many bars there are in all."""
        return self.count + len(self.drivers)


def _by_span(bar: Bar) -> float:
    return -bar.weighted_span


def _together(first: Bar, second: Bar) -> Bar:
    return Bar(
        label=first.label,
        driver=first.driver,
        cases=first.cases + second.cases,
        change_low=first.change_low + second.change_low,
        change_high=first.change_high + second.change_high,
        weighted_low=first.weighted_low + second.weighted_low,
        weighted_high=first.weighted_high + second.weighted_high,
    )


def _with_share(bar: Bar, total: float) -> Bar:
    return replace(bar, share=bar.weighted_span / total if total else 0.0)
