"""Where a workbook has its inputs and its formulas, to read one back that was sent out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from openpyxl.utils import get_column_letter

from valuecalc.case.case import Case
from valuecalc.documents.workbook import inputs, serials
from valuecalc.documents.workbook.areas import SheetAreas
from valuecalc.documents.workbook.book import sheets
from valuecalc.documents.workbook.cells import Cell, Sheet, Spot
from valuecalc.documents.workbook.draft import draft
from valuecalc.documents.workbook.language import Language
from valuecalc.documents.workbook.names import defined_name
from valuecalc.engine.result import Result


@dataclass(frozen=True, kw_only=True)
class Given:
    """A cell of the inputs that holds a number, or a day as a number (`serials`).

    `name` is ours (`assumptions.margin.low`), `part` the head of its column where a row has
    several; `may_change` tells inputs from fixed numbers.
    """

    name: str
    label: str
    part: str
    unit: str
    value: float
    place: tuple[str, str]
    may_change: bool


@dataclass(frozen=True)
class Layout:
    """The numbers of a workbook by their defined names, and its formulas by sheet and cell.

    `places` are the sheet and the cell of every defined name of one cell, or of some of them.
    """

    given: Mapping[str, Given]
    formulas: Mapping[str, Iterable[str]]
    places: Mapping[str, tuple[str, str]]


def layout(result: Result, given: Case | None = None) -> Layout:
    """The layout of the workbook that `write` makes of the same."""
    return _of(sheets(draft(result, given)))


def layout_of_inputs(result: Result, given: Case | None = None) -> Layout:
    """The layout of the sheet of inputs alone: no other is made, which takes its time."""
    drafted = draft(result, given)
    return _of((inputs.sheet(drafted, Language(drafted)),))


def with_areas(of_inputs: Layout, others: Mapping[str, SheetAreas]) -> Layout:
    """A layout of the inputs with what a workbook says itself of its other sheets."""
    areas = {title: each for title, each in others.items() if title not in of_inputs.formulas}
    anchors = {
        name: (title, address)
        for title, each in areas.items()
        for name, address in each.anchors.items()
    }
    return replace(
        of_inputs,
        formulas={**of_inputs.formulas, **areas},
        places={**anchors, **of_inputs.places},
    )


def numbers(result: Result, given: Case | None = None) -> Mapping[str, Given]:
    """The numbers of that workbook by their defined names; no other sheet is made for them."""
    return layout_of_inputs(result, given).given


def _of(made: Sequence[Sheet]) -> Layout:
    of_inputs = next(sheet for sheet in made if sheet.title == inputs.TITLE)
    formulas = {sheet.title: frozenset(_formulas(sheet)) for sheet in made}
    places = {name: place for sheet in made for name, place in _places(sheet)}
    return Layout(_numbers_of(of_inputs), formulas, places)


def _numbers_of(of_inputs: Sheet) -> dict[str, Given]:
    found = (_given(of_inputs, name, spot) for name, spot in _cells(of_inputs))
    return {defined_name(each.name): each for each in found if each is not None}


def _cells(of_inputs: Sheet) -> Iterator[tuple[str, Spot]]:
    """The named cells, each once.

    The name for several rows that are used together may stand for one, which has its own before.
    """
    seen: set[tuple[int, int]] = set()
    for name, spot in of_inputs.spots.items():
        if (spot.row, spot.column) not in seen:
            seen.add((spot.row, spot.column))
            yield name, spot


def _given(sheet: Sheet, name: str, spot: Spot) -> Given | None:
    cell = sheet.cells.get((spot.row, spot.column), Cell())
    value = _number(cell, _words(sheet, spot.row, inputs.UNIT))
    is_one = spot.defined and (spot.height, spot.width) == (1, 1)
    if value is None or not is_one or cell.style not in ("input", "fixed"):
        return None
    in_use = spot.column == inputs.IN_USE
    return Given(
        name=name,
        label=_words(sheet, spot.row, inputs.LABEL),
        part="" if in_use else _words(sheet, inputs.HEADER, spot.column),
        unit=_words(sheet, spot.row, inputs.UNIT),
        value=value,
        place=(sheet.title, _address(spot.row, spot.column)),
        may_change=cell.style == "input",
    )


def _number(cell: Cell, unit: str) -> float | None:
    """The number of a cell that is not worked out; that of its day, where it is for one."""
    if cell.formula:
        return None
    if unit == serials.DAY_UNIT:
        is_day = cell.value is None or isinstance(cell.value, date)
        return serials.serial_of(cell.value) if is_day else None  # type: ignore[arg-type]
    return cell.value if isinstance(cell.value, float) else None


def _words(sheet: Sheet, row: int, column: int) -> str:
    return str(sheet.cells.get((row, column), Cell()).value)


def _places(sheet: Sheet) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, spot in sheet.spots.items():
        if spot.defined and (spot.height, spot.width) == (1, 1):
            yield defined_name(name), (sheet.title, _address(spot.row, spot.column))


def _formulas(sheet: Sheet) -> list[str]:
    return [_address(*place) for place, cell in sheet.cells.items() if cell.formula]


def _address(row: int, column: int) -> str:
    return f"{get_column_letter(column)}{row}"
