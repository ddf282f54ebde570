"""How far each assumption moves a figure; the bars stand on the expected one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.enum.chart import XL_CHART_TYPE

from valuecalc.documents.charts import Money, Swing
from valuecalc.documents.charts.scale import round_values
from valuecalc.documents.charts.text import clean, shorten
from valuecalc.documents.languages import spoken
from valuecalc.documents.native_charts import plotted
from valuecalc.documents.native_charts.look import Look
from valuecalc.documents.native_charts.plotted import Plotted
from valuecalc.phrases import phrase

_ROOM_FOR_LABELS = 0.3
_LINES = 1.8

_NAME, _LOW, _HIGH = phrase("Tornado"), phrase("At its low end"), phrase("At its high end")
_AMOUNTS = 5


def tornado(
    swings: Sequence[Swing],
    expected: float,
    short: Money,
    words: str,
    *,
    width: float,
    look: Look,
) -> Plotted:
    """The bars of these swings, the widest on top; `width` is that of the chart in points."""
    data = plotted.numbers()
    data.categories = [_ranged(each, width * _ROOM_FOR_LABELS, look.size) for each in swings]
    data.add_series(spoken(_LOW), [each.at_low for each in swings])
    data.add_series(spoken(_HIGH), [each.at_high for each in swings])
    reached = [end for each in swings for end in each.ends]

    def dress(chart: Any) -> None:
        plotted.axes(chart, look, plotted.money_format(short, reached))
        plotted.legend(chart)
        chart.category_axis.reverse_order = True
        chart.value_axis.crosses_at = expected
        _space(chart.value_axis, reached)
        plot = chart.plots[0]
        plot.gap_width, plot.overlap = 40, 100
        for series, colour in zip(plot.series, (look.bar, look.total), strict=True):
            plotted.fill(series, colour)

    kind = XL_CHART_TYPE.BAR_CLUSTERED
    return Plotted(name=_NAME, kind=kind, data=data, words=words, look=look, dress=dress)


def _space(axis: Any, amounts: Sequence[float]) -> None:
    """As many amounts along the axis as can be read; Office takes twice as many by itself."""
    marks = round_values(min(amounts), max(amounts), _AMOUNTS) if amounts else []
    if len(marks) > 1:
        axis.major_unit = marks[1] - marks[0]


def _ranged(swing: Swing, width: float, size: float) -> str:
    label = shorten(clean(swing.label), _LINES * width, size)
    ends = phrase("{low} to {high}", low=swing.low, high=swing.high)
    return f"{label}\n{spoken(ends)}"
