"""Shares of a whole as horizontal bars: value by evidence grade, by category, by owner."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from valuecalc.documents.charts.palette import SCREEN, Palette
from valuecalc.documents.charts.placing import row_edges
from valuecalc.documents.charts.scale import Scale, drawable, span_with_zero
from valuecalc.documents.charts.svg import Drawing
from valuecalc.documents.charts.table import Table
from valuecalc.documents.charts.text import (
    SEMIBOLD,
    Fitted,
    clean,
    isolate,
    largest_size,
    shorten,
    widest,
    wrap,
)
from valuecalc.documents.charts.words import one_by_one, sentence
from valuecalc.documents.charts.words import percent as _percent
from valuecalc.phrases import joined, phrase

TITLE = phrase("Share of value")

_NOTHING = phrase("Nothing to share out yet")
_HEADER = (phrase("Part"), phrase("Share"), phrase("Amount"))
_BAR = 13
_GAP = 10
_SPOKEN_WIDTH = 560


@dataclass(frozen=True)
class Share:
    """One row: its label, its share of the whole (0.25 is a quarter), and its amount as text.

    A share is negative if the row takes away from the whole, and may then be more than 1 for
    others. Raises ValueError if it is not finite.
    """

    label: str
    share: float
    amount: str

    def __post_init__(self) -> None:
        drawable(self.share, f"Share {self.label!r}")


def whole_percent(share: float) -> str:
    """A share in whole percent that never rounds something to nothing, nor most to all."""
    if 0 < abs(share) < 0.005:
        return joined("", ("<" if share > 0 else ">", _percent(math.copysign(0.01, share))))
    if 0.995 <= share < 1:
        return joined("", (">", _percent(0.99)))
    return _percent(share)


@dataclass(frozen=True)
class _Layout:
    """Where everything goes."""

    rows: list[Share]
    labels: list[Fitted]
    percents: list[str]
    amount_size: float
    edges: list[float]
    level: Scale
    percent_right: float


def shares(
    rows: Sequence[Share],
    *,
    palette: Palette = SCREEN,
    chart_id: str,
    width: float = 340,
    title: str = TITLE,
    description: str | None = None,
    percent: Callable[[float], str] = whole_percent,
) -> str:
    """Shares as horizontal bars, as SVG text; its height follows from the rows.

    Every bar lies on a pale one that is the whole. `percent` writes the shares.
    """
    layout = _lay_out(rows, width, percent)
    if description is None:
        description = describe_shares(rows, percent=percent)
    drawing = Drawing(
        width,
        layout.edges[-1],
        palette=palette,
        chart_id=chart_id,
        title=title,
        description=description,
    )
    for number in range(len(layout.rows)):
        _draw_row(drawing, layout, number)
    if not rows:
        drawing.note(_NOTHING)
    elif layout.level.low < 0:
        zero = layout.level(0)
        drawing.line((zero, 0), (zero, drawing.height), palette.axis)
    return drawing.markup()


def shares_table(
    rows: Sequence[Share], *, percent: Callable[[float], str] = whole_percent
) -> Table:
    """The rows of the chart as text."""
    written = tuple((clean(row.label), percent(row.share), row.amount) for row in rows)
    return Table(header=_HEADER, rows=written)


def describe_shares(
    rows: Sequence[Share], *, percent: Callable[[float], str] = whole_percent
) -> str:
    """The finding of the chart in words: the largest share first."""
    if not rows:
        return sentence(_NOTHING)
    ordered = sorted(rows, key=lambda row: -row.share)
    told = [
        phrase(
            "{label} {share} ({amount})",
            label=_spoken(row),
            share=percent(row.share),
            amount=row.amount,
        )
        for row in ordered
    ]
    return sentence(one_by_one(told))


def _lay_out(rows: Sequence[Share], width: float, percent: Callable[[float], str]) -> _Layout:
    percents = [percent(row.share) for row in rows]
    amount_size = largest_size([row.amount for row in rows], width * 0.3, (12, 11, 10, 9))
    amount_width = widest([row.amount for row in rows], amount_size)
    percent_right = width - amount_width - _GAP
    right = percent_right - widest(percents, 12, SEMIBOLD) - 8
    names = [clean(row.label) for row in rows]
    label_width = min(widest(names, 12), right * 0.6)
    labels = [wrap(name, label_width, 12) for name in names]
    low, high = span_with_zero([1.0, *(row.share for row in rows)])
    return _Layout(
        rows=list(rows),
        labels=labels,
        percents=percents,
        amount_size=amount_size,
        edges=row_edges(labels),
        level=Scale(low, high, label_width + _GAP, right),
        percent_right=percent_right,
    )


def _draw_row(drawing: Drawing, layout: _Layout, number: int) -> None:
    row = layout.rows[number]
    middle = (layout.edges[number] + layout.edges[number + 1]) / 2
    drawing.label(0, middle, layout.labels[number], clean(row.label))
    _draw_bar(drawing, layout, number, middle)
    percent = Fitted((layout.percents[number],), cut=False)
    drawing.label(layout.percent_right, middle, percent, "", anchor="end", weight=SEMIBOLD)
    amount = Fitted((row.amount,), cut=False)
    drawing.label(drawing.width, middle, amount, row.amount, anchor="end", size=layout.amount_size)


def _draw_bar(drawing: Drawing, layout: _Layout, number: int, middle: float) -> None:
    row = layout.rows[number]
    colours = drawing.palette
    zero, whole, end = layout.level(0), layout.level(1), layout.level(row.share)
    top = middle - _BAR / 2
    drawing.rect(zero, top, whole - zero, _BAR, colours.grid)
    if row.share == 0:
        return
    tip = phrase(
        "{label}: {share}, {amount}",
        label=isolate(clean(row.label)),
        share=layout.percents[number],
        amount=row.amount,
    )
    fill = colours.bar if row.share > 0 else colours.negative
    drawing.rect(min(zero, end), top, abs(end - zero), _BAR, fill, tip=tip)


def _spoken(row: Share) -> str:
    return isolate(shorten(clean(row.label), _SPOKEN_WIDTH, 12))
