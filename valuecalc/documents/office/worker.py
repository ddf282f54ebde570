"""Hands files to LibreOffice: `python3 -I worker.py SOFFICE FOLDER`; see `desk` for the other end.

It is never imported, and runs under the Python that has LibreOffice's interface (Debian:
python3-uno), which may be older than ours. There LibreOffice stays open and listens on a pipe
of its own, so that no port is taken; under any other Python it is started for each file.

Commands come as JSON, one on each line of the standard input, with `source`, `target`,
`filter` and `options`; each is answered by one line on the standard output: `{"done": true}`,
`{"error": "…"}`, or `{"lost": "…"}` when LibreOffice is gone. The end of the input, of whoever
started it, or of patience with having nothing to do ends it, LibreOffice and FOLDER.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

try:
    # It comes with LibreOffice and not from a package index, so nothing may ask for it by name.
    uno: Any = importlib.import_module("uno")
except ImportError:
    uno = None

MEMORY = 4_000_000_000
"""Bytes of address space of each process: LibreOffice takes half of it for a large document."""

PROCESSOR_SECONDS = 900
"""Of one LibreOffice; a file needs about one."""

LARGEST_FILE = 200_000_000
START_SECONDS = 25
IDLE_SECONDS = 600
"""It takes 200 MB, which a server may need for something else."""

NEVER = 0
PIPES = Path("/tmp")  # noqa: S108 - it is LibreOffice that chooses it
"""Where LibreOffice makes its pipes, whatever the environment says; `/var/tmp` without it."""


def main(soffice: str, folder: Path) -> None:
    """Do what is asked until nobody asks any more, and leave nothing behind."""
    limit()
    lines: queue.Queue[str] = queue.Queue()
    parent = os.getppid()
    threading.Thread(target=listen, args=(lines, folder), daemon=True).start()
    threading.Thread(target=watch, args=(parent, folder), daemon=True).start()
    try:
        office = Kept(soffice, folder) if uno is not None else Started(soffice, folder)
        answer({"done": True})
        serve(office, lines)
    except Exception as error:
        answer({"lost": told(error)})
    finally:
        leave(folder)


def limit() -> None:
    """From here on this process and those that it starts have bounds."""
    bounds = {
        resource.RLIMIT_CPU: PROCESSOR_SECONDS,
        resource.RLIMIT_FSIZE: LARGEST_FILE,
        resource.RLIMIT_CORE: 0,
    }
    # macOS knows the limit and does not keep it.
    if sys.platform != "darwin":
        bounds[resource.RLIMIT_AS] = MEMORY
    for kind, most in bounds.items():
        allowed = resource.getrlimit(kind)[1]
        bound = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(kind, (bound, bound))


def listen(lines: queue.Queue[str], folder: Path) -> None:
    """Hand every line on; when there are no more, the end comes whatever is being done."""
    for line in sys.stdin:
        lines.put(line)
    leave(folder)


def watch(parent: int, folder: Path) -> None:
    """End with whoever has started us, also where another process holds the input open."""
    while os.getppid() == parent:
        time.sleep(2)
    leave(folder)


def leave(folder: Path) -> None:
    """End LibreOffice and this process."""
    shutil.rmtree(str(folder), ignore_errors=True)
    with contextlib.suppress(OSError):
        socket(folder).unlink()
    os.killpg(0, signal.SIGKILL)


def pipe(folder: Path) -> str:
    """The name of the pipe: another for each, or a file would go to somebody else's LibreOffice."""
    return folder.name


def socket(folder: Path) -> Path:
    """The file of the pipe, which a LibreOffice that is killed leaves behind."""
    return PIPES / f"OSL_PIPE_{os.getuid()}_{pipe(folder)}"


def serve(office: Any, lines: queue.Queue[str]) -> None:
    """Answer one command after the other."""
    while True:
        try:
            line = lines.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            return
        try:
            office.convert(**json.loads(line))
            answer({"done": True})
        except Exception as error:
            # A connection that is lost shows in several ways.
            if not office.is_alive():
                raise
            answer({"error": told(error)})


def told(error: Exception) -> str:
    """What is said of an error; its text may name folders of the server."""
    return type(error).__name__


def answer(given: dict[str, Any]) -> None:
    """Write one line and send it."""
    sys.stdout.write(json.dumps(given) + "\n")
    sys.stdout.flush()


def command(soffice: str, folder: Path, *more: str) -> list[str]:
    """How LibreOffice is started, with a profile of its own."""
    profile = (folder / "profile").as_uri()
    quiet = ("--headless", "--invisible", "--norestore", "--nolockcheck", "--nodefault")
    return [soffice, f"-env:UserInstallation={profile}", *quiet, *more]


class Started:
    """A LibreOffice that is started for each file."""

    def __init__(self, soffice: str, folder: Path) -> None:
        self.soffice, self.folder = soffice, folder

    def is_alive(self) -> bool:
        """Nothing runs between files, so nothing is lost."""
        return True

    def convert(self, source: str, target: str, filter: str, options: dict[str, Any]) -> None:
        """Make the file; `target` has to have the name of `source`, with another ending."""
        kinds = {name: _typed(value) for name, value in options.items()}
        out = str(Path(target).parent)
        form = f"pdf:{filter}:{json.dumps(kinds)}"
        run = command(self.soffice, self.folder, "--convert-to", form, "--outdir", out, source)
        subprocess.run(run, check=True, stdin=subprocess.DEVNULL, capture_output=True)


def _typed(value: bool | int) -> dict[str, str]:
    kind = "boolean" if isinstance(value, bool) else "long"
    return {"type": kind, "value": str(value).lower()}


class Kept:
    """A LibreOffice that stays open."""

    def __init__(self, soffice: str, folder: Path) -> None:
        accept = f"--accept=pipe,name={pipe(folder)};urp;"
        self.process = subprocess.Popen(
            command(soffice, folder, accept),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.desktop = self._connected(
            f"uno:pipe,name={pipe(folder)};urp;StarOffice.ComponentContext"
        )

    def _connected(self, address: str) -> Any:
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext(
            "com.sun.star.bridge.UnoUrlResolver", local
        )
        last = time.monotonic() + START_SECONDS
        while True:
            try:
                context = resolver.resolve(address)
            except Exception:
                if self.process.poll() is not None or time.monotonic() > last:
                    raise
                time.sleep(0.05)
                continue
            return context.ServiceManager.createInstanceWithContext(
                "com.sun.star.frame.Desktop", context
            )

    def is_alive(self) -> bool:
        """Whether LibreOffice still answers."""
        try:
            return bool(self.desktop.Frames.getCount() >= 0)
        except Exception:
            return False

    def convert(self, source: str, target: str, filter: str, options: dict[str, Any]) -> None:
        """Open a file without a window, without macros and links, and store it as PDF."""
        how = properties(Hidden=True, ReadOnly=True, MacroExecutionMode=NEVER, UpdateDocMode=NEVER)
        opened = self.desktop.loadComponentFromURL(Path(source).as_uri(), "_blank", 0, how)
        if opened is None:
            raise ValueError("the file cannot be opened")
        try:
            data = uno.Any("[]com.sun.star.beans.PropertyValue", properties(**options))
            opened.storeToURL(Path(target).as_uri(), properties(FilterName=filter, FilterData=data))
        finally:
            with contextlib.suppress(Exception):
                opened.close(True)


def properties(**values: Any) -> tuple[Any, ...]:
    """Settings as LibreOffice has them."""
    kind = "com.sun.star.beans.PropertyValue"
    return tuple(uno.createUnoStruct(kind, name, 0, value, 0) for name, value in values.items())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
