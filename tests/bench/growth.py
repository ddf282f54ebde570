"""How time and memory grow with formulas, periods, lines and alternatives."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from itertools import cycle
from statistics import median

import numpy as np

from tests.bench import ours, reference, simulations
from tests.bench.by_hand import HandWritten
from tests.bench.measure import in_new_process, once, side_by_side, turn_of
from tests.bench.report import Table, duration, ratio
from valuecalc.case.case import Case
from valuecalc.engine.model import compile_case

LINES_FOR_FORMULAS = (40, 80, 240, 800)
PERIODS = (12, 60, 120, 600)
LINES = (10, 40, 100, 500)
ALTERNATIVES = (60, 1_000, 10_000)
SECONDS = 0.4
"""For each measurement; growth needs no third digit."""

SIMULATIONS = (
    (10_000, 40, 60),
    (100_000, 40, 60),
    (1_000_000, 40, 60),
    (100_000, 10, 60),
    (100_000, 400, 60),
    (100_000, 40, 12),
    (100_000, 40, 600),
)
"""Draws, lines and monthly periods."""

_SIMULATE = """
from tests.bench import reference, simulations
simulations.simulate(reference.case(months={months}, lines={count}), {draws})
"""
_IMPORT = "from tests.bench import reference\nfrom valuecalc.engine.calculate import calculate\n"


def compiling() -> Table:
    """From formula texts to a runnable model, every cache empty."""
    cases = [reference.case(lines=lines) for lines in LINES_FOR_FORMULAS]
    turns = {
        str(reference.formulas(case)): once(ours.compiling(case), before=ours.forget)
        for case in cases
    }
    found = side_by_side(turns, SECONDS)
    rows = [
        (f"{int(count):,}", duration(seconds), duration(seconds / int(count)))
        for count, seconds in found.items()
    ]
    return Table(
        "Compiling: from formula texts to a runnable model, every cache empty",
        ("formulas", "time", "per formula"),
        rows,
        "50 formulas are the reference case; the others are that case several times over, under "
        "other names.",
    )


def periods() -> Table:
    """The reference case with other horizons."""
    rows = []
    for months in PERIODS:
        case = reference.case(months=months)
        hand, expected = HandWritten(months), ours.expected(case)
        by_hand = turn_of(lambda hand=hand, a=expected: hand.what_if(a), SECONDS)  # type: ignore[misc]
        found = side_by_side({"by hand": by_hand, **_turns(case)}, SECONDS)
        what_if = ratio(found["what-if"], found["by hand"])
        rows.append((f"{months}", duration(found["by hand"]), what_if, *_rest(found, case)))
    head = ("periods", "what-if by hand", "what-if", "compile", "full result", "its memory")
    return Table("Growth with the horizon: 40 lines, monthly periods", head, rows)


def lines() -> Table:
    """The reference case with fewer and with more lines."""
    rows = []
    for count in LINES:
        case = reference.case(lines=count)
        found = side_by_side(_turns(case), SECONDS)
        rows.append((f"{count}", duration(found["what-if"]), *_rest(found, case)))
    loading, _ = zip(*(in_new_process(_IMPORT) for _ in range(3)), strict=True)
    _, peak = in_new_process(f"{_IMPORT}calculate(reference.case())")
    note = (
        f"A new process loads the libraries in {duration(median(loading))} and needs {peak:.0f} MB "
        "with its first result. Memory in the table is the peak of what compiling and "
        "calculating a case adds."
    )
    head = ("lines", "what-if", "compile", "full result", "its memory")
    return Table("Growth with the lines: 60 monthly periods", head, rows, note)


def alternatives() -> Table:
    """Many alternatives in one call: arrays of values for every assumption."""
    case = reference.case()
    model, hand = compile_case(case), HandWritten(reference.MONTHS, many=True)
    rows = []
    for count in ALTERNATIVES:
        values = {
            each.id: np.linspace(each.low or 0.0, each.high or 0.0, count)
            for each in case.assumptions
        }
        works: dict[str, Callable[[], object]] = {
            "by hand": lambda values=values: hand.what_if(values),  # type: ignore[misc]
            "ours": lambda values=values: simulations.ours(model, values),  # type: ignore[misc]
        }
        found = side_by_side({name: turn_of(work, SECONDS) for name, work in works.items()})
        memory = [f"{_peak_of(work):.1f} MB" for work in works.values()]
        cells = (duration(found["by hand"]), ratio(found["ours"], found["by hand"]))
        rows.append((f"{count:,}", *cells, *memory))
    head = ("alternatives", "by hand", "valuecalc", "memory by hand", "memory")
    return Table("Growth with the alternatives in one call: 40 lines, 60 periods", head, rows)


def simulation() -> Table:
    """Monte Carlo with more draws, lines and periods, each in a process of its own."""
    rows = []
    for draws, count, months in SIMULATIONS:
        case = reference.case(months=months, lines=count)
        values = simulations.drawn(case, 10_000)
        model = compile_case(case)
        turn = turn_of(lambda model=model, values=values: simulations.ours(model, values), SECONDS)  # type: ignore[misc]
        seconds = side_by_side({"ours": turn}, SECONDS)["ours"] / 10_000
        _, peak = in_new_process(_SIMULATE.format(months=months, count=count, draws=draws))
        rows.append(
            (f"{draws:,}", f"{count}", f"{months}", duration(seconds * 1e5), f"{peak:.0f} MB")
        )
    note = (
        "The time of 100,000 draws, without drawing. Memory is the peak of a process that draws "
        "and keeps nothing but the NPV of each draw; {peak:.0f} MB of it are the libraries."
    )
    _, peak = in_new_process(f"{_IMPORT}from tests.bench import simulations")
    head = ("draws", "lines", "periods", "time of 100,000", "memory")
    return Table("Growth of a Monte Carlo", head, rows, note.format(peak=peak))


def _turns(case: Case) -> dict[str, Callable[[], float]]:
    model = compile_case(case)
    changes = cycle([{each.id: each.high} for each in case.assumptions])
    return {
        "what-if": turn_of(lambda: ours.what_if(model, next(changes)), SECONDS),
        "compile": once(ours.compiling(case), before=ours.forget),
        "result": turn_of(ours.full_result(case), SECONDS),
    }


def _rest(found: dict[str, float], case: Case) -> tuple[str, str, str]:
    ours.forget()
    memory = _peak_of(ours.full_result(case))
    return duration(found["compile"]), duration(found["result"]), f"{memory:.1f} MB"


def _peak_of(work: Callable[[], object]) -> float:
    """The peak of what a piece of work allocates, in MB."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1024**2
    finally:
        tracemalloc.stop()
