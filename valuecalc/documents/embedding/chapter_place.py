"""Where in somebody's document a chapter begins: below a heading, at a bookmark, at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from valuecalc.documents.embedding.chapter_styles import Levels, outline_level
from valuecalc.documents.embedding.controls import CONTENT, NOT_WORDS, PARAGRAPH, SDT, TABLE, plain
from valuecalc.documents.proposal.xml import Element, qualified
from valuecalc.errors import FileRefused

HEADING, BOOKMARK, CONTROL, END = KINDS = ("heading", "bookmark", "control", "end")
"""What a chapter can be put by."""

TAG = "chapter"
PREFIX = "chapter."

_BODY = qualified("w:body")
_SECTION = qualified("w:sectPr")
_PROPERTIES = qualified("w:pPr")
_STYLE = f"{_PROPERTIES}/{qualified('w:pStyle')}"
_TAG = f"{qualified('w:sdtPr')}/{qualified('w:tag')}"
_BOOKMARK = qualified("w:bookmarkStart")
_VAL, _NAME = qualified("w:val"), qualified("w:name")
_BLOCKS = (PARAGRAPH, TABLE, SDT)
_NUMBERS = (
    r"§+\s*\d+[a-z]?(?:\.\d+)*[.)]?\s+",  # § 4, § 4a.
    r"\d+(?:[.)]\d+)*(?:[.)]?\s+|[.)](?=[^\W\d_]))",  # 1, 1.2, 1.2.Words
    r"[a-z](?:\.\d+)*[.)]\s+",  # A. and B.2.
    r"[a-z](?:\.\d+)+\s+",  # A.1
    r"(?=[ivxl])(?:x[lc]|l?x{0,3})(?:i[xv]|v?i{0,3})(?:\.\d+)*[.)]\s+",  # IV.
)
_NUMBER = re.compile("^(?:" + "|".join(_NUMBERS) + ")")
"""What people type before a heading, in small letters; a letter without a dot is a word."""

_SHOWN = 8

_NARROWEST, _WIDEST = 3_000, 32_000
"""Twips; a table of ours needs so much to be read."""

_USUAL_GAP = 720
"""Twips between columns where a document says nothing."""

_NEXT_SECTION = (
    "The last words below the heading end a section of the document, so the chapter stands on the "
    "pages of the next one, as wide as those. For the pages of the heading, put an empty paragraph "
    "below these words, before the break."
)


@dataclass(frozen=True)
class Place:
    """Where a chapter goes: the kind is one of `KINDS`, `name` that of a heading or a bookmark."""

    kind: str
    name: str = ""


@dataclass(frozen=True)
class Spot:
    """A gap between two blocks of a body.

    It is `before` one of them, or after the last one (None); `shift` levels lie above it, and
    `note` says what somebody should know of it.
    """

    before: Element | None
    shift: int
    note: str = ""


def body_of(root: Element) -> Element:
    """The body of a document. Raises `FileRefused` for one without anything."""
    body = root.find(_BODY)
    if body is None or not len(body):
        raise FileRefused("The document is empty.", "Open it in Word, write into it, and save it.")
    return body


def spot(root: Element, styles: Levels, place: Place) -> Spot:
    """Where a new chapter goes. Raises `FileRefused` if there is no such place."""
    body = body_of(root)
    if place.kind == HEADING:
        return _below(body, styles, place.name)
    if place.kind == BOOKMARK:
        return _at(body, styles, place.name)
    if place.kind == END:
        return Spot(_last_section(body), 0)
    raise FileRefused(
        f"The document has no content control tagged “{TAG}”.",
        f"In Word, put a rich text control on a line of its own and tag it “{TAG}”, or name a "
        "heading or a bookmark.",
    )


def level_above(body: Element, styles: Levels, element: Element | None) -> int:
    """The level of the last heading before something, or of all (None); 0 without one."""
    around = set() if element is None else {element, *element.iterancestors(SDT)}
    found = 0
    for each in _blocks(body):
        if each is element or (each in around and _is_ours(each)):
            break
        found = _level(each, styles) or found
    return found


def _blocks(holder: Element) -> Iterator[Element]:
    """All blocks in their order, also those in controls of the document; not those in ours."""
    for each in holder.iterchildren("*"):
        yield each
        content = each.find(CONTENT) if each.tag == SDT else None
        if content is not None and not _is_ours(each):
            yield from _blocks(content)


def _level(block: Element, styles: Levels) -> int:
    """The level of a heading; 0 for anything else."""
    if block.tag != PARAGRAPH:
        return 0
    own = outline_level(block)
    if own is not None:
        return own
    style = block.find(_STYLE)
    return 0 if style is None else styles.level(style.get(_VAL) or "")


def _last_section(body: Element) -> Element | None:
    last = body[-1]
    return last if last.tag == _SECTION else None


# --------------------------------------------------------------------------- headings


def _below(body: Element, styles: Levels, name: str) -> Spot:
    """After all that stands below a heading, so that it stays the heading of that."""
    blocks = list(_blocks(body))
    headings = {each: level for each in blocks if (level := _level(each, styles))}
    found = _called(headings, name)
    if len(found) != 1:
        raise _no_heading(name, [plain(each) for each in headings], len(found))
    [heading] = found
    level = headings[heading]
    following = blocks[blocks.index(heading) + 1 :]
    end = next((each for each in following if _ends(each, level, styles)), None)
    return _spot_between(body, heading, end, level)


def _ends(block: Element, level: int, styles: Levels) -> bool:
    if block.tag == _SECTION:
        return True
    return 0 < _level(block, styles) <= level


def _spot_between(body: Element, heading: Element, end: Element | None, level: int) -> Spot:
    """After a heading and before what ends its part, outside of everybody's controls."""
    top = _block_of(body, heading)
    if end is None:
        return Spot(None, level)
    last = _block_of(body, end)
    if last is top:
        # The control of the heading holds what comes next as well.
        return Spot(_after(top), level)
    before = next(last.itersiblings(*_BLOCKS, preceding=True), None)
    if before is None or not _breaks(before):
        return Spot(_with_marks(last), level)
    if _is_blank(before):
        return Spot(_on_its_page(body, heading, before, last), level)
    is_same = text_width(body, last) == text_width(body, heading)
    return Spot(_with_marks(last), level, "" if is_same else _NEXT_SECTION)


