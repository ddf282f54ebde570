"""What was last written into a document, so that a person's own words are known from ours.

It travels in the document as a part of custom XML, which Word and LibreOffice keep: a hash for
each tag, and for each cell of a table. Nothing of it is believed but hashes: one that does not
fit leaves a control as it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from valuecalc.documents.embedding import spans
from valuecalc.documents.embedding.package import Package
from valuecalc.documents.proposal.xml import markup, readable
from valuecalc.errors import FileRefused

NAMESPACE = "urn:valuecalc:filled:1"
HASH_LENGTH = 20
WORD_JOINER = "\u2060"
_DEEPEST = 8
LARGEST = 4_000_000
"""Bytes of a part that is looked at."""

_FOLDER = "customXml/"
_ROOT = f"{{{NAMESPACE}}}filled"
_STORE = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
_PROPERTIES_KIND = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
# Names the kind of what is kept, so it is the same in every document.
_ITEM = "{7E1B7C50-3C3E-4B57-9B0E-1D8D2A6C9F14}"


def hash_of(text: str) -> str:
    """The hash of words as a reader sees them.

    Programs that save a document turn its spaces, and a joiner keeps a sign at its amount.
    """
    seen = readable(text).replace(WORD_JOINER, "")
    return hashlib.sha256(" ".join(seen.split()).encode()).hexdigest()[:HASH_LENGTH]


def hash_of_bytes(content: bytes) -> str:
    """The hash of a picture."""
    return hashlib.sha256(content).hexdigest()[:HASH_LENGTH]


@dataclass
class TableState:
    """What was written into the tables of a tag.

    `columns` holds our name of each column by its head in the document, `rows` the hash of
    each cell by the row's first text and our name of the column.
    """

    columns: dict[str, str] = field(default_factory=dict)
    rows: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class PictureState:
    """The hash of the picture of a tag, and that of its alternative text."""

    picture: str = ""
    words: str = ""


@dataclass
class ChapterState:
    """The hash of a section of a chapter, and how many levels lie above its headings."""

    hash: str = ""
    shift: int = 0


@dataclass(frozen=True)
class ChapterChoice:
    """What a chapter consisted of the last time: what was chosen, in so far as it was.

    `sections` are ids in their order, none for all of the length; `language` is a tag, `scenario`
    an id. A document may say anything of itself, so each is used only if there is such a one.
    """

    sections: tuple[str, ...] = ()
    length: str = ""
    charts: str = ""
    language: str = ""
    scenario: str = ""


@dataclass(frozen=True)
class Exported:
    """Which proposal of ours a document is: its sections, and of which version and day it is.

    `language` is the tag of the one that it was written in. `standing` has for each section the
    hash of what it says outside of controls; nothing in a document of former times.

    A document may say anything of itself, so nothing of this is used but to tell people of it.
    """

    sections: tuple[str, ...] = ()
    is_short: bool = False
    version: str = ""
    day: str = ""
    language: str = ""
    standing: Mapping[str, str] = field(default_factory=dict)


@dataclass
class State:
    """What was last written, by tag, in which language and of which scenario.

    `language` (a tag) and `scenario` (an id) are empty where that is not known. `exported` says
    that the document has not been filled, but written as a whole, and `chosen` what the chapter
    in it consisted of the last time.
    """

    words: dict[str, str] = field(default_factory=dict)
    tables: dict[str, TableState] = field(default_factory=dict)
    pictures: dict[str, PictureState] = field(default_factory=dict)
    chapters: dict[str, ChapterState] = field(default_factory=dict)
    language: str = ""
    scenario: str = ""
    exported: Exported | None = None
    chosen: ChapterChoice | None = None


def read(package: Package) -> State:
    """What a document says was written into it; nothing for one that was never filled."""
    for _, root in _items(package):
        try:
            return _from_plain(json.loads(root.text or "{}"))
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError):
            return State()
    return State()


def _items(package: Package) -> Iterator[tuple[str, Any]]:
    for name in package.names:
        content = package.read(name) or b""
        is_item = name.startswith(_FOLDER) and name.endswith(".xml")
        if is_item and len(content) <= LARGEST and NAMESPACE.encode() in content:
            try:
                root = spans.parsed(content)
            except FileRefused:
                continue
            if root.tag == _ROOT:
                yield name, root


def _from_plain(plain: dict[str, Any]) -> State:
    return State(
        words={str(tag): str(hash) for tag, hash in plain["words"].items()},
        tables={
            str(tag): TableState(
                {str(head): str(name) for head, name in each["columns"].items()},
                {
                    str(row): {str(name): str(hash) for name, hash in cells.items()}
                    for row, cells in each["rows"].items()
                },
            )
            for tag, each in plain["tables"].items()
        },
        pictures={
            str(tag): PictureState(str(each["picture"]), str(each["words"]))
            for tag, each in plain["pictures"].items()
        },
        chapters={
            str(tag): ChapterState(str(each["hash"]), _level(each["shift"]))
            for tag, each in plain.get("chapters", {}).items()
        },
        language=str(plain.get("language", "")),
        scenario=str(plain.get("scenario", "")),
        exported=_exported(plain["exported"]) if "exported" in plain else None,
        chosen=_chosen(plain["chosen"]) if "chosen" in plain else None,
    )


def _exported(plain: dict[str, Any]) -> Exported:
    return Exported(
        sections=tuple(map(str, plain["sections"])),
        is_short=bool(plain["is_short"]),
        version=str(plain["version"]),
        day=str(plain["day"]),
        language=str(plain.get("language", "")),
        standing={str(id): str(hash) for id, hash in plain.get("standing", {}).items()},
    )


def _chosen(plain: dict[str, Any]) -> ChapterChoice:
    return ChapterChoice(
        sections=tuple(map(str, plain["sections"])),
        length=str(plain["length"]),
        charts=str(plain["charts"]),
        language=str(plain["language"]),
        scenario=str(plain["scenario"]),
    )


def _level(number: Any) -> int:
    """How many headings can lie above another, whatever a document says."""
    return min(max(int(number), 0), _DEEPEST)


def write(package: Package, state: State) -> None:
    """Keep in a document what was written into it."""
    plain: dict[str, Any] = {
        "words": state.words,
        "tables": {tag: vars(each) for tag, each in state.tables.items()},
        "pictures": {tag: vars(each) for tag, each in state.pictures.items()},
    }
    if state.chapters:
        plain["chapters"] = {tag: vars(each) for tag, each in state.chapters.items()}
    if state.language:
        plain["language"] = state.language
    if state.scenario:
        plain["scenario"] = state.scenario
    if state.exported is not None:
        plain["exported"] = vars(state.exported)
    if state.chosen is not None:
        plain["chosen"] = vars(state.chosen)
    root = etree.Element(_ROOT, nsmap={None: NAMESPACE})
    # Keys may hold what XML forbids, which JSON writes in ASCII.
    root.text = json.dumps(plain, sort_keys=True)
    found = next((name for name, _ in _items(package)), None)
    if found is not None:
        package.write(found, markup(root))
    else:
        _add(package, markup(root))


def _add(package: Package, item: bytes) -> None:
    number = 1
    while any(f"{_FOLDER}{name}{number}.xml" in package.names for name in ("item", "itemProps")):
        number += 1
    name, properties = f"{_FOLDER}item{number}.xml", f"{_FOLDER}itemProps{number}.xml"
    package.write(name, item)
    package.write(properties, _properties())
    package.relate(name, "rId1", "customXmlProps", properties)
    package.relate(package.main, "rIdValuecalcFilled", "customXml", name)
    package.declare("Override", PartName=f"/{properties}", ContentType=_PROPERTIES_KIND)
    if not package.has_default("xml"):
        package.declare("Override", PartName=f"/{name}", ContentType="application/xml")


def _properties() -> bytes:
    root = etree.Element(
        f"{{{_STORE}}}datastoreItem", {f"{{{_STORE}}}itemID": _ITEM}, nsmap={"ds": _STORE}
    )
    schemas = etree.SubElement(root, f"{{{_STORE}}}schemaRefs")
    etree.SubElement(schemas, f"{{{_STORE}}}schemaRef", {f"{{{_STORE}}}uri": NAMESPACE})
    return markup(root)
