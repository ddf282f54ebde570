"""A desk with one LibreOffice that stays open: workbooks are opened, changed, read and saved.

Word documents are printed as PDF, or saved as LibreOffice saves them.

Starting LibreOffice takes seconds, opening a workbook half a second, and reading it after a
cell was changed a tenth. Everything that it shows is worked out by it: a file's own results
are recalculated when it is opened.

LibreOffice is driven through UNO by a Python that has it, in a process of its own
(`office_desk_worker`). One desk serves all tests of a process; a desk on which something went
wrong is thrown away with every process of it, and the next test gets another.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import ZipFile

import pytest
from openpyxl.utils import get_column_letter

from tests.documents import libreoffice
from tests.documents.libreoffice import Sheets
from valuecalc.system_packages import LIBREOFFICE, find_program

WORKER = Path(__file__).with_name("office_desk_worker.py")
PYTHONS = (
    "/usr/bin/python3",
    "/Applications/LibreOffice.app/Contents/Resources/python",
    "/opt/libreoffice*/program/python",
)
MISSING = "LibreOffice's Python interface is not here (Debian: python3-uno)"
START_SECONDS = 180.0
ANSWER_SECONDS = 300.0
"""Generous: it is there to find a program that hangs, not one on a busy machine."""

END_SECONDS = 60.0

WORD_FILTERS = {"pdf": "writer_pdf_Export", "docx": "MS Word 2007 XML"}
"""How LibreOffice saves a Word document, by the ending of what it becomes."""

Typed: TypeAlias = float | str | dict[str, str] | None
"""What is typed into a cell: a number, a text, `{"formula": "=1+1"}`, or nothing."""

_PRINT_TITLES = re.compile(rb'<definedName name="_xlnm\.Print_Titles"[^>]*>[^<]*</definedName>')
_CHARTS = re.compile(rb"<drawing [^>]*/>")


class OfficeFailed(Exception):
    """LibreOffice crashed, hung, or refused what was asked; the desk is gone unless it refused."""


class Desk:
    """One LibreOffice, its worker, and the folder of its profile and files."""

    def __init__(self, python: str, soffice: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="valuecalc-desk-"))
        libreoffice.make_profile(self.folder / "profile")
        self.is_open = True
        self._files = 0
        self.process = subprocess.Popen(
            [python, str(WORKER), soffice, str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            # A group of its own, which can be ended as a whole.
            start_new_session=True,
        )
        try:
            self._answer("start", START_SECONDS)
        except OfficeFailed:
            self.end()
            raise

    def ask(self, do: str, patience: float = ANSWER_SECONDS, **more: object) -> Any:
        """The answer to a command of the worker, within so many seconds.

        Raises `OfficeFailed`; after a crash or a hang the desk is closed.
        """
        if not self.is_open:
            raise OfficeFailed(f"The desk was closed before it was asked to {do}.")
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps({"do": do, **more}) + "\n")
            self.process.stdin.flush()
        return self._answer(do, patience)

    def _answer(self, do: str, patience: float) -> Any:
        assert self.process.stdout is not None
        hung = threading.Event()
        timer = threading.Timer(patience, lambda: (hung.set(), self._kill()))
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        found = json.loads(line) if line.endswith("\n") else {"lost": "its worker ended"}
        if "answer" in found:
            return found["answer"]
        if "error" in found:
            raise OfficeFailed(f"LibreOffice would not {do}: {found['error']}")
        self.end()
        cause = f"hung for {patience:g} s" if hung.is_set() else f"crashed ({found['lost']})"
        raise OfficeFailed(f"LibreOffice {cause} when it was asked to {do}.")

    def open(self, content: bytes) -> OpenBook:
        """Open a workbook and work it out anew. Close it after use."""
        path = self.new_path()
        path.write_bytes(content)
        number = self.ask("open", path=str(path))
        return OpenBook(self, number, libreoffice.names_of(content))

    def word_saved_as(self, ending: str, content: bytes) -> bytes:
        """A Word document as LibreOffice prints it (`pdf`), or saves it (`docx`)."""
        path, made = self.new_path("docx"), self.new_path(ending)
        path.write_bytes(content)
        self.ask("convert", path=str(path), to=str(made), by=WORD_FILTERS[ending])
        return made.read_bytes()

    def new_path(self, ending: str = "xlsx") -> Path:
        """A place for a file."""
        self._files += 1
        return self.folder / f"{self._files}.{ending}"

    def close(self) -> None:
        """Let LibreOffice end by itself, and take everything away."""
        if self.is_open:
            with suppress(subprocess.TimeoutExpired):
                self.process.communicate(timeout=END_SECONDS)
            self.end()

    def end(self) -> None:
        """End every process of the desk at once."""
        self.is_open = False
        self._kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(BrokenPipeError):
                assert pipe is not None
                pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


class OpenBook:
    """A workbook that is open on a desk."""

    def __init__(self, desk: Desk, number: int, names: Mapping[str, tuple[str, str]]) -> None:
        self.desk = desk
        self.number = number
        self.names = names

    def __enter__(self) -> OpenBook:
        return self

    def __exit__(self, *_: object) -> None:
        if self.desk.is_open:
            self.close()

    def _ask(self, do: str, **more: object) -> Any:
        return self.desk.ask(do, book=self.number, **more)

    def read(self) -> Sheets:
        """What every cell shows now. An error is a text that begins with `#`."""
        found = self._ask("read")
        return Sheets({title: _cells(**each) for title, each in found.items()}, self.names)

    def type(self, cells: Mapping[str, Typed]) -> dict[str, Typed]:
        """Type into cells, by defined name or `Sheet!A1`; what stood there before."""
        before: dict[str, Typed] = self._ask("set", cells=dict(cells))
        return before

    @contextmanager
    def typed(self, cells: Mapping[str, Typed]) -> Iterator[Sheets]:
        """What every cell shows while some hold something else."""
        before = self.type(cells)
        yield self.read()
        self.type(before)

    def unprotect(self) -> None:
        """Take the protection off every sheet, as everybody may: it has no password."""
        self._ask("unprotect")

    def insert_rows(self, sheet: str, at: int, count: int = 1) -> None:
        """Insert rows above row `at`."""
        self._ask("insert", sheet=sheet, what="Rows", at=at, count=count)

    def insert_columns(self, sheet: str, at: int, count: int = 1) -> None:
        """Insert columns before column `at`, from 1."""
        self._ask("insert", sheet=sheet, what="Columns", at=at, count=count)

    def delete_rows(self, sheet: str, at: int, count: int = 1) -> None:
        """Delete rows from row `at` on."""
        self._ask("delete", sheet=sheet, what="Rows", at=at, count=count)

    def delete_name(self, name: str) -> None:
        """Take a defined name away."""
        self._ask("delete_name", name=name)

    def rename(self, name: str, other: str) -> None:
        """Give a defined name another name."""
        self._ask("rename", name=name, other=other)

    def move_sheet(self, sheet: str, to: int) -> None:
        """Put a sheet before the one that is number `to`, from 1."""
        self._ask("move_sheet", sheet=sheet, to=to)

    def saved(self) -> bytes:
        """The workbook as LibreOffice saves it."""
        path = self.desk.new_path()
        self._ask("save", path=str(path))
        return path.read_bytes()

    def close(self) -> None:
        """Close it without saving it."""
        self._ask("close")


def _cells(rows: list[list[Any]], errors: Mapping[str, str]) -> dict[str, object]:
    """The cells of a sheet that show something, by address."""
    found: dict[str, object] = {
        f"{get_column_letter(column)}{row}": value
        for row, values in enumerate(rows, 1)
        for column, value in enumerate(values, 1)
        if value not in ("", None)
    }
    told = {at: text if text.startswith("#") else f"#{text}" for at, text in errors.items()}
    return found | told


def quicker(content: bytes) -> bytes:
    """The workbook without its charts and without the rows that are printed on every page.

    No value depends on them, and LibreOffice opens a workbook in a sixth of the time without.
    """
    made = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(made, "w") as target:
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename == "xl/workbook.xml":
                part = _PRINT_TITLES.sub(b"", part)
            elif entry.filename.startswith("xl/worksheets/sheet"):
                part = _CHARTS.sub(b"", part)
            target.writestr(entry.filename, part)
    return made.getvalue()


# --------------------------------------------------------------------------- one for all


_desks: list[Desk] = []


def shared() -> Desk:
    """The desk of this process; a fresh one where there is none or the last one is gone.

    Skips the test, with the reason, where LibreOffice or its Python interface is missing.
    """
    if not _desks or not _desks[-1].is_open or _programs() is None:
        _desks.append(new())
    return _desks[-1]


def saved(content: bytes) -> bytes:
    """A workbook as LibreOffice saves it, with nothing changed."""
    with shared().open(content) as book:
        return book.saved()


def new() -> Desk:
    """A desk of one's own. Skips the test as `shared` does."""
    programs = _programs()
    if programs is None:
        pytest.skip("LibreOffice is not here" if LIBREOFFICE.path() is None else MISSING)
    made = Desk(*programs)
    # Where a process ends without this, the worker notices that nobody asks any more.
    atexit.register(made.close)
    return made


def _programs() -> tuple[str, str] | None:
    """The Python that drives LibreOffice, and LibreOffice."""
    soffice, python = LIBREOFFICE.path(), python_with_uno()
    return (python, soffice) if soffice and python else None


@functools.cache
def python_with_uno() -> str | None:
    """The first Python here that can drive LibreOffice."""
    found = filter(None, map(find_program, PYTHONS))
    return next((each for each in found if _has_uno(each)), None)


def _has_uno(python: str) -> bool:
    run = subprocess.run([python, "-c", "import uno"], capture_output=True, check=False)
    return run.returncode == 0
