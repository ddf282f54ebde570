"""How much and how often: sizes of bodies, and requests in a stretch of time.

Requests are counted per account, and per address where nobody is signed in. Working a case out
counts several times for a stranger, because it is what takes time, and more draws than usual
count as the number of usual simulations that they come to. What serves pages (styles, scripts)
and those who watch the service is not counted.

In memory each worker process counts for itself, so that with two workers about twice as many
pass; `VALUECALC_RATE_LIMIT_STORAGE` names one place for all. When that cannot be reached, each
process counts for itself until it is back.
"""

from __future__ import annotations

import io
import ipaddress
import math
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter, RateLimitExceeded
from limits import RateLimitItem, parse
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from valuecalc.case.risk import Simulation
from valuecalc.config import Settings
from valuecalc.errors import TooMany, Unauthenticated
from valuecalc.services.insights import MOST_DRAWS
from valuecalc.web import identity, logs, metrics
from valuecalc.web.errors import API_PATH, answer_refusal

View = TypeVar("View", bound=Callable[..., Any])

COST_FOR_STRANGERS = 3
"""How many requests a calculation counts for, when nobody is signed in."""

LIVE_LIMIT = "1800/minute"
"""How often an account may have a case worked out while somebody types in it.

An editor asks again as soon as it has an answer, about ten times a second: within a minute that
would use up what is allowed for everything else. Here are three editors at full speed, so that
nobody is ever stopped in the middle of a word, and a script that runs wild is.
"""

USUAL_DRAWS = Simulation().draws
"""Draws of one simulation that counts for no more than any other page."""

COST_OF_DOCUMENT = 10
"""How many requests a document of somebody's own counts for: two processes read it."""

_UNCOUNTED = frozenset(
    {"static_files.send", "health.show", "health.show_readiness", "metrics.show"}
)
LIVE = frozenset({"editor.live"})
"""Views with the allowance `LIVE_LIMIT` of their own."""
_CALCULATING = frozenset({"v1", "calculate", "references", "starting"})
_WORKED_OUT_WHEN_READ = frozenset({"case_insights", "saved_insights", "shared_insights"})
_DRAWING = _WORKED_OUT_WHEN_READ | {"v1"}
_READING_DOCUMENTS = frozenset(
    {
        *(f"v1.{verb}" for verb in ("fill", "chapter", "check_template")),
        *(
            f"embedding.{verb}"
            for verb in ("fill_of_case", "chapter_of_case", "check_template_of_case")
        ),
        *(f"word.{verb}" for verb in ("preview", "fill", "preview_chapter", "insert")),
        *("v1.propose", "proposing.propose_case", "proposal_form.write"),
    }
)
_EXTENSION = "rate_limiter"


# ----------------------------------------------------------------------------- sizes


def limit_bodies(app: Flask, settings: Settings) -> None:
    """Refuse a body that is too large before it is read, on every address."""
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.max_body_bytes
    app.config["MAX_FORM_PARTS"] = 20
    app.before_request(_refuse_large_body)


def takes_files(largest: int, *, in_fields: bool = False, parts: int = 0) -> Callable[[View], View]:
    """Mark a view that reads a body of up to `largest` bytes piece by piece, by its stream.

    With `in_fields`, the fields of its form may hold as much: a file that comes back as text.
    `parts` are how many fields it may have, where that is more than usual. A body that comes in
    chunks is bound to the usual limit there too, as it is read at once.
    """

    def marked(view: View) -> View:
        view.largest_body = largest  # type: ignore[attr-defined]
        view.largest_field = largest if in_fields else 0  # type: ignore[attr-defined]
        view.most_parts = parts  # type: ignore[attr-defined]
        return view

    return marked


def _refuse_large_body() -> None:
    largest = int(current_app.config["MAX_CONTENT_LENGTH"])
    if "Transfer-Encoding" in request.headers:
        _read_chunks(largest)
        return
    view = current_app.view_functions.get(request.endpoint or "")
    largest = max(largest, getattr(view, "largest_body", 0))
    request.max_content_length = largest
    largest_field = getattr(view, "largest_field", 0)
    if getattr(view, "most_parts", 0):
        request.max_form_parts = view.most_parts  # type: ignore[union-attr]
    if largest_field:
        request.max_form_memory_size = largest_field
    if (request.content_length or 0) > largest:
        raise RequestEntityTooLarge


def _read_chunks(largest: int) -> None:
    """Replace a body of unknown length by what it holds, if that is not too much.

    Left alone it would be cut off at the limit, without a word.
    """
    try:
        body = request.environ["wsgi.input"].read(largest + 1)
    except Exception as error:  # each server has errors of its own for this
        raise BadRequest("The body broke off, or its chunks are not well formed.") from error
    if len(body) > largest:
        raise RequestEntityTooLarge
    request.environ["wsgi.input"] = io.BytesIO(body)
    request.environ["CONTENT_LENGTH"] = str(len(body))
    request.environ.pop("HTTP_TRANSFER_ENCODING")


# ------------------------------------------------------------------------------ rates


