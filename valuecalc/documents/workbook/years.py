"""The sheet Years: the cash flow by report year, added up from its periods.

Years stand where periods stand on the sheets before it: labels in A, units in B, totals in C,
an empty opening column, then the decision and the years.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.calculations import signs
from valuecalc.documents.workbook.cells import OTHERWISE, Cell, Sheet, Span, shown
from valuecalc.documents.workbook.draft import Draft, Values
from valuecalc.documents.workbook.figures import Figures, over_figures, scale_of_money
from valuecalc.documents.workbook.rows import FIRST, LABEL, OPENING, TOTAL, UNIT
from valuecalc.documents.workbook.timeaxis import TOP, floats, print_by_years
from valuecalc.engine.result import Figure, LineResult

TITLE = "Years"
_ROWS_OF_A_PAGE = 60
_ADDED_UP = ("total_benefits", "total_investment", "net", "discounted")
"""What there is by year whose years add up to a total."""


def sheet(draft: Draft, figures: Figures) -> Sheet:
    """The sheet, section by section."""
    made = Sheet(title=TITLE, heading="Cash flow by year", colour="calculation")
    made.note = signs(draft)
    writer = _Writer(draft, figures, made)
    writer.header()
    row = writer.money(TOP + 2)
    row = writer.outcomes(row)
    writer.before_haircuts(row)
    _look(made, draft)
    return made


def _look(made: Sheet, draft: Draft) -> None:
    count = draft.axis.report_years
    made.widths = {LABEL: 50, UNIT: 14, TOTAL: 15, OPENING: 1.5}
    made.widths |= dict.fromkeys(range(FIRST, FIRST + count + 1), 14)
    made.freeze = f"E{TOP + 1}"
    print_by_years(made, count, f"{TOP}:{TOP}")
    made.page.tall = 1 if made.last_row <= _ROWS_OF_A_PAGE else 0


class _Writer:
    def __init__(self, draft: Draft, figures: Figures, made: Sheet) -> None:
        self.draft = draft
        self.result = draft.result
        self.figures = figures
        self.made = made

    @property
    def last_column(self) -> int:
        """The column of the last year."""
        return FIRST + self.draft.axis.report_years

    def header(self) -> None:
        """The years, counted from an opening cell of minus one."""
        self.made.texts(TOP, ["Year", "Unit"], "header")
        self.made.text(TOP, TOTAL, "Total", "header_right")
        opening = Cell(value=-1, style="header_opening", format=formats.OPENING)
        self.made.put(TOP, OPENING, opening)
        for year in range(self.draft.axis.report_years + 1):
            cell = Cell(
                value=year,
                formula="[years|before]+1",
                style="header_right",
                format=formats.REPORT_YEAR,
            )
            self.made.put(TOP, FIRST + year, cell)
        self.made.spans["years"] = self._span(TOP)

    def _span(self, row: int) -> Span:
        return Span(row=row, first=FIRST, last=self.last_column, total=TOTAL)

    def _heading(self, row: int, title: str) -> int:
        self.made.texts(row, [title, *[""] * (self.last_column - 1)], "section")
        return row + 1

    # ------------------------------------------------------------------ sections

    def before_haircuts(self, row: int) -> None:
        """Lines with haircuts: gross, and what is taken off or added."""
        for title, lines in (
            ("Benefits before haircuts", self.result.benefits),
            ("Investments before risk", self.result.investments),
        ):
            cut = [line for line in lines if line.factors]
            if cut:
                row = self._heading(row, title)
                for line in cut:
                    row = self._haircut(line, row)
                row += 1

    def _haircut(self, line: LineResult, row: int) -> int:
        gross = self._by_year_values(floats(line.gross))
        net = self._by_year_values(floats(line.net))
        taken = [after - before for before, after in zip(gross, net, strict=True)]
        unit = self._unit(line)
        added_up = f"SUMIFS([{line.prefix}.gross|all],[year|all],[years])"
        is_number = f"ISNUMBER([{line.prefix}.gross|total])"
        formula = f"IF({is_number},{added_up},{OTHERWISE})"
        key = f"by_year.{line.prefix}.gross"
        self._row(row, key, f"Gross: {line.label}", unit, gross, formula)
        names = ", ".join(factor.label.lower() for factor in line.factors)
        difference = f"IFERROR([by_year.{line.prefix}]-[{key}],{OTHERWISE})"
        label = f"{names.capitalize()}: {line.label}"
        self._row(row + 1, f"by_year.{line.prefix}.taken", label, unit, taken, difference)
        return row + 2

    def _by_year_values(self, series: Values) -> Values:
        found = [0.0] * (self.draft.axis.report_years + 1)
        # As a figure: a line that is undefined in any year has no number in the others either.
        for year, value in zip(self.draft.axis.years, series, strict=True):
            found[int(year)] += value
        return found if all(map(math.isfinite, found)) else [math.nan] * len(found)

    def money(self, row: int) -> int:
        """Benefits, investments, net, and what else there is by year."""
        lines = {
            "total_benefits": ("Benefits", self.result.benefits),
            "total_investment": ("Investments", self.result.investments),
        }
        for stem in self._stems():
            title, members = lines.get(stem, ("", ()))
            if title or stem == "net":
                row = self._heading(row, title or "Net")
            for line in members:
                self._line(line, row)
                row += 1
            self._by_year(stem, row)
            row += 2 if title else 1
        return row + 1

    def _stems(self) -> list[str]:
        """What there is by year: `total_benefits` of `total_benefits.year_1`."""
        names = [name for name, figure in self.result.figures.items() if figure.group == "year"]
        return list(dict.fromkeys(name.rpartition(".")[0] for name in names))

    def outcomes(self, row: int) -> int:
        """What is counted in its own unit; returns the next free row."""
        outcomes = self.result.outcomes
        if not outcomes:
            return row
        row = self._heading(row, "Outcomes counted in their own unit, never in money")
        for line in outcomes:
            self._line(line, row)
            row += 1
        return row + 1

    # ------------------------------------------------------------------ rows

    def _unit(self, line: LineResult) -> str:
        return self.result.figures[f"{line.prefix}.total"].unit

    def _line(self, line: LineResult, row: int) -> None:
        listed = [self.result.figures[f"{line.prefix}.{name}"] for name in self.draft.axis.columns]
        self._figures(row, line.prefix, line.label, listed, "calculation", added_up=True)

    def _by_year(self, stem: str, row: int) -> None:
        axis = self.draft.axis
        listed = [self.result.figures[f"{stem}.{name}"] for name in axis.columns]
        label = listed[0].label.removesuffix(f", {axis.column_labels[0]}")
        style = "total" if stem in ("total_benefits", "total_investment", "net") else "calculation"
        self._figures(row, stem, label, listed, style, added_up=stem in _ADDED_UP)

    def _figures(
        self,
        row: int,
        key: str,
        label: str,
        listed: Sequence[Figure],
        style: str,
        *,
        added_up: bool,
    ) -> None:
        """A row of figures, each with its name."""
        values = [math.nan if each.value is None else each.value for each in listed]
        self._begin(row, f"by_year.{key}", label, listed[0].unit, style)
        for column, figure in enumerate(listed, FIRST):
            formula = self._formula(figure, key)
            cell = self._cell(figure.unit, figure.value, formula, style, values)
            self.made.put(row, column, cell, figure.name)
        if added_up:
            self._total(row, f"by_year.{key}", listed[0].unit, values, style)

    def _formula(self, figure: Figure, key: str) -> str:
        """The same formula in every column, however the rule of the figure is told."""
        rule, columns = figure.rule, self.draft.axis.columns
        stems = {part.rpartition(".")[0] for part in rule.parts}
        if rule.kind == "sum" and len(rule.parts) == 1 and stems.isdisjoint(self._stems()):
            # The only line of its side.
            return f"[by_year.{stems.pop()}|shown]"
        if rule.kind == "formula":
            in_column = over_figures(rule, lambda part: f"[by_year.{part.rpartition('.')[0]}]")
            return f"IFERROR({in_column},{OTHERWISE})"
        if rule.kind == "sum" and len(stems) == 1 and rule.parts[0].endswith(f".{columns[0]}"):
            # What has come together so far: the column before and this one.
            [stem] = stems
            if stem in self._stems():
                return f"IFERROR([by_year.{key}|before]+[by_year.{stem}],{OTHERWISE})"
        return self.figures.formula(figure, "[years]")

    def _row(self, row: int, key: str, label: str, unit: str, values: Values, formula: str) -> None:
        """A row of numbers that are no figures."""
        self._begin(row, key, label, unit, "calculation")
        for column, value in enumerate(values, FIRST):
            self.made.put(row, column, self._cell(unit, value, formula, "calculation", values))
        self._total(row, key, unit, values, "calculation")

    def _begin(self, row: int, key: str, label: str, unit: str, style: str) -> None:
        ending = "_total" if style == "total" else ""
        self.made.text(row, LABEL, label, f"label{ending}")
        self.made.text(row, UNIT, unit, f"unit{ending}")
        if ending:
            self.made.put(row, OPENING, Cell(style="unit_total"))
        self.made.spans[key] = self._span(row)

    def _total(self, row: int, key: str, unit: str, values: Values, style: str) -> None:
        years = f"[{key}|all]"
        formula = f"IF(COUNT({years})=COLUMNS({years}),SUM({years}),{OTHERWISE})"
        value = math.fsum(values) if all(map(math.isfinite, values)) else None
        self.made.put(row, TOTAL, self._cell(unit, value, formula, style, [value or 0.0]))

    def _cell(
        self, unit: str, value: float | None, formula: str, style: str, sizes: Values
    ) -> Cell:
        scale = [scale_of_money(self.result)] if unit == self.draft.currency else []
        form = formats.amount(unit, [*sizes, *scale], dash=True)
        return Cell(value=shown(value), formula=formula, style=style, format=form)
