"""One LibreOffice for this process: a file at a time, few that wait, and a new one when it fails.

Starting it takes seconds, and a file less than one, so it stays open between files. It is
started when the first file comes, and ended after so many files, after a crash or a hang, when
nobody has needed it for a while, and with the server.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from valuecalc.documents import gate
from valuecalc.documents.gate import Kind
from valuecalc.documents.office.desk import Crashed, Desk, Hung, Refused
from valuecalc.documents.office.programs import AUTO, OFF, REMEDY, find, programs
from valuecalc.errors import Busy, NotInstalled

__all__ = ["AUTO", "OFF", "Office"]

MOST_WAITING = 4
"""So many files wait for the one at hand; more would wait longer than a request may."""

WAIT_SECONDS = 15.0
MOST_FILES = 50
"""So many files are made by one LibreOffice: it keeps a little memory of each."""

RETRY_SECONDS = 10
DOCUMENT_INSTEAD = "Try again in a moment, or take the Word document and save it as PDF there."


class Office:
    """Makes PDF files. One for a process; several threads may use it at once.

    `setting` is `auto` (LibreOffice is looked for), `off`, or the path of `soffice`.
    """

    def __init__(self, setting: str = AUTO) -> None:
        self.setting = setting
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(1 + MOST_WAITING)
        self._desk: Desk | None = None

    @property
    def is_there(self) -> bool:
        """Whether PDF files can be made here."""
        return find(self.setting) is not None

    def refuse_missing(self) -> None:
        """Nothing, where PDF files can be made. Raises `NotInstalled` with the remedy."""
        if not self.is_there:
            raise NotInstalled(
                "PDF files need LibreOffice, which this server does not have.", REMEDY
            )

    def pdf(self, content: bytes, kind: Kind = "docx") -> bytes:
        """A document (`docx`) or a workbook (`xlsx`) as a tagged PDF with its outline.

        Raises `NotInstalled` without LibreOffice, `Busy` when too many files wait, when it takes
        too long, or when LibreOffice fails twice, and `FileRefused` for a file that is not safe.
        """
        self.refuse_missing()
        # Whoever calls it, a file that somebody has sent never gets past here unchecked.
        gate.check(content, kind)
        with self._turn():
            try:
                return self._made(content, kind)
            except Crashed:
                return self._made_again(content, kind)

    def use(self, setting: str) -> None:
        """Take LibreOffice from elsewhere, from the next file on."""
        if setting != self.setting:
            self.close()
            self.setting = setting

    def close(self) -> None:
        """End LibreOffice; the next file starts another."""
        with self._lock:
            self._end()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until it is one's turn. Raises `Busy`."""
        if not self._places.acquire(blocking=False):
            raise _busy("Too many PDF files are being made at the moment.")
        try:
            if not self._lock.acquire(timeout=WAIT_SECONDS):
                raise _busy("Another PDF file takes long at the moment.")
            try:
                yield
            finally:
                self._lock.release()
        finally:
            self._places.release()

    def _made_again(self, content: bytes, kind: Kind) -> bytes:
        try:
            return self._made(content, kind)
        except Crashed as error:
            raise _busy(f"LibreOffice failed twice ({error}).") from None

    def _made(self, content: bytes, kind: Kind) -> bytes:
        desk = self._open_desk()
        try:
            made = desk.pdf(content, kind)
        except Hung:
            self._end()
            raise _busy("LibreOffice took too long for this document.") from None
        except Refused as error:
            self._end()
            raise _busy(f"LibreOffice could not make it ({error}).") from None
        except Crashed:
            self._end()
            raise
        if desk.files >= MOST_FILES:
            self._end()
        return made

    def _open_desk(self) -> Desk:
        if self._desk is not None and not self._desk.is_open:
            self._end()
        if self._desk is None:
            soffice = find(self.setting)
            if soffice is None:
                raise Crashed("it is gone")
            self._desk = Desk(programs(soffice))
            atexit.register(self._desk.end)
        return self._desk

    def _end(self) -> None:
        if self._desk is not None:
            atexit.unregister(self._desk.end)
            self._desk.end()
            self._desk = None


def _busy(cause: str) -> Busy:
    return Busy(cause, DOCUMENT_INSTEAD, retry_after=RETRY_SECONDS)
