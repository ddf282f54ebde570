"""The headers that keep a page to itself.

No page holds an inline script, an inline style or an `on…` attribute, and no script writes
markup: text becomes HTML on the server alone. So the policy can forbid all of it.
"""

from __future__ import annotations

from flask import Flask, Response

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


def install(app: Flask) -> None:
    """Send the headers with every answer; a view may have set its own before."""
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    """Add each header that the answer does not carry yet."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
