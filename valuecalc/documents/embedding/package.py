"""The parts of a document and how they refer to each other, read from its bytes."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from valuecalc.documents.embedding import archive, spans
from valuecalc.documents.gate import CONTENT_TYPES, MAIN_PARTS, TEMPLATE_PARTS
from valuecalc.documents.proposal.xml import Element
from valuecalc.errors import FileRefused

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS = "application/vnd.openxmlformats-package.relationships+xml"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_WITH_TEXT = tuple(
    f"{WORD}{kind}+xml" for kind in ("document.main", "header", "footer", "footnotes", "endnotes")
)
_EMPTY_RELATIONS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b"</Relationships>"
)


@dataclass(frozen=True)
class Relation:
    """One relation of a part: `target` is the name of a part, or an address outside."""

    id: str
    kind: str
    target: str
    is_outside: bool


@dataclass
class Package:
    """A document by its bytes, with the parts that have been changed so far.

    A template (`.dotx`) becomes a document: nothing but the kind of its body tells them apart.
    """

    content: bytes
    changes: dict[str, bytes | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        types = self.read(CONTENT_TYPES)
        if types is not None:
            document = types.replace(TEMPLATE_PARTS["docx"], MAIN_PARTS["docx"])
            self.write(CONTENT_TYPES, document)

    @cached_property
    def _original(self) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(self.content)) as opened:
            return {name: opened.read(name) for name in opened.namelist()}

    @property
    def names(self) -> list[str]:
        """The names of all parts."""
        kept = [name for name in self._original if self.changes.get(name, b"") is not None]
        return kept + [name for name in self.changes if name not in self._original]

    def read(self, name: str) -> bytes | None:
        """A part as it is now; None for one that is not there."""
        return self.changes[name] if name in self.changes else self._original.get(name)

    def write(self, name: str, part: bytes) -> None:
        """Replace or add a part."""
        if self._original.get(name) == part:
            self.changes.pop(name, None)
        else:
            self.changes[name] = part

    def remove(self, name: str) -> None:
        """Leave out a part."""
        self.changes.pop(name, None)
        if name in self._original:
            self.changes[name] = None

    def packed(self) -> bytes:
        """The file with its changes."""
        return archive.changed(self.content, self.changes)

    # ---------------------------------------------------------------- kinds of parts

    @cached_property
    def _types(self) -> Element:
        found = self.read(CONTENT_TYPES)
        assert found is not None, "the gate has looked for it"
        return spans.parsed(found)

    @property
    def main(self) -> str:
        """The name of the part that holds the body. Raises `FileRefused`."""
        kind = MAIN_PARTS["docx"].decode()
        found = [name for name, each in self._overrides() if each == kind]
        if not found or self.read(found[0]) is None:
            raise FileRefused(
                "The document has no body.", "Open it in Word, save it as .docx, and send that."
            )
        return found[0]

    @property
    def with_text(self) -> list[str]:
        """The parts in which controls are filled: the body first, then headers and notes."""
        names = [name for name, kind in self._overrides() if kind in _WITH_TEXT]
        known = [name for name in names if self.read(name) is not None]
        return sorted(known, key=lambda name: (name != self.main, name))

    def _overrides(self) -> Iterator[tuple[str, str]]:
        for each in self._types:
            if isinstance(each.tag, str) and each.get("PartName"):
                yield each.get("PartName").lstrip("/"), each.get("ContentType") or ""

    def has_default(self, extension: str) -> bool:
        """Whether all parts with this ending are known to be of one kind."""
        content = self.read(CONTENT_TYPES) or b""
        found = (each.get("Extension", "").lower() for each in spans.parsed(content))
        return extension in found

    def declare(self, child: str, **attributes: str) -> None:
        """Say of what kind a part is, or all parts with an ending."""
        content = self.read(CONTENT_TYPES) or b""
        self.write(CONTENT_TYPES, spans.appended(content, child, **attributes))

    def undeclare(self, part: str) -> None:
        """Say no longer of what kind a part is, which is not there any more."""
        content = self.read(CONTENT_TYPES) or b""
        found = list(spans.parsed(content).iter("*"))
        gone = [n for n, each in enumerate(found) if each.get("PartName") == f"/{part}"]
        places = spans.spans(content)
        self.write(CONTENT_TYPES, spans.spliced(content, [(places[n], b"") for n in gone]))

    # ---------------------------------------------------------------- relations

    def relations(self, part: str) -> list[Relation]:
        """What a part refers to."""
        content = self.read(relations_of(part))
        return list(_relations(part, content)) if content else []

    def relate(self, part: str, id: str, kind: str, target: str) -> None:
        """Let a part refer to another one; nothing if it does so by this id already."""
        if any(each.id == id for each in self.relations(part)):
            return
        name = relations_of(part)
        content = self.read(name) or _EMPTY_RELATIONS
        written = posixpath.relpath(target, posixpath.dirname(part) or ".")
        self.write(
            name,
            spans.appended(content, "Relationship", Id=id, Type=f"{OFFICE}/{kind}", Target=written),
        )

    def relate_outside(self, part: str, id: str, kind: str, address: str) -> None:
        """Let a part refer to an address; nothing if it does so by this id already."""
        if any(each.id == id for each in self.relations(part)):
            return
        name = relations_of(part)
        content = self.read(name) or _EMPTY_RELATIONS
        said = {"Id": id, "Type": f"{OFFICE}/{kind}", "Target": address, "TargetMode": "External"}
        self.write(name, spans.appended(content, "Relationship", **said))

    def unrelate(self, part: str, id: str) -> None:
        """Let a part refer no longer to something."""
        name = relations_of(part)
        content = self.read(name)
        if content is None:
            return
        found = list(spans.parsed(content).iter("*"))
        gone = [number for number, each in enumerate(found) if each.get("Id") == id]
        places = spans.spans(content)
        self.write(name, spans.spliced(content, [(places[number], b"") for number in gone]))


def relations_of(part: str) -> str:
    """The name of the part that says what a part refers to."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relations(part: str, content: bytes) -> Iterator[Relation]:
    for each in spans.parsed(content):
        if not isinstance(each.tag, str):
            continue
        target = each.get("Target") or ""
        is_outside = each.get("TargetMode") == "External"
        if not is_outside:
            folder = posixpath.dirname(part)
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        kind = (each.get("Type") or "").rpartition("/")[2]
        yield Relation(each.get("Id") or "", kind, target, is_outside)
