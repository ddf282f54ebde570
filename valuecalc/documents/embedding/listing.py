"""All content controls of a document, whoever they belong to."""

from __future__ import annotations

from dataclasses import dataclass

from valuecalc.documents.embedding import places, spans
from valuecalc.documents.embedding.controls import find
from valuecalc.documents.embedding.package import Package
from valuecalc.documents.embedding.report import shortened


@dataclass(frozen=True)
class Listed:
    """A control: its tag and title, where it stands, what it is, and what can be read in it."""

    tag: str
    title: str
    place: str
    special: str
    text: str


def listed(package: Package) -> list[Listed]:
    """The controls of all parts that are filled, in their order."""
    found = []
    for part in package.with_text:
        content = package.read(part)
        if content is not None and b"sdt" in content:
            for each in find(spans.parsed(content)):
                place = places.of(part, each)
                text = shortened(each.text)
                found.append(Listed(each.tag, each.title, place, each.special, text))
    return found
