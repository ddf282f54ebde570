"""The headers that keep a page to itself.

No page holds an inline script, an inline style or an `on…` attribute, and no script writes
markup: text becomes HTML on the server alone. So the policy can forbid all of it.
"""

from __future__ import annotations

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

from valuecalc.config import Settings
from valuecalc.web.logs import actor_uid

_OWN_FILES_ONLY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "worker-src 'none'",
)
_NO_MARKUP_FROM_SCRIPTS = ("require-trusted-types-for 'script'", "trusted-types 'none'")

PAGE_POLICY = "; ".join((*_OWN_FILES_ONLY, *_NO_MARKUP_FROM_SCRIPTS))
"""The content security policy of everything except the page of the API's documentation."""

API_DOCS_POLICY = "; ".join(_OWN_FILES_ONLY)
"""Swagger UI writes markup from its own script, which Trusted Types would refuse."""

_HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Pages follow the theme of their reader's cookie, so nobody else may keep them.
    "Cache-Control": "private, no-cache",
}

_PARTS_OF_PAGES = ("text/javascript", "text/css", "font/")
"""What a browser shows as plain text, or not at all, when somebody opens it by itself. The policy
of the page decides whether and how such a part is used, so none of its own would be read. Of a
worker it would be, but no page of ours may start one (`worker-src`). A picture is no part: an SVG
can be opened as a document, with scripts of its own."""

_HEADERS_OF_PARTS = ("X-Content-Type-Options", "Cross-Origin-Resource-Policy", "Cache-Control")
"""Taken for what it says it is, by our own pages, and kept as a page is unless it says more."""


_YEAR = 365 * 24 * 3600
HTTPS_ONLY = f"max-age={_YEAR}"
"""Other names under the same domain are not ours to speak for."""


def install(app: Flask, settings: Settings) -> None:
    """Send the headers with every answer; a view may have set its own before."""
    app.config["SESSION_COOKIE_HTTPONLY"] = True
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["SESSION_COOKIE_SECURE"] = settings.https
    app.config["PREFERRED_URL_SCHEME"] = "https" if settings.https else "http"
    trust_proxies(app, settings.trusted_proxies)
    app.after_request(add_headers)
    app.after_request(keep_out_of_caches)
    if settings.https:
        app.after_request(_insist_on_https)


def trust_proxies(app: Flask, count: int) -> None:
    """Take the reader's address and scheme from the last `count` proxies, and no more.

    The host is the one that the proxy sends on as `Host`: `X-Forwarded-Host` would be the
    reader's own word wherever a proxy forgets to overwrite it.
    """
    if count:
        fixed = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0, x_port=0, x_prefix=0)
        app.wsgi_app = fixed  # type: ignore[method-assign]


def add_headers(response: Response) -> Response:
    """Add each header that means something for the answer, and that it does not carry yet."""
    is_part = (response.mimetype or "").startswith(_PARTS_OF_PAGES)
    for name in _HEADERS_OF_PARTS if is_part else _HEADERS:
        response.headers.setdefault(name, _HEADERS[name])
    return response


def keep_out_of_caches(response: Response) -> Response:
    """Let no browser keep what a signed-in person sees, for the next one at the machine."""
    # Styles and scripts are the same for everybody, and say so.
    if actor_uid() and not response.cache_control.public:
        response.headers["Cache-Control"] = "no-store"
    return response


def keep_unlisted(response: Response) -> Response:
    """Keep the page of a secret link out of search engines and caches; for its view to call."""
    # No stricter Referrer-Policy: over https the check of forms needs the referrer of our own
    # pages, and other sites get none anyway.
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "no-store"
    return response


def _insist_on_https(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = HTTPS_ONLY
    return response
