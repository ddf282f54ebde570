"""Whether what LibreOffice shows is what the engine comes to: figures, cells, the tornado."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from tests.documents import libreoffice
from tests.documents.libreoffice import Sheets
from valuecalc.case.case import Case
from valuecalc.documents.workbook import book, reconciliation, sensitivity, slopes, write
from valuecalc.documents.workbook.cells import Sheet
from valuecalc.documents.workbook.draft import draft
from valuecalc.documents.workbook.names import defined_name
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Result
from valuecalc.engine.sensitivity.tornado import Bar, tornado

EXACT = 1e-9
SEARCH = "Search for the internal rate of return"
LIVE = ("Inputs", "Calculations", "Cash flow", "Years", "Benefits", "Plan")
"""The sheets on which nothing tells of the export, so that a switched scenario changes all.

The sentences in Chart data have numbers with as many decimals as at the export.
"""


NOT_LIVE = (slopes, sensitivity, reconciliation)
"""The makers of other sheets, which take half of the time of all: nothing is taken from them."""

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
SHOWN_IN = (0.01, 1, 1e3, 1e6, 1e9)
"""Per cent, ones, thousands, millions, billions."""


def agrees(value: float | None, shown: object, result: Result) -> bool:
    """Whether a cell shows a figure; sums that cancel out agree to the size of their terms."""
    if value is None:
        return shown == "n/a"
    return isinstance(shown, int | float) and math.isclose(
        shown, value, rel_tol=EXACT, abs_tol=1e-13 * size(result)
    )


def size(result: Result) -> float:
    """The sum of all flows of a case, whatever their sign."""
    flows = [*result.series["benefits"], *result.series["investment"]]
    return max(1.0, math.fsum(abs(float(flow)) for flow in flows if math.isfinite(flow)))


def wrong_figures(result: Result, sheets: Sheets) -> dict[str, tuple[float | None, object]]:
    """The figures that the workbook shows otherwise: the engine's value, and what it shows."""
    return {
        figure.name: (figure.value, sheets[defined_name(figure.name)])
        for figure in result.figures.values()
        if not agrees(figure.value, sheets[defined_name(figure.name)], result)
    }


def wrong_values(content: bytes, sheets: Sheets, result: Result) -> list[str]:
    """The cells of a file whose values are not those that their formulas have."""
    written, scale = libreoffice.read(content), size(result)
    return [
        f"{title}!{cell}: {value} in the file, {sheets.cells[title].get(cell)} recalculated"
        for title, cells in written.cells.items()
        for cell, value in cells.items()
        if not is_within_search(written, title, cell)
        and not same(
            value, sheets.cells[title].get(cell), max(scale, compared(written, title, cell))
        )
        and not differ_by_a_half(value, sheets.cells[title].get(cell), result)
    ]


def differ_by_a_half(text: object, other: object, result: Result) -> bool:
    """Whether two texts differ in a number alone that is in the middle of what they show.

    A half such as 327.405 is no binary number: we round it up as Excel does, LibreOffice down.
    """
    if not (isinstance(text, str) and isinstance(other, str)):
        return False
    if NUMBER.sub("", text) != NUMBER.sub("", other):
        return False
    shown = (map(read_number, NUMBER.findall(each)) for each in (text, other))
    pairs = zip(*shown, strict=True)
    middles = [(one + two) / 2 for one, two in pairs if one != two]
    values = [abs(each.value) for each in result.figures.values() if each.value is not None]
    return all(
        any(
            math.isclose(value / unit, middle, rel_tol=1e-12)
            for value in values
            for unit in SHOWN_IN
        )
        for middle in middles
    )


def read_number(text: str) -> float:
    """A number in a sentence."""
    return float(text.replace(",", ""))


def compared(written: Sheets, title: str, cell: str) -> float:
    """The size of two equal numbers whose difference a cell of the reconciliation shows."""
    exported = written.cells[title].get(f"D{cell[1:]}")
    is_difference = title == "Reconciliation" and cell[0] == "F"
    return abs(exported) if is_difference and isinstance(exported, int | float) else 0.0


