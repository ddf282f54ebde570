"""The charts of the summary as data, and the numbers behind them, which stand on Chart data.

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
from valuecalc.documents.workbook.figures import scale_of_money
from valuecalc.engine.result import LineResult

LINES_A_SIDE = 6
_LABEL_LENGTH = 30
_HEADS = ("Step of the waterfall", "Value", "Level before", "Level after")
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
_YEAR_HEADS = ("Year", "Benefits", "Investments", "Net")


def charts_of(draft: Draft, *anchors: str) -> list[Chart]:
    """The waterfall, cumulative cash and the cash of each year, at three cells."""
    made = (_waterfall, _cumulative, _years)
    return [make(draft.currency, anchor) for make, anchor in zip(made, anchors, strict=True)]


def _waterfall(currency: str, anchor: str) -> Chart:
    return Chart(
        title=f"From benefits over investments to value ({currency})",
        anchor=anchor,
        categories="waterfall.steps",
        series=[
            Series(name=f"waterfall.{number}.name", values=f"waterfall.{number}", colour=colour)
            for number, colour in enumerate(_COLOURS)
        ],
        columns=True,
    )


def _cumulative(currency: str, anchor: str) -> Chart:
    return Chart(
        title=f"Cumulative cash by month from the decision ({currency})",
        anchor=anchor,
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


def _years(currency: str, anchor: str) -> Chart:
    colours = (PAPER.positive, PAPER.negative, PAPER.total)
    return Chart(
        title=f"Benefits, investments and net cash by year ({currency})",
        anchor=anchor,
        categories="chart.years",
        series=[
            Series(
                name=f"chart.year_{number}.name",
                values=f"chart.year_{number}",
                colour=colour,
                line=number == len(colours),
            )
            for number, colour in enumerate(colours, 1)
        ],
        columns=True,
        legend=True,
    )


@dataclass(frozen=True)
class _Step:
    """A step of the waterfall; with `rest_after` it is what so many steps above it leave."""

    label: str
    value: float
    formula: str
    rest_after: int = 0


class Numbers:
    """Writes the numbers behind the charts onto a sheet."""

    def __init__(self, draft: Draft, sheet: Sheet) -> None:
        self.draft = draft
        self.sheet = sheet
        self.scale = scale_of_money(draft.result)

    def place(self, top: int) -> int:
        """The steps of the waterfall, the years, the names of lines; returns the next row."""
        row = self._place_steps(top)
        row = self._place_years(row)
        for name, label in (("chart.cash", "Cumulative cash"), ("chart.discounted", "Discounted")):
            self.sheet.put(row, 1, Cell(value=label, style="label"), name, defined=False)
            row += 1
        return row + 1

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
                f"{sign}N([{line.prefix}.total|shown])",
            )
            for line in lines
            if line.id in kept
        ]
        if len(kept) == len(lines):
            return steps
        rest = factor * (value(total) or 0.0) - sum(step.value for step in steps)
        return [*steps, _Step(others, rest, f"{sign}N([{total}])-", rest_after=len(steps))]

    def _place_steps(self, top: int) -> int:
        sheet = self.sheet
        sheet.texts(top, [*_HEADS, *_SERIES], "header_right")
        sheet.text(top, 1, _HEADS[0], "header")
        steps = self._steps()
        first, level = top + 1, 0.0
        for row, step in enumerate(steps, first):
            level = self._place_step(row, step, level, step is steps[-1])
        self._name_columns(first, len(steps))
        return first + len(steps) + 1

    def _place_years(self, top: int) -> int:
        """Investments below zero, so that a column of a year shows both ways of its cash."""
        sheet, axis = self.sheet, self.draft.axis
        sheet.texts(top, _YEAR_HEADS, "header_right")
        sheet.text(top, 1, _YEAR_HEADS[0], "header")
        stems = (("total_benefits", ""), ("total_investment", "-"), ("net", ""))
        columns = zip(axis.columns, axis.column_labels, strict=True)
        for row, (column, label) in enumerate(columns, top + 1):
            sheet.text(row, 1, label, "label")
            for number, (stem, sign) in enumerate(stems, 2):
                value = self.draft.result.value(f"{stem}.{column}") or 0.0
                signed = -value if sign else value
                self._number(row, number, f"{sign}N([{stem}.{column}])", signed)
        height = len(axis.columns)
        sheet.spots["chart.years"] = Spot(row=top + 1, column=1, height=height, defined=False)
        for number in range(1, len(_YEAR_HEADS)):
            at = number + 1
            sheet.spots[f"chart.year_{number}"] = Spot(
                row=top + 1, column=at, height=height, defined=False
            )
            sheet.spots[f"chart.year_{number}.name"] = Spot(row=top, column=at, defined=False)
        return top + height + 2

    def _place_step(self, row: int, step: _Step, level: float, is_total: bool) -> float:
        """One row of the table; returns the level after it."""
        sheet = self.sheet
        before, after = (0.0, step.value) if is_total else (level, level + step.value)
        sheet.text(row, 1, step.label, "label")
        formula = step.formula
        if step.rest_after:
            formula += f"SUM($B{row - step.rest_after}:$B{row - 1})"
        self._number(row, 2, formula, step.value)
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
            format=formats.amount(self.draft.currency, [value, self.scale], dash=True),
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
