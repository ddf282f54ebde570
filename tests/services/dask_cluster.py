"""A small cluster of Dask for tests: a scheduler and workers, each a process on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from tests.services import ready_processes
from tests.services.ready_processes import ReadyProcess
from tests.serving import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 120
# Without them a worker's allocator gives memory back and takes it again for every array.
ALLOCATOR = {
    "MALLOC_TRIM_THRESHOLD_": "268435456",
    "MALLOC_MMAP_THRESHOLD_": "33554432",
}


@dataclass
class Cluster:
    """A scheduler on a port of its own, and its workers; each may be killed and started anew."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=lambda: ALLOCATOR)
    port: int = field(default_factory=free_port)
    scheduler: subprocess.Popen[bytes] | ReadyProcess | None = None
    workers: list[subprocess.Popen[bytes] | ReadyProcess] = field(default_factory=list)

    @property
    def address(self) -> str:
        """What VALUECALC_ENGINE would say."""
        return f"dask://127.0.0.1:{self.port}"

    def start_scheduler(self) -> None:
        """Start it, and wait until it answers."""
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"]
        self.scheduler = self._start("scheduler", *options)
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert time.monotonic() < until, self.log()
            time.sleep(0.05)

    def start_worker(self) -> None:
        """Start one more, without waiting."""
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
        folder = ["--local-directory", str(self.folder)]
        address = f"tcp://127.0.0.1:{self.port}"
        self.workers.append(self._start("worker", address, *options, *folder))

    def kill_scheduler(self) -> None:
        """As when its machine goes down."""
        assert self.scheduler is not None
        self.scheduler.kill()
        self.scheduler.wait()

    def kill_worker(self) -> None:
        """The one that was started first."""
        worker = self.workers.pop(0)
        worker.kill()
        worker.wait()

    def close(self) -> None:
        """End all of it."""
        for process in (*self.workers, self.scheduler):
            if process is not None:
                process.kill()
                process.wait()

    def log(self) -> str:
        """What all of them have written."""
        return (self.folder / "cluster.log").read_text(errors="replace")

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes] | ReadyProcess:
        environment = {**os.environ, **self.environment, "PYTHONPATH": str(ROOT)}
        with (self.folder / "cluster.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", what, *options],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )


class ReadyCluster(Cluster):
    """The same of processes that are there at once; their allocator is that of the first one."""

    def _start(self, what: str, *options: str) -> ReadyProcess:
        log = self.folder / "cluster.log"
        return ready_processes.started(log, command, what, *options, environment=os.environ)


def command(what: str, *options: str) -> None:
    """What `dask scheduler` and `dask worker` do."""
    import_module(f"distributed.cli.dask_{what}").main(options, prog_name=f"dask {what}")


@contextmanager
def ready_cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """A cluster for tests, until the block ends."""
    with _running(ReadyCluster(folder), workers) as cluster:
        yield cluster


@contextmanager
def running_cluster(
    folder: Path, workers: int = 2, environment: Mapping[str, str] = ALLOCATOR
) -> Iterator[Cluster]:
    """A cluster until the block ends, with these variables of the environment on top."""
    with _running(Cluster(folder, environment), workers) as cluster:
        yield cluster


@contextmanager
def _running(cluster: Cluster, workers: int) -> Iterator[Cluster]:
    try:
        cluster.start_scheduler()
        for _ in range(workers):
            cluster.start_worker()
        yield cluster
    finally:
        cluster.close()
