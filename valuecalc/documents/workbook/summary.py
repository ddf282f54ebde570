"""The sheet Summary: the figures, the years, the pictures, and what everything means."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from openpyxl.utils import get_column_letter

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import Cell, Sheet, Span, shown
from valuecalc.documents.workbook.charts import Charts
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.figures import WHY_NONE, Figures
from valuecalc.engine.result import Figure, LineResult

TITLE = "Summary"
LABEL, VALUE, UNIT, GROSS, FIRST_YEAR = 1, 2, 3, 4, 5
TOTAL, PRESENT = VALUE, UNIT
_TOP = 5
_CHART_ROWS = 28
_LINE_WIDTH = 150
_TOTALS = {
    "total_benefits": ("total_benefits", "pv_benefits"),
    "total_investment": ("total_investment", "pv_investment"),
    "net": ("value", "npv"),
}
"""The figures that total what there is by year: undiscounted and discounted."""
_ELSEWHERE = ("assumption", "calculation", "convention")


def sheet(draft: Draft, figures: Figures) -> Sheet:
    """The sheet, from the headline down."""
    made = Sheet(title=TITLE, heading=draft.case.title, colour="total")
    writer = _Writer(draft, figures, made)
    row = writer.panel(_TOP)
    row = max(row, _TOP + _CHART_ROWS) + 1
    row = writer.years(row)
    row = writer.outcomes(row)
    row = writer.shares(row)
    row = writer.statement(row)
    row = writer.definitions(row)
    row = writer.conventions(row)
    made.page.area = f"A1:{get_column_letter(writer.last_column)}{row - 1}"
    Charts(draft, made, row + 1).place(at=f"E{_TOP}", below=f"E{_TOP + _CHART_ROWS // 2}")
    writer.look()
    return made


class _Writer:
    def __init__(self, draft: Draft, figures: Figures, made: Sheet) -> None:
        self.draft = draft
        self.result = draft.result
        self.figures = figures
        self.made = made
        self.last_column = max(12, FIRST_YEAR + draft.axis.report_years)
        self.placed: set[str] = set()

    # ------------------------------------------------------------------ parts

    def section(self, title: str, row: int) -> None:
        self.made.texts(row, [title, *[""] * (self.last_column - 1)], "section")

    def panel(self, row: int) -> int:
        """The headline figures, then the other totals."""
        groups = (("headline", "Headline figures"), ("total", "Further figures"))
        for group, title in groups:
            self.made.texts(row, [title, "", "Unit"], "header")
            self.made.text(row, VALUE, "Result", "header_right")
            for row, figure in enumerate(self._group(group), row + 1):
                self.made.text(row, LABEL, figure.label, "label")
                self.figure(
                    figure, row, VALUE, style="result" if group == "headline" else "calculation"
                )
                self._unit(figure, row)
            row += 2
        return row

    def _group(self, group: str) -> list[Figure]:
        return [figure for figure in self.result.figures.values() if figure.group == group]

    def _unit(self, figure: Figure, row: int) -> None:
        """The unit of a figure; why it does not exist where it does not."""
        reason = WHY_NONE.get(figure.rule.method, "undefined")
        if figure.rule.kind != "search" and figure.rule.method:
            reason = "nothing to divide by"
        words = figure.unit if figure.value is not None else reason
        formula = f'IF(ISNUMBER({self._address(row, VALUE)}),"{figure.unit}","{reason}")'
        self.made.put(row, UNIT, Cell(value=words, formula=formula, style="unit"))

    @staticmethod
    def _address(row: int, column: int) -> str:
        return f"${get_column_letter(column)}${row}"

    def figure(
        self, figure: Figure, row: int, column: int, *, style: str = "calculation", year: str = ""
    ) -> None:
        """A figure in a cell that has its name."""
        form = formats.figure(figure.unit, figure.value)
        if figure.group in ("line", "year"):
            values = [figure.value or 0.0]
            form = formats.amount(figure.unit, values, dash=True)
        formula = self.figures.formula(figure, year)
        cell = Cell(
            value=shown(figure.value),
            formula=formula,
            style=style if formula else "fixed",
            format=form,
        )
        self.made.put(row, column, cell, figure.name)
        self.placed.add(figure.name)

    def years(self, row: int) -> int:
        """Each line by year: benefits, investments, net, and what else there is by year."""
        self.section(f"By year ({self.draft.currency})", row)
        self._year_header(row + 1, "years")
        row += 2
        lines = {
            "total_benefits": self.result.benefits,
            "total_investment": self.result.investments,
        }
        for stem in self._stems():
            for line in lines.get(stem, ()):
                self._line(line, row, "years")
                row += 1
            self._by_year(stem, row)
            row += 1
        return row + 1

    def _stems(self) -> list[str]:
        """What there is by year: `total_benefits` of `total_benefits.year_1`."""
        by_year = self._group("year")
        return list(dict.fromkeys(figure.name.rpartition(".")[0] for figure in by_year))

    def _year_header(self, row: int, key: str) -> None:
        made, years = self.made, range(self.draft.axis.report_years + 1)
        heads = ["Line", "Total", "Present value", "Before haircuts"]
        made.texts(row, heads, "header_right")
        made.text(row, LABEL, heads[0], "header")
        for year in years:
            cell = Cell(value=year, style="header_right", format=formats.REPORT_YEAR)
            made.put(row, FIRST_YEAR + year, cell)
        last = FIRST_YEAR + years[-1]
        made.spans[key] = Span(row=row, first=FIRST_YEAR, last=last, total=TOTAL)

    def _line(self, line: LineResult, row: int, header: str) -> None:
        self.made.text(row, LABEL, line.label, "label")
        columns = {"total": TOTAL, "pv": PRESENT, "gross": GROSS}
        columns |= {name: FIRST_YEAR + n for n, name in enumerate(self.draft.axis.columns)}
        for ending, column in columns.items():
            figure = self.result.figures.get(f"{line.prefix}.{ending}")
            if figure is not None:
                self.figure(figure, row, column, year=f"[{header}]")

    def _by_year(self, stem: str, row: int) -> None:
        """A row of figures by year, with the total and present value of the same."""
        axis = self.draft.axis
        total, present = _TOTALS.get(stem, ("", ""))
        style = "total" if total else "calculation"
        first = self.result.figures[f"{stem}.{axis.columns[0]}"]
        label = first.label.removesuffix(f", {axis.column_labels[0]}")
        self.made.texts(row, [label, "", "", ""], "label_total" if total else "label")
        for column, name in ((TOTAL, total), (PRESENT, present)):
            if name:
                self._link(self.result.figures[name], row, column)
        last = FIRST_YEAR + axis.report_years
        span = Span(row=row, first=FIRST_YEAR, last=last, total=TOTAL)
        self.made.spans[f"by_year.{stem}"] = span
        for column, name in enumerate(axis.columns, FIRST_YEAR):
            figure = self.result.figures[f"{stem}.{name}"]
            self.figure(figure, row, column, style=style, year="[years]")

    def _link(self, figure: Figure, row: int, column: int) -> None:
        form = formats.amount(figure.unit, [figure.value or 0.0], dash=True)
        cell = Cell(
            value=shown(figure.value), formula=f"[{figure.name}]", style="total", format=form
        )
        self.made.put(row, column, cell)

    def outcomes(self, row: int) -> int:
        """What is counted in its own unit, by year."""
        if not self.result.outcomes:
            return row
        self.section("Outcomes counted in their own unit, never in money", row)
        self._year_header(row + 1, "outcome_years")
        self.made.text(row + 1, PRESENT, "Unit", "header")
        for row, line in enumerate(self.result.outcomes, row + 2):
            self._line(line, row, "outcome_years")
            unit = self.result.figures[f"{line.prefix}.total"].unit
            self.made.text(row, PRESENT, unit, "unit")
        return row + 2

    def shares(self, row: int) -> int:
        """How much rests on which evidence, and every figure that has no other place."""
        waiting = [
            figure
            for figure in self.result.figures.values()
            if figure.name not in self.placed and figure.group not in _ELSEWHERE
        ]
        if not waiting:
            return row
        self.section("What the benefits rest on", row)
        self.made.texts(row + 1, ["Benefits", "", ""], "header")
        self.made.text(row + 1, VALUE, "Amount", "header_right")
        self.made.text(row + 1, UNIT, "Share of benefits", "header_right")
        row += 2
        for figure in waiting:
            if figure.name in self.placed:
                continue
            self.made.text(row, LABEL, figure.label, "label")
            self.figure(figure, row, VALUE)
            share = self.result.figures.get(f"{figure.name.removesuffix('.total')}.share")
            if share is not None and figure.name.endswith(".total"):
                self.figure(share, row, UNIT)
            row += 1
        return row + 1

    def statement(self, row: int) -> int:
        """The value proposition in words, as it was when the workbook was written."""
        self.section("Value proposition (in words, as exported)", row)
        parts = [f"{lead} {text}".strip() for lead, text in self.result.statement.parts]
        listed = [f"•  {each}" for each in self.result.statement.based_on]
        words = [*_wrapped(f"{', '.join(parts)}:"), *listed]
        for row, line in enumerate(words, row + 1):
            self.made.text(row, LABEL, line, "line_of_text")
        return row + 2

    def definitions(self, row: int) -> int:
        """What each figure means, and its name in formulas."""
        self.section("What the figures mean", row)
        self.made.texts(row + 1, ["Figure", "Name in formulas", "", "Definition"], "header")
        self.made.texts(row + 1, [""] * (self.last_column - 4), "header", 5)
        row += 2
        for figure in (*self._group("headline"), *self._group("total")):
            meaning = "; ".join(filter(None, (figure.definition, figure.convention)))
            self.made.text(row, LABEL, figure.label, "label")
            self.made.text(row, VALUE, figure.name, "name")
            self.made.text(row, GROSS, meaning, "line_of_text")
            row += 1
        return row + 1

    def conventions(self, row: int) -> int:
        """Which definitions are in force."""
        self.section("Conventions in force", row)
        for row, convention in enumerate(self.result.conventions, row + 1):
            self.made.text(row, LABEL, convention.label, "label")
            self.made.text(row, VALUE, convention.text, "line_of_text")
        return row + 2

    def look(self) -> None:
        """Widths, panes and print."""
        self.made.widths = {LABEL: 42, VALUE: 16, UNIT: 18}
        self.made.widths |= dict.fromkeys(range(GROSS, self.last_column + 1), 14)
        self.made.freeze = f"A{_TOP - 1}"


def _wrapped(text: str) -> Iterable[str]:
    return textwrap.wrap(text, _LINE_WIDTH) or [""]
