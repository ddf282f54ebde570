"""Where in a document a control stands, in words."""

from __future__ import annotations

import posixpath

from valuecalc.documents.embedding.controls import CELL, Control
from valuecalc.documents.proposal.xml import qualified

_PARTS = (
    ("header", "a header"),
    ("footer", "a footer"),
    ("footnotes", "a footnote"),
    ("endnotes", "an endnote"),
)


def of(part: str, control: Control) -> str:
    """The place of a control: `the body, in a table`."""
    name = posixpath.basename(part)
    where = next((words for begin, words in _PARTS if name.startswith(begin)), "the body")
    around = {each.tag for each in control.element.iterancestors()}
    if qualified("w:txbxContent") in around:
        return f"{where}, in a text box"
    return f"{where}, in a table" if CELL in around else where
