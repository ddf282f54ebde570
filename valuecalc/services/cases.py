"""Read, calculate, check, explain, solve and export a case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valuecalc.case import checks
from valuecalc.case.case import Case
from valuecalc.engine import compare as comparison
from valuecalc.engine import trace
from valuecalc.engine.calculate import calculate as work_out
from valuecalc.engine.result import Result, Trace
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.engine.sensitivity import solve as solving
from valuecalc.engine.sensitivity.solve import Solution
from valuecalc.errors import CaseError, Problem, UnitError, UnknownName
from valuecalc.formula import quantity, units
from valuecalc.schemas.case import load_case, load_sound_case
from valuecalc.schemas.document import Path, read_document
from valuecalc.schemas.problems import located
from valuecalc.services import carried_case, office_program, plan_writing, proposing
from valuecalc.services.proposing import USUAL, Wish

if TYPE_CHECKING:
    from valuecalc.documents.workbook import Progress, Provenance

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
MEDIA_TYPES = {"xlsx": XLSX, "docx": DOCX, "pdf": PDF, "pptx": PPTX, **plan_writing.MEDIA_TYPES}
ENDINGS = {"xlsx": ".xlsx", "docx": ".docx", "pdf": ".pdf", "pptx": ".pptx", **plan_writing.ENDINGS}


@dataclass(frozen=True)
class Export:
    """A finished file: its bytes, its name and its media type."""

    content: bytes
    name: str
    media_type: str


def read(text: str | bytes) -> Case:
    """The case in a YAML or JSON text. Raises `CaseError` with every mistake, `DocumentError`."""
    document = read_document(text)
    return load_sound_case(document.data, document.lines)


def read_draft(text: str | bytes) -> Case:
    """The case in a text, formulas that cannot be understood and all.

    Raises `CaseError` for a field that cannot be read, `DocumentError`.
    """
    document = read_document(text)
    return load_case(document.data, document.lines)


def calculate(case: Case, scenario: str = EXPECTED) -> Result:
    """Work out a case. Raises `CaseError` with every mistake, `UnknownName` for the scenario."""
    refuse_mistakes(case)
    return work_out(case, scenario)


def refuse_mistakes(case: Case) -> None:
    """Nothing, for a case that can be worked out. Raises `CaseError` with every mistake."""
    mistakes = checks.errors(case)
    if mistakes:
        raise CaseError(mistakes)


def check(case: Case) -> tuple[Problem, ...]:
    """Every mistake and every oddity of a case, those of its result included."""
    mistakes = checks.errors(case)
    if mistakes:
        return checks.check(case)
    return work_out(case).warnings


def check_text(text: str | bytes) -> tuple[Problem, ...]:
    """Every mistake and every oddity in a YAML or JSON text, with their lines.

    Raises `DocumentError` for a text that cannot be read.
    """
    document = read_document(text)
    return check_document(document.data, document.lines)


def check_document(data: object, lines: Mapping[Path, int] | None = None) -> tuple[Problem, ...]:
    """Every mistake and every oddity in a document that has been read already."""
    try:
        return located(check(load_sound_case(data, lines)), data, lines)
    except CaseError as error:
        return error.problems


def explain(case: Case, figure: str, scenario: str = EXPECTED) -> Trace:
    """How a figure came about. Raises `UnknownName` with the nearest names."""
    return trace.explain(calculate(case, scenario), figure)


def solve(
    case: Case, assumption: str, figure: str, amount: float, scenario: str = EXPECTED
) -> Solution:
    """The value of an assumption that gives a wanted figure."""
    calculate(case, scenario)
    return solving.solve(case, assumption, figure, amount, scenario)


def amount_for(case: Case, figure: str, text: str, scenario: str = EXPECTED) -> float:
    """An amount of a figure as people write it: `£5m`, or `20%` for an ROI.

    Raises `QuantityError`, and `UnknownName` for the figure.
    """
    unit = calculate(case, scenario).figure(figure).unit
    found = quantity.read(text, unit)
    if found.unit is None or found.unit == "%" or unit == "x":
        return found.value
    written, wanted = units.read(found.unit), units.read(unit)
    if not written.fits(wanted):
        raise UnitError(f"{figure} is in {unit}, not in {written}.", f"Write it in {unit}.")
    return found.value * written.factor_to(wanted)


def compare(case: Case) -> tuple[Result, ...]:
    """All scenarios of a case side by side. Raises `CaseError` with every mistake."""
    refuse_mistakes(case)
    return comparison.compare(case)


def export(
    case: Case,
    format: str,
    scenario: str = EXPECTED,
    provenance: Provenance | None = None,
    progress: Progress | None = None,
    wish: Wish = USUAL,
) -> Export:
    """A case as a workbook (`xlsx`), a document (`docx`, `pdf`), slides (`pptx`) or its plan.

    The plan comes as `project-xml` or `ics`.
    `provenance` says who exported which version of it, where that is known; `progress` is told
    how many cells of a workbook are written, of how many; `wish` says what a document has.
    Raises `CaseError` with every mistake of a case that cannot be worked out, and for a PDF what
    `office_program.pdf` raises.
    """
    if format not in MEDIA_TYPES:
        raise UnknownName("format", format, MEDIA_TYPES)
    if format == "pdf":
        office_program.refuse_missing()
    content = _written(calculate(case, scenario), case, format, provenance, progress, wish)
    return Export(content, f"{file_stem(case)}{ENDINGS[format]}", MEDIA_TYPES[format])


def export_unfinished(case: Case, provenance: Provenance | None = None) -> Export:
    """A case with mistakes as a workbook that lists them, and holds what can be read of it."""
    from valuecalc.documents import workbook

    content = workbook.write_unfinished(
        case,
        check(case),
        carried_case.document_of(case),
        provenance=provenance or workbook.Provenance(),
    )
    return Export(content, f"{file_stem(case)}-unfinished.xlsx", XLSX)


def _written(
    result: Result,
    case: Case,
    format: str,
    provenance: Provenance | None = None,
    progress: Progress | None = None,
    wish: Wish = USUAL,
) -> bytes:
    if format in plan_writing.MEDIA_TYPES:
        return plan_writing.write(result, case, format, provenance)
    # Loaded only when something is exported: the libraries are slow to start.
    from valuecalc.documents import workbook

    if format == "xlsx":
        document = carried_case.document_of(case)
        known = provenance or workbook.Provenance()
        return workbook.write(
            result, case, document, provenance=known, progress=progress or workbook.unheard
        )
    if format == "pptx":
        return _slides(result, case, provenance, wish.language)
    written = proposing.document(result, comparison.compare(case), provenance, wish)
    return office_program.pdf(written) if format == "pdf" else written


def _slides(result: Result, case: Case, provenance: Provenance | None, language: str) -> bytes:
    from valuecalc.documents import languages, slides

    approvals = provenance.approvals if provenance else ()
    compared = comparison.compare(case)
    return slides.write(result, compared, approvals, languages.find(language))


def file_stem(case: Case) -> str:
    """The title of a case as a file name without its ending."""
    return re.sub(r"[^a-z0-9]+", "-", case.title.lower()).strip("-")[:60] or "case"
