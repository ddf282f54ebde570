"""The editor of a case that is kept: one page, and what its scripts ask for."""

from __future__ import annotations

from valuecalc.web.pages.editor.views import blueprint

__all__ = ["blueprint"]
