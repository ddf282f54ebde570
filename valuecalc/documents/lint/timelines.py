"""Where time runs across a sheet: a row of dates, counted periods or names of periods.

No file says which row that is, so it is looked for: among the first rows of a sheet, the widest
run of neighbouring cells that grow by the same step (months may differ by some days), the
topmost of equals. Plain numbers count by one, and are years or at least four in a row. A sheet
with at least two rows of formulas below such a run is a time sheet.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from valuecalc.documents.lint.book import Cell, Sheet

ROWS_LOOKED_AT = 40
FEWEST_PERIODS = 3
FEWEST_LINES = 2

_NAMED = re.compile(r"([A-Za-z]*)[ ./-]*(\d{1,4})(?:[ /-]?(?:\d\d|[A-Za-z]))?")
_MONTHS = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}
_LENGTHS = ((10, "week"), (45, "month"), (135, "quarter"), (270, "half-year"))
"""Periods of up to so many days."""
_NAMES = {
    "y": "year",
    "yr": "year",
    "fy": "year",
    "year": "year",
    "q": "quarter",
    "quarter": "quarter",
    "m": "month",
    "month": "month",
    "w": "week",
    "week": "week",
}
_STEP_TOLERANCE = 0.15


@dataclass(frozen=True)
class Period:
    """What a cell says about time: of what kind, and the number that grows."""

    kind: str
    number: float


@dataclass(frozen=True)
class Run:
    """Neighbouring cells of a row that grow regularly."""

    row: int
    first: int
    periods: tuple[Period, ...]

    @property
    def last(self) -> int:
        """The last column."""
        return self.first + len(self.periods) - 1

    @property
    def length(self) -> str:
        """How long a period is, as far as it can be told: `month`, or empty."""
        first, second = self.periods[:2]
        if first.kind == "date":
            days = second.number - first.number
            return next((name for most, name in _LENGTHS if days <= most), "year")
        if first.kind == "number":
            return "year" if 1950 <= first.number <= 2200 else ""
        return _NAMES.get(first.kind, first.kind)


@dataclass(frozen=True)
class Timeline:
    """The time axis of a sheet: its widest run, and the other rows of its heading.

    `first` and `last` are the columns of the periods; `rows` all rows that tell the time;
    `others` dates and names of periods further down that begin in another column.
    """

    main: Run
    runs: tuple[Run, ...]
    rows: frozenset[int]
    others: tuple[Run, ...] = ()

    @property
    def first(self) -> int:
        """The column of the first period."""
        return self.main.first

    @property
    def last(self) -> int:
        """The column of the last period."""
        return self.main.last

    @property
    def length(self) -> str:
        """How long a period is: from dates before names, and from both before numbers."""
        for kind in ("date", "name"):
            for run in self.runs:
                is_kind = run.periods[0].kind == kind or (
                    kind == "name" and run.periods[0].kind not in ("date", "number")
                )
                if is_kind and run.length:
                    return run.length
        return self.main.length

    def by_kind(self) -> Mapping[str, Mapping[int, float]]:
        """What each column says, by kind of heading."""
        found: dict[str, dict[int, float]] = {}
        for run in self.runs:
            kind = found.setdefault(run.periods[0].kind, {})
            for column, period in enumerate(run.periods, run.first):
                if self.first <= column <= self.last:
                    kind.setdefault(column, period.number)
        return found


def timeline(sheet: Sheet) -> Timeline | None:
    """The time axis of a sheet; None for a sheet without one."""
    runs = list(_runs(sheet))
    formulas = _formula_columns(sheet)
    for run in sorted(runs, key=lambda run: (-len(run.periods), run.row)):
        below = [columns for row, columns in formulas.items() if row > run.row]
        main = _trimmed(run, below)
        if main is not None and sum(_crosses(each, main) for each in below) >= FEWEST_LINES:
            return _timeline(sheet, main, runs)
    return None


def _trimmed(run: Run, below: Sequence[set[int]]) -> Run | None:
    """A run without ends below which little is calculated, such as opening values."""
    used = Counter(column for columns in below for column in columns)
    most = max(used[column] for column in range(run.first, run.last + 1))
    columns = [each for each in range(run.first, run.last + 1) if 0 < most <= 2 * used[each]]
    if not columns:
        return None
    first, last = columns[0], columns[-1]
    periods = run.periods[first - run.first : last - run.first + 1]
    return Run(run.row, first, periods) if len(periods) >= FEWEST_PERIODS else None


def _timeline(sheet: Sheet, main: Run, runs: Sequence[Run]) -> Timeline:
    heading = set(_heading(sheet, main))
    of_heading = [each for each in runs if each.row in heading and _overlap(each, main)]
    others = [
        each
        for each in runs
        if each.row not in heading
        and each.row > main.row
        and each.periods[0].kind != "number"
        and each.first != main.first
    ]
    return Timeline(main, tuple(of_heading), frozenset(heading), tuple(others))


def _heading(sheet: Sheet, main: Run) -> Iterator[int]:
    """The rows around the axis that belong to it: frozen with it, or of the same kind."""
    yield main.row
    frozen = sheet.frozen[0]
    if frozen > main.row:
        yield from range(max(1, main.row - 10), frozen)
        return
    for direction in (-1, 1):
        row = main.row + direction
        while row > 0 and _tells_time(sheet, main, row):
            yield row
            row += direction


def _tells_time(sheet: Sheet, main: Run, row: int) -> bool:
    """Whether a row says the time of each period in another way: its year, its last day."""
    cells = [sheet.cells.get((row, column)) for column in range(main.first, main.last + 1)]
    numbers = [each.number for each in cells if each is not None and each.number is not None]
    texts = [each for each in cells if each is not None and each.text]
    if len(texts) == len(cells):
        return True
    if len(numbers) < len(cells) or numbers[0] == numbers[-1]:
        return False
    steps = {after - before for before, after in pairwise(numbers)}
    are_dates = all(each is not None and each.look.is_date for each in cells)
    return min(steps) >= 0 if are_dates else steps <= {0.0, 1.0}


def _overlap(one: Run, other: Run) -> bool:
    return one.first <= other.last and other.first <= one.last


def _formula_columns(sheet: Sheet) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for (row, column), cell in sheet.cells.items():
        if cell.shape is not None:
            found.setdefault(row, set()).add(column)
    return found


def _crosses(columns: set[int], axis: Run) -> bool:
    """Whether formulas stand in at least half of the columns of an axis."""
    across = sum(axis.first <= column <= axis.last for column in columns)
    return 2 * across >= len(axis.periods)


def _runs(sheet: Sheet) -> Iterator[Run]:
    """Every run of at least three periods in the first rows."""
    rows: dict[int, list[tuple[int, Period]]] = {}
    for (row, column), cell in sheet.cells.items():
        if row <= ROWS_LOOKED_AT and (period := _period(cell)) is not None:
            rows.setdefault(row, []).append((column, period))
    for row in sorted(rows):
        yield from _runs_of_row(row, sorted(rows[row], key=lambda each: each[0]))


def _runs_of_row(row: int, found: Sequence[tuple[int, Period]]) -> Iterator[Run]:
    start = 0
    for place in range(1, len(found) + 1):
        if place < len(found) and _goes_on(found[start : place + 1]):
            continue
        run = Run(row, found[start][0], tuple(each for _, each in found[start:place]))
        if _is_time(run):
            yield run
        start = place


def _is_time(run: Run) -> bool:
    """Whether a run is long enough; plain numbers count by one, and are years or at least four."""
    if len(run.periods) < FEWEST_PERIODS:
        return False
    first, second = run.periods[:2]
    if first.kind != "number":
        return True
    by_one = first.number == int(first.number) and second.number - first.number == 1
    return by_one and (len(run.periods) > FEWEST_PERIODS or bool(run.length))


def _goes_on(found: Sequence[tuple[int, Period]]) -> bool:
    """Whether the last of some cells carries on what the first two began."""
    (before_column, before), (column, last) = found[-2:]
    if column != before_column + 1 or last.kind != before.kind:
        return False
    step, first_step = last.number - before.number, found[1][1].number - found[0][1].number
    tolerance = _STEP_TOLERANCE if last.kind == "date" else 1e-9
    return step > 0 and abs(step - first_step) <= tolerance * abs(first_step)


def _period(cell: Cell) -> Period | None:
    if cell.number is not None:
        return Period("date" if cell.look.is_date else "number", cell.number)
    return _named(cell.text) if cell.text else None


def _named(text: str) -> Period | None:
    """`Year 3`, `Q2 2027`, `Mar 27` or `2027/28`, as what grows by one."""
    if len(text) > 20:
        return None
    month = _MONTHS.get(text[:3].lower())
    digits = re.findall(r"\d+", text)
    if month and digits:
        return Period("month", 12 * int(digits[-1]) + month)
    quarter = re.fullmatch(r"[Qq]([1-4])\D+(\d{2,4})", text)
    if quarter:
        return Period("quarter", 4 * int(quarter[2]) + int(quarter[1]))
    found = _NAMED.fullmatch(text)
    return Period(found[1].lower() or "year", float(found[2])) if found else None


def most_common_column(columns: Sequence[int]) -> int | None:
    """The column that most of some cells stand in; None for no cells."""
    return Counter(columns).most_common(1)[0][0] if columns else None
