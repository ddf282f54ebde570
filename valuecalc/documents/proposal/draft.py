"""A document in the making: its body, what it counts, and what it refers to outside the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from valuecalc.documents.languages import spoken, spoken_pieces
from valuecalc.documents.proposal import text
from valuecalc.documents.proposal.controls import blank, control, picture, words
from valuecalc.documents.proposal.house import House
from valuecalc.documents.proposal.styles import TEXT_WIDTH_TWIPS
from valuecalc.documents.proposal.xml import Element, element, qualified, w
from valuecalc.engine.result import Figure, Result
from valuecalc.formula import quantity
from valuecalc.phrases import Joined, Phrase, phrase

if TYPE_CHECKING:
    from valuecalc.documents.native_charts.look import Look
    from valuecalc.documents.native_charts.part import Written


@dataclass(frozen=True)
class Styled:
    """A text in a character style; with `url` it leads there."""

    text: str
    style: str = ""
    url: str = ""


@dataclass(frozen=True)
class See:
    """Where a table or a picture is, by the name of its caption: ` (Table 3)`.

    With a second name both stand in one bracket: ` (Figure 4, Table 12)`. Of a caption that the
    document does not have nothing stands there.
    """

    name: str
    other: str = ""

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


@dataclass(frozen=True)
class Tagged:
    """Words that are the same as those behind a tag, such as `text.customer`.

    They stand in a control with that tag, so that they can be filled again.
    """

    tag: str
    text: str


@dataclass(frozen=True)
class Field:
    """What Word works out, such as `PAGE`; `text` is shown until it has."""

    instruction: str
    text: str


class Whole(Figure):
    """A figure without decimals, for a table whose amounts are equally precise."""

    @classmethod
    def of(cls, figure: Figure) -> Whole:
        """The same figure, shown without decimals."""
        return cls(**vars(figure))

    @property
    def text(self) -> str:
        """The figure in full, rounded to whole ones: `£532`, or `–`."""
        return (
            super().text if self.value is None else quantity.show(self.value, self.unit, digits=0)
        )


English: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""The heads of the columns of a table and the first words of its rows in English."""

Content: TypeAlias = str | Figure | Styled | See | Blank | Field | Tagged
"""What a line of text is made of: words, and figures that become content controls.

A phrase may have any of them for its values.
"""


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

_NARROW, _WIDER_LETTERS = 0.9, 1.1

_UNKNOWN = "…"
"""The number of a caption until the document is finished."""

SHARP = 2.5
"""Pixels of a picture for one of the chart: 270 to the inch at the width of the text."""

DEEPEST_NUMBER = 2
"""Headings down to this level have a number."""

# A relationship with anything else for its target makes Word refuse the whole file.
_SOUND_URL = re.compile(r"(https?://[\w.-]+(:\d+)?([/?#][\w./?#@!$&'()*+,;=:~%-]*)?)", re.ASCII)


