"""The part of a large workbook that is written elsewhere: from the document to pieces of the file.

It loads neither Flask nor the database, and needs nothing but what it is given. Every part needs
the sheets of the whole workbook, so a process that works on one keeps them for the next ones.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from valuecalc.errors import InputError
from valuecalc.schemas.case import load_case
from valuecalc.services import carried_case, cases

if TYPE_CHECKING:
    from valuecalc.documents.workbook import InPieces, Provenance

SECONDS_KEPT = 60.0
"""So long are the sheets of a workbook kept after the last part that was written of it."""

CELLS_A_PART = 20_000
"""So many cells with formulas are one part: half a second."""


@dataclass(frozen=True, kw_only=True)
class WorkbookPart:
    """One of `total` parts: the first is everything but the cells, the others are those.

    `document` is the case as JSON, empty when it is not there any more; `known` is where the
    workbook comes from, as JSON.
    """

    document: str
    scenario: str
    known: str
    number: int
    total: int

    @property
    def book(self) -> tuple[str, str, str]:
        """What the whole workbook is made from."""
        return self.document, self.scenario, self.known


def work(part: WorkbookPart) -> bytes:
    """Write a part. Raises `InputError` for a case that is not there, or has mistakes."""
    if not part.document:
        raise InputError("The case or its version is not there any more.", "Export it anew.")
    with _desk.lock:
        made = _desk.of(part)
        if part.number == 0:
            return made.shell
        return made.piece(part.number - 1, part.total - 1)


def bind(results: Sequence[bytes]) -> bytes:
    """The whole file, of the parts in their order."""
    from valuecalc.documents import workbook

    return workbook.from_pieces(results[0], results[1:])


# --------------------------------------------------------------------------- provenance as JSON


def written(known: Provenance) -> dict[str, Any]:
    """Where a workbook comes from, as JSON."""
    return dict(json.loads(json.dumps(asdict(known), default=date.isoformat)))


def read(known: Mapping[str, Any]) -> Provenance:
    """What `written` wrote."""
    from valuecalc.documents.workbook import Provenance
    from valuecalc.documents.workbook.provenance import Entry

    entries = (
        Entry(**{**each, "when": date.fromisoformat(each["when"])}) for each in known["history"]
    )
    exported = date.fromisoformat(known["exported"])
    return Provenance(**{**known, "exported": exported, "history": tuple(entries)})


# --------------------------------------------------------------------------- the sheets


class _Desk:
    """The workbook that is being written; one at a time, as each takes much memory.

    Its `lock` is held while something is written: a workbook is no thing for two at once.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._book: tuple[str, str, str] | None = None
        self._made: InPieces | None = None
        self._clearing: threading.Timer | None = None

    def of(self, part: WorkbookPart) -> InPieces:
        """The workbook that a part is of."""
        if self._made is None or self._book != part.book:
            # The one before goes first: there is no room for two.
            self._made = None
            self._made, self._book = _draft(part), part.book
        self._clear_later()
        return self._made

    def _clear_later(self) -> None:
        if self._clearing is not None:
            self._clearing.cancel()
        self._clearing = threading.Timer(SECONDS_KEPT, self.clear)
        self._clearing.daemon = True
        self._clearing.start()

    def clear(self) -> None:
        """Nobody has asked for long."""
        with self.lock:
            self._made = self._book = None


_desk = _Desk()


def _draft(part: WorkbookPart) -> InPieces:
    from valuecalc.documents import workbook

    case = load_case(json.loads(part.document))
    return workbook.in_pieces(
        cases.calculate(case, part.scenario),
        case,
        carried_case.document_of(case),
        provenance=read(json.loads(part.known)),
    )
