"""A plan as bars over its days: what is to be done when, and what follows from what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from valuecalc.documents.charts.day_axis import DayTick, day_ticks
from valuecalc.documents.charts.palette import SCREEN, Palette
from valuecalc.documents.charts.placing import row_edges
from valuecalc.documents.charts.scale import Scale
from valuecalc.documents.charts.svg import Drawing, Point
from valuecalc.documents.charts.table import Table
from valuecalc.documents.charts.text import (
    REGULAR,
    SEMIBOLD,
    Fitted,
    clean,
    isolate,
    measure,
    shorten,
    widest,
    wrap,
)
from valuecalc.documents.charts.words import labelled, one_by_one, percent, sentence, sentences
from valuecalc.documents.languages import spoken
from valuecalc.phrases import DAY_OF_YEAR, SHORT, Phrase, joined, phrase, plural
from valuecalc.phrases import day as day_of

TITLE = phrase("Plan")

Kind: TypeAlias = Literal["task", "milestone", "decision"]
"""What a row of the chart is."""

MOST_LINKED = 40
"""Up to so many rows, lines lead from each to those that come after it."""

_NOTHING = phrase("There is nothing in the plan yet")
_KINDS: Mapping[Kind, Phrase] = {
    "task": phrase("Task"),
    "milestone": phrase("Milestone"),
    "decision": phrase("Decision"),
}
_YES = phrase("yes")
_CRITICAL = phrase("critical")
_HEADER = (
    phrase("Step"),
    phrase("Kind"),
    phrase("Who"),
    phrase("Start"),
    phrase("Finish"),
    phrase("Latest finish"),
    phrase("Critical"),
    phrase("Done"),
)
_SIZE = 12
_SMALL = 11
_BAR = 13
_MARK = 6.5
_BESIDE = 5
_LINES_OF_DAY = 3
_OF_TWO_LINES = 0.65
_PITCH_OF_DAY = 14
_A_YEAR = 365
_GAP = 12
_NARROW = 450
_HEAD = 34
_TICK_ROOM = 46
_KEY_ROW = 20
_KEY_GAP = 16
_ARROW = 3.5
_SPOKEN_WIDTH = 560
_SPOKEN_STEPS = 4
_DASHES = "2 2"


@dataclass(frozen=True, kw_only=True)
class GanttRow:
    """A step of a plan with its dates.

    `start` and `finish` are its first and its last day. It may be over as late as `latest`
    without moving the end of the plan or missing a date. `due` is the day of its own that it
    misses; None for one that it keeps. `after` holds the ids of what it comes after, `done` is
    a fraction.

    Raises ValueError if it is over before it begins, or the fraction is none.
    """

    id: str
    label: str
    kind: Kind
    start: date
    finish: date
    latest: date
    done: float = 0.0
    is_critical: bool = False
    due: date | None = None
    after: tuple[str, ...] = ()
    side: str = ""
    owner: str = ""

    def __post_init__(self) -> None:
        if self.finish < self.start:
            raise ValueError(f"GanttRow {self.id!r} is over before it begins.")
        if not 0 <= self.done <= 1:
            raise ValueError(f"GanttRow {self.id!r}: {self.done} is no part of a task.")


@dataclass(frozen=True)
class _Layout:
    """Where everything goes: names at the left, days to the right of them, keys below."""

    rows: Sequence[GanttRow]
    labels: list[Fitted]
    edges: list[float]
    across: Scale
    ticks: list[DayTick]
    day_style: str

    @property
    def bottom(self) -> float:
        """The lower edge of the last row."""
        return _HEAD + self.edges[-1]

    def middle(self, number: int) -> float:
        """The middle of a row, below the head."""
        return _HEAD + (self.edges[number] + self.edges[number + 1]) / 2

    def begin(self, day: date) -> float:
        """Where a day begins."""
        return self.across(day.toordinal())

    def end(self, day: date) -> float:
        """Where a day ends."""
        return self.across(day.toordinal() + 1)


def gantt(
    rows: Sequence[GanttRow],
    *,
    palette: Palette = SCREEN,
    chart_id: str,
    width: float = 680,
    title: str = TITLE,
    description: str | None = None,
) -> str:
    """The plan as SVG text; its height follows from the number of rows, drawn as given.

    The part of a task that is done is solid. Milestones are diamonds and decisions are discs,
    at the end of their day; a thin line says how much later a step may be over.
    """
    layout = _lay_out(rows, width)
    keys = _Keys.of(rows, palette, width)
    told = describe_gantt(rows) if description is None else description
    drawing = Drawing(
        width,
        layout.bottom + 8 + keys.height if rows else layout.edges[-1],
        palette=palette,
        chart_id=chart_id,
        title=title,
        description=told,
    )
    if not rows:
        drawing.note(_NOTHING)
        return drawing.markup()
    _draw_axis(drawing, layout)
    if len(rows) <= MOST_LINKED:
        _draw_links(drawing, layout)
    for number, row in enumerate(rows):
        drawing.label(0, layout.middle(number), layout.labels[number], clean(row.label))
        _draw_row(drawing, layout, number, row)
    keys.draw(drawing, layout.bottom + 8)
    return drawing.markup()


def gantt_table(rows: Sequence[GanttRow]) -> Table:
    """Each step with who answers for it, its dates and whether the end depends on it."""
    return Table(header=_HEADER, rows=tuple(_cells(each) for each in rows))


def _cells(row: GanttRow) -> tuple[str, ...]:
    return (
        clean(row.label),
        _KINDS[row.kind],
        joined(", ", [clean(each) for each in (row.side, row.owner) if each]),
        day_text(row.start),
        day_text(row.finish),
        day_text(row.latest),
        _YES if row.is_critical else "",
        percent(row.done) if row.kind == "task" else "",
    )


def describe_gantt(rows: Sequence[GanttRow]) -> str:
    """The finding in words: from when to when, when milestones come, and what is missed."""
    if not rows:
        return sentence(_NOTHING)
    first, last = min(each.start for each in rows), max(each.finish for each in rows)
    told = [phrase("From {start} to {finish}.", start=day_text(first), finish=day_text(last))]
    milestones = [_milestone(each) for each in rows if each.kind == "milestone"]
    if milestones:
        told.append(phrase("Milestones: {steps}.", steps=_several(milestones)))
    critical = [_spoken(each) for each in rows if each.is_critical]
    if critical:
        told.append(phrase("The end depends on: {steps}.", steps=_several(critical)))
    missed = [_missed(each) for each in rows if each.due is not None]
    if missed:
        told.append(phrase("Too late: {steps}.", steps=_several(missed)))
    return sentences(told)


def _milestone(row: GanttRow) -> Phrase:
    return phrase("{step} {day}", step=_spoken(row), day=day_text(row.finish))


def _missed(row: GanttRow) -> Phrase:
    return phrase("{step}, due {day}", step=_spoken(row), day=day_text(row.due))


def _several(items: Sequence[str]) -> str:
    """The first of the items, and how many more there are."""
    first, more = one_by_one(items[:_SPOKEN_STEPS]), len(items) - _SPOKEN_STEPS
    if more <= 0:
        return first
    return plural("{items} and {number} more", "{items} and {number} more", more, items=first)


def _spoken(row: GanttRow) -> str:
    return isolate(shorten(clean(row.label), _SPOKEN_WIDTH, _SIZE))


def day_text(day: date | None) -> str:
    """A day as `6 August 2027`; empty for none."""
    return "" if day is None else day_of(day)


# --------------------------------------------------------------------------- places


def _lay_out(rows: Sequence[GanttRow], width: float) -> _Layout:
    names = [clean(row.label) for row in rows]
    label_width = min(widest(names, _SIZE), width * 0.36)
    lines = 3 if width < _NARROW else 2
    labels = [wrap(name, label_width, _SIZE, lines=lines) for name in names]
    left, right = label_width + _GAP, width - _GAP
    first = min((row.start for row in rows), default=date.min)
    last = max((max(row.finish, row.latest) for row in rows), default=date.min)
    across = Scale(first.toordinal(), last.toordinal() + 1, left, right)
    ticks = day_ticks(first, last, max(2, int((right - left) / _TICK_ROOM)))
    return _Layout(rows, labels, row_edges(labels), across, ticks, _day_style(rows))


def _day_style(rows: Sequence[GanttRow]) -> str:
    """How days are written beside their marks: with the year where it may be another one."""
    days = [each for row in rows for each in (row.start, row.finish, row.due) if each is not None]
    is_long = bool(days) and (max(days) - min(days)).days >= _A_YEAR
    return SHORT if is_long else DAY_OF_YEAR


def _draw_axis(drawing: Drawing, layout: _Layout) -> None:
    """An upright line where each week, month or year begins, and what it is called above."""
    colours = drawing.palette
    free = {"": 0.0, "year": 0.0}
    for tick in layout.ticks:
        x = layout.begin(tick.day)
        drawing.line((x, _HEAD - 4), (x, layout.bottom), colours.grid)
        for line, words, y in (("year", tick.year, 11), ("", tick.label, 25)):
            weight = SEMIBOLD if line else REGULAR
            room = measure(words, _SMALL, weight)
            if words and x >= free[line] and x + room <= drawing.width:
                drawing.text(x, y, words, fill=colours.muted, size=_SMALL, weight=weight)
                free[line] = x + room + 6
    left = layout.across.start
    drawing.line((left, layout.bottom), (layout.across.end, layout.bottom), colours.axis)


# --------------------------------------------------------------------------- rows


def _draw_row(drawing: Drawing, layout: _Layout, number: int, row: GanttRow) -> None:
    if row.kind == "task":
        _draw_task(drawing, layout, number, row)
    else:
        _draw_mark(drawing, layout, number, row)


def _draw_task(drawing: Drawing, layout: _Layout, number: int, row: GanttRow) -> None:
    colour = _colour(row, drawing.palette)
    top = layout.middle(number) - _BAR / 2
    left, right = layout.begin(row.start), layout.end(row.finish)
    # The lines between steps pass behind the bars.
    drawing.rect(left, top, right - left, _BAR, drawing.palette.surface)
    drawing.frame(left, top, right - left, _BAR, colour, tip=_tip(row))
    if row.done:
        drawing.rect(left, top, (right - left) * row.done, _BAR, colour, tip=_tip(row))
    _draw_slack(drawing, layout, row, top + _BAR - 0.5)


def _draw_slack(drawing: Drawing, layout: _Layout, row: GanttRow, y: float) -> None:
    """A thin line up to the day by which a step has to be over."""
    right, latest = layout.end(row.finish), layout.end(row.latest)
    if row.latest > row.finish:
        stroke = drawing.palette.bar
        drawing.line((right, y), (latest, y), stroke, width=1.5)
        drawing.line((latest, y - 4), (latest, y + 1), stroke, width=1.5)


def _draw_mark(drawing: Drawing, layout: _Layout, number: int, row: GanttRow) -> None:
    x, y = layout.end(row.finish), layout.middle(number)
    colour = _colour(row, drawing.palette)
    if row.due is not None:
        _draw_due(drawing, layout, row, y)
    _draw_shape(drawing, (x, y), row.kind, colour, _tip(row))
    _draw_day(drawing, layout, number, row)


def _draw_day(drawing: Drawing, layout: _Layout, number: int, row: GanttRow) -> None:
    """The day of a mark beside it, where there is room."""
    is_late = row.due is not None
    days = [day_of(each, layout.day_style) for each in (row.finish, row.due) if each is not None]
    words: str = days[0]
    if is_late:
        words = phrase("{day}, due {due}", day=words, due=days[-1])
    weight = SEMIBOLD if is_late else REGULAR
    room = _room_for_day(drawing, layout, number, row, measure(words, _SMALL, weight))
    lines = _in_lines(words, days, room.width, weight)
    first = layout.middle(number) + 4 - _PITCH_OF_DAY * (len(lines) - 1) / 2
    for place, line in enumerate(lines):
        drawing.text(
            room.x,
            first + _PITCH_OF_DAY * place,
            line,
            anchor=room.anchor,
            size=_SMALL,
            weight=weight,
            fill=drawing.palette.ink if is_late else drawing.palette.muted,
            halo=True,
        )


def _in_lines(words: str, days: Sequence[str], width: float, weight: int) -> list[str]:
    """The words beside a mark in lines, between which no day is broken."""
    unbroken = {day.replace(" ", "\u00a0"): day for day in map(spoken, days)}
    text = spoken(words)
    for kept, day in unbroken.items():
        text = text.replace(day, kept)
    lines = list(wrap(text, width, _SMALL, weight, lines=_LINES_OF_DAY).lines)
    for kept, day in unbroken.items():
        lines = [line.replace(kept, day) for line in lines]
    return lines


@dataclass(frozen=True)
class _Room:
    """Room for a text that begins (`start`) or ends (`end`) at a place, and what it is to have."""

    x: float
    width: float
    wanted: float
    anchor: str = "end"


def _room_for_day(
    drawing: Drawing, layout: _Layout, number: int, row: GanttRow, wanted: float
) -> _Room:
    """Room for the day of a mark: at its right; before the day that is missed; or between.

    Never over the name of the step. The widest room of all if there is too little everywhere.
    """
    x = layout.end(row.finish)
    name = widest(list(layout.labels[number].lines), _SIZE) + _BESIDE
    right, left = x + _MARK + _BESIDE, x - _MARK - _BESIDE
    rooms = [_Room(right, drawing.width - right, wanted, "start")]
    if row.due is not None:
        due = _due(layout, row.due)
        before = min(left, due - _BESIDE - 1)
        rooms.append(_Room(before, before - name, wanted))
        # Above and below the line that leads from the one day to the other.
        half = wanted * _OF_TWO_LINES
        rooms.append(_Room(left, min(left - max(name, due + _BESIDE), half), half))
    rooms.append(_Room(left, left - name, wanted))
    fitting = (each for each in rooms if each.width >= each.wanted)
    return next(fitting, None) or max(rooms, key=lambda each: each.width)


def _due(layout: _Layout, day: date) -> float:
    """Where a day that was missed is marked: one before the plan begins, at its beginning."""
    return max(layout.end(day), layout.across.start)


def _draw_due(drawing: Drawing, layout: _Layout, row: GanttRow, y: float) -> None:
    """The day that was missed, and a dashed line from there to the day that it became."""
    assert row.due is not None, "it misses a day"
    due = _due(layout, row.due)
    colour = drawing.palette.negative
    drawing.line((due, y - 8), (due, y + 8), colour, width=2)
    drawing.line((due, y), (layout.end(row.finish), y), colour, dash=_DASHES)


def _draw_shape(drawing: Drawing, centre: Point, kind: Kind, colour: str, tip: str = "") -> None:
    x, y = centre
    if kind == "decision":
        drawing.disc(centre, _MARK - 1, colour, tip=tip)
        return
    corners = ((x, y - _MARK), (x + _MARK, y), (x, y + _MARK), (x - _MARK, y))
    drawing.area(corners, colour, tip=tip)


def _colour(row: GanttRow, palette: Palette) -> str:
    if row.due is not None:
        return palette.negative
    if row.kind == "task":
        return palette.negative if row.is_critical else palette.bar
    return palette.ink if row.kind == "milestone" else palette.total


def _tip(row: GanttRow) -> str:
    days = day_text(row.finish)
    if row.start != row.finish:
        days = phrase("{start} to {finish}", start=day_text(row.start), finish=days)
    told = [labelled(isolate(clean(row.label)), days)]
    if row.due is not None:
        told.append(phrase("due {day}", day=day_text(row.due)))
    elif row.is_critical:
        told.append(_CRITICAL)
    elif row.latest > row.finish:
        told.append(phrase("at the latest {day}", day=day_text(row.latest)))
    if row.done:
        told.append(phrase("{share} done", share=percent(row.done)))
    return joined(", ", told)


# --------------------------------------------------------------------------- what follows what


def _draw_links(drawing: Drawing, layout: _Layout) -> None:
    """An elbow from the end of each step to the beginning of what comes after it."""
    numbers = {row.id: number for number, row in enumerate(layout.rows)}
    for number, row in enumerate(layout.rows):
        for id in row.after:
            if id in numbers and numbers[id] != number:
                _draw_link(drawing, layout, numbers[id], number)


def _draw_link(drawing: Drawing, layout: _Layout, before: int, number: int) -> None:
    x, y = layout.end(layout.rows[before].finish), layout.middle(before)
    row = layout.rows[number]
    lands = layout.end(row.finish) if row.kind != "task" else layout.begin(row.start) + 5
    down = 1 if number > before else -1
    half = _BAR / 2 if row.kind == "task" else _MARK
    tip = layout.middle(number) - down * (half + 1)
    stroke = drawing.palette.axis
    drawing.curve([(x, y), (lands, y), (lands, tip)], stroke, width=1)
    base = tip - down * _ARROW * 1.4
    drawing.area([(lands, tip), (lands - _ARROW, base), (lands + _ARROW, base)], stroke)


# --------------------------------------------------------------------------- keys


@dataclass(frozen=True)
class _Key:
    """What a colour or a shape means; `left` and `line` say where it stands."""

    name: str
    words: str
    left: float = 0.0
    line: int = 0


@dataclass(frozen=True)
class _Keys:
    """The keys below the chart, of what occurs in it."""

    keys: list[_Key]

    @classmethod
    def of(cls, rows: Sequence[GanttRow], palette: Palette, width: float) -> _Keys:
        """The keys in lines that fit the width."""
        placed: list[_Key] = []
        left, line = 0.0, 0
        for name, words in _meanings(rows):
            room = 20 + measure(words, _SMALL)
            if left and left + room > width:
                left, line = 0.0, line + 1
            placed.append(_Key(name, words, left, line))
            left += room + _KEY_GAP
        return cls(placed)

    @property
    def height(self) -> float:
        """The pixels that they take."""
        return _KEY_ROW * (1 + max((key.line for key in self.keys), default=-1))

    def draw(self, drawing: Drawing, top: float) -> None:
        """Draw each with its words."""
        for key in self.keys:
            y = top + _KEY_ROW * (key.line + 0.5)
            _draw_key(drawing, key, y)
            muted = drawing.palette.muted
            drawing.text(key.left + 20, y + 4, key.words, fill=muted, size=_SMALL)


def _meanings(rows: Sequence[GanttRow]) -> Iterator[tuple[str, str]]:
    tasks = [row for row in rows if row.kind == "task"]
    if any(row.is_critical for row in tasks):
        yield "critical", phrase("Critical: no slack")
    if any(not row.is_critical for row in tasks):
        yield "slack", phrase("May be later, up to the end of the line")
    if any(row.done for row in tasks):
        yield "done", phrase("Done")
    if any(row.kind == "milestone" for row in rows):
        yield "milestone", _KINDS["milestone"]
    if any(row.kind == "decision" for row in rows):
        yield "decision", phrase("Decision of the customer")
    if any(row.due is not None for row in rows):
        yield "missed", phrase("Day that is missed")


def _draw_key(drawing: Drawing, key: _Key, y: float) -> None:
    colours = drawing.palette
    left, top = key.left, y - 5
    if key.name == "critical":
        drawing.frame(left, top, 14, 10, colours.negative)
    elif key.name == "slack":
        drawing.frame(left, top, 9, 10, colours.bar)
        drawing.line((left + 9, top + 9.5), (left + 14, top + 9.5), colours.bar, width=1.5)
    elif key.name == "done":
        drawing.rect(left, top, 14, 10, colours.bar)
    elif key.name == "milestone":
        _draw_shape(drawing, (left + 7, y), "milestone", colours.ink)
    elif key.name == "decision":
        _draw_shape(drawing, (left + 7, y), "decision", colours.total)
    else:
        drawing.line((left + 7, y - 7), (left + 7, y + 7), colours.negative, width=2)
