"""The page that shows the description of the API, drawn by the vendored Swagger UI."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from valuecalc.web.security import API_DOCS_POLICY
from valuecalc.web.static_files import FOLDER

SWAGGER_UI = next(FOLDER.glob("vendor/swagger-ui-*")).relative_to(FOLDER).as_posix()

blueprint = Blueprint("api_docs", __name__)


@blueprint.get("/api/docs")
def show() -> Response:
    """The page, under its own content security policy."""
    response = make_response(render_template("api_docs.html", swagger=SWAGGER_UI))
    response.headers["Content-Security-Policy"] = API_DOCS_POLICY
    return response
