"""The sections of a chapter, fit for the document that they go into.

They get its names of styles, its colours and its text width, headings on the right level, and
numbers, names and relations that nothing else in it has. Their charts look as those that stand
there, and their words say which language they are in if it is another one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property

from valuecalc.documents.embedding import charts, images, spans
from valuecalc.documents.embedding.chapter_place import PREFIX, TAG, tag_of
from valuecalc.documents.embedding.chapter_styles import (
    DEEPEST_HEADING,
    Styles,
    language_of,
    list_of_sources,
    used_by,
)
from valuecalc.documents.embedding.contents import Chart
from valuecalc.documents.embedding.controls import CONTENT, RUN, SDT, TEXT
from valuecalc.documents.embedding.package import Package, Relation
from valuecalc.documents.embedding.state import hash_of
from valuecalc.documents.native_charts.kinds import CHART
from valuecalc.documents.proposal import housing
from valuecalc.documents.proposal.house import House
from valuecalc.documents.proposal.styles import TEXT_WIDTH_TWIPS
from valuecalc.documents.proposal.xml import Element, qualified, w

_VAL, _ID, _NAME = (qualified(f"w:{name}") for name in ("val", "id", "name"))
_RELATION, _EMBED = qualified("r:id"), qualified("r:embed")
_STYLE = qualified("w:pStyle")
_FORMAT = qualified("w:rPr")
_LANGUAGE = f"{_FORMAT}/{qualified('w:lang')}"
_AFTER_LANGUAGE = tuple(
    qualified(f"w:{name}") for name in ("eastAsianLayout", "specVanish", "oMath", "rPrChange")
)
_CONTROL_ID = f"{qualified('w:sdtPr')}/{qualified('w:id')}"
_ALIAS = f"{qualified('w:sdtPr')}/{qualified('w:alias')}"
_START, _END = qualified("w:bookmarkStart"), qualified("w:bookmarkEnd")
_DRAWING, _PICTURE = qualified("wp:docPr"), qualified("pic:cNvPr")
_ANCHOR, _INSTRUCTION = qualified("w:anchor"), qualified("w:instrText")
_HEADING = re.compile(r"Heading(\d|Short)")
_OF_CONTENTS = "_Toc"
"""Bookmarks that contents of ours would refer to; those of the document are its own."""


class Ours:
    """A chapter as it was written: a document whose body is a row of tagged sections.

    `wanted` are the tags of those that belong into a chapter, in their order; the others stand in
    the document by themselves. `empty` are the tags of those for which the case has nothing.
    """

    def __init__(self, content: bytes) -> None:
        self.package = Package(content)
        self.part = self.package.main
        root = spans.parsed(self.package.read(self.part) or b"")
        found = {tag_of(each): each for each in root.iter(SDT)}
        named = {tag: each for tag, each in found.items() if tag.startswith(PREFIX)}
        self.sections = {tag: each for tag, each in named.items() if len(each.find(CONTENT))}
        self.empty = named.keys() - self.sections.keys()
        inside = {tag_of(each) for each in found[TAG].iter(SDT)}
        self.wanted = [tag for tag in self.sections if tag in inside]
        self.name = _alias(found[TAG])
        self.relations = {each.id: each for each in self.package.relations(self.part)}

    @cached_property
    def language(self) -> str:
        """The tag of the language that it is in."""
        return language_of(self._root("styles"))

    def styles_for(self, theirs: Package) -> Styles:
        """The styles of a document, and ours in it."""
        ours, lists = map(self._root, ("styles", "numbering"))
        return Styles(theirs, ours, list_of_sources(lists))

    def _root(self, kind: str) -> Element:
        [target] = [each.target for each in self.relations.values() if each.kind == kind]
        return spans.parsed(self.package.read(target) or b"")

    def title(self, tag: str) -> str:
        """What a section is called."""
        return _alias(self.sections[tag])

    def content(self, tag: str) -> Element:
        """What stands in a section."""
        return self.sections[tag].find(CONTENT)


def _alias(control: Element) -> str:
    found = control.find(_ALIAS)
    return "" if found is None else found.get(_VAL) or ""


@dataclass
class Fitting:
    """Makes sections fit for a document, from which `leaving` controls will go.

    The sections whose tags are `kept` stay in it as they are.
    """

    package: Package
    part: str
    root: Element
    ours: Ours
    styles: Styles
    leaving: Collection[Element] = ()
    kept: Collection[str] = ()
    widest: int = 0
    used: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        is_same = language_of(self.styles.root).lower() == self.ours.language.lower()
        self.language = "" if is_same else self.ours.language

    def fitted(
        self, tag: str, shift: int, width: int, there: Element | None = None
    ) -> list[Element]:
        """What is to stand in the control of a section, `shift` levels below its own.

        The charts keep the looks and the size that those in the control `there` have now.
        """
        content = deepcopy(self.ours.content(tag))
        _shift(content, shift)
        house = House(
            parts={},
            names=self.styles.names,
            colours=self.styles.colours,
            text_width=width or TEXT_WIDTH_TWIPS,
        )
        made = housing.fitted(content, house)
        self._renumber(made, self._names_of(tag))
        self._relate(made, there)
        _say_language(made, self.language)
        self.used |= used_by([made])
        self.widest = max(self.widest, house.text_width)
        return list(made)

    def add_styles(self) -> None:
        """Put what the sections need into the styles and lists of the document."""
        self.styles.add(self.used, self.widest)

    def control(self, tag: str, title: str, content: list[Element]) -> Element:
        """A new control around something."""
        properties = w(
            "sdtPr", w("alias", val=title), w("tag", val=tag), w("id", val=self._controls.next())
        )
        return w("sdt", properties, w("sdtContent", *content))

    # ---------------------------------------------------------------- numbers and names

    def number_anew(self, control: Element) -> None:
        """Give a copy of a control a number of its own."""
        id = control.find(_CONTROL_ID)
        if id is not None:
            id.set(_VAL, str(self._controls.next()))

    def _renumber(self, made: Element, names: Mapping[str, str]) -> None:
        self._rename(made, names)
        for each in made.iter(SDT):
            self.number_anew(each)
        for each in made.iter(_DRAWING, _PICTURE):
            each.set("id", str(self._drawings.next()))

    def _rename(self, made: Element, names: Mapping[str, str]) -> None:
        """Bookmarks get numbers and names of their own, and what refers to them follows."""
        numbers: dict[str, str] = {}
        for each in list(made.iter(_START)):
            if (each.get(_NAME) or "").startswith(_OF_CONTENTS):
                each.getparent().remove(each)
                continue
            numbers[each.get(_ID)] = str(self._bookmarks.next())
            each.set(_ID, numbers[each.get(_ID)])
            each.set(_NAME, names[each.get(_NAME)])
        for each in list(made.iter(_END)):
            number = numbers.get(each.get(_ID))
            if number is None:
                each.getparent().remove(each)
            else:
                each.set(_ID, number)
        _follow(made, names)

    def _names_of(self, tag: str) -> Mapping[str, str]:
        """What our bookmarks are called in a section; those of a copy have names of their own."""
        if tag not in self.kept and tag not in self.named:
            self.named.add(tag)
            return self._names
        return {**self._names, **self._free([self.ours.sections[tag]])}

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """What our bookmarks are called in the document."""
        new = [each for tag, each in self.ours.sections.items() if tag not in self.kept]
        return {**self._standing(), **self._free(new)}

    def _standing(self) -> Mapping[str, str]:
        """What the bookmarks of sections that stay are called, to which others refer."""
        found: dict[str, str] = {}
        for control in self._staying(SDT):
            tag = tag_of(control)
            marks = [each.get(_NAME) or "" for each in control.iter(_START)]
            ours = self.ours.sections.get(tag) if tag in self.kept else None
            for mark in () if ours is None else ours.iter(_START):
                name = mark.get(_NAME)
                like = re.compile(f"{re.escape(name)}(_[0-9]+)?")
                found.setdefault(name, next(filter(like.fullmatch, marks), name))
        return found

    @cached_property
    def _taken(self) -> set[str]:
        # To Word, small letters and capitals are one in names of bookmarks.
        return {(each.get(_NAME) or "").lower() for each in self._staying(_START)}

    def _free(self, sections: Iterable[Element]) -> Mapping[str, str]:
        """Names that no bookmark has yet, by those that the bookmarks of our sections have."""
        names = {}
        for each in (mark for section in sections for mark in section.iter(_START)):
            name, number = each.get(_NAME), 1
            free = name
            while free.lower() in self._taken:
                number += 1
                free = f"{name}_{number}"
            self._taken.add(free.lower())
            names[name] = free
        return names

    @cached_property
    def _controls(self) -> _Numbers:
        # The controls of sections stay, whatever goes out of them.
        found = (each.find(_CONTROL_ID) for each in (*self._staying(SDT), *self.leaving))
        return _Numbers({each.get(_VAL) for each in found if each is not None})

    @cached_property
    def _bookmarks(self) -> _Numbers:
        return _Numbers({each.get(_ID) for each in self._staying(_START)})

    @cached_property
    def _drawings(self) -> _Numbers:
        roots = [spans.parsed(each) for each in self._other_parts() if b"docPr" in each]
        others = {each.get("id") for root in roots for each in root.iter(_DRAWING)}
        return _Numbers({each.get("id") for each in self._staying(_DRAWING, _PICTURE)} | others)

    def _other_parts(self) -> Iterator[bytes]:
        for name in self.package.with_text:
            if name != self.part:
                yield self.package.read(name) or b""

    def _staying(self, *tags: str) -> Iterator[Element]:
        """Elements of the document outside of what leaves it."""
        leaving = set(self.leaving)
        for each in self.root.iter(*tags):
            if leaving.isdisjoint([each, *each.iterancestors()]):
                yield each

    # ---------------------------------------------------------------- relations

    def _relate(self, made: Element, there: Element | None) -> None:
        # What stands there has relations of its own, which are right already.
        for each in list(made.iter()):
            if each.tag != CHART:
                for name in (_RELATION, _EMBED):
                    if each.get(name) is not None:
                        each.set(name, self._related(self.ours.relations[each.get(name)]))
        self._put_charts(made, there)

    def _related(self, relation: Relation) -> str:
        if relation.is_outside:
            id = f"rIdvaluecalc{hash_of(relation.target)}"
            self.package.relate_outside(self.part, id, relation.kind, relation.target)
            return id
        content = self.ours.package.read(relation.target) or b""
        return images.added(self.package, self.part, content)

    def _put_charts(self, made: Element, there: Element | None) -> None:
        new = {each: self._chart(each) for each in charts.frames(made)}
        found = {} if there is None else charts.matched(self.package, self.part, there, new)
        for each, chart in new.items():
            if each in found:
                assert there is not None, "only there are charts to be found"
                charts.put_like(self.package, self.part, there, found[each], each, chart)
            else:
                charts.show(each, charts.added(self.package, self.part, chart))

    def _chart(self, around: Element) -> Chart:
        relation = self.ours.relations[charts.shown_in(around).get(_RELATION)]
        xml = self.ours.package.read(relation.target) or b""
        [book] = self.ours.package.relations(relation.target)
        return Chart(xml, self.ours.package.read(book.target) or b"", (0, 0))


class _Numbers:
    """Numbers that nothing has yet."""

    def __init__(self, taken: Collection[str | None]) -> None:
        self.taken = {each for each in taken if each is not None}
        self.last = 0

    def next(self) -> int:
        """The next one."""
        self.last += 1
        while str(self.last) in self.taken:
            self.last += 1
        return self.last


def _shift(content: Element, shift: int) -> None:
    """Put headings so many levels lower; one of a short proposal is a heading like others."""
    for each in content.iter(_STYLE):
        found = _HEADING.fullmatch(each.get(_VAL) or "")
        if found:
            level = 1 if found[1] == "Short" else int(found[1])
            each.set(_VAL, f"Heading{min(level + shift, DEEPEST_HEADING)}")


def _say_language(content: Element, tag: str) -> None:
    """Let words be checked in the language of a tag; in that of the document if it is empty."""
    for run in content.iter(RUN) if tag else ():
        if run.find(TEXT) is None or run.find(_LANGUAGE) is not None:
            continue
        properties = run.find(_FORMAT)
        if properties is None:
            properties = w("rPr")
            run.insert(0, properties)
        language = w("lang", val=tag)
        following = next(properties.iterchildren(*_AFTER_LANGUAGE), None)
        if following is None:
            properties.append(language)
        else:
            following.addprevious(language)


def _follow(made: Element, names: Mapping[str, str]) -> None:
    """Let links and fields name what bookmarks are called now."""
    for each in made.iter(_INSTRUCTION):
        words = (each.text or "").split(" ")
        each.text = " ".join(names.get(word, word) for word in words)
    for each in made.iter():
        if each.get(_ANCHOR) in names:
            each.set(_ANCHOR, names[each.get(_ANCHOR)])
