"""A server that does nothing but answer: `python answerer.py`. It tells its port first.

What the client reaches with it is the most that the client could ever measure.
"""

from __future__ import annotations

import asyncio
from typing import cast

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n"


class Answerer(asyncio.Protocol):
    """One connection; whatever comes is a whole request."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer."""
        self.transport.write(ANSWER)


async def main() -> None:
    """Answer until somebody ends this process."""
    server = await asyncio.get_running_loop().create_server(Answerer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
