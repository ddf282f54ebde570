"""Kinds of jobs for tests: sums of seeded draws, and what goes wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tests.services.sums_of_draws import wait_at_the_gate, work
from valuecalc.errors import InputError
from valuecalc.services.job_kinds import Kind, register


def sums(seeds: int, seconds: float = 0.0, **more: Any) -> dict[str, Any]:
    """A request for the sums of so many seeds, each of which takes so long.

    While the file `gate` is there, it comes no further than to the seed `open_to`, or to the
    sum of them all.
    """
    return {"seeds": seeds, "seconds": seconds, **more}


def parts(request: Mapping[str, Any], session: Any) -> Sequence[Any]:
    if request.get("mistake") == "parts":
        raise InputError("There is nothing to add up.", "Ask for a seed.")
    first = request.get("first_seed", 1)
    return [{**request, "seed": first + number} for number in range(request["seeds"])]


def merge(
    request: Mapping[str, Any], payloads: Sequence[Any], results: Sequence[bytes]
) -> dict[str, Any]:
    if request.get("mistake") == "merge":
        raise InputError("The sums are too large.", "Ask for fewer seeds.")
    if request.get("mistake") == "nan":
        return {"sum": float("nan")}
    if "gate" in request:
        wait_at_the_gate(request)
    rows = [np.frombuffer(each) for each in results]
    # Added one after the other: in another order the last bits would differ.
    total = np.zeros(2)
    for row in rows:
        total = total + row
    return {
        "seeds": [payload["seed"] for payload in payloads],
        "sums": [row.tolist() for row in rows],
        "total": [value.hex() for value in total],
    }


def cases(request: Mapping[str, Any]) -> Sequence[str]:
    return request.get("cases", ())


SUMS = register(
    Kind(name="sums", label="Sums of draws", parts=parts, work=work, merge=merge, cases=cases)
)
