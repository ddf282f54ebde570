"""The sheet Summary: the figures, the years, the charts, and what everything means.

Every figure of the result that no other sheet holds has a cell here, with its name: those by
year in the table of years, all others in the list of their group. A new figure needs nothing.
"""

from __future__ import annotations

import textwrap

from openpyxl.utils import get_column_letter

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import Cell, Sheet, shown
from valuecalc.documents.workbook.charts import Charts
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.figures import Figures, why_none
from valuecalc.documents.workbook.years import YearTable
from valuecalc.engine.result import Figure
from valuecalc.engine.uncertainty.headline import plan_of

TITLE = "Summary"
LABEL, VALUE, UNIT, DEFINITION = 1, 2, 3, 4
_TOP = 5
_CHART_ROWS = 28
_CHARTS_AT = "E"
_LAST_COLUMN = 12
_LINE_LENGTH = 150
_NOTE_LENGTH = 75
_UNIT_WORDS = {"x": "ratio"}
_ELSEWHERE = ("assumption", "calculation", "convention")


def sheet(draft: Draft, figures: Figures) -> Sheet:
    """The sheet, from the headline down."""
    made = Sheet(title=TITLE, heading=draft.case.title, colour="total")
    writer = _Writer(draft, figures, made)
    row = max(writer.panel(_TOP), _TOP + _CHART_ROWS) + 1
    row = writer.years(row)
    first_page = row - 1
    row = writer.conventions(writer.statement(writer.shares(row)))
    second_page = row - 1
    row = writer.definitions(row)
    made.page.row_breaks = (first_page, second_page)
    made.page.area = f"A1:{get_column_letter(writer.last_column)}{row - 2}"
    halfway = f"{_CHARTS_AT}{_TOP + _CHART_ROWS // 2}"
    Charts(draft, made, row + 1).place(at=f"{_CHARTS_AT}{_TOP}", below=halfway)
    made.widths = {LABEL: 42, VALUE: 16, UNIT: 18}
    made.widths |= dict.fromkeys(range(DEFINITION, writer.last_column + 1), 14)
    made.freeze = f"A{_TOP - 1}"
    return made


class _Writer:
    def __init__(self, draft: Draft, figures: Figures, made: Sheet) -> None:
        self.result = draft.result
        self.figures = figures
        self.made = made
        self.table = YearTable(draft, figures, made)
        self.last_column = max(_LAST_COLUMN, self.table.last_column)

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

    def years(self, row: int) -> int:
        """The tables by year: of the money, and of what is counted in its own unit."""
        return self.table.outcomes(self.table.money(row))

    def shares(self, row: int) -> int:
        """How much rests on which evidence, and every figure that has no other place."""
        listed = [
            figure
            for figure in self.result.figures.values()
            if figure.name not in self.made.spots and figure.group not in _ELSEWHERE
        ]
        if not listed:
            return row
        self.made.texts(row, ["What the benefits rest on", "", ""], "section")
        self.made.text(row + 1, LABEL, "Benefits", "header")
        self.made.texts(row + 1, ["Amount", "Share of benefits"], "header_right", VALUE)
        row += 2
        for figure in listed:
            if figure.name not in self.made.spots:
                self._share(figure, row)
                row += 1
        return row + 1

    def _share(self, figure: Figure, row: int) -> None:
        """An amount, with the share of the same beside it if there is one."""
        self.made.text(row, LABEL, figure.label, "label")
        place_figure(self.made, self.figures, figure, row, VALUE, dash=True)
        stem, _, ending = figure.name.rpartition(".")
        share = self.result.figures.get(f"{stem}.share")
        if ending == "total" and share is not None:
            place_figure(self.made, self.figures, share, row, UNIT, dash=True)

    def section(self, title: str, row: int) -> None:
        """A heading across the page."""
        self.made.texts(row, [title, *[""] * (self.last_column - 1)], "section")

    def statement(self, top: int) -> int:
        """The value proposition in words, as it was when the workbook was written."""
        self.section("Value proposition (in words, as exported)", top)
        statement = self.result.statement
        parts = ", ".join(f"{lead} {text}".strip() for lead, text in statement.parts)
        texts = [f"{parts}:", "; ".join(statement.based_on)]
        lines = [line for text in texts for line in textwrap.wrap(text, _LINE_LENGTH)]
        for row, line in enumerate(lines, top + 1):
            self.made.text(row, LABEL, line, "line_of_text")
        return top + len(lines) + 2

    def definitions(self, top: int) -> int:
        """What each figure means, and its name in formulas."""
        self.section("What the figures mean", top)
        heads = ["Figure", "Name in formulas", "", "Definition"]
        self.made.texts(top + 1, [*heads, *[""] * (self.last_column - len(heads))], "header")
        listed = [*self.group("headline"), *self.group("total")]
        for row, figure in enumerate(listed, top + 2):
            meaning = "; ".join(filter(None, (figure.definition, figure.convention)))
            self.made.text(row, LABEL, figure.label, "label")
            self.made.text(row, VALUE, figure.name, "name")
            self.made.text(row, DEFINITION, meaning, "line_of_text")
        return top + len(listed) + 3

    def conventions(self, top: int) -> int:
        """Which definitions are in force, as they were when the workbook was written."""
        self.section("Conventions in force", top)
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
