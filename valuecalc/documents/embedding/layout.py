"""What is put where a person left no pattern: a plain table, a picture in the width of a page."""

from __future__ import annotations

import struct

from valuecalc.documents.embedding.contents import Picture, Table
from valuecalc.documents.languages import spoken
from valuecalc.documents.proposal.styles import (
    CELL_MARGIN_TWIPS,
    NAVY,
    SHADE,
    TEXT_WIDTH_TWIPS,
    THIN_RULE,
)
from valuecalc.documents.proposal.text import runs
from valuecalc.documents.proposal.xml import Attributes, Element, element, one_line, qualified, w
from valuecalc.phrases import phrase

EMU_PER_TWIP = 635
_FIRST_COLUMN = 0.3
_NUMBERS = 0.5
_SIZE, _SMALL_SIZE = 18, 16
"""Of the words in half points; the smaller one is for more columns than stand at ease."""

_MOST_AT_EASE = 5
_ID_OF_DRAWINGS = 70_000
_NAME = phrase("Chart")


def table(content: Table) -> Element:
    """A table with plain rules, which needs no style of the document."""
    count = len(content.heads)
    first = TEXT_WIDTH_TWIPS if count == 1 else round(TEXT_WIDTH_TWIPS * _FIRST_COLUMN)
    other = (TEXT_WIDTH_TWIPS - first) // max(count - 1, 1)
    widths = [first, *[other] * (count - 1)]
    ends = [_are_amounts(content, column) for column in range(count)]
    rows = [_row(row, widths, ends) for row in content.rows]
    total = [_row(content.total, widths, ends, bold=True)] if content.total else []
    return w(
        "tbl",
        _properties(),
        w("tblGrid", *(w("gridCol", w=width) for width in widths)),
        _row(content.heads, widths, ends, bold=True, is_head=True),
        *rows,
        *total,
    )


def _properties() -> Element:
    rule: Attributes = {"val": "single", "sz": 4, "space": 0}
    borders = w(
        "tblBorders",
        w("top", **rule, color=NAVY),
        w("bottom", **rule, color=NAVY),
        w("insideH", **rule, color=THIN_RULE),
    )
    sides = (w(side, w=CELL_MARGIN_TWIPS, type="dxa") for side in ("left", "right"))
    return w(
        "tblPr",
        w("tblW", w=TEXT_WIDTH_TWIPS, type="dxa"),
        borders,
        w("tblLayout", type="fixed"),
        w("tblCellMar", *sides),
        w("tblLook", firstRow=1, lastRow=0, firstColumn=0, noHBand=1, noVBand=1),
    )


def _row(
    texts: tuple[str, ...],
    widths: list[int],
    ends: list[bool],
    *,
    bold: bool = False,
    is_head: bool = False,
) -> Element:
    size = _SMALL_SIZE if len(widths) > _MOST_AT_EASE else _SIZE
    heading = w("trPr", w("cantSplit"), w("tblHeader")) if is_head else w("trPr", w("cantSplit"))
    cells = (
        _cell(text, width, size, at_end=at_end, bold=bold, is_head=is_head)
        for text, width, at_end in zip(texts, widths, ends, strict=True)
    )
    return w("tr", heading, *cells)


def _cell(text: str, width: int, size: int, *, at_end: bool, bold: bool, is_head: bool) -> Element:
    shade = w("shd", val="clear", color="auto", fill=SHADE) if is_head else None
    look = w(
        "pPr",
        w("spacing", before=40, after=40),
        w("jc", val="right") if at_end else None,
    )
    made = runs(text)
    for run in made:
        _format(run, size, bold)
    return w("tc", w("tcPr", w("tcW", w=width, type="dxa"), shade), w("p", look, *made))


def _format(run: Element, size: int, bold: bool) -> None:
    properties = run.find(qualified("w:rPr"))
    if properties is None:
        properties = w("rPr")
        run.insert(0, properties)
    weight = [w("b"), w("bCs")] if bold else []
    properties[:0] = [*weight, w("sz", val=size), w("szCs", val=size)]


def _are_amounts(content: Table, column: int) -> bool:
    """Whether most of a column are numbers, which stand at the right."""
    texts = [row[column] for row in content.rows if row[column]]
    amounts = [text for text in texts if any(map(str.isdigit, text[:4])) or text == "–"]
    return column > 0 and bool(texts) and len(amounts) > _NUMBERS * len(texts)


def drawing(relation: str, picture: Picture, number: int) -> Element:
    """A picture of the relation, as wide as a page of A4 with usual margins."""
    wide, high = struct.unpack(">II", picture.png[16:24])
    width = TEXT_WIDTH_TWIPS * EMU_PER_TWIP
    size = width, round(width * high / wide)
    graphic = _graphic(relation, _ID_OF_DRAWINGS + number, {"cx": size[0], "cy": size[1]})
    return framed(graphic, picture.words, size, number)


def framed(graphic: Element, words: str, size: tuple[int, int], number: int) -> Element:
    """What is drawn (`a:graphicData`), of a width and a height, in a line of text."""
    id = _ID_OF_DRAWINGS + number
    told: Attributes = {
        "id": id,
        "name": f"{spoken(_NAME)} {number}",
        "descr": one_line(words, 1_000),
    }
    return w(
        "drawing",
        element(
            "wp:inline",
            element("wp:extent", attributes={"cx": size[0], "cy": size[1]}),
            element("wp:docPr", attributes=told),
            element("a:graphic", graphic),
            attributes={"distT": 0, "distB": 0, "distL": 0, "distR": 0},
        ),
    )


def _graphic(relation: str, id: int, size: Attributes) -> Element:
    form = element(
        "a:xfrm",
        element("a:off", attributes={"x": 0, "y": 0}),
        element("a:ext", attributes=size),
    )
    picture = element(
        "pic:pic",
        element(
            "pic:nvPicPr",
            element("pic:cNvPr", attributes={"id": id, "name": spoken(_NAME)}),
            element("pic:cNvPicPr"),
        ),
        element(
            "pic:blipFill",
            element("a:blip", attributes={"r:embed": relation}),
            element("a:stretch", element("a:fillRect")),
        ),
        element(
            "pic:spPr", form, element("a:prstGeom", element("a:avLst"), attributes={"prst": "rect"})
        ),
    )
    uri = "http://schemas.openxmlformats.org/drawingml/2006/picture"
    return element("a:graphicData", picture, attributes={"uri": uri})
