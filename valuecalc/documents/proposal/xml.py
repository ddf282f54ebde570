"""XML of Word documents: short names for its elements, and text that it always allows.

`w("jc", val="right")` makes `<w:jc w:val="right"/>`. Children of an element stand in the order
that the schema demands; Word calls a file unreadable when they do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import copy
from functools import cache
from typing import Any, TypeAlias

from lxml import etree

Element: TypeAlias = Any
"""An element of lxml, which comes without types."""

Attributes: TypeAlias = dict[str, str | int]
"""Attributes of an element by their names."""

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "xml": "http://www.w3.org/XML/1998/namespace",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
}
_WORD_ALONE = {"w": NAMESPACES["w"]}
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

# What XML 1.0 does not allow, and the controls that turn the direction of all text after them.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff"
    r"\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def readable(text: str) -> str:
    """The text without characters that XML forbids or that turn the direction of a line."""
    return _FORBIDDEN.sub("", text)


def one_line(text: str, limit: int) -> str:
    """The text on one line of at most `limit` characters, an ellipsis for what is left out."""
    line = " ".join(readable(text).split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


@cache
def qualified(name: str) -> str:
    """`{http://…/main}p` for `w:p`; a name without a prefix stays as it is."""
    prefix, colon, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}" if colon else name


def element(
    name: str, *children: Element | None, attributes: Mapping[str, str | int] | None = None
) -> Element:
    """An element such as `a:blip`, its attributes by qualified names; None is no child."""
    return _made(name, children, attributes or {}, NAMESPACES)


def w(name: str, /, *children: Element | None, **attributes: str | int) -> Element:
    """An element of WordprocessingML, whose attributes all have its prefix."""
    named = {f"w:{key}": value for key, value in attributes.items()}
    return _made(f"w:{name}", children, named, _WORD_ALONE)


def _made(
    name: str,
    children: Iterable[Element | None],
    attributes: Mapping[str, str | int],
    namespaces: Mapping[str, str],
) -> Element:
    # Thousands of elements are made for a document; a copy takes a fifth of the time.
    made = copy(_empty(name, namespaces is _WORD_ALONE))
    for key, value in attributes.items():
        made.set(qualified(key), readable(str(value)))
    made.extend([child for child in children if child is not None])
    return made


@cache
def _empty(name: str, is_word_alone: bool) -> Element:
    return etree.Element(qualified(name), nsmap=_WORD_ALONE if is_word_alone else NAMESPACES)


def w_text(name: str, text: str) -> Element:
    """An element that holds text with its spaces, such as `w:t` and `w:instrText`."""
    made = w(name)
    made.text = readable(text)
    made.set(XML_SPACE, "preserve")
    return made


def markup(root: Element) -> bytes:
    """A part of the package: the tree as XML with its declaration."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
