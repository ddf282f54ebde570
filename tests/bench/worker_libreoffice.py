"""LibreOffice kept open with a workbook: `python3 worker_libreoffice.py SOFFICE WORKBOOK`.

It runs under the Python that has UNO (Debian: python3-uno). LibreOffice gets a profile of its
own, beside the workbook, and is ended with the pipe.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import uno  # type: ignore[import-not-found]
import worker  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from com.sun.star.lang import DisposedException  # type: ignore[import-not-found]

START_SECONDS = 60
END_SECONDS = 20
MACROS_NEVER = 0


def main(soffice: str, path: Path) -> None:
    """Start LibreOffice, open the workbook, then answer what-ifs."""
    pipe = f"valuecalc-bench-{os.getpid()}"
    office = subprocess.Popen(
        [
            soffice,
            "--headless",
            "--invisible",
            "--norestore",
            f"--accept=pipe,name={pipe};urp;",
            f"-env:UserInstallation={(path.parent / 'profile').as_uri()}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    desktop = connected(pipe)
    serve(desktop, path)
    with contextlib.suppress(DisposedException):
        desktop.terminate()
    office.wait(END_SECONDS)


def connected(pipe: str) -> Any:
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
            if time.monotonic() > last:
                raise
            time.sleep(0.2)
            continue
        return context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", context
        )


def serve(desktop: Any, path: Path) -> None:
    """Open the workbook, recalculate it once, and answer what-ifs."""
    how = (
        PropertyValue(Name="Hidden", Value=True),
        PropertyValue(Name="MacroExecutionMode", Value=MACROS_NEVER),
    )
    start = time.perf_counter()
    document = desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, how)
    # What the file holds as results is not what is measured.
    document.calculateAll()
    loading = time.perf_counter() - start
    cells: dict[str, Any] = {}

    def cell(name: str) -> Any:
        if name not in cells:
            sheet, _, place = name.rpartition("!")
            cells[name] = document.Sheets.getByName(sheet).getCellRangeByName(place)
        return cells[name]

    def what_if(numbers: dict[str, float], wanted: list[str]) -> list[float]:
        for name, number in numbers.items():
            cell(name).Value = number
        # Cell by cell is quickest: only what is asked for is worked out. A range that holds
        # them all, read in one go, takes three times as long, calculate() twenty times.
        return [cell(name).Value for name in wanted]

    worker.serve(what_if, loading)
    document.close(True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
