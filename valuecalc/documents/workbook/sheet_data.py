"""The cells of a sheet as XML, row by row: a formula together with the value that it has.

Viewers that do not calculate (previews, phones, readers of data) then see the right numbers.
openpyxl can write a formula or a value, not both, and holds every cell once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as FileCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from valuecalc.documents.workbook.cells import Cell, Content, Sheet
from valuecalc.documents.workbook.formats import Format
from valuecalc.documents.workbook.references import Directory
from valuecalc.documents.workbook.styles import STYLES
from valuecalc.documents.workbook.texts import clean

_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text of a user that begins like this is kept from ever being taken for a formula."""

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


class StyleTable:
    """The numbers that the styles of cells have in a workbook, given when first asked for."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self._numbers: dict[tuple[str, str, str, bool], int] = {}
        # A cell of no sheet, to try styles on: openpyxl resolves them for cells alone.
        self._scratch: Any = FileCell(book.worksheets[0], row=1, column=1)

    def number(self, cell: Cell) -> int:
        """The number of a cell's style."""
        format, is_quoted = cell.format, _is_quoted(cell)
        # Its texts, because a format itself takes long to be looked up.
        key = (cell.style, format.name, format.code, is_quoted)
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = self._added(cell.style, format, is_quoted)
        return found

    def _added(self, name: str, format: Format, is_quoted: bool) -> int:
        style = STYLES[name].named(format)
        if style.name not in self.book.named_styles:
            self.book.add_named_style(style)
        self._scratch.style = style.name
        look = copy(self._scratch._style)
        look.quotePrefix = int(is_quoted)
        return int(self.book._cell_styles.add(look))


def _is_quoted(cell: Cell) -> bool:
    return isinstance(cell.value, str) and not cell.formula and cell.value.startswith(_AS_FORMULA)


@dataclass(frozen=True)
class SheetData:
    """The rows of one sheet; `heights` are those of rows that are not of the usual height."""

    sheet: Sheet
    directory: Directory
    styles: StyleTable
    heights: Mapping[int, float]

    @cached_property
    def rows(self) -> Sequence[tuple[int, Sequence[int]]]:
        """Each row with the columns of its cells; a row may have none, but a height."""
        empty = self.heights.keys() - {row for row, _ in self.sheet.cells}
        places = sorted([*self.sheet.cells, *((row, 0) for row in empty)])
        return [
            (number, [column for _, column in of_row if column])
            for number, of_row in groupby(places, key=lambda place: place[0])
        ]

    def row(self, number: int, columns: Sequence[int]) -> bytes:
        """One of the rows as XML."""
        cells = "".join([self._cell(number, column) for column in columns])
        height = self.heights.get(number)
        tall = "" if height is None else f' customHeight="1" ht="{height:.16g}"'
        return f'<row r="{number}"{tall}>{cells}</row>'.encode()

    def _cell(self, row: int, column: int) -> str:
        cell = self.sheet.cells[row, column]
        head = f'<c r="{get_column_letter(column)}{row}" s="{self.styles.number(cell)}"'
        if cell.formula:
            formula = self.directory.formula(cell, self.sheet, column).translate(_ESCAPED)
            kind, text = encoded(cell.value)
            of_kind = f' t="{kind}"' if kind else ""
            return f"{head}{of_kind}><f>{formula}</f><v>{text.translate(_ESCAPED)}</v></c>"
        if cell.value is None or cell.value == "":
            return f"{head}/>"
        if isinstance(cell.value, str):
            return f'{head} t="inlineStr"><is>{_words(clean(cell.value))}</is></c>'
        return f"{head}><v>{encoded(cell.value)[1]}</v></c>"


def _words(text: str) -> str:
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<t{space}>{text.translate(_ESCAPED)}</t>"


def encoded(value: Content) -> tuple[str, str]:
    """The type and the text of the value that a formula has."""
    if isinstance(value, str):
        return "str", clean(value)
    if isinstance(value, date):
        return "", repr(int(to_excel(value)))
    return ("str", "") if value is None else ("", repr(value))
