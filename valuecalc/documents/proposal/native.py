"""The charts of a result as Word draws them, where their numbers can be changed."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from valuecalc.documents.charts import Bar, Money, group_small, risk
from valuecalc.documents.charts.risk import Picture
from valuecalc.documents.native_charts.cumulative import cumulative
from valuecalc.documents.native_charts.histogram import histogram
from valuecalc.documents.native_charts.kinds import CHART, NAMESPACE
from valuecalc.documents.native_charts.look import Look
from valuecalc.documents.native_charts.part import written
from valuecalc.documents.native_charts.plotted import Plotted
from valuecalc.documents.native_charts.tornado import tornado
from valuecalc.documents.native_charts.waterfall import waterfall
from valuecalc.documents.proposal import pictures
from valuecalc.documents.proposal.draft import Draft
from valuecalc.documents.proposal.styles import TEXT_WIDTH_CM
from valuecalc.documents.proposal.xml import Element, element, qualified
from valuecalc.engine.sensitivity.tornado import Tornado
from valuecalc.engine.uncertainty.simulate import SimulationResult
from valuecalc.phrases import joined, phrase

_POINTS_PER_CM = 72 / 2.54
WIDTH = TEXT_WIDTH_CM * _POINTS_PER_CM
"""Of the text, in points."""

_SCALE = TEXT_WIDTH_CM * pictures.EMU_PER_CM / pictures.WIDTH
"""A pixel of a picture on paper, in English metric units."""

_SWING = 34
_AROUND_SWINGS = 60
"""Heights in pixels of a picture: of one assumption of a tornado, and of what is around them."""

Point = tuple[float, float]


def add_waterfall(
    draft: Draft, bars: Sequence[Bar], money: Money, words: str, *, caption: str, height: float
) -> None:
    """Put the waterfall of these bars into the document."""
    made = waterfall(group_small(bars), money, words, width=WIDTH, look=_look(draft))
    add(draft, "waterfall", made, caption, height)


def add_cumulative_cash(
    draft: Draft,
    cash: Sequence[Point],
    discounted: Sequence[Point],
    band: Sequence[tuple[float, float, float]] | None,
    money: Money,
    words: str,
    *,
    caption: str,
) -> None:
    """Put cumulative cash into the document, with the two lines that it may run between."""
    ends = (
        (
            (phrase("Conservative"), [low for _, low, _ in band]),
            (phrase("Stretch"), [high for _, _, high in band]),
        )
        if band
        else ()
    )
    made = cumulative(
        [month for month, _ in cash],
        (
            (phrase("Cumulative cash"), [amount for _, amount in cash]),
            (phrase("Discounted"), [amount for _, amount in discounted]),
        ),
        draft.result.value("payback"),
        money,
        words,
        look=_look(draft),
        ends=ends,
    )
    add(draft, "cumulative cash", made, caption, pictures.HEIGHT)


def add_histogram(
    draft: Draft, drawn: SimulationResult, figure: str, made: Picture, *, height: float
) -> None:
    """Put the histogram of a figure into the document; its picture where nothing was drawn."""
    of_draws = drawn.figure(figure)
    plotted = histogram(
        risk.bins(drawn.histograms[figure]),
        risk.marks(of_draws),
        risk.amounts_of(of_draws),
        made.words,
        look=_look(draft),
    )
    if plotted is None:
        pictures.add_titled(draft, "histogram", made)
    else:
        add(draft, "histogram", plotted, phrase("{title}.", title=made.title), height)


def add_tornado(draft: Draft, moved: Tornado, made: Picture) -> None:
    """Put a tornado into the document; its picture where nothing moves the figure."""
    swings, expected = risk.swings(moved), moved.figure.value
    if not swings or expected is None:
        pictures.add_titled(draft, "tornado", made)
        return
    write = risk.amounts_of(moved.figure)
    plotted = tornado(swings, expected, write, made.words, width=WIDTH, look=_look(draft))
    add(
        draft,
        "tornado",
        plotted,
        phrase("{title}.", title=made.title),
        _AROUND_SWINGS + _SWING * len(swings),
    )


def add(draft: Draft, name: str, plotted: Plotted, caption: str, height: float) -> None:
    """Put a chart into the document, its caption below it; `height` in pixels of a picture."""
    size = round(TEXT_WIDTH_CM * pictures.EMU_PER_CM), round(height * _SCALE)
    made = pictures.framed(
        shown(draft.chart(written(plotted))),
        number=draft.number("drawing"),
        name=name,
        size=size,
        description=joined(" ", [caption, plotted.words]),
    )
    draft.captioned(made, caption, name, pictures.TAGS[name], is_chart=True)


def shown(relationship: str) -> Element:
    """What shows the chart of a relation in a text (`a:graphicData`)."""
    chart = etree.Element(CHART, nsmap={"c": NAMESPACE})
    chart.set(qualified("r:id"), relationship)
    return element("a:graphicData", chart, attributes={"uri": NAMESPACE})


def _look(draft: Draft) -> Look:
    assert draft.chart_look is not None, "only asked where charts are native"
    return draft.chart_look
