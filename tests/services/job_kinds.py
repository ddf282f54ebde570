"""Kinds of jobs for tests: sums of seeded draws, slow enough to be killed, and what goes wrong.

Imported by the processes that work, so it loads neither Flask nor the database by itself.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from valuecalc.errors import InputError, UnknownName
from valuecalc.services.job_kinds import Kind, register

DRAWS = 2000


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


def wait_at_the_gate(request: Mapping[str, Any]) -> None:
    while Path(request["gate"]).exists():
        time.sleep(0.01)


def work(payload: Any) -> bytes:
    time.sleep(payload["seconds"])
    if payload["seed"] > payload.get("open_to", payload["seed"]):
        wait_at_the_gate(payload)
    if payload["seed"] == payload.get("bad_seed"):
        misbehave(payload)
    draws = np.random.default_rng(payload["seed"]).normal(size=DRAWS)
    return np.array([draws.sum(), np.exp(draws).sum()]).tobytes()


def misbehave(payload: Any) -> None:
    """What can go wrong in a part."""
    mistake = payload["mistake"]
    if mistake == "input":
        raise InputError("The range of “users” is empty.", "Give it a low and a high value.")
    if mistake == "unpicklable":
        raise UnknownName("figure", "valeu", ["value"])
    if mistake == "bug":
        raise ZeroDivisionError("division by zero")
    if mistake == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if mistake == "kill once":
        # One process wins the right to die; a file is what processes share.
        try:
            Path(payload["mark"]).touch(exist_ok=False)
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


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
