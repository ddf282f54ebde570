"""A workbook as the lint sees it: its cells with their formulas, and how they are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from valuecalc.documents.lint.formulas import Shape
from valuecalc.documents.lint.references import Area

Value: TypeAlias = float | str | bool | None
Place: TypeAlias = tuple[int, int]
"""A row and a column, both from 1."""


@dataclass(frozen=True)
class Look:
    """How a cell looks: the name of its style, its ink (`RRGGBB` or empty), and its lock."""

    style: str = "Normal"
    ink: str = ""
    locked: bool = True
    is_date: bool = False


class Cell(NamedTuple):
    """A cell that holds something: its value as the file says it, and its formula.

    `is_error` marks a value such as `#REF!`; `has_value` is False for a formula that nobody has
    worked out.
    """

    value: Value
    shape: Shape | None
    look: Look
    is_error: bool
    has_value: bool

    @property
    def number(self) -> float | None:
        """Its value, if that is a number."""
        return self.value if isinstance(self.value, float) else None

    @property
    def text(self) -> str:
        """Its value, if that is a text; an empty one otherwise."""
        return self.value.strip() if isinstance(self.value, str) else ""


@dataclass(kw_only=True)
class Sheet:
    """A sheet: its cells by row and column, and what surrounds them.

    `state` is `visible`, `hidden` or `veryHidden`; `frozen` is the first row and column that
    move, each 1 where nothing is frozen; `spilled` are the cells that a formula of another
    cell fills.
    """

    name: str
    state: str = "visible"
    cells: dict[Place, Cell] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    spilled: list[Area] = field(default_factory=list)
    frozen: Place = (1, 1)
    protected: bool = False


@dataclass(kw_only=True)
class Book:
    """A workbook. `names` are the defined names, in lower case, with what they stand for.

    `iterates` tells that it lets formulas run in circles.
    """

    sheets: list[Sheet]
    names: Mapping[str, Shape] = field(default_factory=dict)
    iterates: bool = False

    @property
    def formulas(self) -> int:
        """How many cells hold a formula."""
        return sum(cell.shape is not None for each in self.sheets for cell in each.cells.values())
