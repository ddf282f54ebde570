"""A workbook with what the rules need to know of it: kinds, time axes, inputs, references.

Nothing in a file says which cells are inputs. The first of these that the workbook has decides:
cells in a style whose name begins with Input (or Choice), as our own have; unlocked cells on
protected sheets; constants in blue, as modellers write them. Where there is none of them, the
numbers that formulas refer to count as inputs, and colours cannot be judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from valuecalc.documents.lint.book import Book, Cell, Place, Sheet
from valuecalc.documents.lint.dependencies import Cells, Dependencies, TooLarge
from valuecalc.documents.lint.formulas import Shape
from valuecalc.documents.lint.kinds import Kind, kind_by_content, kind_by_name
from valuecalc.documents.lint.references import Area
from valuecalc.documents.lint.timelines import Timeline, timeline

BY_STYLE, BY_LOCK, BY_INK, BY_USE = "style", "lock", "ink", "use"
_INPUT_STYLES = ("input", "choice")
_NO_INPUT_STYLES = ("input sample",)
_FIXED_STYLES = ("fixed", "dated")
_LEAST_SHARE = 0.5
"""Of the numbers that formulas refer to, so many must be blue for blue to mean input."""


@dataclass(frozen=True)
class Formula:
    """A cell with a formula, and where it stands."""

    sheet: Sheet
    place: Place
    cell: Cell
    shape: Shape

    @property
    def written(self) -> str:
        """The formula, as it is written in its cell."""
        return self.shape.written(*self.place)


class Model:
    """A workbook, with what follows from it; everything is worked out once, when asked for."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.dependencies = Dependencies(book)

    @cached_property
    def formulas(self) -> tuple[Formula, ...]:
        """Every formula, sheet by sheet and row by row."""
        return tuple(
            Formula(sheet, place, cell, cell.shape)
            for sheet in self.book.sheets
            for place, cell in sorted(sheet.cells.items(), key=lambda each: each[0])
            if cell.shape is not None
        )

    @cached_property
    def timelines(self) -> dict[str, Timeline]:
        """The time axes, by sheet."""
        found = {sheet.name: timeline(sheet) for sheet in self.book.sheets}
        return {name: each for name, each in found.items() if each is not None}

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """The kind of each sheet."""
        return {sheet.name: self._kind(sheet) for sheet in self.book.sheets}

    def _kind(self, sheet: Sheet) -> Kind:
        inputs = len(self.inputs.get(sheet.name, ()))
        return kind_by_name(sheet.name) or kind_by_content(sheet, inputs)

    def of_kind(self, *kinds: Kind) -> list[Sheet]:
        """The sheets of some kinds."""
        return [sheet for sheet in self.book.sheets if self.kinds[sheet.name] in kinds]

    @cached_property
    def areas(self) -> frozenset[Area]:
        """What formulas refer to."""
        return frozenset(self.dependencies.all_areas())

    # ----------------------------------------------------------------------- inputs

    @cached_property
    def told_by(self) -> str:
        """What tells an input from another cell: `style`, `lock`, `ink` or `use`."""
        if any(is_input_style(cell.look.style) for _, _, cell in self.all_cells()):
            return BY_STYLE
        if any(sheet.protected and not cell.look.locked for sheet, _, cell in self.all_cells()):
            return BY_LOCK
        blue = sum(is_blue(cell.look.ink) for _, _, cell in self._used_numbers)
        if blue and blue >= _LEAST_SHARE * len(self._used_numbers):
            return BY_INK
        return BY_USE

    def all_cells(self) -> Iterator[tuple[Sheet, Place, Cell]]:
        """Every cell that holds something."""
        for sheet in self.book.sheets:
            for place, cell in sheet.cells.items():
                yield sheet, place, cell

    def looks_like_input(self, sheet: Sheet, cell: Cell) -> bool:
        """Whether a cell has what tells an input in this workbook."""
        if self.told_by == BY_STYLE:
            return is_input_style(cell.look.style)
        if self.told_by == BY_LOCK:
            return sheet.protected and not cell.look.locked
        return self.told_by == BY_INK and is_blue(cell.look.ink)

    @cached_property
    def inputs(self) -> dict[str, dict[Place, Cell]]:
        """The inputs that are numbers, by sheet: in the look of one, or read by a formula."""
        found: dict[str, dict[Place, Cell]] = {}
        for sheet, place, cell in self.all_cells():
            is_number = cell.number is not None and cell.shape is None
            if is_number and self.looks_like_input(sheet, cell):
                found.setdefault(sheet.name, {})[place] = cell
        if self.told_by == BY_USE:
            for sheet, place, cell in self._used_numbers:
                found.setdefault(sheet.name, {})[place] = cell
        return found

    @cached_property
    def _used_numbers(self) -> list[tuple[Sheet, Place, Cell]]:
        return [
            (sheet, place, cell)
            for sheet in self.book.sheets
            for place, cell in sheet.cells.items()
            if (sheet.name, *place) in self.used_constants
        ]

    @cached_property
    def used_constants(self) -> frozenset[tuple[str, int, int]]:
        """The numbers that some formula refers to, but for those of time axes.

        Empty when ranges overlap so much that it cannot be found out in time.
        """
        numbers = Cells(
            (sheet.name, place)
            for sheet, place, cell in self.all_cells()
            if cell.number is not None
            and cell.shape is None
            and not self._is_time(sheet, place, cell)
        )
        return frozenset(self.read_within(numbers) or ())

    def read_within(self, cells: Cells) -> set[tuple[str, int, int]] | None:
        """Which of some cells formulas refer to; None if there is too much to look at."""
        try:
            return {each for area in self.areas for each in cells.within(area)}
        except TooLarge:
            return None

    def _is_time(self, sheet: Sheet, place: Place, cell: Cell) -> bool:
        """Whether a number tells the time; an output may repeat its axis over each table."""
        axis = self.timelines.get(sheet.name)
        if axis is None:
            return False
        row, column = place
        is_output = kind_by_name(sheet.name) is Kind.OUTPUTS
        repeats = (each.get(column) == cell.number for each in axis.by_kind().values())
        return row in axis.rows or (is_output and any(repeats))

    def is_spilled(self, sheet: Sheet, place: Place) -> bool:
        """Whether the formula of another cell fills a cell."""
        return any(area.holds(*place) for area in sheet.spilled)


def is_input_style(name: str) -> bool:
    """Whether a style is one for inputs, by its name: Excel's own `Input`, or one of ours."""
    lowered = name.lower()
    return lowered.startswith(_INPUT_STYLES) and not lowered.startswith(_NO_INPUT_STYLES)


def is_fixed_style(name: str) -> bool:
    """Whether a style is one of ours for numbers that are given and do not change."""
    return name.lower().startswith(_FIXED_STYLES)


def is_blue(ink: str) -> bool:
    """Whether an ink (`RRGGBB`) is blue enough to mean input."""
    if len(ink) != 6:
        return False
    try:
        red, green, blue = (int(ink[start : start + 2], 16) for start in (0, 2, 4))
    except ValueError:
        return False
    return blue >= 0xA0 and blue >= red + 0x60 and blue >= green + 0x50