def _after(block: Element) -> Element | None:
    """What comes after a block and after the ends of what has begun in it."""
    following = block.itersiblings("*")
    return next((each for each in following if not each.tag.endswith("End")), None)


def _with_marks(block: Element) -> Element:
    """A block, or the first of the bookmarks and comments that begin right before it."""
    first = block
    for each in block.itersiblings("*", preceding=True):
        if not each.tag.endswith("Start"):
            break
        first = each
    return first


def _breaks(block: Element) -> bool:
    return block.tag == PARAGRAPH and block.find(f"{_PROPERTIES}/{_SECTION}") is not None


def _is_blank(paragraph: Element) -> bool:
    return not plain(paragraph).strip() and next(paragraph.iter(*NOT_WORDS), None) is None


def _on_its_page(body: Element, heading: Element, break_: Element, last: Element) -> Element:
    """Before the break, unless what comes after it alone has the page of the heading."""
    before, after, wanted = (text_width(body, each) for each in (break_, last, heading))
    return _with_marks(last if before != wanted == after else break_)


def _called(headings: Iterable[Element], name: str) -> list[Element]:
    """The headings of a name; without one, those that have a typed number before it."""
    wanted = _plain(name)
    words = {each: _plain(plain(each)) for each in headings}
    named = {each: text for each, text in words.items() if text}
    found = [each for each, text in named.items() if text == wanted]
    return found or [each for each, text in named.items() if _NUMBER.sub("", text) == wanted]


def _plain(text: str) -> str:
    """A name as it compares: in any case, however its accents were typed."""
    return normalize("NFC", " ".join(text.split()).casefold())


def _no_heading(name: str, headings: Sequence[str], count: int) -> FileRefused:
    if count:
        return FileRefused(
            f"The document has {count} headings “{name}”.",
            "Put a bookmark where the chapter belongs, and name that.",
        )
    known = [" ".join(each.split()) for each in headings if each.strip()]
    shown = ", ".join(f"“{each[:60]}”" for each in known[:_SHOWN])
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    remedy = f"Its headings are {shown}{more}." if known else "It has no headings at all."
    return FileRefused(f"The document has no heading “{name}”.", remedy)


# --------------------------------------------------------------------------- bookmarks


