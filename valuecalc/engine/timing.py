"""When a line flows: start, end, spread, ramp and growth, as factors per period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from valuecalc.case.binding import RUNNING, Flow
from valuecalc.case.case import Line, Ramp, RampShape
from valuecalc.case.timeline import Timeline
from valuecalc.formula import units

Series = NDArray[np.float64]


@dataclass(frozen=True)
class Timing:
    """The factors of one line over the periods.

    `share` is 0 where nothing flows, the ramp's factor or the share of a spread amount
    elsewhere; `length` what one period counts in the unit's time (12 for `GBP/month` on
    yearly periods, 1 for a single amount); `growth_years` the full years since the start.
    """

    share: Series
    length: float
    growth_years: Series

    @property
    def fixed(self) -> Series:
        """What the timing alone multiplies the amount by, growth apart."""
        return self.share * self.length


def timing(line: Line, flow: Flow, timeline: Timeline) -> Timing:
    """The timing of a line on the grid of a timeline."""
    months = timeline.period.months
    periods = np.arange(timeline.periods + 1)
    since = periods - flow.first
    active = (since >= 0) & (periods <= flow.last)
    growth_years = np.where(active, np.maximum(0, since) * months // 12, 0).astype(float)
    if flow.kind != RUNNING:
        return Timing(_shares(line, active, since, months), 1.0, growth_years)
    share = np.where(active, ramp_factors(line.ramp, since, months), 0.0)
    # Period 0 is a moment: nothing runs in it.
    share[0] = 0.0
    length = flow.unit.factor_to(units.per_month(flow.unit)) * months
    return Timing(share, length, growth_years)


def _shares(line: Line, active: NDArray[np.bool_], since: NDArray[np.int64], months: int) -> Series:
    if not line.spread:
        return active.astype(float)
    covered = np.clip(line.spread - since * months, 0, months)
    return np.where(active, covered / line.spread, 0.0)


def ramp_factors(ramp: Ramp, since: NDArray[np.int64], months: int) -> Series:
    """The ramp's factor in each period, `since` periods after the start.

    On grids coarser than months a period's factor is the average of its months'.
    """
    if ramp.is_flat:
        return np.ones(len(since))
    first_month = np.maximum(0, since)[:, np.newaxis] * months
    month = first_month + np.arange(1, months + 1)
    factors: Series = _ramp_of_month(ramp, month).mean(axis=1)
    return factors


def _ramp_of_month(ramp: Ramp, month: NDArray[np.int64]) -> Series:
    if ramp.years:
        year = np.minimum((month - 1) // 12, len(ramp.years) - 1)
        shares: Series = np.asarray(ramp.years, dtype=float)[year]
        return shares
    reached: Series = np.minimum(1.0, month / ramp.months)
    if ramp.shape is RampShape.S_CURVE:
        return reached**2 * (3 - 2 * reached)
    return reached
