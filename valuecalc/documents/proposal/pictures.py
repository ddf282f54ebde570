"""The charts of a result as pictures: the same drawings as on the page, in the paper's colours."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from itertools import chain

from valuecalc.documents.charts import (
    PAPER,
    Bar,
    Money,
    cumulative_cash,
    describe_cumulative,
    describe_waterfall,
    png,
    waterfall,
)
from valuecalc.documents.charts.risk import Picture
from valuecalc.documents.charts.scale import LARGEST_AMOUNT
from valuecalc.documents.languages import spoken
from valuecalc.documents.proposal import wording
from valuecalc.documents.proposal.draft import Draft
from valuecalc.documents.proposal.styles import TEXT_WIDTH_CM
from valuecalc.documents.proposal.xml import Attributes, Element, element, one_line, w
from valuecalc.engine.result import LineResult, Result
from valuecalc.engine.scenarios import CONSERVATIVE, STRETCH
from valuecalc.formula import quantity
from valuecalc.phrases import joined, phrase

WIDTH = 680
HEIGHT = 290
HEIGHT_IN_SHORT = 230

EMU_PER_CM = 360_000
_DESCRIPTION = 1_000

_TITLES = {
    "Logo": phrase("Logo"),
    "waterfall": phrase("Waterfall"),
    "cumulative cash": phrase("Cumulative cash"),
    "histogram": phrase("Histogram"),
    "tornado": phrase("Tornado"),
    "gantt": phrase("Gantt"),
}
"""What pictures are called, by their names, which are the same in every language."""

Point = tuple[float, float]


def why_not(result: Result) -> str:
    """Why the charts of a result cannot be drawn; nothing if they can."""
    if not (result.benefits or result.investments):
        return phrase("There are no amounts to draw yet.")
    amounts = [result.value(name) for name in ("value", *map(_total, result.lines))]
    series = (result.series[name].tolist() for name in ("cumulative", "cumulative_discounted"))
    if _are_drawable([*amounts, *chain(*series)]):
        return ""
    return phrase("The charts cannot be drawn while an amount is undefined.")


def add_waterfall(draft: Draft, caption: str) -> None:
    """Put the waterfall from benefits to value into the document."""
    result = draft.result
    bars = [*_bars(result), Bar(phrase("Value"), result.value("value") or 0.0, "total")]
    money = _money(result)
    height = HEIGHT_IN_SHORT if draft.is_short else HEIGHT
    words = describe_waterfall(bars, money)
    if draft.chart_look is not None:
        from valuecalc.documents.proposal import native

        native.add_waterfall(draft, bars, money, words, caption=caption, height=height)
        return
    drawn = waterfall(bars, money, palette=PAPER, chart_id="waterfall", width=WIDTH, height=height)
    add(draft, "waterfall", drawn, caption, words, tag=TAGS["waterfall"])


def add_cumulative_cash(draft: Draft, caption: str) -> None:
    """Put cumulative cash over time into the document.

    A band shows where it runs between the conservative and the stretch scenario, if both are
    among the compared ones and differ.
    """
    result = draft.result
    points, discounted = (_points(result, name) for name in ("cumulative", "cumulative_discounted"))
    money, label = _money(result), wording.payback_label(result)
    told = describe_cumulative(points, money, discounted=discounted, payback_label=label)
    band = _band(draft.scenarios)
    if draft.chart_look is not None:
        from valuecalc.documents.proposal import native

        native.add_cumulative_cash(draft, points, discounted, band, money, told, caption=caption)
        return
    drawn = cumulative_cash(
        points,
        money,
        palette=PAPER,
        chart_id="cumulative",
        width=WIDTH,
        height=HEIGHT,
        payback=result.value("payback"),
        payback_label=label,
        discounted=discounted,
        band=band,
        band_label=phrase("Conservative to stretch"),
    )
    add(draft, "cumulative cash", drawn, caption, told, tag=TAGS["cumulative cash"])


def _total(line: LineResult) -> str:
    return f"{line.prefix}.total"


def _are_drawable(amounts: Sequence[float | None]) -> bool:
    return all(
        amount is not None and math.isfinite(amount) and abs(amount) <= LARGEST_AMOUNT
        for amount in amounts
    )


def _bars(result: Result) -> Iterator[Bar]:
    for line in result.benefits:
        yield Bar(line.label, result.value(_total(line)) or 0.0, "benefit")
    for line in result.investments:
        yield Bar(line.label, result.value(_total(line)) or 0.0, "investment")


def _points(result: Result, series: str) -> list[Point]:
    return list(zip(result.axis.months.tolist(), result.series[series].tolist(), strict=True))


def _band(scenarios: Sequence[Result]) -> list[tuple[float, float, float]] | None:
    """Cumulative cash between the two scenarios that have every range at one end."""
    found = {each.scenario: each for each in scenarios}
    if not {CONSERVATIVE, STRETCH} <= found.keys():
        return None
    worst, best = (_points(found[name], "cumulative") for name in (CONSERVATIVE, STRETCH))
    if worst == best or not _are_drawable([amount for _, amount in (*worst, *best)]):
        return None
    return [
        (month, min(low, high), max(low, high))
        for (month, low), (_, high) in zip(worst, best, strict=True)
    ]


def _money(result: Result) -> Money:
    currency = result.case.currency
    return lambda amount: quantity.show_short(amount, currency)


TAGS = {
    "waterfall": "image.waterfall",
    "cumulative cash": "image.cumulative_cash",
    "histogram": "image.histogram",
    "tornado": "image.tornado",
    "gantt": "plan.gantt",
}
"""The tags of the controls in which charts stand, by their names."""


def add(
    draft: Draft, name: str, svg: str, caption: str, description: str, *, tag: str = ""
) -> None:
    """Put a drawing into the document: its caption below it, its words as alternative text.

    With a `tag` it can be filled again.
    """
    picture = png(svg, scale=draft.picture_scale)
    made = drawing(
        draft.picture(picture),
        number=draft.number("drawing"),
        name=name,
        size=_size(picture),
        description=joined(" ", [caption, description]),
    )
    draft.captioned(made, caption, name, tag)


def add_titled(draft: Draft, name: str, made: Picture) -> None:
    """Put a picture with a title of its own into the document, which becomes its caption."""
    caption = phrase("{title}.", title=made.title)
    add(draft, name, made.svg, caption, made.words, tag=TAGS[name])


def _size(picture: bytes) -> tuple[int, int]:
    """Width and height on paper: the text width, and the height in proportion."""
    pixels_wide, pixels_high = struct.unpack(">II", picture[16:24])
    width = round(TEXT_WIDTH_CM * EMU_PER_CM)
    return width, round(width * pixels_high / pixels_wide)


def drawing(
    relationship: str, *, number: int, name: str, size: tuple[int, int], description: str
) -> Element:
    """A picture in a line of text: `size` in English metric units, 360,000 to a centimetre."""
    graphic = _graphic(relationship, number, name, size)
    return framed(graphic, number=number, name=name, size=size, description=description)


def framed(
    graphic: Element, *, number: int, name: str, size: tuple[int, int], description: str
) -> Element:
    """What is drawn (`a:graphicData`), in a line of text."""
    width, height = size
    told: Attributes = {
        "id": number,
        "name": name,
        "descr": one_line(spoken(description), _DESCRIPTION),
        "title": spoken(_TITLES.get(name) or name.capitalize()),
    }
    return w(
        "drawing",
        element(
            "wp:inline",
            element("wp:extent", attributes={"cx": width, "cy": height}),
            element("wp:docPr", attributes=told),
            element(
                "wp:cNvGraphicFramePr",
                element("a:graphicFrameLocks", attributes={"noChangeAspect": 1}),
            ),
            element("a:graphic", graphic),
            attributes={"distT": 0, "distB": 0, "distL": 0, "distR": 0},
        ),
    )


def _graphic(relationship: str, number: int, name: str, size: tuple[int, int]) -> Element:
    width, height = size
    picture = element(
        "pic:pic",
        element(
            "pic:nvPicPr",
            element("pic:cNvPr", attributes={"id": number, "name": name}),
            element("pic:cNvPicPr"),
        ),
        element(
            "pic:blipFill",
            element("a:blip", attributes={"r:embed": relationship}),
            element("a:stretch", element("a:fillRect")),
        ),
        element(
            "pic:spPr",
            element(
                "a:xfrm",
                element("a:off", attributes={"x": 0, "y": 0}),
                element("a:ext", attributes={"cx": width, "cy": height}),
            ),
            element("a:prstGeom", element("a:avLst"), attributes={"prst": "rect"}),
        ),
    )
    uri = "http://schemas.openxmlformats.org/drawingml/2006/picture"
    return element("a:graphicData", picture, attributes={"uri": uri})