def install(app: Flask, settings: Settings) -> None:
    """Count requests; call it before `identity.install`, so that wrong tokens count too."""
    limiter = Limiter(
        counted_for,
        application_limits=[settings.rate_limit] if settings.rate_limit else [],
        application_limits_cost=cost,
        application_limits_exempt_when=is_uncounted,
        storage_uri=settings.rate_limit_storage,
        storage_options=_patience(settings.rate_limit_storage),
        in_memory_fallback_enabled=True,
        strategy="fixed-window",
    )
    # Only the application keeps it alive: everything else refers to it weakly.
    app.extensions[_EXTENSION] = limiter
    app.config["SIGN_IN_LIMIT"] = settings.sign_in_limit
    app.config["LIVE_LIMIT"] = LIVE_LIMIT if settings.rate_limit else ""
    app.before_request(find_out_who_asks)
    limiter.init_app(app)
    app.before_request(_count_live)
    app.after_request(tell_what_is_left)
    app.register_error_handler(RateLimitExceeded, _refuse)


def _patience(storage: str) -> dict[str, str | int]:
    """A counter that does not answer must not hold a request up for long."""
    if storage.startswith("memory:"):
        return {}
    return {"socket_connect_timeout": 1, "socket_timeout": 1}


def find_out_who_asks() -> None:
    """Ask first, so that a request counts for whoever has proved who they are."""
    if request.endpoint not in _UNCOUNTED:
        # It counts for the address then. Whoever asks next meets the error again, and tells.
        with suppress(Unauthenticated):
            identity.actor()


def counted_for() -> str:
    """Whom a request is counted for: an account, or an address."""
    uid = logs.actor_uid()
    return f"account {uid}" if uid else f"address {network()}"


def network() -> str:
    """The reader's address; of an IPv6 address the half that belongs to one connection."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network(f"{address}/64", strict=False))


def is_uncounted() -> bool:
    """Whether a request is free, or counted elsewhere."""
    return request.endpoint in _UNCOUNTED or request.endpoint in LIVE


def cost() -> int:
    """How many requests this one counts for."""
    is_sent = request.method == "POST" and request.blueprint in _CALCULATING
    own = COST_OF_DOCUMENT if request.endpoint in _READING_DOCUMENTS else _cost_of_draws()
    if not is_sent and request.blueprint not in _WORKED_OUT_WHEN_READ:
        return own
    return (1 if logs.actor_uid() else COST_FOR_STRANGERS) * own


def _cost_of_draws() -> int:
    """How many simulations of the usual size the draws that an address asks for come to.

    What cannot be read, or is too much, costs no more: it is refused before anything is drawn.
    """
    if request.blueprint not in _DRAWING:
        return 1
    text = request.args.get("draws", "").strip().replace(",", "")
    if not text:
        # Other draws of a case are not kept from before, and it may ask for as many as there are.
        is_new = request.args.get("seed") or request.args.get("method")
        return math.ceil(MOST_DRAWS / USUAL_DRAWS) if is_new else 1
    draws = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
    return math.ceil(draws / USUAL_DRAWS) if USUAL_DRAWS < draws <= MOST_DRAWS else 1


def sign_in() -> None:
    """Count one attempt to sign in from this address. Raises `TooMany`.

    Call it at the beginning of every view that checks a secret which a person has chosen.
    """
    _count(
        str(current_app.config["SIGN_IN_LIMIT"]),
        ("sign-in", network()),
        "sign_in",
        "There were too many attempts to sign in from your address.",
        "Wait {}, then try again.",
    )


def _count_live() -> None:
    """Count a request while somebody types. Raises `TooMany`."""
    if request.endpoint in LIVE:
        _count(
            str(current_app.config["LIVE_LIMIT"]),
            ("live", counted_for()),
            "requests",
            "More was typed from your account than can be worked out.",
            "Wait {}: what you type is kept.",
        )


def _count(text: str, key: tuple[str, str], metric: str, cause: str, remedy: str) -> None:
    """Count a request against the limit in `text`, if there is one. Raises `TooMany`."""
    if not text:
        return
    limit = parse(text)
    if not _hit(limit, *key):
        metrics.rate_limited(metric)
        seconds = _seconds_left(limit, *key)
        raise TooMany(cause, remedy.format(_in_words(seconds)), retry_after=seconds)


def _hit(limit: RateLimitItem, *key: str) -> bool:
    try:
        return _limiter().limiter.hit(limit, *key)
    except Exception:
        # Attempts are counted for each account as well, in the database.
        logs.log.warning("rate limit storage cannot be reached", exc_info=True)
        return True


def _seconds_left(limit: RateLimitItem, *key: str) -> int:
    return _seconds_to(_limiter().limiter.get_window_stats(limit, *key).reset_time)


def tell_what_is_left(response: Response) -> Response:
    """Tell programs how many requests they have left, and for how many seconds."""
    current = _limiter().current_limit
    if current is not None and request.path.startswith(API_PATH):
        response.headers["RateLimit-Limit"] = str(current.limit.amount)
        response.headers["RateLimit-Remaining"] = str(max(0, current.remaining))
        response.headers["RateLimit-Reset"] = str(_seconds_to(current.window.reset_time))
    return response


def _refuse(_: RateLimitExceeded) -> Response:
    current = _limiter().current_limit
    seconds = _seconds_to(current.window.reset_time) if current is not None else 60
    metrics.rate_limited("requests")
    whose = "Your account" if logs.actor_uid() else "Your address"
    return answer_refusal(
        TooMany(
            f"{whose} has sent too many requests.",
            f"Wait {_in_words(seconds)}, then try again.",
            retry_after=seconds,
        )
    )


def _seconds_to(moment: float) -> int:
    return max(1, math.ceil(moment - time.time()))


def _in_words(seconds: int) -> str:
    if seconds < 120:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"


def _limiter() -> Limiter:
    return cast(Limiter, current_app.extensions[_EXTENSION])
