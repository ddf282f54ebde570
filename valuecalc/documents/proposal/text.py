"""Paragraphs and runs: text in the direction of its writing, fields with their results."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

from valuecalc.documents.proposal.xml import Element, readable, w, w_text

_RIGHT_TO_LEFT = ("R", "AL", "AN")
_SIGN = re.compile(r"([+\u2212\u00b1])(?=[$\u00a2-\u00a5\u20a0-\u20c0])")
_JOINED = "\\1\u2060"
_LINE_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")


def is_right_to_left(text: str) -> bool:
    """Whether the first letter of a text with a direction is written to the left."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction == "L" or direction in _RIGHT_TO_LEFT:
            return direction != "L"
    return False


def runs(text: str, style: str = "") -> list[Element]:
    """The runs of a text: one for each stretch of one direction, line breaks inside.

    A text of ours is said in the language of the document.
    """
    return [
        w("r", _properties(style, turned), *_lines(stretch))
        for stretch, turned in _stretches(unbroken(readable(_said(text))))
    ]


def _said(text: str) -> str:
    if type(text) is str:
        return text
    # The processes that read Word files meet no text of ours, and start faster without Babel.
    from valuecalc.documents.languages import spoken

    return spoken(text)


def unbroken(text: str) -> str:
    """A text whose signs stay on the line of their amounts.

    Between two signs that both stand before numbers, as in `−£100,000`, Unicode allows a
    line to end, and office programs take it.
    """
    return text if text.isascii() and "$" not in text else _SIGN.sub(_JOINED, text)


def _properties(style: str, turned: bool) -> Element | None:
    if not (style or turned):
        return None
    return w("rPr", w("rStyle", val=style) if style else None, w("rtl") if turned else None)


def _lines(text: str) -> Iterator[Element]:
    for number, line in enumerate(_LINE_BREAK.split(text)):
        if number:
            yield w("br")
        yield w_text("t", line)


def _stretches(text: str) -> list[tuple[str, bool]]:
    """Stretches of one direction; a space or a digit goes with what stands before it."""
    if text.isascii():
        return [(text, False)] if text else []
    turned = is_right_to_left(text)
    marked: list[tuple[str, bool]] = []
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction == "L" or direction in _RIGHT_TO_LEFT:
            turned = direction != "L"
        marked.append((character, turned))
    return [
        ("".join(character for character, _ in stretch), turned)
        for turned, stretch in groupby(marked, key=lambda pair: pair[1])
    ]


def paragraph(
    style: str, *content: Element, keep_next: bool = False, right_to_left: bool = False
) -> Element:
    """A paragraph in a style, its content made already."""
    properties = w(
        "pPr",
        w("pStyle", val=style),
        w("keepNext") if keep_next else None,
        w("bidi") if right_to_left else None,
    )
    return w("p", properties, *content)


def field(instruction: str, shown: str) -> list[Element]:
    """A field such as `PAGE` with its result, which readers show that work out no fields."""
    return [
        w("r", w("fldChar", fldCharType="begin")),
        w("r", w_text("instrText", f" {instruction} ")),
        w("r", w("fldChar", fldCharType="separate")),
        *runs(shown),
        w("r", w("fldChar", fldCharType="end")),
    ]
