"""The templates of pages, compiled once for all applications of a run of tests.

Each application compiles those that it shows, and the tests make hundreds of applications.
"""

from __future__ import annotations

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache


class _Kept(BytecodeCache):
    """Compiled templates by their name and content, for as long as this process lives."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


_KEPT = _Kept()


def use(app: Flask) -> Flask:
    """Let an application that has shown nothing yet have what others have compiled."""
    app.jinja_env.bytecode_cache = _KEPT
    return app
