"""The two charts of the summary as data: a waterfall of the lines, and cumulative cash.

The waterfall is made of stacked columns. Each step stands between two levels; the part of it
above zero and the part below are series of their own, on invisible columns that reach up (or
down) to them, so that a step can cross zero.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from valuecalc.documents.charts.palette import PAPER
from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import Cell, Chart, Series, Sheet, Spot
from valuecalc.documents.workbook.draft import Draft
from valuecalc.engine.result import LineResult

LINES_A_SIDE = 6
_LABEL_LENGTH = 30
_HEADS = ("Step", "Value", "Level before", "Level after")
_SERIES = (
    "Blank above",
    "Up above",
    "Down above",
    "Total",
    "Blank below",
    "Up below",
    "Down below",
)
_COLOURS = ("", PAPER.positive, PAPER.negative, PAPER.total, "", PAPER.positive, PAPER.negative)


@dataclass(frozen=True)
class _Step:
    label: str
    value: float
    formula: str


class Charts:
    """Writes the numbers behind the charts below the summary, and describes the charts."""

    def __init__(self, draft: Draft, sheet: Sheet, top: int) -> None:
        self.draft = draft
        self.sheet = sheet
        self.top = top

    def place(self, at: str, below: str) -> None:
        """Put the charts at two cells."""
        self._place_steps()
        currency = self.draft.currency
        series = [
            Series(name=f"waterfall.{number}.name", values=f"waterfall.{number}", colour=colour)
            for number, colour in enumerate(_COLOURS)
        ]
        waterfall = Chart(
            title=f"From benefits to value ({currency})",
            anchor=at,
            categories="waterfall.steps",
            series=series,
            columns=True,
        )
        cumulative = Chart(
            title=f"Cumulative cash by month from the decision ({currency})",
            anchor=below,
            categories="month",
            series=[
                Series(name="chart.cash", values="cumulative", colour=PAPER.total),
                Series(
                    name="chart.discounted",
                    values="cumulative_discounted",
                    colour=PAPER.positive,
                    dashed=True,
                ),
            ],
            columns=False,
            legend=True,
        )
        self.sheet.charts = [waterfall, cumulative]

    def _steps(self) -> list[_Step]:
        result = self.draft.result
        steps = [
            *self._side(result.benefits, "total_benefits", "Other benefits", ""),
            *self._side(result.investments, "total_investment", "Other investments", "-"),
        ]
        return [*steps, _Step("Value", result.value("value") or 0.0, "N([value])")]

    def _side(self, lines: Sequence[LineResult], total: str, others: str, sign: str) -> list[_Step]:
        """The lines of one side; the smaller ones together if there are many."""
        value = self.draft.result.value

        def size(line: LineResult) -> float:
            return abs(value(f"{line.prefix}.total") or 0.0)

        largest = [line.id for line in sorted(lines, key=size, reverse=True)]
        kept = largest if len(lines) <= LINES_A_SIDE else largest[: LINES_A_SIDE - 1]
        factor = -1.0 if sign else 1.0
        steps = [
            _Step(
                _short(line.label),
                factor * (value(f"{line.prefix}.total") or 0.0),
                f"{sign}N([{line.prefix}.total])",
            )
            for line in lines
            if line.id in kept
        ]
        if len(kept) == len(lines):
            return steps
        shown = ",".join(f"{line.prefix}.total" for line in lines if line.id in kept)
        rest = factor * (value(total) or 0.0) - sum(step.value for step in steps)
        formula = f"{sign}(N([{total}])-N([{shown}|sum]))"
        return [*steps, _Step(others, rest, formula)]

    def _place_steps(self) -> None:
        sheet, top = self.sheet, self.top
        heads = [*_HEADS, *_SERIES]
        sheet.texts(top, ["Numbers behind the charts", *[""] * (len(heads) - 1)], "section")
        sheet.texts(top + 1, heads, "header_right")
        sheet.text(top + 1, 1, _HEADS[0], "header")
        steps = self._steps()
        first, level = top + 2, 0.0
        for row, step in enumerate(steps, first):
            is_total = step is steps[-1]
            level = self._place_step(row, step, level, is_total)
        self._name_columns(first, len(steps))
        for number, (name, label) in enumerate(
            (("chart.cash", "Cumulative cash"), ("chart.discounted", "Discounted"))
        ):
            row = first + len(steps) + 1 + number
            sheet.put(row, 1, Cell(value=label, style="label"), name, defined=False)

    def _place_step(self, row: int, step: _Step, level: float, is_total: bool) -> float:
        """One row of the table; returns the level after it."""
        sheet = self.sheet
        before, after = (0.0, step.value) if is_total else (level, level + step.value)
        sheet.text(row, 1, step.label, "label")
        self._number(row, 2, step.formula, step.value)
        self._number(row, 3, "0" if is_total else f"N($D{row - 1})", before)
        self._number(row, 4, f"$C{row}+$B{row}", after)
        if is_total:
            self._number(row, 5 + _SERIES.index("Total"), f"$B{row}", step.value)
            return after
        v, s, e = f"$B{row}", f"$C{row}", f"$D{row}"
        parts = {
            0: (f"MAX(0,MIN({s},{e}))", max(0.0, min(before, after))),
            1: (f"({v}>=0)*(MAX(0,{e})-MAX(0,{s}))", _above(after, before, step.value >= 0)),
            2: (f"({v}<0)*(MAX(0,{s})-MAX(0,{e}))", _above(before, after, step.value < 0)),
            4: (f"MIN(0,MAX({s},{e}))", min(0.0, max(before, after))),
            5: (f"({v}>=0)*(MIN(0,{s})-MIN(0,{e}))", _below(before, after, step.value >= 0)),
            6: (f"({v}<0)*(MIN(0,{e})-MIN(0,{s}))", _below(after, before, step.value < 0)),
        }
        for number, (formula, value) in parts.items():
            self._number(row, 5 + number, formula, value)
        return after

    def _number(self, row: int, column: int, formula: str, value: float) -> None:
        cell = Cell(
            value=value,
            formula=formula,
            style="calculation",
            format=formats.amount(self.draft.currency, [value], dash=True),
        )
        self.sheet.put(row, column, cell)

    def _name_columns(self, first: int, height: int) -> None:
        spots = self.sheet.spots
        spots["waterfall.steps"] = Spot(row=first, column=1, height=height, defined=False)
        for number in range(len(_SERIES)):
            column = 5 + number
            spots[f"waterfall.{number}"] = Spot(
                row=first, column=column, height=height, defined=False
            )
            spots[f"waterfall.{number}.name"] = Spot(row=first - 1, column=column, defined=False)
        spots["waterfall.end"] = Spot(row=first + height - 2, column=4, defined=False)


def _above(high: float, low: float, applies: bool) -> float:
    return max(0.0, high) - max(0.0, low) if applies else 0.0


def _below(low: float, high: float, applies: bool) -> float:
    return min(0.0, low) - min(0.0, high) if applies else 0.0


def _short(label: str) -> str:
    if len(label) <= _LABEL_LENGTH:
        return label
    whole_words = textwrap.shorten(label, _LABEL_LENGTH, placeholder="…")
    return whole_words if len(whole_words) > 1 else f"{label[: _LABEL_LENGTH - 1]}…"
