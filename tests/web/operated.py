"""The application as its operator has set it, for tests of how it is run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g

from tests.web import kept_routes, kept_templates
from valuecalc.config import Settings
from valuecalc.services.access import Actor
from valuecalc.store.tables import User
from valuecalc.web.app import create_app


def operated(folder: Path, **settings: Any) -> Flask:
    """The application with `settings`, its data in `folder`; nothing is stored there yet."""
    settings = {"data_dir": folder, "secret_key": "s" * 40, "log_format": "json", **settings}
    with kept_routes.kept():
        return kept_templates.use(create_app(Settings(**settings)))


@contextmanager
def lent(app: Flask) -> Iterator[Flask]:
    """An application that tests share, for one of them: nobody is signed in, nothing counted."""
    asked_first = list(app.before_request_funcs[None])
    app.extensions["rate_limiter"].reset()
    yield app
    app.before_request_funcs[None][:] = asked_first


def sign_in(app: Flask, uid: str) -> None:
    """Let every request from now on come from an account."""
    someone = Actor(user=User(id=1, uid=uid, name=uid.title(), email=f"{uid}@example.com"))

    def show() -> None:
        # Whoever came last stands first.
        g.setdefault("actor", someone)

    app.before_request_funcs[None].insert(0, show)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What has been logged since the last look."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]
