"""The form of every line that a process of the service writes about itself.

Lines are JSON or readable text, on standard error, and all take the same way: ours, those of the
libraries, those of gunicorn. What looks like a secret is blanked in all of them.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor

from valuecalc.config import Settings

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
