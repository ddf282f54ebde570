"""Amounts ranked as bars, each with its margin of error and, if there is one, a mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from valuecalc.documents.charts.palette import SCREEN, Palette
from valuecalc.documents.charts.placing import row_edges
from valuecalc.documents.charts.scale import Money, Scale, drawable, span_with_zero
from valuecalc.documents.charts.svg import Drawing
from valuecalc.documents.charts.table import Table
from valuecalc.documents.charts.text import (
    SEMIBOLD,
    Fitted,
    clean,
    isolate,
    largest_size,
    shorten,
    widest,
    wrap,
)
from valuecalc.documents.charts.words import labelled, one_by_one, sentence
from valuecalc.phrases import Phrase, phrase

_SIZE = 12
_BAR = 15
_GAP = 10
_WHISKER = 3.5
_SPOKEN_WIDTH = 560
_NOTHING = phrase("Nothing to rank yet")


@dataclass(frozen=True)
class Rank:
    """One bar: an amount, its error to both sides, and an amount to compare it with.

    Raises ValueError for amounts that are not finite.
    """

    label: str
    amount: float
    error: float = 0.0
    mark: float | None = None

    def __post_init__(self) -> None:
        for each in (self.amount, self.error, self.mark or 0.0):
            drawable(each, f"Rank {self.label!r}")

    @property
    def reach(self) -> tuple[float, ...]:
        """Every amount that is drawn."""
        marks = () if self.mark is None else (self.mark,)
        return (self.amount - self.error, self.amount + self.error, *marks)


@dataclass(frozen=True)
class _Layout:
    """Where everything goes: names, bars from zero, amounts at the right."""

    ranks: Sequence[Rank]
    labels: list[Fitted]
    amounts: list[str]
    amount_size: float
    edges: list[float]
    level: Scale

    def middle(self, number: int) -> float:
        """The middle of a row."""
        return (self.edges[number] + self.edges[number + 1]) / 2


def ranking(
    ranks: Sequence[Rank],
    short: Money,
    *,
    palette: Palette = SCREEN,
    chart_id: str,
    width: float = 680,
    title: str,
    mark: str = "",
    nothing: str = _NOTHING,
) -> str:
    """Ranked amounts as SVG text, in the order given; its height follows from their number.

    `short` writes the amounts; `mark` says in the description what the marks are. Without
    ranks the sentence `nothing` stands there.
    """
    layout = _lay_out(ranks, short, width)
    drawing = Drawing(
        width,
        layout.edges[-1],
        palette=palette,
        chart_id=chart_id,
        title=title,
        description=describe_ranking(ranks, short, mark, nothing),
    )
    if not ranks:
        drawing.note(nothing)
        return drawing.markup()
    for number in range(len(ranks)):
        _draw_row(drawing, layout, number)
    zero = layout.level(0)
    drawing.line((zero, 0), (zero, drawing.height), palette.axis)
    return drawing.markup()


def ranking_table(ranks: Sequence[Rank], short: Money, header: tuple[str, ...]) -> Table:
    """The ranks as text under a header of four: name, amount, error, mark."""
    rows = tuple(
        (
            clean(rank.label),
            short(rank.amount),
            phrase("± {error}", error=short(rank.error)) if rank.error else "",
            "" if rank.mark is None else short(rank.mark),
        )
        for rank in ranks
    )
    return Table(header=header, rows=rows)


def describe_ranking(ranks: Sequence[Rank], short: Money, mark: str, nothing: str) -> str:
    """The ranks in words, in their order."""
    if not ranks:
        return sentence(nothing)
    return sentence(one_by_one([_spoken(rank, short, mark) for rank in ranks]))


def _spoken(rank: Rank, short: Money, mark: str) -> Phrase:
    label = isolate(shorten(clean(rank.label), _SPOKEN_WIDTH, _SIZE))
    amount, error = short(rank.amount), short(rank.error)
    if rank.error:
        told = phrase("{label} {amount} ± {error}", label=label, amount=amount, error=error)
    else:
        told = phrase("{label} {amount}", label=label, amount=amount)
    if not mark or rank.mark is None:
        return told
    return phrase("{told} ({mark} {cost})", told=told, mark=mark, cost=short(rank.mark))


def _lay_out(ranks: Sequence[Rank], short: Money, width: float) -> _Layout:
    amounts = [short(rank.amount) for rank in ranks]
    amount_size = largest_size(amounts, width * 0.3, (_SIZE, 11, 10, 9), SEMIBOLD)
    right = width - widest(amounts, amount_size, SEMIBOLD) - _GAP
    names = [clean(rank.label) for rank in ranks]
    label_width = min(widest(names, _SIZE), right * 0.5)
    labels = [wrap(name, label_width, _SIZE) for name in names]
    low, high = span_with_zero(amount for rank in ranks for amount in rank.reach)
    level = Scale(low, high, label_width + _GAP, right - 4)
    return _Layout(ranks, labels, amounts, amount_size, row_edges(labels), level)


def _draw_row(drawing: Drawing, layout: _Layout, number: int) -> None:
    rank, middle = layout.ranks[number], layout.middle(number)
    colours = drawing.palette
    drawing.label(0, middle, layout.labels[number], clean(rank.label))
    zero, end = layout.level(0), layout.level(rank.amount)
    fill = colours.bar if rank.amount >= 0 else colours.negative
    tip = labelled(isolate(clean(rank.label)), layout.amounts[number])
    if rank.amount:
        left, length = min(zero, end), abs(end - zero)
        drawing.rect(left, middle - _BAR / 2, length, _BAR, fill, tip=tip)
    if rank.error:
        _draw_error(drawing, layout, rank, middle)
    if rank.mark is not None:
        x = layout.level(rank.mark)
        half = _BAR / 2 + 3
        drawing.line((x, middle - half), (x, middle + half), colours.negative, width=2)
    amount = Fitted((layout.amounts[number],), cut=False)
    drawing.label(
        drawing.width,
        middle,
        amount,
        "",
        anchor="end",
        size=layout.amount_size,
        weight=SEMIBOLD,
    )


def _draw_error(drawing: Drawing, layout: _Layout, rank: Rank, middle: float) -> None:
    """A whisker from the amount less its error to the amount plus its error."""
    low, high = layout.level(rank.amount - rank.error), layout.level(rank.amount + rank.error)
    ink = drawing.palette.ink
    drawing.line((low, middle), (high, middle), ink)
    for x in (low, high):
        drawing.line((x, middle - _WHISKER), (x, middle + _WHISKER), ink)
