"""The random numbers of a simulation: the same seed gives the same bits, whoever draws them.

The draws are cut into 16 rounds that are independent of each other: each is a Sobol sequence
with a scrambling of its own, or a plain stream. So the spread between the rounds gives the
standard error of anything, honestly, for both methods. A round is cut into blocks, each of
which can be drawn alone, in any order and by any process.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from valuecalc.case.case import Case
from valuecalc.case.risk import METHODS, PLAIN, SOBOL, Simulation
from valuecalc.engine.uncertainty import correlations, distributions
from valuecalc.engine.uncertainty.distributions import Distribution
from valuecalc.errors import CaseError, InputError, Problem, did_you_mean
from valuecalc.formula import quantity
from valuecalc.loading import later
from valuecalc.phrases import phrase

if TYPE_CHECKING:
    from scipy import special
    from scipy.stats.qmc import Sobol
else:
    special = later("scipy.special")

Series = NDArray[np.float64]

MIN_DRAWS = 1_000
MAX_DRAWS = 1_000_000
MAX_SEED = 2**63 - 1
ROUNDS = 16

BLOCK = 2_048
"""Draws in a block at most. It is part of what a seed means."""

MAX_SOBOL_INPUTS = 21_201
"""Sobol sequences are known for so many uncertain assumptions."""

_SOBOL_BITS = 30
_HALF_A_CELL = 0.5**31
"""Sobol points are multiples of 2⁻³⁰ and can be 0; in the middle of their cells none is."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How many draws are made, and how. `draws` is a multiple of `rounds`."""

    draws: int
    seed: int
    method: str
    rounds: int = ROUNDS

    @staticmethod
    def of(
        settings: Simulation | None = None,
        draws: int | None = None,
        seed: int | None = None,
        method: str | None = None,
    ) -> Plan:
        """The plan of a case's settings, with others where they are given.

        The draws are rounded up to a multiple of the rounds. Raises `CaseError` with every
        setting that is outside its limits.
        """
        base = settings or Simulation()
        draws = base.draws if draws is None else draws
        seed = base.seed if seed is None else seed
        method = base.method if method is None else method
        found = _problems(draws, seed, method)
        if found:
            raise CaseError(found)
        return Plan(draws=math.ceil(draws / ROUNDS) * ROUNDS, seed=seed, method=method)

    @property
    def draws_per_round(self) -> int:
        """How many draws each round has."""
        return self.draws // self.rounds

    @property
    def words(self) -> str:
        """The plan for people: `16,384 draws, scrambled Sobol points, seed 1`."""
        return _WORDS[self.method].with_values(
            {"draws": quantity.show(self.draws), "seed": str(self.seed)}
        )


_WORDS = {
    SOBOL: phrase("{draws} draws, scrambled Sobol points, seed {seed}"),
    PLAIN: phrase("{draws} draws, plain random draws, seed {seed}"),
}


def _problems(draws: int, seed: int, method: str) -> list[Problem]:
    found = []
    if not _is_whole(draws) or draws < MIN_DRAWS:
        cause = f"{_shown(draws)} draws are fewer than {MIN_DRAWS:,}, too few to rely on."
        found.append(("draws", cause, f"Take {MIN_DRAWS:,} to {MAX_DRAWS:,}."))
    elif draws > MAX_DRAWS:
        cause = f"{draws:,} draws are more than {MAX_DRAWS:,}."
        remedy = f"Take {MAX_DRAWS:,} or fewer: ten times as many change hardly a digit."
        found.append(("draws", cause, remedy))
    if not _is_whole(seed) or not 0 <= seed <= MAX_SEED:
        cause = f"{_shown(seed)} is no seed."
        found.append(("seed", cause, f"Take a whole number from 0 to {MAX_SEED:,}."))
    if method not in METHODS:
        cause = f"There is no method “{method}”."
        found.append(("method", cause, did_you_mean(str(method), METHODS)))
    return [
        Problem(code="simulation", place=f"simulation.{field}", cause=cause, remedy=remedy)
        for field, cause, remedy in found
    ]


def _is_whole(number: object) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


def _shown(number: object) -> str:
    return f"{number:,}" if _is_whole(number) else str(number)


@dataclass(frozen=True)
class Block:
    """Some draws of one round: those from `start` up to, not including, `stop` of all draws."""

    round: int
    start: int
    stop: int

    @property
    def size(self) -> int:
        """How many draws it has."""
        return self.stop - self.start


def blocks(plan: Plan) -> list[Block]:
    """The blocks of all draws, in their order."""
    found = []
    for round in range(plan.rounds):
        first = round * plan.draws_per_round
        end = first + plan.draws_per_round
        for start in range(first, end, BLOCK):
            found.append(Block(round, start, min(start + BLOCK, end)))
    return found


