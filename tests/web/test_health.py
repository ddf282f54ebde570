"""Two questions of those who watch the service: does it live, and can it work."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.operated import operated
from valuecalc.errors import StoreUnavailable


class Store:
    """A database that answers a ping as a test wants it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.pings = 0

    def ping(self) -> None:
        self.pings += 1
        if self.error is not None:
            raise self.error


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def client(tmp_path: Path, store: Store) -> FlaskClient:
    app = operated(tmp_path)
    app.extensions["store"] = store
    return app.test_client()


def test_both_answer_plainly_when_all_is_well(client: FlaskClient) -> None:
    for path in ("/healthz", "/readyz"):
        response = client.get(path)
        assert (response.status_code, response.text) == (200, "ok\n")
        assert response.mimetype == "text/plain"
        assert response.headers["Cache-Control"] == "no-store"


def test_a_process_lives_without_its_database(client: FlaskClient, store: Store) -> None:
    store.error = StoreUnavailable("The database cannot be reached.")
    assert client.get("/healthz").status_code == 200
    assert not store.pings


def test_without_its_database_it_is_not_ready_and_says_why(
    client: FlaskClient, store: Store
) -> None:
    store.error = StoreUnavailable("The database is at step 1.", "Run valuecalc migrate.")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.text == "not ready: The database is at step 1. Run valuecalc migrate.\n"
    assert response.headers["Retry-After"] == "2"
    store.error = None
    assert client.get("/readyz").status_code == 200


def test_a_database_without_tables_is_not_ready(tmp_path: Path) -> None:
    response = operated(tmp_path / "empty").test_client().get("/readyz")
    assert response.status_code == 503
    assert response.text.startswith("not ready: ")
