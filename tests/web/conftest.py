"""The application as its tests see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import lxml.html
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import documents_here
from tests.databases import complete, sqlite_url, upgrade
from tests.web import kept_routes, kept_templates
from tests.web.beginning import Beginning
from tests.web.cases import Document, as_text
from valuecalc.config import Settings
from valuecalc.services import operation
from valuecalc.web.app import create_app

Page = lxml.html.HtmlElement


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return served(tmp_path_factory.mktemp("data"))


def served(folder: Path, **settings: Any) -> Flask:
    """The application on a fresh database of its own in `folder`."""
    chosen = Settings(data_dir=folder, secret_key="s" * 40, rate_limit="", **settings)
    if not chosen.database_url:
        _prepare(folder)
    operation.prepare(chosen)
    with kept_routes.kept():
        app = kept_templates.use(create_app(chosen))
    app.testing = True
    return app


def _prepare(folder: Path) -> None:
    """Put a database there that has its tables already, as making them takes a while."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "valuecalc.db"
    if not file.exists():
        file.write_bytes(_prepared())


@cache
def _prepared() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "valuecalc.db"
        upgrade(sqlite_url(file))
        complete(file)
        return file.read_bytes()


@pytest.fixture(scope="session")
def _vacant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Beginning]]:
    folder = tmp_path_factory.mktemp("vacant")
    app = served(folder, sign_in_limit="")
    with Beginning(folder) as beginning:
        yield app, beginning


@pytest.fixture
def vacant_app(_vacant: tuple[Flask, Beginning]) -> Iterator[Flask]:
    """An application that nobody has an account of, and where signing in is not limited.

    Tests share it, as making one takes longer than most of what is asked of it; each finds its
    database empty.
    """
    app, beginning = _vacant
    yield app
    beginning.again()


@pytest.fixture
def documents_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are read and filled without a process for each."""
    documents_here.use(monkeypatch)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def get(client: FlaskClient) -> Callable[[str], Page]:
    """Fetches a page that has to be there, as a tree."""

    def fetch(path: str) -> Page:
        response = client.get(path)
        assert response.status_code == 200, response.text
        return lxml.html.fromstring(response.text)

    return fetch


@pytest.fixture
def post(client: FlaskClient) -> Callable[..., TestResponse]:
    """Sends a case in as the form does."""

    def send(document: Document | str, path: str = "/calculate") -> TestResponse:
        text = document if isinstance(document, str) else as_text(document)
        return client.post(path, data={"document": text})

    return send
