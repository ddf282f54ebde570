"""Whether the service is up, for whoever watches it."""

from __future__ import annotations

from flask import Blueprint, Response

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def show() -> Response:
    """`ok` as plain text."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")
