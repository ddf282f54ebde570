"""The work of the jobs of tests: sums of seeded draws, slow enough to be killed, and mistakes.

Every process that works on them loads this, and so it loads next to nothing by itself.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from valuecalc.errors import InputError, UnknownName

DRAWS = 2000


def wait_at_the_gate(request: Mapping[str, Any]) -> None:
    """Until the file `gate` of a request is gone."""
    while Path(request["gate"]).exists():
        time.sleep(0.01)


def work(payload: Any) -> bytes:
    """The sums of the draws of one seed."""
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
