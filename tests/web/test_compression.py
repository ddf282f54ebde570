from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient

GZIP = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize("path", ["/", "/api/openapi.json", "/static/x/css/page.css"])
def test_text_is_sent_small_to_those_who_can_read_it(client: FlaskClient, path: str) -> None:
    plain, small = client.get(path), client.get(path, headers=GZIP)
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 2
    assert int(small.headers["Content-Length"]) == len(small.data)
    assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "br"])
def test_nobody_gets_what_they_cannot_read(client: FlaskClient, accepted: str) -> None:
    response = client.get("/", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in response.headers


def test_short_answers_and_files_stay_as_they_are(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/healthz", headers=GZIP).headers
    file = client.get("/straw-men/new-data-services/export/new-data-services.xlsx", headers=GZIP)
    assert "Content-Encoding" not in file.headers
