"""The value proposition as four slides (`.pptx`), whose charts can be changed in PowerPoint."""

from __future__ import annotations

from valuecalc.documents.slides.deck import write

__all__ = ["write"]
