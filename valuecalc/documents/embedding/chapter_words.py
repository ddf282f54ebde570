"""What a reader finds in a part of a chapter: whether somebody has changed it since.

What Word works out by itself does not count: numbers of captions and references to them.
"""

from __future__ import annotations

from collections.abc import Iterator

from valuecalc.documents.embedding import charts
from valuecalc.documents.embedding.controls import PARAGRAPH, ROW, TEXT
from valuecalc.documents.embedding.fields import instructions
from valuecalc.documents.embedding.package import Package
from valuecalc.documents.embedding.state import hash_of, hash_of_bytes
from valuecalc.documents.native_charts.kinds import CHART
from valuecalc.documents.proposal.xml import Element, qualified

_FIELD = qualified("w:fldChar")
_SIMPLE = qualified("w:fldSimple")
_KIND = qualified("w:fldCharType")
_GUESTS = tuple(
    qualified(f"w:{name}")
    for name in ("footnoteReference", "endnoteReference", "commentReference", "sectPr")
)
_BREAK, _TYPE = qualified("w:br"), qualified("w:type")
_OUR_FIELDS = ("SEQ", "REF", "PAGEREF", "HYPERLINK")
_OF_EQUATION = qualified("m:t")
_BLIP, _EMBED = qualified("a:blip"), qualified("r:embed")


def hash_of_content(package: Package, part: str, content: Element) -> str:
    """The hash of all words, rows, equations, pictures and charts in something, and of guests.

    A guest is what we never write, and somebody must have put there: a note, a comment, a field,
    the end of a page or of a section.
    """
    words = "\n".join("".join(_words(each)) for each in content.iter(PARAGRAPH))
    rows = sum(1 for _ in content.iter(ROW))
    found = [*_pictures(package, part, content), *_guests(content)]
    return hash_of(f"{words}\n{rows}\n{' '.join(found)}")


def _guests(content: Element) -> Iterator[str]:
    for each in content.iter(*_GUESTS):
        yield each.tag.rpartition("}")[2]
    for each in content.iter(_BREAK):
        if each.get(_TYPE) in ("page", "column"):
            yield "break"
    for instruction in instructions(content):
        kind, *_ = instruction.split() or [""]
        if kind.upper() not in _OUR_FIELDS:
            yield f"field {instruction}"


def _words(paragraph: Element) -> Iterator[str]:
    """The words of a paragraph that do not come out of a field."""
    open = 0
    for each in paragraph.iter(_FIELD, TEXT, _OF_EQUATION):
        if each.tag == _FIELD:
            open += {"begin": 1, "end": -1}.get(each.get(_KIND) or "", 0)
        elif open <= 0 and next(each.iterancestors(_SIMPLE), None) is None:
            is_equation = each.tag == _OF_EQUATION
            yield "".join((each.text or "").split()) if is_equation else each.text or ""


def _pictures(package: Package, part: str, content: Element) -> Iterator[str]:
    targets = {each.id: each.target for each in package.relations(part) if not each.is_outside}
    for each in content.iter(_BLIP, CHART):
        if each.tag == CHART:
            yield charts.hash_of_shown(package, part, each)
        else:
            picture = package.read(targets.get(each.get(_EMBED, ""), ""))
            yield hash_of_bytes(picture) if picture else "none"
