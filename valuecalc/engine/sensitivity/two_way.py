"""Tables of a figure over the values of two assumptions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from valuecalc.case.case import Assumption, Case
from valuecalc.engine import scenarios
from valuecalc.engine.result import Figure
from valuecalc.engine.sensitivity.points import Points
from valuecalc.engine.sensitivity.ranges import ends
from valuecalc.engine.uncertainty import distributions
from valuecalc.errors import InputError
from valuecalc.formula import quantity

MOST_STEPS = 21
"""How many rows, and how many columns, a table has at most."""


@dataclass(frozen=True, kw_only=True)
class TwoWay:
    """A figure at every combination of values of two assumptions.

    `rows` are the values of `first`, `columns` those of `second`; `cells[r][c]` is the figure
    there, its value None where it does not exist, with a note. `expected_cell` is the row and
    the column of the expected values, None where they are not among those asked for.
    """

    first: Assumption
    second: Assumption
    rows: tuple[float, ...]
    columns: tuple[float, ...]
    figure: Figure
    cells: tuple[tuple[Figure, ...], ...]
    expected_cell: tuple[int, int] | None = None

    @cached_property
    def values(self) -> tuple[tuple[float | None, ...], ...]:
        """The numbers of the cells, row by row."""
        return tuple(tuple(cell.value for cell in row) for row in self.cells)

    @property
    def row_texts(self) -> tuple[str, ...]:
        """The values of the first assumption, with their unit."""
        return tuple(quantity.show_with_unit(each, self.first.unit) for each in self.rows)

    @property
    def column_texts(self) -> tuple[str, ...]:
        """The values of the second assumption, with their unit."""
        return tuple(quantity.show_with_unit(each, self.second.unit) for each in self.columns)

    @property
    def notes(self) -> tuple[str, ...]:
        """Why the figure does not exist in some cells: each reason once."""
        reasons = (cell.note for row in self.cells for cell in row if cell.value is None)
        return tuple(dict.fromkeys(reasons))

    @property
    def words(self) -> str:
        """What the table shows."""
        return (
            f"{self.figure.label} for values of {self.first.label} (rows) and "
            f"{self.second.label} (columns), all else unchanged."
        )


def two_way(
    case: Case,
    first: str,
    second: str,
    figure: str = "npv",
    *,
    steps: int = 7,
    first_values: Iterable[float] | None = None,
    second_values: Iterable[float] | None = None,
    scenario: str = scenarios.EXPECTED,
) -> TwoWay:
    """The table of a figure over two assumptions.

    Values that are not given go from low to high in `steps`, the expected value among them.
    Raises `CaseError`; `UnknownName`; and `InputError` for two assumptions that are the same,
    for one that has no range and no values given, and for more than `MOST_STEPS` of them.
    """
    points = Points(scenarios.applied(case, scenarios.find(case, scenario)), figure)
    if first == second:
        raise InputError(
            "A table needs two assumptions, and both are the same.", "Choose another one."
        )
    row_of, column_of = points.assumption(first), points.assumption(second)
    rows = _axis(row_of, first_values, steps)
    columns = _axis(column_of, second_values, steps)
    found = points.at([{first: row, second: column} for row in rows for column in columns])
    width = len(columns)
    return TwoWay(
        first=row_of,
        second=column_of,
        rows=rows,
        columns=columns,
        figure=points.expected,
        cells=tuple(
            tuple(found[number * width : (number + 1) * width]) for number in range(len(rows))
        ),
        expected_cell=_cell(rows, row_of.value, columns, column_of.value),
    )


def _cell(
    rows: Sequence[float], row: float, columns: Sequence[float], column: float
) -> tuple[int, int] | None:
    if row in rows and column in columns:
        return rows.index(row), columns.index(column)
    return None


def _axis(assumption: Assumption, values: Iterable[float] | None, steps: int) -> tuple[float, ...]:
    if values is None:
        return _from_low_to_high(assumption, steps)
    given = tuple(dict.fromkeys(float(each) for each in values))
    _refuse_too_many(len(given))
    if not given or not all(map(math.isfinite, given)):
        raise InputError(
            f"The values of “{assumption.label}” are none, or not all of them are numbers.",
            "Name at least one finite number.",
        )
    return given


def _from_low_to_high(assumption: Assumption, steps: int) -> tuple[float, ...]:
    """Evenly from low to the expected value, and from there evenly to high."""
    _refuse_too_many(steps)
    if steps < 3:
        raise InputError(f"{steps} steps are too few for a table.", "Ask for at least 3.")
    value = assumption.value
    low = high = value
    if distributions.is_uncertain(assumption):
        low, high, _ = ends(assumption)
    below, above = _split(steps - 1, low < value, value < high)
    if below == above == 0:
        raise InputError(
            f"“{assumption.label}” has no range to make a table of.",
            "Give it a low and a high, or name the values.",
        )
    lower = np.linspace(low, value, below + 1)[:-1] if below else ()
    upper = np.linspace(value, high, above + 1)[1:] if above else ()
    return (*map(float, lower), value, *map(float, upper))


def _split(steps: int, has_below: bool, has_above: bool) -> tuple[int, int]:
    if has_below and has_above:
        return steps // 2, steps - steps // 2
    return (steps, 0) if has_below else (0, steps if has_above else 0)


def _refuse_too_many(count: int) -> None:
    if count > MOST_STEPS:
        raise InputError(
            f"{count} values of an assumption are more than the {MOST_STEPS} of a table.",
            f"Ask for at most {MOST_STEPS}.",
        )
