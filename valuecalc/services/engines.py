"""Where the parts of jobs are worked on: threads, processes, or a cluster of Dask.

| address | what works |
|---|---|
| `threads://N` | N threads of this process |
| `processes://N` | N processes on this machine |
| `dask://host:8786` | the workers of a scheduler of Dask distributed |
| `dask+tls://host:8786` | the same over TLS, with the certificates of Dask's own configuration |

All of them are an `Executor` of `concurrent.futures` and give the same answer. This module is
loaded by every process that works, so it loads neither Flask nor the database.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from multiprocessing import connection
from typing import Any

from valuecalc import __version__
from valuecalc.errors import CaseError, InputError, Problem, Refusal, ValuecalcError
from valuecalc.loading import hurry

OFF = "off"
DASK = "dask"
DASK_TLS = "dask+tls"

CONNECT_SECONDS = 5
CLOSE_SECONDS = 2
# So often a part is given to another worker of a cluster when the one that had it died.
RETRIES = 3
SECONDS_BETWEEN_LOOKS = 5.0
SECONDS_WITHOUT_WORKERS = 60.0
SMALLEST_CLUSTER_WINDOW = 64


class EngineBroken(Exception):
    """What works is gone or cannot be reached: no fault of the work, so it is worth a try."""


# --------------------------------------------------------------------------- one part


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came out of a part: bytes, or the problem that it met; `trace` says where in the code.

    `version` is that of the program that worked.
    """

    result: bytes = b""
    problem: Problem | None = None
    trace: str = ""
    version: str = __version__


def carried_out(work: Callable[[Any], bytes], payload: Any) -> Outcome:
    """Work on one payload, wherever this is called; its mistakes come back as a `problem`.

    An error of the machine, such as a full memory, is raised: another try may go well.
    """
    try:
        result = work(payload)
        if not isinstance(result, bytes):
            raise TypeError(f"the work gave {type(result).__name__}, not bytes")
        return Outcome(result=result)
    except (OSError, MemoryError):
        raise
    # Errors with arguments of their own would not survive the way back from another process.
    except Exception as error:
        return Outcome(problem=problem_of(error), trace=traceback.format_exc())


def problem_of(error: Exception, place: str = "") -> Problem:
    """An error as place, cause and remedy."""
    if isinstance(error, CaseError) and error.problems:
        first = error.problems[0]
        inner = ": ".join(part for part in (place, first.place) if part)
        return replace(first, place=inner)
    if isinstance(error, InputError):
        return error.problem(place)
    if isinstance(error, Refusal):
        return Problem(code=error.code, place=place, cause=error.cause, remedy=error.remedy)
    cause = str(error) if isinstance(error, ValuecalcError) else _unexpected(error)
    return Problem(
        code="unexpected",
        place=place,
        cause=cause,
        remedy="Tell the operator: the log says where it happened.",
    )


def _unexpected(error: Exception) -> str:
    return f"An unexpected error ({type(error).__name__}) stopped the work."


# --------------------------------------------------------------------------- engines


@dataclass(frozen=True, kw_only=True)
class Engine:
    """An executor that runs.

    `window` is how many parts it should have at a time: enough that nobody waits for the next,
    few enough that little is lost. `trouble` says what is wrong with it, if anything.
    """

    executor: Executor
    window: int
    close: Callable[[], None]
    trouble: Callable[[], str] = str

    def submit(self, work: Callable[[Any], bytes], payload: Any) -> Future[Outcome]:
        """Have a payload worked on. Raises `EngineBroken`."""
        try:
            return self.executor.submit(carried_out, work, payload)
        except Exception as error:
            raise EngineBroken(_described(error)) from error


def outcome_of(future: Future[Outcome]) -> Outcome:
    """What came out of a future that is done. Raises `EngineBroken` when nothing did."""
    try:
        outcome = future.result(timeout=0)
    # A future that was cancelled, or work that ended its process, raises no ordinary `Exception`.
    except BaseException as error:
        raise EngineBroken(_described(error)) from error
    if outcome.version != __version__:
        raise EngineBroken(
            f"a worker runs valuecalc {outcome.version}, and this is {__version__}; "
            "the same version has to be installed everywhere"
        )
    return outcome


