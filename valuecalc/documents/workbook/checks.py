"""The sheet Checks: two ways to the same number, and the exported figures beside the live ones.

All checks together give one word, which stands on every sheet. The comparison with the export
is none of them: it tells that somebody has changed an input, which is what a workbook is for.
"""

from __future__ import annotations

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import Cell, Sheet, shown
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.formats import Format
from valuecalc.documents.workbook.irr import InternalRate
from valuecalc.documents.workbook.irr_rows import place_search
from valuecalc.documents.workbook.pairs import Check, checks_of
from valuecalc.engine.result import Figure

TITLE = "Checks"
PASS = "All checks pass"
FAIL = "A check fails: see Checks"
AS_EXPORTED = "All figures as exported"
CHANGED = "Changed since the export"

LABEL, ONE, OTHER, DIFFERENCE, TOLERANCE, RESULT, NAME = range(1, 8)
_MASTER, _EXPORT, _PART, _SCALE = 4, 5, 6, 7
_FIRST = 10
_TOLERANCE = 1e-9


def sheet(draft: Draft, rate: InternalRate) -> Sheet:
    """The checks, the comparison with the export, and the search for the IRR."""
    made = Sheet(title=TITLE, heading="Checks", colour="check")
    checks = list(checks_of(draft, rate))
    _place_tolerance(made, draft)
    _heads(made, _FIRST - 1, ("Check", "One way", "Another way", "Difference", "Tolerance"))
    for row, check in enumerate(checks, _FIRST):
        _place_check(made, check, row)
    last = _FIRST + len(checks) - 1
    _verdict(made, _MASTER, "All checks", ("OK", PASS, FAIL), (_FIRST, last), "checks.all")
    top = last + 3
    figures = list(draft.result.figures.values())
    bottom = top + 1 + len(figures)
    _place_comparison(made, draft, figures, top)
    words = ("as exported", AS_EXPORTED, CHANGED)
    _verdict(made, _EXPORT, "Compared with the export", words, (top + 2, bottom), "checks.export")
    made.page.area = f"A1:G{bottom}"
    place_search(rate, made, bottom + 3)
    _look(made)
    return made


def _look(made: Sheet) -> None:
    made.widths = {LABEL: 60, ONE: 17, OTHER: 17, DIFFERENCE: 13, TOLERANCE: 11}
    made.widths |= {RESULT: 14, NAME: 38}
    made.freeze = "A4"
    made.page.repeat_rows = "1:3"


def _heads(made: Sheet, row: int, heads: tuple[str, ...]) -> None:
    made.text(row, LABEL, heads[0], "header")
    made.texts(row, heads[1:], "header_right", ONE)
    made.text(row, RESULT, "Result", "header_centre")
    made.text(row, NAME, "", "header")


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
    part = Cell(value=_TOLERANCE, style="fixed", format=formats.TINY)
    made.put(_PART, ONE, part, "checks.tolerance")
    made.text(_SCALE, LABEL, "Largest total", "label")
    totals = ("total_benefits", "total_investment")
    sizes = [1.0, *(abs(draft.result.value(name) or 0.0) for name in totals)]
    formula = f"MAX(1,{','.join(f'ABS(N([{name}]))' for name in totals)})"
    form = formats.amount(draft.currency, sizes)
    made.put(_SCALE, ONE, _number(max(sizes), formula, form), "checks.scale")


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
    tolerance = _number(_TOLERANCE * scale, "[checks.tolerance]*[checks.scale]", formats.TINY)
    made.put(row, TOLERANCE, tolerance)
    formula = f'IF(ABS($D{row})<=$E{row},"OK","Error")'
    made.put(row, RESULT, Cell(value="OK", formula=formula, style="status_centred"))


def _place_comparison(made: Sheet, draft: Draft, figures: list[Figure], top: int) -> None:
    """Every figure as exported beside the live one."""
    title = "Figures as exported, and as they are here now"
    made.texts(top, [title, *[""] * (NAME - 1)], "section")
    _heads(made, top + 1, ("Figure", "Exported", "Here and now", "Difference"))
    made.text(top + 1, TOLERANCE, "Unit", "header")
    made.text(top + 1, NAME, "Name", "header")
    for row, figure in enumerate(figures, top + 2):
        _place_figure(made, figure, row, is_money=figure.unit == draft.currency)


def _place_figure(made: Sheet, figure: Figure, row: int, *, is_money: bool) -> None:
    form = formats.figure(figure.unit, figure.value)
    value = shown(figure.value)
    made.text(row, LABEL, figure.label, "label")
    made.put(row, ONE, Cell(value=value, style="fixed", format=form))
    live = Cell(value=value, formula=f"[{figure.name}]", style="link", format=form)
    made.put(row, OTHER, live)
    differs = f"IFERROR($C{row}-$B{row},1-($C{row}=$B{row}))"
    made.put(row, DIFFERENCE, _number(0.0, differs, formats.TINY))
    made.text(row, TOLERANCE, figure.unit, "unit")
    size = "[checks.scale]" if is_money else f"MAX(1,ABS(N($B{row})))"
    same = f'IF(ABS($D{row})<=[checks.tolerance]*{size},"as exported","changed")'
    made.put(row, RESULT, Cell(value="as exported", formula=same, style="status_centred"))
    made.text(row, NAME, figure.name, "name")
