"""What may stand in a cell as text."""

from __future__ import annotations

import re

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

LONGEST_TEXT = 32_767
_NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


def writable(text: str) -> str:
    """A text without the characters that a workbook, or XML, cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", ILLEGAL_CHARACTERS_RE.sub("\ufffd", text))


def clean(text: str) -> str:
    """The same, cut where a cell ends."""
    return writable(text)[:LONGEST_TEXT]
