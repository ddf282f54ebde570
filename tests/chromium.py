"""Which Chromium the tests drive."""

from __future__ import annotations

import os
import shutil

from valuecalc.system_packages import CHROMIUM

SHELL = "chromium-headless-shell"
"""The same engine without windows, tabs and profiles, which take longer than the pages do."""


class NoChromium(Exception):
    """There is none; the message says where it was looked for."""


def program() -> str:
    """The full path of the one that CHROMIUM names, or of the quickest that is installed.

    Raises `NoChromium`.
    """
    named = os.environ.get("CHROMIUM")
    found = shutil.which(named) if named else shutil.which(SHELL) or CHROMIUM.path()
    if found is None:
        where = f"at {named}" if named else "on the path"
        raise NoChromium(f"Chromium is not {where}: install it, or say where in CHROMIUM.")
    return found
