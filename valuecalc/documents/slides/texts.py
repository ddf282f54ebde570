"""Texts on slides: never longer than their box, in their own direction, in any language.

PowerPoint makes a text smaller only when somebody edits it, so the size is chosen here. Widths
are those of the charts' font, which is wider than the one of the slides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Pt

from valuecalc.documents import languages
from valuecalc.documents.charts import PAPER
from valuecalc.documents.charts.text import REGULAR, SEMIBOLD, clean, wrap

LEADING = 1.2
"""Distance of two lines, in sizes of the text."""

MOST_LINES = 60
_KEPT_TOGETHER = re.compile("([\u00a0\u202f])")
Box = tuple[float, float, float, float]
"""Left, top, width and height, in points."""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `lead` stands before the text in bold."""

    text: str
    lead: str = ""
    bold: bool = False
    colour: str = PAPER.ink
    align: str = "l"

    @property
    def whole(self) -> str:
        """Everything that it says."""
        return f"{self.lead} {self.text}".strip()

    @property
    def weight(self) -> int:
        """The weight that it is measured in: of two, the wider one."""
        return SEMIBOLD if self.bold or self.lead else REGULAR


@dataclass(frozen=True)
class Sized:
    """Paragraphs that fit their box in a size (points)."""

    size: float
    paragraphs: tuple[Paragraph, ...]


def fit(
    paragraphs: Sequence[Paragraph],
    width: float,
    height: float,
    sizes: Sequence[float],
    gap: float = 0.0,
) -> Sized:
    """The paragraphs in the largest size that fits; in the smallest one they are shortened.

    `gap` is the space after each paragraph in sizes of the text.
    """
    shown = [_cleaned(each) for each in paragraphs if each.whole]
    for size in sizes:
        counts = [_lines(each, width, size) for each in shown]
        if _height(counts, size, gap) <= height:
            return Sized(size, tuple(shown))
    size = sizes[-1]
    lines = max(1, int((height / size - gap * len(shown)) / LEADING))
    return Sized(size, tuple(_shared(shown, width, size, lines)))


def _cleaned(each: Paragraph) -> Paragraph:
    return Paragraph(tidy(each.text), tidy(each.lead), each.bold, each.colour, each.align)


def tidy(text: str) -> str:
    """A text on one line, whose no-break spaces keep a number and its unit together.

    One of ours is said in the language that is spoken.
    """
    parts = _KEPT_TOGETHER.split(languages.spoken(text))
    return "".join(each if _KEPT_TOGETHER.match(each) else clean(each) for each in parts)


def _lines(each: Paragraph, width: float, size: float) -> int:
    return len(wrap(each.whole, width, size, each.weight, MOST_LINES).lines)


def _height(counts: Sequence[int], size: float, gap: float) -> float:
    return size * (LEADING * sum(counts) + gap * len(counts))


def _shared(shown: Sequence[Paragraph], width: float, size: float, lines: int) -> list[Paragraph]:
    """Each paragraph with its part of the lines; what short ones leave goes to the long ones."""
    counts = [_lines(each, width, size) for each in shown]
    allowed = [0] * len(shown)
    left = lines
    while left and any(given < count for given, count in zip(allowed, counts, strict=True)):
        for number, count in enumerate(counts):
            if left and allowed[number] < count:
                allowed[number] += 1
                left -= 1
    pairs = zip(shown, allowed, strict=True)
    return [_cut(each, width, size, most) for each, most in pairs if most]


def _cut(each: Paragraph, width: float, size: float, lines: int) -> Paragraph:
    whole = " ".join(wrap(each.whole, width, size, each.weight, lines).lines)
    lead = whole[: len(each.lead)]
    return Paragraph(whole[len(lead) :].strip(), lead, each.bold, each.colour, each.align)


# --------------------------------------------------------------------------- onto a slide


def put(
    slide: Any,
    name: str,
    box: Box,
    paragraphs: Sequence[Paragraph],
    sizes: Sequence[float],
    *,
    gap: float = 0.0,
    is_middle: bool = False,
) -> Any:
    """Add a box of text to a slide, which holds it whole."""
    left, top, width, height = box
    shape = slide.shapes.add_textbox(Pt(left), Pt(top), Pt(width), Pt(height))
    shape.name = languages.spoken(name)
    fill(shape, fit(paragraphs, width, height, sizes, gap), gap)
    if is_middle:
        shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    return shape


def fill(shape: Any, sized: Sized, gap: float = 0.0) -> None:
    """Write paragraphs into a shape, without space around them."""
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for number, each in enumerate(sized.paragraphs):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        _write(paragraph, each, sized.size)
        paragraph.space_after = Pt(sized.size * gap)


def _write(paragraph: Any, each: Paragraph, size: float) -> None:
    rtl = is_right_to_left(each.whole)
    if rtl:
        paragraph._p.get_or_add_pPr().set("rtl", "1")
    paragraph.alignment = PP_ALIGN.CENTER if each.align == "ctr" else PP_ALIGN.LEFT
    if rtl and each.align == "l":
        paragraph.alignment = PP_ALIGN.RIGHT
    for text, bold in ((each.lead, True), (each.text, each.bold)):
        if text:
            is_first = not paragraph.runs
            _run(paragraph, text if is_first else f" {text}", each, size, bold)


def _run(paragraph: Any, text: str, each: Paragraph, size: float, bold: bool) -> None:
    run = paragraph.add_run()
    run.text = text
    run.font.size = Pt(size)
    run.font.bold = bold
    run.font.color.rgb = rgb(each.colour)
    run._r.find(qn("a:rPr")).set("lang", languages.current().office_tag)


def rgb(colour: str) -> Any:
    """A colour of the palette as PowerPoint takes it."""
    return RGBColor.from_string(colour.lstrip("#").upper())


def is_right_to_left(text: str) -> bool:
    """Whether the first letter of a text says so."""
    strong = (unicodedata.bidirectional(each) for each in text)
    return next((each for each in strong if each in ("L", "R", "AL")), "L") != "L"
