"""Parts that are the same in every proposal: settings, numbering, fonts and colours."""

from __future__ import annotations

from valuecalc.documents.charts import PAPER
from valuecalc.documents.proposal.styles import (
    FONT,
    FONT_RIGHT_TO_LEFT,
    HEADINGS,
    LANGUAGE,
    NAVY,
    SHADE,
    SOURCES,
    THIN_RULE,
)
from valuecalc.documents.proposal.xml import Element, element, w

_COLOURS = {
    "dk1": PAPER.ink,
    "lt1": PAPER.surface,
    "dk2": NAVY,
    "lt2": SHADE,
    "accent1": PAPER.total,
    "accent2": PAPER.positive,
    "accent3": PAPER.negative,
    "accent4": PAPER.bar,
    "accent5": PAPER.muted,
    "accent6": THIN_RULE,
    "hlink": NAVY,
    "folHlink": PAPER.muted,
}
_NAME = "valuecalc"


def settings(
    *, language: str = LANGUAGE, decimal: str = ".", has_even_pages: bool = False
) -> Element:
    """`settings.xml`: the layout rules of Word 2013 and later, and the signs in numbers.

    `decimal` is the sign before decimals in that language. `has_even_pages` says that even pages
    have headers and footers of their own.
    """
    mode = w(
        "compatSetting",
        name="compatibilityMode",
        uri="http://schemas.microsoft.com/office/word",
        val=15,
    )
    return w(
        "settings",
        w("zoom", percent=100),
        w("defaultTabStop", val=567),
        w("evenAndOddHeaders") if has_even_pages else None,
        w("characterSpacingControl", val="doNotCompress"),
        w("compat", mode),
        w("themeFontLang", val=language),
        w("decimalSymbol", val=decimal),
        w("listSeparator", val=";" if decimal == "," else ","),
    )


def numbering() -> Element:
    """`numbering.xml`: the numbers of headings and of sources."""
    return w(
        "numbering",
        w(
            "abstractNum",
            w("multiLevelType", val="multilevel"),
            _level(0, "%1", "Heading1", 567),
            _level(1, "%1.%2", "Heading2", 567),
            abstractNumId=HEADINGS,
        ),
        w(
            "abstractNum",
            w("multiLevelType", val="singleLevel"),
            _level(0, "%1.", "Source", 440),
            abstractNumId=SOURCES,
        ),
        *(w("num", w("abstractNumId", val=id), numId=id) for id in (HEADINGS, SOURCES)),
    )


def _level(level: int, text: str, style: str, indent: int) -> Element:
    return w(
        "lvl",
        w("start", val=1),
        w("numFmt", val="decimal"),
        w("pStyle", val=style),
        w("lvlText", val=text),
        w("lvlJc", val="left"),
        w("pPr", w("ind", left=indent, hanging=indent)),
        ilvl=level,
    )


def fonts() -> Element:
    """`fontTable.xml`: the fonts that the styles name."""
    return w("fonts", *(_font(name) for name in (FONT, FONT_RIGHT_TO_LEFT)))


def _font(name: str) -> Element:
    return w("font", w("family", val="swiss"), w("pitch", val="variable"), name=name)


def theme() -> Element:
    """`theme1.xml`: our colours for the palette of Word; the styles use none of it."""
    return element(
        "a:theme",
        element("a:themeElements", _colour_scheme(), _font_scheme(), _format_scheme()),
        attributes={"name": _NAME},
    )


def _colour_scheme() -> Element:
    colours = (
        element(f"a:{name}", _colour("a:srgbClr", colour.removeprefix("#").upper()))
        for name, colour in _COLOURS.items()
    )
    return element("a:clrScheme", *colours, attributes={"name": _NAME})


def _colour(name: str, value: str) -> Element:
    return element(name, attributes={"val": value})


def _font_scheme() -> Element:
    families = (
        element(
            f"a:{use}",
            element("a:latin", attributes={"typeface": FONT}),
            element("a:ea", attributes={"typeface": ""}),
            element("a:cs", attributes={"typeface": FONT_RIGHT_TO_LEFT}),
        )
        for use in ("majorFont", "minorFont")
    )
    return element("a:fontScheme", *families, attributes={"name": _NAME})


def _format_scheme() -> Element:
    """Plain fills and lines, three of each as the schema demands."""

    def fill() -> Element:
        return element("a:solidFill", _colour("a:schemeClr", "phClr"))

    def line() -> Element:
        return element("a:ln", fill(), attributes={"w": 9525})

    def effect() -> Element:
        return element("a:effectStyle", element("a:effectLst"))

    return element(
        "a:fmtScheme",
        element("a:fillStyleLst", fill(), fill(), fill()),
        element("a:lnStyleLst", line(), line(), line()),
        element("a:effectStyleLst", effect(), effect(), effect()),
        element("a:bgFillStyleLst", fill(), fill(), fill()),
        attributes={"name": _NAME},
    )
