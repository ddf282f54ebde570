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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from openpyxl.utils import get_column_letter, quote_sheetname

from valuecalc.documents.workbook.cells import OTHERWISE, UNDEFINED, Cell, Sheet, Span, Spot
from valuecalc.documents.workbook.names import defined_name
from valuecalc.documents.workbook.steps import MOST_LETTERS
from valuecalc.documents.workbook.texts import writable

_REFERENCE = re.compile(r"\[([^\[\]|]*)(?:\|(\w+))?\]")
_NEIGHBOURS = {"": 0, "now": 0, "before": -1, "next": 1}
_SAME = ("", "now", "shown")
_ROW_ONLY = ("now", "before", "next")
_LINKS = (*_SAME, "before", "next")
"""The words with which a reference that stands alone is a link."""
_LONG_NAME = 30
"""In a formula that is too long, a cell whose name is longer is called by its address."""
_COLUMN = "\0"
"""Stands around an offset where the letter of a column goes; no formula has this character."""


@dataclass(frozen=True)
class _Written:
    """A formula as it is written along its row: only letters of columns change in it.

    Between each two of `parts` stands the column so many `offsets` from that of the cell.
    """

    parts: Sequence[str]
    offsets: Sequence[int]

    def at(self, column: int) -> str:
        """The formula in a column."""
        text = self.parts[0]
        for offset, part in zip(self.offsets, self.parts[1:], strict=True):
            text += _letter(column + offset) + part
        return text


