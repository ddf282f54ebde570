"""The comparison: hand-written NumPy, valuecalc and the spreadsheet engines, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench import agreement, ours, reference, simulations
from tests.bench.by_hand import HandWritten
from tests.bench.measure import Turn, once, side_by_side, turn_of
from tests.bench.peers import Book, Peer, Unavailable, book_of, formulas, libreoffice
from tests.bench.report import Table, duration, ratio
from valuecalc.case.case import Case
from valuecalc.engine.calculate import calculate
from valuecalc.engine.model import compile_case

BY_HAND = "NumPy by hand"
OURS = "valuecalc"
PEERS = {"LibreOffice, kept open": libreoffice, "formulas": formulas}
TWIN_MONTHS = 12
TWIN_PATIENCE = 4
TWO_WAY, STEPS = ("churn", "energy_price"), 21
SLOW = 0.1
"""A peer that takes longer for one what-if, in seconds, is not asked for sixty."""

Numbers = Mapping[str, float]
Found = dict[str, float]
Start = Callable[[Book, float], AbstractContextManager[Peer]]

_READING = (
    "A ratio is to the hand-written NumPy of the same run, with the time beside it; below 1 is "
    "faster. Before anything was timed, everybody gave the same totals and the same NPV, to a "
    "billionth."
)


class Field:
    """Those who calculate one case: by hand, ours, and the peers that have it loaded."""

    def __init__(self, case: Case, peers: Mapping[str, Peer]) -> None:
        self.case = case
        self.peers = peers
        self.model = compile_case(case)
        self.expected = ours.expected(case)
        self.low = {each.id: each.low for each in case.assumptions if each.low is not None}
        self.high = {each.id: each.high for each in case.assumptions if each.high is not None}
        for peer in peers.values():
            agreement.with_peer(case, peer)

    def one(self) -> Found:
        """One what-if: another assumption each time goes to its high end."""
        return self._what_ifs([{name: value} for name, value in self.high.items()])

    def everything(self) -> Found:
        """One what-if in which every assumption changes."""
        return self._what_ifs([self.high, self.low])

    def _what_ifs(self, changes: Sequence[Numbers]) -> Found:
        hand = HandWritten(self.case.timeline.months)
        by_hand, mine = cycle(changes), cycle(changes)
        turns = {
            BY_HAND: turn_of(lambda: hand.what_if({**self.expected, **next(by_hand)})),
            OURS: turn_of(lambda: ours.what_if(self.model, next(mine))),
        }
        return side_by_side(turns | {n: _asking(p, changes) for n, p in self.peers.items()})

    def ends(self) -> Found:
        """Each assumption at its low and at its high end: arrays here, one by one elsewhere."""
        changes = [{name: end[name]} for name in self.high for end in (self.low, self.high)]
        return self._at_once(ours.ends(self.case), changes)

    def two_way(self) -> Found:
        """Two assumptions at 21 values each, all others as expected."""
        first, second = TWO_WAY
        values = ours.two_way(self.case, first, second, STEPS)
        changes = [
            {first: one, second: other}
            for one, other in zip(values[first].tolist(), values[second].tolist(), strict=True)
        ]
        return self._at_once(values, changes)

    def _at_once(self, points: Mapping[str, Any], changes: Sequence[Numbers]) -> Found:
        """Many points: arrays by hand and here, one by one elsewhere."""
        hand = HandWritten(self.case.timeline.months, many=True)
        count = len(next(iter(points.values())))
        everything = {id: np.full(count, value) for id, value in self.expected.items()}
        everything.update(points)
        turns = {
            BY_HAND: turn_of(lambda: hand.what_if(everything)),
            OURS: turn_of(lambda: ours.what_if(self.model, points)),
        }
        for name, peer in self.peers.items():
            if _asking(peer, changes[:1])() < SLOW:
                turns[name] = _asking_all(peer, changes)
        return side_by_side(turns)

    def compiling(self) -> Found:
        """From the texts of the formulas, or from the workbook's file, to a runnable model."""
        turns = {OURS: once(ours.compiling(self.case), before=ours.forget)}
        return side_by_side(turns) | {name: peer.loading for name, peer in self.peers.items()}

    def result(self) -> Found:
        """Every figure of the case."""
        return side_by_side({OURS: turn_of(ours.full_result(self.case))})

    def scenarios(self) -> Found:
        """Every figure of three scenarios."""
        return side_by_side({OURS: turn_of(ours.three_scenarios(self.case))})


