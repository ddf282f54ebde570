"""The axis of amounts under a plot."""

from __future__ import annotations

from valuecalc.documents.charts.placing import Area
from valuecalc.documents.charts.scale import Money, Scale, ticks
from valuecalc.documents.charts.svg import Drawing
from valuecalc.documents.charts.text import largest_size, measure

AXIS_ROOM = 24
"""The pixels that the axis takes below a plot."""


def draw_amounts(drawing: Drawing, plot: Area, across: Scale, short: Money) -> None:
    """Round amounts under the plot, and an upright line at zero if it lies inside."""
    colours = drawing.palette
    drawing.line((plot.left, plot.bottom), (plot.right, plot.bottom), colours.axis)
    marks = [
        mark
        for mark in ticks(across.low, across.high, 5, short)
        if across.low <= mark.value <= across.high
    ]
    size = largest_size([mark.label for mark in marks], drawing.width / 6, (11, 10, 9))
    for mark in marks:
        half = measure(mark.label, size) / 2
        x = min(max(across(mark.value), half), drawing.width - half)
        drawing.text(
            x, drawing.height - 7, mark.label, fill=colours.muted, anchor="middle", size=size
        )
    if across.low < 0 < across.high:
        drawing.line((across(0), plot.top), (across(0), plot.bottom), colours.axis)
