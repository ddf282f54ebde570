"""Sends text compressed to those who can read that: a large case is a tenth of its size.

The compressed size of a page that holds a secret, such as the token of its forms, and shows
what an attacker has put into the address, gives the secret away letter by letter to whoever sees
the sizes. So every answer gets a name of random length in its gzip header, which readers ignore:
the sizes say nothing, unless thousands of answers are compared for each letter.
"""

from __future__ import annotations

import gzip
import io
import secrets

from flask import Flask, Response, request

SMALLEST = 1000
LEVEL = 5
LONGEST_NAME = 64
COMPRESSED = ("text/", "application/json", "application/problem+json", "image/svg+xml")


def install(app: Flask) -> None:
    """Compress every answer that is worth it."""
    app.after_request(compress)


def compress(response: Response) -> Response:
    """The answer in gzip, if it is text of some length and the reader takes gzip."""
    if not (response.mimetype or "").startswith(COMPRESSED) or response.content_encoding:
        return response
    response.vary.add("Accept-Encoding")
    is_whole = response.status_code not in (204, 206, 304) and request.method != "HEAD"
    if not is_whole or not request.accept_encodings["gzip"]:
        return response
    # A file would otherwise be handed to the server as it is.
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) >= SMALLEST:
        response.set_data(packed(content))
        response.content_encoding = "gzip"
        _weaken_etag(response)
    return response


def packed(content: bytes) -> bytes:
    """The content in gzip, longer by a random number of bytes."""
    target = io.BytesIO()
    name = "x" * secrets.randbelow(LONGEST_NAME)
    with gzip.GzipFile(name, "wb", LEVEL, target, mtime=0) as file:
        file.write(content)
    return target.getvalue()


def _weaken_etag(response: Response) -> None:
    """A strong tag would promise the same bytes to those who do not take gzip."""
    tag, is_weak = response.get_etag()
    if tag and not is_weak:
        response.set_etag(tag, weak=True)