@dataclass
class Draft:
    """The document that the sections write into, one after the other.

    `scenarios` are the results that are compared, `pictures` the PNG files by their
    relationship, `charts` those that Word draws, `links` the addresses by theirs. `approvals` say
    who has approved the plan. `tables` are those with a name, which is the same in every
    language, and `english` what their heads and rows are called; one may fall into several
    parts. `has_cover` says that the first page is one, and `is_short` lets the sections say
    less. `pages` tells on which page each of the `headings` stands, where that is known, and
    `house` is the style of a company, where one was given; `text_width` is that of the text of
    somebody else's document that the body goes into, in twips, and 0 for none. `chart_look` is
    how the charts look that Word draws itself; without one they are pictures, of `picture_scale`
    pixels for one of the chart. `is_to_be_filled` says that charts stand in controls, as figures
    always do.
    """

    result: Result
    scenarios: Sequence[Result] = ()
    body: list[Element] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    charts: dict[str, Written] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    approvals: Sequence[str] = ()
    about: About = field(default_factory=About)
    is_short: bool = False
    tables: dict[str, list[Element]] = field(default_factory=dict)
    english: dict[str, list[English]] = field(default_factory=dict)
    has_cover: bool = False
    pages: Sequence[int] = ()
    house: House | None = None
    text_width: int = 0
    chart_look: Look | None = None
    picture_scale: float = SHARP
    is_to_be_filled: bool = False
    headings: list[Entry] = field(default_factory=list)
    _count: Counter[str] = field(default_factory=Counter)
    _captions: dict[str, str] = field(default_factory=dict)
    _references: list[_Reference] = field(default_factory=list)
    _starts_page: bool = False

    @property
    def is_in_their_style(self) -> bool:
        """Whether the letters are those of somebody else, which may be wider than ours."""
        return self.house is not None or self.text_width > 0

    @property
    def width_share(self) -> float:
        """The width of the text on the page of the house or of the document, where ours is 1."""
        width = self.text_width if self.house is None else self.house.text_width
        return (width or TEXT_WIDTH_TWIPS) / TEXT_WIDTH_TWIPS

    @property
    def room(self) -> float:
        """The share by which fewer columns and letters stand side by side than on our page.

        On a narrow page it counts that the letters of a company may be wider than ours, too.
        """
        share = self.width_share
        return share if share > _NARROW else share / _WIDER_LETTERS

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

    def heading(self, level: int, title: str) -> None:
        """A heading of level 1 to 3; the contents list those that have a number."""
        words = spoken(title)
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
        said = list(_said(content))
        words = "".join(map(_words, said))
        return text.paragraph(
            style,
            *self.inline(said),
            keep_next=keep_next,
            right_to_left=text.is_right_to_left(words),
        )

    def inline(self, content: Iterable[Content]) -> list[Element]:
        """The runs, controls and links of a line."""
        made: list[Element] = []
        for each in _said(content):
            if isinstance(each, Figure):
                made += control(each, self.number("control"))
            elif isinstance(each, Styled):
                made += self._styled(each)
            elif isinstance(each, See):
                made += self._see(each)
            elif isinstance(each, Blank):
                made += blank(each.label, each.kind, self.number("control"))
            elif isinstance(each, Tagged):
                made += self._tagged(each)
            elif isinstance(each, Field):
                made += text.field(each.instruction, each.text)
            else:
                made += text.runs(each)
        return made

    def _tagged(self, each: Tagged) -> list[Element]:
        made = self.inline([each.text])
        return [words(each.tag, made, self.number("control"))] if made else []

    def captioned(
        self, drawn: Element, caption: str, name: str, tag: str, *, is_chart: bool = False
    ) -> None:
        """A line with what is drawn (`w:drawing`), and its caption below it.

        With a `tag` it stands in a control, where the document is to be filled again.
        """
        line = text.paragraph("Picture", w("r", drawn))
        if tag and self.is_to_be_filled:
            # Around the whole line: inside of it LibreOffice would make that of a picture higher.
            line = picture(tag, line, self.number("control"), is_chart=is_chart)
        self.add(line)
        self.caption("Figure", caption, "PictureCaption", name=name)

    def caption(self, kind: str, words: str, style: str = "Caption", name: str = "") -> None:
        """A caption with the next number of its kind, `Table` or `Figure`.

        With a `name`, a `See` of that name refers to it.
        """
        number = Field(f"SEQ {_sequence(kind)} \\* ARABIC", str(self.number(kind)))
        label = _label(kind, number)
        counted = self.inline([label])
        # Said here too: the captions of a house may not stay with what they announce.
        keep = style == "Caption"
        made = text.paragraph(
            style, *counted, *text.runs(f".\u2002{spoken(words)}"), keep_next=keep
        )
        if name:
            self._captions.setdefault(name, spoken(label))
            if self._captions[name] == spoken(label):
                self._mark(made, bookmark_of(name), 1, 1 + len(counted))
        self.add(made)

    def _see(self, see: See) -> list[Element]:
        made = _Reference(see)
        self._references.append(made)
        return made.runs

    def finish(self) -> None:
        """Let every reference say its number, and take out those to what is not there."""
        for each in self._references:
            each.finish(self._captions)
        self._references.clear()
        self.end_table()

    def picture(self, picture: bytes) -> str:
        """Keep a PNG picture; returns its relationship."""
        relationship = f"rIdPicture{len(self.pictures) + 1}"
        self.pictures[relationship] = picture
        return relationship

    def chart(self, written: Written) -> str:
        """Keep a chart that Word draws; returns its relationship."""
        relationship = f"rIdChart{len(self.charts) + 1}"
        self.charts[relationship] = written
        return relationship

    def _styled(self, each: Styled) -> list[Element]:
        if not _SOUND_URL.fullmatch(each.url):
            return text.runs(each.text, each.style)
        attributes = {"r:id": self._link(each.url)}
        runs = text.runs(each.text, each.style or "Hyperlink")
        return [element("w:hyperlink", *runs, attributes=attributes)]

    def _link(self, url: str) -> str:
        return self.links.setdefault(url, f"rIdLink{len(self.links) + 1}")


