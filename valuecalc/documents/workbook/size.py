"""How large a workbook will be, told from its case before any of it is worked out."""

from __future__ import annotations

from valuecalc.case.case import Case

LARGE = 100_000
"""From so many cells with formulas on a workbook takes more than two or three seconds."""

# Rows over time and single cells, counted in workbooks of 20 to 500 lines.
_ROWS, _ROWS_A_LINE, _ROWS_A_CALCULATION = 40, 7, 1
_CELLS, _CELLS_A_LINE, _CELLS_AN_ASSUMPTION = 2_000, 90, 20


def formula_cells(case: Case) -> int:
    """About how many cells with formulas the workbook of a case has; slopes are left out.

    Tables of yearly values and formulas of more than one step add to it, so the real number
    lies within half and twice of this one.
    """
    lines, calculations = len(case.lines), len(case.calculations)
    rows = _ROWS + _ROWS_A_LINE * lines + _ROWS_A_CALCULATION * calculations
    single = _CELLS + _CELLS_A_LINE * lines + _CELLS_AN_ASSUMPTION * len(case.assumptions)
    return rows * (case.timeline.periods + 1) + single


def is_large(case: Case) -> bool:
    """Whether its workbook takes more than a moment."""
    return formula_cells(case) >= LARGE
