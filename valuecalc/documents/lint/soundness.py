"""Rules 12 and 17: nothing broken, nothing hidden, and a value for every formula."""

from __future__ import annotations

import re
from collections.abc import Iterator

from valuecalc.documents.lint.book import Place, Sheet
from valuecalc.documents.lint.dependencies import TooLarge, circles
from valuecalc.documents.lint.hits import Hit
from valuecalc.documents.lint.model import Model
from valuecalc.documents.lint.references import Reference
from valuecalc.documents.lint.references import read as read_reference
from valuecalc.documents.lint.report import NotJudged

_OTHER_BOOK = re.compile(r"\[\d+\]|\[[^\[\]]*\.xl\w*\]", re.IGNORECASE)
_TEXT = re.compile(r'"[^"]*"')


def errors(model: Model) -> Iterator[Hit]:
    """No cell shows an error."""
    for sheet, place, cell in model.all_cells():
        if cell.is_error:
            yield Hit(
                rule=12,
                sheet=sheet.name,
                place=place,
                found=f"the error {cell.value}",
                remedy="Mend the formula, or say n/a where there is no number.",
                shape=cell.shape,
            )


def references(model: Model) -> Iterator[Hit]:
    """No reference is lost, leads to another workbook, or takes whole columns or rows."""
    for formula in model.formulas:
        text = formula.shape.text
        pieces = formula.shape.pieces
        found: dict[str, str] = {}
        if "#REF!" in text:
            found["a reference that is lost (#REF!)"] = "Refer to the cell that is meant."
        if "[" in text and _OTHER_BOOK.search(_TEXT.sub("", text)):
            found["a link to another workbook"] = "Copy the number in as an input with its source."
        if any(isinstance(each, Reference) and each.whole for each in pieces):
            found["a reference to whole columns or rows"] = "Refer to the rows that are used."
        for what, remedy in found.items():
            yield Hit(
                rule=12,
                sheet=formula.sheet.name,
                place=formula.place,
                found=what,
                remedy=remedy,
                shape=formula.shape,
            )


def circularity(model: Model) -> Iterator[Hit | NotJudged]:
    """No formula reads itself, and the workbook does not allow it."""
    if model.book.iterates:
        yield Hit(
            rule=12,
            found="iterative calculation is switched on, which hides circles",
            remedy="Switch it off: File, Options, Formulas.",
        )
    try:
        found = circles(model.book, model.dependencies)
    except TooLarge:
        yield NotJudged(12, "circles: the ranges of formulas overlap too much to follow them all")
        return
    for sheet, row, column in sorted(found):
        yield Hit(
            rule=12,
            sheet=sheet,
            place=(row, column),
            found="a circle: the formula reads itself, directly or through others",
            remedy="Break the circle: begin from the previous period, or solve it once.",
        )


def merged(model: Model) -> Iterator[Hit]:
    """No cells are merged."""
    for sheet in model.book.sheets:
        for address in sheet.merged:
            area = read_reference(address)
            place = area.area(sheet.name, 1, 1) if area is not None else None
            yield Hit(
                rule=12,
                sheet=sheet.name,
                place=(place.top, place.left) if place is not None else None,
                found="merged cells",
                remedy="Take the merging back; centre across the selection instead.",
                example=address,
            )


def hidden(model: Model) -> Iterator[Hit]:
    """No formula stands where nobody sees it; hidden data is none of them."""
    for formula in model.formulas:
        where = _hidden(formula.sheet, formula.place)
        if where:
            yield Hit(
                rule=12,
                sheet=formula.sheet.name,
                place=formula.place,
                found=f"a formula {where}",
                remedy="Show it; group rows or columns that are rarely needed.",
                shape=formula.shape,
            )


def _hidden(sheet: Sheet, place: Place) -> str:
    row, column = place
    if sheet.state != "visible":
        return "on a hidden sheet"
    if row in sheet.hidden_rows:
        return "in a hidden row"
    if any(first <= column <= last for first, last in sheet.hidden_columns):
        return "in a hidden column"
    return ""


def values(model: Model) -> Iterator[Hit | NotJudged]:
    """Rule 17: every formula carries a value."""
    for formula in model.formulas:
        if not formula.cell.has_value:
            yield Hit(
                rule=17,
                sheet=formula.sheet.name,
                place=formula.place,
                found="a formula without a kept value",
                remedy="Let a spreadsheet program calculate the workbook, and save it.",
                shape=formula.shape,
            )
    yield NotJudged(17, "whether the kept values are right: nothing is calculated here")


CHECKS = (errors, references, circularity, merged, hidden, values)
