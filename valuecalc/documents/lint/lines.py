"""Rule 8: every line has a label of its own, and a unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from valuecalc.documents.lint.book import Place, Sheet
from valuecalc.documents.lint.hits import Hit
from valuecalc.documents.lint.kinds import Kind
from valuecalc.documents.lint.model import Model
from valuecalc.documents.lint.over_time import lines as lines_over_time
from valuecalc.documents.lint.over_time import time_sheets
from valuecalc.documents.lint.timelines import most_common_column
from valuecalc.errors import Severity

_UNIT_HEADING = re.compile(r"units?|unit of measure|uom", re.IGNORECASE)
_LEAST_SHARE = 0.5
"""A column is one of units if its heading says so, or if so many lines have a text in it."""


@dataclass(frozen=True)
class _Row:
    """A line: its row, and the texts in it left of its numbers (or anywhere) by column."""

    row: int
    first: int
    texts: dict[int, str]


def labels_and_units(model: Model) -> Iterator[Hit]:
    """Each line over time, and each on a sheet of calculations, has a label and a unit."""
    over_time = time_sheets(model)
    for sheet in over_time:
        axis = model.timelines[sheet.name]
        rows = [
            _Row(line.row, axis.first, _texts(sheet, line.row, axis.first))
            for line in lines_over_time(model, sheet)
            if not line.is_heading
        ]
        yield from _judge(sheet, rows)
    for sheet in model.of_kind(Kind.CALCULATIONS):
        if sheet not in over_time:
            yield from _judge(sheet, _rows_with_numbers(sheet))


def _rows_with_numbers(sheet: Sheet) -> list[_Row]:
    """The rows with a formula that gives a number, by the first of them."""
    first: dict[int, int] = {}
    for (row, column), cell in sheet.cells.items():
        if cell.shape is not None and cell.number is not None:
            first[row] = min(column, first.get(row, column))
    return [_Row(row, first[row], _texts(sheet, row)) for row in sorted(first)]


def _texts(sheet: Sheet, row: int, before: int = 60) -> dict[int, str]:
    found: dict[int, str] = {}
    for column in range(1, before):
        cell = sheet.cells.get((row, column))
        if cell is not None and cell.text and cell.shape is None:
            found[column] = cell.text
    return found


def _judge(sheet: Sheet, rows: Sequence[_Row]) -> Iterator[Hit]:
    if not rows:
        return
    starts = [min(each.texts) for each in rows if each.texts]
    label_column = most_common_column(starts)
    known: set[str] = set()
    for each in rows:
        label = each.texts.get(label_column or 0) or next(iter(each.texts.values()), "")
        if not label:
            yield _hit(sheet, (each.row, each.first), "a line without a label", "Name it.")
        elif label.lower() in known:
            remedy = "Say in the label what makes the difference between the two."
            found = f"the label “{label}” of another line"
            yield _hit(sheet, (each.row, label_column or 1), found, remedy)
        known.add(label.lower())
    yield from _units(sheet, rows, label_column)


def _units(sheet: Sheet, rows: Sequence[_Row], label_column: int | None) -> Iterator[Hit]:
    column = _unit_column(sheet, rows, label_column)
    if column is None:
        yield _hit(sheet, None, "no column of units", "Write each line's unit in a column.")
        return
    for each in rows:
        if column not in each.texts:
            remedy = "Write its unit beside the label: GBP, hours, %, factor."
            yield _hit(sheet, (each.row, column), "a line without a unit", remedy)


def _unit_column(sheet: Sheet, rows: Sequence[_Row], label_column: int | None) -> int | None:
    """The column that is headed as one of units, or the one with most texts beside labels."""
    last = rows[-1].row
    for (row, column), cell in sheet.cells.items():
        if row <= last and cell.text and _UNIT_HEADING.fullmatch(cell.text):
            return column
    columns = [column for each in rows for column in each.texts if column != label_column]
    common = most_common_column(columns)
    return common if columns.count(common or 0) >= _LEAST_SHARE * len(rows) else None


def _hit(sheet: Sheet, place: Place | None, found: str, remedy: str) -> Hit:
    return Hit(
        rule=8,
        sheet=sheet.name,
        place=place,
        found=found,
        remedy=remedy,
        severity=Severity.WARNING,
    )


CHECKS = (labels_and_units,)
