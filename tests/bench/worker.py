"""The other end of a pipe: a spreadsheet engine in a process of its own, asked line by line.

Imported by the workers, which may run under another Python, so only the standard library is
used. Time is taken here, so that the pipe is not measured.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

Ask = Callable[[dict[str, float], list[str]], list[float]]
"""Puts numbers into cells (`Sheet!A1`) and reads others: one what-if."""


def serve(what_if: Ask, loading: float) -> None:
    """Answer requests until the pipe ends: `{"set": {cell: number}, "get": [cell, …]}`.

    `loading` are the seconds that it took to load the workbook.
    """
    answers = os.fdopen(os.dup(1), "w")
    # What a library prints must not be taken for an answer.
    os.dup2(2, 1)
    _say(answers, {"seconds": loading})
    for line in sys.stdin:
        request = json.loads(line)
        start = time.perf_counter()
        values = what_if(request["set"], request["get"])
        _say(answers, {"seconds": time.perf_counter() - start, "values": values})


def _say(answers: Any, answer: dict[str, object]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()
