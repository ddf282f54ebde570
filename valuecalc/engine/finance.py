"""The mathematics of money over time. Pure functions of flows and times.

Rates are annual effective fractions; times are years after the decision, one per flow, not
decreasing. Nothing is rounded. Amounts that are zero but for rounding noise count as zero:
less than a part in 10¹² of the largest flow of the whole horizon, or of the `scale` that is given
for flows that are differences: where all benefits are spent again, the noise of a net flow of
nothing is as large as that of the benefits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from valuecalc.case.case import Discounting
from valuecalc.case.timeline import Timeline

Series = NDArray[np.float64]
NOISE = 1e-12

_SCAN_POINTS = 4001
_MAX_LOG_RATE = 700.0


def period_times(timeline: Timeline, discounting: Discounting) -> Series:
    """The years after the decision that discounting counts for each period, shape `(T,)`.

    `timing` puts a period's flows at its end, middle or start; period 0 stands at 0.
    """
    periods = np.arange(timeline.periods + 1, dtype=float)
    ends = periods * timeline.period.months / 12
    if discounting.day_count != "months":
        ends = np.array(
            [
                year_fraction(timeline.start, timeline.end_day(p), discounting.day_count)
                for p in range(timeline.periods + 1)
            ]
        )
    starts = np.concatenate([[0.0], ends[:-1]])
    times = {"end": ends, "mid": (starts + ends) / 2, "start": starts}[discounting.timing]
    return np.asarray(times, dtype=float)


def discount_factors(times: Series, rate: float, decimals: int | None = None) -> Series:
    """`(1 + rate) ** -time` for each time; rounded to `decimals` if a convention asks for it."""
    with np.errstate(all="ignore"):
        factors = (1.0 + rate) ** -times
    return factors if decimals is None else np.round(factors, decimals)


def npv(flows: Sequence[float] | Series, rate: float, times: Sequence[float] | Series) -> float:
    """The net present value: the sum of the flows times their discount factors."""
    return float(np.asarray(flows) @ discount_factors(np.asarray(times, dtype=float), rate))


def year_fraction(start: date, end: date, day_count: str = "actual/365") -> float:
    """The years between two dates.

    `actual/365` counts days over 365 (as Excel's XNPV and XIRR do), `actual/360` over 360,
    `30/360` months of 30 days, `actual/actual` each calendar year over its own length (ISDA).
    """
    days = (end - start).days
    match day_count:
        case "actual/365":
            return days / 365
        case "actual/360":
            return days / 360
        case "30/360":
            return _thirty_360(start, end)
        case "actual/actual":
            return _actual_actual(start, end)
    raise ValueError(f"unknown day count {day_count!r}")


def _thirty_360(start: date, end: date) -> float:
    first = min(start.day, 30)
    last = 30 if end.day == 31 and first == 30 else end.day
    months = (end.year - start.year) * 12 + end.month - start.month
    return (months * 30 + last - first) / 360


def _actual_actual(start: date, end: date) -> float:
    total = 0.0
    while start.year < end.year:
        new_year = date(start.year + 1, 1, 1)
        total += (new_year - start).days / _days_in_year(start.year)
        start = new_year
    return total + (end - start).days / _days_in_year(end.year)


def _days_in_year(year: int) -> int:
    return (date(year, 12, 31) - date(year, 1, 1) + timedelta(days=1)).days


@dataclass(frozen=True)
class InternalRates:
    """All internal rates of return above −100 %, in ascending order."""

    rates: tuple[float, ...]

    @property
    def unique(self) -> float | None:
        """The internal rate of return, if there is exactly one."""
        return self.rates[0] if len(self.rates) == 1 else None


def largest_flow(*flows: Sequence[float] | Series) -> float:
    """The size of the largest flow that is a number; 0 without any."""
    sizes = np.abs(np.concatenate([np.asarray(each, dtype=float) for each in flows]))
    return float(np.max(sizes[np.isfinite(sizes)], initial=0.0))


def noise_of(flows: Sequence[float] | Series, scale: float | None = None) -> float:
    """The size up to which one of the flows is rounding noise."""
    return NOISE * (largest_flow(flows) if scale is None else scale)


def without_noise(flows: Sequence[float] | Series, scale: float | None = None) -> Series:
    """The flows, with those that are rounding noise set to zero."""
    amounts = np.asarray(flows, dtype=float)
    return np.where(np.abs(amounts) <= noise_of(amounts, scale), 0.0, amounts)


def internal_rates(
    flows: Sequence[float] | Series, times: Sequence[float] | Series, scale: float | None = None
) -> InternalRates:
    """Every rate above −100 % at which the net present value is zero.

    With `g = ln(1 + rate)` the net present value is a sum of exponentials, which by
    Descartes' rule has at most as many roots as the flows have changes of sign. One change
    means exactly one root, found by bracketing. With more, a scan between bounds on the roots
    finds the crossings, and the extremes between them the touching ones.
    """
    amounts, when = _merged(np.asarray(flows, dtype=float), np.asarray(times, dtype=float), scale)
    changes = int(np.sum(np.sign(amounts[:-1]) != np.sign(amounts[1:])))
    if changes == 0:
        return InternalRates(())
    exponents = _Exponentials(amounts, when - when[0])
    bound = exponents.root_bound()
    roots = exponents.scan(bound) if changes > 1 else exponents.between(-bound, bound)
    return InternalRates(tuple(sorted(_rate(root) for root in roots)))


def _rate(log_rate: float) -> float:
    return math.expm1(log_rate)


def _merged(flows: Series, times: Series, scale: float | None) -> tuple[Series, Series]:
    """Flows of one moment added up, those that are noise dropped."""
    moments, where = np.unique(times, return_inverse=True)
    sums = np.bincount(where, weights=flows, minlength=len(moments)).astype(float, copy=False)
    kept = np.abs(sums) > noise_of(sums, scale)
    return sums[kept], moments[kept]


@dataclass(frozen=True)
class _Exponentials:
    """`sum(amounts * exp(-g * times))` as a function of `g`, the logarithm of 1 + rate."""

    amounts: Series
    times: Series

    def root_bound(self) -> float:
        """No root lies further from zero than this."""
        spans = np.diff(self.times)
        near = self._one_sided(self.amounts, float(spans[0]))
        far = self._one_sided(self.amounts[::-1], float(spans[-1]))
        return min(max(near, far) + 1.0, _MAX_LOG_RATE)

    @staticmethod
    def _one_sided(amounts: Series, span: float) -> float:
        # The first flow outweighs all others together beyond this point.
        return float(np.log1p(np.sum(np.abs(amounts[1:])) / abs(amounts[0])) / span)

    def at(self, g: Series) -> Series:
        """The sum at each `g`, scaled so that it neither overflows nor loses its sign."""
        exponents = -np.outer(g, self.times)
        exponents -= exponents.max(axis=1, keepdims=True)
        return np.asarray(np.exp(exponents) @ self.amounts)

    def one(self, g: float) -> float:
        """The scaled sum at one `g`."""
        return float(self.at(np.array([g]))[0])

    def between(self, low: float, high: float) -> list[float]:
        """The root between two points, if the sign differs there, to the last digit.

        Halving takes some seventy steps and is never wrong; a cleverer search would save less
        than it costs to load.
        """
        sign_low = np.sign(self.one(low))
        if sign_low * self.one(high) >= 0:
            return []
        while low < (middle := (low + high) / 2) < high:
            if np.sign(self.one(middle)) == sign_low:
                low = middle
            else:
                high = middle
        return [middle]

    def scan(self, bound: float) -> list[float]:
        """All roots within the bound: crossings, and extremes that touch zero."""
        # Denser around zero, where the rates of real cases lie.
        grid = np.sinh(np.linspace(-1, 1, _SCAN_POINTS) * np.arcsinh(bound * 100)) / 100
        values = self.at(grid)
        roots = [float(grid[i]) for i in np.flatnonzero(values == 0)]
        for i in np.flatnonzero(values[:-1] * values[1:] < 0):
            roots += self.between(float(grid[i]), float(grid[i + 1]))
        return self._distinct(roots + self._near_extremes(grid, values))

    def _near_extremes(self, grid: Series, values: Series) -> list[float]:
        """Roots that the grid steps over: a pair of crossings, or an extreme that touches."""
        size = np.abs(values)
        inner = (size[1:-1] < size[:-2]) & (size[1:-1] <= size[2:])
        same = (values[:-2] * values[1:-1] > 0) & (values[1:-1] * values[2:] > 0)
        found = []
        for i in np.flatnonzero(inner & same) + 1:
            sign = float(np.sign(values[i]))
            found += self._around_extreme(float(grid[i - 1]), float(grid[i + 1]), sign)
        return found

    def _around_extreme(self, low: float, high: float, sign: float) -> list[float]:
        # Loaded here, because it is slow to load and seldom needed.
        from scipy.optimize import minimize_scalar

        best = minimize_scalar(
            lambda g: sign * self.one(g),
            bounds=(low, high),
            method="bounded",
            options={"xatol": 1e-12},
        )
        extreme = float(best.x)
        if abs(best.fun) < 1e-12 * float(np.max(np.abs(self.amounts))):
            return [extreme]
        return self.between(low, extreme) + self.between(extreme, high)

    @staticmethod
    def _distinct(roots: list[float]) -> list[float]:
        kept: list[float] = []
        for root in sorted(roots):
            if not kept or abs(root - kept[-1]) > 1e-9 * max(1.0, abs(root)):
                kept.append(root)
        return kept


def modified_internal_rate(
    flows: Sequence[float] | Series,
    times: Sequence[float] | Series,
    finance_rate: float,
    reinvestment_rate: float,
    scale: float | None = None,
) -> float | None:
    """The MIRR: outflows discounted at one rate, inflows carried to the end at the other.

    None when there are no outflows or no inflows, or when a short time makes it larger than
    any number. A year has one compounding.
    """
    amounts, when = without_noise(flows, scale), np.asarray(times, dtype=float)
    end = float(when[-1])
    with np.errstate(all="ignore"):
        paid = float(np.sum(np.minimum(amounts, 0) * (1 + finance_rate) ** -when))
        received = float(np.sum(np.maximum(amounts, 0) * (1 + reinvestment_rate) ** (end - when)))
    if paid == 0 or received == 0 or end == 0 or not math.isfinite(received / paid):
        return None
    try:
        return float((received / -paid) ** (1 / end) - 1)
    except OverflowError:
        return None


@dataclass(frozen=True)
class Payback:
    """When cumulative cash turns positive: `months` after the decision, or None.

    `period` is the period of the crossing, `crossings` how often cash turned positive.
    """

    months: float | None
    period: int | None
    crossings: int


def payback(
    flows: Sequence[float] | Series,
    months_per_period: int,
    *,
    crossing: str = "last",
    whole_periods: bool = False,
    scale: float | None = None,
) -> Payback:
    """The months until cumulative flows stop being negative.

    Linear inside the crossing period, or to its end with `whole_periods`. With several
    crossings the last one counts (or the `first`). None when the cumulative flow ends
    negative; 0 when it never is.
    """
    cumulative = cumulative_flows(flows, scale)
    before = np.concatenate([[0.0], cumulative[:-1]])
    crossings = np.flatnonzero((before < 0) & (cumulative >= 0))
    if cumulative[-1] < 0:
        return Payback(None, None, len(crossings))
    if len(crossings) == 0:
        return Payback(0.0, 0, 0)
    period = int(crossings[-1 if crossing == "last" else 0])
    step = float(cumulative[period] - before[period])
    inside = 1.0 if whole_periods else float(-before[period]) / step
    return Payback((period - 1 + inside) * months_per_period, period, len(crossings))


def cumulative_flows(flows: Sequence[float] | Series, scale: float | None = None) -> Series:
    """The running sum of flows, with rounding noise around zero set to zero.

    A sum may hold the noise of as many flows as there are.
    """
    amounts = np.asarray(flows, dtype=float)
    cumulative = np.cumsum(amounts)
    is_noise = np.abs(cumulative) <= noise_of(amounts, scale) * len(amounts)
    return np.where(is_noise, 0.0, cumulative)


def delayed(flows: Series, months: float, months_per_period: int) -> Series:
    """A stream of flows some months later, within the same horizon.

    A delay shorter than a period moves that share of each period's flow into the next one.
    """
    whole, part = divmod(months / months_per_period, 1)
    moved = _moved(flows, int(whole))
    if part == 0:
        return moved
    return (1 - part) * moved + part * _moved(flows, int(whole) + 1)


def _moved(flows: Series, periods: int) -> Series:
    if periods == 0:
        return flows
    return np.concatenate([np.zeros(min(periods, len(flows))), flows[: len(flows) - periods]])
