"""The tables of the bench, on the terminal and in the documents."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

OTHER_WORK = os.getloadavg()[0]
"""How many processes wanted a processor in the minute before the bench began."""

PARTS = (
    *("bench", "bench service", "bench growth", "bench portfolio", "bench editor"),
    *("bench workbook", "bench word"),
)
"""What stands between `<!-- PART -->` and `<!-- /PART -->` is written by the bench."""


@dataclass(frozen=True)
class Table:
    """A title, the heads of the columns, and the rows."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    @property
    def markdown(self) -> str:
        """The table without its title."""
        widths = [max(map(len, column)) for column in zip(self.head, *self.rows, strict=True)]
        lines = [self.head, ["-" * (width - 1) + ":" for width in widths], *self.rows]
        lines[1] = ["-" * widths[0], *lines[1][1:]]
        text = "\n".join(
            "| "
            + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            + " |"
            for line in lines
        )
        return f"{text}\n\n{self.note}" if self.note else text


def document(tables: Sequence[Table]) -> str:
    """All tables with their titles."""
    return "\n\n".join(f"## {table.title}\n\n{table.markdown}" for table in tables)


def duration(seconds: float) -> str:
    """Seconds for people, in three digits: `85 µs`, `1.24 ms`, `2.5 s`."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{_three_digits(seconds / size)} {unit}"
    return f"{_three_digits(seconds / 1e-6)} µs"


def ratio(seconds: float, yardstick: float) -> str:
    """How many times the yardstick, with the time beside: `0.43 × (36.4 µs)`."""
    return f"{_three_digits(seconds / yardstick)} × ({duration(seconds)})"


def per_second(rate: float, times: float) -> str:
    """How many empty requests one is worth, with the rate beside: `4.20 × (412/s)`."""
    return f"{_three_digits(times)} × ({_three_digits(rate)}/s)"


def _three_digits(number: float) -> str:
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def machine() -> str:
    """On what it was measured."""
    names = ("numpy", "formulas", "Flask", "SQLAlchemy", "gunicorn", "openpyxl", "python-docx")
    libraries = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"Python {platform.python_version()}, {libraries}; {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} processors, on which {OTHER_WORK:.1f} other "
        "processes were at work. Times depend on the machine; read the ratios."
    )


def write_between_markers(file: Path, text: str, part: str = PARTS[0]) -> bool:
    """Put a text between the markers of a part of a file; False when it has none."""
    if not file.exists():
        return False
    content = file.read_text(encoding="utf-8")
    opening = f"<!-- {part} -->"
    start, end = content.find(opening), content.find(f"<!-- /{part} -->")
    if start < 0 or end < start:
        return False
    head, tail = content[: start + len(opening)], content[end:]
    file.write_text(f"{head}\n\n{text}\n\n{tail}", encoding="utf-8")
    return True
