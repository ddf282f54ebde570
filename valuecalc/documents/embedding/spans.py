"""Where elements stand in the bytes of a part, so that only they are written anew."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import deepcopy
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from lxml import etree

from valuecalc.documents.proposal.xml import Element
from valuecalc.errors import FileRefused

Span = tuple[int, int]
"""From the first byte of an element to the one after its last."""

DEEPEST = 256
"""Levels of elements that the parser follows."""

_SEPARATOR = " "
_START_TAG = re.compile(rb"""<[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*>""")


def parsed(content: bytes) -> Element:
    """The root of a part. Nothing outside of it is read. Raises `FileRefused`."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _refused(error) from None


def _refused(error: etree.XMLSyntaxError) -> FileRefused:
    if "depth" in error.msg:
        return FileRefused(
            f"Something in the document is nested more than {DEEPEST} levels deep.",
            "In Word, take tables and content controls out of each other, and save it again.",
        )
    return FileRefused(
        "A part of the document is not well formed.",
        "Open it in Word, save it as .docx, and send that file.",
    )


def spans(content: bytes, name: str | None = None) -> list[Span]:
    """Where all elements of a name (`{namespace}local`), or all at all, stand in a part.

    They are in the order in which they begin, as those that lxml iterates over.
    """
    finder = _Finder(content, name)
    return finder.found()


class _Finder:
    """Collects the places of elements while expat reads a part."""

    def __init__(self, content: bytes, name: str | None) -> None:
        self.content = content
        self.wanted = None if name is None else name.removeprefix("{").replace("}", _SEPARATOR)
        self.places: list[Span] = []
        self.open: list[int | None] = []
        self.parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def found(self) -> list[Span]:
        self.parser.Parse(self.content, True)
        return self.places

    def _start(self, name: str, _attributes: Any) -> None:
        if self.wanted not in (None, name):
            self.open.append(None)
            return
        begin = self.parser.CurrentByteIndex
        self.open.append(len(self.places))
        self.places.append((begin, start_tag_end(self.content, begin)))

    def _end(self, _name: str) -> None:
        number = self.open.pop()
        if number is None:
            return
        begin, end_of_start_tag = self.places[number]
        if self.content[end_of_start_tag - 2 : end_of_start_tag] == b"/>":
            return
        end = self.content.index(b">", self.parser.CurrentByteIndex) + 1
        self.places[number] = (begin, end)


def start_tag_end(content: bytes, begin: int) -> int:
    """The byte after a start tag that begins at a place."""
    tag = _START_TAG.match(content, begin)
    assert tag, "expat has read it"
    return tag.end()


def spliced(content: bytes, changes: Iterable[tuple[Span, bytes]]) -> bytes:
    """The part with some stretches replaced, none inside another; all else stays as it is."""
    made: list[bytes] = []
    at = 0
    for (begin, end), new in sorted(changes):
        made += [content[at:begin], new]
        at = end
    return b"".join([*made, content[at:]])


def fragment(element: Element) -> bytes:
    """An element as it stands in its part: without declaring again what is declared around it."""
    text = bytes(etree.tostring(element, encoding="UTF-8", with_tail=False, xml_declaration=False))
    parent = element.getparent()
    if parent is None:
        return text
    end = start_tag_end(text, 0)
    tag = text[:end]
    for prefix, uri in parent.nsmap.items():
        name = f"xmlns:{prefix}" if prefix else "xmlns"
        tag = tag.replace(f" {name}={quoteattr(uri)}".encode(), b"")
    return tag + text[end:]


def standing_alone(element: Element) -> bytes:
    """An element with all that has to be declared for it, to be put anywhere."""
    copy = deepcopy(element)
    copy.tail = None
    return bytes(etree.tostring(copy, encoding="UTF-8", xml_declaration=False))


def before_end(content: bytes, new: bytes) -> bytes:
    """A part with something more at the end of its root."""
    begin, end = spans(content)[0]
    last = content.rfind(b"</", begin, end)
    if last < 0:
        close = start_tag_end(content, begin)
        tag = content[begin : close - 2].decode()
        whole = f"{tag}>".encode() + new + f"</{tag[1:].split()[0]}>".encode()
        return spliced(content, [((begin, close), whole)])
    return spliced(content, [((last, last), new)])


def appended(content: bytes, child: str, **attributes: str) -> bytes:
    """A list of parts or of relations with one entry more at its end; all else as it is."""
    written = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    root = spans(content)[0]
    last = content.rfind(b"</", *root)
    if last < 0:
        end = start_tag_end(content, root[0])
        tag = content[root[0] : end - 2].decode()
        prefix = _prefix(tag)
        whole = f"{tag}><{prefix}{child}{written}/></{tag[1:].split()[0]}>"
        return spliced(content, [((root[0], end), whole.encode())])
    prefix = _prefix(content[last + 1 :].decode())
    return spliced(content, [((last, last), f"<{prefix}{child}{written}/>".encode())])


def _prefix(tag: str) -> str:
    """The prefix of a tag with its colon."""
    name = re.split(r"[\s>/]", tag.lstrip("</"))[0]
    before, colon, _ = name.rpartition(":")
    return f"{before}{colon}"
