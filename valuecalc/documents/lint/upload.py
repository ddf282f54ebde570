"""The report on a file from outside: through the gate, and read where it can do no harm."""

from __future__ import annotations

import json

from valuecalc.documents import gate, sheets
from valuecalc.documents.lint.report import Report, from_document
from valuecalc.errors import FileRefused

PROCESS = "valuecalc.documents.lint.process"
PATIENCE = 60.0
"""Seconds until the process is ended."""

_REMEDY = "If it opens in a spreadsheet program, save a copy with fewer sheets, and check that."


def lint(content: bytes) -> Report:
    """What the rules find in a workbook (xlsx).

    Raises `FileRefused` for a file that is none, is not safe to be read (macros and links to
    other files among that), or takes too much time or memory.
    """
    gate.check(content, "xlsx")
    try:
        written = sheets.output(content, PROCESS, PATIENCE)
    except FileRefused as error:
        raise FileRefused(error.cause, _REMEDY) from None
    return from_document(json.loads(written))
