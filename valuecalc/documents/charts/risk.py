"""What the engine says of risk, as charts: for the page and for the proposal alike.

Two layers, both pure. The first turns results of the engine into what the charts take
(`swings`, `bins`, `marks`, `curve`, `cash_points`, `cash_band`, `ranks`, `bridge_bars`). The
second draws: each `..._picture` has a palette and a width, and comes with its words and table.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from valuecalc.documents.charts.bridge import Bar, describe_waterfall, waterfall_table
from valuecalc.documents.charts.cumulative import cumulative_cash
from valuecalc.documents.charts.histogram import (
    Bins,
    Mark,
    describe_histogram,
    histogram,
    histogram_table,
)
from valuecalc.documents.charts.likelihood import (
    HEADER as LIKELIHOOD_HEADER,
)
from valuecalc.documents.charts.likelihood import (
    Curve,
    describe_likelihood,
    likelihood,
    likelihood_table,
)
from valuecalc.documents.charts.palette import SCREEN, Palette
from valuecalc.documents.charts.ranking import Rank, describe_ranking, ranking, ranking_table
from valuecalc.documents.charts.scale import LARGEST_AMOUNT, Money
from valuecalc.documents.charts.series import cumulative_table, describe_cumulative
from valuecalc.documents.charts.table import Table
from valuecalc.documents.charts.tornado import Swing, describe_tornado, tornado, tornado_table
from valuecalc.documents.charts.waterfall import waterfall, waterfall_rows
from valuecalc.engine.bridges import LineBridge
from valuecalc.engine.effects import Bridge
from valuecalc.engine.result import Figure
from valuecalc.engine.sensitivity.tornado import Tornado
from valuecalc.engine.uncertainty.information import Information
from valuecalc.engine.uncertainty.percentiles import Cumulative, Histogram, Percentiles
from valuecalc.engine.uncertainty.simulate import Band, SimulationResult
from valuecalc.formula import quantity
from valuecalc.phrases import Phrase, lowered, phrase

MARKED = ("p10", "p50", "p90")
"""The percentiles that are marked in a chart."""

MOST_SWINGS = 12
MOST_STEPS = 8
MOST_RANKS = 12
"""So many rows a chart has at most; the table beside it has all."""

BAND_LABEL = phrase("P10 to P90")
OTHER_STEPS = phrase("Other changes")
PILOT = phrase("its pilot costs")
NOTHING_TO_RANK = phrase("Finding out more would not change the decision")

_EXPECTED, _BEFORE, _AFTER = phrase("Expected"), phrase("Before"), phrase("After")
_CASH_BAND = phrase("Cumulative cash and its likely range")
_INFORMATION = phrase("What it is worth to find out more")
_INFORMATION_HEADER = (
    phrase("Assumption"),
    phrase("Worth knowing"),
    phrase("Standard error"),
    phrase("Cost of the pilot"),
)

COLUMNS_FROM = 560
"""Pixels from which on a bridge stands in columns."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A chart: its SVG text, safe to stand in a page, and the same in words and as a table."""

    title: str
    svg: str
    words: str
    table: Table


def money(currency: str) -> Money:
    """Writes amounts of a currency in three digits."""
    return lambda amount: quantity.show_short(amount, currency)


def amounts_of(figure: Figure | Percentiles) -> Money:
    """Writes amounts in the unit of a figure, as short as its headline."""
    unit = figure.unit

    def write(amount: float) -> str:
        return Figure(name="", label="", value=amount, unit=unit).short

    return write


# --------------------------------------------------------------------------- what charts take


def swings(found: Tornado, most: int = MOST_SWINGS) -> list[Swing]:
    """The bars of a tornado, the widest first; those without any effect are left out."""
    moving = [bar for bar in found.bars if bar.span is None or bar.span > 0]
    return [
        Swing(
            label=bar.label,
            low=bar.low_text,
            high=bar.high_text,
            at_low=_drawn(bar.at_low.value),
            at_high=_drawn(bar.at_high.value),
        )
        for bar in moving[:most]
    ]


def bins(found: Histogram) -> Bins:
    """The bins of a histogram; none where an edge is too large to draw."""
    edges = found.edges.tolist()
    if not _are_drawable(edges):
        return Bins(edges=(), counts=())
    return Bins(edges, found.counts.tolist(), below=found.below, above=found.above)


def marks(figure: Percentiles, names: Sequence[str] = MARKED) -> list[Mark]:
    """Percentiles of a figure to be marked: `P10`, `P50`, `P90`; `expected` is one too."""
    amounts = [
        (_EXPECTED, figure.expected) if name == "expected" else (name.upper(), figure.at(name))
        for name in names
    ]
    return [
        Mark(label, amount)
        for label, amount in amounts
        if amount is not None and _are_drawable([amount])
    ]


