"""PDF files of our documents, by a LibreOffice of the server, where it has one."""

from __future__ import annotations

from valuecalc.documents.office.office import AUTO, OFF, Office
from valuecalc.documents.office.programs import REMEDY

__all__ = ["AUTO", "OFF", "OFFICE", "REMEDY", "Office"]

OFFICE = Office()
"""The one of this process; nothing is started before the first file."""
