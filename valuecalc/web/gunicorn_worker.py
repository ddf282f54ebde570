"""gunicorn's threaded worker, made patient with slow clients and quiet about secrets.

gunicorn gives a connection a thread as soon as it is accepted. A client that sends its request
slowly, or nothing at all, then holds the thread for as long as it likes, and as many of them as
there are threads stop the service. Here a connection waits without a thread until the head of
its request has arrived, and loses its place after `HEAD_SECONDS`. One that has a thread is cut
off after `VALUECALC_REQUEST_TIMEOUT`, be it that its body comes too slowly or that it does not
take the answer.
"""

from __future__ import annotations

import logging
import socket
import time
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from valuecalc import log_lines
from valuecalc.config import Settings

HEAD_SECONDS = 10.0
"""How long the head of a request may take, from the first word of it on, or from the greeting."""

LARGEST_HEAD = 65536
"""How long the head of a request may be, in bytes, beside gunicorn's limits of its parts."""

_SECONDS_BETWEEN_LOOKS = 0.05
_TOO_SLOW = b"408 Request Timeout"
_TOO_LARGE = b"431 Request Header Fields Too Large"
_REFUSAL = b"HTTP/1.1 %b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Worker(ThreadWorker):
    """Lends its threads only to requests whose head is there."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.longest = Settings.from_environment().request_timeout
        # The beginning of a head has come; when the rest is due.
        self.incomplete: dict[Any, float] = {}
        # Threads are at work for these; since when.
        self.at_work: dict[Any, float] = {}
        self.looked = 0.0

    def enqueue_req(self, conn: Any) -> None:
        """Give the connection a thread, or let it wait for the rest of its request."""
        head = _what_has_come(conn)
        if head is None:
            self._wait_for_first_word(conn)
        elif _is_whole(head):
            self.incomplete.pop(conn, None)
            conn.data_ready = True
            super().enqueue_req(conn)
        elif len(head) >= LARGEST_HEAD:
            self._dismiss(conn, _TOO_LARGE)
        else:
            self.incomplete.setdefault(conn, time.monotonic() + HEAD_SECONDS)

    def _wait_for_first_word(self, conn: Any) -> None:
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + HEAD_SECONDS
        self.pending_conns.append(conn)
        readable = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, EVENT_READ, readable)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Serve what is ready, and look after those who take their time."""
        # A socket with half a head is readable all the time, so the poller cannot watch it.
        super().wait_for_and_dispatch_events(
            min(timeout, _SECONDS_BETWEEN_LOOKS) if self.incomplete else timeout
        )
        now = time.monotonic()
        if now - self.looked >= _SECONDS_BETWEEN_LOOKS:
            self.looked = now
            self._look_at_incomplete(now)
            self._cut_off_overdue(now)

    def _look_at_incomplete(self, now: float) -> None:
        for conn, due in list(self.incomplete.items()):
            if now < due and self.alive:
                self.enqueue_req(conn)
            else:
                self._dismiss(conn, _TOO_SLOW)

    def _dismiss(self, conn: Any, status: bytes) -> None:
        self.incomplete.pop(conn, None)
        self.nr_conns -= 1
        # The client may be gone already.
        with suppress(OSError):
            # With something left unread the connection would break before the answer arrives.
            while conn.sock.recv(LARGEST_HEAD, socket.MSG_DONTWAIT):
                pass
        with suppress(OSError):
            conn.sock.send(_REFUSAL % status, socket.MSG_DONTWAIT)
        conn.close()

    def handle(self, conn: Any) -> Any:
        """Serve one request, in a thread."""
        self.at_work[conn] = time.monotonic()
        try:
            return super().handle(conn)
        finally:
            self.at_work.pop(conn, None)

    def _cut_off_overdue(self, now: float) -> None:
        for conn, since in list(self.at_work.items()):
            if now - since > self.longest:
                self.at_work.pop(conn, None)
                self.log.warning("Connection cut off after %d seconds.", self.longest)
                # Wakes the thread, which closes it; it may be gone already.
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RDWR)


def _what_has_come(conn: Any) -> bytes | None:
    """What can be read of a request, without taking it; empty at the end, None for nothing."""
    if conn.parser is not None and (ahead := conn.parser.unreader.buf.getvalue()):
        return bytes(ahead) + (_peek(conn) or b"")
    return _peek(conn)


def _peek(conn: Any) -> bytes | None:
    try:
        found = conn.sock.recv(LARGEST_HEAD, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return None
    except OSError:
        return b""
    return bytes(found)


def _is_whole(head: bytes) -> bool:
    """Whether there is nothing to wait for: a whole head, or the end of the connection."""
    return not head or b"\r\n\r\n" in head or b"\n\n" in head


class Log(Logger):
    """Sends gunicorn's lines the way of all others."""

    def setup(self, cfg: Any) -> None:
        """Take gunicorn's own handlers away, and let its loggers pass everything on."""
        super().setup(cfg)
        log_lines.configure(Settings.from_environment())
        for each in (self.error_log, self.access_log):
            each.handlers.clear()
            each.propagate = True
        logging.getLogger("gunicorn").setLevel(logging.NOTSET)
