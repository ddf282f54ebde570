"""Where a workbook was written with formulas, in few words, so that it can say so itself.

To lay out the sheets of a large workbook takes as long as to write it, so a large one carries
this along: whoever reads it back sees which formulas are gone, and works nothing out for it.
Cells of the same columns in rows below each other are one area: `E5:EV812`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeAlias

from openpyxl.utils import column_index_from_string, get_column_letter

from valuecalc.documents.workbook.cells import Sheet
from valuecalc.documents.workbook.names import defined_name

Area: TypeAlias = tuple[int, int, int, int]
"""The first and the last column of some cells, and their first and last row."""

ANCHORS = 20
"""So many cells with names, from top to bottom, tell whether a sheet has been moved about."""

MOST_CELLS = 2_000_000
"""No workbook of ours has as many formulas; what says so is not from us."""

_COLUMN, _ROW = "([A-Z]{1,3})", "([1-9][0-9]{0,6})"
_AREA = re.compile(f"{_COLUMN}{_ROW}(?::{_COLUMN}{_ROW})?")


@dataclass(frozen=True)
class SheetAreas:
    """Where a sheet has formulas, and the addresses of some of its cells by their names."""

    areas: tuple[Area, ...]
    anchors: Mapping[str, str]

    def __len__(self) -> int:
        return sum((right - left + 1) * (low - top + 1) for left, right, top, low in self.areas)

    def __iter__(self) -> Iterator[str]:
        """The address of every formula."""
        for left, right, top, low in self.areas:
            letters = [get_column_letter(column) for column in range(left, right + 1)]
            for row in range(top, low + 1):
                for column in letters:
                    yield f"{column}{row}"


# --------------------------------------------------------------------------- written


def written(sheets: Iterable[Sheet]) -> str:
    """Where these sheets have formulas, as a text."""
    found = {
        sheet.title: {"areas": " ".join(map(_text, areas_of(sheet))), "anchors": _anchors(sheet)}
        for sheet in sheets
    }
    return json.dumps(found, separators=(",", ":"))


def areas_of(sheet: Sheet) -> list[Area]:
    """The areas of a sheet that hold nothing but formulas."""
    places = sorted(place for place, cell in sheet.cells.items() if cell.formula)
    growing: dict[tuple[int, int], tuple[int, int]] = {}
    found: list[Area] = []
    for row, of_row in groupby(places, key=lambda place: place[0]):
        runs = set(_runs([column for _, column in of_row]))
        for columns in [*growing]:
            if columns not in runs or growing[columns][1] < row - 1:
                found.append((*columns, *growing.pop(columns)))
        for columns in runs:
            top, _ = growing.get(columns, (row, row))
            growing[columns] = (top, row)
    return sorted([*found, *((*columns, *rows) for columns, rows in growing.items())], key=_place)


def _place(area: Area) -> tuple[int, int]:
    left, _, top, _ = area
    return top, left


def _runs(columns: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of columns that stand side by side."""
    by_distance = groupby(enumerate(columns), key=lambda each: each[1] - each[0])
    for _, run in by_distance:
        side_by_side = [column for _, column in run]
        yield side_by_side[0], side_by_side[-1]


def _text(area: Area) -> str:
    left, right, top, low = area
    first = f"{get_column_letter(left)}{top}"
    return first if (left, top) == (right, low) else f"{first}:{get_column_letter(right)}{low}"


def _anchors(sheet: Sheet) -> dict[str, str]:
    """Some of its named cells, spread over its rows, the lowest of them included."""
    named = sorted(
        (spot.row, spot.column, name)
        for name, spot in sheet.spots.items()
        if spot.defined and (spot.height, spot.width) == (1, 1)
    )
    step = max(1, len(named) // ANCHORS)
    return {
        defined_name(name): f"{get_column_letter(column)}{row}"
        for row, column, name in reversed(named[::-1][::step])
    }


# --------------------------------------------------------------------------- read


def read(text: str) -> dict[str, SheetAreas]:
    """The same by the titles of the sheets; nothing for a text that is not from `written`.

    It comes from outside: whatever else it holds is taken for nothing.
    """
    try:
        found = {str(title): _sheet(each) for title, each in json.loads(text).items()}
    except (ValueError, RecursionError, AttributeError, TypeError, KeyError):
        return {}
    return found if sum(map(len, found.values())) <= MOST_CELLS else {}


def _sheet(found: Any) -> SheetAreas:
    anchors = {str(name): str(address) for name, address in found["anchors"].items()}
    return SheetAreas(tuple(map(_area, found["areas"].split())), anchors)


def _area(text: str) -> Area:
    match = _AREA.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:40]!r} is no area")
    first, top, last, low = match.groups()
    left = column_index_from_string(first)
    right = column_index_from_string(last) if last else left
    if right < left or int(low or top) < int(top):
        raise ValueError(f"{text} has no cells")
    return left, right, int(top), int(low or top)
