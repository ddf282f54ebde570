"""The random numbers of one case of a portfolio.

What a case has of its own is drawn with a seed that its uid names, so that cases are
independent of each other; a common driver has a seed of its own, the same in every case, and
moves each assumption in the direction in which it is written there. Plain draws are used,
because two Sobol sequences are not independent of each other.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from valuecalc.case.case import Case
from valuecalc.case.risk import PLAIN, Correlation
from valuecalc.engine.portfolio.common_drivers import CommonDriver, Movement, movement_of, seed_of
from valuecalc.engine.uncertainty import correlations, distributions
from valuecalc.engine.uncertainty.distributions import Distribution
from valuecalc.engine.uncertainty.draws import Block, Plan, blocks, plain_normals
from valuecalc.errors import CaseError

Series = NDArray[np.float64]


class CaseDraws:
    """The uncertain assumptions of a case, and their draws.

    `movements` has those that follow a common driver, `own` the others. `notes` name the
    correlations that cannot hold beside common drivers, which are independent of each other.
    Raises `CaseError` with every distribution and correlation that is impossible.
    """

    def __init__(self, case: Case, uid: str, seed: int, draws: int) -> None:
        problems = distributions.problems(case)
        if problems:
            raise CaseError(problems)
        self.case = case
        self.plan = plan_of(seed_of(seed, f"case:{uid}"), draws)
        self.distributions = _distributions(case)
        self.movements = _movements(case, self.distributions)
        self.own = tuple(id for id in self.distributions if id not in self.movements)
        self.drivers = tuple(dict.fromkeys(each.driver for each in self.movements.values()))
        self.seeds = [driver_seed(seed, each) for each in self.drivers]
        self.notes: tuple[str, ...] = ()
        self.factor = self._factor()

    def blocks(self) -> Iterator[tuple[slice, dict[str, Series]]]:
        """The values of every uncertain assumption, block by block."""
        for block in blocks(self.plan):
            yield slice(block.start, block.stop), self._values(self._rows(block))

    def _rows(self, block: Block) -> list[Series]:
        """Standard normal draws: a row for each driver, then one for each own assumption."""
        rows = [plain_normals(self.plan, seed, block, 1)[0] for seed in self.seeds]
        if self.own:
            rows.extend(plain_normals(self.plan, self.plan.seed, block, len(self.own)))
        if self.factor is None:
            return rows
        # The drivers come first and stay as they are, to the last bit the same in every case.
        own = self.factor[len(self.drivers) :]
        return rows[: len(self.drivers)] + [_weighted(weights, rows) for weights in own]

    def _values(self, rows: Sequence[Series]) -> dict[str, Series]:
        by_driver = dict(zip(self.drivers, rows, strict=False))
        normals = dict(zip(self.own, rows[len(self.drivers) :], strict=True))
        for id, movement in self.movements.items():
            normals[id] = movement.direction * by_driver[movement.driver]
        return {id: each.from_normal(normals[id]) for id, each in self.distributions.items()}

    # ------------------------------------------------------------------ correlations

    def _factor(self) -> Series | None:
        """What turns independent rows into correlated ones; None where all are independent."""
        standing_for = self._standing_for()
        kept: dict[frozenset[str], Correlation] = {}
        for each in self.case.correlations:
            if not set(each.between) <= self.distributions.keys():
                continue
            row = self._between_rows(each, standing_for)
            if row is None or frozenset(row.between) in kept:
                self.notes += (_left_aside(each),)
            else:
                kept[frozenset(row.between)] = row
        if not kept:
            return None
        rows = (*dict.fromkeys(standing_for.values()), *self.own)
        return correlations.factor(replace(self.case, correlations=tuple(kept.values())), rows)

    def _standing_for(self) -> dict[str, str]:
        """For each assumption that follows a driver, the first of the case that follows it too."""
        first: dict[CommonDriver, str] = {}
        for id, movement in self.movements.items():
            first.setdefault(movement.driver, id)
        return {id: first[movement.driver] for id, movement in self.movements.items()}

    def _between_rows(
        self, correlation: Correlation, standing_for: dict[str, str]
    ) -> Correlation | None:
        """A correlation as one between rows; None between two that follow drivers."""
        followers = [id for id in correlation.between if id in self.movements]
        if len(followers) == 2:
            return None
        rank = correlation.rank
        for id in followers:
            rank *= self.movements[id].direction
        first, second = (standing_for.get(id, id) for id in correlation.between)
        return replace(correlation, between=(first, second), rank=rank)


def _distributions(case: Case) -> dict[str, Distribution]:
    found = {each.id: distributions.of(each) for each in case.assumptions}
    return {id: each for id, each in found.items() if each is not None}


def _movements(case: Case, uncertain: Container[str]) -> dict[str, Movement]:
    found = {each.id: movement_of(each) for each in case.assumptions if each.id in uncertain}
    return {id: each for id, each in found.items() if each is not None}


def _left_aside(correlation: Correlation) -> str:
    first, second = correlation.between
    return (
        f"The correlation between {first} and {second} is not used here, "
        "because what moves several cases comes first."
    )


def _weighted(weights: Series, rows: Sequence[Series]) -> Series:
    """The weighted sum of rows, added in their order: the same bits on every machine."""
    total = np.zeros_like(rows[0])
    for weight, row in zip(weights.tolist(), rows, strict=True):
        if weight:
            total += weight * row
    return total


def plan_of(seed: int, draws: int) -> Plan:
    """Plain draws in one go: every cut of them into rounds is as good as another."""
    return Plan(draws=draws, seed=seed, method=PLAIN, rounds=1)


def driver_seed(seed: int, driver: CommonDriver) -> int:
    """The seed of a common driver, the same in every case."""
    return seed_of(seed, f"driver:{driver.id}")


def driver_normals(seed: int, draws: int, driver: CommonDriver) -> Series:
    """The standard normal draws of a driver, the very ones that the cases see."""
    own = driver_seed(seed, driver)
    plan = plan_of(own, draws)
    return np.concatenate([plain_normals(plan, own, block, 1)[0] for block in blocks(plan)])
