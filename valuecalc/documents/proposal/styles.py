"""The house style of a proposal: fonts, colours, measures and paragraph styles.

Everything that decides the look stands here and in `stylesheet`; the rest of the package names
styles only. Sizes and distances are in points.
"""

from __future__ import annotations

from dataclasses import dataclass

from valuecalc.documents.charts import PAPER

FONT = "Calibri"
FONT_RIGHT_TO_LEFT = "Arial"
LANGUAGE = "en-GB"
"""The language of a document, unless it is said to be in another one."""

INK = PAPER.ink.removeprefix("#")
MUTED = PAPER.muted.removeprefix("#")
NAVY = PAPER.total.removeprefix("#")
GAIN = PAPER.positive.removeprefix("#")
LOSS = PAPER.negative.removeprefix("#")
THIN_RULE = "D5DBE4"
SHADE = "EEF2F7"

TABLE = "ValueTable"
FACTS = "FactTable"
STRIP = "StripTable"
COVER = "CoverTable"

HEADINGS, SOURCES = 1, 2
"""The numbered lists."""

TEXT_WIDTH_CM = 16.0
TEXT_WIDTH_TWIPS = 9071
NO_LEVEL = 9
"""The outline level of plain text, for a heading that the contents leave out."""

TEXT_TAB = 480
"""From the number of an entry of the contents to its words, in twips."""
CELL_MARGIN_TWIPS = 85


@dataclass(frozen=True, kw_only=True)
class Style:
    """A paragraph style. `bar` is the colour of a rule at its left, `number` a list level."""

    id: str
    name: str
    base: str = "Normal"
    next: str = ""
    size: float = 0
    bold: bool | None = None
    italic: bool = False
    capitals: bool = False
    colour: str = ""
    before: float = 0
    after: float = 0
    line: float = 0
    align: str = ""
    keep_next: bool = False
    keep_lines: bool = False
    indent: float = 0
    hanging: float = 0
    bar: str = ""
    number: tuple[int, int] | None = None
    outline: int | None = None
    tab_left: int = 0
    tab_right: int = 0
    leader: bool = False


def _heading(level: int, size: float, before: float, after: float, **more: object) -> Style:
    return Style(
        id=f"Heading{level}",
        name=f"heading {level}",
        next="Normal",
        size=size,
        bold=True,
        colour=NAVY,
        before=before,
        after=after,
        line=1.05,
        keep_next=True,
        keep_lines=True,
        outline=level - 1,
        **more,  # type: ignore[arg-type]
    )


def _strip_number(size: int) -> Style:
    return Style(
        id=f"Number{size}",
        name=f"Strip number {size}",
        size=size,
        bold=True,
        colour=NAVY,
        before=2,
        line=1,
        keep_next=True,
    )


