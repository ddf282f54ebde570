"""Where LibreOffice is, and a Python that can talk to it."""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

AUTO = "auto"
OFF = "off"

REMEDY = (
    "Whoever runs the server can install LibreOffice (Debian: apt-get install "
    "libreoffice-writer libreoffice-calc libreoffice-math python3-uno), or "
    "name it in VALUECALC_OFFICE."
)

NAMES: tuple[str, ...] = (
    "soffice",
    "libreoffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
PATIENCE = 20.0
"""Seconds until a Python that is asked for its library is given up."""


@dataclass(frozen=True)
class Programs:
    """LibreOffice, and the Python that hands it files.

    One that has LibreOffice's interface keeps it running; any other starts it for each file.
    """

    soffice: str
    python: str


def find(setting: str) -> str | None:
    """The full path of LibreOffice, or None where there is none or it shall not be used.

    `setting` is `auto`, `off` or a path.
    """
    if setting == OFF:
        return None
    names = NAMES if setting == AUTO else (setting,)
    return next(filter(None, map(shutil.which, names)), None)


@functools.cache
def programs(soffice: str) -> Programs:
    """LibreOffice with the first Python that can keep it running; else with our own."""
    able = (each for each in _pythons(soffice) if _has_interface(each))
    return Programs(soffice, next(able, sys.executable))


def _pythons(soffice: str) -> Iterator[str]:
    """The Pythons that may come with LibreOffice, the nearest first."""
    folder = Path(soffice).resolve().parent
    near = (folder / "python", folder.parent / "Resources" / "python")
    for each in (*map(str, near), "/usr/bin/python3", "python3"):
        found = shutil.which(each)
        if found:
            yield found


def _has_interface(python: str) -> bool:
    try:
        run = subprocess.run(
            [python, "-I", "-c", "import uno"], capture_output=True, check=False, timeout=PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0
