"""Rows over time: one row, one formula, from the decision to the last period.

Labels stand in column A, units in B, totals and constants in C; D is empty (it is what stands
before the decision), and the periods follow from E on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from valuecalc.documents.workbook.cells import (
    OTHERWISE,
    UNDEFINED,
    Cell,
    Content,
    Sheet,
    Span,
    shown,
)
from valuecalc.documents.workbook.formats import GENERAL, Format

LABEL, UNIT, TOTAL, OPENING, FIRST = 1, 2, 3, 4, 5

SUM = "sum"
IN_FIRST_PERIOD = "first"


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading over rows: of a section, or of one line with what is to be said about it.

    `caption` stands over the column of totals.
    """

    text: str
    caption: str = ""
    note: str = ""
    section: bool = True


@dataclass(frozen=True, kw_only=True)
class Gap:
    """An empty row."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row over time.

    `formula` is written once for all periods; without one, `values` are given. `values` has
    one content per period. `total` is what column C holds: the `sum`, or the value in the
    `first` period after the decision, known to formulas as `total_name`. `guarded` says that
    it has no number somewhere, be it in another scenario.
    """

    key: str
    label: str
    unit: str
    values: Sequence[Content]
    formula: str = ""
    style: str = "calculation"
    format: Format = GENERAL
    total: str = ""
    total_name: str = ""
    total_format: Format | None = None
    otherwise: str = OTHERWISE
    guarded: bool = False

    def as_single(self, name: str) -> Single:
        """The same as one number for all periods, for what does not change over time."""
        value = self.values[min(1, len(self.values) - 1)]
        assert isinstance(value, float)
        return Single(
            name=name,
            label=self.label,
            unit=self.unit,
            value=value,
            formula=self.formula,
            style=self.style,
            format=self.format,
            guarded=self.guarded,
        )


@dataclass(frozen=True, kw_only=True)
class Single:
    """A row with one number for all periods, in column C. `name` is what formulas call it."""

    name: str
    label: str
    unit: str
    value: float | None
    formula: str
    style: str = "calculation"
    format: Format = GENERAL
    guarded: bool = False


def counted(values: Sequence[Content]) -> str:
    """The total of a row that is nothing but zeros and ones: so it can be checked at a glance."""
    return SUM if all(value in (0, 1) for value in values) else ""


Block: TypeAlias = Heading | Gap | Row | Single


def place(sheet: Sheet, blocks: Iterable[Block], top: int) -> int:
    """Write rows onto a sheet from row `top` down; returns the row after the last one."""
    row = top - 1
    for row, block in enumerate(blocks, top):
        match block:
            case Heading():
                _place_heading(sheet, block, row)
            case Row():
                _place_row(sheet, block, row)
            case Single():
                _place_single(sheet, block, row)
    return row + 1


def _place_heading(sheet: Sheet, heading: Heading, row: int) -> None:
    if not heading.section:
        sheet.text(row, LABEL, heading.text, "line")
        sheet.text(row, FIRST, heading.note, "note_line")
        return
    last = max(span.last for span in sheet.spans.values())
    for column in range(LABEL, last + 1):
        sheet.put(row, column, Cell(style="section"))
    sheet.text(row, LABEL, heading.text, "section")
    sheet.text(row, TOTAL, heading.caption, "section_right")


def _place_row(sheet: Sheet, block: Row, row: int) -> None:
    last = FIRST + len(block.values) - 1
    sheet.spans[block.key] = Span(row=row, first=FIRST, last=last, total=TOTAL)
    ending = "_total" if block.style == "total" else ""
    sheet.text(row, LABEL, block.label, f"label{ending or '_wrapped'}")
    sheet.text(row, UNIT, block.unit, f"unit{ending}")
    if ending:
        for column in (TOTAL, OPENING):
            sheet.put(row, column, Cell(style="unit_total"))
    contents = [shown(value) if isinstance(value, float) else value for value in block.values]
    guarded = block.guarded or UNDEFINED in contents
    for column, content in enumerate(contents, FIRST):
        cell = Cell(
            value=content,
            formula=block.formula,
            style=block.style,
            format=block.format,
            guarded=guarded,
            otherwise=block.otherwise,
        )
        sheet.put(row, column, cell)
    if block.total:
        _place_total(sheet, block, row)


def _place_total(sheet: Sheet, block: Row, row: int) -> None:
    numbers = [float(v) if isinstance(v, int | float) else math.nan for v in block.values]
    if block.total == SUM:
        row_of_all = f"[{block.key}|all]"
        counted = f"COUNT({row_of_all})=COLUMNS({row_of_all})"
        formula = f"IF({counted},SUM({row_of_all}),{OTHERWISE})"
        value = math.fsum(numbers) if all(map(math.isfinite, numbers)) else math.nan
    else:
        formula = f"IFERROR([{block.key}|first],{OTHERWISE})"
        value = numbers[min(1, len(numbers) - 1)]
    cell = Cell(
        value=shown(value),
        formula=formula,
        style=block.style,
        format=block.total_format or block.format,
    )
    sheet.put(row, TOTAL, cell, block.total_name)


def _place_single(sheet: Sheet, block: Single, row: int) -> None:
    sheet.text(row, LABEL, block.label, "label_wrapped")
    sheet.text(row, UNIT, block.unit, "unit")
    content = shown(block.value)
    cell = Cell(
        value=content,
        formula=block.formula,
        style=block.style,
        format=block.format,
        guarded=block.guarded or content == UNDEFINED,
    )
    sheet.put(row, TOTAL, cell, block.name)
