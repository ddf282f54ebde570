"""`python -m tests.bench.portfolio_at_work ENGINE CASES DRAWS [PID …]`: one portfolio, measured.

A process of its own, so that memory is this portfolio's alone. The parts are those of a job and
go to the engine as a job's do; only the database is left out. PID are processes that belong to
the engine without working, such as the scheduler of a cluster. Times and memory of processes
are Linux's own (`/proc`).
"""

from __future__ import annotations

import os

# Read when NumPy is loaded; processes of a pool get it from here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import json
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tests.bench import reference
from valuecalc.case.case import Case
from valuecalc.engine.portfolio import portfolio as engine
from valuecalc.engine.portfolio.request import PortfolioRequest, cases_per_part
from valuecalc.schemas.case import dump_case
from valuecalc.services import engines
from valuecalc.services.portfolio_work import Document, DocumentPart, work

SECONDS_OF_A_LOOK = 0.2
SECONDS_TO_ARRIVE = 60
WARM_CASES = 2


@dataclass(frozen=True)
class Measured:
    """Seconds from the first part to the portfolio, and of the processors; MB at the peak."""

    wall: float
    cpu: float
    peak: float
    hash: str


def cases(count: int) -> list[Case]:
    """The reference case again and again, with another value of one assumption each time."""
    return [_case(number) for number in range(count)]


def _case(number: int) -> Case:
    case = reference.case()
    values = {"wage": 46 + 4 * number / 2_000}
    chance = None if number % 4 == 0 else 0.2 + 0.1 * (number % 7)
    return replace(case.with_values(values), title=f"Work {number}", probability=chance)


def parts(made: Sequence[Case], request: PortfolioRequest) -> list[DocumentPart]:
    """The cases in groups, as a job cuts them."""
    documents = [
        Document(uid=f"case{number}", version=1, text=json.dumps(dump_case(case)))
        for number, case in enumerate(made)
    ]
    size = cases_per_part(len(documents), request.draws)
    return [
        DocumentPart(request=request, entries=tuple(documents[first : first + size]), first=first)
        for first in range(0, len(documents), size)
    ]


def worked_off(running: engines.Engine, payloads: Sequence[DocumentPart]) -> list[bytes]:
    """What comes out of all parts; as many are under way as a job would have."""
    waiting = iter(enumerate(payloads))
    flying: dict[Any, int] = {}
    found: dict[int, bytes] = {}
    while len(found) < len(payloads):
        while len(flying) < running.window and (following := next(waiting, None)) is not None:
            number, payload = following
            flying[running.submit(work, payload)] = number
        for future in wait(flying, return_when=FIRST_COMPLETED).done:
            outcome = engines.outcome_of(future)
            if outcome.problem is not None:
                raise RuntimeError(f"{outcome.problem}\n{outcome.trace}")
            found[flying.pop(future)] = outcome.result
    return [found[number] for number in range(len(payloads))]


def warmed(running: engines.Engine, workers: int, warm: DocumentPart) -> set[int]:
    """The processes that work, each of which has worked out a few cases before."""
    until = time.monotonic() + SECONDS_TO_ARRIVE
    seen: set[int] = set()
    while len(seen) < workers:
        if time.monotonic() > until:
            raise TimeoutError(f"{len(seen)} of {workers} workers are there")
        futures = [running.submit(name_of_process, warm) for _ in range(workers)]
        seen |= {int(engines.outcome_of(each).result) for each in wait(futures).done}
    return seen


def name_of_process(warm: DocumentPart) -> bytes:
    """The id of the process that works; a look takes long enough for the others to have one too."""
    work(warm)
    time.sleep(SECONDS_OF_A_LOOK)
    return str(os.getpid()).encode()


def measured(
    address: str, count: int, draws: int, workers: int, others: Iterable[int] = ()
) -> Measured:
    """Work out a portfolio of so many cases, on `workers` processes beside this one (or none)."""
    request = PortfolioRequest(draws=draws)
    payloads = parts(cases(count), request)
    warm = parts(cases(WARM_CASES), request)[0]
    running = engines.start(address)
    try:
        processes = {os.getpid(), *others, *warmed(running, max(1, workers), warm)}
        before, start = _cpu(processes), time.perf_counter()
        found = engine.merge(request, payloads, worked_off(running, payloads))
        wall, cpu = time.perf_counter() - start, _cpu(processes) - before
        return Measured(wall, cpu, sum(map(_peak, processes)), found.hash)
    finally:
        running.close()


def _cpu(processes: Iterable[int]) -> float:
    """Seconds of the processors that processes have taken."""
    ticks = 0
    for process in processes:
        # The name, in brackets, may hold blanks.
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _peak(process: int) -> float:
    """The most memory that a process has had, in MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    [line] = [each for each in lines if each.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def main() -> None:
    """Measure what the command line asks for, and write it as JSON."""
    address, count, draws, workers, *others = sys.argv[1:]
    found = measured(address, int(count), int(draws), int(workers), map(int, others))
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
