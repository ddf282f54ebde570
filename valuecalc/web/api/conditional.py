"""Which version is meant: ETag, If-Match and If-None-Match.

A tag names one state of one case, `"<id>.<version>"`. On its way through a server that
compresses it becomes weak (`W/"…"`); it names the same state, so it counts as the same.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request
from werkzeug.datastructures import ETags

ETAG_HEADER = {
    "ETag": {
        "description": "Names this version; send it back in If-Match.",
        "schema": {"type": "string"},
    }
}


class _Named:
    """The tags of a header, weak and strong alike."""

    def __init__(self, tags: ETags) -> None:
        self._tags = tags

    def __contains__(self, tag: object) -> bool:
        return isinstance(tag, str) and self._tags.contains_weak(tag)


def expected() -> _Named | None:
    """The versions that If-Match names; None when it names none."""
    return _Named(request.if_match) if request.if_match else None


def tagged(response: Response, tag: str) -> Response:
    """The answer with its tag."""
    response.set_etag(tag)
    return response


def unless_known(tag: str, answer: Callable[[], Response]) -> Response:
    """The answer with its tag; 304, and nothing is worked out, when the reader has it already."""
    is_known = request.if_none_match.contains_weak(tag)
    return tagged(Response(status=304) if is_known else answer(), tag)
