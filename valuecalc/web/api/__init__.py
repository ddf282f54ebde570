"""The HTTP interface for programs, under `/api/`.

| address | |
|---|---|
| `POST /api/v1/calculate`, `check`, `explain`, `solve`, `export` | the verbs: see `v1` |
| `POST /api/v1/tornado`, `simulate`, …, `/api/v1/cases/…/tornado` | how sure: see `uncertainty` |
| `/api/v1/portfolios`, `/api/v1/jobs/…` | many cases, in the background: see `jobs` |
| `/api/v1/cases/…`, `/api/v1/calculate/bulk` | cases that are kept: see `cases` |
| `/api/v1/cases/…/versions/…`, `/diff` | their versions: see `versions` |
| `POST /api/v1/cases/…/workbook` | edited workbooks back into their case: see `workbooks` |
| `POST /api/v1/fill`, `chapter`, `tags`, …, `/api/v1/cases/…/fill` | Word: see `embedding` |
| `POST /api/v1/proposal`, `/api/v1/cases/…/proposal` | proposals as wished: see `proposing` |
| `POST /api/v1/delays`, `/api/v1/cases/…/delays`, `/plan` | the plan: see `plan` |
| `/api/v1/cases/…/comments/…` | comments on them: see `comments` |
| `/api/v1/cases/…/shares`, `/shares/…`, `/proposals/…` | links for customers: see `shares` |
| `/api/v1/references/…`, `/extrapolate`, `/exchange/…` | straw-men: see `references` |
| `/api/v1/teams/…/archive` | all of a team as one file: see `archive` |
| `/api/v1/me`, `/teams/…`, `/tokens/…` | accounts and teams: see `people` |
| `GET /api/openapi.json` | their description in OpenAPI 3.1 |
| `GET /api/docs` | the same, to be read and tried |
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response
from flask_smorest import Api

from valuecalc import __version__
from valuecalc.schemas.requests import ProblemDetailsSchema
from valuecalc.schemas.saved import BULK_ITEM, BulkItemSchema
from valuecalc.web.api import (
    approvals,
    archive,
    cases,
    comments,
    docs,
    embedding,
    jobs,
    people,
    plan,
    proposing,
    references,
    shares,
    uncertainty,
    v1,
    versions,
    workbooks,
)
from valuecalc.web.api.blueprint import BEARER, COOKIE, Blueprint
from valuecalc.web.api.converters import CONVERTERS
from valuecalc.web.problem import MEDIA_TYPE

DESCRIPTION = """Works out what a solution is worth, explains every number of it, and keeps it.

Programs show a token: `Authorization: Bearer vc_…`, made on the page of an account. The verbs
that work on a case in the body, and the straw-men of the program, need none. Errors are
`application/problem+json` with every mistake in `errors`: its place, its cause and its remedy.
Lists come in slices: send `next` as `cursor` for what follows."""

SECURITY_SCHEMES: Mapping[str, dict[str, Any]] = {
    BEARER: {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of an account; it acts in one team.",
    },
    COOKIE: {
        "type": "apiKey",
        "in": "cookie",
        "name": "valuecalc",
        "description": "The session of a browser (__Host-valuecalc over https); "
        "what changes something needs X-CSRFToken too.",
    },
}
PARTS = (
    *(v1, cases, uncertainty, plan, versions, workbooks, embedding, proposing, comments),
    *(shares, approvals, references, jobs, people, archive),
)


class CaseApi(Api):
    """Describes errors as they are: problem+json, answered by `valuecalc.web.errors`.

    The description is written when it is asked for first, because that takes as long as making
    all of the application, and few who start one ever ask.
    """

    ERROR_SCHEMA = ProblemDetailsSchema

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._undescribed: list[Blueprint] = []
        self._described: bytes | None = None
        self._one_at_a_time = Lock()

    def register_blueprint(self, blueprint: Blueprint) -> None:
        """Serve a part of the interface now, and describe it later."""
        self._app.register_blueprint(blueprint)
        self._undescribed.append(blueprint)

    def _describe_parts(self) -> None:
        self.spec.components.schema(BULK_ITEM, schema=BulkItemSchema)
        for part in self._undescribed:
            part.register_views_in_doc(self, self._app, self.spec, name=part.name, parameters=None)
            self.spec.tag({"name": part.name, "description": part.description})

    def _openapi_json(self) -> Response:
        with self._one_at_a_time:
            if self._described is None:
                self._describe_parts()
                self._described = super()._openapi_json().get_data()
        return Response(self._described, mimetype="application/json")

    def _register_error_handlers(self) -> None:
        """Leave them to the application, which serves pages as well."""

    def _register_responses(self) -> None:
        # The content type of errors differs from that of all other answers.
        self.DEFAULT_RESPONSE_CONTENT_TYPE = MEDIA_TYPE
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = "application/json"


def _name_of(schema: Any) -> str:
    """What a shape is called in the description; those of one name in two modules differ."""
    kind = schema if isinstance(schema, type) else type(schema)
    name = str(kind.__name__).removesuffix("Schema")
    if name not in _USED_TWICE:
        return name
    return f"{kind.__module__.rpartition('.')[2].capitalize()}{name}"


_USED_TWICE = frozenset({"Step"})


def install(app: Flask) -> None:
    """Serve the interface, its description and the page about it."""
    app.config["API_TITLE"] = "valuecalc"
    app.config["API_VERSION"] = __version__
    app.config["OPENAPI_VERSION"] = "3.1.0"
    app.config["OPENAPI_URL_PREFIX"] = "/api"
    app.url_map.converters.update(CONVERTERS)
    plugin = MarshmallowPlugin(schema_name_resolver=_name_of)
    info = {"description": DESCRIPTION}
    api = CaseApi(app, spec_kwargs={"info": info, "marshmallow_plugin": plugin})
    for converter in CONVERTERS.values():
        api.register_converter(converter, lambda each: each.openapi)
    for name, scheme in SECURITY_SCHEMES.items():
        api.spec.components.security_scheme(name, scheme)
    for part in PARTS:
        api.register_blueprint(part.blueprint)
    app.register_blueprint(docs.blueprint)
