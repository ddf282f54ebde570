"""A waterfall in rows: where everything goes, and its drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from valuecalc.documents.charts.bridge import Bar, Step, colour, span, steps, tip, weight
from valuecalc.documents.charts.placing import row_edges
from valuecalc.documents.charts.scale import Money, Scale
from valuecalc.documents.charts.svg import Drawing
from valuecalc.documents.charts.text import (
    SEMIBOLD,
    Fitted,
    clean,
    largest_size,
    measure,
    widest,
    wrap,
)

_SIZE = 12
_BAR = 17
_GAP = 10
_DASHES = "2 2"


@dataclass(frozen=True)
class Rows:
    """Where everything of a waterfall in rows goes.

    `edges` holds the upper edge of each row and, last, the lower edge of the last one.
    """

    steps: list[Step]
    labels: list[Fitted]
    amounts: list[str]
    amount_size: float
    edges: list[float]
    level: Scale

    @property
    def height(self) -> float:
        """The height of the whole chart."""
        return self.edges[-1]

    def middle(self, number: int) -> float:
        """The middle of a row."""
        return (self.edges[number] + self.edges[number + 1]) / 2


def lay_out_rows(bars: Sequence[Bar], short: Money, width: float) -> Rows:
    """The places of everything: names at the left, bars, amounts at the right."""
    placed = steps(bars)
    amounts = [short(bar.effect) for bar in bars]
    amount_size = largest_size(amounts, width * 0.4, (_SIZE, 11, 10, 9), SEMIBOLD)
    amount_width = widest(amounts, amount_size, SEMIBOLD)
    label_width = _label_width(bars, width, amount_width)
    labels = [wrap(clean(bar.label), label_width, _SIZE, weight(bar)) for bar in bars]
    level = Scale(*span(placed), label_width + _GAP, width - amount_width - _GAP)
    return Rows(placed, labels, amounts, amount_size, row_edges(labels), level)


def _label_width(bars: Sequence[Bar], width: float, amount_width: float) -> float:
    """As wide as the widest label, but leaving the bars a good part of the width."""
    wanted = max((measure(clean(bar.label), _SIZE, weight(bar)) for bar in bars), default=0.0)
    return min(wanted, max((width - amount_width) * 0.52, width * 0.25))


def draw_rows(drawing: Drawing, layout: Rows) -> None:
    """Draw the rows, a fine line above each total, and the zero line over the bars."""
    for number, step in enumerate(layout.steps):
        if step.bar.kind == "total" and number:
            top = layout.edges[number]
            drawing.line((0, top), (drawing.width, top), drawing.palette.grid)
        _draw_bar(drawing, layout, number, step)
        _draw_texts(drawing, layout, number, step)
    zero = layout.level(0)
    drawing.line((zero, 0), (zero, layout.height), drawing.palette.axis)


def _draw_bar(drawing: Drawing, layout: Rows, number: int, step: Step) -> None:
    """A bar, and a dashed line on the level it reaches to the next one."""
    colours = drawing.palette
    middle = layout.middle(number)
    left, right = layout.level(step.low), layout.level(step.high)
    fill = colour(step.bar, colours)
    told = tip(step.bar, layout.amounts[number])
    drawing.rect(left, middle - _BAR / 2, right - left, _BAR, fill, tip=told)
    if number + 1 < len(layout.steps):
        x = layout.level(step.end)
        next_bar = layout.middle(number + 1) - _BAR / 2
        drawing.line((x, middle + _BAR / 2), (x, next_bar), colours.axis, dash=_DASHES)


def _draw_texts(drawing: Drawing, layout: Rows, number: int, step: Step) -> None:
    middle = layout.middle(number)
    heavy = weight(step.bar)
    name = clean(step.bar.label)
    drawing.label(0, middle, layout.labels[number], name, size=_SIZE, weight=heavy)
    amount = Fitted((layout.amounts[number],), cut=False)
    size = layout.amount_size
    drawing.label(drawing.width, middle, amount, "", anchor="end", size=size, weight=heavy)
