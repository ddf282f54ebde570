"""References within formulas, written so that the same formula in another cell reads the same.

`=E5*$C$2` in cell E6 has the same shape as `=F5*$C$2` in F6: both are "the cell above, times
C2". Comparing shapes replaces copying each formula to each of its neighbours, and what is found
in a shape is found for every cell that has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from openpyxl.utils import column_index_from_string, get_column_letter

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

_END = re.compile(r"(\$?)([A-Z]{0,3})(\$?)([0-9]{0,7})")
_REFERENCE = re.compile(
    r"""
      (?P<words>"(?:[^"]|"")*" | \[[^\]]*\])
    | (?<![\w.\\$\]])
      (?P<sheet>(?:'(?:[^']|'')*'|[A-Za-z_\u0080-\uffff][\w.]*(?::[A-Za-z_][\w.]*)?)!)?
      (?P<first>\$?[A-Z]{1,3}\$?[0-9]{1,7}(?![\w.(\[!])
        (?::(?P<last>\$?[A-Z]{1,3}\$?[0-9]{1,7}))?
      | (?P<column>\$?[A-Z]{1,3}:\$?[A-Z]{1,3})
      | (?P<row>\$?[0-9]{1,7}:\$?[0-9]{1,7})
      )
      (?![\w.(\[!])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class End:
    """One corner of a reference: fixed at a row or column, or so many away from its cell."""

    row: int
    column: int
    row_fixed: bool
    column_fixed: bool

    def at(self, row: int, column: int) -> tuple[int, int]:
        """The row and column that are meant in a formula of the cell at `row` and `column`."""
        return (
            self.row if self.row_fixed else row + self.row,
            self.column if self.column_fixed else column + self.column,
        )

    def written(self, row: int, column: int) -> str:
        """As it is written in the cell at `row` and `column`: `$C5`."""
        found_row, found_column = self.at(row, column)
        letters = get_column_letter(max(1, min(found_column, LAST_COLUMN)))
        return f"{'$' * self.column_fixed}{letters}{'$' * self.row_fixed}{max(1, found_row)}"

    @property
    def shape(self) -> str:
        """The same text for every cell from which the same is meant."""
        row = f"R{self.row}" if self.row_fixed else f"R[{self.row}]"
        return f"{row}C{self.column}" if self.column_fixed else f"{row}C[{self.column}]"


class Area(NamedTuple):
    """A rectangle of cells of a sheet, both ends included."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def is_cell(self) -> bool:
        """Whether it is a single cell."""
        return self.top == self.bottom and self.left == self.right

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell of its sheet lies in it."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass(frozen=True, slots=True)
class Reference:
    """A cell or a range in a formula; `sheet` is empty for that of the formula.

    `prefix` is the sheet as the formula writes it: `'Cash flow'!`. `whole` is a reference to
    whole columns or rows, as it is written.
    """

    sheet: str
    prefix: str
    first: End
    last: End | None
    whole: str = ""

    def area(self, sheet: str, row: int, column: int) -> Area:
        """What is meant in a formula of that cell."""
        top, left = self.first.at(row, column)
        if self.last is None:
            return Area(self.sheet or sheet, top, left, top, left)
        bottom, right = self.last.at(row, column)
        if top > bottom:
            top, bottom = bottom, top
        if left > right:
            left, right = right, left
        return Area(self.sheet or sheet, top, left, bottom, right)

    def written(self, row: int, column: int) -> str:
        """As it is written in the cell at `row` and `column`."""
        if self.whole:
            return self.prefix + self.whole
        last = f":{self.last.written(row, column)}" if self.last else ""
        return f"{self.prefix}{self.first.written(row, column)}{last}"

    @property
    def shape(self) -> str:
        """The same text for every cell from which the same is meant."""
        if self.whole:
            return f"{self.sheet}!{self.whole}"
        last = f":{self.last.shape}" if self.last else ""
        return f"{self.sheet}!{self.first.shape}{last}"


def split(formula: str, row: int, column: int) -> list[str | Reference]:
    """A formula in the cell at `row` and `column` as its references and the texts between."""
    pieces: list[str | Reference] = []
    end = 0
    for found in _REFERENCE.finditer(formula):
        if found["words"] is not None:
            continue
        pieces.append(formula[end : found.start()])
        pieces.append(_reference(found, row, column))
        end = found.end()
    pieces.append(formula[end:])
    return pieces


def read(text: str, row: int = 1, column: int = 1) -> Reference | None:
    """The reference that a text is; None for a text that is none."""
    found = _REFERENCE.fullmatch(text)
    if found is None or found["words"] is not None:
        return None
    return _reference(found, row, column)


def _reference(found: re.Match[str], row: int, column: int) -> Reference:
    prefix = found["sheet"] or ""
    sheet = _plain(prefix)
    whole = found["column"] or found["row"]
    if whole:
        return Reference(sheet, prefix, *_ends_of_whole(whole), whole)
    first = found["first"].split(":")[0]
    last = _end(found["last"], row, column) if found["last"] else None
    return Reference(sheet, prefix, _end(first, row, column), last)


def _plain(prefix: str) -> str:
    name = prefix[:-1]
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def _end(text: str, row: int, column: int) -> End:
    at_row, at_column, row_fixed, column_fixed = _corner(text)
    return End(
        at_row if row_fixed else at_row - row,
        at_column if column_fixed else at_column - column,
        row_fixed,
        column_fixed,
    )


@lru_cache(maxsize=20_000)
def _corner(text: str) -> tuple[int, int, bool, bool]:
    """The row and the column of `$C5`, and which of them are fixed."""
    found = _END.fullmatch(text)
    assert found is not None
    fixed_column, letters, fixed_row, digits = found.groups()
    return int(digits), column_number(letters), bool(fixed_row), bool(fixed_column)


def _ends_of_whole(text: str) -> tuple[End, End]:
    first, last = text.replace("$", "").split(":")
    if first.isdigit():
        return End(int(first), 1, True, True), End(int(last), LAST_COLUMN, True, True)
    return (
        End(1, column_number(first), True, True),
        End(LAST_ROW, column_number(last), True, True),
    )


_NUMBERS: dict[str, int] = {}


def column_number(letters: str) -> int:
    """The number of a column, from 1: 28 for AB. Beyond the last one, that counts."""
    if letters not in _NUMBERS:
        try:
            _NUMBERS[letters] = column_index_from_string(letters)
        except ValueError:
            _NUMBERS[letters] = LAST_COLUMN
    return _NUMBERS[letters]
