"""Calculated once: a row or a cell that would say the same as one before is a link to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from valuecalc.documents.workbook.rows import Block, Row, Single

_Kind = TypeVar("_Kind", Row, Single)

_REFERENCE = re.compile(r"\[([^\[\]|]*)(\|\w+)?\]")


@dataclass
class Once:
    """The formulas of the rows and cells so far, over all sheets that have rows over time."""

    rows: set[str] = field(default_factory=set)
    cells: set[str] = field(default_factory=set)
    first: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def settled(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """The blocks, with links instead of what has been calculated before."""
        for block in blocks:
            match block:
                case Row():
                    yield self._settled(block, block.key, block.otherwise)
                    self.rows.add(block.key)
                    self.cells.add(block.total_name)
                case Single():
                    yield self._settled(block, block.name, "")
                    self.cells.add(block.name)
                case _:
                    yield block

    def _settled(self, block: _Kind, name: str, otherwise: str) -> _Kind:
        if not block.formula or _REFERENCE.fullmatch(block.formula):
            return block
        key = (type(block).__name__, self._plain(block.formula), otherwise)
        source = self.first.setdefault(key, name)
        if source == name:
            return block
        style = "link" if block.style == "calculation" else block.style
        # A row may have the name of its total.
        formula = f"[{source}|now]" if isinstance(block, Row) else f"[{source}]"
        return replace(block, formula=formula, style=style)

    def _plain(self, formula: str) -> str:
        """A formula in which each row is named in one way."""

        def named(found: re.Match[str]) -> str:
            is_row = found[1] in self.rows and found[1] not in self.cells
            return f"[{found[1]}|now]" if is_row and not found[2] else found[0]

        return _REFERENCE.sub(named, formula)
