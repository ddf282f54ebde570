"""Long lists on pages: which slice an address asks for, and the address of the next one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import request, url_for

from valuecalc.schemas.paging import read_cursor, write_cursor

AFTER = "after"


def cursor(*kinds: type[int] | type[datetime]) -> tuple[Any, ...] | None:
    """Where the slice before ended, by the address; None for the beginning of the list."""
    text = request.args.get(AFTER)
    return read_cursor(text, *kinds) if text else None


def next_address(has_more: bool, *last: Any) -> str | None:
    """The address of the slice after this one; None at the end of the list."""
    if not has_more:
        return None
    assert request.endpoint is not None
    kept = {**(request.view_args or {}), **request.args.to_dict()}
    return url_for(request.endpoint, **{**kept, AFTER: write_cursor(*last)})


def is_further() -> bool:
    """Whether the address asks for a slice that is not the first."""
    return AFTER in request.args