class _Reference:
    """The runs of a `See`, whose numbers are known when the document is finished."""

    def __init__(self, see: See) -> None:
        self.fields = {
            name: text.field(f"REF {bookmark_of(name)} \\h", _UNKNOWN)
            for name in filter(None, (see.name, see.other))
        }
        self.opening, self.between, self.closing = map(text.runs, (" (", ", ", ")"))

    @property
    def runs(self) -> list[Element]:
        """All runs in their order."""
        first, *others = self.fields.values()
        second = [run for each in others for run in (*self.between, *each)]
        return [*self.opening, *first, *second, *self.closing]

    def finish(self, captions: Mapping[str, str]) -> None:
        """Say the numbers, and take out what refers to a caption that is not there."""
        known = {name for name in self.fields if name in captions}
        for name, runs in self.fields.items():
            if name in known:
                _fill(runs, captions[name])
            else:
                _take_out(runs)
        if not known:
            _take_out([*self.opening, *self.closing])
        if len(known) < len(self.fields):
            _take_out(self.between)


def _fill(runs: Iterable[Element], words: str) -> None:
    for run in runs:
        if run.findtext(qualified("w:t")) == _UNKNOWN:
            run.find(qualified("w:t")).text = words


def _take_out(runs: Iterable[Element]) -> None:
    for run in runs:
        if run.getparent() is not None:
            run.getparent().remove(run)


def _label(kind: str, number: Field) -> Phrase:
    if kind == "Table":
        return phrase("Table\u00a0{number}", number=number)
    return phrase("Figure\u00a0{number}", number=number)


def _sequence(kind: str) -> str:
    """What Word counts captions of a kind by: their label, in the language of the document.

    People's own captions are counted by the same name, so both have one row of numbers. A name
    with a space in it is none for Word.
    """
    name = spoken(_label(kind, Field("", ""))).strip()
    return name if name.isalpha() else kind


def _said(content: Iterable[Content]) -> Iterator[Content]:
    """Words in the language of the document; a phrase as its words and what is between them."""
    for each in content:
        if isinstance(each, Phrase | Joined):
            yield from _together(spoken_pieces(each))
        else:
            yield spoken(each) if isinstance(each, str) else each


def _together(pieces: Iterable[Content]) -> Iterator[Content]:
    """The pieces, words that follow each other as one."""
    for are_words, some in groupby(pieces, lambda each: isinstance(each, str)):
        if are_words:
            yield "".join(map(_words, some))
        else:
            yield from some


def _words(content: Content) -> str:
    return content if isinstance(content, str) else spoken(content.text)


def bookmark_of(name: str) -> str:
    """The bookmark around the number of a caption."""
    return f"_Ref{''.join(filter(str.isalnum, name.title()))}"