def curve(found: Cumulative) -> Curve:
    """The chance of at least each amount, from the shares of draws that are at most it."""
    if not _are_drawable(found.values.tolist()):
        return []
    return [
        (amount, 1 - share)
        for amount, share in zip(found.values.tolist(), found.shares.tolist(), strict=True)
    ]


def cash_points(band: Band) -> list[tuple[float, float]]:
    """Cumulative cash at expected values, month by month."""
    return list(zip(band.months.tolist(), band.expected.tolist(), strict=True))


def cash_band(band: Band, low: str = "p10", high: str = "p90") -> list[tuple[float, float, float]]:
    """The range of cumulative cash, month by month; nothing where it cannot be drawn."""
    lower, upper = getattr(band, low).tolist(), getattr(band, high).tolist()
    if not _are_drawable([*lower, *upper]):
        return []
    return list(zip(band.months.tolist(), lower, upper, strict=True))


def ranks(found: Information, most: int = MOST_RANKS) -> list[Rank]:
    """What knowing each assumption is worth at most, with its error and what its pilot costs.

    Assumptions that are worth nothing to know are left out.
    """
    worth = [item for item in found.items if item.evppi > 0]
    return [
        Rank(label=each.assumption.label, amount=each.evppi, error=each.error, mark=each.cost)
        for each in worth[:most]
    ]


def bridge_bars(
    bridge: LineBridge | Bridge, before: str = "", after: str = "", most: int = MOST_STEPS
) -> list[Bar]:
    """A bridge as the bars of a waterfall; beyond `most` steps the smallest are put together.

    `before` and `after` name its ends, which a bridge by line does itself. There are no bars
    where the two cannot be compared.
    """
    if isinstance(bridge, LineBridge):
        before, after = before or bridge.before_label, after or bridge.after_label
        if bridge.difference is None:
            return []
    if bridge.before is None or bridge.after is None:
        return []
    steps = [(step.label, step.amount) for step in bridge.steps]
    return [
        Bar(before or _BEFORE, bridge.before, "total"),
        *(_step(label, amount) for label, amount in _largest(steps, most)),
        Bar(after or _AFTER, bridge.after, "total"),
    ]


def _largest(steps: Sequence[tuple[str, float]], most: int) -> list[tuple[str, float]]:
    """The largest steps in their order, and all others as one."""
    if len(steps) <= most + 1:
        return list(steps)
    by_size = sorted(range(len(steps)), key=lambda number: -abs(steps[number][1]))
    kept = set(by_size[:most])
    others = math.fsum(steps[number][1] for number in by_size[most:])
    return [*(step for number, step in enumerate(steps) if number in kept), (OTHER_STEPS, others)]


def _step(label: str, amount: float) -> Bar:
    """A step up is drawn like a benefit, a step down like an investment."""
    return Bar(label, abs(amount), "benefit" if amount >= 0 else "investment")


def _drawn(amount: float | None) -> float | None:
    return amount if amount is not None and _are_drawable([amount]) else None


def _are_drawable(amounts: Iterable[float]) -> bool:
    return all(math.isfinite(each) and abs(each) <= LARGEST_AMOUNT for each in amounts)


# --------------------------------------------------------------------------- pictures


def tornado_picture(
    found: Tornado,
    *,
    palette: Palette = SCREEN,
    chart_id: str = "tornado",
    width: float = 680,
    title: str = "",
) -> Picture | None:
    """How far each assumption moves the figure; None while the figure does not exist."""
    expected = _drawn(found.figure.value)
    if expected is None:
        return None
    title = title or _what_moves(found.figure)
    write, drawn = amounts_of(found.figure), swings(found)
    svg = tornado(
        drawn, expected, write, palette=palette, chart_id=chart_id, width=width, title=title
    )
    everything = swings(found, most=len(found.bars))
    words = describe_tornado(drawn, expected, write)
    return Picture(title=title, svg=svg, words=words, table=tornado_table(everything, write))


def histogram_picture(
    simulation: SimulationResult,
    figure: str = "value",
    *,
    palette: Palette = SCREEN,
    chart_id: str = "histogram",
    width: float = 440,
    height: float = 240,
    title: str = "",
) -> Picture:
    """How often a figure comes out where, with P10, P50 and P90 marked.

    `figure` is `value` or `npv`.
    """
    of_draws = simulation.figure(figure)
    title = title or _how_often(of_draws)
    taken, marked = bins(simulation.histograms[figure]), marks(of_draws)
    write = amounts_of(of_draws)
    svg = histogram(
        taken,
        marked,
        write,
        palette=palette,
        chart_id=chart_id,
        width=width,
        height=height,
        title=title,
    )
    words = describe_histogram(taken, marked, write)
    return Picture(title=title, svg=svg, words=words, table=histogram_table(taken, write))


