"""Whether the service is up, for whoever watches it.

| address | says |
|---|---|
| `/healthz` | this process answers; start it anew when it does not |
| `/readyz` | the database can be used; send no requests here while it cannot |
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from valuecalc.errors import StoreUnavailable
from valuecalc.web import logs, metrics

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def show() -> Response:
    """`ok` as plain text, whatever the database does."""
    return _plain("ok", 200)


@blueprint.get("/readyz")
def show_readiness() -> Response:
    """`ok`, or 503 with the reason."""
    try:
        current_app.extensions["store"].ping()
    except StoreUnavailable as error:
        metrics.unavailable()
        logs.log.warning("not ready", cause=error.cause)
        response = _plain(f"not ready: {error}", 503)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    return _plain("ok", 200)


def _plain(text: str, status: int) -> Response:
    response = Response(f"{text}\n", status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
