"""The sheet Summary: the figures, the charts, the statement, and what everything means.

Every headline figure and every other total has a cell here, with its name; the figures of
lines and years stand on Benefits and Years. A new figure needs nothing.
"""

from __future__ import annotations

import textwrap

from openpyxl.utils import get_column_letter

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import Cell, Sheet, shown
from valuecalc.documents.workbook.charts import charts_of
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.figures import Figures, why_none
from valuecalc.documents.workbook.wording import Line
from valuecalc.engine.result import Figure
from valuecalc.engine.uncertainty.headline import plan_of

TITLE = "Summary"
LABEL, VALUE, UNIT, DEFINITION = 1, 2, 3, 4
_TOP = 5
_CHART_ROWS = 15
_CHARTS_AT = "E"
_LAST_COLUMN = 12
_NOTE_LENGTH = 75
_MOST_INPUTS = 24
_UNIT_WORDS = {"x": "ratio"}


def sheet(draft: Draft, figures: Figures, statement: list[Line], dated: str) -> Sheet:
    """The sheet, from the headline down.

    `statement` are the lines of the value proposition; `dated` says when the words were written
    that do not move with the numbers.
    """
    made = Sheet(title=TITLE, heading=draft.case.title, colour="total")
    writer = _Writer(draft, figures, made)
    row = max(writer.panel(_TOP), _TOP + 2 * _CHART_ROWS) + 1
    first_page = row - 1
    row = writer.statement(row, statement)
    based = row
    row = max(writer.based_on(based), based + _CHART_ROWS + 2)
    second_page = row - 1
    row = writer.definitions(writer.conventions(row, dated))
    made.page.row_breaks = (first_page, second_page)
    made.page.area = f"A1:{get_column_letter(_LAST_COLUMN)}{row - 2}"
    places = (_TOP, _TOP + _CHART_ROWS, based + 1)
    made.charts = charts_of(draft, *(f"{_CHARTS_AT}{place}" for place in places))
    made.widths = {LABEL: 42, VALUE: 16, UNIT: 18}
    made.widths |= dict.fromkeys(range(DEFINITION, _LAST_COLUMN + 1), 12)
    made.freeze = f"A{_TOP - 1}"
    return made


