"""How wide the text is where a chapter stands or will stand, before it is written."""

from __future__ import annotations

from collections.abc import Iterator

from valuecalc.documents.embedding import chapter_place, spans
from valuecalc.documents.embedding.chapter_place import CONTROL, PREFIX, TAG, Place
from valuecalc.documents.embedding.chapter_styles import Levels, styles_of
from valuecalc.documents.embedding.controls import find
from valuecalc.documents.embedding.package import Package
from valuecalc.documents.proposal.xml import Element
from valuecalc.errors import FileRefused


def width_for(package: Package, place: Place) -> int:
    """The width of the narrowest text that holds the chapter or one of its sections, in twips.

    It is 0 where the document does not tell, or has no such place: whoever puts the chapter in
    says so.
    """
    root = spans.parsed(package.read(package.main) or b"")
    try:
        body = chapter_place.body_of(root)
        spots = list(_spots(package, root, place))
    except FileRefused:
        return 0
    widths = (chapter_place.text_width(body, each) for each in spots)
    return min(filter(None, widths), default=0)


def _spots(package: Package, root: Element, place: Place) -> Iterator[Element | None]:
    """The controls of the chapter and its sections; without a chapter, what it goes before."""
    found = [
        each
        for each in find(root)
        if f"{each.tag}.".startswith(PREFIX) and chapter_place.is_free_standing(each.element)
    ]
    yield from (each.element for each in found)
    if place.kind != CONTROL and not any(each.tag == TAG for each in found):
        yield chapter_place.spot(root, Levels(styles_of(package)), place).before
