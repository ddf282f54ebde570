"""The place of a logo on the cover: a picture control that shows nothing until it is clicked."""

from __future__ import annotations

import struct
import zlib

from valuecalc.documents.languages import spoken
from valuecalc.documents.proposal import pictures, text
from valuecalc.documents.proposal.draft import Draft
from valuecalc.documents.proposal.xml import w
from valuecalc.phrases import phrase

NAME, TITLE = "Logo", phrase("Logo")
WIDTH_CM, HEIGHT_CM = 5.0, 1.6
_PROPORTION = (50, 16)


def place(draft: Draft) -> None:
    """Put the place of the logo at the top of the page; a click in Word puts a picture there."""
    size = round(WIDTH_CM * pictures.EMU_PER_CM), round(HEIGHT_CM * pictures.EMU_PER_CM)
    made = pictures.drawing(
        draft.picture(clear(*_PROPORTION)),
        number=draft.number("drawing"),
        name=NAME,
        size=size,
        description=phrase("Place for a logo"),
    )
    properties = w(
        "sdtPr",
        w("alias", val=spoken(TITLE)),
        w("tag", val=NAME),
        w("id", val=draft.number("control")),
        w("picture"),
    )
    control = w("sdt", properties, w("sdtContent", w("r", made)))
    draft.add(text.paragraph("CoverLogo", control))


def clear(width: int, height: int) -> bytes:
    """A PNG picture of so many pixels through which the page can be seen."""
    header = struct.pack(">IIBBBBB", width, height, 8, 4, 0, 0, 0)
    rows = zlib.compress(bytes(1 + 2 * width) * height, 9)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)
