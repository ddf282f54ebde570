"""What a tag stands for: words, a table or a picture, and how it travels between processes."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

PREVIEW = 80
"""Characters of a content that a list of tags shows."""


@dataclass(frozen=True)
class Words:
    """A text; its lines are divided by line feeds."""

    text: str

    @property
    def preview(self) -> str:
        """The text on one short line."""
        line = " ".join(self.text.split())
        return line if len(line) <= PREVIEW else f"{line[: PREVIEW - 1].rstrip()}…"


@dataclass(frozen=True)
class Table:
    """A table as texts: the heads of its columns, its rows, and its total, if it has one.

    Every row has as many cells as there are heads. The first cell tells the rows apart.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()

    @property
    def preview(self) -> str:
        """How many rows there are, and of which columns."""
        count = "1 row" if len(self.rows) == 1 else f"{len(self.rows)} rows"
        heads = " · ".join(head for head in self.heads if head)
        return f"{count}: {heads}" if heads else count


@dataclass(frozen=True)
class Picture:
    """A picture as a PNG file, and what it shows in words."""

    png: bytes
    words: str

    @property
    def preview(self) -> str:
        """What it shows, on one short line."""
        return Words(self.words).preview


@dataclass(frozen=True)
class Missing:
    """Why a result has nothing for a tag that exists."""

    reason: str

    @property
    def preview(self) -> str:
        """The reason."""
        return self.reason


Content: TypeAlias = Words | Table | Picture | Missing
"""What stands behind a tag."""


def as_plain(content: Content) -> dict[str, Any]:
    """A content as JSON can hold it."""
    if isinstance(content, Words):
        return {"words": content.text}
    if isinstance(content, Table):
        return {"heads": content.heads, "rows": content.rows, "total": content.total}
    if isinstance(content, Picture):
        return {"png": b64encode(content.png).decode(), "about": content.words}
    return {"missing": content.reason}


def from_plain(plain: Mapping[str, Any]) -> Content:
    """The content that `as_plain` has written."""
    if "words" in plain:
        return Words(plain["words"])
    if "heads" in plain:
        rows = tuple(map(tuple, plain["rows"]))
        return Table(tuple(plain["heads"]), rows, tuple(plain["total"]))
    if "png" in plain:
        return Picture(b64decode(plain["png"]), plain["about"])
    return Missing(plain["missing"])
