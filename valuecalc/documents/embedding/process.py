"""Fills a document in a process of its own, which has limits and is thrown away.

It takes a task as JSON on its standard input and writes JSON; `valuecalc.documents.embedding.
apart` starts it.
"""

from __future__ import annotations

import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from valuecalc.documents import languages, sheet_process
from valuecalc.documents.embedding import bounds, contents, listing, report
from valuecalc.documents.embedding.fill import fill
from valuecalc.documents.embedding.package import Package
from valuecalc.documents.languages import Language
from valuecalc.errors import FileRefused

SECONDS = 30
"""Of processor time; a document of hundreds of pages takes a few."""

Task = Callable[[bytes, Mapping[str, Any]], dict[str, Any]]


def main() -> None:
    """Read a task from standard input, do it, and write what came of it."""
    sheet_process.limit(SECONDS)
    task = json.load(sys.stdin.buffer)
    try:
        made = TASKS[task["task"]](b64decode(task["document"]), task)
    except FileRefused as error:
        made = {"refused": [error.cause, error.remedy]}
    json.dump(made, sys.stdout)


def _list(document: bytes, task: Mapping[str, Any]) -> dict[str, Any]:
    package = Package(document)
    bounds.check_to_fill(package)
    width = _width_for(package, task["place"]) if "place" in task else 0
    return listing.as_plain(package, width)


def _width_for(package: Package, place: Sequence[str]) -> int:
    # Only a chapter asks for it: what that needs takes as long to load as all the rest.
    from valuecalc.documents.embedding import chapter_width
    from valuecalc.documents.embedding.chapter_place import Place

    return chapter_width.width_for(package, Place(*place))


def _fill(document: bytes, task: Mapping[str, Any]) -> dict[str, Any]:
    known = {tag: contents.from_plain(each) for tag, each in task["contents"].items()}
    with languages.speaking(Language(task["language"])):
        filled = fill(document, known, frozenset(task["overwrite"]), task["scenario"])
    return {
        "document": b64encode(filled.content).decode(),
        "report": report.as_plain(filled.report),
    }


def _chapter(document: bytes, task: Mapping[str, Any]) -> dict[str, Any]:
    # Most documents have none, and what it needs takes as long to load as all the rest.
    from valuecalc.documents.embedding import chapter_insert
    from valuecalc.documents.embedding.chapter_place import Place
    from valuecalc.documents.embedding.state import ChapterChoice

    chapter, place = b64decode(task["chapter"]), Place(*task["place"])
    found = task["chosen"]
    chosen = found and ChapterChoice(**{**found, "sections": tuple(found["sections"])})
    overwrite = frozenset(task["overwrite"])
    filled = chapter_insert.insert(document, chapter, place, overwrite, chosen)
    return {
        "document": b64encode(filled.content).decode(),
        "report": report.as_plain(filled.report),
    }


TASKS: Mapping[str, Task] = {"list": _list, "fill": _fill, "chapter": _chapter}

if __name__ == "__main__":
    main()
