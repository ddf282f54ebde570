"""The order of the sections of a chapter: whether it may be changed, and changed byte by byte.

Sections change places as whole controls. They stay where they are if somebody has arranged them,
or has written something between them, which would then stand in a wrong place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from valuecalc.documents.embedding.controls import Control
from valuecalc.documents.embedding.spans import Span
from valuecalc.documents.embedding.state import hash_of
from valuecalc.documents.proposal.xml import Element, qualified

MOVED = "The sections of the chapter were put into the chosen order."
STAY = (
    "The sections of the chapter stay in the order in which they stand, which is not the chosen "
    "one: somebody has arranged them, or has written between them. Move them in Word if you like."
)

_ID = qualified("w:id")
_SECTION = qualified("w:sectPr")


def hash_of_order(tags: Iterable[str]) -> str:
    """The hash of the order of sections, which tells whether somebody has arranged them since."""
    return hash_of(" ".join(tags))


def first_of_each(sections: Iterable[Control]) -> dict[str, Control]:
    """Sections by their tags, in their order; of copies the first."""
    found: dict[str, Control] = {}
    for each in sections:
        found.setdefault(each.tag, each)
    return found


def may_change(chapter: Control, sections: Sequence[Control], moved: Sequence[Control]) -> bool:
    """Whether some of the sections of a chapter can change places with each other."""
    elements = {each.element for each in sections}
    is_side_by_side = all(each.element.getparent() is chapter.content for each in moved)
    return (
        is_side_by_side
        and elements.issuperset(_from_to(moved[0].element, moved[-1].element))
        and all(_is_whole(each.element) for each in moved)
    )


def _from_to(first: Element, last: Element) -> list[Element]:
    """Everything from an element to one after it."""
    found = [first]
    for each in first.itersiblings("*"):
        if found[-1] is last:
            break
        found.append(each)
    return found


def _is_whole(section: Element) -> bool:
    """Whether everything that begins in a section ends in it, and no page layout does."""
    begun, ended = _marks(section, "Start"), _marks(section, "End")
    return begun == ended and next(section.iter(_SECTION), None) is None


def _marks(section: Element, ending: str) -> set[tuple[str, str | None]]:
    """What begins or ends in a section and may reach over others: bookmarks and comments."""
    return {
        (each.tag.removesuffix(ending), each.get(_ID))
        for each in section.iter("*")
        if each.tag.endswith(ending)
    }


def exchanged(
    slots: Sequence[Span], wanted: Sequence[Span], content: bytes, new: Mapping[Span, bytes]
) -> dict[Span, bytes]:
    """What is to stand at each of some places: what stands at another one, or its `new` bytes."""
    return {
        slot: new[section] if section in new else content[section[0] : section[1]]
        for slot, section in zip(slots, wanted, strict=True)
    }
