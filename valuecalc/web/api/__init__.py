"""The HTTP interface for programs, under `/api/`.

| address | |
|---|---|
| `POST /api/v1/calculate`, `check`, `explain`, `solve`, `export` | the verbs: see `v1` |
| `GET /api/openapi.json` | their description in OpenAPI 3.1 |
| `GET /api/docs` | the same, to be read and tried |
"""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from valuecalc import __version__
from valuecalc.schemas.requests import ProblemDetailsSchema
from valuecalc.web.api import docs, v1
from valuecalc.web.problem import MEDIA_TYPE

DESCRIPTION = """Works out what a solution is worth, and explains every number of it.

A case goes in with each request and nothing is kept. Errors are `application/problem+json`
with every mistake in `errors`: its place, its cause and its remedy."""


class CaseApi(Api):
    """Describes errors as they are: problem+json, answered by `valuecalc.web.errors`."""

    ERROR_SCHEMA = ProblemDetailsSchema

    def _register_error_handlers(self) -> None:
        """Leave them to the application, which serves pages as well."""

    def _register_responses(self) -> None:
        # The content type of errors differs from that of all other answers.
        self.DEFAULT_RESPONSE_CONTENT_TYPE = MEDIA_TYPE
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = "application/json"


def install(app: Flask) -> None:
    """Serve the interface, its description and the page about it."""
    app.config["API_TITLE"] = "valuecalc"
    app.config["API_VERSION"] = __version__
    app.config["OPENAPI_VERSION"] = "3.1.0"
    app.config["OPENAPI_URL_PREFIX"] = "/api"
    api = CaseApi(app, spec_kwargs={"info": {"description": DESCRIPTION}})
    api.register_blueprint(v1.blueprint)
    app.register_blueprint(docs.blueprint)
