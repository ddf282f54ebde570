"""How fast the figures that are found by trial or read off rows change with the cash flow.

Each function takes the books of a case, the rates of its net flow (shape `(T, k)`: a column for
each assumption) and the side of a kink that is asked for, and gives the rates of the figure,
shape `(k,)`. The figure exists; a rate is NaN where it has no slope.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from valuecalc.engine import finance
from valuecalc.engine.books import Books

Array = NDArray[np.float64]
SearchSlope = Callable[[Books, Array, bool], Array]


def _irr(books: Books, rates: Array, second: bool) -> Array:
    """By the implicit function theorem: the NPV at this rate stays zero."""
    net, times = books.series["net"], books.axis.times
    rate = finance.internal_rates(net, times, books.scale("net")).unique
    assert rate is not None, "only a unique rate has a slope"
    factors = finance.discount_factors(times, rate)
    by_rate = -float(net @ (times * factors)) / (1 + rate)
    # A double root moves infinitely fast, or ceases to exist.
    slopes: Array = -(factors @ rates) / (by_rate or math.nan)
    return slopes


def _mirr(books: Books, rates: Array, second: bool) -> Array:
    discounting, conventions = books.case.discounting, books.case.conventions
    finance_rate, reinvestment_rate = (
        discounting.rate if given is None else given
        for given in (conventions.finance_rate, conventions.reinvestment_rate)
    )
    net = finance.without_noise(books.series["net"], books.scale("net"))
    times = books.axis.times
    end = float(times[-1])
    is_inflow = net > 0 if second else net >= 0
    carried = np.where(is_inflow, (1 + reinvestment_rate) ** (end - times), 0.0)
    discounted = np.where(is_inflow, 0.0, (1 + finance_rate) ** -times)
    received, paid = float(carried @ net), float(discounted @ net)
    value = float((received / -paid) ** (1 / end))
    relative: Array = (carried @ rates) / received - (discounted @ rates) / paid
    return relative * (value / end)


def _payback(books: Books, rates: Array, second: bool) -> Array:
    return _crossing(books, "net", np.cumsum(rates, axis=0), second)


def _payback_discounted(books: Books, rates: Array, second: bool) -> Array:
    factor = books.axis.discount_factor[:, np.newaxis]
    return _crossing(books, "discounted", np.cumsum(rates * factor, axis=0), second)


def _crossing(books: Books, series: str, rates: Array, second: bool) -> Array:
    """Of the moment inside its period in which cumulative cash is zero."""
    conventions, months = books.case.conventions, books.axis.months_per_period
    flows, scale = books.series[series], books.scale(series)
    found = finance.payback(flows, months, crossing=conventions.payback_crossing, scale=scale)
    if not found.period or conventions.payback == "whole_periods":
        return np.zeros(rates.shape[1])
    cumulative = finance.cumulative_flows(flows, scale)
    period = found.period
    if second and cumulative[period] == 0:
        # A little less cash, and it turns positive in the next period, if there is one.
        period += 1
        if period == len(cumulative):
            return np.full(rates.shape[1], math.nan)
    before, after = float(cumulative[period - 1]), float(cumulative[period])
    step = after - before
    change: Array = before * rates[period] - after * rates[period - 1]
    return change * (months / (step * step or math.nan))


def _peak(books: Books, rates: Array, second: bool) -> Array:
    """Of the lowest point; of several equally low ones, the one that moves furthest."""
    flows, scale = books.series["net"], books.scale("net")
    cumulative = finance.cumulative_flows(flows, scale)
    lowest = min(0.0, float(cumulative.min()))
    noise = finance.noise_of(flows, scale) * len(flows)
    candidates = np.cumsum(rates, axis=0)[cumulative <= lowest + noise]
    if lowest >= -noise:
        candidates = np.vstack([candidates, np.zeros(rates.shape[1])])
    slopes: Array = candidates.max(axis=0) if second else candidates.min(axis=0)
    return slopes


def _peak_month(books: Books, rates: Array, second: bool) -> Array:
    return np.zeros(rates.shape[1])


SEARCH_SLOPES: dict[str, SearchSlope] = {
    "irr": _irr,
    "mirr": _mirr,
    "payback": _payback,
    "payback_discounted": _payback_discounted,
    "peak_funding": _peak,
    "peak_funding_month": _peak_month,
}
