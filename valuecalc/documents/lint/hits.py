"""What a check says of single cells, and how it is joined to findings with ranges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from openpyxl.utils import get_column_letter

from valuecalc.documents.lint.book import Place
from valuecalc.documents.lint.formulas import Shape
from valuecalc.documents.lint.report import Finding
from valuecalc.errors import Severity

Run: TypeAlias = tuple[int, int]
"""The first and the last of neighbouring columns."""

MOST_PLACES = 200
"""Places that a finding keeps; the others are counted."""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A cell that breaks a rule; without a place, the sheet, and without that the workbook.

    Hits that say the same of the same sheet become one finding. `shape` is the formula of the
    cell; `example` says in words what the place is, for what is no cell.
    """

    rule: int
    found: str
    remedy: str
    sheet: str = ""
    place: Place | None = None
    shape: Shape | None = None
    example: str = ""
    severity: Severity = Severity.ERROR

    @property
    def joined_by(self) -> tuple[int, str, str, str, Severity]:
        """The same for hits that belong together."""
        return (self.rule, self.sheet, self.found, self.remedy, self.severity)


def joined(hits: Iterable[Hit]) -> list[Finding]:
    """The findings, in the order in which their first cells came."""
    groups: dict[tuple[int, str, str, str, Severity], list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.joined_by, []).append(hit)
    return [_finding(each) for each in groups.values()]


def _finding(hits: Sequence[Hit]) -> Finding:
    first = hits[0]
    places = sorted({hit.place for hit in hits if hit.place is not None})
    ranges = list(ranges_of(places))
    return Finding(
        rule=first.rule,
        sheet=first.sheet,
        places=tuple(ranges[:MOST_PLACES]),
        cells=len(places),
        found=first.found,
        remedy=first.remedy,
        severity=first.severity,
        example=_example(first),
    )


def _example(hit: Hit) -> str:
    """The formula of a cell; only the first of many is written out."""
    if hit.shape is None or hit.place is None:
        return hit.example
    return hit.shape.written(*hit.place)


def ranges_of(places: Sequence[Place]) -> Iterator[str]:
    """Cells, in their order, as ranges: neighbours in a row, then rows that reach as far."""
    growing: dict[Run, tuple[int, int]] = {}
    done: list[tuple[int, Run, int]] = []
    for row, of_row in groupby(places, key=lambda place: place[0]):
        runs = list(_runs([column for _, column in of_row]))
        for run in runs:
            top, bottom = growing.get(run, (row, row))
            if bottom < row - 1:
                done.append((top, run, bottom))
                top = row
            growing[run] = (top, row)
    done.extend((top, run, bottom) for run, (top, bottom) in growing.items())
    for top, (left, right), bottom in sorted(done):
        yield _written(top, left, bottom, right)


def _runs(columns: Sequence[int]) -> Iterator[Run]:
    """Columns that stand side by side, as the first and the last."""
    first = last = columns[0]
    for column in columns[1:]:
        if column > last + 1:
            yield first, last
            first = column
        last = column
    yield first, last


def _written(top: int, left: int, bottom: int, right: int) -> str:
    first = f"{get_column_letter(left)}{top}"
    if (top, left) == (bottom, right):
        return first
    return f"{first}:{get_column_letter(right)}{bottom}"
