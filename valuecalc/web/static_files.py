"""Style sheets, scripts and pictures, at addresses that change with their content.

One hash of all files stands in the *path*, so that a script finds the scripts that it imports,
and a style sheet its pictures, at the same version; every answer may then be kept for a year.

Files never change while the service runs. So each is made ready once, when it is asked for first,
and kept in memory: without comments and needless spaces, and compressed as well as can be. What
others have written (`vendor/`) is left as they have written it. The files on disk work by
themselves too; nothing has to be built.

A page with many scripts gets those that it needs at once as one (`joined_scripts.py`), at an
address under which all other files can be had as well.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

import brotli
from flask import Blueprint, Flask, Response, abort, current_app, request, url_for
from rcssmin import cssmin

from valuecalc.web import joined_scripts
from valuecalc.web.compression import COMPRESSED, wanted_coding

FOLDER = Path(__file__).resolve().parent / "static"
VENDOR = FOLDER / "vendor"
YEAR = 365 * 24 * 3600
IMMUTABLE = f"public, max-age={YEAR}, immutable"

BEST, GOOD = 11, 9
LARGE = 200_000
"""Bytes from which on the best quality of Brotli would keep the first reader waiting."""
IMPORT = re.compile(r'^@import "([\w./-]+\.css)"(?: ([a-z]+))?;$', re.MULTILINE)

IDLE = re.compile(r"^\s*//.*\n|^\s+| +// [^\"'`/\n]*$", re.MULTILINE)
"""Comments, unless they might stand in a text, and indents. Tools that take out more than that
have been seen to take spaces out of template literals inside each other; compressed, the rest is
hardly worth a byte."""

TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
"""The types that may not depend on what the system calls them."""

JOINED = {"editor": "js/editor/main.js", "workshop": "js/editor/workshop-main.js"}
"""The pages whose first scripts are sent as one, and the script that imports the others."""

MAKERS = (Path(__file__), Path(joined_scripts.__file__))
"""What makes the files ready: when that changes, so does what is sent."""

blueprint = Blueprint("static_files", __name__, url_prefix="/static")


@dataclass(frozen=True)
class StaticFile:
    """A file as it is sent. `content` holds its bytes by coding; the empty one is always there."""

    mimetype: str
    tag: str
    content: Mapping[str, bytes]


def install(app: Flask) -> None:
    """Serve the folder and give templates `static_url` and `joined_url`."""
    version = fingerprint(FOLDER)

    def static_url(name: str) -> str:
        return url_for("static_files.send", version=version, name=name)

    def joined_url(page: str) -> str:
        return url_for("static_files.send", version=version, page=page, name=JOINED[page])

    app.config["STATIC_VERSION"] = version
    app.register_blueprint(blueprint)
    app.jinja_env.globals["static_url"] = static_url
    app.jinja_env.globals["joined_url"] = joined_url
    app.jinja_env.globals["inline_picture"] = inline_picture


def fingerprint(folder: Path) -> str:
    """A short hash that changes whenever a file in the folder does."""
    content = hashlib.sha256()
    for maker in MAKERS:
        content.update(maker.read_bytes())
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        content.update(str(file.relative_to(folder)).encode())
        content.update(file.read_bytes())
    return content.hexdigest()[:12]


@blueprint.get("/<version>/joined/<page>/<path:name>")
@blueprint.get("/<version>/<path:name>")
def send(version: str, name: str, page: str = "") -> Response:
    """One file, as the scripts of `page` need it; 404 when there is none of that name."""
    if name not in files() or not (page in JOINED or page == ""):
        abort(404)
    file = ready_for(page, name) if page else ready(files()[name])
    if file is None:
        abort(404)
    coding = wanted_coding() if len(file.content) > 1 else ""
    response = Response(file.content[coding], mimetype=file.mimetype)
    if coding:
        response.content_encoding = coding
    response.vary.add("Accept-Encoding")
    response.set_etag(file.tag, weak=True)
    # A page from before an update asks for the old version: it gets today's, and no promise.
    if version == current_app.config["STATIC_VERSION"]:
        response.headers["Cache-Control"] = IMMUTABLE
    response.make_conditional(request)
    return response


# --------------------------------------------------------------------------- making files ready


@cache
def inline_picture(name: str) -> str:
    """An SVG as an address that holds it: the icon of each page is smaller than an answer's head.

    A picture that is shown in this way runs no script and loads nothing.
    """
    text = re.sub(r">\s+<", "><", (FOLDER / name).read_text("utf-8").strip())
    return "data:image/svg+xml," + quote(text, safe=" ='/:")


@cache
def files() -> dict[str, Path]:
    """Every file by its name; whatever else somebody asks for never reaches the disk."""
    found = (path for path in FOLDER.rglob("*") if path.is_file())
    return {path.relative_to(FOLDER).as_posix(): path for path in found}


@cache
def ready(path: Path) -> StaticFile:
    """A file in the forms in which it is sent."""
    mimetype = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    return _packed(small(path), mimetype or "application/octet-stream")


@cache
def ready_for(page: str, name: str) -> StaticFile | None:
    """A file as the scripts of a page need it: the joined file, or what is loaded beside it.

    None for a script that is in the joined file, since it must not run twice.
    """
    path, entry = FOLDER / name, JOINED[page]
    if path.suffix != ".js" or VENDOR in path.parents:
        return ready(path)
    if name == entry:
        return _packed(_without_idle(joined_scripts.joined(entry)), TYPES[".js"])
    if name in joined_scripts.members(entry):
        return None
    return _packed(_without_idle(joined_scripts.beside(name, entry)), TYPES[".js"])


def _packed(plain: bytes, mimetype: str) -> StaticFile:
    content = {"": plain}
    if mimetype.startswith(COMPRESSED):
        quality = BEST if len(plain) < LARGE else GOOD
        content["br"] = brotli.compress(plain, quality=quality)
        content["gzip"] = gzip.compress(plain, 9, mtime=0)
    return StaticFile(mimetype, hashlib.sha256(plain).hexdigest()[:16], content)


def small(path: Path) -> bytes:
    """The content of a file, without what only those need who work on it."""
    if VENDOR in path.parents:
        return path.read_bytes()
    if path.suffix == ".js":
        return _without_idle(path.read_text("utf-8"))
    if path.suffix == ".css":
        return str(cssmin(with_imports(path))).encode()
    return path.read_bytes()


def _without_idle(script: str) -> bytes:
    return IDLE.sub("", script).encode()


def with_imports(path: Path) -> str:
    """The text of a style sheet, with the sheets that it imports in their places.

    So a page can ask for one file instead of a dozen, one after the other.
    """

    def imported(found: re.Match[str]) -> str:
        text = with_imports(path.parent / found[1])
        return f"@media {found[2]} {{\n{text}\n}}" if found[2] else text

    return IMPORT.sub(imported, path.read_text("utf-8"))
