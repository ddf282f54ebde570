"""A chart before it is drawn anywhere: its kind, its numbers, its looks and its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import (
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.oxml.ns import qn
from pptx.util import Pt

from valuecalc.documents.charts import Money
from valuecalc.documents.languages import current, spoken
from valuecalc.documents.native_charts.look import Colour, Look
from valuecalc.formula import quantity
from valuecalc.formula.quantity import Amount

_NUMBER = re.compile(r"(?P<before>\D*)\d[\d.,]*(?P<after>\D*)")
_SCALES = ((2e6, 1e6, "#,##0.0,,", "m"), (2e3, 1e3, "#,##0,", "k"))


@dataclass(frozen=True, kw_only=True)
class Plotted:
    """What a chart shows; `kind` is an `XL_CHART_TYPE`, `words` are for those who cannot see it.

    `dress` gives a chart of python-pptx that has the numbers its looks.
    """

    name: str
    kind: Any
    data: CategoryChartData
    words: str
    look: Look
    dress: Callable[[Any], None]

    def finish(self, chart: Any) -> None:
        """Give a new chart its looks."""
        _mend(chart)
        chart.font.size, chart.font.name = Pt(self.look.size), self.look.font
        self.look.ink.give(chart.font.color)
        chart.has_title = False
        chart.has_legend = False
        self.dress(chart)


def _mend(chart: Any) -> None:
    """Ids of axes have no sign, and Office would round the corners of a chart by itself."""
    root = chart._chartSpace
    for each in root.iter(qn("c:axId"), qn("c:crossAx")):
        each.set("val", each.get("val").lstrip("-"))
    if root.find(qn("c:roundedCorners")) is None:
        before = root.find(qn("c:date1904"))
        rounded = root.makeelement(qn("c:roundedCorners"), {"val": "0"})
        before.addnext(rounded) if before is not None else root.insert(0, rounded)


def numbers(number_format: str = "") -> CategoryChartData:
    """The table of numbers of a chart, still empty; whole numbers without a format."""
    return CategoryChartData(number_format=number_format or _in_language("#,##0"))


def _in_language(*sections: str) -> str:
    """A number format that says for each of its sections of which language it is."""
    return ";".join(f"{current().number_code}{each}" for each in sections)


def money_format(short: Money, amounts: Sequence[float]) -> str:
    """The number format for amounts of this size: `[$-809]"£"0.0,,"m"`.

    Its separators are those of English in every file. Office shows them as its user's, LibreOffice
    as those of the language that the format begins with; where the symbol stands, and what
    thousands and millions are called, is said here.
    """
    largest = max(map(abs, amounts), default=0.0)
    fitting = (each for each in _SCALES if largest >= each[0])
    _, unit, digits, scale = next(fitting, (0.0, 1.0, "#,##0", ""))
    shown = short(unit)
    if not (isinstance(shown, Amount) and shown.currency):
        found = _NUMBER.fullmatch(short(1.0))
        number = f"{_quoted(found['before'] if found else '')}{digits}{_quoted(scale)}"
    else:
        found = _NUMBER.fullmatch(spoken(shown))
        assert found is not None, "an amount has a number in every language"
        number = f"{_quoted(found['before'])}{digits}{_quoted(found['after'])}"
    return _in_language(number, f"\u2212{number}")


def percent_format(decimals: int = 0) -> str:
    """The number format for shares: `[$-809]0%`, or as the language has it."""
    said = spoken(quantity.show(1.0, "%", digits=0))
    digits = f"0.{'0' * decimals}" if decimals else "0"
    return _in_language(said.replace("100", digits))


def _quoted(words: str) -> str:
    return f'"{words}"' if words else ""


def axes(chart: Any, look: Look, number_format: str) -> None:
    """Quiet lines, amounts in their format, and the names beside the chart."""
    values, categories = chart.value_axis, chart.category_axis
    look.grid.give(values.major_gridlines.format.line.color)
    values.format.line.fill.background()
    values.tick_labels.number_format = number_format
    values.tick_labels.number_format_is_linked = False
    look.axis.give(categories.format.line.color)
    # Beside the chart, also where columns go below zero.
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    categories.major_tick_mark = XL_TICK_MARK.NONE


def title_of_axis(axis: Any, text: str, look: Look) -> None:
    """Say what the labels of an axis are."""
    axis.has_title = True
    axis.axis_title.text_frame.text = spoken(text)
    axis.axis_title.text_frame.paragraphs[0].runs[0].font.size = Pt(look.size)


def skip_labels(axis: Any, step: int) -> None:
    """Let only every so manieth category have a label and a mark."""
    for name in ("c:tickLblSkip", "c:tickMarkSkip"):
        element = axis._element.makeelement(qn(name), {"val": str(step)})
        axis._element.find(qn("c:noMultiLvlLbl")).addprevious(element)


def legend(chart: Any) -> None:
    """The names of the series above the chart."""
    chart.has_legend = True
    chart.legend.position = XL_LEGEND_POSITION.TOP
    chart.legend.include_in_layout = False


def fill(series: Any, colour: Colour | None) -> None:
    """The colour of the columns; without one they are not seen."""
    series.invert_if_negative = False
    if colour is not None:
        series.format.fill.solid()
        colour.give(series.format.fill.fore_color)
    else:
        series.format.fill.background()
        series.format.line.fill.background()


def line(series: Any, colour: Colour, width: float = 2.5) -> None:
    """A line without marks, `width` in points."""
    series.smooth = False
    colour.give(series.format.line.color)
    series.format.line.width = Pt(width)
    series.marker.style = XL_MARKER_STYLE.NONE


def dot(series: Any, colour: Colour, size: int) -> None:
    """Dots without a line."""
    series.smooth = False
    series.format.line.fill.background()
    series.marker.style = XL_MARKER_STYLE.CIRCLE
    series.marker.size = size
    series.marker.format.fill.solid()
    colour.give(series.marker.format.fill.fore_color)
