"""Cumulative cash over time: how deep it goes, when it pays back and where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from valuecalc.documents.charts.palette import SCREEN, Palette
from valuecalc.documents.charts.placing import Area, Box, beside, spread, under
from valuecalc.documents.charts.scale import (
    Money,
    Scale,
    Tick,
    drawable,
    span_with_zero,
    ticks,
)
from valuecalc.documents.charts.series import (
    DISCOUNTED,
    TITLE,
    Series,
    Unit,
    amount_at,
    checked,
    describe_cumulative,
    lowest,
    moment,
    thin,
    time_ticks,
)
from valuecalc.documents.charts.svg import Drawing, Point
from valuecalc.documents.charts.text import (
    REGULAR,
    SEMIBOLD,
    Fitted,
    clean,
    largest_size,
    measure,
    shorten,
    widest,
    wrap,
)
from valuecalc.documents.charts.words import labelled
from valuecalc.documents.languages import spoken
from valuecalc.phrases import Phrase, phrase

Band = Sequence[tuple[float, float, float]]
"""Triples of a time and the lower and the upper amount at that time, in order of time."""

_NOTHING = phrase("No cash flows yet")
_RANGE = phrase("Likely range")
_LINE = 16
_AXIS_ROOM = 24
_KEY_LENGTH = 18
_DISCOUNTED_DASH = "5 3"
_DROP_DASH = "3 3"

# More points of a line and more hover areas make the picture larger, not better.
_MOST_POINTS = 240
_MOST_HOVER_AREAS = 60


@dataclass(frozen=True)
class _Data:
    """What is to be drawn, checked, and how it is written."""

    points: list[tuple[float, float]]
    discounted: list[tuple[float, float]]
    band: list[tuple[float, float, float]]
    payback: float | None
    payback_label: str
    band_label: str
    short: Money
    axis_short: Money
    unit: Unit

    @property
    def lines(self) -> list[list[tuple[float, float]]]:
        """The line of cash and, if there is one, the discounted line."""
        return [line for line in (self.points, self.discounted) if line]

    @property
    def span(self) -> tuple[float, float]:
        """The smallest and the largest amount, and zero."""
        edges = [edge for _, low, high in self.band for edge in (low, high)]
        return span_with_zero([*edges, *(amount for line in self.lines for _, amount in line)])

    @property
    def ends(self) -> list[str]:
        """The last amount of each line as text."""
        return [self.short(line[-1][1]) for line in self.lines]

    @property
    def trough(self) -> tuple[float, float] | None:
        """The lowest point, if it is below zero and not the end, which has its own label."""
        time, amount = lowest(self.points)
        return (time, amount) if amount < 0 and amount < self.points[-1][1] else None

    @property
    def has_marker(self) -> bool:
        """Whether payback lies on the line."""
        return self.payback is not None and 0 <= self.payback <= self.points[-1][0]


@dataclass(frozen=True)
class _Frame:
    """The plot with its scales, the texts at its edges, and the lines in pixels."""

    data: _Data
    width: float
    plot: Area
    time: Scale
    level: Scale
    marks: list[Tick]
    axis_size: float
    end_size: float

    def point(self, time: float, amount: float) -> Point:
        """The pixels of an amount at a time."""
        return self.time(time), self.level(amount)

    @cached_property
    def lines(self) -> list[list[Point]]:
        """The lines in pixels, thinned."""
        return [
            [self.point(*point) for point in thin(line, _MOST_POINTS)] for line in self.data.lines
        ]

    @cached_property
    def end_boxes(self) -> list[Box]:
        """Room for the last amounts, at the right of the plot."""
        heights = spread([line[-1][1] for line in self.lines], 15, self.plot)
        left = self.plot.right + 8
        return [Box(left, self.width, height + 4, self.end_size) for height in heights]

    @property
    def marker(self) -> Point:
        """Where payback lies on the line of cash."""
        time = self.data.payback or 0.0
        return self.point(time, amount_at(self.data.points, time))


def cumulative_cash(  # noqa: PLR0913 (all but two by keyword)
    points: Series,
    short: Money,
    *,
    palette: Palette = SCREEN,
    chart_id: str,
    width: float = 340,
    height: float = 230,
    payback: float | None = None,
    payback_label: str | None = None,
    discounted: Series | None = None,
    band: Band | None = None,
    band_label: str = _RANGE,
    title: str = TITLE,
    description: str | None = None,
    axis_short: Money | None = None,
    unit: Unit = "month",
) -> str:
    """Cumulative cash as a line, as SVG text.

    `points` are pairs of a time, counted in `unit` from the start, and the cash reached then;
    `discounted` is the same discounted, drawn as a second, thinner line; `band` holds triples
    of a time, a lower and an upper amount. `payback` is the time of the marker and
    `payback_label` the sentence about it, which is shown without a marker too ("Does not pay
    back within 36 months"). `short` writes the amounts and `axis_short`, if given, those of
    the axis.

    Raises ValueError if times are out of order or numbers are not finite.
    """
    data = _Data(
        points=checked(points, "points"),
        discounted=checked(discounted or (), "discounted"),
        band=_checked_band(band or ()),
        payback=None if payback is None else drawable(payback, "payback"),
        payback_label=clean(payback_label or ""),
        band_label=clean(band_label),
        short=short,
        axis_short=axis_short or short,
        unit=unit,
    )
    if description is None:
        description = describe_cumulative(
            points, short, discounted=discounted, payback_label=payback_label, unit=unit
        )
    drawing = Drawing(
        width, height, palette=palette, chart_id=chart_id, title=title, description=description
    )
    if data.points:
        _draw(drawing, data)
    else:
        drawing.note(_NOTHING)
    return drawing.markup()


def _checked_band(band: Band) -> list[tuple[float, float, float]]:
    lower = checked([(time, low) for time, low, _ in band], "band")
    upper = checked([(time, high) for time, _, high in band], "band")
    return [(time, low, high) for (time, low), (_, high) in zip(lower, upper, strict=True)]


def _draw(drawing: Drawing, data: _Data) -> None:
    """Draw the chart; a payback label without room beside its marker goes above the plot."""
    top = _draw_key(drawing, data)
    frame = _lay_out(drawing, data, top)
    lowest_box = _lowest_box(frame)
    payback_box = _payback_box(frame, lowest_box)
    if data.payback_label and payback_box is None:
        top = _draw_caption(drawing, data.payback_label, top)
        frame = _lay_out(drawing, data, top)
        lowest_box = _lowest_box(frame)
    _draw_axes(drawing, frame)
    _draw_lines(drawing, frame)
    if data.has_marker:
        _draw_marker(drawing, frame, lowest_box)
    _draw_labels(drawing, frame, lowest_box, payback_box)
    _draw_hover_areas(drawing, frame)


def _lay_out(drawing: Drawing, data: _Data, top: float) -> _Frame:
    marks = ticks(*data.span, 5, data.axis_short)
    axis_size = largest_size([mark.label for mark in marks], drawing.width * 0.25, (11, 10, 9))
    end_size = largest_size(data.ends, drawing.width * 0.25, (12, 11, 10, 9), SEMIBOLD)
    plot = Area(
        left=widest([mark.label for mark in marks], axis_size) + 8,
        top=top,
        right=drawing.width - widest(data.ends, end_size, SEMIBOLD) - 8,
        bottom=drawing.height - _AXIS_ROOM,
    )
    first = min(0.0, data.points[0][0])
    time = Scale(first, data.points[-1][0], plot.left, plot.right)
    room_below = 20 if data.trough else 0
    level = Scale(marks[0].value, marks[-1].value, plot.bottom - room_below, plot.top + 8)
    return _Frame(data, drawing.width, plot, time, level, marks, axis_size, end_size)


def _lowest_box(frame: _Frame) -> Box | None:
    trough = frame.data.trough
    if trough is None:
        return None
    text = _lowest_text(frame.data)
    size = largest_size([text], frame.plot.right - frame.plot.left, (12, 11, 10))
    return under(frame.lines, frame.time(trough[0]), measure(text, size), frame.plot, size)


def _payback_box(frame: _Frame, lowest_box: Box | None) -> Box | None:
    """Room beside the marker, if there is a marker and any room."""
    if not (frame.data.has_marker and frame.data.payback_label):
        return None
    width = measure(frame.data.payback_label, 12, SEMIBOLD)
    taken = [*frame.end_boxes, lowest_box] if lowest_box else frame.end_boxes
    area = replace(frame.plot, right=frame.width)
    return beside(frame.lines, frame.marker, width, area, taken)


def _draw_key(drawing: Drawing, data: _Data) -> float:
    """Name the lines if there is more than one; returns where the plot may begin."""
    if not (data.discounted or data.band):
        return 0.0
    x, y = 0.0, 8.0
    for name in _key_names(data):
        width = _KEY_LENGTH + 6 + measure(name, 11)
        if x and x + width > drawing.width:
            x, y = 0.0, y + _LINE
        _draw_key_sample(drawing, data, name, x, y)
        fitted = Fitted((shorten(name, drawing.width - x - _KEY_LENGTH - 6, 11),), cut=False)
        drawing.label(x + _KEY_LENGTH + 6, y, fitted, name, size=11)
        x += width + 14
    return y + 12


def _key_names(data: _Data) -> list[str]:
    names: list[str] = [TITLE]
    if data.discounted:
        names.append(DISCOUNTED)
    if data.band:
        names.append(data.band_label)
    return names


def _draw_key_sample(drawing: Drawing, data: _Data, name: str, x: float, y: float) -> None:
    colours = drawing.palette
    if name == TITLE:
        drawing.curve([(x + 1, y), (x + _KEY_LENGTH, y)], colours.line, width=2.5)
    elif data.discounted and name == DISCOUNTED:
        _draw_discounted(drawing, [(x + 1, y), (x + _KEY_LENGTH, y)])
    else:
        drawing.rect(x, y - 5, _KEY_LENGTH, 10, colours.band)


def _draw_discounted(drawing: Drawing, points: Sequence[Point]) -> None:
    drawing.curve(points, drawing.palette.line, width=1.5, dash=_DISCOUNTED_DASH)


def _draw_caption(drawing: Drawing, sentence: str, top: float) -> float:
    fitted = wrap(sentence, drawing.width, 12, SEMIBOLD)
    height = _LINE * len(fitted.lines)
    drawing.label(0, top + height / 2, fitted, sentence, weight=SEMIBOLD)
    return top + height + 4


def _draw_axes(drawing: Drawing, frame: _Frame) -> None:
    colours = drawing.palette
    plot = frame.plot
    for mark in frame.marks:
        y = frame.level(mark.value)
        colour = colours.grid if mark.value else colours.axis
        drawing.line((plot.left, y), (plot.right, y), colour)
        drawing.text(
            plot.left - 8, y + 4, mark.label, fill=colours.muted, anchor="end", size=frame.axis_size
        )
    last = frame.data.points[-1][0]
    for mark in time_ticks(last, plot.right - plot.left, 11, frame.data.unit):
        x = frame.time(mark.value)
        drawing.text(
            x, drawing.height - 7, mark.label, fill=colours.muted, anchor="middle", size=11
        )


def _draw_lines(drawing: Drawing, frame: _Frame) -> None:
    data = frame.data
    if data.band:
        drawing.area(_band_outline(frame), drawing.palette.band)
    zero = frame.level(0)
    drawing.line((frame.plot.left, zero), (frame.plot.right, zero), drawing.palette.axis)
    if data.discounted:
        _draw_discounted(drawing, frame.lines[1])
    drawing.curve(frame.lines[0], drawing.palette.line, width=2.5)
    if len(data.points) == 1:
        drawing.ring(frame.lines[0][0], drawing.palette.line)


def _band_outline(frame: _Frame) -> list[Point]:
    """The upper edge of the band from left to right, then the lower one back."""
    upper = thin([(time, high) for time, _, high in frame.data.band], _MOST_POINTS)
    lower = thin([(time, low) for time, low, _ in frame.data.band], _MOST_POINTS)
    return [frame.point(*point) for point in (*upper, *reversed(lower))]


def _draw_marker(drawing: Drawing, frame: _Frame, lowest_box: Box | None) -> None:
    """A ring on the line, and a line down to the axis unless a label is in its way."""
    x, y = frame.marker
    is_free = lowest_box is None or not lowest_box.left - 4 <= x <= lowest_box.right + 4
    if is_free:
        drawing.line((x, y), (x, frame.plot.bottom), drawing.palette.line, dash=_DROP_DASH)
    drawing.ring((x, y), drawing.palette.line)


def _draw_labels(
    drawing: Drawing, frame: _Frame, lowest_box: Box | None, payback_box: Box | None
) -> None:
    data = frame.data
    if lowest_box:
        drawing.text(
            lowest_box.left, lowest_box.base, _lowest_text(data), size=lowest_box.size, halo=True
        )
    if payback_box:
        drawing.text(
            payback_box.left, payback_box.base, data.payback_label, weight=SEMIBOLD, halo=True
        )
    for number, (end, box) in enumerate(zip(data.ends, frame.end_boxes, strict=True)):
        weight = REGULAR if number else SEMIBOLD
        drawing.text(box.left, box.base, end, size=box.size, weight=weight)


def _lowest_text(data: _Data) -> Phrase:
    return phrase("Lowest {amount}", amount=data.short(lowest(data.points)[1]))


def _draw_hover_areas(drawing: Drawing, frame: _Frame) -> None:
    data = frame.data
    every = -(-len(data.points) // _MOST_HOVER_AREAS)
    shown = data.points[::-1][::every][::-1]
    places = [frame.time(time) for time, _ in shown]
    middles = [(left + right) / 2 for left, right in pairwise(places)]
    edges = [frame.plot.left, *middles, frame.plot.right]
    height = frame.plot.bottom - frame.plot.top
    for (time, _), left, right in zip(shown, edges[:-1], edges[1:], strict=True):
        drawing.hover_area(left, frame.plot.top, right - left, height, _tip(data, time))


def _tip(data: _Data, time: float) -> Phrase:
    told = labelled(moment(time, data.unit), data.short(amount_at(data.points, time)))
    if data.discounted:
        amount = data.short(amount_at(data.discounted, time))
        told = phrase("{told}, discounted {amount}", told=told, amount=amount)
    if data.band:
        low = amount_at([(when, low) for when, low, _ in data.band], time)
        high = amount_at([(when, high) for when, _, high in data.band], time)
        told = phrase(
            "{told}, {range} {low} to {high}",
            told=told,
            # Tips are seen on pages only, which are English.
            range=spoken(data.band_label).lower(),
            low=data.short(low),
            high=data.short(high),
        )
    return told
