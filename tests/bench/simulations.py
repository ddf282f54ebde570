"""The reference case over many draws: by hand, ours, and others, from the same draws."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.bench import agreement
from tests.bench.by_hand import HandWritten
from tests.bench.measure import Turn, side_by_side, turn_of
from tests.bench.peers import Peer, Unavailable
from tests.bench.probabilistic import SIMULATORS, Simulator
from tests.bench.report import Table, duration, ratio
from valuecalc.case.case import Case
from valuecalc.engine.model import Model, compile_case

DRAWS = (100_000, 1_000_000)
HAND_CHUNK = 1_024
"""Draws that the hand-written model takes at a time: it is fastest with 500 to 1,000."""

BY_HAND, OURS = "NumPy by hand", "valuecalc"
SEED = 1
PEER_DRAWS, SLOW_DRAWS = 24, 2
SLOW = 0.1
DRAWN_AT_ONCE = 16_384

Values = Mapping[str, NDArray[np.float64]]
Sums = tuple[list[float], NDArray[np.float64]]
"""Each line's mean total, and the net present value of each draw."""

_NOTE = (
    "All lines' totals and the NPV of every draw; a ratio is to the hand-written NumPy, in chunks "
    "that fit the cache. Drawing is not counted, except for Squiggle, which draws while "
    "it works. Before anything was timed, everybody gave the "
    "same NPVs to a billionth of a usual one, draw by draw. ≈ is extrapolated: {peers}."
)


def drawn(case: Case, draws: int, seed: int = SEED) -> dict[str, NDArray[np.float64]]:
    """Draws of every assumption, from triangular distributions over their ranges."""
    source = np.random.default_rng(seed)
    return {
        each.id: source.triangular(each.low or 0.0, each.value, each.high or 0.0, draws)
        for each in case.assumptions
    }


def by_hand(hand: HandWritten, values: Values) -> Sums:
    """The hand-written model over all draws, in chunks."""
    count = len(next(iter(values.values())))
    npv = np.empty(count)
    totals: NDArray[np.float64] | float = 0.0
    for start in range(0, count, HAND_CHUNK):
        chunk = slice(start, start + HAND_CHUNK)
        lines, npv[chunk] = hand.what_if({id: each[chunk] for id, each in values.items()})
        totals = totals + lines.sum(axis=1)
    return list(np.asarray(totals) / count), npv


def ours(model: Model, values: Values) -> Sums:
    """Our engine over all draws, in chunks."""
    npv, totals = [], np.zeros(len(model.lines))
    count = 0
    for evaluation in model.in_chunks(values):
        found = np.asarray(evaluation.npv())
        totals += [float(np.mean(each)) * len(found) for each in evaluation.totals]
        count += len(found)
        npv.append(found)
    return list(totals / count), np.concatenate(npv)


def simulate(case: Case, draws: int) -> NDArray[np.float64]:
    """The NPVs of as many draws, which are drawn part by part, so that nothing else is kept."""
    model = compile_case(case)
    found = []
    for number, start in enumerate(range(0, draws, DRAWN_AT_ONCE)):
        values = drawn(case, min(DRAWN_AT_ONCE, draws - start), seed=number)
        found.append(ours(model, values)[1])
    return np.concatenate(found)


class Simulations:
    """Everybody who can work out the draws of one case."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.case = case
        self.folder = folder
        self.model = compile_case(case)
        self.hand = HandWritten(case.timeline.months, many=True)
        self.notes: list[str] = []

    def per_draw(self, simulator: Simulator) -> float:
        """The seconds of a draw, after it has agreed with us. Raises `Unavailable`."""
        values = drawn(self.case, simulator.draws)
        file = self.folder / f"{simulator.name}.json"
        ranges = {each.id: (each.low, each.value, each.high) for each in self.case.assumptions}
        draws = {id: each.tolist() for id, each in values.items()}
        months = self.case.timeline.months
        file.write_text(json.dumps({"months": months, "draws": draws, "ranges": ranges}))
        command = simulator.command()
        answer = simulator.ask(command, file)
        mine = ours(self.model, values)
        _agree(f"{simulator.name}, draws", (answer.totals, np.array(answer.npv)), mine)
        return answer.seconds / simulator.draws

    def simulators(self) -> dict[str, float]:
        """The seconds of a draw of everybody who can be installed; of others a note."""
        found = {}
        for simulator in SIMULATORS:
            try:
                found[simulator.name] = self.per_draw(simulator)
            except Unavailable as reason:
                self.notes.append(f"{reason}.")
        return found

    def turns(self, draws: int) -> dict[str, Turn]:
        """By hand and ours."""
        values = drawn(self.case, draws)
        _agree("draws", by_hand(self.hand, values), ours(self.model, values))
        return {
            BY_HAND: turn_of(lambda: by_hand(self.hand, values)),
            OURS: turn_of(lambda: ours(self.model, values)),
        }


def _agree(what: str, one: Sums, other: Sums) -> None:
    agreement.compare(what, one, other, size=float(np.abs(other[1]).mean()))


def per_draw(case: Case, peer: Peer) -> tuple[float, int]:
    """The seconds of a draw of a spreadsheet engine, and how many it was asked for."""
    values = drawn(case, PEER_DRAWS)
    rows = [{id: float(each[row]) for id, each in values.items()} for row in range(PEER_DRAWS)]
    first = peer.ask(rows[0])[0]
    asked = rows[1 : SLOW_DRAWS + 1] if first > SLOW else rows[1:]
    return sum(peer.ask(row)[0] for row in asked) / len(asked), len(asked)


def table(
    case: Case, peers: Mapping[str, Peer], twins: tuple[Case, Mapping[str, Peer]], folder: Path
) -> Table:
    """Many draws side by side; `twins` are peers that could load a shorter case only."""
    field = Simulations(case, folder)
    others: dict[str, tuple[float, bool]] = {
        name: (seconds, False) for name, seconds in field.simulators().items()
    }
    asked = {each.name: f"{each.draws:,} draws" for each in SIMULATORS if each.name in others}
    twin, shorter = twins
    for name, peer, of in _with_case(case, peers, twin, shorter):
        seconds, count = per_draw(of, peer)
        label = name if of is case else f"{name}, {of.timeline.periods} periods"
        others[label], asked[label] = (seconds, of is not case), f"{count} draws"
    rows = list(_rows(field, twin, others))
    note = _NOTE.format(peers=", ".join(f"{name} from {count}" for name, count in asked.items()))
    head = ("draws", BY_HAND, OURS, *others)
    return Table("Monte Carlo: many draws", head, rows, " ".join([note, *field.notes]))


def _with_case(
    case: Case, peers: Mapping[str, Peer], twin: Case, shorter: Mapping[str, Peer]
) -> Iterator[tuple[str, Peer, Case]]:
    yield from ((name, peer, case) for name, peer in peers.items())
    yield from ((name, peer, twin) for name, peer in shorter.items())


def _rows(
    field: Simulations, twin: Case, others: Mapping[str, tuple[float, bool]]
) -> Iterator[list[str]]:
    short = side_by_side(Simulations(twin, field.folder).turns(10_000))[BY_HAND] / 10_000
    for draws in DRAWS:
        found = side_by_side(field.turns(draws))
        hand = found[BY_HAND]
        row = [f"{draws:,}", duration(hand), ratio(found[OURS], hand)]
        for seconds, is_twin in others.values():
            row.append(f"≈ {ratio(seconds * draws, short * draws if is_twin else hand)}")
        yield row
