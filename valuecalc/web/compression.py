"""Sends text compressed to those who can read that: a large case is a tenth of its size.

Brotli is preferred to gzip. The rows of a page are much alike, and lie further apart than the
32 kB that gzip looks back.

The compressed size of a page that holds a secret, such as the token of its forms, and shows
what an attacker has put into the address, gives the secret away letter by letter to whoever sees
the sizes. So every answer holds some bytes that readers skip, and their number is random: in gzip
a name in the header, in Brotli a block of metadata (RFC 7932, section 9.2). The sizes say nothing,
unless thousands of answers are compared for each letter.
"""

from __future__ import annotations

import gzip
import io
import secrets
from collections.abc import Callable, Mapping

import brotli
from flask import Flask, Response, request

SMALLEST = 1000
GZIP_LEVEL = 5
BROTLI_QUALITY = 7
BROTLI_WINDOW = 22
"""How far Brotli looks back, as a power of two: 4 MB, more than any page of ours has."""
LONGEST_PADDING = 64
COMPRESSED = ("text/", "application/json", "application/problem+json", "image/svg+xml")


def install(app: Flask) -> None:
    """Compress every answer that is worth it."""
    app.after_request(compress)


def compress(response: Response) -> Response:
    """The answer compressed, if it is text of some length and the reader takes that."""
    if not (response.mimetype or "").startswith(COMPRESSED) or response.content_encoding:
        return response
    response.vary.add("Accept-Encoding")
    is_whole = response.status_code not in (204, 206, 304) and request.method != "HEAD"
    coding = wanted_coding()
    if not is_whole or not coding:
        return response
    # A file would otherwise be handed to the server as it is.
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) >= SMALLEST:
        response.set_data(PACKED[coding](content))
        response.content_encoding = coding
        _weaken_etag(response)
    return response


def wanted_coding() -> str:
    """The best coding that the reader of this request takes: `br`, `gzip`, or empty for none."""
    accepted = request.accept_encodings
    for coding in ("br", "gzip"):
        if accepted[coding] and accepted[coding] >= max(accepted[other] for other in PACKED):
            return coding
    return ""


def packed_by_gzip(content: bytes) -> bytes:
    """The content in gzip, longer by a random number of bytes."""
    target = io.BytesIO()
    name = "x" * secrets.randbelow(LONGEST_PADDING)
    with gzip.GzipFile(name, "wb", GZIP_LEVEL, target, mtime=0) as file:
        file.write(content)
    return target.getvalue()


def packed_by_brotli(content: bytes) -> bytes:
    """The content in Brotli, longer by a random number of bytes."""
    compressor = brotli.Compressor(quality=BROTLI_QUALITY, lgwin=BROTLI_WINDOW)
    # After a flush the stream ends with a whole byte, so that a block can follow.
    start = compressor.process(content) + compressor.flush()
    return bytes(start + metadata(1 + secrets.randbelow(LONGEST_PADDING)) + compressor.finish())


def metadata(length: int) -> bytes:
    """A block of 1 to 256 bytes in a stream of Brotli, which whoever reads the stream skips.

    From the lowest bit: it is not the last block (0), it is metadata (11), a reserved 0, its
    length has one byte (01), the length less one, and zeros up to a whole byte.
    """
    head = 0b01_0_11_0 | (length - 1) << 6
    return head.to_bytes(2, "little") + b"x" * length


PACKED: Mapping[str, Callable[[bytes], bytes]] = {
    "br": packed_by_brotli,
    "gzip": packed_by_gzip,
}


def _weaken_etag(response: Response) -> None:
    """A strong tag would promise the same bytes to those who take it otherwise."""
    tag, is_weak = response.get_etag()
    if tag and not is_weak:
        response.set_etag(tag, weak=True)
