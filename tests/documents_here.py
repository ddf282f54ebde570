"""Documents of Word read and filled in this process, as one of its own each takes longer.

For tests of who may have a document filled and of what comes of it; that this is done apart and
within limits is what `tests/documents/test_embedding_gate.py` is about.
"""

from __future__ import annotations

import json
from base64 import b64decode

import pytest

from valuecalc.documents import sheets
from valuecalc.documents.embedding import apart, process
from valuecalc.errors import FileRefused

_elsewhere = sheets.output


def use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start no process for a document until the end of the test."""
    monkeypatch.setattr(sheets, "output", _output)


def _output(content: bytes, module: str = sheets.PROCESS, patience: float | None = None) -> bytes:
    if module != apart.PROCESS:
        return _elsewhere(content, module, patience)
    task = json.loads(content)
    try:
        made = process.TASKS[task["task"]](b64decode(task["document"]), task)
    except FileRefused as error:
        made = {"refused": [error.cause, error.remedy]}
    return json.dumps(made).encode()
