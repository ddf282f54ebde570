"""Puts cells in for the references in square brackets of a formula.

`[net]` is the cell of the row `net` in the column of the formula, or the cell called `net`,
by its defined name if it has one. A word behind a bar says which cells of a row are meant:

- `[net|now]`: the same column, of the row if a cell has the same name
- `[net|before]`, `[net|next]`: one column to the left, to the right
- `[net|all]`, `[net|later]`: all periods, all but the decision
- `[net|first]`, `[net|last]`: the first period after the decision, the last one
- `[net|total]`: the cell in the column of totals
- `[net|shown]`: as `[net]`, but what it shows is taken as it is, `n/a` as a text
- `[a,b,c|sum]`: the sum of these cells, or `n/a` when one of them is no number
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from openpyxl.utils import get_column_letter, quote_sheetname

from valuecalc.documents.workbook.cells import OTHERWISE, UNDEFINED, Cell, Sheet, Span, Spot
from valuecalc.documents.workbook.names import defined_name

_REFERENCE = re.compile(r"\[([^\[\]|]*)(?:\|(\w+))?\]")
_NEIGHBOURS = {"": 0, "now": 0, "before": -1, "next": 1}


@dataclass(frozen=True)
class _Here:
    """The cell whose formula is being written."""

    sheet: str
    column: int


class Directory:
    """Every cell and row of a workbook that has a name."""

    def __init__(self, sheets: Iterable[Sheet]) -> None:
        self.spots: dict[str, tuple[Sheet, Spot]] = {}
        self.spans: dict[str, tuple[Sheet, Span]] = {}
        for sheet in sheets:
            self.spots |= {name: (sheet, spot) for name, spot in sheet.spots.items()}
            self.spans |= {name: (sheet, span) for name, span in sheet.spans.items()}
        self.undefined = set(self._undefined())

    def _undefined(self) -> Iterable[str]:
        """What shows `n/a` somewhere: a function that takes it for a number would be wrong."""
        for name, (sheet, spot) in self.spots.items():
            if sheet.workings and _shows_nothing(sheet, spot.row, spot.column):
                yield name
        for name, (sheet, span) in self.spans.items():
            columns = range(span.first, span.last + 1)
            if sheet.workings and any(
                _shows_nothing(sheet, span.row, column) for column in columns
            ):
                yield name

    def formula(self, cell: Cell, sheet: Sheet, column: int) -> str:
        """The formula of a cell as the spreadsheet reads it, without `=`."""
        here = _Here(sheet.title, column)
        text = _REFERENCE.sub(
            lambda found: self._write(found[1], found[2] or "", here), cell.formula
        )
        fails = cell.guarded or self._rests_on_undefined(cell.formula)
        if text.startswith("IFERROR(") or not fails:
            return text
        return f"IFERROR({text},{cell.otherwise})"

    def _rests_on_undefined(self, template: str) -> bool:
        return any(
            name in self.undefined and word in (*_NEIGHBOURS, "first", "last")
            for name, word in _REFERENCE.findall(template)
        )

    def _write(self, name: str, word: str, here: _Here) -> str:
        if word == "sum":
            return self._sum([each for each in name.split(",") if each], here)
        if word == "shown":
            is_row = name in self.spans and name not in self.spots
            return self._row(*self.spans[name], "", here) if is_row else self._spot(name, here)
        if name in self.spans and (word or name not in self.spots):
            text = self._row(*self.spans[name], word, here)
        else:
            text = self._spot(name, here)
        # A bare reference to the text `n/a` would count as zero in MAX and as large in `>`.
        by_value = word in (*_NEIGHBOURS, "first", "last")
        return f"(1*{text})" if by_value and name in self.undefined else text

    def _row(self, sheet: Sheet, span: Span, word: str, here: _Here) -> str:
        before = _sheet_name(sheet.title, here)
        if word in _NEIGHBOURS:
            return f"{before}{_letter(here.column + _NEIGHBOURS[word])}{span.row}"
        first = min(span.first + 1, span.last)
        columns = {"first": first, "last": span.last, "total": span.total}
        if word in columns:
            return f"{before}${_letter(columns[word])}${span.row}"
        start = {"all": span.first, "later": first}[word]
        return f"{before}${_letter(start)}${span.row}:${_letter(span.last)}${span.row}"

    def _spot(self, name: str, here: _Here) -> str:
        sheet, spot = self.spots[name]
        return (
            defined_name(name) if spot.defined else f"{_sheet_name(sheet.title, here)}{_area(spot)}"
        )

    def address(self, name: str) -> str:
        """Where a named place or row stands: `'Cash flow'!$C$12`."""
        if name in self.spots:
            sheet, spot = self.spots[name]
            return f"{quote_sheetname(sheet.title)}!{_area(spot)}"
        return self._row(*self.spans[name], "all", _Here("", 0))

    def defined_names(self) -> dict[str, str]:
        """Each defined name with what it stands for."""
        names = (name for name, (_, spot) in self.spots.items() if spot.defined)
        return {defined_name(name): self.address(name) for name in names}

    def _sum(self, names: list[str], here: _Here) -> str:
        runs = list(self._runs(names))
        if not runs:
            return "0"
        if len(runs) == 1 and len(names) > 1:
            area = self._run(runs[0], here)
            size = "COLUMNS" if self._is_beside(*runs[0][:2]) else "ROWS"
            return f"IF(COUNT({area})={size}({area}),SUM({area}),{OTHERWISE})"
        terms = [
            self._spot(run[0], here) if len(run) == 1 else f"SUMPRODUCT(1*{self._run(run, here)})"
            for run in runs
        ]
        return terms[0] if len(terms) == 1 else f"IFERROR({'+'.join(terms)},{OTHERWISE})"

    def _runs(self, names: list[str]) -> Iterable[list[str]]:
        """Names of cells that stand below or beside each other, together."""
        run: list[str] = []
        for name in names:
            if run and not self._goes_on(run, name):
                yield run
                run = []
            run.append(name)
        if run:
            yield run

    def _goes_on(self, run: list[str], name: str) -> bool:
        neighbours = [self._is_below, self._is_beside]
        if len(run) > 1:
            neighbours = [self._is_beside if self._is_beside(*run[:2]) else self._is_below]
        return any(is_next(run[-1], name) for is_next in neighbours)

    def _is_below(self, name: str, after: str) -> bool:
        (sheet, spot), (next_sheet, next_spot) = self.spots[name], self.spots[after]
        below = (spot.row + spot.height, spot.column)
        return sheet is next_sheet and (next_spot.row, next_spot.column) == below

    def _is_beside(self, name: str, after: str) -> bool:
        (sheet, spot), (next_sheet, next_spot) = self.spots[name], self.spots[after]
        beside = (spot.row, spot.column + spot.width)
        return sheet is next_sheet and (next_spot.row, next_spot.column) == beside

    def _run(self, run: list[str], here: _Here) -> str:
        (sheet, first), (_, last) = self.spots[run[0]], self.spots[run[-1]]
        start = f"{_letter(first.column)}{first.row}"
        end = f"{_letter(last.column)}{last.row}"
        # A running sum keeps its start while it is written along its row.
        anchor = "$" if first.row == last.row else ""
        return f"{_sheet_name(sheet.title, here)}{anchor}{start}:{end}"


def _shows_nothing(sheet: Sheet, row: int, column: int) -> bool:
    cell = sheet.cells.get((row, column))
    return cell is not None and cell.value == UNDEFINED


def _area(spot: Spot) -> str:
    first = f"${_letter(spot.column)}${spot.row}"
    last = f"${_letter(spot.column + spot.width - 1)}${spot.row + spot.height - 1}"
    return first if first == last else f"{first}:{last}"


def _sheet_name(title: str, here: _Here) -> str:
    if title == here.sheet:
        return ""
    # One word needs no quotes, and a formula without them is read more easily.
    return f"{title if title.isalpha() else quote_sheetname(title)}!"


def _letter(column: int) -> str:
    return str(get_column_letter(column))