class Directory:
    """Every cell and row of a workbook that has a name."""

    def __init__(self, sheets: Iterable[Sheet]) -> None:
        self.spots: dict[str, tuple[Sheet, Spot]] = {}
        self.spans: dict[str, tuple[Sheet, Span]] = {}
        for sheet in sheets:
            self.spots |= {name: (sheet, spot) for name, spot in sheet.spots.items()}
            self.spans |= {name: (sheet, span) for name, span in sheet.spans.items()}
        self.undefined = set(self._undefined())
        self._with_long_names = True
        self._last: tuple[Cell, str] | None = None
        self._of_last = _Written([""], [])

    def _undefined(self) -> Iterable[str]:
        """What shows `n/a` somewhere, be it in another scenario.

        A function that takes it for a number would be wrong.
        """
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
        # Rows are long and one formula each: the last one is asked for again and again.
        if self._last is None or not _is_alike(self._last, cell, sheet):
            self._last, self._of_last = (cell, sheet.title), self._along(cell, sheet.title)
        return self._of_last.at(column)

    def _along(self, cell: Cell, here: str) -> _Written:
        text = self._text(cell, here)
        if len(text) > MOST_LETTERS:
            self._with_long_names = False
            text = self._text(cell, here)
            self._with_long_names = True
        pieces = text.split(_COLUMN)
        return _Written(pieces[::2], [int(offset) for offset in pieces[1::2]])

    def _text(self, cell: Cell, here: str) -> str:
        formula = writable(cell.formula)
        link = _REFERENCE.fullmatch(formula)
        word = (link[2] or "") if link else ""
        fails = cell.guarded or self._rests_on_undefined(cell.formula)
        if link and word in _LINKS:
            text = self._link(link[1], word, here)
            # What the other cell shows is taken as it is, `n/a` as well.
            fails = fails and not (word in _SAME and cell.otherwise == OTHERWISE)
            text = f"(1*{text})" if fails and link[1] in self.undefined else text
        else:
            text = _REFERENCE.sub(
                lambda found: self._write(found[1], found[2] or "", here), formula
            )
        if fails and not text.startswith("IFERROR("):
            text = f"IFERROR({text},{cell.otherwise})"
        return text

    # ------------------------------------------------------------------ links

    def _link(self, name: str, word: str, here: str) -> str:
        """A cell that is nothing but a link leads to the source, and not to another link."""
        is_row = name in self.spans and (word in _ROW_ONLY or name not in self.spots)
        if not is_row:
            sheet, spot = self.spots[name]
            place = (sheet, spot.row, spot.column)
            source, _ = self._source(*place)
            return self._spot(name, here) if source == place else self._address(*source, here)
        row_sheet, span = self.spans[name]
        (sheet, row, column), moves = self._source(row_sheet, span.row, span.first)
        if not moves:
            return self._address(sheet, row, column, here)
        return f"{_sheet_name(sheet.title, here)}{_COLUMN}{_NEIGHBOURS.get(word, 0)}{_COLUMN}{row}"

    def _source(self, sheet: Sheet, row: int, column: int) -> tuple[tuple[Sheet, int, int], bool]:
        """Where a cell leads to through links, and whether its neighbours lead beside that.

        A link among the inputs says what a number is taken from: that is where it is given.
        """
        moves = True
        while sheet.colour != "input" and (row, column) in sheet.cells:
            link = _REFERENCE.fullmatch(sheet.cells[row, column].formula)
            word = (link[2] or "") if link else ""
            if link is None or not link[1] or "," in link[1] or word not in (*_SAME, "sum"):
                break
            if link[1] in self.spans and (word == "now" or link[1] not in self.spots):
                sheet, span = self.spans[link[1]]
                row = span.row
                continue
            onward, spot = self.spots[link[1]]
            if (spot.height, spot.width) != (1, 1):
                break
            sheet, row, column, moves = onward, spot.row, spot.column, False
        return (sheet, row, column), moves

    def _address(self, sheet: Sheet, row: int, column: int, here: str) -> str:
        """A cell, by its name if it has one."""
        name = self._names.get((sheet.title, row, column))
        if name is not None:
            return defined_name(name)
        return f"{_sheet_name(sheet.title, here)}${_letter(column)}${row}"

    @cached_property
    def _names(self) -> dict[tuple[str, int, int], str]:
        """The defined names of single cells, the first one of each."""
        found: dict[tuple[str, int, int], str] = {}
        for name, (sheet, spot) in self.spots.items():
            if spot.defined and (spot.height, spot.width) == (1, 1):
                found.setdefault((sheet.title, spot.row, spot.column), name)
        return found

    def _rests_on_undefined(self, template: str) -> bool:
        return any(
            name in self.undefined and word in (*_NEIGHBOURS, "first", "last")
            for name, word in _REFERENCE.findall(template)
        )

    def _write(self, name: str, word: str, here: str) -> str:
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

    def _row(self, sheet: Sheet, span: Span, word: str, here: str) -> str:
        before = _sheet_name(sheet.title, here)
        if word in _NEIGHBOURS:
            return f"{before}{_COLUMN}{_NEIGHBOURS[word]}{_COLUMN}{span.row}"
        first = min(span.first + 1, span.last)
        columns = {"first": first, "last": span.last, "total": span.total}
        if word in columns:
            return f"{before}${_letter(columns[word])}${span.row}"
        start = {"all": span.first, "later": first}[word]
        return f"{before}${_letter(start)}${span.row}:${_letter(span.last)}${span.row}"

    def _spot(self, name: str, here: str) -> str:
        sheet, spot = self.spots[name]
        fits = self._with_long_names or len(name) <= _LONG_NAME
        if spot.defined and fits:
            return defined_name(name)
        return f"{_sheet_name(sheet.title, here)}{_area(spot)}"

    def address(self, name: str) -> str:
        """Where a named place or row stands: `'Cash flow'!$C$12`."""
        if name in self.spots:
            sheet, spot = self.spots[name]
            return f"{quote_sheetname(sheet.title)}!{_area(spot)}"
        return self._row(*self.spans[name], "all", "")

    def defined_names(self) -> dict[str, str]:
        """Each defined name with what it stands for."""
        names = (name for name, (_, spot) in self.spots.items() if spot.defined)
        return {defined_name(name): self.address(name) for name in names}

    def _sum(self, names: list[str], here: str) -> str:
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

    def _run(self, run: list[str], here: str) -> str:
        (sheet, first), (_, last) = self.spots[run[0]], self.spots[run[-1]]
        start = f"{_letter(first.column)}{first.row}"
        end = f"{_letter(last.column)}{last.row}"
        # A running sum keeps its start while it is written along its row.
        anchor = "$" if first.row == last.row else ""
        return f"{_sheet_name(sheet.title, here)}{anchor}{start}:{end}"


def _is_alike(last: tuple[Cell, str], cell: Cell, sheet: Sheet) -> bool:
    """Whether a cell's formula is that of the last one, in whatever column."""
    other, title = last
    return (
        cell.formula == other.formula
        and cell.guarded == other.guarded
        and cell.otherwise == other.otherwise
        and sheet.title == title
    )


def _shows_nothing(sheet: Sheet, row: int, column: int) -> bool:
    cell = sheet.cells.get((row, column))
    return cell is not None and (cell.guarded or cell.value == UNDEFINED)


def _area(spot: Spot) -> str:
    first = f"${_letter(spot.column)}${spot.row}"
    last = f"${_letter(spot.column + spot.width - 1)}${spot.row + spot.height - 1}"
    return first if first == last else f"{first}:{last}"


def _sheet_name(title: str, here: str) -> str:
    if title == here:
        return ""
    # One word needs no quotes, and a formula without them is read more easily.
    return f"{title if title.isalpha() else quote_sheetname(title)}!"


def _letter(column: int) -> str:
    return str(get_column_letter(column))
