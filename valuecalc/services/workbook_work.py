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
    from valuecalc.documents.workbook import InPieces, Paused, Provenance

SECONDS_KEPT = 60.0
"""So long are the sheets of a workbook kept after the last part that was written of it."""

CELLS_A_PART = 20_000
"""So many cells with formulas are one part: half a second."""


@dataclass(frozen=True, kw_only=True)
class WorkbookPart:
    """One of `total` parts: the last of the first `steps` is everything but the cells.

    The steps before it make the sheets and give nothing; the parts after it are the cells.
    `document` is the case as JSON, empty when it is not there any more; `known` is where the
    workbook comes from, as JSON.
    """

    document: str
    scenario: str
    known: str
    number: int
    total: int
    steps: int = 1

    @property
    def book(self) -> tuple[str, str, str]:
        """What the whole workbook is made from."""
        return self.document, self.scenario, self.known


def work(part: WorkbookPart) -> bytes:
    """Write a part. Raises `InputError` for a case that is not there, or has mistakes."""
    if not part.document:
        raise InputError("The case or its version is not there any more.", "Export it anew.")
    with _desk.lock:
        if part.number < part.steps - 1:
            _desk.begin(part, part.number + 1)
            return b""
        made = _desk.of(part)
        if part.number == part.steps - 1:
            return made.shell
        return made.piece(part.number - part.steps, part.total - part.steps)


def steps() -> int:
    """So many parts it takes until the cells can be written."""
    from valuecalc.documents import workbook

    return workbook.PAUSES + 1


def bind(results: Sequence[bytes], steps: int = 1) -> bytes:
    """The whole file, of the parts in their order."""
    from valuecalc.documents import workbook

    return workbook.from_pieces(results[steps - 1], results[steps:])


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
        self._begun: Paused[InPieces] | None = None
        self._pauses = 0
        self._made: InPieces | None = None
        self._clearing: threading.Timer | None = None

    def of(self, part: WorkbookPart) -> InPieces:
        """The workbook that a part is of."""
        while (made := self._kept(part)) is None:
            self._go_on(part)
        self._clear_later()
        return made

    def begin(self, part: WorkbookPart, pauses: int) -> None:
        """Make the sheets of that workbook as far as the pause of this number."""
        while self._kept(part) is None and self._pauses < pauses:
            self._go_on(part)
        self._clear_later()

    def _kept(self, part: WorkbookPart) -> InPieces | None:
        """The workbook of a part, once it is made; another one goes first: there is one place."""
        if self._book != part.book:
            self._forget()
        return self._made

    def _go_on(self, part: WorkbookPart) -> None:
        if self._begun is None:
            self._begun, self._book = _draft(part), part.book
        try:
            next(self._begun)
            self._pauses += 1
        except StopIteration as end:
            self._made, self._begun = end.value, None
        except BaseException:
            self._forget()
            raise

    def _forget(self) -> None:
        self._made = self._begun = self._book = None
        self._pauses = 0

    def _clear_later(self) -> None:
        if self._clearing is not None:
            self._clearing.cancel()
        self._clearing = threading.Timer(SECONDS_KEPT, self.clear)
        self._clearing.daemon = True
        self._clearing.start()

    def clear(self) -> None:
        """Nobody has asked for long."""
        with self.lock:
            self._forget()


_desk = _Desk()


def _draft(part: WorkbookPart) -> Paused[InPieces]:
    from valuecalc.documents import workbook

    case = load_case(json.loads(part.document))
    return workbook.in_steps(
        cases.calculate(case, part.scenario),
        case,
        carried_case.document_of(case),
        provenance=read(json.loads(part.known)),
    )
