"""The same slides give the same bytes: files within files without the time they were made at."""

from __future__ import annotations

import io
import re
import zipfile

_NO_TIME = (1980, 1, 1, 0, 0, 0)
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def settled(content: bytes) -> bytes:
    """A file of parts whose parts and properties carry one and the same time."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w") as target:
        for each in source.infolist():
            entry = zipfile.ZipInfo(each.filename, _NO_TIME)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            target.writestr(
                entry, _timeless(each.filename, source.read(each)), zipfile.ZIP_DEFLATED
            )
    return made.getvalue()


def _timeless(name: str, part: bytes) -> bytes:
    if name != "docProps/core.xml":
        return part
    return _MOMENT.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", part)
