"""How cells look: a style for each purpose, so that a reader (and a test) can tell them apart.

Blue on pale yellow may be changed, grey is fixed, black is calculated, green leads to another
cell, bold with a line above is a total.
"""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side

from valuecalc.documents.charts.palette import PAPER
from valuecalc.documents.workbook.formats import Format

FONT = "Calibri"
SIZE = 10


def colour(code: str) -> str:
    """A colour of the palette as the spreadsheet writes it: `#16345f` becomes `16345F`."""
    return code.removeprefix("#").upper()


INK, MUTED, GRID, DARK = map(colour, (PAPER.ink, PAPER.muted, PAPER.grid, PAPER.total))
GOOD, BAD = colour(PAPER.positive), colour(PAPER.negative)
SPARE, DECIDED = colour(PAPER.bar), "E0A100"
INPUT_INK, INPUT_FILL = "1F4FD8", "FFF9DB"
LINK_INK, FIXED_FILL, WHITE = "1B7F4D", "EFF1F4", "FFFFFF"
TABS = {
    "input": "E0B400",
    "calculation": INK,
    "total": DARK,
    "check": GOOD,
    "about": MUTED,
    "alarm": BAD,
}


@dataclass(frozen=True, kw_only=True)
class Style:
    """The look of one purpose. `numeric` styles exist once for each number format."""

    name: str
    ink: str = INK
    fill: str = ""
    size: float = SIZE
    bold: bool = False
    italic: bool = False
    across: str = ""
    down: str = "center"
    wrap: bool = False
    indent: int = 0
    top: str = ""
    bottom: str = ""
    box: bool = False
    unlocked: bool = False
    turned: bool = False
    numeric: bool = False

    def name_with(self, format: Format) -> str:
        """The name of the style for a number format."""
        return f"{self.name} {format.name}" if self.numeric else self.name

    def named(self, format: Format) -> NamedStyle:
        """The named style for a number format."""
        style = NamedStyle(name=self.name_with(format), number_format=format.code)
        style.font = Font(
            name=FONT, size=self.size, bold=self.bold, italic=self.italic, color=self.ink
        )
        if self.fill:
            style.fill = PatternFill("solid", start_color=self.fill)
        style.alignment = Alignment(
            horizontal=self.across or None,
            vertical=self.down,
            wrap_text=self.wrap,
            indent=self.indent,
            text_rotation=90 if self.turned else 0,
        )
        style.border = self._border()
        style.protection = Protection(locked=not self.unlocked)
        return style

    def _border(self) -> Border:
        if self.box:
            side = Side("thin", color="D9C98A")
            return Border(left=side, right=side, top=side, bottom=side)
        top = Side(self.top, color=DARK) if self.top else None
        bottom = Side(self.bottom, color=DARK) if self.bottom else None
        return Border(top=top, bottom=bottom)


def _number(name: str, **look: object) -> Style:
    return Style(name=name, across="right", numeric=True, **look)  # type: ignore[arg-type]


def _input(name: str, **look: object) -> Style:
    colours = {"ink": INPUT_INK, "fill": INPUT_FILL, "box": True, "unlocked": True}
    return Style(name=name, numeric=True, **colours, **look)  # type: ignore[arg-type]


STYLES: dict[str, Style] = {
    "title": Style(name="Page title", size=16, bold=True, ink=DARK),
    "subtitle": Style(name="Page subtitle", italic=True, ink=MUTED),
    "section": Style(name="Section", size=11, bold=True, ink=DARK, bottom="medium"),
    "section_right": Style(
        name="Section right", size=9, italic=True, ink=MUTED, bottom="medium", across="right"
    ),
    "header": Style(
        name="Table head", bold=True, ink=WHITE, fill=DARK, wrap=True, across="left", indent=1
    ),
    "header_line": Style(
        name="Table head line", bold=True, ink=WHITE, fill=DARK, across="left", indent=1
    ),
    "header_centre": Style(
        name="Table head centre", bold=True, ink=WHITE, fill=DARK, across="center"
    ),
    "header_turned": Style(
        name="Table head turned", size=8, ink=WHITE, fill=DARK, turned=True, numeric=True
    ),
    "header_right": _number("Table head number", bold=True, ink=WHITE, fill=DARK, wrap=True),
    # What a row counts from is a number, and no input.
    "header_opening": _number("Fixed table head", bold=True, ink=WHITE, fill=DARK, wrap=True),
    "label": Style(name="Label", across="left", indent=1),
    "label_wrapped": Style(name="Label wrapped", across="left", indent=1, wrap=True),
    "label_total": Style(name="Label total", bold=True, top="thin", across="left", indent=1),
    "line": Style(name="Line", bold=True, across="left"),
    "note_line": Style(name="Note line", size=9, italic=True, ink=MUTED),
    "unit": Style(name="Unit", size=9, ink=MUTED, across="left", indent=1),
    "unit_total": Style(name="Unit total", size=9, ink=MUTED, top="thin", across="left", indent=1),
    "name": Style(name="Name", size=9, ink=MUTED, across="left", indent=1),
    "centred": Style(name="Centred", across="center"),
    "dated": Style(name="Dated", size=9, ink=MUTED, across="left", numeric=True),
    "note": Style(name="Note", size=9, ink=MUTED, wrap=True, across="left"),
    "text": Style(name="Text", wrap=True, across="left", indent=1),
    "line_of_text": Style(name="Line of text", across="left", indent=1),
    "text_of_line": Style(name="Text of a line", size=9, ink=MUTED, across="left", indent=1),
    "lead": Style(name="Lead", bold=True, ink=DARK, across="left", indent=1),
    "words": Style(name="Words", across="left"),
    "piece": Style(name="Piece", size=9, ink=MUTED, across="left"),
    "alarm": Style(name="Alarm", bold=True, ink=WHITE, fill=BAD, across="left", indent=1),
    "mistake": Style(name="Mistake", ink=BAD, wrap=True, across="left", indent=1),
    "status_total": Style(name="Status total", ink=GOOD, top="thin", across="center"),
    "status": Style(name="Status", bold=True, ink=GOOD, across="left", indent=1),
    "status_centred": Style(name="Status centred", ink=GOOD, across="center"),
    "input": _input("Input", across="right"),
    "choice": _input("Choice", across="left", bold=True),
    "input_sample": _number("Input sample", ink=INPUT_INK, fill=INPUT_FILL, box=True),
    "text_link": Style(name="Text link", ink=LINK_INK, across="left", indent=1),
    "caption_right": Style(name="Caption right", size=9, italic=True, ink=MUTED, across="right"),
    "count": Style(name="Calculation left", across="left", indent=1, numeric=True),
    "fixed": _number("Fixed", fill=FIXED_FILL),
    "calculation": _number("Calculation"),
    "link": _number("Link", ink=LINK_INK),
    "link_strong": _number("Link strong", ink=LINK_INK, bold=True),
    "total": _number("Total", bold=True, top="thin"),
    "result": _number("Result", bold=True, size=11, ink=DARK),
}
"""Every style by its key."""
