"""Fields of a document that fetch something from outside or start a program: refused.

A field is told by its instruction, which Word puts together over many runs, and which other
fields inside may compute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from valuecalc.documents.embedding import spans
from valuecalc.documents.embedding.package import Package
from valuecalc.documents.proposal.xml import Element, qualified
from valuecalc.errors import FileRefused

_REFUSED = frozenset(
    (
        "CONTROL",
        "DATABASE",
        "DDE",
        "DDEAUTO",
        "EMBED",
        "HTMLCONTROL",
        "IMPORT",
        "INCLUDE",
        "INCLUDEPICTURE",
        "INCLUDETEXT",
        "LINK",
        "MACROBUTTON",
        "PRINT",
        "RD",
    )
)
_NAME = re.compile(r"\s*([A-Za-z]+)")
_SIMPLE = qualified("w:fldSimple")
_PART = qualified("w:fldChar")
_INSTRUCTIONS = (qualified("w:instrText"), qualified("w:delInstrText"))


def check(package: Package) -> None:
    """Nothing, for a document whose fields stay inside it. Raises `FileRefused`."""
    for name in package.names:
        content = package.read(name) or b""
        if name.endswith(".xml") and (b"instr" in content or b"Instr" in content):
            for instruction in instructions(spans.parsed(content)):
                _check(instruction)


def _check(instruction: str) -> None:
    name = _NAME.match(instruction)
    if name is not None and name[1].upper() in _REFUSED:
        raise FileRefused(
            f"The document has a field {name[1].upper()}, which fetches something from outside "
            "of it or starts a program.",
            "In Word, select the field and press Ctrl+Shift+F9, which leaves its words.",
        )
    if instruction.lstrip().startswith(_COMPUTED):
        raise FileRefused(
            "The document has a field whose kind another field works out.",
            "In Word, select the field and press Ctrl+Shift+F9, which leaves its words.",
        )


_COMPUTED = "\ufffc"
"""Stands in an instruction where a field inside of it does."""


@dataclass
class _Open:
    """A field that is being read: up to its separator its words are instructions."""

    words: list[str] = field(default_factory=list)
    is_instruction: bool = True


def instructions(root: Element) -> Iterator[str]:
    """The instruction of every field of a part, in the order in which they end."""
    around: list[_Open] = []
    for each in root.iter(_SIMPLE, _PART, *_INSTRUCTIONS):
        if each.tag == _SIMPLE:
            yield each.get(qualified("w:instr")) or ""
        elif each.tag in _INSTRUCTIONS:
            if not around:
                yield each.text or ""
            elif around[-1].is_instruction:
                around[-1].words.append(each.text or "")
        else:
            yield from _read_mark(each.get(qualified("w:fldCharType")) or "", around)
    yield from ("".join(each.words) for each in around)


def _read_mark(kind: str, around: list[_Open]) -> Iterator[str]:
    if kind == "begin":
        if around and around[-1].is_instruction:
            around[-1].words.append(_COMPUTED)
        around.append(_Open())
    elif kind == "separate" and around:
        around[-1].is_instruction = False
    elif kind == "end" and around:
        yield "".join(around.pop().words)
