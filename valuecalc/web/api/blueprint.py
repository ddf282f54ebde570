"""What all parts of the API have in common.

Bodies are read strictly; a query that nobody asked for is refused; who has no account is
refused before anything is read, apart from what is marked `open_to_all`. The description says
of each address what it may answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import flask_smorest
import orjson
from flask import Response, current_app, request

from valuecalc.errors import CaseError, Problem, did_you_mean
from valuecalc.schemas.problems import shown
from valuecalc.web.api.parser import StrictJsonParser
from valuecalc.web.identity import actor

Body = dict[str, Any]
View = TypeVar("View", bound=Callable[..., Any])

BEARER, COOKIE = "bearer", "cookie"
PREFIX = "/api/v1"

_ALWAYS = (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS)
_WITH_ACCOUNT = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE)
_WITH_PLACE = (HTTPStatus.NOT_FOUND,)
_CHANGING = (HTTPStatus.BAD_REQUEST,)
_WITH_BODY = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


def open_to_all(view: View) -> View:
    """Mark a view that needs no account; put it directly below `route`."""
    view.is_open_to_all = True  # type: ignore[attr-defined]
    return view


def as_json(document: object, status: int = 200, **headers: str) -> Response:
    """A JSON answer; `headers` are written with `_` for `-`."""
    response = Response(orjson.dumps(document), status, content_type="application/json")
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def nothing() -> Response:
    """The answer when there is nothing to say."""
    return Response(status=204)


class Blueprint(flask_smorest.Blueprint):
    """A part of the API."""

    ARGUMENTS_PARSER = StrictJsonParser()

    def __init__(self, name: str, import_name: str, description: str) -> None:
        super().__init__(name, import_name, url_prefix=PREFIX, description=description)
        self._prepare_doc_cbks.append(self._prepare_refusals_doc)
        self.before_request(_refuse_strangers)
        self.before_request(self._refuse_unknown_query)

    def _refuse_unknown_query(self) -> None:
        """Refuse what a view without a query of its own would silently ignore."""
        known = set(self._query_names())
        unknown = [name for name in request.args if name not in known]
        if unknown:
            raise CaseError([_unknown(name, known) for name in unknown[:5]], "request")

    def _query_names(self) -> Iterator[str]:
        endpoint = (request.endpoint or "").rpartition(".")[2]
        method = "get" if request.method == "HEAD" else request.method.lower()
        doc = self._docs.get(endpoint, {}).get(method, {})
        for each in doc.get("arguments", {}).get("parameters", ()):
            if isinstance(each, Mapping) and each["in"] == "query":
                schema = each["schema"]
                fields = (schema() if isinstance(schema, type) else schema).fields
                yield from (field.data_key or name for name, field in fields.items())

    def _prepare_refusals_doc(self, doc: Body, doc_info: Body, *, method: str, **_: Any) -> Body:
        """Describe how a request may be refused, besides what the view itself says."""
        responses = doc.setdefault("responses", {})
        for status in _refusals(doc, doc_info, method):
            responses.setdefault(int(status), status.name)
        if not doc_info.get("is_open_to_all"):
            doc["security"] = [{BEARER: []}, {COOKIE: []}]
        return doc

    def _store_endpoint_docs(
        self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any
    ) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        for method, doc in self._docs[endpoint].items():
            if method != "parameters":
                doc["is_open_to_all"] = getattr(obj, "is_open_to_all", False)


def _refuse_strangers() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if not getattr(view, "is_open_to_all", False):
        _ = actor().account


def _refusals(doc: Body, doc_info: Body, method: str) -> Iterator[HTTPStatus]:
    yield from _ALWAYS
    if not doc_info.get("is_open_to_all"):
        yield from _WITH_ACCOUNT
        yield from _WITH_PLACE
    if method not in ("get", "head"):
        yield from _CHANGING
    if "requestBody" in doc:
        yield from _WITH_BODY


def _unknown(name: str, known: set[str]) -> Problem:
    return Problem(
        code="unknown_key",
        place=shown(name),
        cause=f"There is no query parameter “{shown(name)}” here.",
        remedy=did_you_mean(shown(name), sorted(known)) if known else "Leave it out.",
    )
