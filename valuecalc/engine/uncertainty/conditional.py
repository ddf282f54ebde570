"""What an amount is expected to be, given a number: regression with as little shape as possible.

A restricted cubic spline (Harrell, Regression Modeling Strategies): cubic between knots at
quantiles, a straight line beyond the first and the last, so that rare extremes do no harm. Of a
number that takes a few values only, the mean for each of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]

KNOTS = 9
MOST_LEVELS = 32
"""A number with no more different values than this is taken value by value."""

MOST_LEARNT = 16_384
"""A curve of so few terms is known from so many draws; more only cost time."""

_OUTER = 0.02


@dataclass(frozen=True)
class Fit:
    """What some amounts are expected to be for each value of a number.

    `knots` are those of the spline, or the values one by one where `is_by_level`; `weights`
    has a column for each amount.
    """

    knots: Series
    weights: Series
    is_by_level: bool

    def at(self, numbers: Series) -> Series:
        """The expected amounts, shape `(n, amounts)`."""
        if not self.is_by_level:
            found: Series = _basis(numbers, self.knots) @ self.weights
            return found
        middles = (self.knots[1:] + self.knots[:-1]) / 2
        of_level: Series = self.weights[np.searchsorted(middles, numbers)]
        return of_level


def fit(numbers: Series, amounts: Series) -> Fit:
    """The regression of amounts, shape `(n, amounts)`, on numbers of shape `(n,)`."""
    apart = max(1, len(numbers) // MOST_LEARNT)
    numbers, amounts = numbers[::apart], amounts[::apart]
    levels, level = np.unique(numbers, return_inverse=True)
    if len(levels) <= MOST_LEVELS:
        counts = np.bincount(level)
        sums = [np.bincount(level, weights=column) for column in amounts.T]
        means: Series = np.array(sums, dtype=np.float64).T / counts[:, np.newaxis]
        return Fit(levels, means, is_by_level=True)
    knots: Series = np.unique(np.quantile(numbers, np.linspace(_OUTER, 1 - _OUTER, KNOTS)))
    basis = _basis(numbers, knots)
    # So few terms are solved for many times faster by their products, and precisely enough.
    weights, *_ = np.linalg.lstsq(basis.T @ basis, basis.T @ amounts, rcond=1e-14)
    return Fit(knots, np.asarray(weights, dtype=np.float64), is_by_level=False)


def _basis(numbers: Series, knots: Series) -> Series:
    """The terms of a restricted cubic spline, one column each, beginning with a constant."""
    span = float(knots[-1] - knots[0]) or 1.0
    columns = [np.ones(len(numbers)), (numbers - knots[0]) / span]
    if len(knots) < 3:
        return np.column_stack(columns)
    scaled = (numbers - knots[0]) / span
    places = (knots - knots[0]) / span
    last, before = places[-1], places[-2]
    from_last, from_before = _cube(scaled - last), _cube(scaled - before)
    for place in places[:-2]:
        # The cubes cancel beyond the last knot, and a straight line is left.
        share = (last - place) / (last - before)
        rest = (before - place) / (last - before)
        columns.append(_cube(scaled - place) - from_before * share + from_last * rest)
    return np.column_stack(columns)


def _cube(numbers: Series) -> Series:
    cubed: Series = np.maximum(numbers, 0.0) ** 3
    return cubed
