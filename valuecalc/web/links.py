"""Whole addresses, for links that leave a page: in invitations and to an identity provider."""

from __future__ import annotations

from urllib.parse import urljoin

from flask import Flask, current_app, request

from valuecalc.config import Settings


def install(app: Flask, settings: Settings) -> None:
    """Know the address under which people reach the service."""
    app.config["PUBLIC_URL"] = settings.public_url


def outside(path: str) -> str:
    """The whole address of a path: under the public address if one is set."""
    return urljoin(str(current_app.config["PUBLIC_URL"]) or request.host_url, path)
