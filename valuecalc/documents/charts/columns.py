"""A waterfall in columns: where everything goes, and its drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from valuecalc.documents.charts.bridge import Bar, Step, colour, span, steps, tip, weight
from valuecalc.documents.charts.scale import Money, Scale, Tick, ticks
from valuecalc.documents.charts.svg import LINE_HEIGHT, Drawing
from valuecalc.documents.charts.text import (
    SEMIBOLD,
    Fitted,
    clean,
    largest_size,
    measure,
    widest,
    wrap,
)

_AXIS_SIZE = 11
_TICKS = 4
_TOP = 20
_LABEL_LINES = 3
_LABEL_GAP = 7
_ROOM_FOR_AMOUNT = 18
_WIDEST_BAR = 84
_SMALLEST_TEXT = 10
_DASHES = "2 2"


@dataclass(frozen=True)
class Labels:
    """The names under the columns, in lines, with their size and upper edge."""

    fitted: list[Fitted]
    size: float
    top: float


@dataclass(frozen=True)
class Columns:
    """Where everything of a waterfall in columns goes."""

    steps: list[Step]
    ticks: list[Tick]
    amounts: list[str]
    amount_size: float
    labels: Labels
    left: float
    slot: float
    level: Scale

    @property
    def right(self) -> float:
        """The right end of the plot."""
        return self.left + self.slot * len(self.steps)

    @property
    def bar_width(self) -> float:
        """The width of every bar."""
        return min(self.slot * 0.66, _WIDEST_BAR)

    def middle(self, number: int) -> float:
        """The middle of a column."""
        return self.left + self.slot * (number + 0.5)


def lay_out_columns(
    bars: Sequence[Bar], short: Money, axis_short: Money, width: float, height: float
) -> Columns | None:
    """The places of everything, or nothing if a word or an amount does not fit its column."""
    if not bars:
        return None
    placed = steps(bars)
    marks = ticks(*span(placed), _TICKS, axis_short)
    amounts = [short(bar.effect) for bar in bars]
    left = widest([mark.label for mark in marks], _AXIS_SIZE) + 8
    slot = (width - left) / len(bars)
    amount_size = largest_size(amounts, slot - 4, (12, 11, _SMALLEST_TEXT), SEMIBOLD)
    labels = _lay_out_labels(bars, slot - 4, height)
    if labels is None or amount_size < _SMALLEST_TEXT:
        return None
    bottom = labels.top - _LABEL_GAP - (_ROOM_FOR_AMOUNT if any(map(_hangs, placed)) else 0)
    level = Scale(marks[0].value, marks[-1].value, bottom, _TOP)
    return Columns(placed, marks, amounts, amount_size, labels, left, slot, level)


def _lay_out_labels(bars: Sequence[Bar], room: float, height: float) -> Labels | None:
    fitting = [size for size in (11, _SMALLEST_TEXT) if _widest_word(bars, size) <= room]
    if not fitting:
        return None
    size = fitting[0]
    fitted = [wrap(clean(bar.label), room, size, weight(bar), lines=_LABEL_LINES) for bar in bars]
    most_lines = max(len(label.lines) for label in fitted)
    return Labels(fitted, size, height - size * LINE_HEIGHT * most_lines - 3)


def _widest_word(bars: Sequence[Bar], size: float) -> float:
    words = [(word, weight(bar)) for bar in bars for word in clean(bar.label).split()]
    return max((measure(word, size, heavy) for word, heavy in words), default=0.0)


def draw_columns(drawing: Drawing, layout: Columns) -> None:
    """Draw grid and bars, the zero line over the bars, and the texts over all."""
    for mark in layout.ticks:
        _draw_tick(drawing, layout, mark)
    for number, step in enumerate(layout.steps):
        _draw_bar(drawing, layout, number, step)
    zero = layout.level(0)
    drawing.line((layout.left, zero), (layout.right, zero), drawing.palette.axis)
    for number, step in enumerate(layout.steps):
        _draw_amount(drawing, layout, number, step)
        _draw_label(drawing, layout, number, step)


def _draw_tick(drawing: Drawing, layout: Columns, mark: Tick) -> None:
    y = layout.level(mark.value)
    x = layout.left
    colours = drawing.palette
    drawing.line((x, y), (layout.right, y), colours.grid)
    drawing.text(x - 8, y + 4, mark.label, fill=colours.muted, anchor="end", size=_AXIS_SIZE)


def _draw_bar(drawing: Drawing, layout: Columns, number: int, step: Step) -> None:
    """A bar, and a dashed line on the level it reaches to the next one."""
    colours = drawing.palette
    half = layout.bar_width / 2
    x = layout.middle(number)
    top, bottom = layout.level(step.high), layout.level(step.low)
    fill = colour(step.bar, colours)
    told = tip(step.bar, layout.amounts[number])
    drawing.rect(x - half, top, layout.bar_width, bottom - top, fill, tip=told)
    if number + 1 < len(layout.steps):
        y = layout.level(step.end)
        next_bar = layout.middle(number + 1) - half
        drawing.line((x + half, y), (next_bar, y), colours.axis, dash=_DASHES)


def _hangs(step: Step) -> bool:
    """Whether a bar goes down and ends under zero, so that its amount stands below it."""
    return step.end < 0 and step.end < step.start


def _draw_amount(drawing: Drawing, layout: Columns, number: int, step: Step) -> None:
    size = layout.amount_size
    drawing.text(
        layout.middle(number),
        layout.level(step.low) + size + 2 if _hangs(step) else layout.level(step.high) - 6,
        layout.amounts[number],
        anchor="middle",
        size=size,
        weight=SEMIBOLD,
        halo=True,
    )


def _draw_label(drawing: Drawing, layout: Columns, number: int, step: Step) -> None:
    labels = layout.labels
    fitted = labels.fitted[number]
    drawing.label(
        layout.middle(number),
        labels.top + labels.size * LINE_HEIGHT * len(fitted.lines) / 2,
        fitted,
        clean(step.bar.label),
        anchor="middle",
        size=labels.size,
        weight=weight(step.bar),
    )
