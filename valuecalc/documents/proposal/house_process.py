"""Takes the house style out of a Word file, in a process of its own that is thrown away.

It takes the file as JSON on its standard input and writes JSON; `valuecalc.documents.proposal.
house` starts it.
"""

from __future__ import annotations

import json
import posixpath
import re
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from valuecalc.documents import sheet_process
from valuecalc.documents.embedding import fields, spans
from valuecalc.documents.embedding.package import Package, Relation, relations_of
from valuecalc.documents.proposal import house_styles
from valuecalc.documents.proposal.xml import Element, markup, qualified
from valuecalc.errors import FileRefused

SECONDS = 15
"""Of processor time."""

MOST_PICTURES = 20
FIRST_DRAWING = 1_000_000
PICTURES = ("png", "jpg", "jpeg", "gif", "emf", "wmf", "svg", "bmp", "tif", "tiff")
_USES = ("default", "first", "even")
_ID = re.compile(rb'\br:(?:id|embed|link|pict)="([^"]*)"')
_PAGE = {"w": "11906", "h": "16838"}
_MARGINS = {
    "top": "1418",
    "right": "1417",
    "bottom": "1304",
    "left": "1418",
    "header": "680",
    "footer": "567",
    "gutter": "0",
}
_NARROWEST = 5_000
"""Twips; a text of less than 9 cm cannot hold the tables."""


def main() -> None:
    """Read a file from standard input, and write its house style."""
    sheet_process.limit(SECONDS)
    task = json.load(sys.stdin.buffer)
    try:
        made = taken(b64decode(task["template"]))
    except FileRefused as error:
        made = {"refused": [error.cause, error.remedy]}
    json.dump(made, sys.stdout)


def taken(template: bytes) -> dict[str, Any]:
    """The house style as plain data, parts in base 64. Raises `FileRefused`."""
    package = Package(template)
    fields.check(package)
    taking = _Taking(package)
    section = _section(package)
    page = {**_PAGE, **_attributes(section, "pgSz", ("w", "h", "orient"))}
    margins = {**_MARGINS, **_attributes(section, "pgMar", tuple(_MARGINS))}
    width = _text_width(page, margins)
    merged = house_styles.merged(
        taking.root("styles"), taking.root("numbering"), taking.root("theme"), width
    )
    taking.put("word/styles.xml", markup(merged.styles))
    taking.put("word/numbering.xml", markup(merged.numbering))
    if taking.root("theme") is not None:
        taking.put_related("theme", "word/theme/theme1.xml")
    taking.put_fonts()
    edges = list(taking.edges(section))
    has_even_pages = taking.has_even_pages()
    return {
        "parts": {name: b64encode(part).decode() for name, part in taking.parts.items()},
        "names": merged.names,
        "colours": merged.colours,
        "page": page,
        "margins": margins,
        "text_width": width,
        "edges": edges,
        "has_first_page": section is not None and section.find(qualified("w:titlePg")) is not None,
        "has_even_pages": has_even_pages and any(use == "even" for _, use, _ in edges),
        "numbers": merged.numbers,
    }


def _section(package: Package) -> Element | None:
    """The properties of the last section, which are those of the document."""
    root = spans.parsed(package.read(package.main) or b"")
    return root.find(f"{qualified('w:body')}/{qualified('w:sectPr')}")


def _attributes(section: Element | None, name: str, keys: tuple[str, ...]) -> dict[str, str]:
    """What the file says of its page; only measures, or `landscape`."""
    found = None if section is None else section.find(qualified(f"w:{name}"))
    if found is None:
        return {}
    values = {key: found.get(qualified(f"w:{key}")) for key in keys}
    return {key: value for key, value in values.items() if value and _is_measure(value)}


def _is_measure(value: str) -> bool:
    return value in ("portrait", "landscape") or (value.isascii() and value.isdigit())


def _text_width(page: Mapping[str, str], margins: Mapping[str, str]) -> int:
    sides = sum(int(margins[side]) for side in ("left", "right", "gutter"))
    width = int(page["w"]) - sides
    if not _NARROWEST <= width <= int(page["w"]) <= 32_000:
        raise FileRefused(
            "The margins of the template leave too little room for the text.",
            "Set its page to A4 or Letter with usual margins, and send it again.",
        )
    return width


