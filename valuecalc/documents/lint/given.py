"""Rules 13 and 14: what looks like an input is one, is used, and says where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from valuecalc.documents.lint.book import Cell, Place, Sheet
from valuecalc.documents.lint.dependencies import Cells
from valuecalc.documents.lint.formulas import ROUNDING, Shape
from valuecalc.documents.lint.hits import Hit
from valuecalc.documents.lint.kinds import Kind
from valuecalc.documents.lint.model import (
    BY_INK,
    BY_STYLE,
    BY_USE,
    Formula,
    Model,
)
from valuecalc.documents.lint.report import NotJudged
from valuecalc.errors import Severity

_CALCULATED_STYLES = ("calculation", "link", "total", "output", "result")
_SAYS_ROUNDED = re.compile(r"\b(?:round\w*|whole|full|complete|integers?|nearest)\b", re.IGNORECASE)
_ROUNDS = re.compile(rf"-?(?:{'|'.join(map(re.escape, ROUNDING))})\(", re.IGNORECASE)
_OR_NOTHING = re.compile(r'IFERROR\((.*),(?:"[^"]*"|0)\)', re.IGNORECASE)
_BEHIND: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (what, re.compile(pattern, re.IGNORECASE))
    for what, pattern in (
        ("unit", r"units?\b.{0,15}|uom"),
        ("source", r"(?:data )?(?:source|reference|basis|origin)s?\b.{0,15}"),
        ("evidence", r"(?:evidence|grade|confidence|quality|certainty|reliability)\b.{0,15}"),
        ("date", r"(?:date|as of|as at|updated|last (?:checked|updated))\b.{0,15}"),
    )
)


def looks(model: Model) -> Iterator[Hit | NotJudged]:
    """Rule 13: the look of an input, and of a calculation, tells the truth."""
    if model.told_by == BY_USE:
        yield NotJudged(
            13, "no style, no lock and no blue ink tells inputs from calculations in this workbook"
        )
        return
    for sheet, place, cell in model.all_cells():
        if cell.shape is not None and model.looks_like_input(sheet, cell):
            yield _look(
                sheet,
                place,
                "a formula in the look of an input",
                "Give it the look of a calculation, or type the number.",
                cell.shape,
            )
        elif _is_number_in_disguise(model, sheet, place, cell):
            yield _look(
                sheet,
                place,
                "a number in the look of a calculation",
                "Write the formula, or give it the look of an input.",
            )


def _is_number_in_disguise(model: Model, sheet: Sheet, place: Place, cell: Cell) -> bool:
    if cell.shape is not None or cell.number is None or model.is_spilled(sheet, place):
        return False
    # The key of colours shows a sample of each look.
    if model.kinds[sheet.name] is Kind.ABOUT or model.looks_like_input(sheet, cell):
        return False
    if cell.look.style.lower().startswith(_CALCULATED_STYLES):
        return True
    is_used = (sheet.name, *place) in model.used_constants
    return model.told_by == BY_INK and is_used


def _look(sheet: Sheet, place: Place, found: str, remedy: str, shape: Shape | None = None) -> Hit:
    return Hit(rule=13, sheet=sheet.name, place=place, found=found, remedy=remedy, shape=shape)


def locks(model: Model) -> Iterator[Hit | NotJudged]:
    """Rule 13: inputs are unlocked, and nothing else is."""
    if model.told_by not in (BY_STYLE, BY_INK):
        return
    if not any(sheet.protected for sheet in model.book.sheets):
        yield NotJudged(13, "locks: no sheet is protected, so they have no effect")
        return
    for sheet, place, cell in model.all_cells():
        if not sheet.protected:
            continue
        is_input = model.looks_like_input(sheet, cell)
        if is_input and cell.look.locked and cell.shape is None and cell.number is not None:
            yield _look(
                sheet,
                place,
                "an input that is locked",
                "Unlock it in its format, or give it the look of a fixed number.",
            )
        elif not is_input and not cell.look.locked:
            remedy = "Lock it, or give it the look of an input."
            yield _look(sheet, place, "an unlocked cell that is no input", remedy)


def used(model: Model) -> Iterator[Hit | NotJudged]:
    """Rule 14: every input is read by some formula."""
    if not any(model.inputs.values()):
        yield NotJudged(14, "no inputs were found")
        return
    cells = Cells((name, place) for name, found in model.inputs.items() for place in found)
    read = model.read_within(cells)
    if read is None:
        yield NotJudged(14, "use: the ranges of formulas overlap too much to follow them all")
        return
    for name, found in model.inputs.items():
        for place in found:
            if (name, *place) not in read:
                yield Hit(
                    rule=14,
                    sheet=name,
                    place=place,
                    found="an input that no formula reads",
                    remedy="Remove it, or use it.",
                    severity=Severity.WARNING,
                )


def behind(model: Model) -> Iterator[Hit]:
    """Rule 14: each input has a unit, a source, a grade of evidence and a date."""
    for sheet in model.of_kind(Kind.INPUTS):
        rows: dict[int, int] = {}
        for row, column in model.inputs.get(sheet.name, {}):
            rows[row] = min(column, rows.get(row, column))
        if rows:
            for what, pattern in _BEHIND:
                yield from _what_is_behind(sheet, rows, what, pattern)


def _what_is_behind(
    sheet: Sheet, rows: dict[int, int], what: str, pattern: re.Pattern[str]
) -> Iterator[Hit]:
    columns = {
        column
        for (row, column), cell in sheet.cells.items()
        if row < max(rows) and cell.text and pattern.fullmatch(cell.text)
    }
    if not columns:
        yield _unsaid(sheet, None, f"no column for the {what} of inputs", what)
        return
    for row, column in rows.items():
        if not any((row, each) in sheet.cells for each in columns):
            yield _unsaid(sheet, (row, column), f"an input without {what}", what)


def _unsaid(sheet: Sheet, place: Place | None, found: str, what: str) -> Hit:
    return Hit(
        rule=14,
        sheet=sheet.name,
        place=place,
        found=found,
        remedy=f"Write the {what} of each input into a column headed {what.capitalize()}.",
        severity=Severity.WARNING,
    )


def rounding(model: Model) -> Iterator[Hit]:
    """Rule 14: nothing is rounded unseen within a calculation.

    The periods of a time axis are whole, a rounding to decimals that stand in a cell is an
    input, and what is nothing but a rounding, in a row that says so, hides nothing.
    """
    for formula in model.formulas:
        functions = set(formula.shape.facts.roundings)
        is_other = model.kinds[formula.sheet.name] in (Kind.CHECKS, Kind.ABOUT)
        if not functions or is_other or isinstance(formula.cell.value, str):
            continue
        if _only_rounds(formula.shape.text) and _says_so(formula):
            continue
        axis = model.timelines.get(formula.sheet.name)
        if axis is None or formula.place[0] not in axis.rows:
            yield Hit(
                rule=14,
                sheet=formula.sheet.name,
                place=formula.place,
                found=f"{' and '.join(sorted(functions))} within a calculation",
                remedy="Round by the number format; keep all digits in the cell.",
                shape=formula.shape,
                severity=Severity.WARNING,
            )


def _only_rounds(text: str) -> bool:
    """Whether a formula is one rounding function, with a minus or an IFERROR at most."""
    text = text.removeprefix("=")
    guarded = _OR_NOTHING.fullmatch(text)
    text = guarded[1] if guarded else text
    if not _ROUNDS.match(text):
        return False
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == ")" and depth == 0:
            return place == len(text) - 1
    return False


def _says_so(formula: Formula) -> bool:
    """Whether the label of its row says that the number is rounded or whole."""
    row, column = formula.place
    labels = (formula.sheet.cells.get((row, each)) for each in range(1, column))
    return any(each is not None and _SAYS_ROUNDED.search(each.text) for each in labels)


CHECKS = (looks, locks, used, behind, rounding)
