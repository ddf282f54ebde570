"""The arithmetic of a grid of periods, and of many alternatives at once.

An amount that does not change over time is a number, or an array of shape `(n,)` over `n`
alternatives; one that does has the periods as its first axis: `(T,)`, or `(T, 1)` and
`(T, n)`. NumPy's broadcasting does the rest, and nothing is made larger than it must be.
Undefined results are NaN or infinity, never an exception.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from valuecalc.formula.numbers import TOLERANCE

Values = Any
"""A number or an array over periods, alternatives or both, as described above."""


class Grid:
    """The `ops` of the functions of the formula language, over all periods.

    `many` says whether there are alternatives. `period` and `year` are the time words.
    """

    minimum = staticmethod(np.minimum)
    maximum = staticmethod(np.maximum)
    abs = staticmethod(np.abs)
    floor = staticmethod(np.floor)
    ceil = staticmethod(np.ceil)
    sign = staticmethod(np.sign)
    sqrt = staticmethod(np.sqrt)
    exp = staticmethod(np.exp)
    log = staticmethod(np.log)

    def __init__(self, years: NDArray[np.int64], many: bool) -> None:
        self.many = many
        self.dimensions = 2 if many else 1
        self.periods = range(len(years))
        self.period = self.over_time(np.arange(len(years), dtype=float))
        self.year = self.over_time(years.astype(float))
        self.before_second = self.period <= 1

    def over_time(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """A series of shape `(T,)` in the shape of this grid."""
        return values[:, np.newaxis] if self.many else values

    def varies(self, values: Values) -> bool:
        """Whether values have a time axis."""
        # Not np.ndim(), which makes an array of a plain number first.
        return bool(getattr(values, "ndim", 0) == self.dimensions)

    def is_defined(self, values: Values) -> bool:
        """Whether values without a time axis are finite."""
        return bool(np.isfinite(values).all()) if self.many else math.isfinite(values)

    @staticmethod
    def round(values: Values, digits: int = 0) -> Values:
        """Rounded to decimals."""
        # Beyond its sixteen digits a number has no decimals, and NumPy would harm its last digit.
        has_decimals = np.abs(values) < 2.0**53 / 10.0**digits
        return np.where(has_decimals, np.round(values, digits), values)[()]

    @staticmethod
    def divide(left: Values, right: Values) -> Values:
        """The quotient; infinity or NaN where the divisor is zero."""
        try:
            return left / right
        except ZeroDivisionError:  # two plain numbers
            return np.divide(left, right)

    power = staticmethod(np.power)

    @staticmethod
    def compare(operator: str, left: Values, right: Values) -> Values:
        """Compare; numbers that agree to a part in 10¹² are equal."""
        difference = left - right
        tolerance = TOLERANCE * np.maximum(np.abs(left), np.abs(right))
        match operator:
            case ">":
                return difference > tolerance
            case ">=":
                return difference >= -tolerance
            case "<":
                return difference < -tolerance
            case "<=":
                return difference <= tolerance
            case "==":
                return np.abs(difference) <= tolerance
        return np.abs(difference) > tolerance

    @staticmethod
    def where(condition: Values, yes: Values, no: Values) -> Values:
        """`yes` where the condition holds, else `no`."""
        if np.ndim(condition) == 0:
            return yes if condition else no
        return np.where(condition, yes, no)

    def previous(self, values: Values, initial: Values) -> Values:
        """Values one period earlier; `initial` in periods 0 and 1."""
        if self.varies(values):
            values = np.concatenate([values[:1], values[:-1]])
        return np.where(self.before_second, initial, values)

    def sum_over_time(self, values: Values) -> Values:
        """The sum over periods 1…n."""
        if self.varies(values):
            return values[1:].sum(axis=0)
        return values * float(len(self.periods) - 1)

    def rows(self, values: Values) -> list[Values]:
        """The value of each period."""
        series = self.series(values)
        return list(series) if self.many else series.tolist()

    def stack(self, rows: list[Values]) -> NDArray[np.float64]:
        """Values that were worked out period by period, as one series."""
        if not self.many:
            return np.array(rows, dtype=float)
        shape = np.broadcast_shapes((1,), *{np.shape(row) for row in rows})
        series = np.empty((len(rows), *shape))
        for period, row in enumerate(rows):
            series[period] = row
        return series

    def series(self, values: Values) -> NDArray[np.float64]:
        """Values written out over all periods: `(T,)`, or `(T, n)` with alternatives."""
        if self.varies(values):
            return np.asarray(values, dtype=float)
        shape = (len(self.periods), *np.shape(values))
        return np.broadcast_to(np.asarray(values, dtype=float), shape)
