"""Addresses that a reader is sent to after a form: those on this server alone."""

from __future__ import annotations

FIRST_PAGE = "/"


def local_path(address: str, otherwise: str = FIRST_PAGE) -> str:
    """The address if it is a path on this server, else another one."""
    # "//host" and "/\host" name another server; browsers drop tabs and line ends in between.
    is_local = address.startswith("/") and address[1:2] not in ("/", "\\")
    return address if is_local and address.isprintable() else otherwise
