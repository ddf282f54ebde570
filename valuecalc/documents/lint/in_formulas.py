"""Rules about what stands in a formula."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from valuecalc.documents.lint.book import Cell
from valuecalc.documents.lint.hits import Hit
from valuecalc.documents.lint.kinds import Kind
from valuecalc.documents.lint.model import Formula, Model
from valuecalc.documents.lint.references import Area, Reference
from valuecalc.documents.lint.report import NotJudged
from valuecalc.documents.lint.rules import MOST_LETTERS
from valuecalc.errors import Severity

_REMEDIES = {
    "OFFSET": "Use INDEX, which can be traced.",
    "INDIRECT": "Refer to the cell itself, or use INDEX.",
    "NOW": "Make the date an input.",
    "TODAY": "Make the date an input.",
    "RAND": "Keep drawn numbers as inputs, or simulate outside of the workbook.",
    "RANDBETWEEN": "Keep drawn numbers as inputs, or simulate outside of the workbook.",
    "RANDARRAY": "Keep drawn numbers as inputs, or simulate outside of the workbook.",
    "CELL": "Refer to what is meant.",
    "INFO": "Refer to what is meant.",
}
_NPV_REMEDY = "Multiply by a row of discount factors: NPV() discounts the first flow as well."
_DEPENDS_ON_PLACE = frozenset(("ROW", "COLUMN", "RAND", "RANDBETWEEN", "CELL"))
_LETTERS_A_REFERENCE = 8
"""By so many letters a reference may be longer in one cell than in another."""

_WORDS = re.compile(r'"[^"]*"')

Calculation: TypeAlias = tuple[str | Area | bool, ...]


def constants(model: Model) -> Iterator[Hit]:
    """Rule 4: no numbers in formulas, nor in defined names."""
    for formula in model.formulas:
        found = formula.shape.facts.constants
        if found:
            yield Hit(
                rule=4,
                sheet=formula.sheet.name,
                place=formula.place,
                found=_constants(found),
                remedy="Give it a cell with a label and a unit, and refer to that.",
                shape=formula.shape,
            )
    for name, shape in model.book.names.items():
        if shape.facts.constants and not shape.facts.references:
            yield Hit(
                rule=4,
                found=f"the defined name “{name}” is a number that no cell shows",
                remedy="Let the name stand for a cell that holds the number.",
                example=shape.text,
            )


def _constants(found: list[str]) -> str:
    different = list(dict.fromkeys(found))
    return f"the constant{'s' * (len(different) > 1)} {', '.join(different)}"


def readable(model: Model) -> Iterator[Hit | NotJudged]:
    """Rule 5: short formulas on one line, with one IF at a time."""
    unreadable = 0
    for formula in model.formulas:
        unreadable += formula.shape.facts.unreadable
        for found, remedy in _hard_to_read(formula):
            yield Hit(
                rule=5,
                sheet=formula.sheet.name,
                place=formula.place,
                found=found,
                remedy=remedy,
                shape=formula.shape,
            )
    if unreadable:
        yield NotJudged(5, f"{unreadable:,} formulas could not be taken apart")


def _hard_to_read(formula: Formula) -> Iterator[tuple[str, str]]:
    shape = formula.shape
    slack = _LETTERS_A_REFERENCE * len(shape.pieces)
    if len(shape.text) + slack > MOST_LETTERS and _letters(formula) > MOST_LETTERS:
        yield f"longer than {MOST_LETTERS} characters", "Split it into rows with labels."
    if shape.facts.if_depth > 1:
        yield "an IF within an IF", "Make each condition a row of flags, or look the case up."
    if "\n" in shape.text or "\r" in shape.text:
        yield "a line break within a formula", "Split it into rows with labels."


def _letters(formula: Formula) -> int:
    """How long a formula is, without the words that it shows."""
    return len(_WORDS.sub('""', formula.written.removeprefix("=").replace("_xlfn.", "")))


def functions(model: Model) -> Iterator[Hit]:
    """Rule 7: no functions that cannot be traced, change by themselves, or mislead."""
    for formula in model.formulas:
        used = dict.fromkeys(formula.shape.facts.functions)
        for name in used:
            remedy = _REMEDIES.get(name, "")
            if name == "NPV" and model.kinds[formula.sheet.name] is not Kind.CHECKS:
                remedy = _NPV_REMEDY
            if remedy:
                yield Hit(
                    rule=7,
                    sheet=formula.sheet.name,
                    place=formula.place,
                    found=f"the function {name}",
                    remedy=remedy,
                    shape=formula.shape,
                )
    for defined, shape in model.book.names.items():
        for name in shape.facts.functions:
            if name in _REMEDIES:
                found = f"the function {name} in the defined name “{defined}”"
                yield Hit(rule=7, found=found, remedy=_REMEDIES[name], example=shape.text)


def calculated_once(model: Model) -> Iterator[Hit]:
    """Rule 10: no calculation stands in two cells."""
    known: dict[Calculation, Formula] = {}
    for formula in model.formulas:
        if not _is_calculation(model, formula):
            continue
        first = known.setdefault(_resolved(formula), formula)
        if first is not formula:
            yield Hit(
                rule=10,
                sheet=formula.sheet.name,
                place=formula.place,
                found=f"calculates again what “{first.sheet.name}” does in row {first.place[0]}",
                remedy="Refer to that cell instead.",
                shape=formula.shape,
                severity=Severity.WARNING,
            )


def _is_calculation(model: Model, formula: Formula) -> bool:
    """Whether a formula should stand once: it works out a number, and is no check or heading."""
    facts = formula.shape.facts
    axis = model.timelines.get(formula.sheet.name)
    is_heading = axis is not None and formula.place[0] in axis.rows
    is_check = model.kinds[formula.sheet.name] is Kind.CHECKS
    if is_heading or is_check or isinstance(formula.cell.value, str):
        return False
    refers = bool(facts.references or facts.names)
    works = facts.is_arithmetic or bool(facts.functions)
    return refers and works and not set(facts.functions) & _DEPENDS_ON_PLACE


def _resolved(formula: Formula) -> Calculation:
    """A formula with the cells that its references mean, so that equal ones are the same.

    A sum so far ends at the total, and still is another line: cells of a row of copies are
    compared with such cells alone.
    """
    row, column = formula.place
    beside = (formula.sheet.cells.get((row, each)) for each in (column - 1, column + 1))
    is_copied = any(each is not None and each.shape is formula.shape for each in beside)
    pieces = (
        piece.area(formula.sheet.name, *formula.place) if isinstance(piece, Reference) else piece
        for piece in formula.shape.pieces
    )
    return (is_copied, *pieces)


def chains(model: Model) -> Iterator[Hit]:
    """Rule 10: no link to a cell that is a link itself.

    A link on a sheet of inputs is none of them: that a number is taken from another one is said
    where it is given.
    """
    sheets = {sheet.name: sheet for sheet in model.book.sheets}
    for formula in model.formulas:
        if formula.shape.link is None:
            continue
        target = _target(model, formula)
        sheet = sheets.get(target.sheet) if target is not None else None
        if target is None or sheet is None:
            continue
        cell: Cell | None = sheet.cells.get((target.top, target.left))
        is_given = model.kinds[target.sheet] is Kind.INPUTS
        if cell is None or cell.shape is None or is_given:
            continue
        if cell.shape.link is not None:
            yield Hit(
                rule=10,
                sheet=formula.sheet.name,
                place=formula.place,
                found=f"a link to a link on “{sheet.name}”",
                remedy="Refer to the cell in which the number is calculated or typed.",
                shape=formula.shape,
                severity=Severity.WARNING,
            )


def _target(model: Model, formula: Formula) -> Area | None:
    areas = list(model.dependencies.of(formula.sheet, formula.place, formula.shape))
    return areas[0] if len(areas) == 1 and areas[0].is_cell else None


CHECKS = (constants, readable, functions, calculated_once, chains)
