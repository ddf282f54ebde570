"""Workbooks from small to very large: written here, by bare openpyxl, and read back.

Everything is measured in a process of its own: memory that was once in use stays with a process.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.measure import in_new_process
from tests.bench.report import Table, duration
from tests.very_large_case import very_large_document
from valuecalc.documents import gate, sheet_process
from valuecalc.documents.workbook import book
from valuecalc.documents.workbook.cells import Sheet
from valuecalc.documents.workbook.draft import draft
from valuecalc.documents.workbook.references import Directory
from valuecalc.engine.calculate import calculate
from valuecalc.errors import FileRefused
from valuecalc.schemas.case import load_case
from valuecalc.services import cases

TITLE = "Workbooks: what large cases cost"


@dataclass(frozen=True)
class Size:
    """A case by its assumptions, its benefits, its investments and its years of months."""

    assumptions: int
    benefits: int
    investments: int
    years: int

    @property
    def text(self) -> str:
        """What it is, for people."""
        return f"{self.benefits + self.investments} × {self.years * 12}"

    @property
    def code(self) -> str:
        """The case, as code."""
        sizes = ", ".join(f"{name}={count}" for name, count in asdict(self).items())
        return f"load_case(very_large_document({sizes}))"


SIZES = (Size(30, 7, 2, 1), Size(90, 34, 10, 10), Size(150, 400, 100, 10))
"""About 5,000, 50,000 and 500,000 cells with formulas."""

_OURS = """
from tests.very_large_case import very_large_document
from valuecalc.documents import workbook
from valuecalc.schemas.case import load_case
from valuecalc.services import cases
"""
_BARE = """
import json
from io import BytesIO
from openpyxl import Workbook
book = Workbook()
for line in open({path!r}, encoding="utf-8"):
    title, cells = json.loads(line)
    if title not in book:
        sheet = book.create_sheet(title)
    for row, column, content in cells:
        {keep}
book.save(BytesIO())
"""
_KEEP = "sheet.cell(row, column, content)"
_CHECK = """
from contextlib import suppress
from valuecalc.documents import gate
from valuecalc.errors import FileRefused
"""
_READ = """
import sys
sys.modules["numpy"] = None
from valuecalc.documents import sheet_process
"""
_CONTENT = "content = open({path!r}, 'rb').read()\n"
_NOTE = (
    "Cases of so many lines and monthly periods; 30, 90 and 150 assumptions. Export is from the "
    "case to the bytes of the file; beside it stands openpyxl alone, writing the same cells, the "
    "formulas without values and nothing with a look. An upload goes through the gate and is then "
    "read by a process with limits ({limits}). Memory is the peak of a whole process, "
    "{libraries:.0f} MB of which are the libraries."
)


@dataclass(frozen=True)
class Cost:
    """Seconds, and the peak of memory in MB."""

    seconds: float
    peak: float


def tables(sizes: tuple[Size, ...] = SIZES) -> list[Table]:
    """What workbooks of these sizes cost."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [_row(size, Path(folder)) for size in sizes]
    head = (
        *("lines × periods", "formula cells", "openpyxl", "export", "memory of openpyxl"),
        *("memory of export", "file", "gate", "reading"),
    )
    return [Table(TITLE, head, rows, _note())]


def _note() -> str:
    limits = (
        f"{sheet_process.SECONDS} seconds of a processor and {sheet_process.MEMORY // 10**6} MB, "
        f"for files of at most {gate.LIMITS.cells_with_case:,} cells"
    )
    return _NOTE.format(limits=limits, libraries=_of(_OURS).peak)


def _row(size: Size, folder: Path) -> tuple[str, ...]:
    count = write_files(size, folder)
    export = _beyond(_OURS, f"cases.export({size.code}, 'xlsx')\n")
    bare = _bare(str(folder / "cells.jsonl"))
    file = folder / "made.xlsx"
    return (
        size.text,
        f"{count:,}",
        duration(bare.seconds),
        f"{export.seconds / bare.seconds:.2f} × ({duration(export.seconds)})",
        f"{bare.peak:.0f} MB",
        f"{export.peak / bare.peak:.2f} × ({export.peak:.0f} MB)",
        f"{file.stat().st_size / 1e6:.1f} MB",
        *_upload(file),
    )


def _upload(file: Path) -> tuple[str, str]:
    """The time at the gate and the time of the reading, where it comes to that."""
    content = _CONTENT.format(path=str(file))
    try:
        gate.check(file.read_bytes(), takes_case=True)
    except FileRefused:
        at_gate = _beyond(
            _CHECK + content, "with suppress(FileRefused): gate.check(content, takes_case=True)\n"
        )
        return f"{duration(at_gate.seconds)} (refused)", "–"
    at_gate = _beyond(_CHECK + content, "gate.check(content, takes_case=True)\n")
    reading = _beyond(_READ + content, "sheet_process._read(content)\n")
    return duration(at_gate.seconds), duration(reading.seconds)


def write_files(size: Size, folder: Path) -> int:
    """The workbook, and its cells for openpyxl; how many of them have formulas."""
    case = load_case(very_large_document(**asdict(size)))
    (folder / "made.xlsx").write_bytes(cases.export(case, "xlsx").content)
    sheets = book.sheets(draft(calculate(case), case))
    directory = Directory(sheets)
    with (folder / "cells.jsonl").open("w", encoding="utf-8") as file:
        for sheet in sheets:
            for line in _lines(sheet, directory):
                file.write(json.dumps(line, default=str) + "\n")
    return sum(bool(cell.formula) for sheet in sheets for cell in sheet.cells.values())


def _lines(sheet: Sheet, directory: Directory) -> list[tuple[str, list[tuple[int, int, object]]]]:
    """The cells of a sheet, row by row."""
    rows: dict[int, list[tuple[int, int, object]]] = {}
    for (row, column), cell in sheet.cells.items():
        content: object = cell.value
        if cell.formula:
            content = f"={directory.formula(cell, sheet, column)}"
        elif isinstance(content, str) and content.startswith("="):
            # Bare openpyxl would take it for a formula.
            content = f" {content}"
        rows.setdefault(row, []).append((row, column, content))
    return [(sheet.title, cells) for cells in rows.values()]


def _bare(path: str) -> Cost:
    """What openpyxl needs, without the reading of the cells that it is given."""
    written = _of(_BARE.format(path=path, keep=_KEEP))
    only_read = _of(_BARE.format(path=path, keep="pass"))
    return Cost(written.seconds - only_read.seconds, written.peak)


def _beyond(before: str, code: str) -> Cost:
    """What `code` needs beyond what has to be there `before`; the memory is that of both."""
    both, alone = _of(before + code), _of(before)
    return Cost(both.seconds - alone.seconds, both.peak)


def _of(code: str) -> Cost:
    return Cost(*in_new_process(code))