Work = Callable[[Field], Found]


def _asking(peer: Peer, changes: Sequence[Numbers]) -> Turn:
    """A turn of one what-if; the next one goes on from there."""
    following = cycle(changes)
    return lambda: peer.ask(next(following))[0]


def _asking_all(peer: Peer, changes: Sequence[Numbers]) -> Turn:
    return lambda: sum(peer.ask(change)[0] for change in changes)


@dataclass
class Contest:
    """Measures the reference case; a peer has `limit` seconds to load a workbook.

    A peer that cannot load the reference in time calculates a twin with a shorter horizon, and
    its ratios are to the hand-written NumPy on that twin.
    """

    folder: Path
    limit: float
    notes: list[str] = field(default_factory=list)

    def run(self, with_peers: bool) -> list[Table]:
        """The comparison at a glance, and over many draws."""
        with ExitStack() as stack:
            case, twin = reference.case(), reference.case(months=TWIN_MONTHS)
            peers = self.enter(stack, case, PEERS) if with_peers else {}
            late = {name: PEERS[name] for name in PEERS if with_peers and name not in peers}
            twins = self.enter(stack, twin, late, patience=TWIN_PATIENCE) if late else {}
            fields = [Field(case, peers)] + ([Field(twin, twins)] if twins else [])
            rows = list(self.rows(fields))
            draws = simulations.table(case, peers, (twin, twins), self.folder)
        head = ("work", BY_HAND, OURS, *peers, *(f"{n}, {TWIN_MONTHS} periods" for n in twins))
        return [Table("At a glance", head, rows, " ".join([_READING, *self.notes])), draws]

    def enter(
        self, stack: ExitStack, case: Case, starts: Mapping[str, Start], patience: int = 1
    ) -> dict[str, Peer]:
        """The peers that have a case's workbook loaded; of the others a note says why not."""
        book = book_of(case, self.folder)
        found = {}
        for name, start in starts.items():
            try:
                found[name] = stack.enter_context(start(book, self.limit * patience))
            except Unavailable as reason:
                self.notes.append(f"{reason} (workbook with {case.timeline.periods} periods).")
        if found:
            self.notes.append(
                f"{' and '.join(found)}: our workbook of the case with {case.timeline.periods} "
                f"periods, {book.formulas:,} formulas."
            )
        return found

    def rows(self, fields: list[Field]) -> Iterator[list[str]]:
        """The works, each measured in every field."""
        figures = len(calculate(fields[0].case).figures)
        works: dict[str, Work] = {
            "one what-if: an assumption changes": Field.one,
            "a what-if in which all 30 change": Field.everything,
            "a tornado: each assumption at both ends, 60 what-ifs": Field.ends,
            "a two-way table: 21 × 21 what-ifs": Field.two_way,
            "making the model runnable": Field.compiling,
            f"the full result: {figures} figures": Field.result,
            "three scenarios, full results": Field.scenarios,
        }
        for label, work in works.items():
            row = [label]
            for number, each in enumerate(fields):
                row += _cells(each, work(each), is_twin=number > 0)
            yield row


def _cells(field: Field, found: Found, is_twin: bool) -> list[str]:
    """The times of one work, as ratios where it is also written by hand."""

    def cell(name: str) -> str:
        if name not in found:
            return "–"
        is_ratio = name != BY_HAND and BY_HAND in found
        return ratio(found[name], found[BY_HAND]) if is_ratio else duration(found[name])

    return [cell(name) for name in (*(() if is_twin else (BY_HAND, OURS)), *field.peers)]
