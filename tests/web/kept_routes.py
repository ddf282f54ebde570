"""What builds the addresses of routes, compiled once for all applications of a run of tests.

Each application compiles one function or two for every route that it has, which is half of what
making one takes; they are the same ones in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]

_compiled_anew = Rule._compile_builder
_KEPT: dict[Any, Builder] = {}


def _compiled(rule: Rule, append_unknown: bool = True) -> Builder:
    # They reach the converters of a rule through the rule, which is handed to them.
    key = (rule.rule, repr(rule.defaults), tuple(rule._trace), append_unknown)
    if key not in _KEPT:
        _KEPT[key] = _compiled_anew(rule, append_unknown)
    return _KEPT[key]


@contextmanager
def kept() -> Iterator[None]:
    """Let applications that are made in the block have what others have compiled."""
    with mock.patch.object(Rule, "_compile_builder", _compiled):
        yield
