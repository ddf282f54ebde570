"""Numbers in somebody's own Word document: filled into its content controls, again and again.

`Catalogue` lists what a control can be tagged with. `fill_document` writes it into a document
that came from outside, behind the gate and in a process of its own, and leaves everything else
as it is, byte by byte; `fill` is the writing alone. `check` says what a template would be filled
with, and `starter` writes one to begin with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from valuecalc import loading
from valuecalc.documents.embedding.contents import Content, Missing, Picture, Table, Words
from valuecalc.documents.embedding.fill import EVERYTHING, Filled, fill
from valuecalc.documents.embedding.report import Entry, Outcome, Report

if TYPE_CHECKING:
    from valuecalc.documents.embedding.catalogue import Catalogue, Tag
    from valuecalc.documents.embedding.checking import Check, check
    from valuecalc.documents.embedding.refill import fill_document
    from valuecalc.documents.embedding.starter import starter
else:
    # The process that fills a document is of this package, and needs no engine.
    __getattr__ = loading.names(
        __name__,
        {
            **dict.fromkeys(("Catalogue", "Tag"), "catalogue"),
            **dict.fromkeys(("Check", "check"), "checking"),
            "fill_document": "refill",
            "starter": "starter",
        },
    )

__all__ = [
    "EVERYTHING",
    "Catalogue",
    "Check",
    "Content",
    "Entry",
    "Filled",
    "Missing",
    "Outcome",
    "Picture",
    "Report",
    "Table",
    "Tag",
    "Words",
    "check",
    "fill",
    "fill_document",
    "starter",
]