PARAGRAPHS = (
    Style(id="Kicker", name="Kicker", size=9.5, bold=True, capitals=True, colour=GAIN, after=2),
    Style(
        id="Title",
        name="Title",
        next="Subtitle",
        size=32,
        bold=True,
        colour=NAVY,
        before=8,
        after=8,
        line=1,
        keep_next=True,
    ),
    Style(id="TitleLong", name="Title long", base="Title", size=23),
    Style(id="TitleShort", name="Title short", base="Title", size=23, after=3),
    Style(id="TitleShortLong", name="Title short long", base="TitleShort", size=15),
    Style(
        id="Subtitle",
        name="Subtitle",
        next="Normal",
        size=16,
        colour=MUTED,
        after=4,
        keep_next=True,
    ),
    Style(id="SubtitleShort", name="Subtitle short", base="Subtitle", size=13),
    Style(id="Facts", name="Facts", size=9.5, colour=MUTED, after=12),
    Style(id="CoverLogo", name="Cover logo", after=150, line=1),
    Style(
        id="CoverKicker",
        name="Cover kicker",
        base="Kicker",
        next="Title",
        size=11,
        keep_next=True,
    ),
    Style(id="CoverRule", name="Cover rule", size=4, before=120, after=0, line=1, keep_next=True),
    Style(id="CoverText", name="Cover text", base="TableText", size=10.5),
    Style(id="CoverTerm", name="Cover term", base="CoverText", colour=MUTED),
    Style(
        id="ContentsHeading",
        name="Contents heading",
        base="Heading1",
        next="Normal",
        after=10,
        number=(0, 0),
        outline=NO_LEVEL,
    ),
    Style(
        id="TOC1",
        name="toc 1",
        next="Normal",
        before=7,
        after=2,
        line=1,
        tab_left=TEXT_TAB,
        tab_right=TEXT_WIDTH_TWIPS,
        leader=True,
        indent=TEXT_TAB / 20,
        hanging=TEXT_TAB / 20,
        keep_lines=True,
    ),
    Style(
        id="TOC2",
        name="toc 2",
        base="TOC1",
        next="Normal",
        size=9.5,
        colour=MUTED,
        before=0.5,
        after=1,
        tab_left=2 * TEXT_TAB + 80,
        tab_right=TEXT_WIDTH_TWIPS,
        leader=True,
        indent=(2 * TEXT_TAB + 80) / 20,
        hanging=(TEXT_TAB + 80) / 20,
    ),
    Style(
        id="KeyMessage",
        name="Key message",
        size=13.5,
        colour=NAVY,
        before=2,
        after=12,
        line=1.15,
        keep_lines=True,
        indent=12,
        bar=GAIN,
    ),
    Style(id="KeyMessageLoss", name="Key message loss", base="KeyMessage", bar=LOSS),
    _heading(1, 16, 20, 6, number=(HEADINGS, 0)),
    _heading(2, 11.5, 13, 4, number=(HEADINGS, 1)),
    _heading(3, 10.5, 10, 3),
    Style(
        id="HeadingShort",
        name="Heading short",
        base="Heading1",
        next="Normal",
        size=11.5,
        before=9,
        after=3,
        number=(0, 0),
        outline=0,
    ),
    *(_strip_number(size) for size in (20, 15, 11, 8)),
    Style(id="StripLabel", name="Strip label", size=8.5, colour=MUTED, after=3, line=1),
    Style(id="Summary", name="Summary", before=8),
    Style(id="StripSign", name="Strip sign", base="Number20", align="center", colour=MUTED),
    Style(id="TableHead", name="Table head", size=8.5, bold=True, colour=NAVY, line=1),
    Style(id="TableHeadNumber", name="Table head number", base="TableHead", align="right"),
    Style(id="TableText", name="Table text", size=9, line=1.05),
    Style(id="TableNumber", name="Table number", base="TableText", align="right"),
    Style(id="TableTotal", name="Table total", base="TableText", bold=True, colour=NAVY),
    Style(id="TableTotalNumber", name="Table total number", base="TableTotal", align="right"),
    Style(id="TableTerm", name="Table term", base="TableText", colour=MUTED),
    Style(id="StatementText", name="Statement text", size=10.5, line=1.1),
    Style(
        id="StatementLead",
        name="Statement lead",
        base="StatementText",
        italic=True,
        colour=NAVY,
    ),
    Style(id="TableSmall", name="Table small", base="TableText", size=8, colour=MUTED),
    Style(id="TightText", name="Tight text", base="TableText", size=8.5, line=1),
    Style(id="TightNumber", name="Tight number", base="TightText", align="right"),
    Style(id="TightTotal", name="Tight total", base="TightText", bold=True, colour=NAVY),
    Style(id="TightTotalNumber", name="Tight total number", base="TightTotal", align="right"),
    Style(
        id="EquationName",
        name="Equation name",
        bold=True,
        colour=NAVY,
        before=10,
        after=2,
        keep_next=True,
        keep_lines=True,
    ),
    Style(id="Equation", name="Equation", before=2, after=3, indent=12, keep_lines=True),
    Style(id="EquationNumbers", name="Equation numbers", base="Equation", after=6, keep_lines=True),
    Style(id="EquationNote", name="Equation note", base="EquationNumbers", size=9, colour=MUTED),
    Style(id="CashText", name="Cash text", base="TableText", size=8),
    Style(id="CashNumber", name="Cash number", base="CashText", align="right"),
    Style(id="CashTotal", name="Cash total", base="CashText", bold=True, colour=NAVY),
    Style(
        id="CashTotalNumber",
        name="Cash total number",
        base="CashTotal",
        align="right",
    ),
    Style(id="TableNote", name="Table note", size=8.5, colour=MUTED, before=3, after=4, line=1.05),
    Style(id="AfterTable", name="After table", size=4, line=1),
    Style(
        id="Caption",
        name="caption",
        size=9,
        bold=True,
        colour=MUTED,
        before=9,
        after=4,
        keep_next=True,
        keep_lines=True,
    ),
    Style(id="Picture", name="Picture", before=2, after=2, keep_next=True, line=1),
    Style(id="PictureCaption", name="Picture caption", size=9, bold=True, colour=MUTED, after=10),
    Style(
        id="Source",
        name="Source",
        size=9.5,
        after=4,
        keep_lines=True,
        indent=22,
        hanging=22,
        number=(SOURCES, 0),
    ),
    Style(id="Header", name="header", size=8.5, colour=MUTED, line=1, tab_right=TEXT_WIDTH_TWIPS),
    Style(id="Footer", name="footer", size=8.5, colour=MUTED, line=1, tab_right=TEXT_WIDTH_TWIPS),
)
