"""Rules about sheets over time: where periods stand, and what runs across them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from valuecalc.documents.lint.book import Cell, Place, Sheet
from valuecalc.documents.lint.formulas import COMPARISONS, Shape
from valuecalc.documents.lint.hits import Hit
from valuecalc.documents.lint.kinds import Kind
from valuecalc.documents.lint.model import Model
from valuecalc.documents.lint.references import LAST_ROW
from valuecalc.documents.lint.report import NotJudged
from valuecalc.documents.lint.timelines import Timeline
from valuecalc.errors import Severity

_OVER_TIME = (2, 3, 6, 8, 9, 15)
_LOGICAL = frozenset(("AND", "OR", "NOT", "ISNUMBER", "ISBLANK", "N"))


@dataclass(frozen=True)
class Line:
    """A row with formulas in at least half of the periods; `cells` are those in the periods."""

    sheet: Sheet
    axis: Timeline
    row: int
    cells: dict[int, Cell]

    @property
    def is_heading(self) -> bool:
        """Whether it tells the time."""
        return self.row in self.axis.rows


def lines(model: Model, sheet: Sheet) -> Iterator[Line]:
    """The rows over time of a sheet, from the top; none for a sheet without a time axis."""
    axis = model.timelines.get(sheet.name)
    if axis is None:
        return
    rows: dict[int, dict[int, Cell]] = {}
    for (row, column), cell in sheet.cells.items():
        if axis.first <= column <= axis.last:
            rows.setdefault(row, {})[column] = cell
    ends = _next_heading(rows, axis) if model.kinds[sheet.name] is Kind.OUTPUTS else LAST_ROW
    for row in sorted(row for row in rows if row < ends):
        across = sum(cell.shape is not None for cell in rows[row].values())
        if 2 * across >= axis.last - axis.first + 1:
            yield Line(sheet, axis, row, rows[row])


def _next_heading(rows: dict[int, dict[int, Cell]], axis: Timeline) -> int:
    """The row with other heads over the same columns: outputs hold several tables."""
    least = (axis.last - axis.first + 1) / 2
    return min(
        (
            row
            for row, cells in rows.items()
            if row > max(axis.rows)
            and sum(bool(each.text) and each.shape is None for each in cells.values()) >= least
        ),
        default=LAST_ROW,
    )


def time_sheets(model: Model) -> list[Sheet]:
    """The sheets with a time axis, but for outputs, which may show periods where they like."""
    return [
        sheet
        for sheet in model.book.sheets
        if sheet.name in model.timelines and model.kinds[sheet.name] is not Kind.OUTPUTS
    ]


def without_time(model: Model) -> Iterator[NotJudged]:
    """What is not judged in a workbook without a time axis."""
    if not model.timelines:
        for rule in _OVER_TIME:
            yield NotJudged(rule, "no sheet has a row of periods with formulas below it")


def same_columns(model: Model) -> Iterator[Hit]:
    """Rule 2: sheets of the same length of period have each period in the same column."""
    first: dict[str, Sheet] = {}
    for sheet in time_sheets(model):
        axis = model.timelines[sheet.name]
        other = first.setdefault(axis.length, sheet)
        if other is not sheet:
            yield from _shifted(sheet, axis, other, model.timelines[other.name])
        for run in axis.others:
            yield Hit(
                rule=2,
                sheet=sheet.name,
                place=(run.row, run.first),
                found="a second time axis, in other columns",
                remedy="Move what stands below it to a sheet of its own.",
            )


def _shifted(sheet: Sheet, axis: Timeline, other: Sheet, other_axis: Timeline) -> Iterator[Hit]:
    theirs = other_axis.by_kind()
    for kind, periods in axis.by_kind().items():
        shared = theirs.get(kind, {})
        for column, number in periods.items():
            if column in shared and abs(shared[column] - number) > 0.5:
                yield Hit(
                    rule=2,
                    sheet=sheet.name,
                    place=(axis.main.row, column),
                    found=f"another period than in the same column of “{other.name}”",
                    remedy="Begin every time sheet in the same column with the same period.",
                )


def one_formula_per_row(model: Model) -> Iterator[Hit]:
    """Rule 3: each row over time is one formula, copied across."""
    for sheet in model.book.sheets:
        for line in lines(model, sheet):
            yield from _different(model, line)


def _different(model: Model, line: Line) -> Iterator[Hit]:
    shapes = Counter(id(cell.shape) for cell in line.cells.values() if cell.shape is not None)
    usual = shapes.most_common(1)[0][0]
    formulas = [column for column, cell in line.cells.items() if cell.shape is not None]
    for column in range(line.axis.first, line.axis.last + 1):
        cell = line.cells.get(column)
        place = (line.row, column)
        if model.is_spilled(line.sheet, place):
            continue
        if cell is not None and cell.shape is not None:
            if id(cell.shape) != usual:
                yield _odd(line, place, "another formula than the rest of the row", cell.shape)
        elif cell is not None and cell.number is not None:
            yield _odd(line, place, "a number in a row of formulas")
        elif cell is None and min(formulas) < column < max(formulas):
            yield _odd(line, place, "an empty cell in a row of formulas")


def _odd(line: Line, place: Place, found: str, shape: Shape | None = None) -> Hit:
    return Hit(
        rule=3,
        sheet=line.sheet.name,
        place=place,
        found=found,
        remedy="Copy one formula across all periods, and let a flag make the difference.",
        shape=shape,
        severity=Severity.WARNING if line.is_heading else Severity.ERROR,
    )


def flags(model: Model) -> Iterator[Hit]:
    """Rule 6: no IF on the time axis within a calculation, and a total for each row of flags."""
    for sheet in model.book.sheets:
        for line in lines(model, sheet):
            if line.is_heading:
                continue
            yield from _ifs_on_time(line)
            if _is_flag(line) and not _has_total(model, line):
                yield Hit(
                    rule=6,
                    sheet=sheet.name,
                    place=(line.row, line.axis.first),
                    found="a row of flags without a total",
                    remedy="Sum the flags up left of the timeline, so that they can be checked.",
                    severity=Severity.WARNING,
                )


def _ifs_on_time(line: Line) -> Iterator[Hit]:
    for column, cell in line.cells.items():
        place = (line.row, column)
        if cell.shape is not None and _asks_time(line, place, cell.shape):
            yield Hit(
                rule=6,
                sheet=line.sheet.name,
                place=place,
                found="an IF on the time axis within a calculation",
                remedy="Make the condition a row of flags (0 or 1), and multiply by it.",
                shape=cell.shape,
            )


def _asks_time(line: Line, place: Place, shape: Shape) -> bool:
    name = line.sheet.name
    areas = (
        reference.area(name, *place)
        for condition in shape.facts.conditions
        if not condition.gives_flag
        for reference in condition.references
    )
    return any(
        area.sheet == name
        and area.is_cell
        and area.top in line.axis.rows
        and line.axis.first <= area.left <= line.axis.last
        for area in areas
    )


def _is_flag(line: Line) -> bool:
    """Whether a row only says 0 or 1, as it compares."""
    numbers = [cell.value for cell in line.cells.values()]
    if not all(isinstance(each, float | bool) and each in (0, 1) for each in numbers):
        return False
    return all(cell.shape is not None and _compares(cell.shape) for cell in line.cells.values())


def _compares(shape: Shape) -> bool:
    facts = shape.facts
    if facts.conditions:
        return all(each.gives_flag for each in facts.conditions)
    return bool(facts.operators & COMPARISONS or set(facts.functions) & _LOGICAL)


def _has_total(model: Model, line: Line) -> bool:
    for column in range(1, line.axis.first):
        place = (line.row, column)
        cell = line.sheet.cells.get(place)
        if (
            cell is not None
            and cell.shape is not None
            and _reads_line(model, line, place, cell.shape)
        ):
            return True
    return False


def _reads_line(model: Model, line: Line, place: Place, shape: Shape) -> bool:
    return any(
        area.sheet == line.sheet.name
        and area.top <= line.row <= area.bottom
        and area.left <= line.axis.last
        and area.right >= line.axis.first
        and not area.is_cell
        for area in model.dependencies.of(line.sheet, place, shape)
    )


def around_the_timeline(model: Model) -> Iterator[Hit]:
    """Rule 15: totals on the left, an empty column before the periods, frozen panes."""
    for sheet in time_sheets(model):
        axis = model.timelines[sheet.name]
        below = max(axis.rows)
        if sheet.frozen[1] != axis.first or sheet.frozen[0] <= axis.main.row:
            corner = f"{get_column_letter(axis.first)}{below + 1}"
            yield Hit(
                rule=15,
                sheet=sheet.name,
                found="panes are not frozen at the first period",
                remedy=f"Freeze panes at the first period, below the time axis: {corner}.",
                severity=Severity.WARNING,
            )
        for line in lines(model, sheet):
            if not line.is_heading:
                yield from _beside(model, line)


def _beside(model: Model, line: Line) -> Iterator[Hit]:
    sheet, axis = line.sheet, line.axis
    before = sheet.cells.get((line.row, axis.first - 1))
    if before is not None and before.shape is not None:
        yield Hit(
            rule=15,
            sheet=sheet.name,
            place=(line.row, axis.first - 1),
            found="a formula in the column before the first period",
            remedy="Leave that column empty, or for opening values alone.",
            severity=Severity.WARNING,
        )
    for column in range(axis.last + 1, axis.last + 4):
        place = (line.row, column)
        cell = sheet.cells.get(place)
        if (
            cell is not None
            and cell.shape is not None
            and _reads_line(model, line, place, cell.shape)
        ):
            yield Hit(
                rule=15,
                sheet=sheet.name,
                place=place,
                found="a total right of the timeline",
                remedy="Move it to the column of totals left of the timeline.",
                severity=Severity.WARNING,
            )


CHECKS = (without_time, same_columns, one_formula_per_row, flags, around_the_timeline)
