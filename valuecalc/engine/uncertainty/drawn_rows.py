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
        return cumulative_rows(self.net)

    @cached_property
    def is_defined(self) -> Mask:
        """For each draw, whether its discounted net flow is a number in every period."""
        return np.asarray(np.isfinite(self.discounted).all(axis=0))

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


def cumulative_rows(flows: Draws) -> Draws:
    """The running sum of each draw's flows, as `finance.cumulative_flows` has it for one."""
    with np.errstate(all="ignore"):
        cumulative: Draws = np.cumsum(flows, axis=0)
        noise = np.abs(flows)
        np.maximum.accumulate(noise, axis=0, out=noise)
        noise *= NOISE * len(flows)
        is_noise = np.abs(cumulative) <= noise
    if is_noise.any():
        cumulative[is_noise & np.isfinite(cumulative)] = 0.0
    return cumulative
