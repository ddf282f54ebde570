"""The content controls of a document: where they are, what they are called, what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from valuecalc.documents.proposal.xml import Element, qualified

SDT = qualified("w:sdt")
CONTENT = qualified("w:sdtContent")
PROPERTIES = qualified("w:sdtPr")
PARAGRAPH = qualified("w:p")
RUN = qualified("w:r")
TABLE = qualified("w:tbl")
ROW = qualified("w:tr")
CELL = qualified("w:tc")

_SPACES = {
    "tab": "\t",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "-",
    "softHyphen": "",
    "lastRenderedPageBreak": "",
}
SPACES = {qualified(f"w:{name}"): text for name, text in _SPACES.items()}
"""What stands in runs beside texts, and how it reads."""

TEXT = qualified("w:t")
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ALTERNATIVE = f"{_COMPATIBILITY}AlternateContent"
_FOR_OLDER_PROGRAMS = f"{_COMPATIBILITY}Fallback"
NOT_WORDS = (qualified("w:drawing"), qualified("w:pict"), qualified("w:object"), _ALTERNATIVE)
"""What stands among words and is none: pictures, and boxes with words of their own."""

CHANGES = tuple(qualified(f"w:{name}") for name in ("ins", "del", "moveFrom", "moveTo"))
"""Changes that somebody has tracked."""

_FIELDS = (qualified("w:fldChar"), qualified("w:fldSimple"))
_DELETED = (qualified("w:del"), qualified("w:moveFrom"))

_SPECIAL = {
    "checkbox": "a check box",
    "repeatingSection": "a repeating section",
    "repeatingSectionItem": "an item of a repeating section",
    "date": "a date picker",
    "dropDownList": "a list to choose from",
    "docPartObj": "a building block",
    "docPartList": "a building block",
    "group": "a group",
    "equation": "an equation",
    "citation": "a citation",
    "bibliography": "a bibliography",
}
_BLOCKS = ("w:body", "w:hdr", "w:ftr", "w:tc", "w:txbxContent", "w:footnote", "w:endnote")


@dataclass(frozen=True)
class Control:
    """A content control: its element, and which one of its part it is, from 0."""

    element: Element
    number: int

    @cached_property
    def tag(self) -> str:
        """What it is called; an empty text for one without a tag."""
        return self._value("w:tag").strip()

    @property
    def title(self) -> str:
        """What people see on its handle."""
        return self._value("w:alias")

    def _value(self, name: str) -> str:
        found = self.setting(name)
        return "" if found is None else found.get(qualified("w:val")) or ""

    def setting(self, name: str) -> Element | None:
        """One of its properties, such as `w:tag`."""
        properties = self.element.find(PROPERTIES)
        return None if properties is None else properties.find(qualified(name))

    @property
    def content(self) -> Element | None:
        """The element that holds what stands in it."""
        return self.element.find(CONTENT)

    @cached_property
    def special(self) -> str:
        """What it is if no words, tables or pictures belong in it; else an empty text."""
        properties = self.element.find(PROPERTIES)
        names = () if properties is None else properties.iterchildren("*")
        found = (_SPECIAL.get(each.tag.rpartition("}")[2], "") for each in names)
        return next(filter(None, found), "")

    @property
    def is_copy(self) -> bool:
        """Whether it repeats another one for programs that cannot show that."""
        return next(self.element.iterancestors(_FOR_OLDER_PROGRAMS), None) is not None

    @property
    def is_placeholder(self) -> bool:
        """Whether it shows the words that ask to fill it in."""
        return self.setting("w:showingPlcHdr") is not None

    @cached_property
    def level(self) -> str:
        """What it stands around: `block`, `run`, `row` or `cell`."""
        inside = {each.tag for each in self._children()}
        for level, tags in (("row", {ROW}), ("cell", {CELL}), ("block", {PARAGRAPH, TABLE})):
            if inside & tags:
                return level
        parent = self.element.getparent().tag
        return "block" if parent in map(qualified, _BLOCKS) else "run"

    def _children(self) -> Iterator[Element]:
        return iter(()) if self.content is None else self.content.iterchildren("*")

    @property
    def text(self) -> str:
        """What can be read in it."""
        return "" if self.content is None else plain(self.content)

    @property
    def holds_controls(self) -> bool:
        """Whether others stand in it."""
        return any(each is not self.element for each in self.element.iter(SDT))

    @property
    def holds_changes(self) -> bool:
        """Whether somebody has tracked a change in it."""
        return holds_changes(self.content)

    @property
    def holds_fields(self) -> bool:
        """Whether something in it is worked out by Word."""
        return self.content is not None and next(self.content.iter(*_FIELDS), None) is not None


def find(root: Element) -> list[Control]:
    """All content controls of a part, in the order in which they begin."""
    return [Control(each, number) for number, each in enumerate(root.iter(SDT))]


def holds_changes(element: Element | None) -> bool:
    """Whether somebody has tracked a change in something."""
    return element is not None and next(element.iter(*CHANGES), None) is not None


def plain(element: Element) -> str:
    """The words in an element: without what was deleted, and without pictures and boxes."""
    paragraphs = [each for each in element.iter(PARAGRAPH) if not _is_apart(each, element)]
    if element.tag == PARAGRAPH or not paragraphs:
        return "".join(_pieces(element))
    return "\n".join("".join(_pieces(each)) for each in paragraphs)


def _pieces(within: Element) -> Iterator[str]:
    for each in within.iter(TEXT, *SPACES):
        if not _is_apart(each, within):
            yield each.text or "" if each.tag == TEXT else SPACES[each.tag]


def _is_apart(element: Element, within: Element) -> bool:
    """Whether something belongs to what was deleted, or to a picture or a box."""
    if element is within:
        return False
    return any(each.tag in NOT_WORDS or each.tag in _DELETED for each in ancestors(element, within))


def ancestors(element: Element, within: Element) -> Iterator[Element]:
    """What stands around an element, up to and without `within`."""
    for each in element.iterancestors():
        if each is within:
            return
        yield each
