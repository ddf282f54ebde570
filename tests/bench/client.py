"""Asks a server in a closed loop: `python client.py` takes jobs from a pipe, one a line.

A process of its own, with nothing but the standard library and a few lines for each answer, so
that what is measured is the server and not its client. A few connections are kept open; each
sends its next request when it has the answer to the one before.

A request is sent as it is, but for two marks in it: `@number@` becomes a number that was not
sent before, `@tag@` the last ETag that this connection was given.
"""

from __future__ import annotations

import itertools
import json
import re
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TAG = re.compile(rb"\r\netag: *([^\r]+)", re.IGNORECASE)
_CHUNK = 1 << 18
_TIMEOUT_SECONDS = 60


class Connection:
    """One connection that asks the same again and again; `first` is asked once, untimed."""

    def __init__(self, port: int, first: str, ask: str, numbers: Iterator[int]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), _TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.numbers = numbers
        self.template = ask.encode()
        self.came = b""
        self.status = 0
        self.tag = b""
        self.sent = 0.0
        self._send(first.encode())
        while not self.receive():
            pass

    def send(self) -> None:
        """Send the next request."""
        self._send(self.template)

    def _send(self, template: bytes) -> None:
        number = b"%d" % next(self.numbers)
        request = template.replace(b"@number@", number).replace(b"@tag@", self.tag)
        self.came = b""
        self.sent = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Take what has come; whether the answer is complete."""
        chunk = self.socket.recv(_CHUNK)
        if not chunk:
            raise ConnectionError("The server has closed the connection.")
        self.came += chunk
        end = self.came.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self.came[:end]
        length = _LENGTH.search(head)
        if len(self.came) < end + 4 + (int(length[1]) if length else 0):
            return False
        self.status = int(head[9:12])
        tag = _TAG.search(head)
        self.tag = tag[1] if tag else self.tag
        return True


def drive(job: dict[str, Any], numbers: Iterator[int]) -> dict[str, Any]:
    """Ask for `seconds`; the seconds of each request, and how long all took together.

    A job has `port`, `seconds`, and for each connection `[first, ask]` in `connections`.
    """
    connections = [
        Connection(job["port"], first, ask, numbers) for first, ask in job["connections"]
    ]
    taken: list[float] = []
    statuses: Counter[int] = Counter()
    with selectors.DefaultSelector() as selector:
        for each in connections:
            selector.register(each.socket, selectors.EVENT_READ, each)
        busy = time.process_time()
        start = time.perf_counter()
        _loop(connections, selector, start + job["seconds"], taken, statuses)
        elapsed = time.perf_counter() - start
        busy = time.process_time() - busy
    for each in connections:
        each.socket.close()
    return {"taken": taken, "elapsed": elapsed, "busy": busy, "statuses": statuses}


def _loop(
    connections: list[Connection],
    selector: selectors.BaseSelector,
    end: float,
    taken: list[float],
    statuses: Counter[int],
) -> None:
    for each in connections:
        each.send()
    waiting = len(connections)
    while waiting:
        for key, _ in selector.select():
            connection: Connection = key.data
            if not connection.receive():
                continue
            now = time.perf_counter()
            taken.append(now - connection.sent)
            statuses[connection.status] += 1
            if now < end:
                connection.send()
            else:
                waiting -= 1


def main() -> None:
    """Do jobs until the pipe ends."""
    # All have the same number of digits, so the length of a body is known beforehand.
    numbers = itertools.count(1_000_000)
    for line in sys.stdin:
        print(json.dumps(drive(json.loads(line), numbers)), flush=True)


if __name__ == "__main__":
    main()
