"""The house style as `styles.xml`: every style with its properties in the order of the schema.

No theme font is named anywhere, so that none can win over ours.
"""

from __future__ import annotations

from collections.abc import Iterator

from valuecalc.documents.proposal.styles import (
    CELL_MARGIN_TWIPS,
    COVER,
    FACTS,
    FONT,
    FONT_RIGHT_TO_LEFT,
    INK,
    LANGUAGE,
    MUTED,
    NAVY,
    PARAGRAPHS,
    STRIP,
    TABLE,
    THIN_RULE,
    Style,
)
from valuecalc.documents.proposal.xml import Attributes, Element, w


def styles(language: str = LANGUAGE) -> Element:
    """All styles of the document, whose text is in a language such as `de-DE`."""
    return w(
        "styles",
        _defaults(language),
        _normal(),
        *map(_paragraph_style, PARAGRAPHS),
        *_character_styles(),
        *_table_styles(),
        w("style", w("name", val="No List"), type="numbering", default=1, styleId="NoList"),
    )


def _defaults(language: str) -> Element:
    spoken = w("lang", val=language, eastAsia=language, bidi="ar-SA")
    run = w("rPr", _fonts(), *_size(10.5), spoken)
    return w("docDefaults", w("rPrDefault", run), w("pPrDefault", w("pPr", w("widowControl"))))


def _fonts() -> Element:
    return w("rFonts", ascii=FONT, hAnsi=FONT, eastAsia=FONT, cs=FONT_RIGHT_TO_LEFT)


def _normal() -> Element:
    return w(
        "style",
        w("name", val="Normal"),
        w("qFormat"),
        w("pPr", w("spacing", before=0, after=140, line=269, lineRule="auto")),
        w("rPr", w("color", val=INK)),
        type="paragraph",
        default=1,
        styleId="Normal",
    )


def _paragraph_style(style: Style) -> Element:
    own = {} if style.name[0].islower() or style.id in _BUILT_IN else {"customStyle": 1}
    return w(
        "style",
        w("name", val=style.name),
        w("basedOn", val=style.base),
        w("next", val=style.next) if style.next else None,
        w("qFormat"),
        w("pPr", *_paragraph_properties(style)),
        w("rPr", *_run_properties(style)),
        type="paragraph",
        styleId=style.id,
        **own,
    )


_BUILT_IN = ("Title", "Subtitle")


def _paragraph_properties(style: Style) -> Iterator[Element | None]:
    yield w("keepNext") if style.keep_next else None
    yield w("keepLines") if style.keep_lines else None
    yield _numbering(style.number) if style.number else None
    if style.bar:
        yield w("pBdr", w("left", val="single", sz=32, space=8, color=style.bar))
    if style.tab_right:
        yield w("tabs", *_tabs(style))
    yield _spacing(style)
    if style.indent:
        indent = {"left": _twips(style.indent)}
        yield w("ind", **indent, **({"hanging": _twips(style.hanging)} if style.hanging else {}))
    yield w("jc", val=style.align) if style.align else None
    yield w("outlineLvl", val=style.outline) if style.outline is not None else None


def _tabs(style: Style) -> Iterator[Element]:
    if style.tab_left:
        yield w("tab", val="left", pos=style.tab_left)
    dots = {"leader": "dot"} if style.leader else {}
    yield w("tab", val="right", **dots, pos=style.tab_right)


def _numbering(number: tuple[int, int]) -> Element:
    list_id, level = number
    if not list_id:
        return w("numPr", w("numId", val=0))
    return w("numPr", w("ilvl", val=level), w("numId", val=list_id))


def _spacing(style: Style) -> Element | None:
    """Distances as the style states them; one that is based on another inherits what is 0."""
    distances = {"before": _twips(style.before), "after": _twips(style.after)}
    if style.base != "Normal":
        distances = {key: value for key, value in distances.items() if value}
    if style.line:
        return w("spacing", **distances, line=round(style.line * 240), lineRule="auto")
    return w("spacing", **distances) if distances else None


def _run_properties(style: Style) -> Iterator[Element | None]:
    if style.bold is not None:
        yield from (w("b"), w("bCs"))
    if style.italic:
        yield from (w("i"), w("iCs"))
    yield w("caps") if style.capitals else None
    yield w("color", val=style.colour) if style.colour else None
    yield w("spacing", val=16) if style.capitals else None
    if style.size:
        yield from _size(style.size)


def _size(points: float) -> tuple[Element, Element]:
    return w("sz", val=round(points * 2)), w("szCs", val=round(points * 2))


def _twips(points: float) -> int:
    return round(points * 20)


def _character_styles() -> Iterator[Element]:
    default = w("name", val="Default Paragraph Font")
    yield w("style", default, type="character", default=1, styleId="DefaultParagraphFont")
    yield _character_style("Hyperlink", "Hyperlink", w("color", val=NAVY), w("u", val="single"))
    yield _character_style("Muted", "Muted", w("color", val=MUTED))
    yield _character_style("Strong", "Strong", w("b"), w("bCs"))


def _character_style(id: str, name: str, *properties: Element) -> Element:
    return w(
        "style",
        w("name", val=name),
        w("basedOn", val="DefaultParagraphFont"),
        w("qFormat"),
        w("rPr", *properties),
        type="character",
        styleId=id,
    )


def _table_styles() -> Iterator[Element]:
    yield w(
        "style",
        w("name", val="Normal Table"),
        w("tblPr", w("tblInd", w=0, type="dxa"), _cell_margins(0, 108)),
        type="table",
        default=1,
        styleId="TableNormal",
    )
    outer: Attributes = {"val": "single", "sz": 8, "space": 0, "color": NAVY}
    inner: Attributes = {"val": "single", "sz": 4, "space": 0, "color": THIN_RULE}
    rules = (w("top", **outer), w("bottom", **outer), w("insideH", **inner))
    yield _table_style(TABLE, "Value table", *rules)
    thin = (w("top", **inner), w("bottom", **inner), w("insideH", **inner))
    yield _table_style(FACTS, "Fact table", *thin)
    yield _table_style(STRIP, "Strip table")
    yield _table_style(COVER, "Cover table", w("top", **outer))


def _table_style(id: str, name: str, *rules: Element) -> Element:
    return w(
        "style",
        w("name", val=name),
        w("basedOn", val="TableNormal"),
        w("qFormat"),
        w("pPr", w("spacing", before=0, after=0)),
        w(
            "tblPr",
            w("tblBorders", *rules) if rules else None,
            _cell_margins(40, CELL_MARGIN_TWIPS),
        ),
        type="table",
        customStyle=1,
        styleId=id,
    )


def _cell_margins(vertical: int, horizontal: int) -> Element:
    sides = (("top", vertical), ("left", horizontal), ("bottom", vertical), ("right", horizontal))
    return w("tblCellMar", *(w(side, w=width, type="dxa") for side, width in sides))
