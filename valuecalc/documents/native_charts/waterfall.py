"""From benefits to value: columns on the level that those before them have reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.enum.chart import XL_CHART_TYPE

from valuecalc.documents.charts import Bar, Money
from valuecalc.documents.charts.bridge import Kind, steps
from valuecalc.documents.charts.text import clean, shorten
from valuecalc.documents.languages import spoken
from valuecalc.documents.native_charts import plotted
from valuecalc.documents.native_charts.look import Colour, Look
from valuecalc.documents.native_charts.plotted import Plotted
from valuecalc.phrases import phrase

BASE = phrase("Level before")
"""The part of a column that carries the one that is seen."""

_NAME = phrase("Waterfall")
_NAMES: dict[Kind, str] = {
    "benefit": phrase("Adds"),
    "investment": phrase("Takes away"),
    "total": phrase("Value"),
}
_LINES = 1.8
"""So many lines of a label have room below a column."""


def waterfall(
    bars: Sequence[Bar], short: Money, words: str, *, width: float, look: Look
) -> Plotted:
    """The columns of these bars; `width` is that of the chart in points."""
    placed = steps(bars)
    data = plotted.numbers()
    data.categories = [_named(bar, short, width / len(bars), look.size) for bar in bars]
    above = [(max(0.0, each.low), max(0.0, each.high)) for each in placed]
    below = [(min(0.0, each.high), min(0.0, each.low)) for each in placed]
    colours: list[Colour | None] = []
    for ends, is_below in ((above, False), (below, True)):
        if is_below and not any(high for _, high in ends):
            continue
        data.add_series(_series(BASE, is_below), [start for start, _ in ends])
        colours.append(None)
        for side, name in _NAMES.items():
            data.add_series(_series(name, is_below), _of_kind(bars, side, ends))
            colours.append(_colour(side, look))
    reached = [end for each in placed for end in (each.start, each.end)]

    def dress(chart: Any) -> None:
        plotted.axes(chart, look, plotted.money_format(short, reached))
        plot = chart.plots[0]
        plot.gap_width, plot.overlap = 45, 100
        for series, colour in zip(plot.series, colours, strict=True):
            plotted.fill(series, colour)

    kind = XL_CHART_TYPE.COLUMN_STACKED
    return Plotted(name=_NAME, kind=kind, data=data, words=words, look=look, dress=dress)


def _series(name: str, is_below: bool) -> str:
    return spoken(phrase("{series}, below zero", series=name) if is_below else name)


def _named(bar: Bar, short: Money, width: float, size: float) -> str:
    """The label of a column, in about two lines, and its amount below it."""
    return f"{shorten(clean(bar.label), _LINES * width, size)}\n{spoken(short(bar.effect))}"


def _of_kind(
    bars: Sequence[Bar], kind: Kind, ends: Sequence[tuple[float, float]]
) -> list[float | None]:
    pairs = zip(bars, ends, strict=True)
    return [end - start if bar.kind == kind else None for bar, (start, end) in pairs]


def _colour(kind: Kind, look: Look) -> Colour:
    return {"benefit": look.positive, "investment": look.negative, "total": look.total}[kind]
