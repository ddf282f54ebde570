"""The house style of a company in the file of a proposal: its page, its edges, its names."""

from __future__ import annotations

import copy
import posixpath
from collections.abc import Iterator, Mapping

from lxml import etree

from valuecalc.documents.proposal import house_styles
from valuecalc.documents.proposal.house import Edge, House
from valuecalc.documents.proposal.styles import LANGUAGE, TEXT_WIDTH_TWIPS
from valuecalc.documents.proposal.xml import NAMESPACES, Element, element, markup, qualified, w

_OFFICE = NAMESPACES["r"]
_STYLES = "word/styles.xml"
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
_PROPERTIES, _STYLE = qualified("w:pPr"), qualified("w:pStyle")


def parts_in(house: House, language: str) -> Mapping[str, bytes]:
    """The parts of a house, whose styles are for text in a language such as `de-DE`."""
    styles = house.parts.get(_STYLES)
    if styles is None or language == LANGUAGE:
        return house.parts
    root = etree.fromstring(styles)
    house_styles.speak(root, language)
    return {**house.parts, _STYLES: markup(root)}


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


def fitted_edge(edge: Element, house: House) -> Element:
    """Our header or footer in their style, its one tab at the end of the line.

    Word's own styles of headers and footers have a tab in the middle, which would come first.
    """
    made = fitted(edge, house)
    for properties in made.iter(_PROPERTIES):
        style = properties.find(_STYLE)
        inherited = house_styles.tabs_of(house.parts.get(_STYLES), style.get(_VAL))
        end = str(house.text_width)
        cleared = [w("tab", val="clear", pos=each) for each in inherited if each != end]
        tabs = [*cleared, w("tab", val="right", pos=end)]
        style.addnext(w("tabs", *sorted(tabs, key=_position)))
    return made


def _position(tab: Element) -> int:
    return int(tab.get(qualified("w:pos")))


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
