"""Our styles in somebody's document: theirs by name, and those that they lack after them.

Nothing of their styles or of their lists is touched; what is added stands at the end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass

from valuecalc.documents.embedding import spans
from valuecalc.documents.embedding.package import WORD, Package
from valuecalc.documents.proposal import house_styles
from valuecalc.documents.proposal.styles import NAVY, SOURCES
from valuecalc.documents.proposal.xml import Element, markup, qualified, w

DEEPEST_HEADING = 9
"""Word has no heading below it."""

_ID, _VAL = qualified("w:styleId"), qualified("w:val")
_STYLE, _NAME = qualified("w:style"), qualified("w:name")
_RELATIVES = tuple(qualified(f"w:{name}") for name in ("basedOn", "next", "link"))
_OUTLINE = f"{qualified('w:pPr')}/{qualified('w:outlineLvl')}"
_NUMBER = f"{qualified('w:pPr')}/{qualified('w:numPr')}/{qualified('w:numId')}"
_ABSTRACT, _NUM = qualified("w:abstractNum"), qualified("w:num")
_ABSTRACT_ID, _NUM_ID = qualified("w:abstractNumId"), qualified("w:numId")
_NUMBERING = "word/numbering.xml"
_LANGUAGE = f"{qualified('w:rPr')}/{qualified('w:lang')}"
_DEFAULTS = f"{qualified('w:docDefaults')}/{qualified('w:rPrDefault')}/{_LANGUAGE}"
_IS_DEFAULT, _TYPE = qualified("w:default"), qualified("w:type")


def outline_level(element: Element) -> int | None:
    """The level that a style or a paragraph gives itself, from 1; 0 for plain text."""
    outline = element.find(_OUTLINE)
    if outline is None:
        return None
    value = outline.get(_VAL) or ""
    is_heading = len(value) == 1 and value.isdecimal() and int(value) < DEEPEST_HEADING
    return int(value) + 1 if is_heading else 0


def language_of(styles: Element) -> str:
    """The tag of the language that text is in unless it says so: `de-DE`; empty if unknown."""
    usual = (
        each
        for each in styles.iterchildren(_STYLE)
        if each.get(_TYPE) == "paragraph" and each.get(_IS_DEFAULT) in ("1", "true", "on")
    )
    said = [*(each.find(_LANGUAGE) for each in usual), styles.find(_DEFAULTS)]
    tags = (each.get(_VAL) or "" for each in said if each is not None)
    return next(filter(None, tags), "")


def styles_of(package: Package) -> Element:
    """The styles of a document; without any of its own, empty ones."""
    part = _related(package, "styles")
    content = package.read(part) if part else None
    return w("styles") if content is None else spans.parsed(content)


class Levels:
    """Of which level the headings of a document are, by its styles."""

    def __init__(self, root: Element) -> None:
        self.root = root

    def level(self, id: str) -> int:
        """The level of the headings of a style of theirs, from 1; 0 for one of plain text."""
        known = {each.get(_ID): each for each in self.root.iter(_STYLE)}
        seen: set[str] = set()
        while id in known and id not in seen:
            seen.add(id)
            style = known[id]
            level = outline_level(style)
            if level is not None:
                return level
            name = style.find(_NAME)
            called = "" if name is None else (name.get(_VAL) or "").lower()
            if called.startswith("heading ") and called[8:].isdecimal() and len(called) < 12:
                return int(called[8:])
            base = style.find(_RELATIVES[0])
            id = "" if base is None else base.get(_VAL) or ""
        return 0


class Styles(Levels):
    """The styles of a document, and what those of ours are called in it."""

    def __init__(self, package: Package, ours: Element, sources: Element) -> None:
        super().__init__(styles_of(package))
        self.package = package
        self.part = _related(package, "styles")
        self.list = sources
        self.names, self.lacking = house_styles.lacking(
            self.root, _with_deeper_headings(ours), _Lists(package).free
        )
        accent = house_styles.accent(self.root, _theme(package))
        self.colours = {NAVY: accent} if accent else {}

    def add(self, used: Collection[str], width: int) -> None:
        """Put the styles of ours into the document that are used there and that it lacks."""
        added = list(self._needed(used))
        if not added:
            return
        for style in added:
            house_styles.fit(style, self.colours, width)
        if any(each.find(_NUMBER) is not None for each in added):
            _Lists(self.package).add(self.list)
        self._append(added)

    def _needed(self, used: Iterable[str]) -> Iterator[Element]:
        """The used ones and those that they refer to, in our order."""
        lacking = {each.get(_ID): each for each in self.lacking}
        open, needed = list(used), set()
        while open:
            id = open.pop()
            if id in lacking and id not in needed:
                needed.add(id)
                relatives = (lacking[id].find(tag) for tag in _RELATIVES)
                open += [each.get(_VAL) for each in relatives if each is not None]
        yield from (each for id, each in lacking.items() if id in needed)

    def _append(self, added: list[Element]) -> None:
        content = self.package.read(self.part) if self.part else None
        if content is None:
            self.part = "word/styles.xml"
            self.root.extend(added)
            self.package.write(self.part, markup(self.root))
            _refer(self.package, "styles", self.part)
            return
        written = b"".join(map(spans.standing_alone, added))
        self.package.write(self.part, spans.before_end(content, written))


def _with_deeper_headings(ours: Element) -> Element:
    """Our styles with headings below the deepest one, which are like it."""
    made = deepcopy(ours)
    headings = {each.get(_ID): each for each in made.iter(_STYLE) if "Heading" in each.get(_ID)}
    deepest = max(int(id[-1]) for id in headings if id[-1].isdigit())
    last = headings[f"Heading{deepest}"]
    for level in range(deepest + 1, DEEPEST_HEADING + 1):
        style = deepcopy(headings[f"Heading{deepest}"])
        style.set(_ID, f"Heading{level}")
        style.find(_NAME).set(_VAL, f"heading {level}")
        outline = style.find(_OUTLINE)
        if outline is not None:
            outline.set(_VAL, str(level - 1))
        last.addnext(style)
        last = style
    return made


def _related(package: Package, kind: str) -> str:
    found = (each for each in package.relations(package.main) if each.kind == kind)
    return next((each.target for each in found if not each.is_outside), "")


def _refer(package: Package, kind: str, part: str) -> None:
    package.relate(package.main, f"rIdValuecalc{kind.capitalize()}", kind, part)
    package.declare("Override", PartName=f"/{part}", ContentType=f"{WORD}{kind}+xml")


def _theme(package: Package) -> Element | None:
    content = package.read(_related(package, "theme"))
    return None if content is None else spans.parsed(content)


@dataclass
class _Lists:
    """The numbered lists of a document."""

    package: Package

    def __post_init__(self) -> None:
        self.part = _related(self.package, "numbering")
        self.content = self.package.read(self.part) if self.part else None
        self.root = None if self.content is None else spans.parsed(self.content)

    @property
    def free(self) -> int:
        """The number that a new list gets."""
        return 1 + self._highest(_NUM, _NUM_ID)

    def _highest(self, tag: str, key: str) -> int:
        found = () if self.root is None else self.root.iterchildren(tag)
        values = [each.get(key) or "" for each in found]
        return max((int(each) for each in values if each.isascii() and each.isdigit()), default=0)

    def add(self, ours: Element) -> None:
        """Add our list of sources, after theirs."""
        kind = 1 + self._highest(_ABSTRACT, _ABSTRACT_ID)
        abstract = deepcopy(ours)
        abstract.set(_ABSTRACT_ID, str(kind))
        entry = w("num", w("abstractNumId", val=kind), numId=self.free)
        if self.content is None:
            self.package.write(_NUMBERING, markup(w("numbering", abstract, entry)))
            _refer(self.package, "numbering", _NUMBERING)
        else:
            self.package.write(self.part, self._with(abstract, entry))

    def _with(self, abstract: Element, entry: Element) -> bytes:
        """Kinds of lists stand before all lists, and what is neither after them."""
        assert self.content is not None, "asked only of a document that has lists"
        kinds, lists = (spans.spans(self.content, tag) for tag in (_ABSTRACT, _NUM))
        new_kind, new_list = map(spans.standing_alone, (abstract, entry))
        if not lists:
            place = kinds[-1][1] if kinds else None
            if place is None:
                return spans.before_end(self.content, new_kind + new_list)
            return spans.spliced(self.content, [((place, place), new_kind + new_list)])
        first = kinds[-1][1] if kinds else lists[0][0]
        last = lists[-1][1]
        return spans.spliced(self.content, [((first, first), new_kind), ((last, last), new_list)])


def list_of_sources(numbering: Element) -> Element:
    """The kind of our list of sources."""
    found = numbering.iterchildren(_ABSTRACT)
    return next(each for each in found if each.get(_ABSTRACT_ID) == str(SOURCES))


def used_by(elements: Iterable[Element]) -> set[str]:
    """The ids of the styles that something refers to."""
    tags = tuple(qualified(f"w:{name}") for name in ("pStyle", "rStyle", "tblStyle"))
    return {each.get(_VAL) for root in elements for each in root.iter(*tags)}
