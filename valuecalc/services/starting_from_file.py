"""A case from what somebody has already: a workbook of ours, a case, a value model, or a table.

Nothing is kept here; what comes out is shown before it becomes a case of a team.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from valuecalc.case.case import Case
from valuecalc.documents.gate import LIMITS
from valuecalc.errors import DocumentError, FileRefused, Problem, Severity
from valuecalc.schemas import assumption_table, value_models
from valuecalc.schemas.assumption_table import Cells, TableRead
from valuecalc.schemas.case import load_case
from valuecalc.schemas.document import Document, read_document
from valuecalc.services import cases

if TYPE_CHECKING:
    from valuecalc.documents.sheets import Book
    from valuecalc.services.returning import Change

_ZIP, _OLD = b"PK", b"\xd0\xcf\x11\xe0"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_DELIMITERS = ("\t", ";", ",")
LINES_LOOKED_AT = 50
LARGEST_FILE = LIMITS.size
"""Bytes of a file that is taken."""

LONGEST_TITLE = 300

_KEYED = re.compile(r"[{}\[]|:\s|:$")
OUR_NAMES = frozenset({"scenario.selected", "discounting.rate"})
"""Names that are defined in every workbook of ours."""

NO_HEADER = FileRefused(
    "No row of the table names its columns.",
    "Begin with a row of headings that has at least “Assumption” and “Value”.",
)


@dataclass(frozen=True)
class FromFile:
    """A case that was read, and what was noticed.

    `table` is what was read where the case comes from a table of assumptions, `sheet` the name
    of the sheet that held it. `notes` are about what was left out or read otherwise. `changes`
    are the numbers that differ from the export where it was a workbook of ours, else None.
    """

    case: Case
    notes: tuple[Problem, ...] = ()
    table: TableRead | None = None
    sheet: str = ""
    changes: tuple[Change, ...] | None = None


def read_file(content: bytes, name: str) -> FromFile:
    """The case in a file. Raises `FileRefused`, `DocumentError` or `CaseError`."""
    if content.startswith((_ZIP, _OLD)):
        return _read_workbook(content, name)
    is_csv = name.casefold().endswith((".csv", ".tsv"))
    return read_text(_decoded(content, is_csv), _title_of(name), is_csv=is_csv)


def _decoded(content: bytes, is_csv: bool) -> str:
    """The text of a file: UTF-8, or what Excel writes when it is asked for a text."""
    encoding = "utf-16" if content.startswith(_UTF_16) else "utf-8-sig"
    with suppress(UnicodeDecodeError):
        return content.decode(encoding)
    if is_csv and not _CONTROLS.search(content):
        # Excel's plain .csv on Windows; some bytes of it have no meaning.
        return content.decode("cp1252", errors="replace")
    raise DocumentError(
        "The file is neither a workbook nor a text in UTF-8.",
        "Save it as .xlsx, or as text in UTF-8.",
    )


def _title_of(name: str) -> str:
    stem = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    return " ".join(stem.replace("_", " ").replace("-", " ").split())[:LONGEST_TITLE]


def read_text(text: str, title: str = "", *, is_csv: bool = False) -> FromFile:
    """The case in a text: a table with tabs, a value model, or a case as YAML or JSON.

    Raises `DocumentError` or `CaseError`, and `FileRefused` for a table without headings.
    """
    if is_csv or _is_table(text):
        found = assumption_table.read_table(_rows_of(text), typed=True)
        if found is None:
            raise NO_HEADER
        return _of_table(found, title)
    return _of_document(text)


# --------------------------------------------------------------------------- tables


def _is_table(text: str) -> bool:
    """Whether it has columns, as what is copied from a sheet: at once, or below a title."""
    lines = [line for line in text.splitlines() if line.strip()][:LINES_LOOKED_AT]
    if lines and "\t" in lines[0].strip():
        return True
    return any(_is_header(line) for line in lines)


def _is_header(line: str) -> bool:
    """Whether a line names columns, with anything between them that a .csv may have."""
    # A line of a case as YAML has labels and values too: {id: users, label: Users, value: 3}.
    delimiters = ("\t",) if _KEYED.search(line) else _DELIMITERS
    return any(_names_columns(next(csv.reader([line], delimiter=each), ())) for each in delimiters)


def _rows_of(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise DocumentError(
            f"The table cannot be read: {error}.", "Paste it from a sheet."
        ) from None


def _delimiter(text: str) -> str:
    """What stands between the columns of the row of headings; tabs where none is found."""
    for delimiter in _DELIMITERS:
        rows = csv.reader(text.splitlines()[:LINES_LOOKED_AT], delimiter=delimiter)
        if any(_names_columns(row) for row in rows):
            return delimiter
    return "\t"


def _names_columns(row: Cells) -> bool:
    return {assumption_table.LABEL, assumption_table.VALUE} <= set(assumption_table.columns_of(row))


def _of_table(found: TableRead, title: str, sheet: str = "") -> FromFile:
    document = {
        "format": "valuecalc/1",
        "title": title or "Case from a table",
        "currency": found.currency or "GBP",
        "assumptions": list(found.assumptions),
    }
    case = load_case(document)
    return FromFile(case, (*found.problems, *_odd_fields(case)), found, sheet)


def _odd_fields(case: Case) -> Iterator[Problem]:
    """What is odd about single numbers; that nothing uses them yet goes without saying."""
    return (each for each in cases.check(case) if re.match(r"assumptions\.\w+\.\w", each.place))


# --------------------------------------------------------------------------- workbooks


def _read_workbook(content: bytes, name: str) -> FromFile:
    # Loaded only when a workbook is sent: most people start otherwise.
    from valuecalc.documents import sheets

    book = sheets.read_book(content)
    return _of_table_in(book, name) if book.carried is None else _come_back(book, name)


def _come_back(book: Book, name: str) -> FromFile:
    """The case that a workbook of ours carries, with the numbers as they were changed in it."""
    from valuecalc.services import returning

    back = returning.read_back(book, returning.short_name(name), date.today())
    notes = (*back.doubts, *back.refused, *cases.check(back.case))
    return FromFile(back.case, notes, changes=back.changes)


def _of_table_in(book: Book, name: str) -> FromFile:
    """What the first sheet with a table says, one with numbers before one without."""
    found: FromFile | None = None
    for sheet in book.sheets:
        table = assumption_table.read_table(sheet.rows)
        if table is not None and (found is None or not found.case.assumptions):
            read = _of_table(table, _title_of(name), sheet.name)
            found = read if found is None or table.assumptions else found
    if found is None:
        raise NO_HEADER
    return replace(found, notes=(_lost_case(), *found.notes)) if _is_ours(book) else found


def _is_ours(book: Book) -> bool:
    return book.names >= OUR_NAMES


def _lost_case() -> Problem:
    return Problem(
        code="workbook",
        place="the workbook",
        cause="It was written here, and the case that it carried is gone, as after saving it in "
        "a program that keeps sheets only.",
        remedy="Only its table of assumptions was read; for the whole case, change the workbook "
        "as it was downloaded.",
        severity=Severity.WARNING,
    )


# --------------------------------------------------------------------------- documents


def _of_document(text: str) -> FromFile:
    document = _document_in(text)
    if isinstance(document.data, dict) and "format" not in document.data and _is_json(text):
        return _of_value_model(document.data)
    case = load_case(document.data, document.lines)
    return FromFile(case, cases.check(case))


def _document_in(text: str) -> Document:
    try:
        return read_document(text)
    except DocumentError:
        if not text.strip() or "format" in text or _is_json(text):
            raise
    raise DocumentError(
        "This is neither a table with headings nor a case.",
        "Put tabs, semicolons or commas between the columns of a table, and name them in its "
        "first row, “Assumption” and “Value” at least.",
    )


def _is_json(text: str) -> bool:
    return text.lstrip().startswith("{")


def _of_value_model(data: dict[str, Any]) -> FromFile:
    imported = value_models.read_value_model(data)
    return FromFile(imported.case, imported.notes)


# --------------------------------------------------------------------------- to be kept


def renamed(case: Case, title: str, customer: str) -> Case:
    """The case under another title, for another customer."""
    return replace(case, title=title or case.title, customer=customer)
