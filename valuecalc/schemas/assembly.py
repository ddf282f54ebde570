"""Puts a document together piece by piece, within bounds, and keeps the line of everything."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from valuecalc.errors import DocumentError

MAX_NODES = 100_000
MAX_DEPTH = 30

Path = tuple[str | int, ...]
"""Where something stands in a document: `("assumptions", 3, "low")`."""


@dataclass(frozen=True)
class Document:
    """Plain data, and the line (from 1) of each path in it; `()` is the whole."""

    data: dict[str, Any]
    lines: Mapping[Path, int]


def unreadable(character: str, line: int) -> DocumentError:
    """The refusal of a character that no text should hold."""
    name = unicodedata.name(character, "a control character")
    return DocumentError(
        f"The text holds U+{ord(character):04X} ({name}), which is no readable character.",
        "Remove it.",
        line,
    )


def empty() -> DocumentError:
    """The refusal of a text with nothing in it."""
    return DocumentError("The text is empty.", "Begin it with: format: valuecalc/1")


def no_mapping(kind: str, line: int = 1) -> DocumentError:
    """The refusal of a text that holds something else than names and values."""
    return DocumentError(
        f"The text holds {kind}, and a case is a list of names with their values.",
        "Begin it with: format: valuecalc/1",
        line,
    )


def _twice(key: str, line: int, first: int) -> DocumentError:
    before = "in the same line" if line == first else f"in line {first}"
    return DocumentError(
        f"“{key[:60]}” stands here twice, first {before}.", "Keep one of the two.", line
    )


def too_deep(line: int | None) -> DocumentError:
    """The refusal of too many brackets inside each other."""
    return DocumentError(
        f"The text is nested more than {MAX_DEPTH} deep.",
        "A case needs no more than five levels: look for a bracket too many.",
        line,
    )


def _too_many(line: int | None) -> DocumentError:
    return DocumentError(
        f"The text has more than {MAX_NODES:,} values.",
        "Leave out what does not belong to the case.",
        line,
    )


@dataclass
class _Open:
    """A mapping or a list that is being put together."""

    path: Path
    content: dict[str, Any] | list[Any]
    key: str | None = None

    @property
    def awaits_key(self) -> bool:
        """Whether the next scalar is a key."""
        return isinstance(self.content, dict) and self.key is None

    def next_path(self) -> Path:
        """Where the next value goes."""
        place = len(self.content) if isinstance(self.content, list) else self.key
        assert place is not None
        return (*self.path, place)

    def put(self, value: Any) -> None:
        """Put the next value in."""
        if isinstance(self.content, list):
            self.content.append(value)
        else:
            assert self.key is not None
            self.content[self.key] = value
            self.key = None


@dataclass
class Builder:
    """Puts data together piece by piece, and stops at the first thing that is refused."""

    lines: dict[Path, int] = field(default_factory=dict)
    stack: list[_Open] = field(default_factory=list)
    nodes: int = 0
    result: Any = None

    def open(self, content: dict[str, Any] | list[Any], line: int) -> None:
        """Begin a mapping or a list."""
        path = self._count(line)
        if len(self.stack) == MAX_DEPTH:
            raise too_deep(line)
        self._put(content)
        self.stack.append(_Open(path, content))

    def close(self) -> None:
        """End the innermost mapping or list."""
        self.stack.pop()

    def scalar(self, value: Any, line: int) -> None:
        """Put a value in."""
        self._count(line)
        self._put(value)

    def key(self, key: str, line: int) -> None:
        """Begin an entry of the innermost mapping."""
        inner = self.stack[-1]
        path = (*inner.path, key)
        if not key:
            raise DocumentError("A name is missing before “:”.", "Write one.", line)
        if path in self.lines:
            raise _twice(key, line, self.lines[path])
        self.lines[path] = line
        inner.key = key

    @property
    def awaits_key(self) -> bool:
        """Whether the next scalar is a key."""
        return bool(self.stack) and self.stack[-1].awaits_key

    def _count(self, line: int) -> Path:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise _too_many(line)
        path = self.stack[-1].next_path() if self.stack else ()
        self.lines.setdefault(path, line)
        return path

    def _put(self, value: Any) -> None:
        if self.stack:
            self.stack[-1].put(value)
        else:
            self.result = value
