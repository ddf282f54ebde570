"""Cases worked out once: in all their scenarios, and as tags of a document.

Both are of what does not change while we run.

These are the files of the straw-men, and the versions of kept cases.
"""

from __future__ import annotations

import json
from functools import lru_cache

from valuecalc.engine.result import Result
from valuecalc.errors import UnknownName
from valuecalc.schemas.case import load_case
from valuecalc.services import cases, embedding, library
from valuecalc.services.embedding import ListedTag
from valuecalc.services.saved_cases import Saved

KEPT = 64
KEPT_VERSIONS = 24
KEPT_TAGS = 12


@lru_cache(maxsize=KEPT)
def scenarios_of(slug: str) -> tuple[Result, ...]:
    """A straw-man in all its scenarios. Raises `UnknownName`."""
    return cases.compare(library.straw_man(slug).case)


def scenarios_of_version(saved: Saved) -> tuple[Result, ...]:
    """A version of a kept case in all its scenarios. Raises `CaseError` with every mistake."""
    return _scenarios_of_text(saved.version.document)


@lru_cache(maxsize=KEPT_VERSIONS)
def _scenarios_of_text(document: str) -> tuple[Result, ...]:
    return cases.compare(load_case(json.loads(document)))


def tags_of_version(saved: Saved, scenario: str) -> tuple[ListedTag, ...]:
    """What a version of a kept case has for a document, tag by tag.

    The page with the tags comes again and again: after each document that is refused, and with
    each search. Raises `CaseError` with every mistake, and `UnknownName` for the scenario.
    """
    return _tags_of_text(saved.version.document, scenario)


@lru_cache(maxsize=KEPT_TAGS)
def _tags_of_text(document: str, scenario: str) -> tuple[ListedTag, ...]:
    return embedding.list_tags(load_case(json.loads(document)), scenario)


def choose(results: tuple[Result, ...], scenario: str) -> Result:
    """The result in a scenario. Raises `UnknownName` with the nearest ones."""
    for result in results:
        if result.scenario == scenario:
            return result
    raise UnknownName("scenario", scenario, [result.scenario for result in results])
