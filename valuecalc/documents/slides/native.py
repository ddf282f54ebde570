"""Charts that PowerPoint draws, and whose numbers can be changed there.

They are those of the documents, in the size of a slide.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.util import Pt

from valuecalc.documents.charts import Bar, Money, Swing
from valuecalc.documents.languages import spoken
from valuecalc.documents.native_charts.cumulative import Line
from valuecalc.documents.native_charts.cumulative import cumulative as plotted_cumulative
from valuecalc.documents.native_charts.look import SLIDE_LOOK
from valuecalc.documents.native_charts.part import book_of
from valuecalc.documents.native_charts.plotted import Plotted
from valuecalc.documents.native_charts.tornado import tornado as plotted_tornado
from valuecalc.documents.native_charts.waterfall import waterfall as plotted_waterfall
from valuecalc.documents.slides.texts import Box


def waterfall(slide: Any, box: Box, bars: Sequence[Bar], short: Money, words: str) -> Any:
    """From benefits to value: columns on the level that those before them have reached."""
    return add(slide, box, plotted_waterfall(bars, short, words, width=box[2], look=SLIDE_LOOK))


def cumulative(
    slide: Any,
    box: Box,
    months: Sequence[float],
    lines: Sequence[Line],
    payback: float | None,
    short: Money,
    words: str,
) -> Any:
    """Cumulative cash over the months, with a mark where it turns positive."""
    return add(
        slide, box, plotted_cumulative(months, lines, payback, short, words, look=SLIDE_LOOK)
    )


def tornado(
    slide: Any, box: Box, swings: Sequence[Swing], expected: float, short: Money, words: str
) -> Any:
    """How far each assumption moves the value; the bars stand on the expected one."""
    made = plotted_tornado(swings, expected, short, words, width=box[2], look=SLIDE_LOOK)
    return add(slide, box, made)


def add(slide: Any, box: Box, plotted: Plotted) -> Any:
    """Put a chart onto a slide, with the workbook behind it."""
    frame = slide.shapes.add_chart(plotted.kind, *map(Pt, box), plotted.data)
    frame.name = spoken(plotted.name)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", spoken(plotted.words))
    plotted.finish(frame.chart)
    frame.chart.part.chart_workbook.xlsx_part._blob = book_of(plotted)
    return frame.chart
