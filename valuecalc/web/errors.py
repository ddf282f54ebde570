"""What goes wrong with a request, said to people as a page and to programs as JSON.

Programs are those that ask under `/api/`, and scripts of our own pages; they get
`application/problem+json` (RFC 9457) with the list of all places, causes and remedies. Nobody
gets the insides of an unexpected error: they stand in the log, under the number that the reader
is given.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from valuecalc.errors import (
    Busy,
    CaseError,
    Conflict,
    DocumentError,
    Forbidden,
    Gone,
    InputError,
    NotFound,
    NotInstalled,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    Refusal,
    StoreUnavailable,
    TooMany,
    Unauthenticated,
    UnknownName,
)
from valuecalc.web import logs, metrics
from valuecalc.web.problem import Failure, problem_response

API_PATH = "/api/"

View = TypeVar("View", bound=Callable[..., Any])

_PAGE_TEXTS = {
    400: ("This request cannot be read", "Go back and try again."),
    404: ("Page not found", "Start from the list of value cases."),
    405: ("This address is not used in that way", "Start from the list of value cases."),
    413: ("That is too large", "Send the case alone: one of a hundred lines is about 30 kB."),
    415: ("This kind of content cannot be read", "Send the case as YAML or JSON."),
    500: ("Something went wrong here", "It is not your mistake. Try again in a moment."),
}
_CAUSES = {
    404: "There is nothing at this address.",
    500: "The service met an error that it did not expect.",
}

# What is refused, and the status and the title of the answer.
_REFUSALS: dict[type[Refusal], tuple[int, str]] = {
    Unauthenticated: (401, "You have to sign in"),
    Forbidden: (403, "You may not do this"),
    NotFound: (404, "This does not exist"),
    Gone: (410, "This is no longer here"),
    Conflict: (409, "This does not fit what is stored"),
    PreconditionFailed: (412, "It has changed in the meantime"),
    PreconditionRequired: (428, "The version has to be named"),
    TooMany: (429, "That was too often"),
    StoreUnavailable: (503, "The service cannot reach its data"),
    Busy: (503, "This cannot be made just now"),
    NotInstalled: (501, "This server cannot make it"),
}


def install(app: Flask) -> None:
    """Answer every error in one of the two shapes."""
    app.register_error_handler(HTTPException, lambda error: answer(failure_of_http(error)))
    app.register_error_handler(InputError, lambda error: answer(failure_of_input(error)))
    app.register_error_handler(Refusal, answer_refusal)
    app.register_error_handler(Exception, answer_unexpected)


def read_by_scripts(view: View) -> View:
    """Mark a view that a script of one of our pages asks, and no reader sees."""
    view.is_read_by_scripts = True  # type: ignore[attr-defined]
    return view


def is_read_by_script() -> bool:
    """Whether this request comes from a script of one of our pages."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "is_read_by_scripts", False))


def is_for_programs() -> bool:
    """Whether whoever asks reads JSON."""
    return request.path.startswith(API_PATH) or is_read_by_script()


def answer(failure: Failure) -> Response:
    """The failure as problem+json for programs, else as a page."""
    if is_for_programs():
        response = problem_response(failure)
    else:
        response = Response(render_template("error.html", failure=failure), failure.status)
    response.headers.extend(failure.headers)
    return response


def answer_refusal(error: Refusal) -> Response:
    """The answer to a sound request that cannot be served."""
    if isinstance(error, StoreUnavailable):
        metrics.unavailable()
        logs.log.warning("store unavailable", cause=error.cause)
    return answer(failure_of_refusal(error))


def failure_of_refusal(error: Refusal) -> Failure:
    """Not signed in, not allowed, not there, overtaken, too often, or no database."""
    kind = next(kind for kind in type(error).__mro__ if kind in _REFUSALS or kind is Refusal)
    status, title = _REFUSALS.get(kind, (400, "This cannot be done"))
    return Failure(
        status=status,
        title=title,
        cause=error.cause,
        remedy=error.remedy,
        problems=(
            Problem(code=error.code, place="request", cause=error.cause, remedy=error.remedy),
        ),
        headers=_headers_of_refusal(error),
    )


def _headers_of_refusal(error: Refusal) -> dict[str, str]:
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    # On a page it would make the browser ask for a password of its own.
    if isinstance(error, Unauthenticated) and request.path.startswith(API_PATH):
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def answer_unexpected(error: Exception) -> Response:
    """The answer to a mistake of ours: the log gets the insides, the reader a number."""
    if current_app.testing:
        raise error
    logs.unexpected(error)
    title, remedy = _PAGE_TEXTS[500]
    number = logs.request_id()
    return answer(
        Failure(
            status=500,
            title=title,
            cause=_CAUSES[500],
            remedy=f"{remedy} If it stays so, tell the operator this number: {number}.",
            request_id=number,
        )
    )


def failure_of_input(error: InputError) -> Failure:
    """Input that cannot be used; on a page, a name in the address that does not exist."""
    status = _status_of_input(error)
    title = f"There is no such {error.kind}" if isinstance(error, UnknownName) else status.phrase
    return Failure(
        status=int(status),
        title=title,
        cause=error.cause,
        remedy=error.remedy,
        problems=problems_of(error),
    )


def _status_of_input(error: InputError) -> HTTPStatus:
    if isinstance(error, DocumentError):
        return HTTPStatus.BAD_REQUEST
    is_in_address = isinstance(error, UnknownName) and not is_for_programs()
    return HTTPStatus.NOT_FOUND if is_in_address else HTTPStatus.UNPROCESSABLE_ENTITY


def problems_of(error: InputError, place: str = "request") -> tuple[Problem, ...]:
    """Every mistake that an error speaks of, with its place."""
    return error.problems if isinstance(error, CaseError) else (error.problem(place),)


def failure_of_http(error: HTTPException) -> Failure:
    """An error of the protocol: a wrong address, method, size or kind of content."""
    status = error.code or 500
    title, remedy = _PAGE_TEXTS.get(status, (error.name, ""))
    return Failure(
        status=status,
        title=title,
        cause=_cause(error, status),
        remedy=remedy,
        headers=_kept_headers(error),
    )


def _cause(error: HTTPException, status: int) -> str:
    if isinstance(error, RequestEntityTooLarge):
        largest = current_app.config["MAX_CONTENT_LENGTH"]
        return f"A request may be {largest / 1e6:g} MB large."
    return _CAUSES.get(status) or error.description or error.name


def _kept_headers(error: HTTPException) -> dict[str, str]:
    """What the protocol asks for beside the text: Allow, Retry-After, …"""
    headers = dict(error.get_headers())
    return {name: headers[name] for name in ("Allow", "Retry-After") if name in headers}
