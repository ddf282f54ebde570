"""The straw-men that come with the program: files in `models/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from valuecalc import resources
from valuecalc.case.case import Case
from valuecalc.errors import UnknownName
from valuecalc.schemas.case import case_from_text

FEATURED = "new-data-services"


@dataclass(frozen=True)
class StrawMan:
    """A case to start from. `slug` is its file name without the ending."""

    slug: str
    case: Case
    path: Path


def slugs() -> tuple[str, ...]:
    """The names of all straw-men, without reading them."""
    return tuple(sorted(path.stem for path in resources.models_folder().glob("*.yaml")))


@cache
def straw_men() -> tuple[StrawMan, ...]:
    """All straw-men, the featured one first, the others by title."""
    found = [_read(path) for path in sorted(resources.models_folder().glob("*.yaml"))]
    return tuple(sorted(found, key=lambda each: (each.slug != FEATURED, each.case.title)))


def straw_man(slug: str) -> StrawMan:
    """The straw-man with this slug. Raises `UnknownName`."""
    if slug not in slugs():
        raise UnknownName("straw-man", slug, slugs())
    return _read(resources.models_folder() / f"{slug}.yaml")


@cache
def _read(path: Path) -> StrawMan:
    return StrawMan(path.stem, case_from_text(path.read_bytes()), path)
