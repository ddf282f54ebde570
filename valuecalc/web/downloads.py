"""Finished files, sent to be saved."""

from __future__ import annotations

from flask import Response

from valuecalc.services.cases import Export


def as_download(export: Export) -> Response:
    """A file that the browser saves under its name; text says that it is in UTF-8."""
    response = Response(export.content, mimetype=export.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=export.name)
    return response
