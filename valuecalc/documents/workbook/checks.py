"""The sheet Checks: two ways to the same number, and the search for the internal rate of return.

All checks together give one word, which stands on every sheet. That an input was changed since
the export fails none of them, which is what a workbook is for; Reconciliation tells of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import Cell, Sheet, shown
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.formats import Format
from valuecalc.documents.workbook.irr import InternalRate
from valuecalc.documents.workbook.irr_rows import place_search
from valuecalc.documents.workbook.pairs import TOLERANCE, Check, checks_of

TITLE = "Checks"
PASS = "All checks pass"
FAIL = "A check fails: see Checks"
AS_EXPORTED = "All figures as exported"
CHANGED = "Changed since the export"

LABEL, ONE, OTHER, DIFFERENCE, ALLOWED, RESULT = range(1, 7)
_MASTER, _EXPORT, _PART, _SCALE, _RATE = range(4, 9)
_FIRST = 11


def sheet(draft: Draft, rate: InternalRate, titles: Iterable[str]) -> Sheet:
    """The checks, also of the sheets with these titles, and the search for the IRR."""
    made = Sheet(title=TITLE, heading="Checks", colour="check")
    checks = list(checks_of(draft, rate, titles))
    _place_tolerance(made, draft)
    _place_rate(made, draft)
    _heads(made, _FIRST - 1, ("Check", "One way", "Another way", "Difference", "Tolerance"))
    for row, check in enumerate(checks, _FIRST):
        _place_check(made, check, row)
    last = _FIRST + len(checks) - 1
    _verdict(made, _MASTER, "All checks", ("OK", PASS, FAIL), (_FIRST, last), "checks.all")
    unchanged = "([export.unchanged]=1)*([export.differ]=0)=1"
    formula = f'IF({unchanged},"{AS_EXPORTED}","{CHANGED}")'
    made.text(_EXPORT, LABEL, "Compared with the export: see Reconciliation", "label")
    cell = Cell(value=AS_EXPORTED, formula=formula, style="status")
    made.put(_EXPORT, ONE, cell, "checks.export")
    made.page.area = f"A1:F{last}"
    place_search(rate, made, last + 3)
    _look(made)
    return made


def _look(made: Sheet) -> None:
    made.widths = {LABEL: 60, ONE: 17, OTHER: 17, DIFFERENCE: 13, ALLOWED: 11}
    made.widths |= {RESULT: 14}
    made.freeze = "A4"
    made.page.repeat_rows = "1:3"


def _heads(made: Sheet, row: int, heads: tuple[str, ...]) -> None:
    made.text(row, LABEL, heads[0], "header")
    made.texts(row, heads[1:], "header_right", ONE)
    made.text(row, RESULT, "Result", "header_centre")


def _verdict(
    made: Sheet,
    row: int,
    label: str,
    words: tuple[str, str, str],
    rows: tuple[int, int],
    name: str,
) -> None:
    """One word for many results: whether all of them say the same good word."""
    each, good, bad = words
    area = f"$F${rows[0]}:$F${rows[1]}"
    formula = f'IF(COUNTIF({area},"{each}")=ROWS({area}),"{good}","{bad}")'
    made.text(row, LABEL, label, "label")
    made.put(row, ONE, Cell(value=good, formula=formula, style="status"), name)


def _place_tolerance(made: Sheet, draft: Draft) -> None:
    made.text(_PART, LABEL, "Tolerance, as a part of the largest total", "label")
    part = Cell(value=TOLERANCE, style="fixed", format=formats.TINY)
    made.put(_PART, ONE, part, "checks.tolerance")
    made.text(_SCALE, LABEL, "Largest total", "label")
    totals = ("total_benefits", "total_investment")
    sizes = [1.0, *(abs(draft.result.value(name) or 0.0) for name in totals)]
    formula = f"MAX(1,{','.join(f'ABS(N([{name}]))' for name in totals)})"
    form = formats.amount(draft.currency, sizes)
    made.put(_SCALE, ONE, _number(max(sizes), formula, form), "checks.scale")


def _place_rate(made: Sheet, draft: Draft) -> None:
    """The discount rate for one period, which NPV() needs."""
    label = "Discount rate of one period, for NPV()"
    made.text(_RATE, LABEL, label, "label")
    rate = (1 + draft.case.discounting.rate) ** (draft.axis.months_per_period / 12) - 1
    formula = "(1+[discounting.rate])^(1/[timeline.periods_per_year])-1"
    cell = _number(rate, formula, formats.amount("%", [rate]))
    made.put(_RATE, ONE, cell, "checks.period_rate")


def _number(value: float | None, formula: str, form: Format) -> Cell:
    return Cell(value=shown(value), formula=formula, style="calculation", format=form)


def _place_check(made: Sheet, check: Check, row: int) -> None:
    made.text(row, LABEL, check.label, "label")
    form = formats.amount("1", [check.value or 0.0])
    made.put(row, ONE, _number(check.value, check.one, form))
    made.put(row, OTHER, _number(check.value, check.other, form))
    differs = f"IFERROR($B{row}-$C{row},1-($B{row}=$C{row}))"
    made.put(row, DIFFERENCE, _number(0.0, differs, formats.TINY))
    scale = made.cells[_SCALE, ONE].value
    assert isinstance(scale, float)
    tolerance = _number(TOLERANCE * scale, "[checks.tolerance]*[checks.scale]", formats.TINY)
    made.put(row, ALLOWED, tolerance)
    formula = f'IF(ABS($D{row})<=$E{row},"OK","Error")'
    made.put(row, RESULT, Cell(value="OK", formula=formula, style="status_centred"))
