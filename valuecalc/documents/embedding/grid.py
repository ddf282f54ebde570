"""The table in a control: its rows and cells, which of them are heads, and which a total."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property

from valuecalc.documents.embedding.controls import (
    CELL,
    CONTENT,
    PARAGRAPH,
    ROW,
    SDT,
    TABLE,
    Control,
    holds_changes,
    plain,
)
from valuecalc.documents.embedding.state import hash_of
from valuecalc.documents.embedding.writing import FORMAT, put_in_cell
from valuecalc.documents.proposal.xml import Element, qualified, w

BRACKETS = re.compile(r"\[([^\[\]]*)\]")

MOST_COLUMNS = 63
"""So many columns a table of Word has at most."""

_ROW_FORMAT = qualified("w:trPr")
_CELL_FORMAT = qualified("w:tcPr")
_PARAGRAPH_FORMAT = qualified("w:pPr")
_HEADER = qualified("w:tblHeader")
_TOTALS = ("total", "sum", "gesamt", "insgesamt", "somme")
"""What totals begin with in the languages that people have asked for so far."""
_LEFT_OUT = tuple(
    qualified(f"w:{name}")
    for name in (
        "tblHeader",
        "ins",
        "del",
        "trPrChange",
        "tcPrChange",
        "pPrChange",
        "rPrChange",
        "cellIns",
        "cellDel",
        "vMerge",
        "sectPr",
    )
)
_KEPT_BY_PEOPLE = tuple(
    qualified(f"w:{name}")
    for name in (
        "commentRangeStart",
        "commentReference",
        "footnoteReference",
        "endnoteReference",
        "bookmarkStart",
        "drawing",
        "pict",
        "object",
        "fldChar",
        "fldSimple",
        "sdt",
    )
)


def words(element: Element) -> str:
    """What can be read in a cell, on one line."""
    return " ".join(plain(element).split())


def is_blank(text: str) -> bool:
    """Whether a text is none, or one in brackets that asks to be replaced."""
    return not text or bool(BRACKETS.fullmatch(text))


def cells(row: Element) -> dict[int, Element]:
    """The cells of a row by their column; one over several columns by the first of them."""
    found: dict[int, Element] = {}
    column = 0
    for each in row.iterchildren(CELL, SDT):
        for cell in each.iterfind(f"{CONTENT}/{CELL}") if each.tag == SDT else (each,):
            found[column] = cell
            column += _span(cell)
    return found


def _span(cell: Element) -> int:
    """Over how many columns a cell stands."""
    span = cell.find(f"{_CELL_FORMAT}/{qualified('w:gridSpan')}")
    written = "" if span is None else span.get(qualified("w:val")) or ""
    return min(max(int(written), 1), MOST_COLUMNS) if written.isdecimal() else 1


def first_words(row: Element) -> str:
    """What stands in the first cell of a row, which tells it from the others."""
    inside = cells(row)
    return words(inside[0]) if inside else ""


def is_touched(row: Element) -> bool:
    """Whether somebody left a mark in a row: a tracked change, a comment, a note, a picture."""
    return holds_changes(row) or next(row.iter(*_KEPT_BY_PEOPLE), None) is not None


@dataclass(frozen=True)
class Grid:
    """The rows of the table in a control, or of the rows that a control stands around."""

    control: Control
    of_total: frozenset[str] = frozenset()
    """Hashes of what the row of the total may be called beside the usual words."""

    @cached_property
    def table(self) -> Element | None:
        """The table itself; None if the control holds none."""
        if self.control.level == "row":
            return next(self.control.element.iterancestors(TABLE), None)
        content = self.control.content
        return None if content is None else content.find(TABLE)

    @cached_property
    def rows(self) -> list[Element]:
        """All rows that belong to the control."""
        if self.control.level == "row":
            assert self.control.content is not None, "the rows stand in it"
            return list(_rows(self.control.content))
        return [] if self.table is None else list(_rows(self.table))

    @cached_property
    def heads(self) -> list[Element]:
        """The rows of heads: those that repeat on each page, or else the first row."""
        everything = self.rows if self.control.level != "row" else list(_rows(self.table))
        repeated = [row for row in everything if row.find(f"{_ROW_FORMAT}/{_HEADER}") is not None]
        if repeated:
            return repeated
        return everything[:1] if len(everything) > 1 or self.control.level == "row" else []

    @cached_property
    def body(self) -> list[Element]:
        """The rows below the heads, without that of the total."""
        rows = [row for row in self.rows if row not in self.heads]
        return [row for row in rows if row is not self.total]

    @cached_property
    def total(self) -> Element | None:
        """The last row, if there is another one and it seems to be a total."""
        rows = [row for row in self.rows if row not in self.heads]
        if len(rows) < 2:
            return None
        label = first_words(rows[-1])
        is_total = label.lower().lstrip("[").startswith(_TOTALS)
        return rows[-1] if is_total or hash_of(label) in self.of_total else None

    @cached_property
    def head_words(self) -> dict[int, str]:
        """The heads of the columns as people read them."""
        if not self.heads:
            return {}
        return {column: words(cell) for column, cell in cells(self.heads[-1]).items()}


def _rows(holder: Element) -> Iterator[Element]:
    for each in holder.iterchildren(ROW, SDT):
        if each.tag == ROW:
            yield each
        else:
            yield from each.iterfind(f"{CONTENT}/{ROW}")


def like(row: Element, kept: frozenset[int]) -> Element:
    """A new row with the format of another; the columns `kept` have its words as well."""
    made = w("tr")
    for properties in row.iterchildren(qualified("w:tblPrEx"), _ROW_FORMAT):
        made.append(_clean(properties))
    for column, cell in cells(row).items():
        made.append(_like_cell(cell, words(cell) if column in kept else ""))
    return made


def _like_cell(cell: Element, text: str) -> Element:
    properties = cell.find(_CELL_FORMAT)
    paragraph = next(cell.iter(PARAGRAPH), None)
    made = w("tc", None if properties is None else _clean(properties), _like_line(paragraph))
    if text:
        put_in_cell(made, text)
    return made


def _like_line(paragraph: Element | None) -> Element:
    if paragraph is None:
        return w("p")
    properties = paragraph.find(_PARAGRAPH_FORMAT)
    format = paragraph.find(f".//{qualified('w:r')}/{FORMAT}")
    run = None if format is None else w("r", _clean(format))
    return w("p", None if properties is None else _clean(properties), run)


def _clean(properties: Element) -> Element:
    """A copy of a format without what belongs to one place of the document."""
    made = deepcopy(properties)
    for each in list(made.iter(*_LEFT_OUT)):
        each.getparent().remove(each)
    return made


def usual(rows: list[Element]) -> Element:
    """The row whose format most rows have, or the plainest of several such formats.

    A row that somebody has shaded is not copied.
    """
    looks = [_look(row) for row in rows]
    return rows[looks.index(max(looks, key=lambda look: (looks.count(look), -len(look))))]


def _look(row: Element) -> tuple[tuple[str, str], ...]:
    """The format of a row, without its words."""
    formats = (_ROW_FORMAT, _CELL_FORMAT, _PARAGRAPH_FORMAT, FORMAT)
    found = (below for each in row.iter(*formats) for below in each.iter("*"))
    return tuple((each.tag, str(sorted(each.attrib.items()))) for each in found)
