"""Rules about the workbook as a whole: its kinds of sheets, signs, checks and versions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from valuecalc.documents.lint.book import Sheet
from valuecalc.documents.lint.hits import Hit
from valuecalc.documents.lint.kinds import Kind, kind_by_name
from valuecalc.documents.lint.model import Formula, Model, is_fixed_style
from valuecalc.documents.lint.report import NotJudged
from valuecalc.errors import Severity

_SELECTING = frozenset(
    "INDEX MATCH CHOOSE XLOOKUP XMATCH VLOOKUP HLOOKUP LOOKUP IF IFERROR ROW COLUMN ROWS COLUMNS"
    " SUMPRODUCT".split()
)
_POSITION = frozenset(("ROW", "COLUMN"))
_MONEY = (
    r"\b(?:receipts?|income|revenues?|benefits?|inflows?|savings?|payments?|costs?|investments?"
    r"|outflows?|expenses?)\b"
)
_SIGN = re.compile(
    rf"\bsign convention\b|{_MONEY}[^.=]{{0,40}}\b(?:positive|negative|plus|minus)\b"
    rf"|\b(?:positive|negative|plus|minus)\b[^.=]{{0,40}}{_MONEY}"
    rf"|{_MONEY} ?[(]?[+−-](?:[,;.)]|$)",
    re.IGNORECASE,
)
_TOLERANCE = re.compile(r"\b(?:tolerance|threshold|accepted difference)\b", re.IGNORECASE)
_VERSION = re.compile(
    r"^.{0,20}\b(?:version|revision)\b.{0,20}$|\b(?:version|revision|rev\.?|v) ?\d", re.IGNORECASE
)
_CHANGES = re.compile(
    r"\b(?:change ?log|changes|(?:version|revision) history|history|revisions|versions)\b",
    re.IGNORECASE,
)
_LONGEST_HEADING = 40
_WAITING = re.compile(r"\b(?:TBC|TBD|TODO|FIXME|XXX+)\b|(?i:\blorem ipsum\b)")


def kinds_apart(model: Model) -> Iterator[Hit]:
    """Rule 1: inputs among calculations, and calculations among inputs."""
    for sheet in model.of_kind(Kind.CALCULATIONS, Kind.OUTPUTS):
        yield from _numbers_among_calculations(model, sheet)
    titles = {sheet.name for sheet in model.of_kind(Kind.INPUTS)}
    for formula in model.formulas:
        if formula.sheet.name in titles and _calculates(formula):
            yield Hit(
                rule=1,
                sheet=formula.sheet.name,
                place=formula.place,
                found="a calculation on a sheet of inputs",
                remedy="Move it to a sheet of calculations.",
                shape=formula.shape,
            )


def _numbers_among_calculations(model: Model, sheet: Sheet) -> Iterator[Hit]:
    inputs = model.inputs.get(sheet.name, {})
    used = {(row, column) for name, row, column in model.used_constants if name == sheet.name}
    for place in sorted({*inputs, *used}):
        cell = sheet.cells[place]
        if not (is_fixed_style(cell.look.style) or model.is_spilled(sheet, place)):
            yield Hit(
                rule=1,
                sheet=sheet.name,
                place=place,
                found=f"an input on a sheet of {model.kinds[sheet.name]}",
                remedy="Move it to a sheet of inputs, and refer to it there.",
            )


def _calculates(formula: Formula) -> bool:
    """Whether a formula works out a number, rather than choosing or finding one."""
    facts = formula.shape.facts
    functions = set(facts.functions)
    if isinstance(formula.cell.value, str) or functions & _POSITION:
        return False
    return facts.is_arithmetic or bool(functions - _SELECTING)


def about_sheet(model: Model) -> Iterator[Hit]:
    """Rule 1: a sheet says what the workbook is."""
    if not _about_sheets(model):
        yield Hit(
            rule=1,
            found="no sheet says what the workbook is and what stands where",
            remedy="Add a first sheet, named About, with purpose, sheets, colours and version.",
            severity=Severity.WARNING,
        )


def _about_sheets(model: Model) -> list[Sheet]:
    return [sheet for sheet in model.book.sheets if kind_by_name(sheet.name) is Kind.ABOUT]


def sign_convention(model: Model) -> Iterator[Hit]:
    """Rule 9: each sheet over time says which sign money has."""
    for sheet in model.book.sheets:
        is_output = model.kinds[sheet.name] is Kind.OUTPUTS
        if sheet.name in model.timelines and not is_output and not _says(sheet, _SIGN):
            yield Hit(
                rule=9,
                sheet=sheet.name,
                found="nothing says which sign receipts and payments have",
                remedy="Write it below the heading: receipts are positive, payments negative.",
                severity=Severity.WARNING,
            )


def _texts(sheets: Iterable[Sheet]) -> Iterator[str]:
    for sheet in sheets:
        for cell in sheet.cells.values():
            if cell.text and not cell.is_error:
                yield cell.text


def _says(sheet: Sheet, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(text) for text in _texts([sheet]))


def checks_sheet(model: Model) -> Iterator[Hit | NotJudged]:
    """Rule 11: a sheet of checks, its tolerance, and its verdict on the sheets of outputs."""
    checks = model.of_kind(Kind.CHECKS)
    if not checks:
        yield Hit(
            rule=11,
            found="no sheet of checks",
            remedy="Add a sheet named Checks: two ways to the same number, and their difference.",
        )
        return
    if not any(_says(sheet, _TOLERANCE) for sheet in checks):
        yield Hit(
            rule=11,
            sheet=checks[0].name,
            found="no tolerance is named",
            remedy="Compare differences with a tolerance that stands in a cell of its own.",
            severity=Severity.WARNING,
        )
    yield from _verdict_shown(model, {sheet.name for sheet in checks})


def _verdict_shown(model: Model, checks: set[str]) -> Iterator[Hit | NotJudged]:
    outputs = model.of_kind(Kind.OUTPUTS)
    if not outputs:
        yield NotJudged(11, "no sheet is an output by its name, such as Summary or Results")
    showing = {
        formula.sheet.name
        for formula in model.formulas
        for area in model.dependencies.of(formula.sheet, formula.place, formula.shape)
        if area.sheet in checks
    }
    for sheet in outputs:
        if sheet.name not in showing:
            yield Hit(
                rule=11,
                sheet=sheet.name,
                found="does not show whether the checks pass",
                remedy="Show the cell that sums all checks up beside the heading.",
            )


def version(model: Model) -> Iterator[Hit | NotJudged]:
    """Rule 16: a version and a list of changes on the About sheet, and nothing left open."""
    about = _about_sheets(model)
    if not any(_VERSION.search(text) for text in _texts(about)):
        yield _missing("no version", "Write version and date on the About sheet.", about)
    headings = (text for text in _texts(about) if len(text) <= _LONGEST_HEADING)
    named = any(_CHANGES.search(sheet.name) for sheet in model.book.sheets)
    if not named and not any(map(_CHANGES.search, headings)):
        yield _missing("no list of changes", "List what changed, when and by whom.", about)
    for sheet, place, cell in model.all_cells():
        if cell.text and _WAITING.search(cell.text):
            yield Hit(
                rule=16,
                sheet=sheet.name,
                place=place,
                found="a word for what is still open (TBC, TODO …)",
                remedy="Settle it, or mark the number as an estimate with its evidence.",
                severity=Severity.WARNING,
            )
    yield NotJudged(16, "whether made-up numbers are marked as such cannot be seen from a file")


def _missing(found: str, remedy: str, about: list[Sheet]) -> Hit:
    return Hit(
        rule=16,
        sheet=about[0].name if about else "",
        found=found,
        remedy=remedy,
        severity=Severity.WARNING,
    )


CHECKS = (kinds_apart, about_sheet, sign_convention, checks_sheet, version)
