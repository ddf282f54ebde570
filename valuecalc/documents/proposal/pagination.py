"""On which page each heading stands: LibreOffice lays the document out, where the server has one.

Word may break a page a line or two elsewhere; F9 in the contents corrects what they say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from valuecalc.errors import Busy, NotInstalled

_ENTRY = re.compile(rb"/Title\s*<FEFF[0-9A-F]*>\s*/Dest\s*\[\s*(\d+) 0 R/")
_PAGES = re.compile(rb"/Type\s*/Pages\b.*?/Kids\s*\[([^\]]*)\]", re.DOTALL)
_REFERENCE = re.compile(rb"(\d+) 0 R")


def pages(document: bytes) -> Sequence[int]:
    """The page of each heading in the order of the document; nothing if that cannot be found."""
    from valuecalc.documents.office import OFFICE

    if not OFFICE.is_there:
        return ()
    try:
        return pages_of_outline(OFFICE.pdf(document, "docx"))
    except (Busy, NotInstalled):
        return ()


def pages_of_outline(pdf: bytes) -> Sequence[int]:
    """The page of each entry in the outline of a PDF file as LibreOffice writes it."""
    found = _PAGES.search(pdf)
    if found is None:
        return ()
    order = {int(id): number for number, id in enumerate(_REFERENCE.findall(found[1]), start=1)}
    targets = [int(id) for id in _ENTRY.findall(pdf)]
    return tuple(order[id] for id in targets) if set(targets) <= order.keys() else ()
