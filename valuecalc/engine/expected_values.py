"""The books and the figures of a case at its expected values, worked out once.

Tornado, elasticities, tables, break-evens and simulation of one case all begin with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from valuecalc.engine import books, figures
from valuecalc.engine.books import Books
from valuecalc.engine.model import Model
from valuecalc.engine.result import Figure

KEPT = 2
"""Cases that are remembered: the last ones, of which somebody asks one thing after the other."""


class ExpectedValues(NamedTuple):
    """What a case comes to at its expected values; `figures` by name, headline first."""

    books: Books
    figures: Mapping[str, Figure]


def of(model: Model) -> ExpectedValues:
    """The books and the figures of a model at the expected values of its case."""
    return _of_case(_ByCase(model))


def forget() -> None:
    """Let go of the cases that are remembered."""
    _of_case.cache_clear()


class _ByCase:
    """A model as a cache key: all models of one and the same case give the same figures."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def __hash__(self) -> int:
        return id(self.model.case)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByCase) and self.model.case is other.model.case


@lru_cache(maxsize=KEPT)
def _of_case(key: _ByCase) -> ExpectedValues:
    kept = books.keep(key.model.evaluate())
    return ExpectedValues(kept, figures.work_out(kept))
