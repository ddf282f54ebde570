"""What goes wrong with a request, said to people as a page and to programs as JSON.

Programs are those that ask under `/api/`; they get `application/problem+json` (RFC 9457) with
the list of all places, causes and remedies. Nobody gets the insides of an unexpected error.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from valuecalc.errors import CaseError, DocumentError, InputError, Problem, UnknownName
from valuecalc.web.problem import Failure, problem_response

API_PATH = "/api/"

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


def install(app: Flask) -> None:
    """Answer every error in one of the two shapes."""
    app.register_error_handler(HTTPException, lambda error: answer(failure_of_http(error)))
    app.register_error_handler(InputError, lambda error: answer(failure_of_input(error)))


def answer(failure: Failure) -> Response:
    """The failure as problem+json under `/api/`, else as a page."""
    if request.path.startswith(API_PATH):
        response = problem_response(failure)
    else:
        response = Response(render_template("error.html", failure=failure), failure.status)
    response.headers.extend(failure.headers)
    return response


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
    is_in_address = isinstance(error, UnknownName) and not request.path.startswith(API_PATH)
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
