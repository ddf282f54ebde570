"""Defined names: which of ours a spreadsheet allows, and how the others are written.

A figure's name is its defined name (`benefits.arpu.total`). A spreadsheet refuses names that
could be a cell: one that reads as `AB12` gets an underscore at its end (`ab12_`), and one that
begins as a cell in row-and-column writing (`r1c1`, `c5_new`, or just `r`) gets it in front.
"""

from __future__ import annotations

import re
from zlib import crc32

LAST_COLUMN = "XFD"
LONGEST = 255

_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]{1,7}")
_ROW_AND_COLUMN = re.compile(r"(?:[Rr][0-9]|[Cc][0-9]|[RrCc]$|[Rr][Cc](?:$|[0-9]))")
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_.\u0080-\U0010ffff]")


def defined_name(name: str) -> str:
    """The defined name for something that we call `name`."""
    allowed = _cut(_NOT_ALLOWED.sub("_", name))
    if _ROW_AND_COLUMN.match(allowed) or not (allowed[:1].isalpha() or allowed[:1] == "_"):
        return f"_{allowed}"
    if allowed.upper() in ("TRUE", "FALSE") or _is_cell(allowed):
        return f"{allowed}_"
    return allowed


def _cut(name: str) -> str:
    """A name that is not too long; two that are cut keep apart by a check sum of the whole."""
    if len(name) < LONGEST:
        return name
    ending = f"_{crc32(name.encode('utf-8', 'replace')):08x}"
    return name[: LONGEST - 1 - len(ending)] + ending


def _is_cell(name: str) -> bool:
    if not _CELL.fullmatch(name):
        return False
    column = name.rstrip("0123456789").upper()
    return (len(column), column) <= (len(LAST_COLUMN), LAST_COLUMN)


def slug(text: str) -> str:
    """A text as part of a name: `GBP/year to GBP/month` becomes `gbp_year_to_gbp_month`."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "x"
