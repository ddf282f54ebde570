"""How much is done, in steps of the program: the same on a busy machine as on a quick one."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def steps_of(work: Callable[[], object]) -> int:
    """How many lines of Python and calls of functions it takes to do `work`.

    A loop within one line counts each turn. What a single call in C does for long, such as a
    search for a pattern, counts once. Do the work once beforehand where something is kept for
    the next time.
    """
    steps = 0

    def note_line(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal steps
        steps += event == "line"
        return note_line

    def note_call(frame: FrameType, event: str, argument: object) -> None:
        nonlocal steps
        steps += event in ("call", "c_call")

    before = sys.gettrace(), sys.getprofile()
    # The collector calls who asked for it, at moments that depend on what was done before.
    gc.disable()
    sys.setprofile(note_call)
    sys.settrace(note_line)
    try:
        work()
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
        gc.enable()
    return steps
