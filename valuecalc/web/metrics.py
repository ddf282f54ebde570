"""Figures about the service's own work, for Prometheus.

| metric | counts |
|---|---|
| `valuecalc_request_seconds` | requests and their time, by method, route and class of status |
| `valuecalc_requests_in_flight` | requests that are being answered now |
| `valuecalc_saves_total` | versions of cases saved |
| `valuecalc_sign_in_failures_total` | attempts to sign in that were refused |
| `valuecalc_rate_limited_total` | requests that were refused for being too many, by limit |
| `valuecalc_unavailable_total` | requests that met a database that could not be used |

With several worker processes each writes to files in `PROMETHEUS_MULTIPROC_DIR`, which
`valuecalc.web.gunicorn_config` sets; whichever worker is asked adds them all up.
"""

from __future__ import annotations

import ipaddress
import os
import secrets

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from valuecalc.config import Settings
from valuecalc.errors import Unauthenticated
from valuecalc.web import logs

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

# A what-if takes 40 ms, a workbook a few hundred.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

# When each series began is of no use here, and would be as many series again.
disable_created_metrics()

_registry = CollectorRegistry()
_requests = Histogram(
    "valuecalc_request_seconds",
    "Time from the arrival of a request to its answer.",
    ["method", "route", "status"],
    buckets=_SECONDS,
    registry=_registry,
)
_in_flight = Gauge(
    "valuecalc_requests_in_flight",
    "Requests that are being answered now.",
    multiprocess_mode="livesum",
    registry=_registry,
)
_saves = Counter("valuecalc_saves", "Versions of cases saved.", registry=_registry)
_sign_in_failures = Counter(
    "valuecalc_sign_in_failures", "Attempts to sign in that were refused.", registry=_registry
)
_rate_limited = Counter(
    "valuecalc_rate_limited", "Requests refused for being too many.", ["limit"], registry=_registry
)
_unavailable = Counter(
    "valuecalc_unavailable", "Requests that met an unusable database.", registry=_registry
)

SAVING = frozenset(
    {
        *(f"cases.{view}" for view in ("create_case", "replace_case", "patch_case")),
        *("case_versions.restore", "versions.restore_version", "uncertainty.record_pilot"),
        *("numbers.save", "starting.create", "shares.decide", "sharing.decide"),
    }
)
"""Views that end in a version of a case when they answer well."""

blueprint = Blueprint("metrics", __name__)


def install(app: Flask, settings: Settings) -> None:
    """Count every request, and show the counts to those who may see them."""
    app.config["METRICS_TOKEN"] = settings.metrics_token
    app.config["BEHIND_PROXY"] = settings.trusted_proxies > 0
    app.before_request(_begin)
    app.after_request(_count)
    app.teardown_request(_end)
    app.register_blueprint(blueprint)


def sign_in_failed() -> None:
    """Count an attempt to sign in that was refused."""
    _sign_in_failures.inc()


def rate_limited(limit: str) -> None:
    """Count a request that was refused under `limit`: `requests` or `sign_in`."""
    _rate_limited.labels(limit).inc()


def unavailable() -> None:
    """Count a request that met a database that cannot be used."""
    _unavailable.inc()


@blueprint.get("/metrics")
def show() -> Response:
    """All counts in Prometheus' text format."""
    _require_reader()
    return Response(generate_latest(_collected()), content_type=CONTENT_TYPE_LATEST)


def _collected() -> CollectorRegistry:
    """This process's counts, or those of all workers."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return _registry
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def _require_reader() -> None:
    """Let pass the bearer of the token; without a token set, programs on this machine."""
    token = str(current_app.config["METRICS_TOKEN"])
    if not token:
        if not _comes_from_this_machine():
            abort(403, "Figures about use are for the operator: set VALUECALC_METRICS_TOKEN.")
        return
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secrets.compare_digest(
        shown.strip().encode(), token.encode()
    ):
        raise Unauthenticated("Figures about use are for the operator.", "Send the bearer token.")


def _comes_from_this_machine() -> bool:
    """Whether the request was sent from here, and not merely handed on by a proxy here."""
    forwarded = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Via")
    if current_app.config["BEHIND_PROXY"] or any(name in request.headers for name in forwarded):
        return False
    host = request.host.rsplit(":", 1)[0].strip("[]")
    return _is_loopback(request.remote_addr or "") and (host == "localhost" or _is_loopback(host))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _begin() -> None:
    _in_flight.inc()
    g.is_in_flight = True


def _count(response: Response) -> Response:
    # A made-up method or address would make a series of its own, without end.
    method = request.method if request.method in METHODS else "other"
    status = f"{response.status_code // 100}xx"
    _requests.labels(method, logs.route(), status).observe(logs.elapsed())
    if response.status_code in (200, 201, 303) and request.endpoint in SAVING:
        _saves.inc()
    return response


def _end(_: BaseException | None = None) -> None:
    if g.pop("is_in_flight", False):
        _in_flight.dec()