class _Taking:
    """Collects the parts of a house style, under the names that they get in the proposal."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.parts: dict[str, bytes] = {}
        self.related = {each.kind: each for each in package.relations(package.main)}
        self.by_id = {each.id: each for each in package.relations(package.main)}
        self.pictures: dict[str, str] = {}
        self.drawings = 0

    def root(self, kind: str) -> Element | None:
        """A part that the document has one of; None for a file without it."""
        content = self._content(self.related.get(kind))
        return None if content is None else spans.parsed(content)

    def _content(self, relation: Relation | None) -> bytes | None:
        is_ours = relation is not None and not relation.is_outside
        return self.package.read(relation.target) if is_ours and relation else None

    def put(self, name: str, part: bytes) -> None:
        """Take a part as it is."""
        self.parts[name] = part

    def put_related(self, kind: str, name: str) -> None:
        """Take a part with its pictures."""
        relation = self.related[kind]
        self._put_with_pictures(relation.target, name)

    def put_fonts(self) -> None:
        """The names of the fonts; those that are embedded stay behind."""
        root = self.root("fontTable")
        if root is None:
            return
        for font in root:
            for each in list(font):
                if isinstance(each.tag, str) and etree_name(each).startswith("embed"):
                    font.remove(each)
        self.put("word/fontTable.xml", markup(root))

    def has_even_pages(self) -> bool:
        """Whether even pages have headers and footers of their own."""
        root = self.root("settings")
        found = None if root is None else root.find(qualified("w:evenAndOddHeaders"))
        return found is not None and found.get(qualified("w:val"), "1") in ("1", "true", "on")

    def edges(self, section: Element | None) -> Iterator[tuple[str, str, str]]:
        """The headers and footers; one that refers to anything but pictures is left out."""
        for kind in ("header", "footer"):
            named = () if section is None else section.findall(qualified(f"w:{kind}Reference"))
            for each in named:
                use = each.get(qualified("w:type"), "default")
                relation = self.by_id.get(each.get(qualified("r:id"), ""))
                name = f"word/house_{kind}_{use}.xml"
                is_known = relation is not None and relation.kind == kind and use in _USES
                if is_known and relation and self._put_with_pictures(relation.target, name):
                    yield kind, use, name

    def _put_with_pictures(self, source: str, name: str) -> bool:
        content = self.package.read(source)
        if content is None:
            return False
        relations = self.package.relations(source)
        if not all(map(self._is_allowed, relations)):
            return False
        used = {id.decode("utf-8", "replace") for id in _ID.findall(content)}
        if not used <= {each.id for each in relations}:
            return False
        # What the file wrote is read and written again, so nothing but XML gets through.
        root = spans.parsed(content)
        self._number_drawings(root)
        self.put(name, markup(root))
        if relations:
            written = "".join(map(self._written(name), relations))
            self.put(relations_of(name), _RELATIONS.format(written).encode())
        return True

    def _number_drawings(self, root: Element) -> None:
        """Numbers of their drawings that none of ours has."""
        for each in root.iter(qualified("wp:docPr")):
            self.drawings += 1
            each.set("id", str(FIRST_DRAWING + self.drawings))

    def _is_allowed(self, relation: Relation) -> bool:
        if relation.is_outside:
            return relation.kind == "hyperlink"
        ending = posixpath.splitext(relation.target)[1].lower().lstrip(".")
        is_picture = relation.kind == "image" and ending in PICTURES
        return is_picture and self.package.read(relation.target) is not None

    def _written(self, name: str) -> Any:
        folder = posixpath.dirname(name)

        def write(relation: Relation) -> str:
            target, mode = relation.target, ' TargetMode="External"'
            if not relation.is_outside:
                target, mode = posixpath.relpath(self._picture(relation.target), folder), ""
            return (
                f"<Relationship Id={quoteattr(relation.id)} "
                f'Type="{_OFFICE}/{relation.kind}" Target={quoteattr(target)}{mode}/>'
            )

        return write

    def _picture(self, source: str) -> str:
        """The name of a picture in the proposal; one that is used twice is taken once."""
        if source not in self.pictures:
            if len(self.pictures) >= MOST_PICTURES:
                raise FileRefused(
                    "The headers and footers of the template have too many pictures.",
                    f"Leave at most {MOST_PICTURES} in them.",
                )
            ending = posixpath.splitext(source)[1].lower()
            name = f"word/media/house{len(self.pictures) + 1}{ending}"
            self.pictures[source] = name
            self.put(name, self.package.read(source) or b"")
        return self.pictures[source]


_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    "{}</Relationships>"
)


def etree_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


if __name__ == "__main__":
    main()
