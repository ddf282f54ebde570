"""Internal rates of return of many draws at once: the rate where it is unique, else why not.

With `g = ln(1 + rate)` the net present value of a draw is a sum of exponentials
`f(g) = sum(amounts * exp(-g * times))`; `valuecalc.engine.finance` has the same for one draw.
One root is found by a safeguarded Newton iteration on all draws: at first among the rates of
real cases, then as far as `exp` reaches, where cases that lose nearly everything at once have
theirs. That it is the only one is shown, from the cheapest to the dearest way, by

1. one change of sign of the flows (Descartes);
2. balances at the found rate that never change their sign: a pure investment
   (Teichroew, Robichek and Montalbano, Management Science 11, 1965);
3. the changes of sign of the running sums, from the first flow on for rates above zero, from
   the last one back for rates below (Norstrøm, J. Financial and Quantitative Analysis 7, 1972);
4. a scan of all that is left; and where this meets an extreme near zero,
   `finance.internal_rates` for that draw alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from valuecalc.engine.finance import NOISE, Series, internal_rates
from valuecalc.engine.uncertainty.drawn_rows import Draws, Mask

UNIQUE, NONE, SEVERAL = 0, 1, 2
"""How many rates a draw has."""

_REACH = 10.0  # of ln(1 + rate): from -99.995 % to 2 million %
_FARTHEST = 700.0  # as far as exp() reaches
_STEPS = 12
_ROUNDS = 8
_MOST = 0.8
_LAST_STEP = 1e-9  # after which the error is of the order of its square
_LAST_DIGITS = 1e-13
_AMBIGUOUS = 1e-9
_SCAN_POINTS = 1001
_NEAR = 0.1

Status = NDArray[np.int8]


@dataclass(frozen=True)
class DrawnRates:
    """The unique rate of each draw, NaN where there is none; `status` says why.

    `alone` counts the draws that had to be worked out one by one.
    """

    rates: Draws
    status: Status
    alone: int


def internal_rates_of_draws(
    flows: Draws, times: Series, start: float = 0.0, scale: Draws | None = None
) -> DrawnRates:
    """The internal rate of return of each column of `flows`, shape `(T, n)`, all finite.

    `start` is the rate near which most of them are expected; it changes the time that is
    needed and nothing else. `scale`, one for each draw, is what rounding is measured by; else it
    is the largest flow.
    """
    amounts, moments = _merged(flows, times, scale)
    first, last, changes = _signs(amounts)
    search = _Search(amounts, np.diff(moments), moments, first)
    found = np.full(amounts.shape[1], np.nan)
    status = np.full(amounts.shape[1], NONE, dtype=np.int8)
    is_odd = first * last < 0
    odd = np.flatnonzero(is_odd)
    if len(odd):
        found[odd] = search.roots(odd, float(np.clip(np.log1p(start), -1, 1)))
        status[odd] = UNIQUE
    doubtful = np.flatnonzero((changes > 1) | (is_odd & ~np.isfinite(found)))
    alone = search.settle(doubtful, is_odd, found, status) if len(doubtful) else 0
    return DrawnRates(np.where(status == UNIQUE, np.expm1(found), np.nan), status, alone)


def _merged(flows: Draws, times: Series, scale: Draws | None) -> tuple[Draws, Series]:
    """Flows of one moment added up, those that are noise set to zero."""
    moments, where = np.unique(times, return_inverse=True)
    sums = flows.copy()
    if len(moments) < len(times):
        sums = np.zeros((len(moments), flows.shape[1]))
        for row, moment in zip(flows, where.ravel(), strict=True):
            sums[moment] += row
    size = np.abs(sums)
    sums[size <= NOISE * (size.max(axis=0) if scale is None else scale)] = 0.0
    return sums, moments


def _signs(amounts: Draws) -> tuple[Draws, Draws, NDArray[np.int64]]:
    """The sign of the first flow, that of the last one, and how often it changes between."""
    signs = np.sign(amounts)
    changes = np.zeros(amounts.shape[1], dtype=np.int64)
    last = signs[0]
    for row in signs[1:]:
        changes += row * last < 0
        last = np.where(row == 0, last, row)
    first = np.take_along_axis(signs, np.argmax(signs != 0, axis=0)[np.newaxis], axis=0)[0]
    return first, last, changes


@dataclass(frozen=True)
class _Search:
    """The draws as columns of `amounts`; `gaps` are the years between the `moments`."""

    amounts: Draws
    gaps: Series
    moments: Series
    first: Draws

    def oriented(self, columns: NDArray[np.int64]) -> Draws:
        """Some draws, turned so that the first flow is an outlay: f falls through its root."""
        return self.amounts[:, columns] * -self.first[columns]

    # ------------------------------------------------------------------ one root

    def roots(self, columns: NDArray[np.int64], start: float) -> Draws:
        """A root of each draw whose first and last flow differ in sign; NaN where not found."""
        found = self._roots_between(-_REACH, _REACH, columns, start)
        left = np.flatnonzero(~np.isfinite(found))
        if len(left):
            found[left] = self._roots_beyond(columns[left])
        return found

    def _roots_beyond(self, columns: NDArray[np.int64]) -> Draws:
        """The same far from zero on either side.

        Seen from the last flow, time runs backwards and `g` has the other sign: so exp() never
        overflows.
        """
        backwards = _Search(self.amounts[::-1], self.gaps[::-1], -self.moments[::-1], -self.first)
        bound = self._bound(columns)
        found = np.full(len(columns), np.nan)
        for search, sign in ((self, 1), (backwards, -1)):
            beyond = np.flatnonzero(search._is_left_of_root(columns, _REACH))
            found[beyond] = sign * search._roots_between(_REACH, bound, columns[beyond], _REACH)
        return found

    def _roots_between(
        self, lowest: float, highest: float, columns: NDArray[np.int64], start: float
    ) -> Draws:
        """A root of each draw between two values of `g`; NaN where none was found."""
        found = np.full(len(columns), np.nan)
        left = np.arange(len(columns))
        g = np.full(len(columns), start)
        low, high = np.full(len(columns), lowest), np.full(len(columns), highest)
        for _ in range(_ROUNDS if len(left) else 0):
            amounts = self.oriented(columns[left])
            converged = self._newton(amounts, g, low, high)
            converged &= (g > lowest) & (g < highest)
            found[left[converged]] = g[converged]
            # Those that have not moved one of the ends may have no root in between.
            open_ = ~converged
            is_stuck = open_ & ((low == lowest) | (high == highest))
            open_[is_stuck] = self._is_between(columns[left[is_stuck]], lowest, highest)
            left, g, low, high = left[open_], g[open_], low[open_], high[open_]
            if not len(left):
                break
        return found

    def _is_between(self, columns: NDArray[np.int64], lowest: float, highest: float) -> Mask:
        """Whether each draw has a root that the function falls through between two points."""
        is_right = ~self._is_left_of_root(columns, highest)
        return self._is_left_of_root(columns, lowest) & is_right

    def _is_left_of_root(self, columns: NDArray[np.int64], g: float) -> Mask:
        """Whether each draw, whose first flow is an outlay, has more inflows at `g`."""
        amounts = self.oriented(columns)
        # Scaled by the largest factor, which moves no sign.
        exponents = -g * (self.moments - self.moments[0])
        factors = np.exp(exponents - exponents.max())
        return np.asarray(np.einsum("t,tn->n", factors, amounts) > 0)

    def _newton(self, amounts: Draws, g: Draws, low: Draws, high: Draws) -> Mask:
        """Some steps towards the roots, in place; whether each has arrived.

        Of the present values of inflows and outflows the logarithms are taken, whose
        difference is nearly a straight line in `g`.
        """
        arrived = np.zeros(len(g), dtype=bool)
        flows = np.concatenate([np.maximum(amounts, 0.0), np.maximum(-amounts, 0.0)], axis=1)
        for _ in range(_STEPS):
            (received, paid), (of_received, of_paid) = self._values_and_slopes(flows, g)
            with np.errstate(all="ignore"):
                gap = np.log(received / paid)
                step = -gap / (of_received / received - of_paid / paid)
            is_left = gap > 0
            low[:] = np.where(is_left, g, low)
            high[:] = np.where(is_left, high, g)
            is_last = (np.abs(step) <= _LAST_STEP) | (gap == 0)
            better = np.where(gap == 0, g, g + step)
            is_usable = is_last | ((better > low) & (better < high))
            arrived = is_last
            g[:] = np.where(is_usable, better, (low + high) / 2)
            # The few that take longer go on alone.
            if arrived.mean() > _MOST:
                break
        return arrived

    def _values_and_slopes(self, flows: Draws, g: Draws) -> tuple[Draws, Draws]:
        """Present values and their derivatives at one `g` for each draw, by Horner's scheme.

        `flows` holds inflows and then outflows, shape `(T, 2n)`; the results have `(2, n)`.
        """
        factors = {gap: np.tile(np.exp(-g * gap), 2) for gap in set(self.gaps.tolist())}
        value, slope = flows[-1].copy(), np.zeros(flows.shape[1])
        scratch = np.empty_like(slope)
        with np.errstate(all="ignore"):
            for row, gap in zip(flows[-2::-1], self.gaps[::-1].tolist(), strict=True):
                slope -= np.multiply(value, gap, out=scratch)
                slope *= factors[gap]
                value *= factors[gap]
                value += row
        return value.reshape(2, -1), slope.reshape(2, -1)

    # ------------------------------------------------------------------ is it the only one?

    def settle(self, columns: NDArray[np.int64], is_odd: Mask, found: Draws, status: Status) -> int:
        """Settle the status of doubtful draws, in place; how many were worked out alone."""
        pure = np.zeros(len(columns), dtype=bool)
        has_root = np.isfinite(found[columns])
        pure[has_root] = self._is_pure(columns[has_root], found)
        columns = columns[~pure]
        if not len(columns):
            return 0
        count = self._count_by_sums(columns)
        unknown = (count < 0) | ((count == 1) & ~np.isfinite(found[columns]))
        count[unknown] = self._count_by_scan(columns[unknown], is_odd, found)
        status[columns] = np.select([count == 0, count == 1], [NONE, UNIQUE], SEVERAL)
        alone = columns[count < 0]
        for column in alone:
            rates = internal_rates(self.amounts[:, column], self.moments)
            status[column] = (NONE, UNIQUE, SEVERAL)[min(len(rates.rates), 2)]
            found[column] = np.nan if rates.unique is None else _log_rate(rates.unique)
        return len(alone)

    def _is_pure(self, columns: NDArray[np.int64], found: Draws) -> Mask:
        """Whether the balance at the found rate stays an outlay until the end, noise included."""
        factors = {gap: np.exp(found[columns] * gap) for gap in set(self.gaps.tolist())}
        balance, noise = np.zeros(len(columns)), np.zeros(len(columns))
        pure = np.ones(len(columns), dtype=bool)
        with np.errstate(all="ignore"):
            for row, gap in zip(self.oriented(columns)[:-1], self.gaps.tolist(), strict=True):
                balance += row
                # A high rate makes more of the last digit than of all the flows that follow.
                noise += _LAST_DIGITS * np.abs(balance)
                pure &= balance + noise <= 0
                balance *= factors[gap]
                noise *= factors[gap]
        return pure

    def _count_by_sums(self, columns: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many roots each draw has, −1 where the running sums do not tell."""
        amounts = self.amounts[:, columns]
        limit = _AMBIGUOUS * np.abs(amounts).sum(axis=0)
        count = np.zeros(len(columns), dtype=np.int64)
        for sums in (np.cumsum(amounts, axis=0), np.cumsum(amounts[::-1], axis=0)):
            _, _, changes = _signs(sums)
            size = np.abs(sums)
            is_clear = ~((size > 0) & (size <= limit)).any(axis=0) & (size[-1] > limit)
            count = np.where(is_clear & (changes <= 1) & (count >= 0), count + changes, -1)
        return count

    def _count_by_scan(
        self, columns: NDArray[np.int64], is_odd: Mask, found: Draws
    ) -> NDArray[np.int64]:
        """How many roots each draw has, −1 where an extreme may touch zero, or none was found.

        All draws share the grid, denser around zero, where the rates of real cases lie.
        """
        if not len(columns):
            return np.zeros(0, dtype=np.int64)
        g = np.sinh(np.linspace(-1, 1, _SCAN_POINTS) * np.arcsinh(self._bound(columns) * 100)) / 100
        exponents = -np.outer(g, self.moments - self.moments[0])
        exponents -= exponents.max(axis=1, keepdims=True)
        values = np.exp(exponents) @ self.amounts[:, columns]
        crossings = (values[:-1] * values[1:] < 0).sum(axis=0)
        unclear = (values == 0).any(axis=0) | _may_touch(values)
        # An odd number of roots is at least one, also beyond the grid.
        unclear |= is_odd[columns] != (crossings % 2 == 1)
        unclear |= (crossings == 1) & ~np.isfinite(found[columns])
        return np.where(unclear, -1, crossings)

    def _bound(self, columns: NDArray[np.int64]) -> float:
        """No root of these draws lies further from zero than this, as far as exp() reaches."""
        amounts = np.abs(self.amounts[:, columns])
        total = amounts.sum(axis=0)
        smallest = np.inf
        for rows in (amounts, amounts[::-1]):
            ends = np.take_along_axis(rows, np.argmax(rows > 0, axis=0)[np.newaxis], axis=0)
            smallest = min(smallest, float((ends / total).min()))
        return min(float(np.log1p(1 / smallest) / self.gaps.min()) + 1.0, _FARTHEST)


def _log_rate(rate: float) -> float:
    """`ln(1 + rate)`; a rate may be −100% to the last digit."""
    return math.log1p(rate) if rate > -1 else -_FARTHEST


def _may_touch(values: Draws) -> Mask:
    """Whether a draw has an extreme next to zero between the points of a scan."""
    before, here, after = values[:-2], values[1:-1], values[2:]
    size = np.abs(here)
    is_extreme = (size <= np.abs(before)) & (size <= np.abs(after)) & (before * after > 0)
    with np.errstate(all="ignore"):
        bend = before - 2 * here + after
        vertex = here - (after - before) ** 2 / (8 * bend)
        is_near = ~(vertex * here > _NEAR * here**2)
    return np.asarray((is_extreme & is_near).any(axis=0))
