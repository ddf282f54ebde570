"""The house style of a company in the file of a proposal: its page, its edges, its names."""

from __future__ import annotations

import copy
import posixpath
from collections.abc import Iterator

from valuecalc.documents.proposal.house import Edge, House
from valuecalc.documents.proposal.styles import TEXT_WIDTH_TWIPS
from valuecalc.documents.proposal.xml import NAMESPACES, Element, element, qualified, w

_OFFICE = NAMESPACES["r"]
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_KINDS = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "emf": "image/x-emf",
    "wmf": "image/x-wmf",
    "svg": "image/svg+xml",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
}
_VAL = qualified("w:val")
_STYLED = tuple(qualified(f"w:{name}") for name in ("pStyle", "rStyle", "tblStyle"))
_WIDE = tuple(qualified(f"w:{name}") for name in ("tblW", "gridCol", "tcW"))
_EXTENTS = (qualified("wp:extent"), qualified("a:ext"))
_WIDTH = qualified("w:w")


def fitted(body: Element, house: House) -> Element:
    """A copy of the body with the names of their styles, their colours, and their text width."""
    made = copy.deepcopy(body)
    share = house.text_width / TEXT_WIDTH_TWIPS
    for each in made.iter():
        if each.tag in _STYLED:
            each.set(_VAL, house.names.get(each.get(_VAL), each.get(_VAL)))
        elif each.tag in _WIDE:
            each.set(_WIDTH, str(round(int(each.get(_WIDTH)) * share)))
        elif each.tag in _EXTENTS and each.get("cx"):
            for side in ("cx", "cy"):
                each.set(side, str(round(int(each.get(side)) * share)))
        for name, value in each.attrib.items():
            if value in house.colours:
                each.set(name, house.colours[value])
    return made


def section(house: House) -> Element:
    """The page of the house with its headers and footers; ours where it has none."""
    references = [_reference(each, _id(each)) for each in house.edges]
    for kind, id in (("header", "rIdheader1"), ("footer", "rIdfooter1")):
        if not any(each.kind == kind and each.use == "default" for each in house.edges):
            references.append(_reference(Edge(kind, "default", ""), id))
    return w(
        "sectPr",
        *references,
        w("pgSz", **house.page),
        w("pgMar", **house.margins),
        w("titlePg") if house.has_first_page else None,
    )


def _reference(edge: Edge, id: str) -> Element:
    return element(f"w:{edge.kind}Reference", attributes={"w:type": edge.use, "r:id": id})


def _id(edge: Edge) -> str:
    return f"rIdHouse{edge.kind.capitalize()}{edge.use.capitalize()}"


def relations(house: House) -> Iterator[tuple[str, str, str, bool]]:
    """The relations of the document to the edges: id, kind, target, and that it is inside."""
    for each in house.edges:
        target = posixpath.relpath(each.part, "word")
        yield _id(each), f"{_OFFICE}/{each.kind}", target, False


def overrides(house: House) -> Iterator[tuple[str, str]]:
    """The kinds of the edges."""
    for each in house.edges:
        yield f"/{each.part}", f"{_WORD}.{each.kind}+xml"


def pictures(house: House) -> Iterator[tuple[str, str]]:
    """The endings of their pictures that ours do not have, with what they are."""
    endings = {posixpath.splitext(name)[1].lstrip(".") for name in house.parts}
    yield from ((each, _KINDS[each]) for each in sorted(endings & _KINDS.keys()))
