from __future__ import annotations

from pathlib import Path

from flask import Flask, url_for
from flask.testing import FlaskClient

from valuecalc.web.static_files import FOLDER, fingerprint


def test_the_address_of_a_file_carries_the_hash_of_all_files(app: Flask) -> None:
    with app.test_request_context():
        address = app.jinja_env.globals["static_url"]("css/page.css")  # type: ignore[operator]
    assert address == f"/static/{fingerprint(FOLDER)}/css/page.css"


def test_a_file_of_the_present_version_may_be_kept_for_a_year(
    app: Flask, client: FlaskClient
) -> None:
    version = app.config["STATIC_VERSION"]
    response = client.get(f"/static/{version}/js/page.js")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_file_of_another_version_is_sent_but_must_not_be_kept(client: FlaskClient) -> None:
    response = client.get("/static/0123456789ab/js/page.js")
    assert response.status_code == 200
    assert "immutable" not in response.headers["Cache-Control"]


def test_nothing_outside_the_folder_can_be_fetched(client: FlaskClient) -> None:
    for name in ("../app.py", "%2e%2e/app.py", "..%2fapp.py", "/etc/passwd"):
        assert client.get(f"/static/x/{name}").status_code in (404, 308)


def test_the_hash_changes_with_content_and_with_names(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a")
    first = fingerprint(tmp_path)
    (tmp_path / "a.css").write_text("b")
    second = fingerprint(tmp_path)
    (tmp_path / "a.css").rename(tmp_path / "b.css")
    assert len({first, second, fingerprint(tmp_path)}) == 3


def test_every_file_that_a_page_names_is_there(app: Flask, client: FlaskClient) -> None:
    for path in ("/", "/straw-men/new-data-services", "/api/docs"):
        page = client.get(path).text
        names = {part.split('"')[0] for part in page.split(f"{app.config['STATIC_VERSION']}/")[1:]}
        assert names
        with app.test_request_context():
            for name in names:
                version = app.config["STATIC_VERSION"]
                address = url_for("static_files.send", version=version, name=name)
                assert client.get(address).status_code == 200, name
