"""Which cell reads which: who is used, and who reads himself in the end.

A range that many formulas read is one knot in this graph, so that a column of a thousand
look-ups in the same table stays a thousand steps and not a million.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from valuecalc.documents.lint.book import Book, Place, Sheet
from valuecalc.documents.lint.formulas import Shape
from valuecalc.documents.lint.references import Area

Knot: TypeAlias = "tuple[str, int, int] | Area"

MOST_STEPS = 4_000_000
"""Cells looked at in ranges, until the graph counts as too large to be judged."""


class TooLarge(Exception):
    """Ranges overlap so much that following them all would take too long."""


class Cells:
    """Cells of a workbook, to be found by ranges."""

    def __init__(self, places: Iterable[tuple[str, Place]]) -> None:
        self._rows: dict[str, dict[int, list[int]]] = {}
        for sheet, (row, column) in places:
            self._rows.setdefault(sheet, {}).setdefault(row, []).append(column)
        for rows in self._rows.values():
            for columns in rows.values():
                columns.sort()
        self._steps = 0

    def within(self, area: Area) -> Iterator[tuple[str, int, int]]:
        """The cells that lie in an area. Raises `TooLarge` in the long run."""
        rows = self._rows.get(area.sheet, {})
        for row in self._rows_within(rows, area):
            columns = rows[row]
            start, end = bisect_left(columns, area.left), bisect_right(columns, area.right)
            self._count(1 + end - start)
            for column in columns[start:end]:
                yield area.sheet, row, column

    def _rows_within(self, rows: Mapping[int, list[int]], area: Area) -> Iterable[int]:
        if area.bottom - area.top < len(rows):
            return (row for row in range(area.top, area.bottom + 1) if row in rows)
        return (row for row in rows if area.top <= row <= area.bottom)

    def _count(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MOST_STEPS:
            raise TooLarge


class Dependencies:
    """What the formulas of a workbook refer to."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._titles = {sheet.name.lower(): sheet.name for sheet in book.sheets}
        self._by_name: dict[str, tuple[Area, ...]] = {}

    def of(self, sheet: Sheet, place: Place, shape: Shape) -> Iterator[Area]:
        """The areas that the formula of a cell reads."""
        for reference in shape.facts.references:
            area = reference.area(sheet.name, *place)
            yield self._known(area) if reference.sheet else area
        for name in shape.facts.names:
            yield from self.named(name)

    def named(self, name: str) -> tuple[Area, ...]:
        """The areas that a defined name stands for."""
        key = name.lower()
        if key not in self._by_name:
            self._by_name[key] = ()  # a name that leads to itself ends here
            shape = self.book.names.get(key)
            if shape is not None:
                self._by_name[key] = tuple(self._of_name(shape))
        return self._by_name[key]

    def _of_name(self, shape: Shape) -> Iterator[Area]:
        for reference in shape.facts.references:
            yield self._known(reference.area("", 1, 1))
        for name in shape.facts.names:
            yield from self.named(name)

    def _known(self, area: Area) -> Area:
        """The same, with the sheet spelt as it is."""
        name = self._titles.get(area.sheet.lower(), area.sheet)
        if name == area.sheet:
            return area
        return Area(name, area.top, area.left, area.bottom, area.right)

    def all_areas(self) -> set[Area]:
        """Every area that some formula reads."""
        return {
            area
            for sheet in self.book.sheets
            for place, cell in sheet.cells.items()
            if cell.shape is not None
            for area in self.of(sheet, place, cell.shape)
        }


def circles(book: Book, dependencies: Dependencies) -> list[tuple[str, int, int]]:
    """The cells that read themselves, directly or through others. Raises `TooLarge`."""
    sheets = {sheet.name: sheet for sheet in book.sheets}
    cells = Cells(
        (sheet.name, place)
        for sheet in book.sheets
        for place, cell in sheet.cells.items()
        if cell.shape is not None
    )

    def read_by(knot: Knot) -> Iterator[Knot]:
        if isinstance(knot, Area):
            yield from cells.within(knot)
            return
        sheet = sheets[knot[0]]
        shape = sheet.cells[knot[1:]].shape
        assert shape is not None
        yield from dependencies.of(sheet, knot[1:], shape)

    starts = (
        (sheet.name, *place)
        for sheet in book.sheets
        for place, cell in sheet.cells.items()
        if cell.shape is not None
    )
    return [
        each
        for group in components(starts, read_by)
        for each in group
        if not isinstance(each, Area)
    ]


def components(
    starts: Iterable[Knot], read_by: Callable[[Knot], Iterator[Knot]]
) -> Iterator[list[Knot]]:
    """The groups of knots of which each leads to every other: the circles (Tarjan, 1972)."""
    search = _Search(read_by)
    for start in starts:
        if start not in search.order:
            yield from search.run(start)


class _Search:
    """Tarjan's search, with a stack of its own, as chains of formulas are long."""

    def __init__(self, read_by: Callable[[Knot], Iterator[Knot]]) -> None:
        self.read_by = read_by
        self.order: dict[Knot, int] = {}
        self.low: dict[Knot, int] = {}
        self.waiting: list[Knot] = []
        self.is_waiting: set[Knot] = set()

    def run(self, start: Knot) -> Iterator[list[Knot]]:
        path = [(start, self._begin(start))]
        while path:
            knot, following = path[-1]
            other = next(following, None)
            if other is None:
                path.pop()
                if path:
                    above = path[-1][0]
                    self.low[above] = min(self.low[above], self.low[knot])
                yield from self._end(knot)
            elif other not in self.order:
                path.append((other, self._begin(other)))
            elif other in self.is_waiting:
                self.low[knot] = min(self.low[knot], self.order[other])

    def _begin(self, knot: Knot) -> Iterator[Knot]:
        self.order[knot] = self.low[knot] = len(self.order)
        self.waiting.append(knot)
        self.is_waiting.add(knot)
        return self.read_by(knot)

    def _end(self, knot: Knot) -> Iterator[list[Knot]]:
        if self.low[knot] != self.order[knot]:
            return
        group = [self.waiting.pop()]
        while group[-1] != knot:
            group.append(self.waiting.pop())
        self.is_waiting.difference_update(group)
        if len(group) > 1:
            yield group
