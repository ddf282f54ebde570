"""Light or dark: kept in a cookie that the server reads, so that no page flashes.

Without the cookie the page follows the system.
"""

from __future__ import annotations

from flask import Blueprint, Flask, abort, redirect, request
from werkzeug.wrappers import Response

from valuecalc.web.local_paths import local_path

COOKIE = "theme"
CHOICES = ("light", "dark")
SYSTEM = "system"
YEAR = 365 * 24 * 3600

blueprint = Blueprint("theme", __name__)


def install(app: Flask) -> None:
    """Serve the switch and give templates `theme()`."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["theme"] = chosen


def chosen() -> str:
    """The theme that the reader has chosen: `light`, `dark`, or nothing."""
    theme = request.cookies.get(COOKIE, "")
    return theme if theme in CHOICES else ""


@blueprint.post("/theme")
def switch() -> Response:
    """Keep the choice and go back to the page that it was made on."""
    theme = request.form.get("theme", "")
    if theme not in (*CHOICES, SYSTEM):
        abort(400, f"There is no theme “{theme[:20]}”. Choose light, dark or system.")
    response = redirect(local_path(request.form.get("next", "")), code=303)
    if theme == SYSTEM:
        response.delete_cookie(COOKIE, samesite="Lax")
    else:
        response.set_cookie(
            COOKIE, theme, max_age=YEAR, secure=request.is_secure, httponly=True, samesite="Lax"
        )
    return response
