from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
from flask.testing import FlaskClient

from valuecalc.web.compression import (
    LONGEST_PADDING,
    metadata,
    packed_by_brotli,
    packed_by_gzip,
)

GZIP = {"Accept-Encoding": "gzip"}
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}
PATHS = ("/", "/api/openapi.json", "/static/x/css/page.css")


@pytest.mark.parametrize("coding", ["br", "gzip"])
@pytest.mark.parametrize("path", PATHS)
def test_text_is_sent_small_to_those_who_can_read_it(
    client: FlaskClient, path: str, coding: str
) -> None:
    plain, small = client.get(path), client.get(path, headers={"Accept-Encoding": coding})
    assert small.headers["Content-Encoding"] == coding
    assert UNPACK[coding](small.data) == plain.data
    assert len(small.data) < len(plain.data) / 2
    assert int(small.headers["Content-Length"]) == len(small.data)
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in small.headers["Vary"]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
    ],
)
def test_of_what_a_reader_takes_the_best_is_chosen(
    client: FlaskClient, accepted: str, coding: str
) -> None:
    for path in PATHS:
        response = client.get(path, headers={"Accept-Encoding": accepted})
        assert response.headers["Content-Encoding"] == coding, path


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "br;q=0", "deflate", "zstd"])
def test_nobody_gets_what_they_cannot_read(client: FlaskClient, accepted: str) -> None:
    for path in PATHS:
        response = client.get(path, headers={"Accept-Encoding": accepted})
        assert "Content-Encoding" not in response.headers, path


def test_short_answers_and_files_stay_as_they_are(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/healthz", headers=GZIP).headers
    file = client.get("/straw-men/new-data-services/export/new-data-services.xlsx", headers=GZIP)
    assert "Content-Encoding" not in file.headers


# --------------------------------------------------------------------------- sizes tell nothing


@pytest.mark.parametrize("pack", [packed_by_brotli, packed_by_gzip])
def test_the_same_content_has_many_sizes(pack: type) -> None:
    content = b"<p>The token of this form is 0123456789abcdef.</p>" * 40
    sizes = {len(pack(content)) for _ in range(400)}
    assert len(sizes) > LONGEST_PADDING / 2
    assert max(sizes) - min(sizes) <= LONGEST_PADDING


@pytest.mark.parametrize("length", [1, 2, 63, 64, 255, 256])
def test_a_block_of_metadata_is_skipped_by_readers(length: int) -> None:
    content = bytes(range(256)) * 20
    compressor = brotli.Compressor()
    stream = compressor.process(content) + compressor.flush()
    stream += metadata(length) + compressor.finish()
    assert len(metadata(length)) == length + 2
    assert brotli.decompress(stream) == content


@pytest.mark.parametrize("content", [b"", b"x", bytes(1_000_000), zlib.compress(bytes(9_999))])
def test_whatever_is_packed_comes_out_as_it_was(content: bytes) -> None:
    assert brotli.decompress(packed_by_brotli(content)) == content
    assert gzip.decompress(packed_by_gzip(content)) == content
