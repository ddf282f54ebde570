"""Lists in slices: each begins after the last row of the one before, whatever is added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)
class Slice(Generic[Row]):
    """Some rows of a list, and whether there are more after them."""

    rows: tuple[Row, ...]
    has_more: bool


def sliced(rows: Iterable[Row], limit: int) -> Slice[Row]:
    """The first `limit` rows of a query that asked for one more."""
    found = tuple(rows)
    return Slice(found[:limit], len(found) > limit)
