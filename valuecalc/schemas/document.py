"""Reads the text of a document, YAML or JSON, into plain data with the line of everything.

Nothing is guessed: every YAML scalar stays text, so that `2027-01`, `12%`, `1,250`, `no` and
`12:30` arrive as they were written; only `null`, `~` and nothing at all are None. JSON keeps
its own numbers and booleans. What could be misread (the same key twice, `[100,000]`) or could
do harm (anchors, tags, depth, size, NaN) is refused with its line.
"""

from __future__ import annotations

import re

from valuecalc.errors import DocumentError
from valuecalc.schemas import json_text, yaml_text
from valuecalc.schemas.assembly import Document, Path, empty, unreadable

__all__ = ["MAX_BYTES", "Document", "Path", "read_document", "read_json"]

MAX_BYTES = 2_000_000

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


def read_document(text: str | bytes) -> Document:
    """Read a YAML or JSON text; one that begins with `{` is JSON.

    Raises `DocumentError` with the line, the cause and the remedy.
    """
    content = _decoded(text)
    is_json = content.lstrip().startswith("{")
    return json_text.read(content) if is_json else yaml_text.read(content)


def read_json(text: str | bytes) -> Document:
    """Read a JSON text and nothing else, as in the body of a request.

    Raises `DocumentError` with the line, the cause and the remedy.
    """
    return json_text.read(_decoded(text))


def _decoded(text: str | bytes) -> str:
    _refuse_size(len(text))
    try:
        raw = text.encode() if isinstance(text, str) else text
        content = raw.decode()
    except UnicodeDecodeError as error:
        raise _not_utf8(error) from None
    except UnicodeEncodeError as error:
        line = error.object.count("\n", 0, error.start) + 1
        raise unreadable(error.object[error.start], line) from None
    _refuse_size(len(raw))
    found = _UNREADABLE.search(content)
    if found is not None:
        raise unreadable(found[0], content.count("\n", 0, found.start()) + 1)
    content = content.removeprefix("\ufeff")
    if not content.strip():
        raise empty()
    return content


def _refuse_size(size: int) -> None:
    if size > MAX_BYTES:
        raise DocumentError(
            f"The text has {size:,} bytes; {MAX_BYTES:,} are allowed.",
            "Leave out what does not belong to the case.",
        )


def _not_utf8(error: UnicodeDecodeError) -> DocumentError:
    return DocumentError(
        "The text is not in UTF-8.",
        "Save it as UTF-8.",
        error.object.count(b"\n", 0, error.start) + 1,
    )
