"""The straw-men, worked out once in all their scenarios: their files do not change while we run."""

from __future__ import annotations

from functools import lru_cache

from valuecalc.engine.result import Result
from valuecalc.errors import UnknownName
from valuecalc.services import cases, library

KEPT = 64


@lru_cache(maxsize=KEPT)
def scenarios_of(slug: str) -> tuple[Result, ...]:
    """A straw-man in all its scenarios. Raises `UnknownName`."""
    return cases.compare(library.straw_man(slug).case)


def choose(results: tuple[Result, ...], scenario: str) -> Result:
    """The result in a scenario. Raises `UnknownName` with the nearest ones."""
    for result in results:
        if result.scenario == scenario:
            return result
    raise UnknownName("scenario", scenario, [result.scenario for result in results])
