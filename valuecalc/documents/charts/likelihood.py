"""The cumulative curve: how likely it is that a figure is reached or exceeded."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from valuecalc.documents.charts.axes import AXIS_ROOM, draw_amounts
from valuecalc.documents.charts.histogram import Mark, named
from valuecalc.documents.charts.palette import SCREEN, Palette
from valuecalc.documents.charts.placing import Area, Box
from valuecalc.documents.charts.scale import Money, Scale, drawable
from valuecalc.documents.charts.svg import Drawing
from valuecalc.documents.charts.table import Table
from valuecalc.documents.charts.text import SEMIBOLD, measure
from valuecalc.documents.charts.words import labelled, one_by_one, percent, sentence
from valuecalc.phrases import phrase

TITLE = phrase("How likely a result is at least this high")

Curve = Sequence[tuple[float, float]]
"""Pairs of an amount and the chance, 0 to 1, of at least as much; amounts ascend."""

HEADER = ("", phrase("Amount"), phrase("Chance of at least this"))
"""The heads of the table beside the chart."""

_NOTHING = phrase("Nothing was drawn")
_LEFT = 40
_TEXT = 11
_LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)
_MOST_HOVER_AREAS = 50


def likelihood(
    curve: Curve,
    marks: Sequence[Mark],
    short: Money,
    *,
    palette: Palette = SCREEN,
    chart_id: str,
    width: float = 440,
    height: float = 240,
    title: str = TITLE,
    description: str | None = None,
) -> str:
    """The chance of at least each amount as a falling line, as SVG text.

    `marks` are amounts with a name, such as P10; each is a ring on the line. `short` writes
    the amounts.

    Raises ValueError for amounts that are not finite.
    """
    for amount, _ in curve:
        drawable(amount, "curve")
    spoken = describe_likelihood(curve, marks, short) if description is None else description
    drawing = Drawing(
        width, height, palette=palette, chart_id=chart_id, title=title, description=spoken
    )
    if len(curve) < 2:
        drawing.note(_NOTHING)
        return drawing.markup()
    plot = Area(left=_LEFT, top=20, right=width - 4, bottom=height - AXIS_ROOM)
    across = Scale(curve[0][0], curve[-1][0], plot.left, plot.right)
    up = Scale(0, 1, plot.bottom, plot.top)
    _draw_axes(drawing, plot, across, up, short)
    points = [(across(amount), up(chance)) for amount, chance in curve]
    drawing.curve(points, palette.line, width=2.5)
    _draw_marks(drawing, curve, marks, plot, across, up, short)
    _draw_hover_areas(drawing, curve, plot, across, short)
    return drawing.markup()


def likelihood_table(curve: Curve, marks: Sequence[Mark], short: Money) -> Table:
    """The marked amounts with the chance of at least as much."""
    rows = tuple(
        (mark.name, short(mark.amount), percent(chance_at(curve, mark.amount)))
        for mark in sorted(marks, key=lambda each: each.amount)
    )
    return Table(header=HEADER, rows=rows)


def describe_likelihood(curve: Curve, marks: Sequence[Mark], short: Money) -> str:
    """The finding in words: the chance of a gain, and the marked amounts."""
    if len(curve) < 2:
        return sentence(_NOTHING)
    told = [named(mark, short) for mark in marks]
    if curve[0][0] < 0 < curve[-1][0]:
        chance = percent(chance_at(curve, 0.0))
        told.insert(0, phrase("Above zero in {share} of the draws", share=chance))
    return sentence(one_by_one(told)) if told else phrase("No amount is marked.")


def chance_at(curve: Curve, amount: float) -> float:
    """The chance of at least an amount, linearly between the points of the curve."""
    if amount <= curve[0][0]:
        return curve[0][1]
    for (left, before), (right, after) in pairwise(curve):
        if amount <= right:
            part = (amount - left) / (right - left) if right > left else 1.0
            return before + (after - before) * part
    return curve[-1][1]


def _draw_axes(drawing: Drawing, plot: Area, across: Scale, up: Scale, short: Money) -> None:
    colours = drawing.palette
    for level in _LEVELS:
        y = up(level)
        drawing.line((plot.left, y), (plot.right, y), colours.grid if level else colours.axis)
        drawing.text(
            plot.left - 8, y + 4, percent(level), fill=colours.muted, anchor="end", size=11
        )
    draw_amounts(drawing, plot, across, short)


def _draw_marks(
    drawing: Drawing,
    curve: Curve,
    marks: Sequence[Mark],
    plot: Area,
    across: Scale,
    up: Scale,
    short: Money,
) -> None:
    """A ring for each mark, and its text where the falling line and other texts leave room."""
    taken: list[Box] = []
    for mark in marks:
        if not across.low <= mark.amount <= across.high:
            continue
        x, y = across(mark.amount), up(chance_at(curve, mark.amount))
        drawing.ring((x, y), drawing.palette.line)
        text = named(mark, short)
        boxes = _boxes(x, y, measure(text, _TEXT, SEMIBOLD))
        box = next((each for each in boxes if _is_free(each, plot, taken)), None)
        if box is not None:
            taken.append(box)
            drawing.text(box.left, box.base, text, size=_TEXT, weight=SEMIBOLD, halo=True)


def _boxes(x: float, y: float, length: float) -> tuple[Box, Box]:
    """Room at the upper right and at the lower left of a ring: there the line is not."""
    right, left = x + 9, x - 9
    return Box(right, right + length, y - 6, _TEXT), Box(left - length, left, y + 16, _TEXT)


def _is_free(box: Box, plot: Area, taken: Sequence[Box]) -> bool:
    return plot.holds(box) and not any(box.overlaps(other) for other in taken)


def _draw_hover_areas(
    drawing: Drawing, curve: Curve, plot: Area, across: Scale, short: Money
) -> None:
    low, high = curve[0][0], curve[-1][0]
    step = (high - low) / _MOST_HOVER_AREAS
    for number in range(_MOST_HOVER_AREAS if step > 0 else 0):
        left, amount = low + number * step, low + (number + 0.5) * step
        least = phrase("At least {amount}", amount=short(amount))
        tip = labelled(least, percent(chance_at(curve, amount)))
        width = across(left + step) - across(left)
        drawing.hover_area(across(left), plot.top, width, plot.bottom - plot.top, tip)
