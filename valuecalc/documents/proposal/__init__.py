"""The proposal: a Word document (A4) written from a result, every number in a content control."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valuecalc import loading

if TYPE_CHECKING:
    from valuecalc.documents.proposal.document import Options, write
    from valuecalc.documents.proposal.draft import About
    from valuecalc.documents.proposal.sections import FULL, LENGTHS, SECTIONS, SHORT, Section
else:
    # The processes that read Word files need the XML of this package, and no engine.
    __getattr__ = loading.names(
        __name__,
        {
            **dict.fromkeys(("Options", "write"), "document"),
            "About": "draft",
            **dict.fromkeys(("FULL", "LENGTHS", "SECTIONS", "SHORT", "Section"), "sections"),
        },
    )

__all__ = ["FULL", "LENGTHS", "SECTIONS", "SHORT", "About", "Options", "Section", "write"]
