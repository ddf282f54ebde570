"""Has a document read and filled in a process of its own, behind the gate."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from typing import Any

from valuecalc.documents import gate, sheets
from valuecalc.documents.embedding import contents, listing, report
from valuecalc.documents.embedding.contents import Content
from valuecalc.documents.embedding.fill import Filled
from valuecalc.documents.embedding.listing import Described, Listed
from valuecalc.documents.embedding.state import ChapterChoice
from valuecalc.errors import FileRefused

PROCESS = "valuecalc.documents.embedding.process"
PATIENCE = 60.0
"""Seconds until the process is ended."""


def listed(document: bytes) -> list[Listed]:
    """All content controls of a document. Raises `FileRefused`."""
    return list(described(document).controls)


def described(document: bytes, place: tuple[str, str] | None = None) -> Described:
    """All content controls of a document, and what it says of itself. Raises `FileRefused`.

    With the `place` of a chapter it is also how wide the text is there.
    """
    more = {} if place is None else {"place": place}
    return listing.described(_done("list", document, **more))


def filled(
    document: bytes,
    known: Mapping[str, Content],
    overwrite: Collection[str] = (),
    language: str = "en-GB",
    scenario: str = "",
) -> Filled:
    """A document filled with what is known, as `fill.fill` does. Raises `FileRefused`.

    `language` is the tag of the language that it is filled in, `scenario` the id of what with.
    """
    more = {
        "language": language,
        "scenario": scenario,
        "contents": {tag: contents.as_plain(each) for tag, each in known.items()},
        "overwrite": sorted(overwrite),
    }
    made = _done("fill", document, **more)
    return Filled(b64decode(made["document"]), report.from_plain(made["report"]))


def inserted(
    document: bytes,
    chapter: bytes,
    place: tuple[str, str],
    overwrite: Collection[str] = (),
    chosen: ChapterChoice | None = None,
) -> Filled:
    """A document with a chapter in it, as `chapter_insert.insert` does. Raises `FileRefused`."""
    more = {
        "chosen": chosen and vars(chosen),
        "chapter": b64encode(chapter).decode(),
        "place": place,
        "overwrite": sorted(overwrite),
    }
    made = _done("chapter", document, **more)
    return Filled(b64decode(made["document"]), report.from_plain(made["report"]))


def _done(task: str, document: bytes, **more: Any) -> dict[str, Any]:
    gate.check(document, "docx")
    asked = {"task": task, "document": b64encode(document).decode(), **more}
    try:
        answer = sheets.output(json.dumps(asked).encode(), PROCESS, PATIENCE)
    except FileRefused:
        raise FileRefused(
            "The document cannot be read, or takes too long to be read.",
            "Open it in Word, save it as .docx, and send that file.",
        ) from None
    made: dict[str, Any] = json.loads(answer)
    if "refused" in made:
        raise FileRefused(*made["refused"])
    return made
