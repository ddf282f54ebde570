"""What a chart says, as rows of text: for the table beside it and for alternative text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """The header of a table and its rows, every cell as the reader sees it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
