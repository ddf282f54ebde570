"""The service behind its real server, for what drives it by HTTP: `valuecalc serve`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.databases import sqlite_url, upgrade
from tests.postgres import running_server

ROOT = Path(__file__).resolve().parent.parent
SECRET_KEY = "k" * 40
PATIENCE_SECONDS = 120
END_SECONDS = 60
SETTINGS = {
    "VALUECALC_SECRET_KEY": SECRET_KEY,
    "VALUECALC_RATE_LIMIT": "off",
    "VALUECALC_LOG_LEVEL": "error",
}


@dataclass
class Server:
    """`valuecalc serve` on a free port, over the database at `url`; it can be started anew."""

    url: str
    workers: int
    port: int = 0
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, without waiting until it answers."""
        self.port = self.port or free_port()
        environment = {
            **{name: text for name, text in os.environ.items() if name[:9] != "VALUECALC"},
            **SETTINGS,
            "VALUECALC_DATABASE_URL": self.url,
            "PYTHONPATH": str(ROOT),
            **self.settings,
        }
        command = [sys.executable, "-c", "from valuecalc.cli import main; main()", "serve"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), "--workers", str(self.workers)],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait(self) -> None:
        """Until it answers. Raises `RuntimeError` when it has ended, `TimeoutError` in the end."""
        for _ in range(PATIENCE_SECONDS * 10):
            if self.process is not None and self.process.poll() is not None:
                raise RuntimeError(f"the server has ended with code {self.process.returncode}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise TimeoutError("the server does not start")

    def children(self) -> list[int]:
        """The process ids of its workers."""
        assert self.process is not None
        try:
            listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
            return [int(each) for each in listed.read_text().split()]
        except OSError:
            return []

    def stop(self) -> None:
        """End it as its operator does; requests in flight are finished."""
        assert self.process is not None
        self.process.terminate()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill_all()

    def kill_all(self) -> None:
        """Kill the server with all its workers."""
        assert self.process is not None
        workers = self.children()
        for process in (self.process.pid, *workers):
            kill(process)
        self.process.wait()


@contextmanager
def serving(url: str, workers: int, **settings: str) -> Iterator[Server]:
    """A server that answers, until the block ends."""
    server = Server(url, workers, settings=settings)
    server.start()
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def kill(process: int) -> bool:
    """End a process of ours as a power cut would; whether it was there."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database, `sqlite` in `folder` or `postgresql`, that waits for disk.

    Raises `tests.postgres.NoPostgresql`.
    """
    if kind == "sqlite":
        yield sqlite_url(folder / "valuecalc.db")
        return
    with running_server(durable=True) as server, server.fresh_database(lambda _: None) as url:
        yield url


@contextmanager
def ready_database(kind: str, folder: Path) -> Iterator[str]:
    """The same with its tables made."""
    with empty_database(kind, folder) as url:
        upgrade(url)
        yield url
