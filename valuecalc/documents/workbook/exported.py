"""What was true when the workbook was written, in words that stay true."""

from __future__ import annotations

from datetime import date

from valuecalc import __version__
from valuecalc.documents.workbook.draft import Draft

WRITER = f"valuecalc {__version__}"


def day(when: date) -> str:
    """A day in words: `3 November 2026`."""
    return f"{when.day} {when:%B %Y}"


def stamp(draft: Draft) -> str:
    """Where dated values come from: `as exported on 3 November 2026, valuecalc 1.0`."""
    return f"as exported on {day(draft.exported)}, {WRITER}"


def name(figure: str) -> str:
    """What the cell of a figure as exported is called."""
    return f"exported.{figure}"
