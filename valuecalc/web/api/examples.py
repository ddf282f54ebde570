"""An example of every request and answer, for the description of the API.

They stand in `examples.json`; the tests send the requests, and hold every one against its
shape.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson

FILE = Path(__file__).with_name("examples.json")


def of(name: str) -> Any:
    """The example of this name."""
    return _examples()[name]


@cache
def _examples() -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(FILE.read_bytes())
    return found
