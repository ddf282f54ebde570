"""Everybody has to give the same numbers before anything is timed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tests.bench import ours
from tests.bench.by_hand import HandWritten
from tests.bench.peers import Peer
from valuecalc.case.case import Case
from valuecalc.engine.model import compile_case

TOLERANCE = 1e-9
"""Relative; NPVs and totals of lines."""

Answer = tuple[Any, Any]
"""Each line's total, and the net present value."""


class Disagreement(Exception):
    """Two that should calculate the same model do not."""


def by_hand_and_ours(case: Case) -> None:
    """Compare at the expected values, at each end of each assumption, and at all at once."""
    months = case.timeline.months
    one, many, model = HandWritten(months), HandWritten(months, many=True), compile_case(case)
    expected, ends = ours.expected(case), ours.ends(case)
    compare("expected values", one.what_if(expected), ours.what_if(model, {}))
    compare("all ends at once", many.what_if(ends), ours.what_if(model, ends))
    for number, each in enumerate(case.assumptions):
        low = {each.id: float(ends[each.id][2 * number])}
        compare(f"{each.id} low", one.what_if(expected | low), ours.what_if(model, low))


def with_peer(case: Case, peer: Peer) -> None:
    """Compare a peer at the expected values, and at some ends, one after the other."""
    model = compile_case(case)

    def theirs(values: Mapping[str, float]) -> Answer:
        _, totals, npv = peer.ask(values)
        return totals, npv

    _compare_changes(case, peer.name, theirs, lambda values: ours.what_if(model, values))


def _compare_changes(
    case: Case,
    name: str,
    theirs: Callable[[Mapping[str, float]], Answer],
    mine: Callable[[Mapping[str, float]], Answer],
) -> None:
    compare(f"{name}, expected values", theirs({}), mine({}))
    for each in case.assumptions[:: len(case.assumptions) // 3]:
        assert each.high is not None
        high = {each.id: each.high}
        compare(f"{name}, {each.id} high", theirs(high), mine(high))
        theirs({each.id: each.value})


def compare(what: str, one: Answer, other: Answer, size: float = 0.0) -> None:
    """Raise `Disagreement` where totals or net present values differ by more than a billionth.

    That is a billionth of themselves, or of `size`: among many draws some NPV is next to nothing.
    """
    for label, first, second in (("totals", one[0], other[0]), ("NPV", one[1], other[1])):
        left, right = _array(first), _array(second)
        if not np.allclose(left, right, rtol=TOLERANCE, atol=TOLERANCE * size):
            raise Disagreement(f"{what}: {label} {left} and {right}")


def _array(values: Any) -> Any:
    """Numbers as an array; those of lines that some alternatives share are repeated."""
    if isinstance(values, list):
        return np.array(np.broadcast_arrays(*values), dtype=float)
    return np.asarray(values, dtype=float)
