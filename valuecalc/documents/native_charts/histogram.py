"""How often a figure comes out where: the draws of a simulation as columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree
from pptx.dml.line import LineFormat
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Pt

from valuecalc.documents.charts import Bins, Mark, Money
from valuecalc.documents.charts.histogram import named
from valuecalc.documents.languages import spoken
from valuecalc.documents.native_charts import plotted
from valuecalc.documents.native_charts.look import Look
from valuecalc.documents.native_charts.plotted import Plotted
from valuecalc.phrases import phrase

_LABELS = 6
_ABOVE, _ROW = 1.06, 0.14
"""Heights of the lines, in heights of the tallest column."""

_BARS = (
    ("errBarType", "minus"),
    ("errValType", "percentage"),
    ("noEndCap", "1"),
    ("val", "100"),
)
_NAMES = (phrase("A loss"), phrase("A gain"))
_NAME, _FROM = phrase("Histogram"), phrase("From this amount on")


def histogram(
    bins: Bins, marks: Sequence[Mark], short: Money, words: str, *, look: Look
) -> Plotted | None:
    """The share of the draws in each bin, losses and gains in their own colours.

    An upright line with its name marks the column that a mark lies in. None where nothing was
    drawn.
    """
    if not any(bins.counts):
        return None
    data = plotted.numbers(plotted.percent_format(1))
    data.categories = [spoken(short(low)) for low in bins.edges[:-1]]
    for name, is_loss in zip(_NAMES, (True, False), strict=True):
        data.add_series(spoken(name), list(_shares(bins, is_loss)))
    marked = dict(_marked(bins, marks, short))
    if marked:
        data.add_series(
            ", ".join(spoken(mark.name) for mark in marks), list(_heights(bins, marked))
        )

    def dress(chart: Any) -> None:
        plotted.axes(chart, look, plotted.percent_format())
        plotted.title_of_axis(chart.category_axis, _FROM, look)
        plotted.skip_labels(chart.category_axis, max(1, len(bins.counts) // _LABELS))
        plot = chart.plots[0]
        plot.gap_width, plot.overlap = 8, 100
        for series, colour in zip(plot.series, (look.negative, look.positive, None), strict=False):
            plotted.fill(series, colour)
        if marked:
            _draw_lines(plot.series[-1], look)
        for number, text in marked.items():
            _label(plot.series[-1].points[number], text, look)

    kind = XL_CHART_TYPE.COLUMN_CLUSTERED
    return Plotted(name=_NAME, kind=kind, data=data, words=words, look=look, dress=dress)


def _is_loss(bins: Bins, number: int) -> bool:
    return bins.edges[number + 1] <= 0


def _shares(bins: Bins, is_loss: bool) -> Iterator[float | None]:
    for number in range(len(bins.counts)):
        yield bins.share(number) if _is_loss(bins, number) is is_loss else None


def _marked(bins: Bins, marks: Sequence[Mark], short: Money) -> Iterator[tuple[int, str]]:
    """What stands above which column; marks of the same one stand above each other."""
    texts: dict[int, list[str]] = {}
    for mark in sorted(marks, key=lambda each: each.amount):
        inside = [number for number, low in enumerate(bins.edges[:-1]) if low <= mark.amount]
        if inside and mark.amount <= bins.edges[-1]:
            texts.setdefault(inside[-1], []).append(spoken(named(mark, short)))
    for number, lines in texts.items():
        yield number, "\n".join(lines)


def _heights(bins: Bins, marked: Mapping[int, str]) -> Iterator[float | None]:
    """How high the lines stand: above all columns, neighbours not at the same height."""
    top = max(map(bins.share, range(len(bins.counts))))
    rows = {number: place % 2 for place, number in enumerate(sorted(marked))}
    for number in range(len(bins.counts)):
        yield top * (_ABOVE + _ROW * rows[number]) if number in rows else None


def _draw_lines(series: Any, look: Look) -> None:
    """Upright lines down from the points of a series that is not seen itself."""
    bars = series._element.makeelement(qn("c:errBars"), {})
    for name, value in _BARS:
        etree.SubElement(bars, qn(f"c:{name}"), {"val": value})
    series._element.find(qn("c:cat")).addprevious(bars)
    line = LineFormat(_Lined(bars))
    look.ink.give(line.color)
    line.width, line.dash_style = Pt(0.75), MSO_LINE.DASH


class _Lined:
    """What python-pptx asks of an element that has a line; it knows none in error bars."""

    def __init__(self, bars: Any) -> None:
        self.bars = bars

    @property
    def ln(self) -> Any:
        """The line, if there is one."""
        return self.bars.find(f"{qn('c:spPr')}/{qn('a:ln')}")

    def get_or_add_ln(self) -> Any:
        """The line, made if there is none."""
        if self.ln is None:
            look = etree.SubElement(self.bars, qn("c:spPr"))
            look.append(OxmlElement("a:ln"))
        return self.ln


def _label(point: Any, text: str, look: Look) -> None:
    label = point.data_label
    label.text_frame.text = text
    for paragraph in label.text_frame.paragraphs:
        for run in paragraph.runs:
            run.font.size, run.font.bold = Pt(look.size), True
            look.ink.give(run.font.color)
    label.position = XL_LABEL_POSITION.OUTSIDE_END
