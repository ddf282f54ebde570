"""Reads a Word document as its reader would, with nothing of the code that wrote it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import pytest
from lxml import etree

from valuecalc.documents.charts import png
from valuecalc.documents.embedding import catalogue
from valuecalc.documents.proposal import pictures

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "rel": "http://schemas.openxmlformats.org/package/2006/relationships",
    "ct": "http://schemas.openxmlformats.org/package/2006/content-types",
}
W = f"{{{NAMESPACES['w']}}}"


@dataclass(frozen=True)
class Control:
    """A content control of the document."""

    tag: str
    alias: str
    id: str
    text: str


class Document:
    """A document by its bytes."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.entries = archive.infolist()
            self.parts = {entry.filename: archive.read(entry) for entry in self.entries}

    def part(self, name: str) -> Any:
        """The root element of a part."""
        return etree.fromstring(self.parts[name])

    @cached_property
    def body(self) -> Any:
        return self.part("word/document.xml").find("w:body", NAMESPACES)

    def find(self, path: str) -> list[Any]:
        """Everything in the body that an XPath expression finds."""
        found: list[Any] = self.body.xpath(path, namespaces=NAMESPACES)
        return found

    @cached_property
    def text(self) -> str:
        """Everything that can be read, a line for each paragraph."""
        return "\n".join(text_of(each) for each in self.find(".//w:p"))

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        """The headings with their levels."""
        return [
            (int(style.removeprefix("Heading")), text)
            for style, text in self.paragraphs
            if style.startswith("Heading")
        ]

    @cached_property
    def paragraphs(self) -> list[tuple[str, str]]:
        """Every paragraph with its style, those in tables as well."""
        return [(style_of(each), text_of(each)) for each in self.find(".//w:p")]

    def styled(self, style: str) -> list[str]:
        """The texts of all paragraphs in a style."""
        return [text for name, text in self.paragraphs if name == style]

    def table(self, title: str) -> list[list[str]]:
        """The cells of the one table whose title starts so, row by row."""
        [found] = self.tables(title)
        return found

    def tables(self, title: str) -> list[list[list[str]]]:
        """The cells of all tables whose titles start so."""
        return [
            [[cell_text(cell) for cell in row.findall(f"{W}tc")] for row in table.iter(f"{W}tr")]
            for table in self.find(".//w:tbl")
            if value_of(table, "w:tblPr/w:tblCaption").startswith(title)
        ]

    @cached_property
    def controls(self) -> list[Control]:
        """All content controls, in order."""
        return [
            Control(
                tag=value_of(each, "w:sdtPr/w:tag"),
                alias=value_of(each, "w:sdtPr/w:alias"),
                id=value_of(each, "w:sdtPr/w:id"),
                text=text_of(each.find("w:sdtContent", NAMESPACES)),
            )
            for each in self.find(".//w:sdt")
        ]

    def section(self, heading: str) -> str:
        """Everything under a heading of the first level, as text."""
        lines: list[str] = []
        inside = False
        for style, text in self.paragraphs:
            if style == "Heading1":
                inside = text == heading
            elif inside:
                lines.append(text)
        return "\n".join(lines)


@contextmanager
def small_pictures() -> Iterator[None]:
    """Charts drawn with few pixels, for tests of the words around them; the same one once."""

    @cache
    def small(svg: str, scale: float) -> bytes:
        return png(svg, scale=scale / 25)

    with pytest.MonkeyPatch.context() as patch:
        for module in (pictures, catalogue):
            patch.setattr(module, "png", small)
        yield


def text_of(element: Any) -> str:
    """The text of an element as it is seen, without the instructions of its fields."""
    return "".join(_pieces(element))


def _pieces(element: Any) -> Iterator[str]:
    for each in element.iter(f"{W}t", f"{W}tab", f"{W}br"):
        # What keeps a sign on the line of its amount is not to be seen.
        yield (each.text or "").replace("\u2060", "") if each.tag == f"{W}t" else " "


def cell_text(cell: Any) -> str:
    """The text of a cell, a line for each paragraph."""
    return "\n".join(text_of(each) for each in cell.findall(f"{W}p"))


def style_of(paragraph: Any) -> str:
    return value_of(paragraph, "w:pPr/w:pStyle")


def value_of(element: Any, path: str) -> str:
    """The `w:val` of what a path leads to, or nothing."""
    found = element.find(path, NAMESPACES)
    return "" if found is None else found.get(f"{W}val", "")
