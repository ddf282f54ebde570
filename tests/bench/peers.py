"""Spreadsheet engines that calculate the same model: our own workbook of the reference case."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from tests.bench.measure import Turn
from valuecalc.case.case import Case
from valuecalc.documents import workbook
from valuecalc.documents.workbook.names import defined_name
from valuecalc.engine.calculate import calculate
from valuecalc.system_packages import LIBREOFFICE

HERE = Path(__file__).resolve().parent
SYSTEM_PYTHON = "/usr/bin/python3"
END_SECONDS = 30


class Unavailable(Exception):
    """Why a peer is not measured."""


@dataclass(frozen=True)
class Book:
    """The exported workbook of a case: where its inputs and its results stand (`Sheet!A1`)."""

    path: Path
    inputs: Mapping[str, str]
    totals: tuple[str, ...]
    npv: str
    formulas: int

    @property
    def outputs(self) -> list[str]:
        """The totals of the lines, then the net present value."""
        return [*self.totals, self.npv]


def book_of(case: Case, folder: Path) -> Book:
    """Export a case and find its named cells."""
    result = calculate(case)
    path = folder / f"reference-{case.timeline.months}.xlsx"
    path.write_bytes(workbook.write(result))
    opened = openpyxl.load_workbook(path)
    cells = {
        name: each.attr_text.replace("$", "").replace("'", "")
        for name, each in opened.defined_names.items()
        if each.attr_text is not None
    }
    return Book(
        path=path,
        inputs={each.id: cells[input_name(each.id)] for each in case.assumptions},
        totals=tuple(cells[defined_name(f"{line.prefix}.total")] for line in result.lines),
        npv=cells["npv"],
        formulas=sum(
            cell.data_type == "f" for sheet in opened for row in sheet.iter_rows() for cell in row
        ),
    )


def input_name(assumption: str) -> str:
    """The defined name of the cell into which an assumption's expected value is typed."""
    return defined_name(f"assumptions.{assumption}.expected")


class Peer:
    """A spreadsheet engine in a process of its own, with the workbook loaded and kept."""

    def __init__(self, name: str, command: list[str], book: Book, limit: float) -> None:
        """Start it. Raises `Unavailable` when it is not ready within `limit` seconds."""
        self.name = name
        self.book = book
        self.process = subprocess.Popen(
            [*command, str(book.path)],
            cwd=HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.loading = float(self.answer(limit)["seconds"])

    def answer(self, limit: float) -> dict[str, Any]:
        """The next answer; the process is ended when there is none within `limit` seconds."""
        assert self.process.stdout is not None
        watchdog = threading.Timer(limit, self.end)
        watchdog.start()
        line = self.process.stdout.readline()
        is_late = not watchdog.is_alive()
        watchdog.cancel()
        if line:
            return dict(json.loads(line))
        _, errors = self.process.communicate()
        cause = errors.strip().rpartition("\n")[2] or "it ended without a word"
        if is_late:
            cause = f"not ready within {limit:.0f} seconds"
        raise Unavailable(f"{self.name}: {cause}")

    def ask(self, values: Mapping[str, float]) -> tuple[float, list[float], float]:
        """The seconds of a what-if, each line's total, and the net present value."""
        cells = {self.book.inputs[name]: value for name, value in values.items()}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"set": cells, "get": self.book.outputs}) + "\n")
        self.process.stdin.flush()
        answer = self.answer(limit=120)
        *totals, npv = answer["values"]
        return answer["seconds"], totals, npv

    def turns(self, changes: list[Mapping[str, float]]) -> Turn:
        """A turn that asks one what-if after the other."""
        return lambda: sum(self.ask(change)[0] for change in changes)

    def close(self) -> None:
        """Let it come to its end, which it does when nobody asks any more."""
        try:
            self.process.communicate(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self.end()

    def end(self) -> None:
        """End the process and what it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


@contextmanager
def libreoffice(book: Book, limit: float) -> Iterator[Peer]:
    """LibreOffice kept open. Raises `Unavailable`."""
    soffice = LIBREOFFICE.path()
    if soffice is None:
        raise Unavailable("LibreOffice: there is no soffice; install libreoffice-calc.")
    if shutil.which(SYSTEM_PYTHON) is None or not _has_uno():
        raise Unavailable("LibreOffice: its Python interface is missing; install python3-uno.")
    command = [SYSTEM_PYTHON, "worker_libreoffice.py", soffice]
    with _closing(Peer("LibreOffice", command, book, limit)) as peer:
        yield peer


@contextmanager
def formulas(book: Book, limit: float) -> Iterator[Peer]:
    """The Python library `formulas`. Raises `Unavailable`."""
    with _closing(Peer("formulas", [sys.executable, "worker_formulas.py"], book, limit)) as peer:
        yield peer


@contextmanager
def _closing(peer: Peer) -> Iterator[Peer]:
    try:
        yield peer
    finally:
        peer.close()


def _has_uno() -> bool:
    run = subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False)
    return run.returncode == 0
