"""Processes for tests that have loaded everything when they begin.

Loading the service takes a processor two seconds, and a test that kills whoever works on a job
starts several processes. So one process loads it, once in a run, and each of these is forked
from there: it has no threads and no connections, and knows nothing of the tests.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
from collections.abc import Callable, Mapping
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

LOADED = [
    "tests.services.pipeline",
    "valuecalc.services.workbook_jobs",
    "valuecalc.store.migrate",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "sqlalchemy.dialects.postgresql.psycopg",
    "distributed.cli.dask_scheduler",
    "distributed.cli.dask_worker",
]


class ReadyProcess:
    """A process that runs; it is ended and waited for as one of `subprocess`."""

    def __init__(self, process: ForkServerProcess) -> None:
        assert process.pid is not None
        self.process, self.pid = process, process.pid

    def kill(self) -> None:
        """End it with a signal that nobody can handle; one that has ended stays as it is."""
        self.process.kill()

    def wait(self, timeout: float | None = None) -> int | None:
        """Its exit code, once it has ended; None when it still runs after so many seconds."""
        self.process.join(timeout)
        return self.process.exitcode


def started(
    log: Path, function: Callable[..., object], *arguments: object, environment: Mapping[str, str]
) -> ReadyProcess:
    """A process that calls `function` of a module; what it says is added to the file `log`."""
    given = (log, dict(environment), function, arguments)
    process = forks().Process(target=_begin, args=given)
    process.start()
    return ReadyProcess(process)


def _begin(
    log: Path,
    environment: Mapping[str, str],
    function: Callable[..., object],
    arguments: tuple[object, ...],
) -> None:
    with log.open("ab") as file:
        for each in (1, 2):
            os.dup2(file.fileno(), each)
    # What it leaves behind when it is killed is put away by a process that begins with it.
    tracker: Any = resource_tracker._resource_tracker
    tracker._fd = tracker._pid = None
    os.environ.clear()
    os.environ.update(environment)
    function(*arguments)


@functools.cache
def forks() -> multiprocessing.context.ForkServerContext:
    """What starts processes from the one that has loaded everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    with pytest.MonkeyPatch.context() as patch:
        # Threads of NumPy's own would be missing in its forks.
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        forkserver.ensure_running()
    return context
