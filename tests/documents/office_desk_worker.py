"""One LibreOffice kept open: `python3 office_desk_worker.py SOFFICE FOLDER`.

It runs under the Python that has UNO (Debian: python3-uno) and is never imported; see
`office_desk` for the other end. Commands come as JSON, one on each line of the standard input
(`{"do": "open", "path": "/tmp/1.xlsx"}`), and each is answered by one line on the standard
output: `{"answer": …}`, `{"error": "…"}`, or `{"lost": "…"}` when LibreOffice is gone.

LibreOffice has its profile in `FOLDER/profile` and listens on a pipe, so that no port is taken.
The end of the input ends both, also in the middle of a command that never ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import uno  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from com.sun.star.lang import DisposedException  # type: ignore[import-not-found]
from com.sun.star.table.CellContentType import (  # type: ignore[import-not-found]
    EMPTY,
    FORMULA,
    TEXT,
)

START_SECONDS = 120
END_SECONDS = 20
MACROS_NEVER = 0
WITH_AN_ERROR = 4
"""Of `com.sun.star.sheet.FormulaResult`."""

XLSX = "Calc MS Excel 2007 XML"
PLACE = re.compile(r"(?P<sheet>.+)!(?P<cell>[A-Z]{1,3}[0-9]+)")


def main(soffice: str, folder: Path) -> None:
    """Do what is asked until nobody asks any more, and leave nothing behind."""
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=listen, args=(lines,), daemon=True).start()
    try:
        work(soffice, folder, lines)
    except Exception as error:
        answer({"lost": f"{type(error).__name__}: {error}"})
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)


def work(soffice: str, folder: Path, lines: queue.Queue[str]) -> None:
    """Start LibreOffice, serve, and end it."""
    pipe = f"valuecalc-desk-{os.getpid()}"
    office = start(soffice, pipe, folder / "profile")
    desktop = connected(pipe, office)
    answer({"answer": "ready"})
    serve(Desk(desktop), lines)
    with contextlib.suppress(DisposedException):
        desktop.terminate()
    office.wait(END_SECONDS)


def listen(lines: queue.Queue[str]) -> None:
    """Hand every line on; when there are no more, the end must come whatever is being done."""
    for line in sys.stdin:
        lines.put(line)
    lines.put("")
    time.sleep(2 * END_SECONDS)
    os.killpg(0, signal.SIGKILL)


def start(soffice: str, pipe: str, profile: Path) -> subprocess.Popen[bytes]:
    """LibreOffice, in our own group of processes: who ends the group ends it as well."""
    command = [
        soffice,
        "--headless",
        "--invisible",
        "--norestore",
        f"--accept=pipe,name={pipe};urp;",
        f"-env:UserInstallation={profile.as_uri()}",
    ]
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def connected(pipe: str, office: subprocess.Popen[bytes]) -> Any:
    """The desktop of the LibreOffice that listens on a pipe."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    last = time.monotonic() + START_SECONDS
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            if office.poll() is not None or time.monotonic() > last:
                raise
            time.sleep(0.1)
            continue
        return context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", context
        )


def serve(desk: Desk, lines: queue.Queue[str]) -> None:
    """Answer one command after the other."""
    while line := lines.get():
        command = json.loads(line)
        verb = getattr(desk, command.pop("do"))
        try:
            answer({"answer": verb(**command)})
        except Exception as error:
            # A connection that is lost shows in several ways.
            if not desk.is_alive():
                raise
            answer({"error": f"{type(error).__name__}: {error}"})


def answer(given: dict[str, Any]) -> None:
    """Write one line and send it."""
    sys.stdout.write(json.dumps(given) + "\n")
    sys.stdout.flush()


def properties(**values: object) -> tuple[Any, ...]:
    """Settings as UNO has them."""
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


