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
    `names` and `keys` are the heads and the first cells in English, where the table is in
    another language.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.names) != len(self.heads):
            object.__setattr__(self, "names", self.heads)
        if len(self.keys) != len(self.rows):
            object.__setattr__(self, "keys", tuple(row[0] for row in self.rows))

    @property
    def preview(self) -> str:
        """How many rows there are, and of which columns."""
        count = rows_in_words(len(self.rows))
        heads = " · ".join(head for head in self.heads if head)
        return f"{count}: {heads}" if heads else count


def rows_in_words(count: int) -> str:
    """How many rows there are: `1 row`, `7 rows`; an empty text for none."""
    if not count:
        return ""
    return "1 row" if count == 1 else f"{count} rows"


@dataclass(frozen=True)
class Chart:
    """A chart that Word draws: its XML, and the workbook behind it.

    `size` is its width and height where none is given, in English metric units (360,000 to a
    centimetre).
    """

    xml: bytes
    book: bytes
    size: tuple[int, int]


@dataclass(frozen=True)
class Picture:
    """A picture as a PNG file, and what it shows in words.

    `chart` is the same as Word draws it. It is put where a chart stands already, and with
    `as_chart` everywhere.
    """

    png: bytes
    words: str
    chart: Chart | None = None
    as_chart: bool = False

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
        return dict(vars(content))
    if isinstance(content, Picture):
        return {"png": b64encode(content.png).decode(), "about": content.words, **_chart(content)}
    return {"missing": content.reason}


def _chart(picture: Picture) -> dict[str, Any]:
    if picture.chart is None:
        return {}
    files = (b64encode(each).decode() for each in (picture.chart.xml, picture.chart.book))
    return {"chart": [*files, *picture.chart.size], "as_chart": picture.as_chart}


def from_plain(plain: Mapping[str, Any]) -> Content:
    """The content that `as_plain` has written."""
    if "words" in plain:
        return Words(plain["words"])
    if "heads" in plain:
        rows = tuple(map(tuple, plain["rows"]))
        lines = (tuple(plain[name]) for name in ("total", "names", "keys"))
        return Table(tuple(plain["heads"]), rows, *lines)
    if "png" in plain:
        return _picture(plain)
    return Missing(plain["missing"])


def _picture(plain: Mapping[str, Any]) -> Picture:
    png, words = b64decode(plain["png"]), plain["about"]
    if "chart" not in plain:
        return Picture(png, words)
    xml, book, wide, high = plain["chart"]
    chart = Chart(b64decode(xml), b64decode(book), (wide, high))
    return Picture(png, words, chart, plain["as_chart"])
