"""The shapes that an uncertain number can have: pure mathematics, without a case.

Every shape gives its quantiles, its distribution function, its exact mean and standard
deviation, and turns standard normal draws into draws of its own (`from_normal`, the fast way,
which keeps rank correlations). Arrays are NumPy float64 of any one shape.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from valuecalc.formula.quantity import show, show_with_unit
from valuecalc.loading import later
from valuecalc.phrases import joined, listed, phrase

if TYPE_CHECKING:
    from scipy import special
else:
    # Slow to load, and a case is calculated without it.
    special = later("scipy.special")

Series = NDArray[np.float64]

Z90 = 1.2815515655446004
"""The 90th percentile of the standard normal distribution."""

_FEW = 5
_SELDOM = 1e-6


@dataclass(frozen=True, kw_only=True)
class Distribution(ABC):
    """How a number is spread. `unit` is used in words only."""

    name: ClassVar[str]
    label: ClassVar[str]

    unit: str = "1"

    @property
    def mean(self) -> float:
        """The exact mean."""
        return self._mean()

    @property
    def sd(self) -> float:
        """The exact standard deviation."""
        return self._sd()

    @property
    def words(self) -> str:
        """What the draws are like, in a sentence for people."""
        return self._words()

    def quantile(self, share: ArrayLike) -> Series:
        """The values that these shares of the draws, 0 to 1, stay below."""
        return np.asarray(self._quantile(np.asarray(share, dtype=float)))

    def from_normal(self, normal: Series) -> Series:
        """Draws of this distribution from standard normal draws, in the same order."""
        return self._from_normal(normal)

    def cdf(self, value: ArrayLike) -> Series:
        """The share of the draws that are at most these values."""
        return np.asarray(self._cdf(np.asarray(value, dtype=float)))

    @abstractmethod
    def _mean(self) -> float: ...

    @abstractmethod
    def _sd(self) -> float: ...

    @abstractmethod
    def _words(self) -> str: ...

    @abstractmethod
    def _quantile(self, share: Series) -> Series: ...

    @abstractmethod
    def _from_normal(self, normal: Series) -> Series: ...

    @abstractmethod
    def _cdf(self, value: Series) -> Series: ...

    def _show(self, value: float) -> str:
        return show_with_unit(value, self.unit)

    def _tails(self) -> str:
        low, middle, high = (self._show(float(each)) for each in self.quantile([0.1, 0.5, 0.9]))
        return phrase(
            "10% of the draws are below {low}, 10% above {high}, half of them above {middle}",
            low=low,
            high=high,
            middle=middle,
        )


@dataclass(frozen=True, kw_only=True)
class TwoHalves(Distribution):
    """Two halves of normal distributions that meet in the median `middle`.

    `down` and `up` are the standard deviations of the two; either can be 0. Draws outside
    `floor` and `ceiling` are moved to them.
    """

    name = "two_halves"
    label = "Two halves of a normal distribution"

    middle: float
    down: float
    up: float
    floor: float = -math.inf
    ceiling: float = math.inf

    def _mean(self) -> float:
        return self.middle + self._moments[0]

    def _sd(self) -> float:
        first, second = self._moments
        return math.sqrt(max(0.0, second - first * first))

    @cached_property
    def _moments(self) -> tuple[float, float]:
        """The first and the second moment about the middle."""
        below = _half_moments(self.down, self.middle - self.floor)
        above = _half_moments(self.up, self.ceiling - self.middle)
        return above[0] - below[0], above[1] + below[1]

    def _words(self) -> str:
        kept = self._kept
        if not kept:
            return phrase("{spread}.", spread=self._spread)
        return phrase("{spread}; none is {ends}.", spread=self._spread, ends=kept)

    @property
    def _spread(self) -> str:
        if self.down and self.up:
            return self._tails()
        end = self._show(float(self.quantile(0.9 if self.up else 0.1)))
        if self.up:
            return phrase(
                "Half of the draws are {middle}, the other half above it, 10% above {end}",
                middle=self._show(self.middle),
                end=end,
            )
        return phrase(
            "Half of the draws are {middle}, the other half below it, 10% below {end}",
            middle=self._show(self.middle),
            end=end,
        )

    @property
    def _kept(self) -> str:
        """Where draws are moved to its limits: `below £0`."""
        ends = []
        if self.down and special.ndtr((self.floor - self.middle) / self.down) > _SELDOM:
            ends.append(phrase("below {amount}", amount=show(self.floor, self.unit)))
        if self.up and special.ndtr((self.middle - self.ceiling) / self.up) > _SELDOM:
            ends.append(phrase("above {amount}", amount=show(self.ceiling, self.unit)))
        return listed(ends, "or") if ends else ""

    def _quantile(self, share: Series) -> Series:
        return self._from_normal(special.ndtri(share))

    def _from_normal(self, normal: Series) -> Series:
        drawn = np.full(np.shape(normal), float(self.middle))
        if self.up:
            drawn += self.up * np.maximum(normal, 0.0)
        if self.down:
            drawn += self.down * np.minimum(normal, 0.0)
        if math.isfinite(self.floor) or math.isfinite(self.ceiling):
            np.clip(drawn, self.floor, self.ceiling, out=drawn)
        return drawn

    def _cdf(self, value: Series) -> Series:
        distance = value - self.middle
        below = special.ndtr(distance / self.down) if self.down else np.zeros_like(distance)
        above = special.ndtr(distance / self.up) if self.up else np.ones_like(distance)
        share = np.where(distance < 0, below, above)
        share = np.where(value < self.floor, 0.0, share)
        return np.where(value >= self.ceiling, 1.0, share)


def _half_moments(scale: float, room: float) -> tuple[float, float]:
    """The moments of `min(scale × Z, room)` over the half in which Z is above 0."""
    if not scale:
        return 0.0, 0.0
    end = room / scale
    if math.isinf(end):
        return scale / math.sqrt(2 * math.pi), scale * scale / 2
    density = math.exp(-end * end / 2) / math.sqrt(2 * math.pi)
    inside, beyond = float(special.ndtr(end)) - 0.5, float(special.ndtr(-end))
    first = scale * (1 / math.sqrt(2 * math.pi) - density) + room * beyond
    second = scale * scale * (inside - end * density) + room * room * beyond
    return first, second


@dataclass(frozen=True, kw_only=True)
class Normal(Distribution):
    """The normal distribution."""

    name = "normal"
    label = "Normal distribution"

    centre: float
    scale: float

    def _mean(self) -> float:
        return self.centre

    def _sd(self) -> float:
        return self.scale

    def _words(self) -> str:
        return phrase("{spread}.", spread=self._tails())

    def _quantile(self, share: Series) -> Series:
        return self._from_normal(special.ndtri(share))

    def _from_normal(self, normal: Series) -> Series:
        return self.centre + self.scale * normal

    def _cdf(self, value: Series) -> Series:
        return np.asarray(special.ndtr((value - self.centre) / self.scale))


@dataclass(frozen=True, kw_only=True)
class Lognormal(Distribution):
    """The lognormal distribution; `log_scale` is the standard deviation of the logarithm."""

    name = "lognormal"
    label = "Lognormal distribution"

    median: float
    log_scale: float

    def _mean(self) -> float:
        return self.median * math.exp(self.log_scale**2 / 2)

    def _sd(self) -> float:
        return self.mean * math.sqrt(math.expm1(self.log_scale**2))

    def _words(self) -> str:
        mean = self._show(self.mean)
        return phrase("{spread}; their mean is {mean}.", spread=self._tails(), mean=mean)

    def _quantile(self, share: Series) -> Series:
        return self._from_normal(special.ndtri(share))

    def _from_normal(self, normal: Series) -> Series:
        return self.median * np.exp(self.log_scale * normal)

    def _cdf(self, value: Series) -> Series:
        with np.errstate(divide="ignore", invalid="ignore"):
            normal = np.log(value / self.median) / self.log_scale
        return np.where(value > 0, special.ndtr(normal), 0.0)


@dataclass(frozen=True, kw_only=True)
class Discrete(Distribution):
    """A few values, rising, each with its chance; the chances add up to 1."""

    name = "discrete"
    label = "Discrete distribution"

    values: tuple[float, ...]
    chances: tuple[float, ...]

    def _mean(self) -> float:
        return _weighted(self)

    def _sd(self) -> float:
        return math.sqrt(max(0.0, _weighted(self, self.mean, 2)))

    def _words(self) -> str:
        if len(self.values) > _FEW:
            number = str(len(self.values))
            spread = self._tails()
            return phrase("{number} different values: {spread}.", number=number, spread=spread)
        parts = [
            phrase(
                "{amount} in {share} of the draws",
                amount=self._show(value),
                share=show(chance, "%"),
            )
            for value, chance in zip(self.values, self.chances, strict=True)
        ]
        return phrase("{spread}.", spread=joined(", ", parts))

    @cached_property
    def _limits(self) -> Series:
        """The shares of the draws up to each value but the last."""
        return np.cumsum(self.chances)[:-1]

    @cached_property
    def _normal_limits(self) -> Series:
        return np.asarray(special.ndtri(self._limits))

    def _quantile(self, share: Series) -> Series:
        return np.asarray(self.values)[np.searchsorted(self._limits, share)]

    def _from_normal(self, normal: Series) -> Series:
        return np.asarray(self.values)[np.searchsorted(self._normal_limits, normal)]

    def _cdf(self, value: Series) -> Series:
        below = np.append(0.0, np.append(self._limits, 1.0))
        return below[np.searchsorted(self.values, value, side="right")]


def _weighted(shape: Discrete, centre: float = 0.0, power: int = 1) -> float:
    pairs = zip(shape.values, shape.chances, strict=True)
    return math.fsum(chance * (value - centre) ** power for value, chance in pairs)
