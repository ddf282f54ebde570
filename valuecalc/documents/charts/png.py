"""Pictures of charts for Word: SVG text drawn by resvg with the bundled font."""

from __future__ import annotations

import re
from pathlib import Path

import resvg_py

from valuecalc.documents.charts.text import covered

FONTS = Path(__file__).resolve().parent.parent / "fonts"
FONT_FILES = (FONTS / "InterChart-Regular.ttf", FONTS / "InterChart-SemiBold.ttf")

# A quoted attribute cannot be forged by a label: its quotation marks are escaped.
_CSS_VARIABLE = re.compile(r'[a-z-]+="var\((--[a-z-]+)\)"')


def png(svg: str, *, scale: float = 3.0, background: str = "#ffffff") -> bytes:
    """The chart as a PNG picture, `scale` times its size in pixels.

    The default prints at 300 dots an inch if a chart of 680 pixels is set 17 cm wide. Fonts
    of the machine are looked at only for writing that the bundled font lacks, so that the
    same chart gives the same picture everywhere.

    Raises ValueError if a colour is a CSS variable, which only a browser can look up.
    """
    variable = _CSS_VARIABLE.search(svg)
    if variable:
        raise ValueError(
            f"png: the chart uses the CSS variable {variable[1]}, which only a browser knows. "
            "Draw it with palette=PAPER."
        )
    picture = resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=scale,
        background=background,
        font_files=[str(file) for file in FONT_FILES],
        skip_system_fonts=covered(svg),
    )
    return bytes(picture)
