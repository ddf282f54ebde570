"""The proposal: a Word document (A4) written from a result, every number in a content control."""

from __future__ import annotations

from valuecalc.documents.proposal.document import write

__all__ = ["write"]
