"""Portfolios of many cases on threads, processes and a cluster, beside NumPy by hand."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tests.bench import simulations
from tests.bench.agreement import Disagreement
from tests.bench.by_hand import HandWritten
from tests.bench.measure import ROOT
from tests.bench.portfolio_at_work import Measured, cases
from tests.bench.report import Table, duration, ratio
from tests.services.dask_cluster import ALLOCATOR, Cluster, running_cluster

SIZES = (20, 100, 500)
LARGE_SIZES = (*SIZES, 2_000)
DRAWS = 10_000
WORKERS = 2
CASES_BY_HAND = 20
CASES_FOR_ALLOCATOR = 100
DRAWS_FOR_ALLOCATOR = 100_000

THREADS, PROCESSES, DASK = "threads", "processes", "Dask"
# What the process that looks after a worker of Dask starts it with, if nobody says otherwise.
AS_DASK_STARTS_THEM = {"MALLOC_TRIM_THRESHOLD_": "65536"}

Row = dict[str, Measured]


def tables(sizes: Sequence[int]) -> list[Table]:
    """Processor time, then time and memory, then the allocator. Raises `Disagreement`."""
    hand = by_hand(CASES_BY_HAND)
    with tempfile.TemporaryDirectory() as folder, running_cluster(Path(folder), WORKERS) as dask:
        found = {size: _row(size, dask) for size in sizes}
    return [_processor(found, hand), _wall(found), allocator()]


def by_hand(count: int, draws: int = DRAWS) -> float:
    """The processor seconds of a case by hand: draw 30 assumptions, work out the NPV, add it up."""
    made = cases(count)
    hand = HandWritten(made[0].timeline.months, many=True)
    simulations.by_hand(hand, simulations.drawn(made[0], draws))
    start = time.process_time()
    total = np.zeros(draws)
    for number, case in enumerate(made):
        _, npv = simulations.by_hand(hand, simulations.drawn(case, draws, seed=number))
        total += npv
    return (time.process_time() - start) / count


def _row(size: int, dask: Cluster) -> Row:
    assert dask.scheduler is not None
    found = {
        THREADS: at_work(f"threads://{WORKERS}", size),
        PROCESSES: at_work(f"processes://{WORKERS}", size, workers=WORKERS),
        DASK: at_work(dask.address, size, workers=WORKERS, others=(dask.scheduler.pid,)),
    }
    refuse_differences(size, found)
    return found


def refuse_differences(size: int, found: Mapping[str, Measured]) -> None:
    """Raise `Disagreement` unless everybody has given the same portfolio, to the last bit."""
    if len({each.hash for each in found.values()}) > 1:
        hashes = ", ".join(f"{name} {each.hash[:8]}" for name, each in found.items())
        raise Disagreement(f"portfolios of {size} cases: {hashes}")


def at_work(
    address: str, size: int, draws: int = DRAWS, workers: int = 0, others: Sequence[int] = ()
) -> Measured:
    """A portfolio of so many cases, worked out on an engine from a new process."""
    numbers = map(str, (size, draws, workers, *others))
    command = [sys.executable, "-m", "tests.bench.portfolio_at_work", address, *numbers]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return Measured(**json.loads(run.stdout))


def _processor(found: Mapping[int, Row], hand: float) -> Table:
    rows = [
        [f"{size:,}", duration(hand), *(ratio(each.cpu / size, hand) for each in row.values())]
        for size, row in found.items()
    ]
    note = (
        f"Processor time of one case at {DRAWS:,} draws, all processes together, once libraries "
        "are loaded; a ratio is to the hand-written NumPy. By hand: drawing the 30 assumptions, "
        "working out every draw and adding up the NPVs. Ours on top: reading and checking the "
        "document, the full result, percentiles, the chance of winning, and what a tornado needs. "
        "Everybody gave the same portfolio, to the last bit."
    )
    head = ("cases", "NumPy by hand", *_first(found))
    return Table("Portfolios: processor time of a case", head, rows, note)


def _wall(found: Mapping[int, Row]) -> Table:
    rows = [
        [f"{size:,}", *(f"{duration(each.wall)}, {each.peak:,.0f} MB" for each in row.values())]
        for size, row in found.items()
    ]
    note = (
        f"From the first part to the portfolio, on {WORKERS} threads or processes, and the peak of "
        "memory of all processes together: of the one that coordinates, of those that work, and "
        "of Dask's scheduler. Dask's workers, and its scheduler, do not end between the rows, so "
        "that their peak is the highest so far."
    )
    return Table("Portfolios: time and memory", ("cases", *_first(found)), rows, note)


def _first(found: Mapping[int, Row]) -> tuple[str, ...]:
    return tuple(next(iter(found.values())))


# --------------------------------------------------------------------------- the allocator


def allocator() -> Table:
    """What the settings of the C library's allocator cost a worker of Dask."""
    settings: dict[str, Mapping[str, str]] = {
        "as Dask's nanny starts them": AS_DASK_STARTS_THEM,
        "without any setting (`--no-nanny`)": {},
        "with the two variables of the manual": ALLOCATOR,
    }
    rows = [[label, *_with_allocator(each)] for label, each in settings.items()]
    note = (
        f"{CASES_FOR_ALLOCATOR} cases at {DRAWS:,} and at {DRAWS_FOR_ALLOCATOR:,} draws: processor "
        "time of one case, all processes together."
    )
    head = ("Dask's workers", f"{DRAWS:,} draws", f"{DRAWS_FOR_ALLOCATOR:,} draws")
    return Table("Portfolios on Dask: the allocator", head, rows, note)


def _with_allocator(environment: Mapping[str, str]) -> list[str]:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_cluster(Path(folder), WORKERS, environment) as dask,
    ):
        found = [
            at_work(dask.address, CASES_FOR_ALLOCATOR, draws, WORKERS)
            for draws in (DRAWS, DRAWS_FOR_ALLOCATOR)
        ]
    return [duration(each.cpu / CASES_FOR_ALLOCATOR) for each in found]