def likelihood_picture(
    simulation: SimulationResult,
    figure: str = "value",
    *,
    palette: Palette = SCREEN,
    chart_id: str = "likelihood",
    width: float = 440,
    height: float = 240,
    title: str = "",
) -> Picture:
    """The chance that a figure, `value` or `npv`, is at least so much."""
    of_draws = simulation.figure(figure)
    title = title or _how_likely(of_draws)
    chances, marked = curve(simulation.cumulative[figure]), marks(of_draws)
    write = amounts_of(of_draws)
    svg = likelihood(
        chances,
        marked,
        write,
        palette=palette,
        chart_id=chart_id,
        width=width,
        height=height,
        title=title,
    )
    words = describe_likelihood(chances, marked, write)
    table = (
        likelihood_table(chances, marked, write)
        if len(chances) > 1
        else Table(header=LIKELIHOOD_HEADER, rows=())
    )
    return Picture(title=title, svg=svg, words=words, table=table)


def cash_band_picture(
    simulation: SimulationResult,
    *,
    palette: Palette = SCREEN,
    chart_id: str = "cash-band",
    width: float = 680,
    height: float = 290,
    title: str = _CASH_BAND,
) -> Picture | None:
    """Cumulative cash at expected values, and where 8 of 10 draws run; None while undefined."""
    points = cash_points(simulation.band)
    if not _are_drawable(amount for _, amount in points):
        return None
    write = money(simulation.case.currency)
    svg = cumulative_cash(
        points,
        write,
        palette=palette,
        chart_id=chart_id,
        width=width,
        height=height,
        band=cash_band(simulation.band),
        band_label=BAND_LABEL,
        title=title,
    )
    words = describe_cumulative(points, write)
    return Picture(title=title, svg=svg, words=words, table=cumulative_table(points, write))


def information_picture(
    found: Information,
    *,
    palette: Palette = SCREEN,
    chart_id: str = "information",
    width: float = 680,
    title: str = _INFORMATION,
) -> Picture:
    """What knowing each assumption is worth at most, with the cost of its pilot as a mark."""
    taken, write = ranks(found), money(found.case.currency)
    svg = ranking(
        taken,
        write,
        palette=palette,
        chart_id=chart_id,
        width=width,
        title=title,
        mark=PILOT,
        nothing=NOTHING_TO_RANK,
    )
    everything = ranks(found, most=len(found.items))
    table = ranking_table(everything, write, _INFORMATION_HEADER)
    words = describe_ranking(taken, write, PILOT, NOTHING_TO_RANK)
    return Picture(title=title, svg=svg, words=words, table=table)


def bridge_picture(
    bridge: LineBridge | Bridge,
    *,
    palette: Palette = SCREEN,
    chart_id: str = "bridge",
    width: float = 680,
    height: float = 300,
    title: str = "",
    ends: tuple[str, str] = ("", ""),
) -> Picture | None:
    """What leads from one result to another; None where the two cannot be compared."""
    bars = bridge_bars(bridge, *ends)
    if not bars or not _are_drawable(bar.amount for bar in bars):
        return None
    title = title or _what_changes(bridge)
    write = money(bridge.unit)
    if width >= COLUMNS_FROM:
        svg = waterfall(
            bars,
            write,
            palette=palette,
            chart_id=chart_id,
            width=width,
            height=height,
            title=title,
            keep=MOST_STEPS + 1,
        )
    else:
        svg = waterfall_rows(
            bars,
            write,
            palette=palette,
            chart_id=chart_id,
            width=width,
            title=title,
            keep=MOST_STEPS + 1,
        )
    words = describe_waterfall(bars, write)
    every_step = bridge_bars(bridge, *ends, most=len(bridge.steps))
    return Picture(title=title, svg=svg, words=words, table=waterfall_table(every_step, write))


def _what_moves(figure: Figure) -> str:
    match figure.name:
        case "value":
            return phrase("What moves the value most")
        case "npv":
            return phrase("What moves the net present value most")
    return phrase("What moves {figure} most", figure=_noun(figure.label))


def _how_often(figure: Percentiles) -> str:
    match figure.name:
        case "value":
            return phrase("How often the value comes out where")
        case "npv":
            return phrase("How often the net present value comes out where")
    return phrase("How often {figure} comes out where", figure=_noun(figure.label))


def _how_likely(figure: Percentiles) -> str:
    match figure.name:
        case "value":
            return phrase("How likely the value is at least this high")
        case "npv":
            return phrase("How likely the net present value is at least this high")
    return phrase("How likely {figure} is at least this high", figure=_noun(figure.label))


def _what_changes(bridge: LineBridge | Bridge) -> str:
    match bridge.label:
        case "Value":
            return phrase("What changes the value")
        case "Net present value (NPV)":
            return phrase("What changes the net present value")
    return phrase("What changes {figure}", figure=_noun(bridge.label))


def _noun(label: str) -> Phrase:
    """A figure inside a sentence: `the total benefits`, `the NPV`.

    Other languages name it as it is called, in quotation marks, where no article can be wrong.
    """
    noun = lowered(label.partition(" (")[0])
    noun.original = label
    return phrase("the {figure}", figure=noun)
