"""How charts look: our colours on paper, or those of the theme of the document they stand in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR

from valuecalc.documents.charts import PAPER


@dataclass(frozen=True)
class Colour:
    """A colour: `rgb` as `#16345f`, or the name of one of a theme, darker (-1) or lighter (1)."""

    rgb: str = ""
    theme: str = ""
    brightness: float = 0.0

    def give(self, format: Any) -> None:
        """Let a colour format of python-pptx have this colour."""
        if self.rgb:
            format.rgb = RGBColor.from_string(self.rgb.lstrip("#").upper())
            return
        format.theme_color = getattr(MSO_THEME_COLOR, self.theme)
        if self.brightness:
            format.brightness = self.brightness


@dataclass(frozen=True, kw_only=True)
class Look:
    """Colours and letters of a chart; `size` is that of its letters in points.

    `font` may be `+mn-lt`, the font for text of the theme.
    """

    ink: Colour
    grid: Colour
    axis: Colour
    positive: Colour
    negative: Colour
    total: Colour
    bar: Colour
    line: Colour
    band: Colour
    font: str = "Calibri"
    size: float = 9


def _paper(size: float) -> Look:
    names = ("ink", "grid", "axis", "positive", "negative", "total", "bar", "line", "band")
    colours: dict[str, Any] = {name: Colour(getattr(PAPER, name)) for name in names}
    return Look(size=size, **colours)


PAPER_LOOK = _paper(9)
"""Our colours, in the size of a document."""

SLIDE_LOOK = _paper(12)
"""Our colours, in the size of a slide."""

# Not every second accent is a green and every third one a red: the benefits share the first
# accent with the value, and what is taken away has the second one.
THEME_LOOK = Look(
    ink=Colour(theme="TEXT_1"),
    grid=Colour(theme="BACKGROUND_1", brightness=-0.15),
    axis=Colour(theme="BACKGROUND_1", brightness=-0.5),
    positive=Colour(theme="ACCENT_1"),
    negative=Colour(theme="ACCENT_2"),
    total=Colour(theme="ACCENT_1", brightness=-0.5),
    bar=Colour(theme="ACCENT_1", brightness=0.4),
    line=Colour(theme="ACCENT_1", brightness=-0.25),
    band=Colour(theme="ACCENT_1", brightness=0.6),
    font="+mn-lt",
)
"""The colours of the theme of a document, whichever it has."""
