"""The shapes with two ends: uniform, triangular and PERT, and the ends that percentiles ask for.

Draws of a PERT distribution come from a table that is made once for each of its peaks.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from valuecalc.engine.uncertainty.shapes import Distribution, Series
from valuecalc.loading import later
from valuecalc.phrases import phrase

if TYPE_CHECKING:
    from scipy import special
else:
    # Slow to load, and a case is calculated without it.
    special = later("scipy.special")

_TABLE_REACH = 8.0
_TABLE_STEPS_PER_UNIT = 256
_KNOTS_PER_UNIT = 32


@dataclass(frozen=True, kw_only=True)
class Bounded(Distribution):
    """A distribution with two ends."""

    lowest: float
    highest: float

    @property
    def width(self) -> float:
        """The distance between the ends."""
        return self.highest - self.lowest


@dataclass(frozen=True, kw_only=True)
class Uniform(Bounded):
    """Every value between the ends is as likely as any other."""

    name = "uniform"
    label = "Uniform distribution"

    def _mean(self) -> float:
        return self.lowest + self.width / 2

    def _sd(self) -> float:
        return self.width / math.sqrt(12)

    def _words(self) -> str:
        lowest, highest = self._show(self.lowest), self._show(self.highest)
        return phrase(
            "Every value from {lowest} to {highest} is equally likely.",
            lowest=lowest,
            highest=highest,
        )

    def _quantile(self, share: Series) -> Series:
        return self.lowest + self.width * share

    def _from_normal(self, normal: Series) -> Series:
        return np.asarray(self.lowest + self.width * special.ndtr(normal))

    def _cdf(self, value: Series) -> Series:
        inside = np.clip(value, self.lowest, self.highest)
        return (inside - self.lowest) / self.width


@dataclass(frozen=True, kw_only=True)
class Peaked(Bounded):
    """A distribution with two ends and a most likely value."""

    mode: float

    @property
    def peak(self) -> float:
        """Where the most likely value stands between the ends, 0 to 1."""
        return (self.mode - self.lowest) / self.width

    def _words(self) -> str:
        low, high = (self._show(float(each)) for each in self.quantile([0.1, 0.9]))
        return phrase(
            "10% of the draws are below {low}, 10% above {high}; none is below {lowest} or above "
            "{highest}, and {mode} is the most likely.",
            low=low,
            high=high,
            lowest=self._show(self.lowest),
            highest=self._show(self.highest),
            mode=self._show(self.mode),
        )


@dataclass(frozen=True, kw_only=True)
class Triangular(Peaked):
    """The triangular distribution."""

    name = "triangular"
    label = "Triangular distribution"

    def _mean(self) -> float:
        return (self.lowest + self.mode + self.highest) / 3

    def _sd(self) -> float:
        return self.width * math.sqrt((1 - self.peak * (1 - self.peak)) / 18)

    def _quantile(self, share: Series) -> Series:
        rising = share < self.peak
        return self._at(rising, np.where(rising, share, 1 - share))

    def _from_normal(self, normal: Series) -> Series:
        rising = normal < special.ndtri(self.peak)
        return self._at(rising, special.ndtr(np.where(rising, normal, -normal)))

    def _at(self, rising: NDArray[np.bool_], share: Series) -> Series:
        """The value with this share below it, or above it where it is not `rising`."""
        end = np.where(rising, self.lowest, self.highest)
        up, down = math.sqrt(self.peak), math.sqrt(1 - self.peak)
        slope = np.where(rising, self.width * up, -self.width * down)
        return np.asarray(end + slope * np.sqrt(share))

    def _cdf(self, value: Series) -> Series:
        inside = np.clip(value, self.lowest, self.highest)
        part = (inside - self.lowest) / self.width
        with np.errstate(divide="ignore", invalid="ignore"):
            rising = part**2 / self.peak
            falling = 1 - (1 - part) ** 2 / (1 - self.peak)
        return np.where(part < self.peak, rising, np.where(part < 1, falling, 1.0))


@dataclass(frozen=True, kw_only=True)
class Pert(Peaked):
    """The PERT distribution: a beta distribution with the mean (lowest + 4 mode + highest) / 6.

    Its draws come from a table of quantiles, and differ from the exact ones by less than a
    millionth of the distance between the ends; `quantile` and `cdf` are exact.
    """

    name = "pert"
    label = "PERT distribution"

    def _mean(self) -> float:
        return (self.lowest + 4 * self.mode + self.highest) / 6

    def _sd(self) -> float:
        return math.sqrt((self.mean - self.lowest) * (self.highest - self.mean) / 7)

    @property
    def exponents(self) -> tuple[float, float]:
        """The two parameters of the beta distribution."""
        return _pert_exponents(self.peak)

    def _quantile(self, share: Series) -> Series:
        part = special.betaincinv(*self.exponents, share)
        return self.lowest + self.width * np.asarray(part)

    def _from_normal(self, normal: Series) -> Series:
        table, steps = _beta_table(*self.exponents)
        place = np.clip(normal, -_TABLE_REACH, _TABLE_REACH) + _TABLE_REACH
        place *= _TABLE_STEPS_PER_UNIT
        index = place.astype(np.intp)
        place -= index
        part = table[index] + place * steps[index]
        return self.lowest + self.width * part

    def _cdf(self, value: Series) -> Series:
        inside = np.clip(value, self.lowest, self.highest)
        return np.asarray(special.betainc(*self.exponents, (inside - self.lowest) / self.width))


def _pert_exponents(peak: float) -> tuple[float, float]:
    return 1 + 4 * peak, 5 - 4 * peak


@lru_cache(maxsize=512)
def _beta_table(first: float, second: float) -> tuple[Series, Series]:
    """Quantiles of a beta distribution at equidistant normals, and the steps between them.

    Exact quantiles at coarse knots are joined by cubics of the exact slope: the inverse of
    the beta function is a thousand times slower than what follows from it.
    """
    coarse = np.linspace(-_TABLE_REACH, _TABLE_REACH, int(2 * _TABLE_REACH * _KNOTS_PER_UNIT) + 1)
    rising = coarse <= 0
    knots = np.where(
        rising,
        special.betaincinv(first, second, special.ndtr(coarse)),
        1 - special.betaincinv(second, first, special.ndtr(-coarse)),
    )
    table = _cubics(knots, _slopes(first, second, coarse, knots) / _KNOTS_PER_UNIT)
    table = np.maximum.accumulate(np.clip(table, 0.0, 1.0))
    return table, np.append(np.diff(table), 0.0)


def _slopes(first: float, second: float, normals: Series, parts: Series) -> Series:
    """How fast the quantiles rise with the normals: the ratio of the two densities."""
    log_normal = -(normals**2) / 2 - math.log(2 * math.pi) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        log_beta = (first - 1) * np.log(parts) + (second - 1) * np.log1p(-parts)
        slopes = np.exp(log_normal - log_beta + special.betaln(first, second))
    return np.where((parts > 0) & (parts < 1), slopes, 0.0)


def _cubics(knots: Series, slopes: Series) -> Series:
    """Values between knots one unit apart, by cubics that meet values and slopes."""
    count = _TABLE_STEPS_PER_UNIT // _KNOTS_PER_UNIT
    part = (np.arange(count) / count)[np.newaxis, :]
    left, right = knots[:-1, np.newaxis], knots[1:, np.newaxis]
    left_slope, right_slope = slopes[:-1, np.newaxis], slopes[1:, np.newaxis]
    inside = (
        left
        + (right - left) * part**2 * (3 - 2 * part)
        + left_slope * part * (1 - part) ** 2
        - right_slope * part**2 * (1 - part)
    )
    return np.append(inside.ravel(), knots[-1])


Percentiles = Callable[[float], tuple[float, float]]
"""The 10th and 90th percentile of a shape between 0 and 1 with its peak at a place."""


def triangular_percentiles(peak: float) -> tuple[float, float]:
    """The 10th and 90th percentile of a triangle on 0 to 1."""
    low, high = Triangular(lowest=0.0, highest=1.0, mode=peak).quantile([0.1, 0.9]).tolist()
    return low, high


def pert_percentiles(peak: float) -> tuple[float, float]:
    """The 10th and 90th percentile of a PERT distribution on 0 to 1."""
    low, high = special.betaincinv(*_pert_exponents(peak), [0.1, 0.9]).tolist()
    return low, high


def ends_of(
    low: float | None, mode: float, high: float | None, percentiles: Percentiles
) -> tuple[float, float]:
    """The ends of a peaked shape whose 10th and 90th percentile are `low` and `high`.

    There is exactly one for every mode from low to high. Where one of the two is missing, the
    shape ends at its mode on that side.
    """
    if low is None and high is not None:
        return mode, mode + (high - mode) / percentiles(0.0)[1]
    if high is None and low is not None:
        return mode - (mode - low) / (1 - percentiles(1.0)[0]), mode
    assert low is not None and high is not None
    target = (mode - low) / (high - low)
    at_low, at_high = percentiles(_peak_for(target, percentiles))
    width = (high - low) / (at_high - at_low)
    lowest = low - at_low * width
    return min(lowest, mode), max(lowest + width, mode)


def _peak_for(target: float, percentiles: Percentiles) -> float:
    """The peak that stands at `target` of the way between the two percentiles, by halving."""
    left, right = 0.0, 1.0
    for _ in range(60):
        middle = (left + right) / 2
        low, high = percentiles(middle)
        if (middle - low) / (high - low) < target:
            left = middle
        else:
            right = middle
    return (left + right) / 2
