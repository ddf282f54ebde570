"""How often a figure comes out where: the draws of a simulation as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from valuecalc.documents.charts.axes import AXIS_ROOM, draw_amounts
from valuecalc.documents.charts.palette import SCREEN, Palette
from valuecalc.documents.charts.placing import Area
from valuecalc.documents.charts.scale import Money, Scale, drawable
from valuecalc.documents.charts.svg import Drawing
from valuecalc.documents.charts.table import Table
from valuecalc.documents.charts.text import SEMIBOLD, measure
from valuecalc.documents.charts.words import one_by_one, percent, sentence
from valuecalc.formula.quantity import Amount
from valuecalc.phrases import Phrase, phrase

TITLE = phrase("How often the result comes out where")

_NOTHING = phrase("Nothing was drawn")
_HEADER = (phrase("Range"), phrase("Share of draws"))
_MARK_ROW = 15
_MARK_ROWS = 3


@dataclass(frozen=True)
class Mark:
    """An amount that is marked with an upright line, and its short name, such as P10."""

    name: str
    amount: float


@dataclass(frozen=True)
class Bins:
    """Counts of draws between `edges`, and how many lie `below` and `above` all of them.

    Raises ValueError if the numbers do not belong together or are not finite.
    """

    edges: Sequence[float]
    counts: Sequence[int]
    below: int = 0
    above: int = 0

    def __post_init__(self) -> None:
        if self.counts and len(self.edges) != len(self.counts) + 1:
            raise ValueError(
                f"Bins: {len(self.counts)} counts need {len(self.counts) + 1} edges, "
                f"not {len(self.edges)}."
            )
        for edge in self.edges:
            drawable(edge, "Bins")

    @property
    def total(self) -> int:
        """All draws."""
        return sum(self.counts) + self.below + self.above

    def share(self, number: int) -> float:
        """The part of all draws that a bin holds."""
        return self.counts[number] / self.total


def histogram(
    bins: Bins,
    marks: Sequence[Mark],
    short: Money,
    *,
    palette: Palette = SCREEN,
    chart_id: str,
    width: float = 440,
    height: float = 240,
    title: str = TITLE,
    description: str | None = None,
) -> str:
    """A histogram as SVG text, losses and gains in their own colours, with marks above it.

    `short` writes the amounts. Draws outside the edges are told in the corner, not drawn.
    """
    spoken = describe_histogram(bins, marks, short) if description is None else description
    drawing = Drawing(
        width, height, palette=palette, chart_id=chart_id, title=title, description=spoken
    )
    if not any(bins.counts):
        drawing.note(_NOTHING)
        return drawing.markup()
    plot = Area(left=0, top=_MARK_ROW * _MARK_ROWS + 4, right=width, bottom=height - AXIS_ROOM)
    across = Scale(bins.edges[0], bins.edges[-1], plot.left + 2, plot.right - 2)
    _draw_columns(drawing, bins, plot, across, short)
    draw_amounts(drawing, plot, across, short)
    _draw_marks(drawing, marks, plot, across, short)
    return drawing.markup()


def histogram_table(bins: Bins, short: Money) -> Table:
    """How many draws lie in which range, in per cent."""
    rows: list[tuple[str, ...]] = [
        (
            phrase("{low} to {high}", low=short(low), high=short(high)),
            _percent(bins.share(number)),
        )
        for number, (low, high) in enumerate(pairwise(bins.edges))
    ]
    if bins.below:
        below = phrase("below {amount}", amount=short(bins.edges[0]))
        rows.insert(0, (below, _percent(bins.below / bins.total)))
    if bins.above:
        above = phrase("above {amount}", amount=short(bins.edges[-1]))
        rows.append((above, _percent(bins.above / bins.total)))
    return Table(header=_HEADER, rows=tuple(rows))


def describe_histogram(bins: Bins, marks: Sequence[Mark], short: Money) -> str:
    """The finding in words: the marked amounts, and where most draws lie."""
    if not any(bins.counts):
        return sentence(_NOTHING)
    fullest = max(range(len(bins.counts)), key=lambda number: bins.counts[number])
    most = phrase(
        "Most draws lie between {low} and {high}",
        low=short(bins.edges[fullest]),
        high=short(bins.edges[fullest + 1]),
    )
    return sentence(one_by_one([*(named(mark, short) for mark in marks), most]))


def named(mark: Mark, short: Money) -> Phrase:
    """A marked amount with its name: `P10 £1.2m`."""
    return phrase("{name} {amount}", name=mark.name, amount=short(mark.amount))


def _percent(share: float) -> Amount:
    return percent(share, 1)


def _draw_columns(drawing: Drawing, bins: Bins, plot: Area, across: Scale, short: Money) -> None:
    up = Scale(0, max(bins.counts), plot.bottom, plot.top)
    colours = drawing.palette
    for number, count in enumerate(bins.counts):
        low, high = bins.edges[number], bins.edges[number + 1]
        tip = phrase(
            "{low} to {high}: {share} of the draws",
            low=short(low),
            high=short(high),
            share=_percent(bins.share(number)),
        )
        left, right, top = across(low), across(high), up(count)
        fill = colours.negative if high <= 0 else colours.positive
        if count:
            drawing.rect(left + 0.5, top, right - left - 1, plot.bottom - top, fill, radius=1)
        drawing.hover_area(left, plot.top, right - left, plot.bottom - plot.top, tip)


def _draw_marks(
    drawing: Drawing, marks: Sequence[Mark], plot: Area, across: Scale, short: Money
) -> None:
    """Upright lines with their texts above the plot, each in a row in which it fits."""
    taken = [0.0] * _MARK_ROWS
    texts: list[tuple[float, float, Phrase]] = []
    for mark in sorted(marks, key=lambda each: each.amount):
        if not across.low <= mark.amount <= across.high:
            continue
        text = named(mark, short)
        length = measure(text, 11, SEMIBOLD)
        x = across(mark.amount)
        left = min(max(x - length / 2, 0.0), drawing.width - length)
        row = next((number for number, end in enumerate(taken) if end <= left), _MARK_ROWS - 1)
        taken[row] = left + length + 8
        base = float(_MARK_ROW * (_MARK_ROWS - row) - 3)
        drawing.line((x, base + 3), (x, plot.bottom), drawing.palette.ink, dash="3 3")
        texts.append((left, base, text))
    # After all lines, so that none runs through a text.
    for left, base, text in texts:
        drawing.text(left, base, text, size=11, weight=SEMIBOLD, halo=True)
