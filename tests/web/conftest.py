"""The application as its tests see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

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
    operation.prepare(chosen)
    app = create_app(chosen)
    app.testing = True
    return app


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
