"""The styles of a company with those of ours that they lack."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from valuecalc.documents.proposal import parts, stylesheet
from valuecalc.documents.proposal.styles import HEADINGS as HEADING_LIST
from valuecalc.documents.proposal.styles import LANGUAGE, NAVY, SOURCES, TEXT_WIDTH_TWIPS
from valuecalc.documents.proposal.xml import Element, qualified, w

HEADINGS = ("heading 1", "heading 2")
_VAL = qualified("w:val")
_ID = qualified("w:styleId")
_REFERENCES = tuple(qualified(f"w:{name}") for name in ("basedOn", "next", "link"))
_TABS = "/".join(qualified(f"w:{name}") for name in ("pPr", "tabs", "tab"))
_THEME_COLOURS = {
    "text1": "dk1",
    "background1": "lt1",
    "text2": "dk2",
    "background2": "lt2",
    "dark1": "dk1",
    "light1": "lt1",
    "dark2": "dk2",
    "light2": "lt2",
}


@dataclass(frozen=True)
class Merged:
    """Styles and numbering of both; see `House` for the others."""

    styles: Element
    numbering: Element
    names: dict[str, str]
    colours: dict[str, str]
    numbers: list[str]


def merged(
    theirs: Element | None, numbering: Element | None, theme: Element | None, width: int
) -> Merged:
    """Their styles, and after them ours, where they have none of the same name and kind.

    Without any of theirs all are ours. `width` is that of the text in twips.
    """
    styles = stylesheet.styles() if theirs is None else theirs
    lists, sources = _numbering(numbering)
    names = {} if theirs is None else _add(styles, sources)
    colour = None if theirs is None else accent(styles, theme)
    colours = {NAVY: colour} if colour else {}
    speak(styles)
    for style in _ours(styles, names):
        fit(style, colours, width)
    return Merged(styles, lists, names, colours, _heading_numbers(styles, lists))


def _add(styles: Element, sources: int) -> dict[str, str]:
    """Add what is missing; returns the ids of our styles that are others here."""
    names, added = lacking(styles, stylesheet.styles(), sources)
    styles.extend(added)
    return names


def lacking(styles: Element, ours: Element, sources: int) -> tuple[dict[str, str], list[Element]]:
    """The ids that our styles have among theirs, and those of ours that they lack.

    These are fit for their document, but not put into it; `sources` is its list of sources.
    """
    known = {_key(each): each.get(_ID) for each in _styles(styles)}
    taken = {each.get(_ID) for each in _styles(styles)}
    names: dict[str, str] = {}
    added: list[Element] = []
    for style in _styles(ours):
        id = style.get(_ID)
        if _key(style) in known:
            names[id] = known[_key(style)]
            continue
        names[id] = id if id not in taken else f"Value{id}"
        added.append(style)
    for style in added:
        _adopt(style, names, sources)
    return names, added


def _styles(root: Element) -> list[Element]:
    return list(root.findall(qualified("w:style")))


def _key(style: Element) -> tuple[str, str]:
    """The kind of a style and its name, by which Word knows it in every language."""
    name = style.find(qualified("w:name"))
    return style.get(qualified("w:type"), ""), "" if name is None else name.get(_VAL, "").lower()


def _adopt(style: Element, names: dict[str, str], sources: int) -> None:
    """Let a style of ours refer to the names that its relatives have here."""
    style.set(_ID, names[style.get(_ID)])
    style.attrib.pop(qualified("w:default"), None)
    for each in style:
        if each.tag in _REFERENCES:
            each.set(_VAL, names[each.get(_VAL)])
    number = style.find(f"{qualified('w:pPr')}/{qualified('w:numPr')}/{qualified('w:numId')}")
    if number is not None and number.get(_VAL) == str(SOURCES):
        number.set(_VAL, str(sources))
    elif number is not None and number.get(_VAL) == str(HEADING_LIST):
        # Our list of headings is not in their document, and its number is another list there.
        number.getparent().getparent().remove(number.getparent())
    if style.get(qualified("w:type")) == "paragraph":
        _stand_alone(style, names)


def _stand_alone(style: Element, names: dict[str, str]) -> None:
    """Let their indents and alignment of plain text not reach into our tables."""
    base = style.find(qualified("w:basedOn"))
    properties = style.find(qualified("w:pPr"))
    if base is None or properties is None or base.get(_VAL) != names.get("Normal"):
        return
    before = [qualified(f"w:{name}") for name in ("jc", "outlineLvl")]
    if properties.find(qualified("w:ind")) is None:
        _insert(properties, w("ind", left=0, right=0, firstLine=0), before)
    if properties.find(qualified("w:jc")) is None:
        _insert(properties, w("jc", val="left"), before[1:])


def _insert(parent: Element, made: Element, successors: list[str]) -> None:
    """Put an element before the first of those that have to follow it."""
    place = next((each for each in parent if each.tag in successors), None)
    if place is None:
        parent.append(made)
    else:
        place.addprevious(made)


def _ours(styles: Element, names: dict[str, str]) -> Iterator[Element]:
    """The styles that were added."""
    own = {each.get(_ID): _key(each) for each in _styles(stylesheet.styles())}
    added = {names.get(id, id): key for id, key in own.items()}
    for style in _styles(styles):
        if (
            added.get(style.get(_ID)) == _key(style)
            and style.find(qualified("w:qFormat")) is not None
        ):
            yield style


def fit(style: Element, colours: dict[str, str], width: int) -> None:
    """Their colour for ours, and tabs at the end of their lines."""
    for each in style.iter():
        for name, value in each.attrib.items():
            if value in colours:
                each.set(name, colours[value])
        if each.tag == qualified("w:tab") and each.get(qualified("w:pos")) == str(TEXT_WIDTH_TWIPS):
            each.set(qualified("w:pos"), str(width))


def tabs_of(part: bytes | None, id: str) -> list[str]:
    """Where the tabs of a paragraph style are, in twips, with those of what it is based on."""
    if part is None:
        return []
    known = {each.get(_ID): each for each in _styles(etree.fromstring(part))}
    found: dict[str, None] = {}
    seen: set[str] = set()
    while id in known and id not in seen:
        seen.add(id)
        for each in known[id].iterfind(_TABS):
            found.setdefault(each.get(qualified("w:pos"), ""), None)
        base = known[id].find(qualified("w:basedOn"))
        id = "" if base is None else base.get(_VAL, "")
    return [each for each in found if each.lstrip("-").isdecimal()]


def speak(styles: Element, language: str = LANGUAGE) -> None:
    """The language is that of the proposal, such as `de-DE`, whatever that of the template is."""
    run = styles.find("/".join(qualified(f"w:{n}") for n in ("docDefaults", "rPrDefault", "rPr")))
    if run is None:
        return
    found = run.find(qualified("w:lang"))
    if found is None:
        run.append(w("lang", val=language))
    else:
        found.set(_VAL, language)


# --------------------------------------------------------------------------- colours


def accent(styles: Element, theme: Element | None) -> str | None:
    """The colour of their headings, else the first accent of their theme."""
    heading = next((each for each in _styles(styles) if _key(each)[1] == HEADINGS[0]), None)
    found = (
        None if heading is None else heading.find(f"{qualified('w:rPr')}/{qualified('w:color')}")
    )
    if found is not None:
        value = str(found.get(_VAL, ""))
        if _is_colour(value):
            return value.upper()
        named = found.get(qualified("w:themeColor"), "")
        if named:
            return _of_theme(theme, _THEME_COLOURS.get(named, named))
    return None if heading is not None and found is None else _of_theme(theme, "accent1")


def _is_colour(value: str) -> bool:
    return len(value) == 6 and all(each in "0123456789abcdefABCDEF" for each in value)


def _of_theme(theme: Element | None, name: str) -> str | None:
    if theme is None or not name.isalnum():
        return None
    for each in theme.iter(qualified(f"a:{name}")):
        for colour in each:
            value = str(colour.get("val") or "") if isinstance(colour.tag, str) else ""
            value = value if _is_colour(value) else str(colour.get("lastClr") or "")
            if _is_colour(value):
                return value.upper()
    return None


# --------------------------------------------------------------------------- numbers


def _numbering(theirs: Element | None) -> tuple[Element, int]:
    """Their lists with ours of sources after them, and the number of that."""
    ours = parts.numbering()
    if theirs is None:
        return ours, SOURCES
    numbers = theirs.findall(qualified("w:num"))
    lists = theirs.findall(qualified("w:abstractNum"))
    abstract = 1 + _highest(lists, "abstractNumId")
    number = 1 + _highest(numbers, "numId")
    made = copy.deepcopy(ours.findall(qualified("w:abstractNum"))[1])
    made.set(qualified("w:abstractNumId"), str(abstract))
    entry = w("num", w("abstractNumId", val=abstract), numId=number)
    (lists[-1].addnext if lists else lambda each: theirs.insert(0, each))(made)
    (numbers[-1].addnext if numbers else made.addnext)(entry)
    for each in theirs.findall(qualified("w:numPicBullet")):
        theirs.remove(each)
    return theirs, number


def _highest(found: list[Element], name: str) -> int:
    values = [str(each.get(qualified(f"w:{name}")) or "") for each in found]
    return max((int(each) for each in values if each.isascii() and each.isdigit()), default=0)


def _heading_numbers(styles: Element, numbering: Element) -> list[str]:
    """How the numbers of headings are written; nothing where they have none."""
    path = "/".join(qualified(f"w:{name}") for name in ("pPr", "numPr", "numId"))
    headings = [each for each in _styles(styles) if _key(each)[1] == HEADINGS[0]]
    found = headings[0].find(path) if headings else None
    if found is None or found.get(_VAL) == "0":
        return []
    number = _by(numbering, "num", "numId", found.get(_VAL))
    abstract = None if number is None else number.find(qualified("w:abstractNumId"))
    levels = (
        None
        if abstract is None
        else _by(numbering, "abstractNum", "abstractNumId", abstract.get(_VAL))
    )
    if levels is None:
        return []
    texts = [each.find(qualified("w:lvlText")) for each in levels.findall(qualified("w:lvl"))[:2]]
    return ["" if each is None else each.get(_VAL, "") for each in texts]


def _by(root: Element, name: str, key: str, value: str) -> Element | None:
    found = root.findall(qualified(f"w:{name}"))
    return next((each for each in found if each.get(qualified(f"w:{key}")) == value), None)
