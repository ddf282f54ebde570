"""What the service writes about itself: one line for each request, and what went wrong.

Lines are JSON or readable text, on standard error, and all take the same way: those of the
libraries and of gunicorn too. Each line that is written during a request carries its number,
which the reader gets in `X-Request-ID`.

A request is logged by its route and never by its address, because an address can hold the
secret of a link, a token in the query, or a customer's name.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from typing import Any, TextIO

import structlog
from flask import Flask, Response, g, request
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor

from valuecalc.config import Settings

REQUEST_ID = "X-Request-ID"
UNMATCHED = "(none)"
"""Stands for the route of an address that leads nowhere."""

log = structlog.stdlib.get_logger("valuecalc.web")

# Asked for with every page or every few seconds; of interest only when something fails.
_QUIET = frozenset({"static_files.send", "health.show", "health.show_readiness", "metrics.show"})

_SOUND_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)

_WITHHELD = (
    # links that are secrets themselves
    (re.compile(r"(/(?:s|invitations)/)[^\s\"'/?#]+"), r"\1…"),
    # queries
    (re.compile(r"(/[^\s\"'?]*\?)[^\s\"']+"), r"\1…"),
    # tokens of the API
    (re.compile(r"\bvc_[\w-]+\.[\w-]+"), "vc_…"),
    # user and password in an address
    (re.compile(r"://[^\s/@\"']+@"), "://…@"),
)


class StandardError(logging.StreamHandler[TextIO]):
    """Writes to what is standard error at that moment."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = sys.stderr
        super().emit(record)


def install(app: Flask, settings: Settings) -> None:
    """Write a line for each request; call it first, so that everything else lies between."""
    configure(settings)
    app.before_request(begin)
    app.after_request(finish)
    app.teardown_request(forget)


def configure(settings: Settings) -> None:
    """Send every line of this process through one format; may be called again."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_common(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    logging.getLogger("valuecalc").setLevel(level)
    root = logging.getLogger()
    # Libraries write bodies and addresses of their own requests when they debug.
    root.setLevel(max(level, logging.INFO))
    # It tells of every look at the database's shape, which each probe of readiness takes.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    for old in [each for each in root.handlers if isinstance(each, StandardError)]:
        root.removeHandler(old)
    handler = StandardError()
    handler.setFormatter(formatter(settings))
    root.addHandler(handler)


def formatter(settings: Settings) -> logging.Formatter:
    """Turns lines of ours and of the libraries into JSON or text."""
    is_terminal = sys.stderr.isatty()
    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if (settings.log_format or ("text" if is_terminal else "json")) == "text":
        renderer = structlog.dev.ConsoleRenderer(
            colors=is_terminal, exception_formatter=structlog.dev.plain_traceback
        )
    return ProcessorFormatter(
        foreign_pre_chain=_common(),
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            withhold_secrets,
            renderer,
        ],
    )


def _common() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def withhold_secrets(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Blank what could open a door, wherever in a line it stands, tracebacks included."""
    return {key: without_secrets(value) for key, value in event.items()}


def without_secrets(value: Any) -> Any:
    """The text without secrets; anything else as it is."""
    if isinstance(value, str):
        for pattern, replacement in _WITHHELD:
            value = pattern.sub(replacement, value)
    return value


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
