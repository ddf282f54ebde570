"""Charts that PowerPoint draws, and whose numbers can be changed there.

Their numbers are those of the drawings of the page and of the Word document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.oxml.ns import qn
from pptx.util import Pt

from valuecalc.documents.charts import PAPER, Bar, Money, Swing
from valuecalc.documents.charts.bridge import Kind, steps
from valuecalc.documents.charts.text import clean, shorten
from valuecalc.documents.slides.settled import settled
from valuecalc.documents.slides.template import FONT
from valuecalc.documents.slides.texts import Box, rgb

SIZE = 12
BASE = "Level before"
"""The part of a column that carries the one that is seen."""

_NAMES: dict[Kind, str] = {"benefit": "Adds", "investment": "Takes away", "total": "Value"}
_COLOURS: dict[Kind, str] = {
    "benefit": PAPER.positive,
    "investment": PAPER.negative,
    "total": PAPER.total,
}
_MONTHS_A_YEAR = 12
_CHARACTER = SIZE * 0.5
_NUMBER = re.compile(r"(?P<before>\D*)[\d.,]+.*")


def money_format(short: Money, amounts: Sequence[float]) -> str:
    """The number format for amounts of this size: `"£"0.0,,"m"`."""
    found = _NUMBER.fullmatch(short(1.0))
    symbol = f'"{found["before"]}"' if found and found["before"] else ""
    largest = max(map(abs, amounts), default=0.0)
    if largest >= 2e6:
        number = '#,##0.0,,"m"'
    elif largest >= 2e3:
        number = '#,##0,"k"'
    else:
        number = "#,##0"
    return f"{symbol}{number};\u2212{symbol}{number}"


# --------------------------------------------------------------------------- waterfall


def waterfall(slide: Any, box: Box, bars: Sequence[Bar], short: Money, words: str) -> Any:
    """From benefits to value: columns on the level that those before them have reached."""
    placed = steps(bars)
    data = CategoryChartData(number_format="#,##0")
    data.categories = [_named(bar, short, box[2] / len(bars)) for bar in bars]
    above = [(max(0.0, each.low), max(0.0, each.high)) for each in placed]
    below = [(min(0.0, each.high), min(0.0, each.low)) for each in placed]
    looks: list[str] = []
    for ends, suffix in ((above, ""), (below, ", below zero")):
        if suffix and not any(high for _, high in ends):
            continue
        data.add_series(f"{BASE}{suffix}", [start for start, _ in ends])
        looks.append("")
        for kind, name in _NAMES.items():
            data.add_series(f"{name}{suffix}", _of_kind(bars, kind, ends))
            looks.append(_COLOURS[kind])
    chart = _added(slide, "Waterfall", box, XL_CHART_TYPE.COLUMN_STACKED, data, words)
    reached = [end for each in placed for end in (each.start, each.end)]
    _axes(chart, money_format(short, reached))
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 45, 100
    for series, colour in zip(plot.series, looks, strict=True):
        _fill(series, colour)
    return chart


def _named(bar: Bar, short: Money, width: float) -> str:
    """The label of a column, in about two lines, and its amount below it."""
    return f"{shorten(clean(bar.label), 1.8 * width, SIZE)}\n{short(bar.effect)}"


def _of_kind(
    bars: Sequence[Bar], kind: Kind, ends: Sequence[tuple[float, float]]
) -> list[float | None]:
    pairs = zip(bars, ends, strict=True)
    return [end - start if bar.kind == kind else None for bar, (start, end) in pairs]


# --------------------------------------------------------------------------- cumulative cash


def cumulative(
    slide: Any,
    box: Box,
    months: Sequence[float],
    lines: Sequence[tuple[str, Sequence[float]]],
    payback: float | None,
    short: Money,
    words: str,
) -> Any:
    """Cumulative cash over the months, with a mark where it turns positive."""
    data = CategoryChartData(number_format="#,##0")
    data.categories = [f"{month:g}" for month in months]
    for name, amounts in lines:
        data.add_series(name, amounts)
    mark = _mark(months, lines[0][1], payback)
    if mark:
        data.add_series("Pays back", mark)
    chart = _added(slide, "Cumulative cash", box, XL_CHART_TYPE.LINE_MARKERS, data, words)
    _axes(chart, money_format(short, [each for _, amounts in lines for each in amounts]))
    _with_zero(chart, [each for _, amounts in lines for each in amounts])
    _legend(chart)
    _months(chart, months)
    for series, colour in zip(chart.plots[0].series, (PAPER.line, PAPER.bar), strict=False):
        _line(series, colour)
    if mark:
        _marker(chart.plots[0].series[-1])
    return chart


def _with_zero(chart: Any, amounts: Sequence[float]) -> None:
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


def _months(chart: Any, months: Sequence[float]) -> None:
    """A label at the end of each year alone."""
    axis = chart.category_axis
    axis.has_title = True
    axis.axis_title.text_frame.text = "Months after the decision"
    axis.axis_title.text_frame.paragraphs[0].runs[0].font.size = Pt(SIZE)
    step = months[1] - months[0] if len(months) > 1 else 1.0
    skip = max(1, round(_MONTHS_A_YEAR / step))
    for name in ("c:tickLblSkip", "c:tickMarkSkip"):
        element = axis._element.makeelement(qn(name), {"val": str(skip)})
        axis._element.find(qn("c:noMultiLvlLbl")).addprevious(element)


def _line(series: Any, colour: str) -> None:
    series.smooth = False
    series.format.line.color.rgb = rgb(colour)
    series.format.line.width = Pt(2.5)
    series.marker.style = XL_MARKER_STYLE.NONE


def _marker(series: Any) -> None:
    series.smooth = False
    series.format.line.fill.background()
    series.marker.style = XL_MARKER_STYLE.CIRCLE
    series.marker.size = 11
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = rgb(PAPER.positive)


# --------------------------------------------------------------------------- tornado


def tornado(
    slide: Any, box: Box, swings: Sequence[Swing], expected: float, short: Money, words: str
) -> Any:
    """How far each assumption moves the value; the bars stand on the expected one."""
    data = CategoryChartData(number_format="#,##0")
    data.categories = [_ranged(each, box[2] * 0.3) for each in swings]
    data.add_series("At its low end", [each.at_low for each in swings])
    data.add_series("At its high end", [each.at_high for each in swings])
    chart = _added(slide, "Tornado", box, XL_CHART_TYPE.BAR_CLUSTERED, data, words)
    _axes(chart, money_format(short, [end for each in swings for end in each.ends]))
    _legend(chart)
    chart.category_axis.reverse_order = True
    chart.value_axis.crosses_at = expected
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 40, 100
    for series, colour in zip(plot.series, (PAPER.bar, PAPER.total), strict=True):
        _fill(series, colour)
    return chart


def _ranged(swing: Swing, width: float) -> str:
    return f"{shorten(clean(swing.label), 1.8 * width, SIZE)}\n{swing.low} to {swing.high}"


# --------------------------------------------------------------------------- all of them


def _added(slide: Any, name: str, box: Box, kind: Any, data: Any, words: str) -> Any:
    places = map(Pt, box)
    frame = slide.shapes.add_chart(kind, *places, data)
    frame.name = name
    frame._element.nvGraphicFramePr.cNvPr.set("descr", words)
    chart = frame.chart
    _mend(chart)
    chart.font.size, chart.font.name = Pt(SIZE), FONT
    chart.font.color.rgb = rgb(PAPER.ink)
    chart.has_title = False
    chart.has_legend = False
    workbook = chart.part.chart_workbook.xlsx_part
    workbook._blob = settled(workbook.blob)
    return chart


def _mend(chart: Any) -> None:
    """Ids of axes have no sign, and PowerPoint would round the corners of a chart by itself."""
    root = chart._chartSpace
    for each in root.iter(qn("c:axId"), qn("c:crossAx")):
        each.set("val", each.get("val").lstrip("-"))
    if root.find(qn("c:roundedCorners")) is None:
        before = root.find(qn("c:date1904"))
        rounded = root.makeelement(qn("c:roundedCorners"), {"val": "0"})
        before.addnext(rounded) if before is not None else root.insert(0, rounded)


def _axes(chart: Any, number_format: str) -> None:
    values, categories = chart.value_axis, chart.category_axis
    values.major_gridlines.format.line.color.rgb = rgb(PAPER.grid)
    values.format.line.fill.background()
    values.tick_labels.number_format = number_format
    values.tick_labels.number_format_is_linked = False
    categories.format.line.color.rgb = rgb(PAPER.axis)
    # Beside the chart, also where columns go below zero.
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    categories.major_tick_mark = XL_TICK_MARK.NONE


def _legend(chart: Any) -> None:
    chart.has_legend = True
    chart.legend.position = XL_LEGEND_POSITION.TOP
    chart.legend.include_in_layout = False


def _fill(series: Any, colour: str) -> None:
    """The colour of the columns; without one they are not seen."""
    series.invert_if_negative = False
    if colour:
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = rgb(colour)
    else:
        series.format.fill.background()
        series.format.line.fill.background()
