"""Figures that are found by trial or read off rows, over many draws at once.

The searches and their conventions are those of `valuecalc.engine.searches`, under the same
names; each takes the rows of draws whose net flow is a number in every period or not, and
leaves NaN where a figure does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from valuecalc.engine.searches import (
    NEVER_BELOW_ZERO,
    NO_INVESTMENT,
    NO_RATE,
    NO_SIGN_CHANGE,
    ONE_SIDED,
    beyond_horizon,
)
from valuecalc.engine.uncertainty import drawn_rates
from valuecalc.engine.uncertainty.drawn_rates import internal_rates_of_draws
from valuecalc.engine.uncertainty.drawn_rows import Draws, Mask, Rows, over_periods
from valuecalc.phrases import phrase


@dataclass(frozen=True)
class Searched:
    """One number for each draw; `why` marks the draws without one, by reason."""

    values: Draws
    why: Mapping[str, Mask] = field(default_factory=dict)
    alone: int = 0


SEVERAL_RATES = phrase("Not unique: the NPV is zero at several rates. See the modified IRR.")


def never_pays_back(rows: Rows) -> str:
    """The reason why there is no payback: it lies beyond the horizon."""
    return beyond_horizon(rows.case)


def _irr(rows: Rows, start: float) -> Searched:
    net = np.where(rows.is_defined, rows.without_noise, 0.0)
    found = internal_rates_of_draws(net, rows.model.times, start, rows.scale)
    has_both = (net > 0).any(axis=0) & (net < 0).any(axis=0)
    is_none = found.status == drawn_rates.NONE
    why: dict[str, Mask] = {
        NO_SIGN_CHANGE: is_none & ~has_both,
        NO_RATE: is_none & has_both,
        SEVERAL_RATES: found.status == drawn_rates.SEVERAL,
    }
    return Searched(found.rates, why, found.alone)


def _mirr(rows: Rows, _: float) -> Searched:
    conventions, rate = rows.case.conventions, rows.case.discounting.rate
    paid_at = rate if conventions.finance_rate is None else conventions.finance_rate
    carried_at = rate if conventions.reinvestment_rate is None else conventions.reinvestment_rate
    times = rows.model.times
    end = float(times[-1])
    with np.errstate(all="ignore"):
        paid = over_periods((1 + paid_at) ** -times, np.minimum(rows.without_noise, 0))
        inflows = np.maximum(rows.without_noise, 0)
        received = over_periods((1 + carried_at) ** (end - times), inflows)
        exists = (paid != 0) & (received != 0) & np.isfinite(received / paid) & (end != 0)
        values = (received / -paid) ** (1 / end if end else 1.0) - 1
    exists &= np.isfinite(values)
    return Searched(np.where(exists, values, np.nan), {ONE_SIDED: ~exists})


def _payback(rows: Rows, _: float) -> Searched:
    return _payback_in(rows, rows.cumulative)


def _payback_discounted(rows: Rows, _: float) -> Searched:
    return _payback_in(rows, rows.cumulative_discounted)


def _payback_in(rows: Rows, cumulative: Draws) -> Searched:
    conventions = rows.case.conventions
    is_never = cumulative[-1] < 0
    without = ~rows.has_investment
    period = _crossing(cumulative, conventions.payback_crossing)
    columns = np.arange(cumulative.shape[1])
    reached = cumulative[period, columns]
    before = cumulative[np.maximum(period - 1, 0), columns]
    inside: Draws = np.ones(len(columns))
    if conventions.payback != "whole_periods":
        with np.errstate(all="ignore"):
            inside = -before / (reached - before)
    months = np.where(period > 0, (period - 1 + inside) * rows.months_per_period, 0.0)
    exists = ~is_never & ~without
    why = {NO_INVESTMENT: without, never_pays_back(rows): is_never & ~without}
    return Searched(np.where(exists, months, np.nan), why)


def _crossing(cumulative: Draws, which: str) -> NDArray[np.int64]:
    """The period in which each draw's cash turns positive, the last or first; 0 if never."""
    turns = np.zeros(cumulative.shape, dtype=bool)
    np.logical_and(cumulative[:-1] < 0, cumulative[1:] >= 0, out=turns[1:])
    if which != "last":
        return np.asarray(np.argmax(turns, axis=0))
    period = len(turns) - 1 - np.argmax(turns[::-1], axis=0)
    return np.where(turns.any(axis=0), period, 0)


def _peak_funding(rows: Rows, _: float) -> Searched:
    return Searched(np.minimum(0.0, rows.cumulative.min(axis=0)))


def _peak_funding_month(rows: Rows, _: float) -> Searched:
    lowest = np.argmin(rows.cumulative, axis=0)
    never = rows.cumulative.min(axis=0) >= 0
    return Searched(np.where(never, np.nan, rows.months[lowest]), {NEVER_BELOW_ZERO: never})


DRAWN_SEARCHES: dict[str, Callable[[Rows, float], Searched]] = {
    "irr": _irr,
    "mirr": _mirr,
    "payback": _payback,
    "payback_discounted": _payback_discounted,
    "peak_funding": _peak_funding,
    "peak_funding_month": _peak_funding_month,
}
"""By name; the second argument is the figure at expected values (0 where it does not exist)."""