def _at(body: Element, styles: Levels, name: str) -> Spot:
    """After the paragraph or the table in which a bookmark begins.

    Of two with a name the first counts, as in Word, to which small letters and capitals are one.
    """
    marks = [each for each in body.iter(_BOOKMARK) if not _is_in_chapter(each)]
    exact = (each for each in marks if each.get(_NAME) == name)
    alike = (each for each in marks if _plain(each.get(_NAME) or "") == _plain(name))
    found = next(exact, None)
    found = next(alike, None) if found is None else found
    if found is None:
        raise _no_bookmark(name, [each.get(_NAME) or "" for each in marks])
    block = _marked(_block_of(body, found))
    before = block if block.tag == _SECTION else _after(block)
    return Spot(before, level_above(body, styles, before))


def _marked(block: Element) -> Element:
    """The block that a bookmark belongs to: one that begins between two belongs to the second."""
    following = block.itersiblings(*_BLOCKS, _SECTION)
    return block if block.tag in _BLOCKS else next(following, block)


def _no_bookmark(name: str, known: Iterable[str]) -> FileRefused:
    shown = ", ".join(f"“{each}”" for each in known if not each.startswith("_"))
    remedy = f"Its bookmarks are {shown}." if shown else "It has none that somebody has made."
    return FileRefused(f"The document has no bookmark “{name}”.", remedy[:500])


def _is_in_chapter(element: Element) -> bool:
    return any(map(_is_ours, element.iterancestors(SDT)))


def _is_ours(control: Element) -> bool:
    """Whether something is the control of a chapter or of one of its sections."""
    if control.tag != SDT:
        return False
    tag = tag_of(control)
    return tag == TAG or tag.startswith(PREFIX)


def _block_of(body: Element, element: Element) -> Element:
    """The block of a body that something stands in."""
    around = [element, *element.iterancestors()]
    return next(each for each in around if each.getparent() is body)


# --------------------------------------------------------------------------- controls


def tag_of(control: Element) -> str:
    """The tag of a content control."""
    found = control.find(_TAG)
    return "" if found is None else (found.get(_VAL) or "").strip()


def is_free_standing(control: Element) -> bool:
    """Whether a control stands in the text itself, and not in a table or in a line."""
    allowed = {_BODY, SDT, CONTENT}
    around = [each.tag for each in control.iterancestors()]
    return _BODY in around and set(around[: around.index(_BODY)]) <= allowed


# --------------------------------------------------------------------------- the page


def text_width(body: Element, place: Element | None) -> int:
    """The width of the text where something stands, in twips; 0 if the document does not tell.

    Columns that are too narrow for a table count as wide as the narrowest table.
    """
    section = _section_of(body, place)
    if section is None:
        return 0
    page, margins = (section.find(qualified(f"w:{name}")) for name in ("pgSz", "pgMar"))
    if page is None or margins is None:
        return 0
    sides = sum(_number(margins, name) for name in ("left", "right", "gutter"))
    width = _number(page, "w") - sides
    return max(_NARROWEST, _of_column(section, width)) if 0 < width <= _WIDEST else 0


def _section_of(body: Element, place: Element | None) -> Element | None:
    """The properties of the section that a place is in: those that come next."""
    is_after = False
    for each in () if place is None else body.iter(_SECTION, place.tag):
        is_after = is_after or each is place
        if is_after and each.tag == _SECTION and _is_of_text(each):
            return each
    return body.find(_SECTION)


def _is_of_text(section: Element) -> bool:
    """Whether the properties of a section count, and are not those before a tracked change."""
    return section.getparent().tag in (_BODY, _PROPERTIES)


def _of_column(section: Element, width: int) -> int:
    """The width of the narrowest column of a text."""
    columns = section.find(qualified("w:cols"))
    if columns is None:
        return width
    each = [_number(column, "w") for column in columns.iterchildren(qualified("w:col"))]
    if columns.get(qualified("w:equalWidth")) in ("0", "false", "off") and any(each):
        return min(filter(None, each))
    count, gap = max(1, _number(columns, "num")), _gap(columns)
    return (width - (count - 1) * gap) // count


def _gap(columns: Element) -> int:
    has_gap = columns.get(qualified("w:space")) is not None
    return _number(columns, "space") if has_gap else _USUAL_GAP


def _number(element: Element, name: str) -> int:
    value = element.get(qualified(f"w:{name}")) or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 0
