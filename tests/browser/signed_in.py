"""A server of its own for a module of tests, and the cookie of somebody who has signed in."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from valuecalc.services import identity
from valuecalc.services.access import Actor
from valuecalc.web.identity import SESSION_KEY, SINCE_KEY


@contextmanager
def listening(app: Flask) -> Iterator[str]:
    """The address of a server on a free port, which ends with the block."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def cookie(app: Flask, who: Actor, address: str) -> Any:
    """What the browser of somebody who has signed in sends to that address."""
    client = app.test_client()
    with client.session_transaction() as session:
        session[SESSION_KEY] = identity.session_mark(who.account)
        session[SINCE_KEY] = int(time.time())
    name = app.config["SESSION_COOKIE_NAME"]
    found = client.get_cookie(name)
    assert found is not None
    return {"name": name, "value": found.value, "url": address}