class Desk:
    """The commands. `book` is the number of a workbook that was opened."""

    def __init__(self, desktop: Any) -> None:
        self.desktop = desktop
        self.books: dict[int, Any] = {}

    def is_alive(self) -> bool:
        """Whether LibreOffice still answers."""
        try:
            return bool(self.desktop.Frames.getCount() >= 0)
        except Exception:
            return False

    def open(self, path: str) -> int:
        """Open a workbook without a window and work out every formula of it anew."""
        opened = self._opened(path)
        # A hard recalculation: what the file holds as results is not believed.
        opened.calculateAll()
        number = max(self.books, default=0) + 1
        self.books[number] = opened
        return number

    def _opened(self, path: str) -> Any:
        how = properties(Hidden=True, MacroExecutionMode=MACROS_NEVER)
        opened = self.desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, how)
        if opened is None:
            raise ValueError(f"{path} cannot be opened")
        return opened

    def convert(self, path: str, to: str, by: str) -> None:
        """Save a file of any kind as another one, by the filter of LibreOffice that is named."""
        opened = self._opened(path)
        try:
            opened.storeToURL(Path(to).as_uri(), properties(FilterName=by))
        finally:
            opened.close(True)

    def read(self, book: int) -> dict[str, Any]:
        """Every sheet: the rows of its used area, and its errors by address."""
        return {sheet.Name: self._values(sheet) for sheet in self.books[book].Sheets}

    def _values(self, sheet: Any) -> dict[str, Any]:
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        last = cursor.RangeAddress
        area = sheet.getCellRangeByPosition(0, 0, last.EndColumn, last.EndRow)
        return {"rows": area.getDataArray(), "errors": dict(self._errors(sheet))}

    def _errors(self, sheet: Any) -> Any:
        for cell in sheet.queryFormulaCells(WITH_AN_ERROR).Cells:
            yield cell.AbsoluteName.rpartition(".")[2].replace("$", ""), cell.String

    def set(self, book: int, cells: dict[str, Any]) -> dict[str, Any]:
        """Type into cells, by defined name or `Sheet!A1`; what stood there before.

        A number, a text, None for nothing, or `{"formula": "=1+1"}`.
        """
        found = {place: self._cell(book, place) for place in cells}
        before = {place: content(cell) for place, cell in found.items()}
        for place, cell in found.items():
            put(cell, cells[place])
        return before

    def _cell(self, book: int, place: str) -> Any:
        opened = self.books[book]
        split = PLACE.fullmatch(place)
        if split:
            sheet = opened.Sheets.getByName(split["sheet"])
            return sheet.getCellRangeByName(split["cell"])
        return opened.NamedRanges.getByName(place).getReferredCells().getCellByPosition(0, 0)

    def unprotect(self, book: int) -> None:
        """Take the protection, which has no password, off every sheet."""
        for sheet in self.books[book].Sheets:
            sheet.unprotect("")

    def insert(self, book: int, sheet: str, what: str, at: int, count: int) -> None:
        """Insert rows or columns (`what`) before the one that is number `at`, from 1."""
        lanes = getattr(self.books[book].Sheets.getByName(sheet), what)
        lanes.insertByIndex(at - 1, count)

    def delete(self, book: int, sheet: str, what: str, at: int, count: int) -> None:
        """Delete rows or columns (`what`) from number `at` on, counted from 1."""
        lanes = getattr(self.books[book].Sheets.getByName(sheet), what)
        lanes.removeByIndex(at - 1, count)

    def delete_name(self, book: int, name: str) -> None:
        """Take a defined name away."""
        self.books[book].NamedRanges.removeByName(name)

    def rename(self, book: int, name: str, other: str) -> None:
        """Give a defined name another name."""
        self.books[book].NamedRanges.getByName(name).setName(other)

    def move_sheet(self, book: int, sheet: str, to: int) -> None:
        """Put a sheet before the one that is number `to`, from 1."""
        self.books[book].Sheets.moveByName(sheet, to - 1)

    def save(self, book: int, path: str) -> None:
        """Write the workbook as xlsx."""
        self.books[book].storeToURL(Path(path).as_uri(), properties(FilterName=XLSX))

    def close(self, book: int) -> None:
        """Close a workbook without saving it."""
        self.books.pop(book).close(True)


def content(cell: Any) -> Any:
    """What stands in a cell, so that `put` can put it back."""
    if cell.Type == EMPTY:
        return None
    if cell.Type == FORMULA:
        return {"formula": cell.Formula}
    return cell.String if cell.Type == TEXT else cell.Value


def put(cell: Any, given: Any) -> None:
    """Type a content into a cell."""
    if isinstance(given, dict):
        cell.setFormula(given["formula"])
    elif isinstance(given, str) or given is None:
        cell.setString(given or "")
    else:
        cell.setValue(given)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
