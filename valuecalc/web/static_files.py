"""Style sheets, scripts and pictures, at addresses that change with their content.

One hash of all files stands in the *path*, so that a script finds the scripts that it imports,
and a style sheet its pictures, at the same version; every answer may then be kept for a year.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, send_from_directory, url_for

FOLDER = Path(__file__).resolve().parent / "static"
YEAR = 365 * 24 * 3600
IMMUTABLE = f"public, max-age={YEAR}, immutable"

blueprint = Blueprint("static_files", __name__, url_prefix="/static")


def install(app: Flask) -> None:
    """Serve the folder and give templates `static_url`."""
    version = fingerprint(FOLDER)

    def static_url(name: str) -> str:
        return url_for("static_files.send", version=version, name=name)

    app.config["STATIC_VERSION"] = version
    app.register_blueprint(blueprint)
    app.jinja_env.globals["static_url"] = static_url


def fingerprint(folder: Path) -> str:
    """A short hash that changes whenever a file in the folder does."""
    content = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        content.update(str(file.relative_to(folder)).encode())
        content.update(file.read_bytes())
    return content.hexdigest()[:12]


@blueprint.get("/<version>/<path:name>")
def send(version: str, name: str) -> Response:
    """One file; 404 when there is none of that name."""
    response = send_from_directory(FOLDER, name)
    # A page from before an update asks for the old version: it gets today's, and no promise.
    if version == current_app.config["STATIC_VERSION"]:
        response.headers["Cache-Control"] = IMMUTABLE
    return response
