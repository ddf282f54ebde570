"""The tornado: how far each assumption moves a figure, the widest swing on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from valuecalc.documents.charts.palette import SCREEN, Palette
from valuecalc.documents.charts.placing import row_edges
from valuecalc.documents.charts.scale import Money, Scale, drawable
from valuecalc.documents.charts.svg import Drawing
from valuecalc.documents.charts.table import Table
from valuecalc.documents.charts.text import (
    SEMIBOLD,
    Fitted,
    clean,
    isolate,
    largest_size,
    measure,
    shorten,
    widest,
    wrap,
)
from valuecalc.documents.charts.words import one_by_one, sentence
from valuecalc.phrases import phrase

TITLE = phrase("What the result depends on most")

_NOTHING = phrase("No assumption has a range yet")
_UNDEFINED = phrase("undefined")
_KEYS = (phrase("at low"), phrase("at high"))
_HEADER = (
    phrase("Assumption"),
    phrase("Low"),
    phrase("Result at low"),
    phrase("High"),
    phrase("Result at high"),
)
_SIZE = 12
_BAR = 15
_GAP = 10
_KEY_LENGTH = 14
_HEAD = 44
_SPOKEN_WIDTH = 560
_SPOKEN_SWINGS = 3


@dataclass(frozen=True)
class Swing:
    """One assumption with the figure at its low and at its high end.

    `at_low` and `at_high` are None where the figure does not exist there. `low` and `high` are
    the values of the assumption as the reader sees them.

    Raises ValueError for a figure that is not finite.
    """

    label: str
    low: str
    high: str
    at_low: float | None
    at_high: float | None

    def __post_init__(self) -> None:
        for end in self.ends:
            drawable(end, f"Swing {self.label!r}")

    @property
    def ends(self) -> list[float]:
        """The figures at the ends that exist."""
        return [end for end in (self.at_low, self.at_high) if end is not None]


@dataclass(frozen=True)
class _Layout:
    """Where everything goes: names at the left, bars around the expected figure, amounts."""

    swings: Sequence[Swing]
    expected: float
    short: Money
    labels: list[Fitted]
    edges: list[float]
    level: Scale
    amount_size: float

    def middle(self, number: int) -> float:
        """The middle of a row, below the head."""
        return _HEAD + (self.edges[number] + self.edges[number + 1]) / 2


def tornado(
    swings: Sequence[Swing],
    expected: float,
    short: Money,
    *,
    palette: Palette = SCREEN,
    chart_id: str,
    width: float = 680,
    title: str = TITLE,
    description: str | None = None,
) -> str:
    """A tornado as SVG text; its height follows from the number of swings.

    `expected` is the figure at the expected values, on which the bars stand; `short` writes
    the amounts. The swings are drawn in the order given.
    """
    drawable(expected, "expected")
    layout = _lay_out(swings, expected, short, width)
    spoken = describe_tornado(swings, expected, short) if description is None else description
    drawing = Drawing(
        width,
        layout.edges[-1] + (_HEAD if swings else 0),
        palette=palette,
        chart_id=chart_id,
        title=title,
        description=spoken,
    )
    if swings:
        _draw(drawing, layout)
    else:
        drawing.note(_NOTHING)
    return drawing.markup()


def tornado_table(swings: Sequence[Swing], short: Money) -> Table:
    """Each assumption with its ends and the figure there."""
    rows = tuple(
        (
            clean(each.label),
            each.low,
            _written(each.at_low, short),
            each.high,
            _written(each.at_high, short),
        )
        for each in swings
    )
    return Table(header=_HEADER, rows=rows)


def describe_tornado(swings: Sequence[Swing], expected: float, short: Money) -> str:
    """The finding in words: the expected figure, and the widest swings."""
    if not swings:
        return sentence(_NOTHING)
    told = [
        phrase(
            "{label}: {at_low} at {low}, {at_high} at {high}",
            label=isolate(shorten(clean(each.label), _SPOKEN_WIDTH, _SIZE)),
            at_low=_written(each.at_low, short),
            low=each.low,
            at_high=_written(each.at_high, short),
            high=each.high,
        )
        for each in swings[:_SPOKEN_SWINGS]
    ]
    return phrase(
        "Expected {amount}. Widest swings: {swings}.",
        amount=short(expected),
        swings=one_by_one(told),
    )


def _written(amount: float | None, short: Money) -> str:
    return _UNDEFINED if amount is None else short(amount)


def _lay_out(swings: Sequence[Swing], expected: float, short: Money, width: float) -> _Layout:
    amounts = [short(end) for each in swings for end in each.ends]
    names = [clean(each.label) for each in swings]
    amount_size = largest_size(amounts, width * 0.16, (_SIZE, 11, 10, 9))
    room = widest(amounts, amount_size) + 5
    label_width = min(widest(names, _SIZE), width * 0.38)
    labels = [wrap(name, label_width, _SIZE) for name in names]
    reached = [expected, *(end for each in swings for end in each.ends)]
    level = Scale(min(reached), max(reached), label_width + _GAP + room, width - room)
    return _Layout(swings, expected, short, labels, row_edges(labels), level, amount_size)


def _draw(drawing: Drawing, layout: _Layout) -> None:
    _draw_head(drawing, layout)
    for number, swing in enumerate(layout.swings):
        drawing.label(0, layout.middle(number), layout.labels[number], clean(swing.label))
        _draw_ends(drawing, layout, number, swing)
    x = layout.level(layout.expected)
    drawing.line((x, _HEAD - 4), (x, drawing.height), drawing.palette.axis)


def _draw_head(drawing: Drawing, layout: _Layout) -> None:
    """The key in the first line, the expected figure above its line in the second."""
    left = 0.0
    for colour, words in zip(_colours(drawing.palette), _KEYS, strict=True):
        drawing.rect(left, 4, _KEY_LENGTH, 10, colour)
        drawing.text(left + _KEY_LENGTH + 5, 13, words, fill=drawing.palette.muted)
        left += _KEY_LENGTH + 5 + measure(words, _SIZE) + 14
    text = phrase("Expected {amount}", amount=layout.short(layout.expected))
    half = measure(text, _SIZE, SEMIBOLD) / 2
    middle = min(max(layout.level(layout.expected), half), drawing.width - half)
    drawing.text(middle, _HEAD - 9, text, anchor="middle", weight=SEMIBOLD)


def _colours(palette: Palette) -> tuple[str, str]:
    """The colours of the low and of the high end."""
    return palette.bar, palette.total


def _draw_ends(drawing: Drawing, layout: _Layout, number: int, swing: Swing) -> None:
    """Both ends of a swing; of two on one side the longer one lies behind."""
    low, high = _colours(drawing.palette)
    ends = [(swing.at_low, swing.low, low), (swing.at_high, swing.high, high)]
    there = [(amount, at, colour) for amount, at, colour in ends if amount is not None]
    there.sort(key=lambda end: -abs(end[0] - layout.expected))
    for amount, at, colour in there:
        tip = phrase(
            "{label} at {value}: {amount}",
            label=isolate(clean(swing.label)),
            value=at,
            amount=layout.short(amount),
        )
        _draw_end(drawing, layout, number, amount, colour, tip)
    _draw_amounts(drawing, layout, number, [amount for amount, _, _ in there])
    if len(there) < len(ends):
        _draw_undefined(drawing, layout, number, there)


def _draw_end(
    drawing: Drawing, layout: _Layout, number: int, amount: float, colour: str, tip: str
) -> None:
    start, end = sorted((layout.level(layout.expected), layout.level(amount)))
    top = layout.middle(number) - _BAR / 2
    drawing.rect(start, top, end - start, _BAR, colour, tip=tip, radius=1)


def _draw_amounts(drawing: Drawing, layout: _Layout, number: int, amounts: list[float]) -> None:
    """The lowest figure at the left of the bars, the highest at their right."""
    y = layout.middle(number) + layout.amount_size * 0.36
    lowest, highest = min([layout.expected, *amounts]), max([layout.expected, *amounts])
    sides = ((lowest, -4.0, "end"), (highest, 4.0, "start"))
    for amount, shift, anchor in sides:
        if amount in amounts:
            x = layout.level(amount) + shift
            text = layout.short(amount)
            drawing.text(x, y, text, anchor=anchor, size=layout.amount_size)


def _draw_undefined(
    drawing: Drawing, layout: _Layout, number: int, there: list[tuple[float, str, str]]
) -> None:
    """Say that an end does not exist, where nothing else stands."""
    is_left_free = all(amount >= layout.expected for amount, _, _ in there)
    x = layout.level(layout.expected) + (-4.0 if is_left_free else 4.0)
    anchor = "end" if is_left_free else "start"
    y = layout.middle(number) + layout.amount_size * 0.36
    muted = drawing.palette.muted
    drawing.text(x, y, _UNDEFINED, anchor=anchor, size=layout.amount_size, fill=muted)
