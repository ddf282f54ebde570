"""The proposal: a Word document (A4) written from a result, every number in a content control."""

from __future__ import annotations

from valuecalc.documents.proposal.document import Options, write
from valuecalc.documents.proposal.draft import About
from valuecalc.documents.proposal.sections import FULL, LENGTHS, SECTIONS, SHORT, Section

__all__ = ["FULL", "LENGTHS", "SECTIONS", "SHORT", "About", "Options", "Section", "write"]
