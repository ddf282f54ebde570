"""Fills a document in a process of its own, which has limits and is thrown away.

It takes a task as JSON on its standard input and writes JSON; `valuecalc.documents.embedding.
apart` starts it.
"""

from __future__ import annotations

import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
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


def _list(document: bytes, _task: Mapping[str, Any]) -> dict[str, Any]:
    package = Package(document)
    bounds.check_to_fill(package)
    return listing.as_plain(package)


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

    chapter, place = b64decode(task["chapter"]), Place(*task["place"])
    filled = chapter_insert.insert(document, chapter, place, frozenset(task["overwrite"]))
    return {
        "document": b64encode(filled.content).decode(),
        "report": report.as_plain(filled.report),
    }


TASKS: Mapping[str, Task] = {"list": _list, "fill": _fill, "chapter": _chapter}

if __name__ == "__main__":
    main()
