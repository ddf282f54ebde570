"""A request that failed, and how programs are told: `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from flask import Response

from valuecalc.errors import Problem
from valuecalc.schemas.result import dump_problems

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a request could not be served.

    `title` is the kind of failure in a few words, `cause` and `remedy` say what is wrong and
    what to do. `problems` are all mistakes found; `headers` go out with the answer.
    `request_id` is the number under which the operator finds more, if there is more to find.
    `typed` is what stood in the fields of a form that was refused, for a page to give it back,
    and `sign_in` where to sign in, if that is what is missing.
    """

    status: int
    title: str
    cause: str
    remedy: str = ""
    problems: tuple[Problem, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    request_id: str = ""
    typed: tuple[tuple[str, str], ...] = ()
    sign_in: str = ""


def problem_response(failure: Failure) -> Response:
    """The answer to a program, with every mistake in `errors`."""
    body = {
        "type": "about:blank",
        "title": failure.title,
        "status": failure.status,
        "detail": f"{failure.cause} {failure.remedy}".strip(),
        "errors": dump_problems(failure.problems),
    }
    if failure.request_id:
        body["request_id"] = failure.request_id
    return Response(orjson.dumps(body), failure.status, content_type=MEDIA_TYPE)
