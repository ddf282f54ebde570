"""Measures time side by side, and memory in a process of its own."""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

Turn = Callable[[], float]
"""Does a piece of work and returns the seconds that one call of it took."""

SECONDS = 1.2
FEWEST_TURNS = 3
TURNS = 60
FIRST_CALLS = 3


def turn_of(work: Callable[[], object], seconds: float | None = None) -> Turn:
    """A turn that calls `work` often enough for the clock; a few calls first to warm up."""
    for _ in range(FIRST_CALLS):
        work()
    seconds = SECONDS if seconds is None else seconds
    calls = max(1, round(seconds / TURNS / max(_timed(work, 1), 1e-9)))
    return lambda: _timed(work, calls)


def once(work: Callable[[], object], before: Callable[[], object]) -> Turn:
    """A turn that calls `work` once, after `before`, which is not measured."""

    def turn() -> float:
        before()
        return _timed(work, 1)

    return turn


def _timed(work: Callable[[], object], calls: int) -> float:
    gc.disable()
    try:
        start = time.perf_counter()
        for _ in range(calls):
            work()
        return (time.perf_counter() - start) / calls
    finally:
        gc.enable()


def side_by_side(turns: Mapping[str, Turn], seconds: float | None = None) -> dict[str, float]:
    """The median seconds of one call of each, all taking turns.

    Each has about `seconds` in all (`SECONDS`), and three turns at least, however slow it is.
    """
    seconds = SECONDS if seconds is None else seconds
    gc.collect()
    taken: dict[str, list[float]] = {name: [] for name in turns}
    spent = dict.fromkeys(turns, 0.0)
    waiting = list(turns)
    while waiting:
        for name in waiting:
            start = time.perf_counter()
            taken[name].append(turns[name]())
            spent[name] += time.perf_counter() - start
        waiting = [
            name
            for name in waiting
            if len(taken[name]) < FEWEST_TURNS
            or (spent[name] < seconds and len(taken[name]) < TURNS)
        ]
    return {name: statistics.median(each) for name, each in taken.items()}


def in_new_process(code: str) -> tuple[float, float]:
    """Seconds and the peak of memory, in MB, of a fresh interpreter that runs `code`."""
    script = _IN_NEW_PROCESS.format(code=code)
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    seconds, peak = run.stdout.split()
    return float(seconds), float(peak)


_IN_NEW_PROCESS = """
import os, pathlib, resource, sys, time
os.environ["OPENBLAS_NUM_THREADS"] = "1"
start = time.perf_counter()
{code}
seconds = time.perf_counter() - start
status = pathlib.Path("/proc/self/status")
if status.exists():
    # Not ru_maxrss, which on Linux begins with the peak of the process that started this one.
    peak = next(int(line.split()[1]) for line in status.open() if line.startswith("VmHWM")) / 1024
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
print(seconds, peak)
"""
