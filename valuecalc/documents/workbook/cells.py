"""A sheet as data: cells with what they show and how it follows, before there is a file.

A formula is written with references in square brackets: `[net]*[discount_factor]`. They name
cells and rows of the whole workbook and are put in at the end (`references`), so that a sheet
can be described in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from valuecalc.documents.workbook.formats import GENERAL, Format

Content: TypeAlias = float | int | str | date | None
"""What a cell shows."""

UNDEFINED = "n/a"
"""What a cell shows instead of a number that does not exist."""

OTHERWISE = f'"{UNDEFINED}"'
"""The same, inside a formula."""


def shown(value: float | None) -> float | str:
    """A number for a cell; the text for one that does not exist."""
    if value is None or value - value != 0:
        return UNDEFINED
    return float(value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One cell: `value` is what it shows, `formula` (without `=`) how that follows.

    `style` is one of `styles.STYLES`. `guarded` says that the formula, or one beside it in its
    row, has no value; `otherwise` is what it then gives.
    """

    value: Content = None
    formula: str = ""
    style: str = "text"
    format: Format = GENERAL
    guarded: bool = False
    otherwise: str = OTHERWISE


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A named place on a sheet, of one cell or more; `defined` if formulas use its name."""

    row: int
    column: int
    height: int = 1
    width: int = 1
    defined: bool = True


@dataclass(frozen=True, kw_only=True)
class Span:
    """A row over time, from its `first` to its `last` column; its total stands in `total`."""

    row: int
    first: int
    last: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What may be typed into a cell: one of a list (a range), or a number of at least so much."""

    row: int
    column: int
    list_range: str = ""
    whole: bool = False
    least: float | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A colour that cells have while a formula holds: `formula` is that of the first cell.

    References in it are addresses, relative where they have no `$`. Of several rules for a
    cell, the first that holds decides.
    """

    area: str
    formula: str
    fill: str


@dataclass(frozen=True, kw_only=True)
class Series:
    """One series of a chart: what its name and its values are called, as in formulas.

    Without a colour it is invisible. A `line` stands over the columns of its chart.
    """

    name: str
    values: str
    colour: str
    dashed: bool = False
    line: bool = False


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart at the cell `anchor`: `columns` stacked on each other, or lines.

    Columns `side_by_side` are not stacked; `sideways` ones are bars from zero, the first one
    on top. Without a `height` or `width` (in cm) a chart has that of all charts.
    """

    title: str
    anchor: str
    categories: str
    series: Sequence[Series]
    columns: bool
    legend: bool = False
    side_by_side: bool = False
    sideways: bool = False
    height: float = 0.0
    width: float = 0.0


@dataclass(kw_only=True)
class Page:
    """How a sheet is printed: as many pages `wide` and `tall` (0: as needed).

    With column breaks it is scaled so that its widest page fits: programs that fit a sheet to
    a number of pages pass over its breaks.
    """

    wide: int = 1
    tall: int = 0
    repeat_rows: str = ""
    repeat_columns: str = ""
    column_breaks: Sequence[int] = ()
    row_breaks: Sequence[int] = ()
    area: str = ""
    landscape: bool = True


@dataclass(kw_only=True)
class Sheet:
    """A sheet: its cells by (row, column), from 1, and how it is looked at.

    `note` is a line below its heading. On a sheet of `workings` the text `n/a` counts as an
    error in every formula that needs it.
    """

    title: str
    heading: str = ""
    note: str = ""
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    spots: dict[str, Spot] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    allowed: list[Allowed] = field(default_factory=list)
    status: list[tuple[str, str]] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    charts: list[Chart] = field(default_factory=list)
    freeze: str = ""
    page: Page = field(default_factory=Page)
    colour: str = ""
    workings: bool = False

    def put(
        self, row: int, column: int, cell: Cell, name: str = "", *, defined: bool = True
    ) -> None:
        """Set a cell; `name` is what formulas call it, as a defined name if `defined`."""
        self.cells[row, column] = cell
        if name:
            self.spots[name] = Spot(row=row, column=column, defined=defined)

    def text(self, row: int, column: int, words: str, style: str = "text") -> None:
        """Set a cell to words."""
        self.put(row, column, Cell(value=words, style=style))

    def texts(self, row: int, words: Sequence[str], style: str, first: int = 1) -> None:
        """Set neighbouring cells to words."""
        for column, each in enumerate(words, first):
            self.text(row, column, each, style)

    @property
    def last_row(self) -> int:
        """The lowest row in use."""
        return max((row for row, _ in self.cells), default=0)

    @property
    def last_column(self) -> int:
        """The rightmost column in use."""
        return max((column for _, column in self.cells), default=0)
