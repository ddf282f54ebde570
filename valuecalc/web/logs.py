"""What the web server writes about itself: one line for each request, and what went wrong.

Each line that is written during a request carries its number, which the reader gets in
`X-Request-ID`; what lines look like stands in `log_lines`.

A request is logged by its route and never by its address, because an address can hold the
secret of a link, a token in the query, or a customer's name.
"""

from __future__ import annotations

import logging
import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request

from valuecalc import log_lines
from valuecalc.config import Settings

REQUEST_ID = "X-Request-ID"
UNMATCHED = "(none)"
"""Stands for the route of an address that leads nowhere."""

log = structlog.stdlib.get_logger("valuecalc.web")

# Asked for with every page or every few seconds; of interest only when something fails.
_QUIET = frozenset({"static_files.send", "health.show", "health.show_readiness", "metrics.show"})

_SOUND_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)


def install(app: Flask, settings: Settings) -> None:
    """Write a line for each request; call it first, so that everything else lies between."""
    log_lines.configure(settings)
    app.before_request(begin)
    app.after_request(finish)
    app.teardown_request(forget)


def begin() -> None:
    """Give the request its number and start its clock."""
    g.started = time.perf_counter()
    given = request.headers.get(REQUEST_ID, "")
    g.request_id = given if _SOUND_ID.fullmatch(given) else secrets.token_hex(8)
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def finish(response: Response) -> Response:
    """Write the line of the request and tell the reader its number."""
    response.headers[REQUEST_ID] = request_id()
    log.log(
        _level(response.status_code),
        "request",
        method=request.method,
        route=route(),
        status=response.status_code,
        ms=round(1000 * elapsed(), 1),
        address=request.remote_addr or "",
        **({"actor": uid} if (uid := actor_uid()) else {}),
    )
    return response


def forget(_: BaseException | None = None) -> None:
    """Take the number off this thread, which the server says things in as well."""
    structlog.contextvars.clear_contextvars()


def _level(status: int) -> int:
    if status >= 500:
        return logging.ERROR
    return logging.DEBUG if request.endpoint in _QUIET else logging.INFO


def request_id() -> str:
    """The number of this request."""
    return str(g.get("request_id", ""))


def elapsed() -> float:
    """Seconds since this request arrived."""
    return time.perf_counter() - float(g.get("started", time.perf_counter()))


def route() -> str:
    """The pattern that this request's address matches, such as `/cases/<uid>`."""
    return request.url_rule.rule if request.url_rule else UNMATCHED


def actor_uid() -> str:
    """The public id of who is asking; empty for a stranger."""
    user = getattr(g.get("actor"), "user", None)
    return str(user.uid) if user is not None else ""


def unexpected(error: Exception) -> None:
    """Keep the traceback of an error that nobody expected, under the number of the request."""
    log.error("unexpected error", method=request.method, route=route(), exc_info=error)
