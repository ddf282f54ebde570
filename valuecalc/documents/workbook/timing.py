"""When a line flows, as rows: from its start to its end, ramped, spread or growing.

The parameters are inputs; the formulas follow `valuecalc.engine.timing`, one short step a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from valuecalc.case.case import RampShape
from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.draft import Draft, Values
from valuecalc.documents.workbook.language import Language
from valuecalc.documents.workbook.rows import SUM, Row
from valuecalc.documents.workbook.timeaxis import floats
from valuecalc.engine.result import LineResult

_LENGTH = "[timeline.months_per_period]"


@dataclass(frozen=True)
class TimingRows:
    """The rows that say when one line flows; the last one is named `<line>.timing`."""

    draft: Draft
    language: Language
    line: LineResult

    def rows(self) -> Iterator[Row]:
        """The share of each period, then growth, then what the amount is multiplied by."""
        line = self.line
        grows = line.line.growth is not None
        plain = line.length == 1 and not grows
        if grows or line.line.ramp.years:
            yield self._years()
        yield from self._share(f"{line.prefix}.timing" if plain else f"{line.prefix}.share")
        if grows:
            yield from self._growth()
        if not plain:
            yield self._profile()

    # ------------------------------------------------------------------ parameters and places

    def _input(self, parameter: str) -> str:
        return f"[timing.{self.line.id}.{parameter}]"

    def _key(self, row: str) -> str:
        return f"{self.line.prefix}.{row}"

    def _cell(self, row: str) -> str:
        return f"[{self._key(row)}]"

    @property
    def _since(self) -> list[int]:
        """The periods since the start of the line, below zero before it."""
        first = self.draft.binding.flows[self.line.id].first
        return [period - first for period in range(self.draft.periods + 1)]

    @property
    def _months(self) -> int:
        return self.draft.axis.months_per_period

    # ------------------------------------------------------------------ rows

    def _years(self) -> Row:
        years = [float(max(0, since) * self._months // 12) for since in self._since]
        since = f"MAX(0,[period]-{self._input('first')})"
        formula = f"INT({since}*{_LENGTH}/[timeline.months_per_year])"
        return self._row("years", "Full years since the start", formula, years, unit="year")

    def _share(self, key: str) -> Iterator[Row]:
        """The share of the amount that flows in each period, and what it follows from."""
        line = self.line.line
        if self.line.flow != "running":
            steps, formula = self._single()
        elif line.ramp.is_flat:
            steps, formula = [], self._runs
        else:
            ramp_steps, ramp = self._ramp()
            steps = [self._running(), *ramp_steps]
            formula = f"{self._cell('running')}*{ramp}"
        yield from steps
        name = key.rpartition(".")[2]
        yield self._row(name, "Timing", formula, floats(self.line.ramp), total=SUM)

    @property
    def _runs(self) -> str:
        return f"([period]>={self._input('first')})*([period]<={self._input('last')})"

    def _running(self) -> Row:
        flow = self.draft.binding.flows[self.line.id]
        periods = range(self.draft.periods + 1)
        values = [float(flow.first <= period <= flow.last) for period in periods]
        return self._row("running", "Runs", self._runs, values, unit="0/1")

    def _single(self) -> tuple[list[Row], str]:
        """An amount once, or evenly over months."""
        first, spread = self._input("first"), self._input("spread")
        if not self.line.line.spread:
            return [], f"([period]={first})*1"
        left = [float(self.line.line.spread - since * self._months) for since in self._since]
        formula = f"{spread}-([period]-{first})*{_LENGTH}"
        row = self._row("left", "Months still to come", formula, left, unit="month")
        covered = f"MAX(0,MIN({_LENGTH},{self._cell('left')}))"
        return [row], f"([period]>={first})*{covered}/{spread}"

    def _ramp(self) -> tuple[list[Row], str]:
        """The rows of a ramp, and its factor."""
        ramp = self.line.line.ramp
        if ramp.years:
            shares = f"[ramps.{self.line.id}]"
            return [], f"INDEX({shares},MIN({self._cell('years')}+1,ROWS({shares})))"
        if self._months > 1:
            return self._averaged_ramp()
        months = self._input("ramp")
        formula = f"MAX(0,MIN(1,([period]-{self._input('first')}+1)/{months}))"
        reached = [max(0.0, min(1.0, (since + 1) / ramp.months)) for since in self._since]
        row, x = self._row("reached", "Part of the ramp", formula, reached), self._cell("reached")
        if ramp.shape is RampShape.LINEAR:
            return [row], x
        return [row], f"{x}*{x}*(1+(1-{x})+(1-{x}))"

    def _averaged_ramp(self) -> tuple[list[Row], str]:
        """On longer periods the ramp's factor is the mean of its months, by their running sum."""
        ramp = self._input("ramp")
        since = f"MAX(0,[period]-{self._input('first')}+1)*{_LENGTH}"
        passed = [float(max(0, since + 1) * self._months) for since in self._since]
        ramped = [min(month, self._ramp_months) for month in passed]
        full = [self._full_months(month) for month in passed]
        c, m, pairs = self._cell("ramped"), self._cell("since"), self._cell("pairs")
        part = f"{pairs}/({ramp}+{ramp})"
        if self.line.line.ramp.shape is RampShape.S_CURVE:
            part = f"{pairs}*({c}+{c}+1-{pairs}/{ramp})/({ramp}*({ramp}+{ramp}))"
        label = "Months of the ramp × the next month"
        rows = [
            self._row("since", "Months since the start", since, passed, unit="month"),
            self._row("ramped", "Months of the ramp", f"MIN({ramp},{m})", ramped, unit="month"),
            self._row("pairs", label, f"{c}*({c}+1)", [each * (each + 1) for each in ramped]),
            self._row("full", "Full months so far", f"{part}+{m}-{c}", full, unit="month"),
        ]
        return rows, f"({self._cell('full')}-[{self._key('full')}|before])/{_LENGTH}"

    @property
    def _ramp_months(self) -> float:
        return float(self.line.line.ramp.months)

    def _full_months(self, month: float) -> float:
        """What the months up to this one come to, each counted by its part of the ramp."""
        c, r = min(month, self._ramp_months), self._ramp_months
        if self.line.line.ramp.shape is RampShape.LINEAR:
            return c * (c + 1) / (2 * r) + month - c
        return c * (c + 1) * (2 * c + 1 - c * (c + 1) / r) / (2 * r * r) + month - c

    def _growth(self) -> Iterator[Row]:
        """Growth counts while something flows, so that what lies outside does not matter."""
        rate = self.language.write(self.line.id, "growth")
        flows = [float(share != 0) for share in floats(self.line.ramp)]
        yield self._row("flows", "Flows", f"({self._cell('share')}<>0)*1", flows, unit="0/1")
        formula = f"(1+({rate}))^({self._cell('years')}*{self._cell('flows')})"
        if self.language.may_fail(self.line.id, "growth"):
            formula = f"IF({self._cell('flows')}=0,1,(1+({rate}))^{self._cell('years')})"
        values = [
            float(growth) if ramp else 1.0
            for growth, ramp in zip(self.line.growth, self.line.ramp, strict=True)
        ]
        yield self._row("growth", "Growth", formula, values)

    def _profile(self) -> Row:
        parts, labels = [self._cell("share")], ["Timing"]
        if self.line.length != 1:
            conversion = self.language.conversion_of_length(self.line.unit)
            parts += [f"[{conversion.name}]"] if conversion else []
            parts.append(_LENGTH)
            labels.append("length")
        if self.line.line.growth is not None:
            parts.append(self._cell("growth"))
            labels.append("growth")
        values = floats(self.line.profile)
        return self._row("timing", " × ".join(labels), "*".join(parts), values, total=SUM)

    def _row(
        self,
        name: str,
        label: str,
        formula: str,
        values: Values,
        *,
        unit: str = "factor",
        total: str = "",
    ) -> Row:
        flag = unit == "0/1"
        return Row(
            key=self._key(name),
            label=f"{label}: {self.line.label}",
            unit=unit,
            values=values,
            formula=formula,
            format=formats.FLAG if flag else formats.amount("1", values, dash=True),
            # A flag is counted, so that its row can be checked at a glance.
            total=SUM if flag else total,
            total_format=formats.COUNT if flag else None,
        )
