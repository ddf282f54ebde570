"""A folder, a LibreOffice in it, and the process that hands files to it.

The process (`worker.py`) has limits and knows nothing of our environment. It and LibreOffice
are a group of processes of their own, which can be ended as a whole.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from valuecalc.documents.gate import Kind
from valuecalc.documents.office.profile import make_profile
from valuecalc.documents.office.programs import Programs

WORKER = Path(__file__).with_name("worker.py")
START_SECONDS = 30.0
FILE_SECONDS = 25.0
"""With the wait before it and a start, less than a request may take."""

FILTERS: dict[Kind, str] = {"docx": "writer_pdf_Export", "xlsx": "calc_pdf_Export"}
OPTIONS: dict[str, bool | int] = {
    "UseTaggedPDF": True,
    "ExportBookmarks": True,
    "DisplayPDFDocumentTitle": True,
    # A date to be picked is for the Word document; on paper it is a line to write on.
    "ExportFormFields": False,
    "UseLosslessCompression": True,
    "ReduceImageResolution": False,
}

_HANDED_ON = ("PATH", "LD_LIBRARY_PATH")
"""What is told of our environment: nothing that is secret, and no proxy to reach others by."""


class Crashed(Exception):
    """LibreOffice or the process beside it has ended."""


class Hung(Exception):
    """No answer within the time."""


class Refused(Exception):
    """LibreOffice runs, and would not make the file."""


class Desk:
    """One LibreOffice; not for several threads at once. `end` it after use."""

    def __init__(self, programs: Programs) -> None:
        self.files = 0
        self.folder = Path(tempfile.mkdtemp(prefix="valuecalc-office-"))
        make_profile(self.folder / "profile")
        self.process = self._started(programs)
        self._is_ready = False
        self._owner = os.getpid()

    def _started(self, programs: Programs) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                [programs.python, "-I", str(WORKER), programs.soffice, str(self.folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self.folder,
                env=_environment(self.folder),
                start_new_session=True,
            )
        except OSError as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise Crashed("it cannot be started") from error

    @property
    def is_open(self) -> bool:
        """Whether it can take another file."""
        return self.process.poll() is None

    def pdf(self, content: bytes, kind: Kind) -> bytes:
        """A file as PDF. Raises `Crashed`, `Hung` or `Refused`; then the desk has to be ended."""
        if not self._is_ready:
            self._answer(START_SECONDS)
            self._is_ready = True
        self.files += 1
        source = self.folder / f"{self.files}.{kind}"
        target = self.folder / f"{self.files}.pdf"
        try:
            source.write_bytes(content)
            self._ask(source=str(source), target=str(target), filter=FILTERS[kind], options=OPTIONS)
            return self._read(target)
        finally:
            source.unlink(missing_ok=True)
            target.unlink(missing_ok=True)

    @staticmethod
    def _read(target: Path) -> bytes:
        try:
            made = target.read_bytes()
        except OSError as error:
            raise Refused("it wrote no file") from error
        if not made.startswith(b"%PDF-"):
            raise Refused("what it wrote is no PDF")
        return made

    def _ask(self, **command: object) -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(command).encode() + b"\n")
            self.process.stdin.flush()
        self._answer(FILE_SECONDS)

    def _answer(self, patience: float) -> None:
        """Wait for a line of the process, but no longer than that."""
        assert self.process.stdout is not None
        timer = threading.Timer(patience, self._kill)
        timer.start()
        line = self.process.stdout.readline()
        hung = not timer.is_alive()
        timer.cancel()
        if not line.endswith(b"\n"):
            raise Hung if hung else Crashed("it ended")
        found = json.loads(line)
        if "lost" in found:
            raise Crashed(found["lost"])
        if "error" in found:
            raise Refused(found["error"])

    def end(self) -> None:
        """End every process of the desk, and take its folder away."""
        # A process that was forked off from ours has no say in it.
        if os.getpid() != self._owner:
            return
        self._kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(BrokenPipeError):
                assert pipe is not None
                pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        # The pipe of the worker, which a LibreOffice that is killed leaves behind.
        with suppress(OSError):
            Path(f"/tmp/OSL_PIPE_{os.getuid()}_{self.folder.name}").unlink()  # noqa: S108

    def _kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def _environment(folder: Path) -> dict[str, str]:
    known = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    places = dict.fromkeys(("HOME", "TMPDIR", "OSL_SOCKET_PATH"), str(folder))
    return {**known, **places, "LANG": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"}