def _described(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300].strip(": ")


def start(address: str) -> Engine:
    """The engine of an address. Raises `EngineBroken` when it cannot be reached now."""
    scheme, _, rest = (address or default()).partition("://")
    if scheme == "threads":
        return _threads(int(rest))
    if scheme == "processes":
        return _processes(int(rest))
    return _cluster(f"{'tls' if scheme == DASK_TLS else 'tcp'}://{rest}")


def default() -> str:
    """Threads, one less than there are cores, because requests want to be answered too."""
    return f"threads://{max(1, cores() - 1)}"


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def refuse_missing_library(address: str) -> None:
    """Raises `InputError` when the engine needs a library that is not installed."""
    if address.partition("://")[0] in (DASK, DASK_TLS) and find_spec("distributed") is None:
        raise InputError(
            "VALUECALC_ENGINE names a cluster of Dask, and Dask distributed is not installed.",
            "Run: pip install 'valuecalc[cluster]', or python3 -m valuecalc install cluster",
        )


def _threads(count: int) -> Engine:
    pool = ThreadPoolExecutor(count, thread_name_prefix="valuecalc-work")
    return Engine(executor=pool, window=2 * count + 2, close=_shut(pool))


def _processes(count: int) -> Engine:
    # Forking a process that has threads is asking for a deadlock.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_settle_in)
    return Engine(executor=pool, window=2 * count + 2, close=_shut(pool))


def _shut(pool: ThreadPoolExecutor | ProcessPoolExecutor) -> Callable[[], None]:
    return lambda: pool.shutdown(wait=False, cancel_futures=True)


def _settle_in() -> None:
    """What a process of the pool does first."""
    hurry()
    # Ctrl+C reaches it as well; the coordinator decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End when the coordinator is killed: nobody else would tell."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


# --------------------------------------------------------------------------- the cluster


def _cluster(address: str) -> Engine:
    from distributed import Client

    client, reason = None, ""
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        threads = sum(client.nthreads().values())
    except Exception as error:
        reason = _described(error)
    # Raised out here: a client that an error holds on to takes long to go, wherever that is.
    if client is None or reason:
        _close_client(client)
        raise EngineBroken(f"{address} cannot be reached ({reason})")
    return Engine(
        # Not `pure`, or the same payload in two jobs would be one task.
        executor=client.get_executor(pure=False, retries=RETRIES),
        window=max(SMALLEST_CLUSTER_WINDOW, 2 * threads),
        close=lambda: _close_client(client),
        trouble=_ClusterWatch(client, address).trouble,
    )


def _close_client(client: Any) -> None:
    if client is None:
        return
    # The executor's own shutdown would wait for futures that may never end.
    with suppress(Exception):
        client.close(timeout=CLOSE_SECONDS)


class _ClusterWatch:
    """Sees what no future tells: none of them ends once their scheduler is gone."""

    def __init__(self, client: Any, address: str) -> None:
        self.client = client
        self.address = address
        self.looked = self.manned = time.monotonic()

    def trouble(self) -> str:
        """What is wrong with the cluster; empty when nothing is."""
        if self.client.status != "running":
            return f"the connection to {self.address} is lost"
        now = time.monotonic()
        if now - self.looked < SECONDS_BETWEEN_LOOKS:
            return ""
        self.looked = now
        if self._has_workers():
            self.manned = now
        if now - self.manned > SECONDS_WITHOUT_WORKERS:
            return f"{self.address} has had no worker for {SECONDS_WITHOUT_WORKERS:.0f} s"
        return ""

    def _has_workers(self) -> bool:
        try:
            return bool(self.client.nthreads())
        except Exception:
            return False


# --------------------------------------------------------------------------- keeping one


class Keeper:
    """The engine of a coordinator: started when it is first needed, started anew when broken."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.current: Engine | None = None

    def engine(self) -> Engine:
        """The engine, which takes its time to start. Raises `EngineBroken` when it cannot."""
        if self.current is None:
            self.current = start(self.address)
        return self.current

    def close(self) -> None:
        """Let it go; the next who asks gets a new one."""
        if self.current is not None:
            self.current.close()
            self.current = None
