"""The columns of the tables on Benefits, and the row in which each adds up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import OTHERWISE, UNDEFINED, Cell, Sheet, shown
from valuecalc.documents.workbook.figures import scale_of_money
from valuecalc.engine.result import LineResult, Result

LABEL, UNIT, GROSS, REALISATION, ATTRIBUTION, RISK, NET, SHARE, PRESENT, CHECK = range(1, 11)
FIRST_TEXT = CHECK + 1
NUMBERS = range(GROSS, PRESENT + 1)
HAIRCUTS = {"realisation": REALISATION, "attribution": ATTRIBUTION, "risk": RISK}

TEXTS = {
    "grade": ("Evidence", 10),
    "finance_view": ("Finance view", 13),
    "kind": ("Kind", 7),
    "category": ("Category", 20),
    "goal": ("Goal it serves", 32),
    "person": ("Whose goal", 26),
}
"""What is said in words about each line: the head of its column and its width."""

GOOD, BAD = "OK", "Error"


@dataclass(frozen=True)
class Lines:
    """Rows of one table, from its `first` to its `last`; `side` names it.

    `total` is the figure that its net column adds up to.
    """

    side: str
    first: int
    last: int
    of: str = ""

    @property
    def total(self) -> str:
        """The figure that the rows add up to."""
        return self.of or {"benefits": "total_benefits"}.get(self.side, "total_investment")

    def area(self, column: int) -> str:
        """The cells of one column."""
        letter = get_column_letter(column)
        return f"${letter}${self.first}:${letter}${self.last}"

    def members(self, result: Result) -> Sequence[LineResult]:
        """The lines that stand in these rows."""
        return result.benefits if self.side == "benefits" else result.investments


def place_total(
    made: Sheet,
    rows: Lines,
    row: int,
    label: str,
    columns: Sequence[int],
    result: Result,
    counts: Sequence[int] = (),
) -> None:
    """The sums of a table below it, and whether they are the total that they should be.

    The sum of the net column goes by the name of the table: `parts.benefits.category`.
    """
    for column in range(LABEL, CHECK + 1):
        made.put(row, column, Cell(style="unit_total"))
    made.text(row, LABEL, label, "label_total")
    made.text(row, UNIT, result.case.currency, "unit_total")
    for column in columns:
        name = f"parts.{rows.side}" if column == NET else ""
        sizes = [0.0] if column in counts else [scale_of_money(result)]
        cell = _sum(made, rows, column, "1" if column in counts else result.case.currency, sizes)
        made.put(row, column, cell, name, defined=False)
    differs = f"ABS(N($G{row})-N([{rows.total}]))>[checks.tolerance]*[checks.scale]"
    checked = Cell(value=GOOD, formula=f'IF({differs},"{BAD}","{GOOD}")', style="status_total")
    made.put(row, CHECK, checked)
    letter = get_column_letter(CHECK)
    made.status.append((f"{letter}{row}", GOOD))


def _sum(made: Sheet, rows: Lines, column: int, unit: str, sizes: list[float]) -> Cell:
    """A sum, or none when one of its cells shows that it has none."""
    contents = [
        made.cells.get((row, column), Cell()).value for row in range(rows.first, rows.last + 1)
    ]
    numbers = [float(each) for each in contents if isinstance(each, int | float)]
    value = None if UNDEFINED in contents else math.fsum(numbers)
    area = rows.area(column)
    return Cell(
        value=shown(value),
        formula=f'IF(COUNTIF({area},"{UNDEFINED}")=0,SUM({area}),{OTHERWISE})',
        style="total",
        format=formats.amount(unit, [value or 0.0, *sizes], dash=True),
    )
