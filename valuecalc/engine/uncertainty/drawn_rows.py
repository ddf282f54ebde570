"""The rows of the cash flow over many draws at once, each of shape `(T, n)`.

They are worked out only for figures that are read off whole rows, such as paybacks; sums over
time need none of them. The arithmetic is that of `valuecalc.engine.books`, in the same order.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from valuecalc.case.case import Case
from valuecalc.engine.finance import NOISE
from valuecalc.engine.model import Evaluation, ModelLine

Draws = NDArray[np.float64]
"""One number for each draw, shape `(n,)`; or one for each period and draw, shape `(T, n)`."""

Mask = NDArray[np.bool_]


class Rows:
    """The rows of one evaluation with `draws` alternatives."""

    def __init__(self, evaluation: Evaluation, draws: int) -> None:
        self.evaluation = evaluation
        self.model = evaluation.model
        self.shape = (len(evaluation.model.years), draws)

    @property
    def case(self) -> Case:
        """The case that is drawn."""
        return self.model.case

    @cached_property
    def months(self) -> Draws:
        """The months from the decision to the end of each period, shape `(T,)`."""
        return np.arange(self.shape[0], dtype=float) * self.months_per_period

    @property
    def months_per_period(self) -> int:
        """The length of a period."""
        return self.case.timeline.period.months

    @cached_property
    def benefits(self) -> Draws:
        """All benefits in money."""
        return self._side(1)

    @cached_property
    def investment(self) -> Draws:
        """All investments; their amounts are positive."""
        return self._side(-1)

    @cached_property
    def net(self) -> Draws:
        """Benefits less investment."""
        with np.errstate(all="ignore"):
            return self.benefits - self.investment

    @cached_property
    def discount_factor(self) -> Draws:
        """The discount factor of each period, shape `(T,)`: one rate for all draws."""
        return self.evaluation.discount_factor()

    @cached_property
    def discounted(self) -> Draws:
        """The net flow times the discount factors."""
        with np.errstate(all="ignore"):
            return self.net * self.discount_factor[:, np.newaxis]

    @cached_property
    def cumulative(self) -> Draws:
        """The running sum of the net flow."""
        return cumulative_rows(self.net, self.scale)

    @cached_property
    def cumulative_discounted(self) -> Draws:
        """The running sum of the discounted net flow."""
        return cumulative_rows(self.discounted, self._scale(self.discount_factor))

    @cached_property
    def scale(self) -> Draws:
        """The largest benefit or investment of each draw, which rounding is measured by: `(n,)`."""
        return self._scale(np.ones(self.shape[0]))

    @cached_property
    def without_noise(self) -> Draws:
        """The net flow, with what is nothing but rounding set to zero."""
        return without_noise(self.net, self.scale)

    @cached_property
    def has_investment(self) -> Mask:
        """For each draw, whether anything is invested."""
        largest = largest_flows(np.ones(self.shape[0]), self.investment)
        return largest > NOISE * self.scale

    @cached_property
    def is_defined(self) -> Mask:
        """For each draw, whether its discounted net flow is a number in every period."""
        return np.asarray(np.isfinite(self.discounted).all(axis=0))

    def _scale(self, weights: Draws) -> Draws:
        return largest_flows(weights, self.benefits, self.investment)

    def _side(self, sign: int) -> Draws:
        lines = [line for line in self.model.lines if line.monetary and line.sign == sign]
        total = np.zeros(self.shape)
        with np.errstate(all="ignore"):
            for line in lines:
                total += self._flow(line)
            if np.isfinite(total).all():
                return total
            # Zero times undefined is undefined, also where a line does not flow.
            total = np.zeros(self.shape)
            for line in lines:
                total += self.evaluation.net(line)
        return total

    def _flow(self, line: ModelLine) -> Draws:
        grid = self.evaluation.grid
        flow = grid.over_time(line.timing.fixed) * self.evaluation.net_weight(line)
        written_out: Draws = grid.plain(flow)
        return written_out


def over_periods(weights: Draws, rows: Draws) -> Draws:
    """The sum over time of rows `(T, n)` times weights `(T,)`."""
    # Not a matrix product: its last digits depend on the number of threads.
    total: Draws = np.einsum("t,tn->n", weights, rows)
    return total


def largest_flows(weights: Draws, *rows: Draws) -> Draws:
    """The size of the largest flow of each draw: `finance.largest_flow` of rows times weights."""
    largest = np.zeros(rows[0].shape[1])
    size = np.empty_like(largest)
    with np.errstate(all="ignore"):
        for flows in rows:
            # Period by period, as a row fits the cache and all of them do not.
            for weight, flow in zip(weights, flows, strict=True):
                np.abs(flow, out=size)
                size *= weight
                np.maximum(largest, size, out=largest)
    # A draw with an undefined flow has no figures that are read off rows.
    largest[~np.isfinite(largest)] = 0.0
    return largest


def without_noise(flows: Draws, scale: Draws) -> Draws:
    """Each draw's flows without rounding noise, as `finance.without_noise` has them for one."""
    limits, cleared = NOISE * scale, flows
    size = np.empty_like(limits)
    for period, flow in enumerate(flows):
        np.abs(flow, out=size)
        is_noise = size <= limits
        if flow[is_noise].any():
            # Only now, as hardly any case has such flows.
            cleared = flows.copy() if cleared is flows else cleared
            cleared[period, is_noise] = 0.0
    return cleared


def cumulative_rows(flows: Draws, scale: Draws) -> Draws:
    """The running sum of each draw's flows, as `finance.cumulative_flows` has it for one."""
    limits = NOISE * len(flows) * scale
    with np.errstate(all="ignore"):
        cumulative: Draws = np.cumsum(flows, axis=0)
        is_noise = np.abs(cumulative) <= limits
    if is_noise.any():
        cumulative[is_noise] = 0.0
    return cumulative
