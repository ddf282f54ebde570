"""The tables by year: each line, the totals, and whatever else there is by year."""

from __future__ import annotations

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import Cell, Sheet, Span, shown
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.figures import Figures
from valuecalc.engine.result import Figure, LineResult

LABEL, TOTAL, PRESENT, GROSS, FIRST_YEAR = 1, 2, 3, 4, 5

_TOTALS = {
    "total_benefits": ("total_benefits", "pv_benefits"),
    "total_investment": ("total_investment", "pv_investment"),
    "net": ("value", "npv"),
}
"""The figures that total what there is by year: undiscounted and discounted."""


class YearTable:
    """Writes the tables onto a sheet. Years are added up from the periods of the cash flow."""

    def __init__(self, draft: Draft, figures: Figures, made: Sheet) -> None:
        self.draft = draft
        self.result = draft.result
        self.figures = figures
        self.made = made

    @property
    def last_column(self) -> int:
        """The column of the last year."""
        return FIRST_YEAR + self.draft.axis.report_years

    def money(self, row: int) -> int:
        """Benefits, investments, net, and what else there is; returns the next free row."""
        self._head(f"By year ({self.draft.currency})", row, "years")
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

    def outcomes(self, top: int) -> int:
        """What is counted in its own unit; returns the next free row."""
        outcomes = self.result.outcomes
        if not outcomes:
            return top
        self._head("Outcomes counted in their own unit, never in money", top, "outcome_years")
        self.made.text(top + 1, PRESENT, "Unit", "header")
        for row, line in enumerate(outcomes, top + 2):
            self._line(line, row, "outcome_years")
            unit = self.result.figures[f"{line.prefix}.total"].unit
            self.made.text(row, PRESENT, unit, "unit")
        return top + len(outcomes) + 3

    def _stems(self) -> list[str]:
        """What there is by year: `total_benefits` of `total_benefits.year_1`."""
        names = [name for name, figure in self.result.figures.items() if figure.group == "year"]
        return list(dict.fromkeys(name.rpartition(".")[0] for name in names))

    def _head(self, title: str, row: int, key: str) -> None:
        """A heading and the heads of the columns; `key` names the row of the years."""
        self.made.texts(row, [title, *[""] * (self.last_column - 1)], "section")
        self.made.text(row + 1, LABEL, "Line", "header")
        heads = ["Total", "Present value", "Before haircuts"]
        self.made.texts(row + 1, heads, "header_right", TOTAL)
        for year in range(self.draft.axis.report_years + 1):
            cell = Cell(value=year, style="header_right", format=formats.REPORT_YEAR)
            self.made.put(row + 1, FIRST_YEAR + year, cell)
        self.made.spans[key] = self._span(row + 1)

    def _span(self, row: int) -> Span:
        return Span(row=row, first=FIRST_YEAR, last=self.last_column, total=TOTAL)

    def _line(self, line: LineResult, row: int, years: str) -> None:
        self.made.text(row, LABEL, line.label, "label")
        columns = {"total": TOTAL, "pv": PRESENT, "gross": GROSS}
        columns |= {name: FIRST_YEAR + n for n, name in enumerate(self.draft.axis.columns)}
        for ending, column in columns.items():
            figure = self.result.figures.get(f"{line.prefix}.{ending}")
            if figure is not None:
                self._figure(figure, row, column, years)

    def _by_year(self, stem: str, row: int) -> None:
        """A row of figures by year, with the total and the present value of the same."""
        axis, totals = self.draft.axis, _TOTALS.get(stem, ())
        first = self.result.figures[f"{stem}.{axis.columns[0]}"]
        label = first.label.removesuffix(f", {axis.column_labels[0]}")
        self.made.texts(row, [label, "", "", ""], "label_total" if totals else "label")
        for column, name in enumerate(totals, TOTAL):
            self._link(self.result.figures[name], row, column)
        self.made.spans[f"by_year.{stem}"] = self._span(row)
        for column, name in enumerate(axis.columns, FIRST_YEAR):
            figure = self.result.figures[f"{stem}.{name}"]
            self._figure(figure, row, column, "years", "total" if totals else "calculation")

    def _figure(
        self, figure: Figure, row: int, column: int, years: str, style: str = "calculation"
    ) -> None:
        cell = Cell(
            value=shown(figure.value),
            formula=self.figures.formula(figure, f"[{years}]"),
            style=style,
            format=formats.amount(figure.unit, [figure.value or 0.0], dash=True),
        )
        self.made.put(row, column, cell, figure.name)

    def _link(self, figure: Figure, row: int, column: int) -> None:
        cell = Cell(
            value=shown(figure.value),
            formula=f"[{figure.name}]",
            style="total",
            format=formats.amount(figure.unit, [figure.value or 0.0], dash=True),
        )
        self.made.put(row, column, cell)
