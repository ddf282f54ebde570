"""A file and its cells bound together: the cells are written straight into the archive.

So no sheet is ever held as a whole, neither as a tree nor as text. What takes long is cut into
pieces instead, which can be written one by one and wherever, and bound together in the end.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from typing import TypeAlias
from zipfile import ZIP_DEFLATED, ZipFile

from valuecalc.documents.workbook.inject import NO_CELLS, SHEET, entry
from valuecalc.documents.workbook.sheet_data import SheetData

Progress: TypeAlias = Callable[[int, int], None]
"""Is told how many cells are written, and how many there are."""

CELLS_A_WORD = 5_000
"""So many cells are written between two words about progress."""

_NEXT_SHEET = b"\0"
"""Stands between the sheets in a piece; XML has no such character."""


def unheard(done: int, total: int) -> None:
    """Nobody listens."""


def bound(shell: bytes, rows: Sequence[Iterable[bytes]]) -> bytes:
    """The file of a shell (`file.BookFile.shell`) with the rows of each of its sheets."""
    made = BytesIO()
    with ZipFile(BytesIO(shell)) as source, ZipFile(made, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            found = SHEET.fullmatch(name)
            with target.open(entry(name), "w") as opened:
                if found:
                    opened.writelines(_sheet(part, rows[int(found[1]) - 1]))
                else:
                    opened.write(part)
    return made.getvalue()


def _sheet(part: bytes, rows: Iterable[bytes]) -> Iterator[bytes]:
    head, _, tail = part.partition(NO_CELLS)
    yield head + b"<sheetData>"
    yield from rows
    yield b"</sheetData>" + tail


# --------------------------------------------------------------------------- in one go


def told(data: Sequence[SheetData], progress: Progress) -> list[Iterator[bytes]]:
    """The rows of each sheet; `progress` is told how far it is while they are written."""
    count = _Count(sum(len(each.sheet.cells) for each in data), progress)
    return [count.along(each) for each in data]


class _Count:
    def __init__(self, total: int, progress: Progress) -> None:
        self.total, self.progress = total, progress
        self.done = self.said = 0

    def along(self, data: SheetData) -> Iterator[bytes]:
        for number, columns in data.rows:
            yield data.row(number, columns)
            self.done += len(columns)
            if self.done - self.said >= CELLS_A_WORD or self.said < self.done == self.total:
                self.said = self.done
                self.progress(self.done, self.total)


# --------------------------------------------------------------------------- in pieces


def piece(data: Sequence[SheetData], number: int, count: int) -> bytes:
    """One of `count` pieces of about the same size, packed; whole rows, `number` from 0 on."""
    total = sum(_size(columns) for each in data for _, columns in each.rows)
    before, texts = 0, []
    for each in data:
        rows = []
        for row, columns in each.rows:
            if before * count // total == number:
                rows.append(each.row(row, columns))
            before += _size(columns)
        texts.append(b"".join(rows))
    return zlib.compress(_NEXT_SHEET.join(texts), 1)


def _size(columns: Sequence[int]) -> int:
    return 1 + len(columns)


def from_pieces(shell: bytes, pieces: Sequence[bytes]) -> bytes:
    """The file of a shell and of all pieces, in their order."""
    by_piece = (zlib.decompress(each).split(_NEXT_SHEET) for each in pieces)
    return bound(shell, list(zip(*by_piece, strict=True)))
