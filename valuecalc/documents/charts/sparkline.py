"""A tiny chart without axes or text: the net cash of each year as bars."""

from __future__ import annotations

from collections.abc import Sequence

from valuecalc.documents.charts.palette import SCREEN, Palette
from valuecalc.documents.charts.svg import Drawing

WIDTH = 96
HEIGHT = 36
GAP = 3


def sparkline(
    amounts: Sequence[float],
    *,
    chart_id: str,
    title: str,
    description: str,
    palette: Palette = SCREEN,
    width: float = WIDTH,
    height: float = HEIGHT,
) -> str:
    """The amounts as bars from a common line, up for gains and down for losses, as SVG text.

    `amounts` are finite; without one that differs from zero there is only the line.
    """
    drawing = Drawing(
        width, height, palette=palette, chart_id=chart_id, title=title, description=description
    )
    top, bottom = max(0.0, *amounts, 0.0), min(0.0, *amounts, 0.0)
    scale = height / (top - bottom) if top > bottom else 0.0
    zero = top * scale if scale else height / 2
    step = (width + GAP) / max(1, len(amounts))
    for place, amount in enumerate(amounts):
        if amount:
            length = abs(amount) * scale
            fill = palette.positive if amount > 0 else palette.negative
            above = length if amount > 0 else 0.0
            drawing.rect(place * step, zero - above, max(1.0, step - GAP), length, fill, radius=1)
    drawing.line((0, zero), (width, zero), palette.axis)
    return drawing.markup()
