"""The arithmetic of a grid of periods, for one set of numbers or many alternatives at once.

On the grid of one, an amount that does not change over time is a number, and one that does is
an array of shape `(T,)`. On the grid of many, the first is a number or an array of shape `(n,)`
over `n` alternatives, the second a `Varying`, which keeps apart what depends on the period and
what on the alternative. Undefined results are NaN, never an exception, and so is everything that
follows from them; only a product or a sum that overflows is infinite.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from valuecalc.engine.products import Varying, entrywise, is_finite, varying, without_infinity
from valuecalc.formula.numbers import TOLERANCE

Values = Any
"""A number or an array over periods or alternatives, or a `Varying`, as described above."""

Array = NDArray[np.float64]


def _power(base: Array, exponent: Array) -> Array:
    """The power; NaN where it overflows, or either of the two is undefined."""
    found: Array = without_infinity(np.power(base, exponent))
    if is_finite(base) and is_finite(exponent):
        return found
    # NumPy takes anything to the power of zero for 1, and 1 to the power of anything.
    return np.where(np.isfinite(base) & np.isfinite(exponent), found, np.nan)[()]


def _exponential(values: Values) -> Values:
    return without_infinity(np.exp(values))


def _logarithm(values: Values) -> Values:
    return without_infinity(np.log(values))


def _chosen(condition: Array, yes: Array, no: Array) -> Array:
    """`yes` where a condition holds, else `no`; NaN where the condition is NaN."""
    found = np.where(condition, yes, no)
    return found if condition.dtype == bool else np.where(np.isnan(condition), np.nan, found)


class Grid:
    """The `ops` of the functions of the formula language, over all periods, for one set of numbers.

    `many` says whether there are alternatives. `period` and `year` are the time words.
    """

    minimum = staticmethod(np.minimum)
    maximum = staticmethod(np.maximum)
    abs = staticmethod(np.abs)
    floor = staticmethod(np.floor)
    ceil = staticmethod(np.ceil)
    sign = staticmethod(np.sign)
    sqrt = staticmethod(np.sqrt)
    exp = staticmethod(_exponential)
    log = staticmethod(_logarithm)

    def __init__(self, years: NDArray[np.int64], many: bool = False) -> None:
        self.many = many
        self.periods = range(len(years))
        self.period = self.certain(np.arange(len(years), dtype=float))
        self.year = self.certain(years.astype(float))
        self.before_second = self.certain(np.arange(len(years)) <= 1)

    def over_time(self, series: NDArray[Any]) -> NDArray[Any]:
        """A series of shape `(T,)`, ready to be broadcast over alternatives."""
        return series

    def certain(self, series: NDArray[Any]) -> Values:
        """A series of shape `(T,)` as an amount that varies over time."""
        return series

    def varies(self, values: Values) -> bool:
        """Whether values vary over time."""
        return isinstance(values, np.ndarray)

    def is_defined(self, values: Values) -> bool:
        """Whether a number is finite."""
        return math.isfinite(values)

    def plain(self, values: Values) -> Values:
        """Values as a number or an array."""
        return values

    @staticmethod
    def round(values: Values, digits: int = 0) -> Values:
        """Rounded to decimals."""
        # Beyond its sixteen digits a number has no decimals, and NumPy would harm its last digit.
        has_decimals = np.abs(values) < 2.0**53 / 10.0**digits
        return np.where(has_decimals, np.round(values, digits), values)[()]

    @staticmethod
    def divide(left: Values, right: Values) -> Values:
        """The quotient; NaN where the divisor is zero."""
        try:
            quotient = left / right
        except ZeroDivisionError:  # two plain numbers
            return math.nan
        return quotient if isinstance(quotient, Varying) else without_infinity(quotient)

    power = staticmethod(_power)

    @staticmethod
    def compare(operator: str, left: Values, right: Values) -> Values:
        """Compare; numbers that agree to a part in 10¹² are equal. NaN where one is NaN."""
        difference = left - right
        tolerance = TOLERANCE * np.maximum(np.abs(left), np.abs(right))
        holds = Grid._holds(operator, difference, tolerance)
        if is_finite(difference):
            return holds
        return np.where(np.isnan(difference), np.nan, holds)[()]

    @staticmethod
    def _holds(operator: str, difference: Values, tolerance: Values) -> Values:
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
        """`yes` where the condition holds, else `no`; NaN where the condition is NaN."""
        if np.ndim(condition) == 0:
            return math.nan if np.isnan(condition) else yes if condition else no
        return _chosen(condition, yes, no)

    def previous(self, values: Values, initial: Values) -> Values:
        """Values one period earlier; `initial` in periods 0 and 1."""
        if self.varies(values):
            values = _one_later(values)
        return self.where(self.before_second, initial, values)

    def sum_over_time(self, values: Values) -> Values:
        """The sum over periods 1…n."""
        return values[1:].sum() if self.varies(values) else values * float(len(self.periods) - 1)

    def weighted(self, weights: Array, values: Values) -> list[Values]:
        """The sum over time of values that vary, with each row of `weights` `(w, T)`."""
        return list(weights @ values)

    def rows(self, values: Values) -> list[Values]:
        """The value of each period."""
        return values.tolist() if self.varies(values) else [values] * len(self.periods)

    def stack(self, rows: list[Values]) -> Values:
        """Values that were worked out period by period, as one amount."""
        return np.array(rows, dtype=float)

    def stock(self, initial: Values, kept: Values, added: Values) -> Values:
        """What was there one period earlier times `kept`, plus `added`.

        `initial` is there before periods 0 and 1.
        """
        found: list[Values] = []
        for period, (before, share, addition) in enumerate(
            zip(*map(self.rows, (initial, kept, added)), strict=True)
        ):
            earlier = before if period <= 1 else found[-1]
            found.append(earlier * share + addition)
        return self.stack(found)

    def series(self, values: Values) -> Array:
        """Values written out over all periods: `(T,)`, or `(T, n)` with alternatives."""
        plain = np.asarray(self.plain(values), dtype=float)
        if self.varies(values):
            return plain
        return np.broadcast_to(plain, (len(self.periods), *plain.shape))


def _one_later(values: Array) -> Array:
    """A series moved by one period; the first value stays."""
    return np.concatenate([values[:1], values[:-1]])


def _entry_by_entry(function: Callable[..., Values]) -> staticmethod[..., Values]:
    """A NumPy function, also of amounts that are kept apart."""
    return staticmethod(partial(entrywise, function))


def _steady_stock(periods: int, initial: Values, kept: Values, added: Values) -> Values | None:
    """A stock of which nothing but itself varies over time; None where it grows out of reach.

    From `m` periods the next `m` follow at once: what is there times `kept` to the power of `m`,
    plus what is added and kept meanwhile.
    """
    first = initial * kept + added
    if np.ndim(first) == 0:
        return None
    array = np.empty((periods, *first.shape))
    array[:2] = first
    done, last = 1, periods - 1
    while done < last:
        new = array[done + 1 : 2 * done + 1]
        np.multiply(array[1 : len(new) + 1], kept, out=new)
        new += added
        done += len(new)
        if done < last:
            kept, added = kept * kept, kept * added + added
    return Varying.written_out(array) if is_finite(kept) and is_finite(added) else None


class GridOfMany(Grid):
    """The same for many alternatives at once."""

    def __init__(self, years: NDArray[np.int64]) -> None:
        super().__init__(years, many=True)
        self.after_decision = np.array([[0.0, *(1.0 for _ in years[1:])]])

    def over_time(self, series: NDArray[Any]) -> NDArray[Any]:
        """A series of shape `(T,)`, ready to be broadcast over alternatives: `(T, 1)`."""
        return series[:, np.newaxis]

    def certain(self, series: NDArray[Any]) -> Values:
        """A series of shape `(T,)` that is the same in every alternative."""
        return Varying.certain(series)

    def varies(self, values: Values) -> bool:
        """Whether values vary over time."""
        return isinstance(values, Varying) or getattr(values, "ndim", 0) == 2

    def is_defined(self, values: Values) -> bool:
        """Whether a number, or one for each alternative, is finite."""
        return is_finite(values)

    def plain(self, values: Values) -> Values:
        """Values as a number or an array: `(n,)`, `(T, 1)` or `(T, n)`."""
        if not isinstance(values, Varying):
            return values
        with np.errstate(all="ignore"):
            return values.array

    minimum = _entry_by_entry(np.minimum)
    maximum = _entry_by_entry(np.maximum)
    abs = _entry_by_entry(np.abs)
    floor = _entry_by_entry(np.floor)
    ceil = _entry_by_entry(np.ceil)
    sign = _entry_by_entry(np.sign)
    sqrt = _entry_by_entry(np.sqrt)
    exp = _entry_by_entry(_exponential)
    log = _entry_by_entry(_logarithm)
    power = _entry_by_entry(_power)
    round = _entry_by_entry(Grid.round)

    @staticmethod
    def compare(operator: str, left: Values, right: Values) -> Values:
        """Compare; numbers that agree to a part in 10¹² are equal."""
        return entrywise(partial(Grid.compare, operator), left, right)

    @staticmethod
    def where(condition: Values, yes: Values, no: Values) -> Values:
        """`yes` where the condition holds, else `no`; NaN where the condition is NaN."""
        if not isinstance(condition, Varying) and np.ndim(condition) == 0:
            return math.nan if np.isnan(condition) else yes if condition else no
        return entrywise(_chosen, condition, yes, no)

    def previous(self, values: Values, initial: Values) -> Values:
        """Values one period earlier; `initial` in periods 0 and 1."""
        if self.varies(values):
            values = entrywise(_one_later, values)
        return entrywise(np.where, self.before_second, initial, values)

    def sum_over_time(self, values: Values) -> Values:
        """The sum over periods 1…n."""
        if not self.varies(values):
            return super().sum_over_time(values)
        (total,) = self.weighted(self.after_decision, values)
        if not self.is_defined(total):
            total = values.array[1:].sum(axis=0)
        # A sum that is zero has no sign, which one over it would have.
        return total + 0.0

    def weighted(self, weights: Array, values: Values) -> list[Values]:
        """The sum over time of values that vary, with each row of `weights` `(w, T)`."""
        return varying(values).weighted(weights)

    def rows(self, values: Values) -> list[Values]:
        """The value of each period: a number, or shape `(n,)`."""
        if not self.varies(values):
            return super().rows(values)
        return values.per_period.tolist() if values.is_certain else list(values.array)

    def stack(self, rows: list[Values]) -> Values:
        """Values that were worked out period by period, as one amount."""
        shape = np.broadcast_shapes(*{np.shape(row) for row in rows})
        if not shape:
            return Varying.certain(np.array(rows, dtype=float))
        array = np.empty((len(rows), *shape))
        for period, row in enumerate(rows):
            array[period] = row
        return Varying.written_out(array)

    def stock(self, initial: Values, kept: Values, added: Values) -> Values:
        """What was there one period earlier times `kept`, plus `added`."""
        if not (self.varies(initial) or self.varies(kept) or self.varies(added)):
            steady = _steady_stock(len(self.periods), initial, kept, added)
            if steady is not None:
                return steady
        befores, shares, additions = map(self.rows, (initial, kept, added))
        shape = np.broadcast_shapes(*(np.shape(each[-1]) for each in (befores, shares, additions)))
        if not shape:
            return super().stock(initial, kept, added)
        array = np.empty((len(self.periods), *shape))
        rows = list(array)
        earlier = [*befores[:2], *rows[1:-1]]
        # In place, as making an array for each period takes as long as filling it.
        for row, before, share, addition in zip(rows, earlier, shares, additions, strict=True):
            np.multiply(before, share, out=row)
            np.add(row, addition, out=row)
        return Varying.written_out(array)
