"""What follows from a case worked out once, for tests of who may have it.

They ask hundreds of times for the same files and figures of the same few cases. What stands in
these is what other tests are about.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest

from valuecalc.case.case import Case
from valuecalc.documents.workbook import Provenance
from valuecalc.engine import compare
from valuecalc.engine.result import Result
from valuecalc.services import cases, embedding, insights, uncertainty
from valuecalc.services.proposing import USUAL, Wish

Work = Callable[..., Any]

_OF_A_CASE = (
    (cases, "work_out"),
    (compare, "compare"),
    (embedding, "list_tags"),
    (insights, "certainty"),
    (uncertainty, "simulate"),
    (uncertainty, "information"),
)
"""Functions whose answer depends on nothing but what they are given."""


def use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work out nothing twice until the end of the test."""
    for module, name in _OF_A_CASE:
        monkeypatch.setattr(module, name, _once(getattr(module, name)))
    monkeypatch.setattr(cases, "_written", _written_once(cases._written))


def _once(work: Work) -> Work:
    """The same, which keeps its answers; cases hold dicts, and so have no hash."""
    kept: dict[bytes, Any] = {}

    @wraps(work)
    def found(*given: Any, **named: Any) -> Any:
        asked = pickle.dumps((given, named))
        if asked not in kept:
            kept[asked] = work(*given, **named)
        return kept[asked]

    return found


def _written_once(write: Work) -> Work:
    """The same for files: each has an id of its own, and would be written anew for that."""
    kept: dict[bytes, bytes] = {}

    def written(
        result: Result,
        case: Case,
        format: str,
        provenance: Provenance | None = None,
        progress: object = None,
        wish: Wish = USUAL,
    ) -> bytes:
        asked = pickle.dumps((case, result.scenario, format, provenance is None, wish))
        if asked not in kept:
            kept[asked] = write(result, case, format, provenance, progress, wish)
        return kept[asked]

    return written
