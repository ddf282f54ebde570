"""When a line flows, as rows: from its start to its end, ramped, spread or growing.

The parameters are inputs; the formulas follow `valuecalc.engine.timing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from valuecalc.case.case import RampShape
from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.draft import Draft, Values
from valuecalc.documents.workbook.language import Language
from valuecalc.documents.workbook.rows import SUM, Row
from valuecalc.engine.result import LineResult

_YEARS_SINCE = "MAX(0,[period]-[{first}])*[timeline.months_per_period]/[timeline.months_per_year]"


@dataclass(frozen=True)
class TimingRows:
    """The rows that say when one line flows; the last one is named `<line>.timing`."""

    draft: Draft
    language: Language
    line: LineResult

    def rows(self) -> Iterator[Row]:
        """The share of each period, then growth, then what the amount is multiplied by."""
        line = self.line
        plain = line.length == 1 and line.line.growth is None
        yield from self._share(f"{line.prefix}.timing" if plain else f"{line.prefix}.share")
        if line.line.growth is not None:
            yield self._growth()
        if not plain:
            yield self._profile()

    def _name(self, parameter: str) -> str:
        return f"timing.{self.line.id}.{parameter}"

    def _share(self, key: str) -> Iterator[Row]:
        line, ramp = self.line.line, self.line.line.ramp
        if self.line.flow != "running":
            formula = self._spread() if line.spread else f"([period]=[{self._name('first')}])*1"
        elif ramp.years:
            formula = f"{self._active()}*{self._by_years()}"
        elif ramp.is_flat:
            formula = self._active()
        else:
            helpers, share = self._ramp()
            yield from helpers
            formula = f"{self._active()}*{share}"
        yield self._row(key, "Timing", formula, [float(v) for v in self.line.ramp], total=SUM)

    def _active(self) -> str:
        first, last = self._name("first"), self._name("last")
        return f"([period]>=[{first}])*([period]<=[{last}])"

    def _spread(self) -> str:
        first, spread = self._name("first"), self._name("spread")
        months = "[timeline.months_per_period]"
        left = f"[{spread}]-([period]-[{first}])*{months}"
        return f"([period]>=[{first}])*MAX(0,MIN({months},{left}))/[{spread}]"

    def _by_years(self) -> str:
        shares = f"[ramps.{self.line.id}]"
        year = f"INT({_YEARS_SINCE.format(first=self._name('first'))})+1"
        return f"INDEX({shares},MIN({year},ROWS({shares})))"

    def _ramp(self) -> tuple[list[Row], str]:
        if self.draft.axis.months_per_period == 1:
            return self._monthly_ramp()
        return self._averaged_ramp()

    def _monthly_ramp(self) -> tuple[list[Row], str]:
        first, months = self._name("first"), self._name("ramp")
        reached = f"MAX(0,MIN(1,([period]-[{first}]+1)/[{months}]))"
        if self.line.line.ramp.shape is RampShape.LINEAR:
            return [], reached
        values = [min(1.0, month / self._ramp_months) for month in self._months_since()]
        row = self._row(f"{self.line.prefix}.reached", "Part of the ramp", reached, values)
        x = f"[{row.key}]"
        return [row], f"{x}*{x}*(1+(1-{x})+(1-{x}))"

    def _averaged_ramp(self) -> tuple[list[Row], str]:
        """On longer periods the ramp's share is the mean of its months, by their running sum."""
        prefix, months = self.line.prefix, f"[{self._name('ramp')}]"
        since = f"MAX(0,[period]-[{self._name('first')}]+1)*[timeline.months_per_period]"
        passed = self._months_since()
        ramped = [min(month, self._ramp_months) for month in passed]
        c, m = f"[{prefix}.ramped]", f"[{prefix}.since]"
        if self.line.line.ramp.shape is RampShape.LINEAR:
            part = f"{c}*({c}+1)/({months}+{months})"
        else:
            part = f"{c}*({c}+1)*({c}+{c}+1-{c}*({c}+1)/{months})/({months}*({months}+{months}))"
        sums = [self._sum_to(month) for month in passed]
        rows = [
            self._row(f"{prefix}.since", "Months since the start", since, passed, unit="month"),
            self._row(
                f"{prefix}.ramped", "Months of the ramp", f"MIN({months},{m})", ramped, unit="month"
            ),
            self._row(
                f"{prefix}.full",
                "Months at full amount so far",
                f"{part}+{m}-{c}",
                sums,
                unit="month",
            ),
        ]
        return rows, f"([{prefix}.full]-[{prefix}.full|before])/[timeline.months_per_period]"

    @property
    def _ramp_months(self) -> float:
        return float(self.line.line.ramp.months)

    def _months_since(self) -> Values:
        """The months from the start of the line to the end of each period."""
        first = self.draft.binding.flows[self.line.id].first
        length = self.draft.axis.months_per_period
        return [
            float(max(0, period - first + 1) * length) for period in range(self.draft.periods + 1)
        ]

    def _sum_to(self, month: float) -> float:
        c, r = min(month, self._ramp_months), self._ramp_months
        if self.line.line.ramp.shape is RampShape.LINEAR:
            return c * (c + 1) / (2 * r) + month - c
        return c * (c + 1) * (2 * c + 1 - c * (c + 1) / r) / (2 * r * r) + month - c

    def _growth(self) -> Row:
        prefix = self.line.prefix
        share = f"{prefix}.share"
        years = f"INT({_YEARS_SINCE.format(first=self._name('first'))})*([{share}]<>0)"
        formula = f"(1+({self.language.write(self.line.id, 'growth')}))^({years})"
        values = [
            float(growth) if ramp else 1.0
            for growth, ramp in zip(self.line.growth, self.line.ramp, strict=True)
        ]
        return self._row(f"{prefix}.growth", "Growth", formula, values)

    def _profile(self) -> Row:
        parts = [f"[{self.line.prefix}.share]"]
        if self.line.length != 1:
            conversion = self.language.conversion_of_length(self.line.unit)
            parts += [f"[{conversion.name}]"] if conversion else []
            parts.append("[timeline.months_per_period]")
        if self.line.line.growth is not None:
            parts.append(f"[{self.line.prefix}.growth]")
        values = [float(value) for value in self.line.profile]
        label = "Timing × length" if self.line.length != 1 else "Timing × growth"
        return self._row(f"{self.line.prefix}.timing", label, "*".join(parts), values, total=SUM)

    def _row(
        self,
        key: str,
        label: str,
        formula: str,
        values: Values,
        *,
        unit: str = "factor",
        total: str = "",
    ) -> Row:
        return Row(
            key=key,
            label=f"{label}: {self.line.label}",
            unit=unit,
            values=values,
            formula=formula,
            format=formats.amount("1", values, dash=True),
            total=total,
        )