@dataclass(frozen=True)
class LiveSheets:
    """The live sheets of a workbook as data, to be held against those of a changed case."""

    titles: Mapping[str, Sheet]

    @classmethod
    def of(cls, given: Case, result: Result) -> LiveSheets:
        """Those of the workbook of a result."""
        with pytest.MonkeyPatch.context() as patch:
            for each in NOT_LIVE:
                patch.setattr(each, "sheet", lambda *_: Sheet(title="Left out"))
            return cls.among(book.sheets(draft(result, given)))

    @classmethod
    def among(cls, sheets: Iterable[Sheet]) -> LiveSheets:
        """Those among all sheets of a workbook."""
        return cls({sheet.title: sheet for sheet in sheets if sheet.title in LIVE})

    def as_in(self, other: LiveSheets) -> list[Sheet]:
        """Those that have the same formulas in another workbook, where they may have moved."""
        return [
            sheet
            for title, sheet in self.titles.items()
            if title in other.titles and formulas_of(sheet) == formulas_of(other.titles[title])
        ]


def written(given: Case, result: Result) -> tuple[bytes, LiveSheets]:
    """The workbook of a result, and the live sheets that it was written from."""
    made: list[Sheet] = []
    describe = book.sheets

    def noted(*of: Any) -> list[Sheet]:
        made.extend(describe(*of))
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(book, "sheets", noted)
        content = write(result, given)
    return content, LiveSheets.among(made)


def formulas_of(sheet: Sheet) -> dict[tuple[int, int], str]:
    """The formulas of a sheet by row and column."""
    return {place: cell.formula for place, cell in sheet.cells.items() if cell.formula}


def wrong_cells(expected: Iterable[Sheet], sheets: Sheets, scale: float) -> list[str]:
    """The formulas of some sheets that come to something else than the engine does."""
    found = []
    for sheet in expected:
        shown = sheets.cells[sheet.title]
        for row, column in formulas_of(sheet):
            at, value = f"{get_column_letter(column)}{row}", sheet.cells[row, column].value
            value = to_excel(value) if isinstance(value, date) else value
            if not same(value, shown.get(at), scale):
                found.append(f"{sheet.title}!{at}: {value} expected, {shown.get(at)} recalculated")
    return found


def same(value: object, other: object, scale: float) -> bool:
    """Whether two contents of a cell are the same, in a case of so large flows."""
    if isinstance(value, int | float) and isinstance(other, int | float):
        return math.isclose(value, other, rel_tol=EXACT, abs_tol=1e-11 * scale)
    return value == other or (value in ("", None) and other is None)


def is_within_search(written: Sheets, title: str, cell: str) -> bool:
    """The steps of a search may differ where a sum is zero but for its last digit."""
    if title != "Checks":
        return False
    checks = written.cells["Checks"]
    start = next(int(at[1:]) for at, value in checks.items() if value == SEARCH)
    return int(cell.lstrip("ABCDEFG")) > start


# --------------------------------------------------------------------------- sensitivity


@dataclass(frozen=True)
class Row:
    """A row of the table on Sensitivity: an assumption, and what its cells show."""

    bar: Bar
    low: object
    high: object
    at_low: object
    at_high: object
    even: object
    how: str

    @property
    def is_live(self) -> bool:
        """Whether its formulas follow every change."""
        return self.how.startswith("live")


def tornado_rows(given: Case, result: Result, sheets: Sheets) -> list[Row]:
    """The table, with the bars of the engine's tornado by their labels."""
    cells = sheets.cells["Sensitivity"]
    found = tornado(given, "npv", scenario=result.scenario, others=True)
    bars = {bar.label: bar for bar in found.bars}
    assert len(bars) == len(found.bars)
    first = next(
        int(at[1:]) for at, value in cells.items() if value == "NPV at low" and at[0] == "F"
    )
    lines = range(first + 1, first + 1 + len(bars))
    return [
        Row(
            bars[str(cells[f"A{line}"])],
            *(cells.get(f"{column}{line}") for column in "CEFGM"),
            str(cells[f"N{line}"]),
        )
        for line in lines
    ]


def npv_at(result: Result, bar: Bar, value: float) -> float | None:
    """The NPV that the engine comes to with another value of one assumption."""
    if bar.is_convention:
        return calculate(result.case.with_values({}, value)).value("npv")
    return calculate(result.case.with_values({bar.id: value})).value("npv")


def wrong_live_rows(result: Result, rows: list[Row]) -> list[tuple[str, float, object, object]]:
    """The ends of the live rows at which the workbook has another NPV than the engine."""
    found = []
    for row in rows:
        known = {row.bar.low: row.bar.at_low.value, row.bar.high: row.bar.at_high.value}
        for end, shown in ((row.low, row.at_low), (row.high, row.at_high)):
            if not row.is_live:
                continue
            assert isinstance(end, float)
            expected = known[end] if end in known else npv_at(result, row.bar, end)
            if not agrees(expected, shown, result):
                found.append((row.bar.id, end, expected, shown))
    return found
