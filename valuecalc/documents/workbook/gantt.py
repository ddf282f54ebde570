"""Bars in cells: a column for each week or so, coloured by rules that follow the dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from openpyxl.utils import get_column_letter

from valuecalc.case.timeline import add_months
from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import Cell, Rule, Sheet
from valuecalc.documents.workbook.styles import BAD, DECIDED, GOOD, INK, SPARE

MOST_COLUMNS = 28
_SPARE_COLUMNS = 2
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 600)
_LEGEND = (
    (INK, "Milestone: reached by the end of the day"),
    (DECIDED, "Decision of the customer: taken by the end of the day"),
    (GOOD, "Part of a task that is done"),
    (BAD, "Critical: the plan ends later, or misses a day, if this takes longer"),
    (SPARE, "Task with slack: working days by which it may be later"),
)


@dataclass(frozen=True)
class Axis:
    """The columns of a chart: how many, and how many days or months each of them is."""

    start: date
    step: int
    in_days: bool
    columns: int

    @property
    def name(self) -> str:
        """What the step of the columns is called, behind `plan.`."""
        return "days_per_column" if self.in_days else "months_per_column"

    def day(self, column: int) -> date:
        """The first day of a column."""
        if self.in_days:
            return self.start + timedelta(days=self.step * column)
        return add_months(self.start, self.step * column)


@dataclass(frozen=True, kw_only=True)
class Table:
    """Where the table beside a chart has what, and where the chart begins."""

    header: int
    top: int
    count: int
    column: int
    kind: int
    task: str
    decision: str
    start: int
    finish: int
    done: int
    critical: int


def letter(column: int) -> str:
    """The letters of a column."""
    return str(get_column_letter(column))


def axis(start: date, finish: date) -> Axis:
    """The columns for a plan: weeks or fortnights while they are few, months beyond."""
    for days in (7, 14):
        columns = (finish - start).days // days + 1 + _SPARE_COLUMNS
        if columns <= MOST_COLUMNS:
            return Axis(start, days, True, columns)
    months = (finish.year - start.year) * 12 + finish.month - start.month
    counts = {step: months // step + 1 + _SPARE_COLUMNS for step in _MONTH_STEPS}
    step = next((step for step, count in counts.items() if count <= MOST_COLUMNS), _MONTH_STEPS[-1])
    return Axis(start, step, False, min(counts[step], MOST_COLUMNS))


def place(made: Sheet, of: Axis, table: Table) -> None:
    """The heads of the columns, and the rules that colour the cells below."""
    for number in range(of.columns + 1):
        column = table.column + number
        before = f"{letter(column - 1)}{table.header}"
        cell = Cell(
            value=of.day(number),
            formula=_next_head(of, before) if number else _first_head(of),
            # The day after the last column ends it, and is not part of the chart.
            style="header_turned" if number < of.columns else "dated",
            format=formats.SHORT_DATE if of.in_days else formats.MONTH,
        )
        made.put(table.header, column, cell)
    made.rules += _rules(of, table)


def _first_head(of: Axis) -> str:
    return "[plan.start]" if of.in_days else "EOMONTH([plan.start],-1)+1"


def _next_head(of: Axis, before: str) -> str:
    step = f"[plan.{of.name}]"
    return f"{before}+{step}" if of.in_days else f"EOMONTH({before},{step}-1)+1"


def _rules(of: Axis, table: Table) -> list[Rule]:
    last = letter(table.column + of.columns - 1)
    area = f"{letter(table.column)}{table.top}:{last}{table.top + table.count - 1}"
    kind, start, finish, done, critical = (
        f"${letter(column)}{table.top}"
        for column in (table.kind, table.start, table.finish, table.done, table.critical)
    )
    begins = f"{letter(table.column)}${table.header}"
    ends = f"{letter(table.column + 1)}${table.header}"
    runs = f"{start}<{ends},{finish}>={begins}"
    is_task = f'{kind}="{table.task}"'
    part_done = f"{begins}<{start}+({finish}-{start}+1)*{done}"
    return [
        Rule(area=area, formula=f'AND({kind}="{table.decision}",{runs})', fill=DECIDED),
        Rule(area=area, formula=f"AND(NOT({is_task}),{runs})", fill=INK),
        Rule(area=area, formula=f"AND({is_task},{runs},{done}>0,{part_done})", fill=GOOD),
        Rule(area=area, formula=f'AND({is_task},{runs},{critical}="yes")', fill=BAD),
        Rule(area=area, formula=f"AND({is_task},{runs})", fill=SPARE),
    ]


def legend(made: Sheet, row: int, column: int) -> None:
    """What the colours mean, one below the other."""
    for at, (colour, words) in enumerate(_LEGEND, row):
        place = f"{letter(column)}{at}"
        made.rules.append(Rule(area=place, formula="TRUE", fill=colour))
        made.text(at, column + 1, words, "words")


def look(made: Sheet, of: Axis, header: int, column: int) -> None:
    """Narrow columns below turned heads."""
    made.widths |= dict.fromkeys(range(column, column + of.columns), 2.9)
    made.widths[column + of.columns] = 10.0
    made.heights[header] = 52.0
