"""A document in the making: its body, what it counts, and what it refers to outside the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from valuecalc.documents.proposal import text
from valuecalc.documents.proposal.controls import control
from valuecalc.documents.proposal.xml import Element, element, qualified
from valuecalc.engine.result import Figure, Result


@dataclass(frozen=True)
class Styled:
    """A text in a character style; with `url` it leads there."""

    text: str
    style: str = ""
    url: str = ""


Content: TypeAlias = str | Figure | Styled
"""What a line of text is made of: words, and figures that become content controls."""

# A relationship with anything else for its target makes Word refuse the whole file.
_SOUND_URL = re.compile(r"(https?://[\w.-]+(:\d+)?([/?#][\w./?#@!$&'()*+,;=:~%-]*)?)", re.ASCII)


@dataclass
class Draft:
    """The document that the sections write into, one after the other.

    `scenarios` are the results that are compared, `pictures` the PNG files by their
    relationship, `links` the addresses by theirs.
    """

    result: Result
    scenarios: Sequence[Result] = ()
    body: list[Element] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    _count: Counter[str] = field(default_factory=Counter)

    def number(self, kind: str) -> int:
        """The next number of a kind of thing, from 1."""
        self._count[kind] += 1
        return self._count[kind]

    def add(self, *elements: Element) -> None:
        """Put finished elements at the end of the body."""
        self.body.extend(elements)

    def add_table(self, table: Element) -> None:
        """Put a table at the end of the body, apart from one before it: Word would join them."""
        self.end_table()
        self.add(table)

    def end_table(self) -> None:
        """A paragraph after a table that stands last, which Word demands too."""
        if self.body and self.body[-1].tag == qualified("w:tbl"):
            self.write("AfterTable")

    def heading(self, level: int, words: str) -> None:
        """A heading of level 1 to 3."""
        self.write(f"Heading{level}", words)

    def write(self, style: str, *content: Content, keep_next: bool = False) -> None:
        """A paragraph at the end of the body."""
        self.add(self.paragraph(style, *content, keep_next=keep_next))

    def paragraph(self, style: str, *content: Content, keep_next: bool = False) -> Element:
        """A paragraph that stands in the direction of its first letters."""
        words = "".join(map(_words, content))
        return text.paragraph(
            style,
            *self.inline(content),
            keep_next=keep_next,
            right_to_left=text.is_right_to_left(words),
        )

    def inline(self, content: Iterable[Content]) -> list[Element]:
        """The runs, controls and links of a line."""
        made: list[Element] = []
        for each in content:
            if isinstance(each, Figure):
                made += control(each, self.number("control"))
            elif isinstance(each, Styled):
                made += self._styled(each)
            else:
                made += text.runs(each)
        return made

    def caption(self, kind: str, words: str, style: str = "Caption") -> None:
        """A caption with the next number of its kind, `Table` or `Figure`."""
        number = text.field(f"SEQ {kind} \\* ARABIC", str(self.number(kind)))
        runs = [*text.runs(f"{kind}\u00a0"), *number, *text.runs(f".\u2002{words}")]
        self.add(text.paragraph(style, *runs))

    def picture(self, picture: bytes) -> str:
        """Keep a PNG picture; returns its relationship."""
        relationship = f"rIdPicture{len(self.pictures) + 1}"
        self.pictures[relationship] = picture
        return relationship

    def _styled(self, each: Styled) -> list[Element]:
        if not _SOUND_URL.fullmatch(each.url):
            return text.runs(each.text, each.style)
        attributes = {"r:id": self._link(each.url)}
        runs = text.runs(each.text, each.style or "Hyperlink")
        return [element("w:hyperlink", *runs, attributes=attributes)]

    def _link(self, url: str) -> str:
        return self.links.setdefault(url, f"rIdLink{len(self.links) + 1}")


def _words(content: Content) -> str:
    return content if isinstance(content, str) else content.text
