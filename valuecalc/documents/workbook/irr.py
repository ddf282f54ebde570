"""The search for the internal rate of return, in numbers; `irr_rows` writes it as formulas.

As in `valuecalc.engine.finance` the net present value is looked at as a function of
`g = ln(1 + rate)`: scaled so that it neither overflows nor loses its sign, scanned between
bounds that no root can lie beyond, and halved where it changes its sign once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from valuecalc.documents.workbook.draft import Draft, Values
from valuecalc.documents.workbook.payback import noise_of

SCAN_STEPS = 60
HALVINGS = 56
DENSITY = 100.0


@dataclass(frozen=True)
class InternalRate:
    """The search for the rate at which the net flow of a draft is worth nothing."""

    draft: Draft

    @cached_property
    def times(self) -> Values:
        """The years that discounting counts."""
        return [float(time) for time in self.draft.axis.times]

    @cached_property
    def merged(self) -> Values:
        """The net flow, with flows of one moment added up in the later period."""
        net = [value if value - value == 0 else 0.0 for value in self.draft.series("net")]
        sums = list(net)
        for period, (earlier, later) in enumerate(pairwise(self.times)):
            if earlier == later:
                sums[period + 1] += sums[period]
                sums[period] = 0.0
        return sums

    @cached_property
    def noise(self) -> float:
        """The size below which a flow is nothing but rounding."""
        return noise_of(self.draft, "net")

    @cached_property
    def flow(self) -> Values:
        """The flow that is searched."""
        return [value if abs(value) > self.noise else 0.0 for value in self.merged]

    @cached_property
    def moments(self) -> Values:
        """The times at which something flows."""
        return [time for time, flow in zip(self.times, self.flow, strict=True) if flow]

    @cached_property
    def span(self) -> tuple[float, float]:
        """The times of the first and of the last flow."""
        return (self.moments[0], self.moments[-1]) if self.moments else (0.0, 0.0)

    @cached_property
    def since(self) -> Values:
        """The years from the first flow, at most to the last one."""
        first, last = self.span
        return [max(0.0, min(time, last) - first) for time in self.times]

    @cached_property
    def gaps(self) -> Values:
        """The years between one period and the next."""
        steps = pairwise([0.0, *self.times])
        return [later - earlier if later > earlier else self.times[-1] for earlier, later in steps]

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The sizes of the first and of the last flow."""
        sizes = [abs(flow) for flow in self.flow]
        first = next((size for size in sizes if size), 1.0)
        when = [time if flow else 0.0 for time, flow in zip(self.times, self.flow, strict=True)]
        return first, sizes[when.index(self.span[1])]

    @cached_property
    def bound(self) -> float:
        """No root lies further from zero than this."""
        smaller = min(self.ends)
        if smaller == 0 or min(self.gaps) == 0:
            return 1.0
        return math.log(math.fsum(map(abs, self.flow)) / smaller) / min(self.gaps) + 1

    def worth(self, g: float) -> float:
        """The scaled net present value."""
        first, last = self.span
        scale = max(0.0, -g * (last - first))
        terms = zip(self.flow, self.since, strict=True)
        return math.fsum(flow * math.exp(-g * years - scale) for flow, years in terms)

    @cached_property
    def grid(self) -> list[tuple[float, float]]:
        """The points of the scan with their worth, denser around zero."""
        reach = math.asinh(self.bound * DENSITY)
        steps = range(-SCAN_STEPS, SCAN_STEPS + 1)
        points = [math.sinh(step / SCAN_STEPS * reach) / DENSITY for step in steps]
        return [(g, self.worth(g)) for g in points]

    @cached_property
    def crossings(self) -> list[float]:
        """For each point of the scan, 1 if the worth has changed its sign since the last."""
        worths = [worth for _, worth in self.grid]
        found = [
            float(before != 0 and sign_of(before) * sign_of(after) <= 0)
            for before, after in pairwise(worths)
        ]
        return [0.0, *found]

    @cached_property
    def roots(self) -> float:
        """How many rates there are, as far as the scan can tell them apart."""
        return sum(self.crossings) if self.is_defined else 0.0

    @property
    def is_defined(self) -> bool:
        """Whether every period has a number."""
        return all(value - value == 0 for value in self.draft.series("discounted"))

    @cached_property
    def start(self) -> tuple[float, float, float]:
        """The points around the first crossing, and the sign at the lower one."""
        if 1.0 not in self.crossings:
            return 0.0, 0.0, 0.0
        at = self.crossings.index(1.0)
        (low, worth), (high, _) = self.grid[at - 1], self.grid[at]
        return low, high, sign_of(worth)

    @cached_property
    def halvings(self) -> list[tuple[float, float, float, float]]:
        """Low end, high end, middle, and the worth there, halving by halving."""
        low, high, sign = self.start
        found = []
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            worth = self.worth(middle)
            found.append((low, high, middle, worth))
            low, high = (middle, high) if sign_of(worth) == sign else (low, middle)
        return found

    @cached_property
    def rate(self) -> float:
        """The rate that the search ends at, a year."""
        return math.exp(self.halvings[-1][2]) - 1

    @property
    def is_regular(self) -> bool:
        """Whether a spreadsheet's own IRR() can be used: equal periods, flows at their ends."""
        discounting = self.draft.case.discounting
        return discounting.timing == "end" and discounting.day_count in ("months", "30/360")

    @property
    def periods_per_year(self) -> float:
        """How many periods a year has."""
        return 12 / self.draft.axis.months_per_period


def sign_of(value: float) -> float:
    """1, 0 or -1."""
    return float((value > 0) - (value < 0))
