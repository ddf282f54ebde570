"""A document in the making: its body, what it counts, and what it refers to outside the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from valuecalc.documents.proposal import text
from valuecalc.documents.proposal.controls import blank, control
from valuecalc.documents.proposal.house import House
from valuecalc.documents.proposal.xml import Element, element, qualified, w
from valuecalc.engine.result import Figure, Result


@dataclass(frozen=True)
class Styled:
    """A text in a character style; with `url` it leads there."""

    text: str
    style: str = ""
    url: str = ""


@dataclass(frozen=True)
class See:
    """Where a table or a picture is, by the name of its caption: ` (Table 3)`.

    In a document that has no such caption nothing stands there.
    """

    name: str

    @property
    def text(self) -> str:
        """What is known of it before the document is finished."""
        return ""


@dataclass(frozen=True)
class Blank:
    """A place where somebody fills in a text or a `date`; `label` says what belongs there."""

    label: str
    kind: str = "text"

    @property
    def text(self) -> str:
        """Nothing stands there yet."""
        return ""


Content: TypeAlias = str | Figure | Styled | See | Blank
"""What a line of text is made of: words, and figures that become content controls."""


@dataclass(frozen=True)
class About:
    """What a document says of itself: by whom, of when, which version; nothing if not known."""

    company: str = ""
    by: str = ""
    day: date | None = None
    version: str = ""


@dataclass(frozen=True)
class Entry:
    """A heading as the contents list it: `number` is 4, or 4 and 2."""

    level: int
    number: Sequence[int]
    words: str
    bookmark: str


OWN_NUMBERS = ("%1", "%1.%2")

DEEPEST_NUMBER = 2
"""Headings down to this level have a number."""

# A relationship with anything else for its target makes Word refuse the whole file.
_SOUND_URL = re.compile(r"(https?://[\w.-]+(:\d+)?([/?#][\w./?#@!$&'()*+,;=:~%-]*)?)", re.ASCII)


@dataclass
class Draft:
    """The document that the sections write into, one after the other.

    `scenarios` are the results that are compared, `pictures` the PNG files by their
    relationship, `links` the addresses by theirs. `approvals` say who has approved the plan.
    `has_cover` says that the first page is one, and `is_short` lets the sections say less.
    `pages` tells on which page each of the `headings` stands, where that is known, and `house`
    is the style of a company, where one was given.
    """

    result: Result
    scenarios: Sequence[Result] = ()
    body: list[Element] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    approvals: Sequence[str] = ()
    about: About = field(default_factory=About)
    is_short: bool = False
    has_cover: bool = False
    pages: Sequence[int] = ()
    house: House | None = None
    headings: list[Entry] = field(default_factory=list)
    _count: Counter[str] = field(default_factory=Counter)
    _captions: dict[str, str] = field(default_factory=dict)
    _references: list[tuple[str, list[Element]]] = field(default_factory=list)
    _starts_page: bool = False

    def number(self, kind: str) -> int:
        """The next number of a kind of thing, from 1."""
        self._count[kind] += 1
        return self._count[kind]

    def add(self, *elements: Element) -> None:
        """Put finished elements at the end of the body."""
        if self._starts_page and elements and elements[0].tag == qualified("w:p"):
            self._begin_page(elements[0])
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
        """A heading of level 1 to 3; the contents list those that have a number."""
        style = "HeadingShort" if self.is_short and level == 1 else f"Heading{level}"
        made = self.paragraph(style, words, keep_next=True)
        if level <= DEEPEST_NUMBER:
            entry = Entry(level, self._heading_number(level), words, f"_Toc{len(self.headings)}")
            self.headings.append(entry)
            self._mark(made, entry.bookmark)
        self.add(made)

    def _heading_number(self, level: int) -> Sequence[int]:
        if level == 1:
            self._count["part"] = 0
            return (self.number("chapter"),)
        return self._count["chapter"], self.number("part")

    @property
    def number_formats(self) -> Sequence[str]:
        """How the numbers of headings are written, level by level; nothing if they have none."""
        return OWN_NUMBERS if self.house is None else self.house.numbers

    def _mark(self, paragraph: Element, name: str, start: int = 1, end: int | None = None) -> None:
        """Put a bookmark around the content of a paragraph, or around a part of it."""
        number = self.number("bookmark")
        closing = len(paragraph) if end is None else end
        paragraph.insert(closing, w("bookmarkEnd", id=number))
        paragraph.insert(start, w("bookmarkStart", id=number, name=name))

    def new_page(self) -> None:
        """Let what is written next begin on a page of its own."""
        self._starts_page = bool(self.body)

    def write(self, style: str, *content: Content, keep_next: bool = False) -> None:
        """A paragraph at the end of the body."""
        self.add(self.paragraph(style, *content, keep_next=keep_next))

    def _begin_page(self, paragraph: Element) -> None:
        """Let a paragraph be the first of its page."""
        properties = paragraph.find(qualified("w:pPr"))
        places = [properties.find(qualified(f"w:{name}")) for name in ("pStyle", "keepNext")]
        last = [each for each in places if each is not None][-1]
        last.addnext(w("pageBreakBefore"))
        self._starts_page = False

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
            elif isinstance(each, See):
                made += self._see(each.name)
            elif isinstance(each, Blank):
                made += blank(each.label, each.kind, self.number("control"))
            else:
                made += text.runs(each)
        return made

    def caption(self, kind: str, words: str, style: str = "Caption", name: str = "") -> None:
        """A caption with the next number of its kind, `Table` or `Figure`.

        With a `name`, a `See` of that name refers to it.
        """
        label = f"{kind}\u00a0{self.number(kind)}"
        number = text.field(f"SEQ {kind} \\* ARABIC", label.rpartition("\u00a0")[2])
        counted = [*text.runs(f"{kind}\u00a0"), *number]
        # Said here too: the captions of a house may not stay with what they announce.
        keep = style == "Caption"
        made = text.paragraph(style, *counted, *text.runs(f".\u2002{words}"), keep_next=keep)
        if name:
            self._captions.setdefault(name, label)
            if self._captions[name] == label:
                self._mark(made, bookmark_of(name), 1, 1 + len(counted))
        self.add(made)

    def _see(self, name: str) -> list[Element]:
        field = text.field(f"REF {bookmark_of(name)} \\h", "…")
        made = [*text.runs(" ("), *field, *text.runs(")")]
        self._references.append((name, made))
        return made

    def finish(self) -> None:
        """Let every reference say its number, and take out those to what is not there."""
        for name, made in self._references:
            label = self._captions.get(name)
            for run in made:
                if label is None:
                    run.getparent().remove(run)
                elif run.findtext(qualified("w:t")) == "…":
                    run.find(qualified("w:t")).text = label
        self._references.clear()
        self.end_table()

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


def bookmark_of(name: str) -> str:
    """The bookmark around the number of a caption."""
    return f"_Ref{''.join(filter(str.isalnum, name.title()))}"