class _Writer:
    def __init__(self, draft: Draft, figures: Figures, made: Sheet) -> None:
        self.result = draft.result
        self.figures = figures
        self.made = made

    def group(self, name: str) -> list[Figure]:
        """The figures of a group."""
        return [figure for figure in self.result.figures.values() if figure.group == name]

    def panel(self, row: int) -> int:
        """The headline figures, then the other totals; returns the next free row."""
        row = self._list(row, "Headline figures", self.group("headline"), "result")
        row = self._drawn(row - 1) + 1 if self.result.has_percentile else row
        return self._list(row, "Further figures", self.group("total"), "calculation")

    def _list(self, top: int, title: str, listed: list[Figure], style: str) -> int:
        self.made.texts(top, [title, "", "Unit"], "header")
        self.made.text(top, VALUE, "Result", "header_right")
        for row, figure in enumerate(listed, top + 1):
            self.made.text(row, LABEL, figure.label, "label")
            place_figure(self.made, self.figures, figure, row, VALUE, style=style)
            self._unit(figure, row)
        return top + len(listed) + 2

    def _drawn(self, row: int) -> int:
        """Where the percentiles come from, which no formula of a sheet can follow."""
        lead = self.result.lead
        words = (
            f"{lead.rule.method.upper()}: from a simulation of {plan_of(self.result.case).words}; "
            "as of this export, for the expected scenario, and not recalculated here."
        )
        lines = textwrap.wrap(words, _NOTE_LENGTH)
        for number, line in enumerate(lines, row):
            self.made.text(number, LABEL, line, "line_of_text")
        return row + len(lines)

    def _unit(self, figure: Figure, row: int) -> None:
        """The unit of a figure; why it does not exist where it does not."""
        unit, reason = _UNIT_WORDS.get(figure.unit, figure.unit), why_none(figure)
        exists = f"ISNUMBER(${get_column_letter(VALUE)}${row})"
        words = unit if figure.value is not None else reason
        cell = Cell(value=words, formula=f'IF({exists},"{unit}","{reason}")', style="unit")
        self.made.put(row, UNIT, cell)

    def section(self, title: str, row: int) -> None:
        """A heading across the page."""
        self.made.texts(row, [title, *[""] * (_LAST_COLUMN - 1)], "section")

    def statement(self, top: int, lines: list[Line]) -> int:
        """The value proposition in words; its numbers are those of this sheet."""
        self.section("Value proposition", top)
        row = top
        for row, line in enumerate(lines, top + 1):
            self.made.text(row, LABEL, line.lead, "lead")
            formula = f"[{line.name}]" if line.name else ""
            self.made.put(row, VALUE, Cell(value=line.text, formula=formula, style="words"))
        return row + 2

    def based_on(self, top: int) -> int:
        """The fifth part of the statement: what it rests on, each number as it is in use."""
        case = self.result.case
        self.made.texts(top, ["based on the following assumptions", "", "Unit"], "header")
        self.made.text(top, VALUE, "In use", "header_right")
        lines = [self.result.figures[f"{each.prefix}.total"] for each in self.result.investments]
        inputs = [self.result.figures.get(f"assumptions.{each.id}") for each in case.assumptions]
        listed = [*lines, *filter(None, inputs)]
        row = top
        for row, figure in enumerate(listed[:_MOST_INPUTS], top + 1):
            self._link(figure, row)
        if len(listed) > _MOST_INPUTS:
            row += 1
            words = f"and {len(listed) - _MOST_INPUTS} more, which stand on Inputs"
            self.made.text(row, LABEL, words, "label")
        return row + 2

    def _link(self, figure: Figure, row: int) -> None:
        self.made.text(row, LABEL, figure.label, "label_wrapped")
        form = formats.amount(figure.unit, [figure.value or 0.0], symbol=True)
        link = Cell(
            value=shown(figure.value), formula=f"[{figure.name}|shown]", style="link", format=form
        )
        self.made.put(row, VALUE, link)
        self.made.text(row, UNIT, figure.unit, "unit")

    def definitions(self, top: int) -> int:
        """What each figure means, and its name in formulas."""
        self.section("What the figures mean", top)
        heads = ["Figure", "Name in formulas", "", "Definition"]
        self.made.texts(top + 1, [*heads, *[""] * (_LAST_COLUMN - len(heads))], "header")
        listed = [*self.group("headline"), *self.group("total")]
        for row, figure in enumerate(listed, top + 2):
            meaning = "; ".join(filter(None, (figure.definition, figure.convention)))
            self.made.text(row, LABEL, figure.label, "label")
            self.made.text(row, VALUE, figure.name, "name")
            self.made.text(row, DEFINITION, meaning, "line_of_text")
        return top + len(listed) + 3

    def conventions(self, top: int, dated: str) -> int:
        """Which definitions are in force, as they were when the workbook was written."""
        self.section(f"Conventions in force, {dated}", top)
        for row, convention in enumerate(self.result.conventions, top + 1):
            self.made.text(row, LABEL, convention.label, "label")
            self.made.text(row, VALUE, convention.text, "line_of_text")
        return top + len(self.result.conventions) + 2


def place_figure(
    made: Sheet,
    figures: Figures,
    figure: Figure,
    row: int,
    column: int,
    *,
    style: str = "calculation",
    dash: bool = False,
) -> None:
    """Put a figure into a cell that has its name."""
    formula = figures.formula(figure)
    cell = Cell(
        value=shown(figure.value),
        formula=formula,
        style=style if formula else "fixed",
        format=formats.figure(figure.unit, figure.value, dash=dash),
    )
    made.put(row, column, cell, figure.name)