@dataclass(eq=False)
class _Sources:
    """Independent standard normal rows, as many as wanted, block by block."""

    plan: Plan
    count: int
    _engines: dict[int, Sobol] = field(default_factory=dict)

    def rows(self, block: Block) -> Series:
        """The rows of a block, shape `(count, n)`."""
        if not self.count:
            return np.empty((0, block.size))
        if self.plan.method == PLAIN:
            return plain_normals(self.plan, self.plan.seed, block, self.count)
        points = self._points(block)
        rows: Series = special.ndtri(np.ascontiguousarray(points.T))
        return rows

    def _points(self, block: Block) -> Series:
        engine = copy.deepcopy(self._engine(block.round))
        offset = block.start - block.round * self.plan.draws_per_round
        if offset:
            engine.fast_forward(offset)
        # The first points come in powers of two, or SciPy warns of their balance.
        wanted = 1 << (block.size - 1).bit_length()
        points: Series = engine.random(wanted)[: block.size] + _HALF_A_CELL
        return points

    def _engine(self, round: int) -> Sobol:
        """The sequence of a round at its start; it is only ever copied."""
        if round not in self._engines:
            # SciPy's statistics take half a second to load, which only draws should cost.
            from scipy.stats import qmc

            random = np.random.default_rng(np.random.SeedSequence([self.plan.seed, round]))
            self._engines[round] = qmc.Sobol(
                self.count, scramble=True, bits=_SOBOL_BITS, rng=random
            )
        return self._engines[round]


def plain_normals(plan: Plan, seed: int, block: Block, count: int) -> Series:
    """Plain standard normal draws of a block, shape `(count, n)`: one stream for each block."""
    number = (block.start - block.round * plan.draws_per_round) // BLOCK
    stream = np.random.SeedSequence(seed, spawn_key=(block.round, number))
    # Whole blocks are drawn, so that a further row never moves the ones before it.
    rows = np.random.Generator(np.random.PCG64(stream)).standard_normal((count, BLOCK))
    return rows[:, : block.size]


class Sampler:
    """The draws of a case's uncertain assumptions.

    `ids` are these assumptions in the order of the case, `blocks` the blocks of all draws.
    Assumptions with the same common driver move in step. Raises `CaseError` with everything
    that keeps the case from being simulated.
    """

    def __init__(self, case: Case, plan: Plan) -> None:
        found = distributions.problems(case)
        if found:
            raise CaseError(found)
        self.case = case
        self.plan = plan
        self.blocks = blocks(plan)
        self.distributions = _distributions(case)
        self.ids = tuple(self.distributions)
        self._leaders = correlations.in_step(case, self.ids)
        self._rows = tuple(id for id in self.ids if self._leaders[id][0] == id)
        _check_method(plan, len(self._rows))
        self._sources = _Sources(plan, len(self._rows))
        self._factor = self._factor_of_rows()

    def _factor_of_rows(self) -> Series | None:
        """What correlates the rows; whatever moves in step comes behind, and is cut off."""
        followers = [id for id in self.ids if id not in self._rows]
        found = correlations.factor(self.case, (*self._rows, *followers))
        return None if found is None else found[: len(self._rows), : len(self._rows)]

    def normals(self, block: Block) -> dict[str, Series]:
        """Standard normal draws of each uncertain assumption, shape `(n,)`, correlated."""
        rows = list(self._sources.rows(block))
        if self._factor is not None:
            rows = [_combined(weights, rows) for weights in self._factor]
        drawn = dict(zip(self._rows, rows, strict=True))
        found = {}
        for id in self.ids:
            leader, direction = self._leaders[id]
            found[id] = drawn[leader] if direction == 1 else -drawn[leader]
        return found

    def values(self, block: Block) -> dict[str, Series]:
        """The values of each uncertain assumption, shape `(n,)`, for `Model.evaluate`."""
        return {
            id: self.distributions[id].from_normal(normal)
            for id, normal in self.normals(block).items()
        }


def _combined(weights: Series, rows: list[Series]) -> Series:
    """The weighted sum of rows, added in their order: the same bits on every machine."""
    used = np.flatnonzero(weights).tolist()
    if len(used) == 1 and weights[used[0]] == 1:
        return rows[used[0]]
    total: Series = weights[used[0]] * rows[used[0]]
    for number in used[1:]:
        total += weights[number] * rows[number]
    return total


def _distributions(case: Case) -> dict[str, Distribution]:
    found = {each.id: distributions.of(each) for each in case.assumptions}
    return {id: each for id, each in found.items() if each is not None}


def _check_method(plan: Plan, rows: int) -> None:
    if plan.method == SOBOL and rows > MAX_SOBOL_INPUTS:
        raise InputError(
            f"{rows:,} uncertain assumptions are more than the {MAX_SOBOL_INPUTS:,} that Sobol "
            "points are known for.",
            "Take the method plain.",
        )
