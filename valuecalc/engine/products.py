"""Amounts that vary over time and over many alternatives, kept as sums of products.

Most of a value case is a number per alternative times a factor per period: an uncertain price
on a certain ramp. Such a product is kept as its two parts, and the array of all periods and all
alternatives is made only where something asks for it: a largest value, a condition, a stock, an
uncertain rate of growth. A sum over time of what is kept apart is one multiplication.

Where the array would hold NaN or infinity, the product does, too: multiplying keeps that apart
or together, and adding is left to the array where it would not. Only where a number on the way
is beyond 10³⁰⁸ can one of the two be finite and the other not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Values = Any
"""A number, an array of shape `(n,)` over alternatives, or a `Varying`."""

NUMBERS = (float, int)

MOST_TERMS = 8
"""A sum of more products than these is written out as one array."""


@dataclass(slots=True, eq=False)
class Product:
    """`scale` times `factors` times `body`; a part that is None is 1 everywhere.

    `scale` is a number or has shape `(n,)`, `factors` has shape `(T,)`, `body` `(T, n)`.
    Nothing of it is ever changed.
    """

    scale: Values = 1.0
    factors: Array | None = None
    body: Array | None = None

    @property
    def is_certain(self) -> bool:
        """Whether it is the same in every alternative."""
        return self.body is None and isinstance(self.scale, NUMBERS)

    @property
    def per_period(self) -> Values:
        """Of one that is certain: shape `(T,)`, or a number if it does not vary over time."""
        return _product(self.scale, self.factors)

    @property
    def array(self) -> Array:
        """Written out, ready to be broadcast to `(T, n)`."""
        factors = None if self.factors is None else self.factors[:, np.newaxis]
        array: Array = _product(_product(self.scale, factors), self.body)
        return array

    def __neg__(self) -> Product:
        return Product(-self.scale, self.factors, self.body)

    def scaled(self, by: Values) -> Product:
        """This times a number, or one for each alternative."""
        is_one = isinstance(self.scale, float) and self.scale == 1.0
        return Product(by if is_one else self.scale * by, self.factors, self.body)

    def __mul__(self, other: Product) -> Product:
        return Product(
            _product(self.scale, other.scale),
            _product(self.factors, other.factors),
            _product(self.body, other.body),
        )

    def __truediv__(self, other: Product) -> Product:
        scale = without_infinity(np.true_divide(self.scale, other.scale))
        if other.factors is None:
            return Product(scale, self.factors, self.body)
        factors = 1.0 if self.factors is None else self.factors
        divided = without_infinity(np.true_divide(factors, other.factors))
        return Product(scale, divided, self.body)

    def weighted(self, weights: Array) -> list[Values]:
        """The sum over time with each row of `weights` `(w, T)`."""
        if self.body is None:
            sums = weights.sum(axis=1) if self.factors is None else weights @ self.factors
            return [self.scale * each for each in sums.tolist()]
        if self.factors is not None:
            weights = weights * self.factors
        # Not a matrix product: its last digits depend on the number of threads.
        sums = np.einsum("wt,tn->wn", weights, self.body)
        return list(_product(sums, self.scale))

    @property
    def is_finite(self) -> bool:
        """Whether it is known to be finite, which what is written out is not."""
        is_apart = self.body is None
        return is_apart and is_finite(self.scale) and is_finite(self.factors)


class Varying:
    """An amount that varies over time, for many alternatives: a sum of products.

    Arithmetic keeps it apart where that is possible; `entrywise` applies other functions.
    """

    __slots__ = ("terms",)
    # NumPy leaves the arithmetic of an array and one of these to us.
    __array_ufunc__ = None

    def __init__(self, *terms: Product) -> None:
        self.terms = terms

    @staticmethod
    def certain(series: Array) -> Varying:
        """What is the same in every alternative, from its values of shape `(T,)`."""
        return Varying(Product(factors=series))

    @staticmethod
    def written_out(array: Array) -> Varying:
        """What is given by an array of shape `(T, n)`."""
        return Varying(Product(body=array))

    @property
    def is_certain(self) -> bool:
        """Whether it is the same in every alternative."""
        return all(term.is_certain for term in self.terms)

    @property
    def is_written_out(self) -> bool:
        """Whether a part of it is an array over periods and alternatives."""
        return any(term.body is not None for term in self.terms)

    @property
    def per_period(self) -> Array:
        """The values of one that is certain, of shape `(T,)`."""
        found: Array = sum(term.per_period for term in self.terms)
        return found

    @property
    def array(self) -> Array:
        """Written out: shape `(T, n)`, or `(T, 1)` if it is certain."""
        first, *others = self.terms
        array = first.array
        for other in others:
            array = array + other.array
        return array

    def weighted(self, weights: Array) -> list[Values]:
        """The sum over time with each row of `weights` `(w, T)`: numbers, or `(n,)` each."""
        sums = self.terms[0].weighted(weights)
        for other in self.terms[1:]:
            sums = [one + more for one, more in zip(sums, other.weighted(weights), strict=True)]
        return sums

    def __neg__(self) -> Varying:
        return Varying(*(-term for term in self.terms))

    def __add__(self, other: Values) -> Varying:
        other = varying(other)
        if self.is_written_out and other.is_written_out:
            return Varying.written_out(self.array + other.array)
        return self._joined(other)

    __radd__ = __add__

    def __sub__(self, other: Values) -> Varying:
        other = varying(other)
        if self.is_written_out and other.is_written_out:
            return Varying.written_out(self.array - other.array)
        return self._joined(-other)

    def __rsub__(self, other: Values) -> Varying:
        return varying(other) - self

    def _joined(self, other: Varying) -> Varying:
        terms = list(self.terms)
        for term in other.terms:
            _join(terms, term)
        joined = Varying(*terms)
        return joined if len(terms) <= MOST_TERMS else Varying.written_out(joined.array)

    def __mul__(self, other: Values) -> Varying:
        if _is_steady(other) and (len(self.terms) == 1 or is_finite(other)):
            return Varying(*[term.scaled(other) for term in self.terms])
        other = varying(other)
        if other._multiplies(self):
            return Varying(*(term * other.terms[0] for term in self.terms))
        if self._multiplies(other):
            return Varying(*(self.terms[0] * term for term in other.terms))
        return Varying.written_out(self.array * other.array)

    __rmul__ = __mul__

    def _multiplies(self, other: Varying) -> bool:
        """Whether each term of another can be multiplied or divided by this one."""
        if len(self.terms) > 1:
            return False
        # 2∞ − ∞ is undefined, where (2 − 1)∞ is infinite.
        (term,) = self.terms
        return len(other.terms) == 1 or term.is_finite

    def __truediv__(self, other: Values) -> Varying:
        other = varying(other)
        if len(self.terms) == len(other.terms) == 1 and not other.is_written_out:
            return Varying(self.terms[0] / other.terms[0])
        return Varying.written_out(without_infinity(self.array / other.array))

    def __rtruediv__(self, other: Values) -> Varying:
        return varying(other) / self


def entrywise(function: Callable[..., Values], *values: Values) -> Values:
    """Apply a NumPy function to each period and each alternative.

    Gives a `Varying` where one of the values is one. What is the same in every alternative is
    worked out once.
    """
    if not any(isinstance(each, Varying) for each in values):
        return function(*values)
    if all(each.is_certain if isinstance(each, Varying) else np.ndim(each) == 0 for each in values):
        series = [each.per_period if isinstance(each, Varying) else each for each in values]
        return Varying.certain(function(*series))
    arrays = [each.array if isinstance(each, Varying) else each for each in values]
    return Varying.written_out(function(*arrays))


def varying(values: Values) -> Varying:
    """A number, an array of shape `(n,)`, `(T, 1)` or `(T, n)` among amounts that vary."""
    if isinstance(values, Varying):
        return values
    if _is_steady(values):
        return Varying(Product(values if isinstance(values, np.ndarray) else float(values)))
    is_certain = values.shape[1] == 1
    return Varying.certain(values[:, 0]) if is_certain else Varying.written_out(values)


def is_finite(values: Values) -> bool:
    """Whether all numbers are finite; None counts as one that is."""
    if values is None or isinstance(values, float):
        return values is None or math.isfinite(values)
    # What is not finite makes the sum so, and a sum is quicker than a test of each.
    return math.isfinite(np.add.reduce(values, axis=None)) or bool(np.isfinite(values).all())


def without_infinity(values: Values) -> Values:
    """The same with NaN for infinity, which `min` or a comparison would take for a number."""
    if is_finite(values):
        return values
    return np.where(np.isinf(values), np.nan, values)[()]


def _is_steady(values: Values) -> bool:
    """Whether it is a number, or one for each alternative."""
    return isinstance(values, NUMBERS) or getattr(values, "ndim", 2) < 2


def _join(terms: list[Product], new: Product) -> None:
    """Add a product to a sum; what is certain, or does not vary over time, becomes one."""
    for number, term in enumerate(terms):
        if term.is_certain and new.is_certain:
            total = term.per_period + new.per_period
            varies = isinstance(total, np.ndarray)
            terms[number] = Product(factors=total) if varies else Product(total)
            return
        if term.factors is new.factors is term.body is new.body is None:
            terms[number] = Product(term.scale + new.scale)
            return
    terms.append(new)


def _product(left: Values, right: Values) -> Values:
    """The product of two parts, either of which may be missing or 1."""
    if right is None or (isinstance(right, float) and right == 1.0):
        return left
    if left is None or (isinstance(left, float) and left == 1.0):
        return right
    return left * right
