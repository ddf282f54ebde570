"""Tables: one text width, fixed columns, a head that repeats, rows that stay whole."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from valuecalc.documents.languages import spoken
from valuecalc.documents.proposal import styles
from valuecalc.documents.proposal.draft import (
    Blank,
    Content,
    Draft,
    English,
    Field,
    See,
    Styled,
    Tagged,
)
from valuecalc.documents.proposal.xml import Element, one_line, w
from valuecalc.engine.result import Figure

TALLEST_WHOLE_ROW = 1_200
"""A row whose cell has more characters may break across pages, or it would fit on none."""

TWIPS_PER_CM = 567
_CM_PER_POINT = 2.54 / 72
_CELL_PADDING_CM = 0.32

# Widths of the document's font in parts of its size, by Unicode category, rather too large than
# too small: digits and signs of money and calculation are all as wide as each other.
_WIDTHS = {"Nd": 0.51, "Sc": 0.51, "Sm": 0.51, "Pd": 0.51, "Lu": 0.65}
_NARROW = dict.fromkeys(",.:;'()\u00a0\u202f", 0.26)
_OTHER_WIDTH = 0.54

_SPACES = re.compile(r"[ \n]+")
_STYLES = {each.id: each for each in styles.PARAGRAPHS}
_ALTERNATIVE_TEXT = 250


@dataclass(frozen=True)
class _Demand:
    """What the words of columns ask for in the style of others, whose font may be wider.

    Letters may be so much wider than ours (`letters`), and so may `digits`, and the `bold` ones
    of totals. Words of so many centimetres (`longest`) stay whole; amounts always do.
    """

    letters: float
    longest: float
    digits: float
    bold: float


_DEMANDS = (
    # Digits as wide as those of Verdana and Georgia, and then as those of Arial and Cambria.
    *(_Demand(letters, longest, 1.3, 1.4) for letters, longest in ((1.1, 4.5), (1.0, 2.5))),
    *(_Demand(1.0, longest, 1.1, 1.15) for longest in (4.5, 2.5, 1.8)),
    _Demand(1.0, 1.0, 1.1, 1.1),
)
"""The most first; a table takes the first one for which it has room."""


@dataclass(frozen=True)
class Line:
    """One paragraph of a cell, in the style of its column unless it has its own."""

    content: Sequence[Content]
    style: str = ""


_ONE = Figure | Styled | See | Blank | Field | Tagged

Cell: TypeAlias = Content | Sequence[Line]
"""What stands in a cell: one text or figure, or several paragraphs."""


@dataclass(frozen=True)
class Column:
    """A column: its head, its width in centimetres, and whether it holds numbers."""

    head: str
    width: float
    numeric: bool = False


@dataclass(frozen=True)
class Row:
    """The cells of a row; a total stands out. `height` in centimetres is the least it has."""

    cells: Sequence[Cell]
    total: bool = False
    height: float = 0.0


@dataclass(frozen=True)
class Look:
    """The style of a table and of what is in it.

    `family` begins the names of its paragraph styles (`TableText`, `TableTotalNumber`);
    `first` is the style of the first column if it has its own; `shade` fills every cell. A
    table of at most `whole` rows stands on one page; with `blocks` a page may end after a total.
    """

    style: str
    family: str = "Table"
    first: str = ""
    shade: bool = False
    whole: int = 12
    blocks: bool = False


VALUES = Look(styles.TABLE)
LONG = Look(styles.TABLE, whole=5)
CASH = Look(styles.TABLE, family="Cash", whole=24, blocks=True)
FACTS = Look(styles.FACTS, first="TableTerm", whole=9)
STATEMENT = Look(styles.FACTS, family="Statement", first="StatementLead")
STATEMENT_SHORT = Look(styles.FACTS, first="TableTerm", whole=9)
SHORT = Look(styles.TABLE, family="Tight", whole=24)
COVER = Look(styles.COVER, family="Cover", first="CoverTerm")
SIGNING = Look(styles.TABLE)
STRIP = Look(styles.STRIP, shade=True)


def table(
    draft: Draft,
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    title: str,
    name: str = "",
    description: str = "",
    look: Look = VALUES,
    notes: Sequence[Sequence[Content]] = (),
) -> None:
    """Write a table and the notes below it.

    A table without heads of columns has no head row. `title` and `description` are read to
    those who cannot see it. By its `name` the draft knows it in every language.
    """
    columns = _fitted(draft, columns, rows, look)
    writer = _Writer(draft, columns, look)
    has_head = any(column.head for column in columns)
    made = w(
        "tbl",
        writer.properties(has_head, bool(rows) and rows[-1].total, title, description or title),
        w("tblGrid", *(w("gridCol", w=_twips(column.width)) for column in columns)),
        writer.head() if has_head else None,
        *writer.rows(rows, has_notes=bool(notes)),
    )
    draft.add_table(made)
    if name:
        draft.tables.setdefault(name, []).append(made)
        draft.english.setdefault(name, []).append(_english(columns, rows))
    for number, note in enumerate(notes, start=1):
        draft.write("TableNote", *note, keep_next=number < len(notes))


def _english(columns: Sequence[Column], rows: Sequence[Row]) -> English:
    """What the columns and the rows of a table are called in every language."""
    heads = tuple(str(column.head) for column in columns)
    return heads, tuple(" ".join(_first_words(row.cells[0])) for row in rows)


def _first_words(cell: Cell) -> Iterator[str]:
    if isinstance(cell, str):
        yield str(cell)
    elif isinstance(cell, _ONE):
        yield str(cell.text)
    else:
        for line in cell:
            yield "".join(str(getattr(each, "text", each)) for each in line.content)


def width_for(texts: Iterable[str], size: float, *, least: float, most: float = 16.0) -> float:
    """The width of a column in centimetres in which no word or amount is broken.

    `size` is that of the font in points; the result lies between `least` and `most`.
    """
    words = [word for text in texts for word in spoken(text).split(" ")]
    longest = max((sum(map(_character_width, word)) for word in words), default=0.0)
    needed = longest * size * _CM_PER_POINT + _CELL_PADDING_CM
    return round(min(max(needed, least), most), 2)


def _fitted(
    draft: Draft, columns: Sequence[Column], rows: Sequence[Row], look: Look
) -> Sequence[Column]:
    """The columns, wide enough for their words in the style of others; the sum stays."""
    if not draft.is_in_their_style or look == STRIP:
        return columns
    widths = [column.width for column in columns]
    for demand in _DEMANDS:
        least = [
            _least_width(column, rows, number, look, demand) / draft.width_share
            for number, column in enumerate(columns)
        ]
        if sum(least) <= sum(widths):
            break
    made = _shared_out(widths, least)
    return [replace(column, width=width) for column, width in zip(columns, made, strict=True)]


def _shared_out(widths: Sequence[float], least: Sequence[float]) -> list[float]:
    """The widths with what the narrow ones lack taken from what the others can spare."""
    lacking = sum(max(need - width, 0.0) for width, need in zip(widths, least, strict=True))
    spare = sum(max(width - need, 0.0) for width, need in zip(widths, least, strict=True))
    if not lacking:
        return list(widths)
    if lacking > spare:
        return [need * sum(widths) / sum(least) for need in least]
    taken = lacking / spare
    return [
        need if need > width else width - (width - need) * taken
        for width, need in zip(widths, least, strict=True)
    ]


def _least_width(
    column: Column, rows: Sequence[Row], number: int, look: Look, demand: _Demand
) -> float:
    """The centimetres of the longest word of a column in a font that is so much wider.

    Of words longer than those that stay whole, such as an address, only those among numbers count.
    """
    use = "Number" if column.numeric else "Text"
    size = _size(f"{look.family}{use}")
    letters = demand.digits if column.numeric else demand.letters
    bold = demand.bold if column.numeric else demand.letters
    texts = [(column.head, _size("TableHead") * letters)]
    texts += [
        ("".join(map(_said, line.content)), size * (bold if row.total else letters))
        for row in rows
        for line in _lines(row.cells[number])
    ]
    widths = [
        width_for([word], wide, least=0.0, most=100.0)
        for text, wide in texts
        for word in _SPACES.split(text)
    ]
    longest = math.inf if column.numeric else demand.longest
    return max((width for width in widths if width <= longest), default=0.0)


def _said(content: Content) -> str:
    return spoken(content if isinstance(content, str) else content.text)


def _size(style: str) -> float:
    """The size of a paragraph style in points, which it may have from the one it is based on."""
    found = _STYLES[style]
    return found.size or _size(found.base)


def _character_width(character: str) -> float:
    return _NARROW.get(character) or _WIDTHS.get(unicodedata.category(character), _OTHER_WIDTH)


@dataclass(frozen=True)
class _Writer:
    """Writes the parts of one table."""

    draft: Draft
    columns: Sequence[Column]
    look: Look

    def properties(self, has_head: bool, has_total: bool, title: str, description: str) -> Element:
        width = sum(_twips(column.width) for column in self.columns)
        return w(
            "tblPr",
            w("tblStyle", val=self.look.style),
            w("tblW", w=width, type="dxa"),
            w("tblInd", w=0, type="dxa"),
            w("tblLayout", type="fixed"),
            w(
                "tblLook",
                firstRow=int(has_head),
                lastRow=int(has_total),
                firstColumn=0,
                noHBand=1,
                noVBand=1,
            ),
            w("tblCaption", val=one_line(spoken(title), _ALTERNATIVE_TEXT)),
            w("tblDescription", val=one_line(spoken(description), _ALTERNATIVE_TEXT)),
        )

    def head(self) -> Element:
        cells = map(self.head_cell, self.columns)
        return w("tr", w("trPr", w("cantSplit"), w("tblHeader")), *cells)

    def head_cell(self, column: Column) -> Element:
        style = "TableHeadNumber" if column.numeric else "TableHead"
        rule = w("tcBorders", w("bottom", val="single", sz=8, space=0, color=styles.NAVY))
        # The shade stands in the cell too: some programs look at no table style.
        properties = w("tcPr", _width(column), rule, _shade(), w("vAlign", val="bottom"))
        return w("tc", properties, self.draft.paragraph(style, column.head, keep_next=True))

    def rows(self, rows: Sequence[Row], has_notes: bool) -> Iterator[Element]:
        for number, row in enumerate(rows):
            left = len(rows) - 1 - number
            is_kept = has_notes if left == 0 else self.is_kept(len(rows), number)
            ends_block = self.look.blocks and left > 0 and row.total and not rows[number + 1].total
            yield self.row(row, is_kept and not ends_block)

    def is_kept(self, count: int, number: int) -> bool:
        """Whether a row stays on the page of the next one; of a long table, its ends do."""
        return count <= self.look.whole or number in (0, count - 2)

    def row(self, row: Row, keep_next: bool) -> Element:
        fits = max(map(_length, row.cells), default=0) <= TALLEST_WHOLE_ROW
        cells = (
            w("tc", self.cell_properties(row, column), *self.lines(row, number, keep_next))
            for number, column in enumerate(self.columns)
        )
        properties = [w("cantSplit")] if fits else []
        if row.height:
            properties.append(w("trHeight", val=_twips(row.height), hRule="atLeast"))
        return w("tr", w("trPr", *properties) if properties else None, *cells)

    def cell_properties(self, row: Row, column: Column) -> Element:
        rule = w("tcBorders", w("top", val="single", sz=6, space=0, color=styles.NAVY))
        return w(
            "tcPr",
            _width(column),
            rule if row.total else None,
            _shade() if self.look.shade else None,
        )

    def lines(self, row: Row, number: int, keep_next: bool) -> Iterator[Element]:
        style = self.style(row, number)
        for line in _lines(row.cells[number]):
            yield self.draft.paragraph(line.style or style, *line.content, keep_next=keep_next)

    def style(self, row: Row, number: int) -> str:
        if number == 0 and self.look.first and not row.total:
            return self.look.first
        numeric = self.columns[number].numeric
        use = f"{'Total' if row.total else ''}{'Number' if numeric else ''}"
        return f"{self.look.family}{use or 'Text'}"


def _twips(centimetres: float) -> int:
    return round(centimetres * TWIPS_PER_CM)


def _width(column: Column) -> Element:
    return w("tcW", w=_twips(column.width), type="dxa")


def _shade() -> Element:
    return w("shd", val="clear", color="auto", fill=styles.SHADE)


def _length(cell: Cell) -> int:
    if isinstance(cell, str):
        return len(spoken(cell))
    if isinstance(cell, _ONE):
        return len(spoken(cell.text))
    return sum(_length(content) for line in cell for content in line.content)


def _lines(cell: Cell) -> Sequence[Line]:
    if isinstance(cell, str | _ONE):
        return [Line([cell])]
    return cell or [Line([""])]
