from __future__ import annotations

import gzip
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from valuecalc.web.static_files import FOLDER, VENDOR, fingerprint, modules_of, ready, small


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


# --------------------------------------------------------------------------- as small as can be


def test_comments_and_needless_spaces_are_not_sent(client: FlaskClient) -> None:
    script = client.get("/static/x/js/page.js").text
    assert "Comforts" in (FOLDER / "js/page.js").read_text("utf-8")
    assert "Comforts" not in script
    assert "switchThemeInPlace()" in script
    style = client.get("/static/x/css/print.css").text
    assert "/*" not in style
    assert "\n  " not in style


def test_what_others_have_written_is_sent_as_they_have_written_it() -> None:
    files = [path for path in VENDOR.rglob("*") if path.suffix in (".js", ".css")]
    assert files
    assert all(small(path) == path.read_bytes() for path in files)


def test_every_text_can_be_had_in_each_coding() -> None:
    for path in FOLDER.glob("*/*.*s"):
        content = ready(path).content
        assert brotli.decompress(content["br"]) == gzip.decompress(content["gzip"]) == content[""]


def test_a_file_is_made_ready_once(client: FlaskClient) -> None:
    client.get("/static/x/js/page.js")
    before = ready.cache_info()
    client.get("/static/y/js/page.js", headers={"Accept-Encoding": "br"})
    after = ready.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 1)


def test_who_has_a_file_already_is_told_so(client: FlaskClient) -> None:
    first = client.get("/static/x/js/page.js")
    again = client.get("/static/x/js/page.js", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_sheets_stand_in_the_places_where_they_are_imported(tmp_path: Path) -> None:
    (tmp_path / "one.css").write_text("a { color: red }")
    (tmp_path / "paper.css").write_text("b { color: black }")
    (tmp_path / "all.css").write_text(
        '@import "one.css";\n@import "paper.css" print;\ni { top: 0 }'
    )
    text = small(tmp_path / "all.css").decode()
    assert text == "a{color:red}@media print{b{color:black}}i{top:0}"


def test_the_page_of_the_editor_imports_only_what_is_there(client: FlaskClient) -> None:
    text = client.get("/static/x/css/editor-page.css").text
    assert "@import" not in text
    assert ".assumption-rows" in text
    assert ":root" in text


def test_a_page_can_name_all_scripts_that_it_needs_at_once() -> None:
    found = modules_of("js/editor/main.js")
    assert {"js/editor/main.js", "js/editor/document.js", "js/editor/places.js"} <= set(found)
    assert all((FOLDER / each).is_file() for each in found)
    # These are imported when somebody needs them.
    assert not {"js/editor/paste.js", "js/editor/help.js", "js/editor/guide.js"} & set(found)


@pytest.mark.parametrize("name", ["", "js", "nothing.js", "js/editor/", "\0", "A" * 9000])
def test_what_is_no_file_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/x/{name}").status_code in (404, 308)


def test_no_script_has_a_text_over_several_lines() -> None:
    """Indents are left out of scripts, and nothing else may stand at the beginning of a line."""
    for script in FOLDER.glob("js/**/*.js"):
        code = re.sub(r"^\s*//.*$", "", script.read_text("utf-8"), flags=re.MULTILINE)
        assert all(line.count("`") % 2 == 0 for line in code.splitlines()), script.name
