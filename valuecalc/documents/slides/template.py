"""The empty presentation that slides are added to: 16:9, our colours, our font, one layout."""

from __future__ import annotations

import re
from typing import Any

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE as KIND
from pptx.oxml.ns import qn
from pptx.util import Pt

from valuecalc.documents import languages
from valuecalc.documents.charts import PAPER

WIDTH, HEIGHT = 960, 540
"""Of a slide, in points."""

MARGIN = 40
FONT = "Calibri"
LAYOUT = "Title Only"
TITLE = (MARGIN, 24, WIDTH - 2 * MARGIN, 70)
"""Left, top, width and height of the title, in points."""

_NUMBER = (WIDTH - MARGIN - 60, HEIGHT - 30, 60, 20)
_TITLE_SIZE = 28
_COLOURS = {
    "dk2": PAPER.ink,
    "lt2": PAPER.grid,
    "accent1": PAPER.total,
    "accent2": PAPER.positive,
    "accent3": PAPER.negative,
    "accent4": PAPER.bar,
    "accent5": PAPER.band,
    "accent6": PAPER.muted,
    "hlink": PAPER.total,
    "folHlink": PAPER.muted,
}
_NOT_OURS = (KIND.THUMBNAIL, KIND.PRINTER_SETTINGS)


def blank() -> Any:
    """A presentation without slides (`pptx.presentation.Presentation`)."""
    made = Presentation()
    made.slide_width, made.slide_height = Pt(WIDTH), Pt(HEIGHT)
    layout = _only_layout(made)
    for each in (made.slide_master, layout):
        _arrange(each)
    _style_titles(made.slide_master)
    _speak(made)
    _colour(made.slide_master)
    for owner in (made.part.package, made.part):
        _drop(owner)
    return made


def _only_layout(made: Any) -> Any:
    for each in list(made.slide_layouts):
        if each.name != LAYOUT:
            made.slide_layouts.remove(each)
    [layout] = made.slide_layouts
    return layout


def _arrange(owner: Any) -> None:
    """Put the placeholders where they belong on a wide slide, and leave out date and footer."""
    for each in list(owner.placeholders):
        name = each.placeholder_format.type.name
        if name == "TITLE":
            place(each, *TITLE)
        elif name == "SLIDE_NUMBER":
            place(each, *_NUMBER)
        elif name == "BODY":
            place(each, MARGIN, 110, WIDTH - 2 * MARGIN, 380)
        else:
            each._element.getparent().remove(each._element)


def place(shape: Any, left: float, top: float, width: float, height: float) -> None:
    """Give a shape its place, in points."""
    shape.left, shape.top = Pt(left), Pt(top)
    shape.width, shape.height = Pt(width), Pt(height)


def _style_titles(master: Any) -> None:
    """Titles are bold, at the left, and end where the content begins."""
    level = master._element.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    level.set("algn", "l")
    run = level.find(qn("a:defRPr"))
    run.set("sz", str(_TITLE_SIZE * 100))
    run.set("b", "1")
    run.find(f"{qn('a:solidFill')}/{qn('a:schemeClr')}").set("val", "accent1")


def _speak(made: Any) -> None:
    for root in (made._element, made.slide_master._element, made.slide_layouts[0]._element):
        for each in root.iter():
            if each.get("lang"):
                each.set("lang", languages.current().office_tag)


def _colour(master: Any) -> None:
    """Our colours and our font in the place of those of the theme."""
    theme = master.part.part_related_by(KIND.THEME)
    text = theme.blob.decode()
    for name, colour in _COLOURS.items():
        value = f'<a:{name}><a:srgbClr val="{colour.lstrip("#").upper()}"/></a:{name}>'
        text = re.sub(rf"<a:{name}>.*?</a:{name}>", value, text, flags=re.DOTALL)
    theme._blob = re.sub(r'<a:latin typeface="[^"]*"', f'<a:latin typeface="{FONT}"', text).encode()


def _drop(owner: Any) -> None:
    """Take away what the empty presentation brings along of the machine it was made on."""
    relations = owner._rels
    for name in [name for name, each in relations.items() if each.reltype in _NOT_OURS]:
        relations.pop(name)
