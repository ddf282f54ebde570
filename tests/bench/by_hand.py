"""The reference case as an expert would write it by hand in NumPy: the yardstick.

One function of the thirty assumptions, for one set of numbers or for many at once. What
depends on the time axis alone is worked out once, when the model is made; everything else is
plain arrays with the periods as the first axis. It shares nothing with the package.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Values = Any
"""A number, or an array with one number for each alternative."""

RATE = 0.10
BENEFITS = 8


class HandWritten:
    """The model over `months` monthly periods; period 0 is the decision."""

    def __init__(self, months: int, many: bool = False) -> None:
        period = np.arange(months + 1.0)
        self.periods = months + 1
        self.discount = (1 + RATE) ** (-period / 12)
        self.signs = np.array([1.0] * BENEFITS + [-1.0] * BENEFITS)
        if many:
            period = period[:, np.newaxis]
        year = np.maximum(0, np.ceil(period / 12) - 1)
        self.running = (period >= 1).astype(float)
        self.step_3 = 1.03**year
        self.growth_2 = 1.02 ** np.floor(np.maximum(0, period - 1) / 12)
        self.index_10 = 1.010 ** ((period - 1) / 12)
        self.index_15 = 1.015 ** ((period - 1) / 12)
        self.linear = {n: np.clip(period / n, 0, 1) for n in (6, 9, 10, 12)}
        risen = np.clip(period / 18, 0, 1)
        self.s_curve = risen**2 * (3 - 2 * risen)
        self.by_year = self.running * np.select([period <= 12, period <= 24], [0.4, 0.8], 1.0)
        self.spread = {n: self.running * (period <= n) / n for n in (6, 9, 10)}
        self.at_decision = (period == 0).astype(float)
        self.from_2 = (period >= 2).astype(float)
        self.from_4 = (period >= 4).astype(float)

    def stock(self, opening: Values, lost: Values, added: Values) -> Values:
        """Subscribers over time: those who stay, and those who come."""
        found = np.empty((self.periods, *np.shape(opening + lost + added)))
        found[0] = opening * (1 - lost) + added
        found[1] = found[0]
        for period in range(2, self.periods):
            found[period] = found[period - 1] * (1 - lost) + added
        return found

    def flows(self, a: Mapping[str, Values]) -> list[Values]:
        """The net flow of each line over the periods: eight benefits, eight investments."""
        active = self.stock(a["opening"], a["churn"], a["added"])
        retained = self.stock(a["opening"], a["churn"] * (1 - a["churn_cut"]), a["added"])
        kept = np.maximum(retained - active - 5000, 0)
        visits = a["sites"] * a["fault_rate"] * a["avoidable"] * a["visit_share"]
        hours_used = visits * a["repair_time"] * a["usable"]
        sensors = a["sites"] * 3
        energy_used = a["masts"] * a["energy_use"]
        price = a["energy_price"] * self.step_3
        charge = energy_used * price * 0.12 * self.index_15
        energy = energy_used * a["energy_saved"] * price + charge * a["energy_saved"]
        outages = a["outage_time"] * a["outage_cut"] * a["outage_cost"] / 12
        deflected = a["tickets"] * self.index_10 * a["deflected"]
        return [
            active
            * a["take_up"]
            * (a["arpu_after"] - a["arpu_before"])
            * a["margin"]
            * self.s_curve
            * 0.8,
            kept * a["arpu_before"] * a["margin"] * self.running * self.growth_2 * 0.5,
            visits * a["visit_cost"] * self.linear[12] * 0.9,
            hours_used * (a["wage"] * self.step_3) * self.linear[12] * 0.75,
            energy * self.by_year * 0.95,
            outages * self.linear[6] * (1 - 0.15),
            deflected * a["ticket_cost"] * self.linear[10] * 0.85,
            deflected * a["handling_time"] * 22 * self.linear[10] * 0.5,
            active * 0.35 * self.running,
            a["added"] * 12 * 8 * self.spread[6],
            sensors * 85 * self.spread[9] * (1 + 0.10),
            sensors * 1.2 * self.linear[9],
            a["masts"] * 140 * self.at_decision,
            a["masts"] * 30 / 12 * self.from_4,
            a["project_days"] * a["day_rate"] * self.spread[10],
            (a["licence"] + a["licence"] * 0.18) * self.from_2,
        ]

    def what_if(self, a: Mapping[str, Values]) -> tuple[Values, Values]:
        """Each line's total, and the net present value."""
        flows = np.stack(self.flows(a))
        totals = flows.sum(axis=1)
        net = np.tensordot(self.signs, flows, axes=1)
        return totals, self.discount @ net
