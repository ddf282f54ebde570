from __future__ import annotations

import gzip
import re
from pathlib import Path
from urllib.parse import unquote

import brotli
import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from valuecalc.web import static_files
from valuecalc.web.joined_scripts import members
from valuecalc.web.static_files import (
    FOLDER,
    JOINED,
    VENDOR,
    fingerprint,
    inline_picture,
    ready,
    small,
)


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


def test_what_looks_like_a_comment_in_a_text_is_sent(tmp_path: Path) -> None:
    lines = ["a(); // why", 'b("x // y");', "c(`x // ${y} // z`);", "d(); // it's kept"]
    (tmp_path / "a.js").write_text("\n".join(lines))
    assert small(tmp_path / "a.js").decode().splitlines() == ["a();", *lines[1:]]


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


@pytest.mark.parametrize("page", JOINED)
def test_a_page_gets_its_first_scripts_as_one(page: str, app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = app.jinja_env.globals["joined_url"](page)  # type: ignore[operator]
    answer = client.get(address)
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "const $js_editor_document = (() => {" in answer.text
    # Without comments and indents, as every script is sent.
    assert not re.search(r"^(?:\s|//)", answer.text, re.MULTILINE)


def test_below_the_address_of_a_joined_file_are_all_others(client: FlaskClient) -> None:
    below = "/static/x/joined/editor"
    assert client.get(f"{below}/css/explanation.css").mimetype == "text/css"
    assert client.get(f"{below}/js/explain.js").text == client.get("/static/x/js/explain.js").text
    paste = client.get(f"{below}/js/editor/paste.js").text
    assert paste.startswith("import { $js_editor_document,")
    assert "./document.js" not in paste


def test_what_is_needed_only_later_is_not_among_the_first_scripts() -> None:
    first = set(members(JOINED["editor"]))
    assert {f"js/editor/{each}.js" for each in ("document", "live", "save", "undo", "grid")} < first
    assert {"js/page.js", "js/sections.js", "js/theme.js"} < first
    later = ("paste", "formula", "help", "guide", "remarks", "share", "conflict", "find")
    assert not {"js/explain.js", *(f"js/editor/{each}.js" for each in later)} & first


def test_the_icon_of_a_page_stands_in_it(client: FlaskClient) -> None:
    [icon] = re.findall(r'<link rel="icon"[^>]* href="([^"]*)"', client.get("/help").text)
    assert icon == inline_picture("icon.svg")
    text = unquote(icon.removeprefix("data:image/svg+xml,"))
    assert text == re.sub(r">\s+<", "><", (FOLDER / "icon.svg").read_text("utf-8").strip())
    assert not set("<>\"'#&") & set(icon)


def test_the_hash_changes_with_what_makes_the_files_ready(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = fingerprint(tmp_path)
    (tmp_path / "maker.py").write_text("")
    monkeypatch.setattr(static_files, "MAKERS", (tmp_path / "maker.py",))
    (tmp_path / "folder").mkdir()
    assert fingerprint(tmp_path / "folder") != before


def test_a_script_of_a_joined_file_cannot_be_had_a_second_time(client: FlaskClient) -> None:
    assert client.get("/static/x/js/editor/document.js").status_code == 200
    assert client.get("/static/x/joined/editor/js/editor/document.js").status_code == 404


@pytest.mark.parametrize("address", ["nothing/js/page.js", "editor/nothing.js", "editor/../x.js"])
def test_of_joined_files_only_those_are_found_that_there_are(
    client: FlaskClient, address: str
) -> None:
    assert client.get(f"/static/x/joined/{address}").status_code == 404


@pytest.mark.parametrize("name", ["", "js", "nothing.js", "js/editor/", "\0", "A" * 9000])
def test_what_is_no_file_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/x/{name}").status_code in (404, 308)


def test_no_script_has_a_text_over_several_lines() -> None:
    """Indents are left out of scripts, and nothing else may stand at the beginning of a line."""
    for script in FOLDER.glob("js/**/*.js"):
        code = re.sub(r"^\s*//.*$", "", script.read_text("utf-8"), flags=re.MULTILINE)
        assert all(line.count("`") % 2 == 0 for line in code.splitlines()), script.name
