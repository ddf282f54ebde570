"""The explanation of one number, shaped for its page: text only, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from valuecalc.case.case import Evidence
from valuecalc.engine.result import Axis, Result, Trace, TraceColumn
from valuecalc.formula import quantity

SHORT_TABLE = 8
"""Tables of up to so many rows stand open."""

GIVEN_OR_CALCULATED = ("assumption", "calculation")

MOST_STEPS = 150
MOST_ROWS = 600
ALWAYS_UNFOLDED = 1
"""Once a page holds so much, the figures below the first level have pages of their own."""


@dataclass(frozen=True)
class Cell:
    """One number of a table."""

    text: str
    is_negative: bool


@dataclass(frozen=True)
class Row:
    """One row of a table."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Group:
    """Rows under one heading, such as the months of a year; no heading for a short table."""

    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Table:
    """The numbers per period behind a figure."""

    header: tuple[str, ...]
    groups: tuple[Group, ...]

    @property
    def size(self) -> int:
        """The number of rows."""
        return sum(len(group.rows) for group in self.groups)

    @property
    def is_short(self) -> bool:
        """Whether the table is shown at once."""
        return self.size <= SHORT_TABLE

    @property
    def title(self) -> str:
        """What the table holds, in words."""
        return "Table of 1 period" if self.size == 1 else f"Table of {self.size} periods"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One number and how it came about.

    `anchor` is unique on the page. A number that was explained further up has its anchor in
    `explained_at` and no parts. `elsewhere` is the name of a figure whose parts stand on a
    page of their own, because the tree would grow too large.
    """

    name: str
    label: str
    text: str
    is_negative: bool
    words: str
    formula: str
    worked: str
    note: str
    conversions: tuple[str, ...]
    evidence: Evidence | None
    table: Table | None
    parts: tuple[Step, ...]
    anchor: str
    is_open: bool
    explained_at: str = ""
    elsewhere: str = ""


def shape(trace: Trace, result: Result) -> Step:
    """The trace of a figure as a tree of steps, its first level open."""
    return _Shaper(result).step(trace, 0)


class _Shaper:
    def __init__(self, result: Result) -> None:
        self.result = result
        self.shown: dict[tuple[str, float | None, int | None], str] = {}
        self.rows = 0

    def step(self, trace: Trace, depth: int) -> Step:
        key = (trace.name, trace.value, trace.period)
        explained_at = self.shown.get(key, "")
        anchor = f"step-{len(self.shown) + 1}"
        elsewhere = "" if explained_at else self.elsewhere(trace, depth)
        is_folded = bool(explained_at or elsewhere)
        if not is_folded:
            self.shown[key] = anchor
            self.rows += len(trace.rows)
        return Step(
            name=trace.name,
            label=trace.label,
            text=self.text(trace),
            is_negative=is_negative(trace.value),
            words=_words(trace),
            formula=trace.formula,
            worked="" if trace.worked.removeprefix("= ") == trace.formula else trace.worked,
            note=trace.note,
            conversions=trace.conversions,
            evidence=trace.evidence,
            table=None if is_folded else _table(trace, self.result.axis),
            parts=() if is_folded else tuple(self.step(part, depth + 1) for part in trace.parts),
            anchor=anchor,
            is_open=depth == 1,
            explained_at=explained_at,
            elsewhere=elsewhere,
        )

    def text(self, trace: Trace) -> str:
        """The number as the page shows it: figures to their digits, other numbers in full."""
        figure = self.result.figures.get(trace.name)
        if figure is not None and figure.group not in GIVEN_OR_CALCULATED:
            return figure.text
        return "–" if trace.value is None else quantity.show_with_unit(trace.value, trace.unit)

    def elsewhere(self, trace: Trace, depth: int) -> str:
        """The figure's name, if its parts are better read on a page of their own."""
        is_full = len(self.shown) >= MOST_STEPS or self.rows >= MOST_ROWS
        is_figure = trace.name in self.result.figures and trace.rule != "input"
        return trace.name if is_full and depth > ALWAYS_UNFOLDED and is_figure else ""


def is_negative(value: float | None) -> bool:
    """Whether a number is shown in the colour of losses."""
    return value is not None and value < 0


def _words(trace: Trace) -> str:
    """The rule for people, unless the evidence or the formula says the same."""
    is_told = trace.evidence is not None or trace.words == trace.formula
    return "" if is_told else trace.words


def _table(trace: Trace, axis: Axis) -> Table | None:
    if not trace.columns:
        return None
    rows = [_row(trace, number) for number in range(len(trace.rows))]
    header = tuple(column.label for column in trace.columns)
    return Table(header, _grouped(rows, axis))


def _row(trace: Trace, number: int) -> Row:
    return Row(trace.rows[number], tuple(_cell(column, number) for column in trace.columns))


def _cell(column: TraceColumn, number: int) -> Cell:
    value = column.values[number]
    return Cell(quantity.show(value, column.unit), value < 0)


def _grouped(rows: list[Row], axis: Axis) -> tuple[Group, ...]:
    """Months and quarters under their year; other rows as they are."""
    if len(rows) != len(axis.years) or len(rows) <= axis.report_years + 1:
        return (Group("", tuple(rows)),)
    years = groupby(zip(axis.years, rows, strict=True), key=lambda pair: pair[0])
    return tuple(
        Group(axis.column_labels[year], tuple(row for _, row in members)) for year, members in years
    )
