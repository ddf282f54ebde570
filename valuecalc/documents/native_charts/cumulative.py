"""Cumulative cash over the months, with a mark where it turns positive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.dml import MSO_LINE

from valuecalc.documents.charts import Money
from valuecalc.documents.charts.series import TITLE
from valuecalc.documents.languages import spoken
from valuecalc.documents.native_charts import plotted
from valuecalc.documents.native_charts.look import Look
from valuecalc.documents.native_charts.plotted import Plotted
from valuecalc.phrases import phrase

_MONTHS_A_YEAR = 12
_THIN = 1.25
_DOT = 11

_PAYS_BACK, _MONTHS = phrase("Pays back"), phrase("Months after the decision")

Line = tuple[str, Sequence[float]]
"""A series of cumulative amounts, and its name."""


def cumulative(
    months: Sequence[float],
    lines: Sequence[Line],
    payback: float | None,
    short: Money,
    words: str,
    *,
    look: Look,
    ends: Sequence[Line] = (),
) -> Plotted:
    """Cash, and beside it discounted; `ends` are the lines between which it may run."""
    data = plotted.numbers()
    data.categories = [f"{month:g}" for month in months]
    for name, amounts in (*lines, *ends):
        data.add_series(spoken(name), amounts)
    mark = _mark(months, lines[0][1], payback)
    if mark:
        data.add_series(spoken(_PAYS_BACK), mark)
    everything = [each for _, amounts in (*lines, *ends) for each in amounts]

    def dress(chart: Any) -> None:
        plotted.axes(chart, look, plotted.money_format(short, everything))
        _keep_zero(chart, everything)
        plotted.legend(chart)
        plotted.title_of_axis(chart.category_axis, _MONTHS, look)
        plotted.skip_labels(chart.category_axis, _a_year(months))
        series = list(chart.plots[0].series)
        for each, colour in zip(series, (look.line, look.bar), strict=False):
            plotted.line(each, colour)
        for each in series[len(lines) : len(lines) + len(ends)]:
            plotted.line(each, look.axis, _THIN)
            each.format.line.dash_style = MSO_LINE.DASH
        if mark:
            plotted.dot(series[-1], look.positive, round(_DOT * look.size / 12))

    kind = XL_CHART_TYPE.LINE_MARKERS
    return Plotted(name=TITLE, kind=kind, data=data, words=words, look=look, dress=dress)


def _keep_zero(chart: Any, amounts: Sequence[float]) -> None:
    """Keep the level of payback in sight, where the cash never gets near it."""
    if max(amounts) < 0:
        chart.value_axis.maximum_scale = 0
    elif min(amounts) > 0:
        chart.value_axis.minimum_scale = 0


def _mark(
    months: Sequence[float], amounts: Sequence[float], payback: float | None
) -> list[float | None]:
    """The first point at or after the payback; nothing without one."""
    if payback is None:
        return []
    after = [number for number, month in enumerate(months) if month >= payback - 1e-9]
    return [
        amount if after and number == after[0] else None for number, amount in enumerate(amounts)
    ]


def _a_year(months: Sequence[float]) -> int:
    """How many points a year has."""
    step = months[1] - months[0] if len(months) > 1 else 1.0
    return max(1, round(_MONTHS_A_YEAR / step))
