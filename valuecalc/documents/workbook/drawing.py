"""Charts as the spreadsheet's own, which move with the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart import Series as DrawnSeries
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
)
from openpyxl.worksheet.worksheet import Worksheet

from valuecalc.documents.workbook.cells import Chart, Series
from valuecalc.documents.workbook.references import Directory
from valuecalc.documents.workbook.styles import DARK, FONT, GRID, MUTED, colour

_WIDTH, _HEIGHT = 18.8, 7.4
_LINE, _MARKER = 22225, 6


def draw(chart: Chart, sheet: Worksheet, directory: Directory) -> None:
    """Put a chart onto a sheet."""
    drawn: Any = BarChart() if chart.columns else LineChart()
    if chart.columns:
        drawn.type, drawn.grouping, drawn.overlap, drawn.gapWidth = "col", "stacked", 100, 45
    _put_series(drawn, [each for each in chart.series if not each.line], chart, directory)
    drawn.width, drawn.height = chart.width or _WIDTH, chart.height or _HEIGHT
    drawn.title = chart.title
    drawn.title.overlay = False
    drawn.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_letters(1100, DARK, bold=True))
    for run in drawn.title.tx.rich.p[0].r:
        run.rPr = _letters(1100, DARK, bold=True)
    if chart.legend:
        drawn.legend.position = "b"
        drawn.legend.txPr = _text(900)
    else:
        drawn.legend = None
    _dress_axes(drawn)
    if chart.side_by_side or chart.sideways:
        drawn.grouping, drawn.overlap = "clustered", 0 if chart.side_by_side else 100
    if chart.sideways:
        drawn.type = "bar"
        drawn.x_axis.scaling.orientation = "maxMin"
        # The first bar on top would have the values on top as well.
        drawn.y_axis.crosses = "max"
    drawn.graphical_properties = GraphicalProperties(ln=LineProperties(noFill=True))
    lines = [each for each in chart.series if each.line]
    if lines:
        over: Any = LineChart()
        _put_series(over, lines, chart, directory)
        drawn += over
    sheet.add_chart(drawn, chart.anchor)


def _put_series(drawn: Any, series: Sequence[Series], chart: Chart, directory: Directory) -> None:
    for each in series:
        drawn.series.append(_series(each, chart, directory))
    drawn.set_categories(_reference(directory.address(chart.categories)))


def _reference(address: str) -> Reference:
    return Reference(range_string=address)


def _series(each: Series, chart: Chart, directory: Directory) -> DrawnSeries:
    series = DrawnSeries(_reference(directory.address(each.values)))
    series.tx = SeriesLabel(strRef=StrRef(f=directory.address(each.name)))
    look = series.graphicalProperties
    if not each.colour:
        look.noFill = True
        look.line.noFill = True
        return series
    if chart.columns and not each.line:
        look.solidFill = colour(each.colour)
        look.line.noFill = True
        series.invertIfNegative = False
        return series
    look.line.solidFill = colour(each.colour)
    look.line.width = _LINE
    if each.dashed:
        look.line.dashStyle = "dash"
    series.smooth = False
    series.marker.symbol = "none"
    if each.line:
        series.marker.symbol, series.marker.size = "circle", _MARKER
        series.marker.graphicalProperties = GraphicalProperties(
            solidFill=colour(each.colour), ln=LineProperties(noFill=True)
        )
    return series


def _dress_axes(drawn: Any) -> None:
    for axis in (drawn.x_axis, drawn.y_axis):
        # Without this, newer versions of Excel show no axis.
        axis.delete = False
        axis.txPr = _text(900)
        axis.title = None
        axis.majorTickMark = "none"
    drawn.x_axis.tickLblPos = "low"
    drawn.x_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=MUTED))
    drawn.x_axis.majorGridlines = None
    drawn.x_axis.number_format = "0"
    drawn.y_axis.number_format = "#,##0"
    drawn.y_axis.numFmt.sourceLinked = False
    drawn.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=GRID))
    drawn.y_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))


def _letters(size: int, ink: str, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=size, b=bold, solidFill=ink, latin=Font(typeface=FONT))


def _text(size: int) -> RichText:
    properties = ParagraphProperties(defRPr=_letters(size, MUTED))
    return RichText(p=[Paragraph(pPr=properties, endParaRPr=_letters(size, MUTED))])
