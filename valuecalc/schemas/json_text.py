"""Reads JSON strictly: no NaN, no infinity, no half characters, no key twice."""

from __future__ import annotations

import re
from typing import Any

import orjson

from valuecalc.errors import DocumentError
from valuecalc.schemas.assembly import (
    MAX_DEPTH,
    MAX_NODES,
    Builder,
    Document,
    Path,
    no_mapping,
    too_deep,
    unreadable,
)

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:\n]|[^\s{}\[\],:"]+')
_KEY = re.compile(r'"\s*:')


def read(text: str) -> Document:
    """The data of a JSON text. Raises `DocumentError`."""
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _broken_json(error, text) from None
    if not isinstance(data, dict):
        raise no_mapping("a list" if isinstance(data, list) else "a single value")
    return Document(data, {(): 1} if _needs_no_walk(text, data) else _lines(text))


def _needs_no_walk(text: str, data: dict[str, Any]) -> bool:
    """Whether a one-line text is within all bounds and has no key twice.

    Each key of the text is a match of `_KEY`, so as many matches as keys in the data
    mean that none was lost. Forms send such texts on every change, so it has to be quick.
    """
    if "\n" in text or "\\u0000" in text:
        return False
    keys = nodes = depth = 0
    level: list[Any] = [data]
    while level and depth <= MAX_DEPTH:
        depth += 1
        keys += sum(len(each) for each in level if type(each) is dict)
        nodes += sum(len(each) for each in level)
        below = (each.values() if type(each) is dict else each for each in level)
        level = [value for values in below for value in values if type(value) in (dict, list)]
    within = depth <= MAX_DEPTH and nodes < MAX_NODES
    return within and keys == len(_KEY.findall(text))


def _lines(text: str) -> dict[Path, int]:
    """The line of each path of a JSON text that has been read before, within bounds.

    It is walked once more because the parser keeps the last of two equal keys, and no lines.
    """
    builder = Builder()
    line = 1
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == "\n":
            line += 1
        elif token in "{[":
            builder.open({} if token == "{" else [], line)
        elif token in "}]":
            builder.close()
        elif token not in ",:":
            _add_token(builder, token, line)
    return builder.lines


def _add_token(builder: Builder, token: str, line: int) -> None:
    value = token
    if token.startswith('"'):
        value = orjson.loads(token) if "\\" in token else token[1:-1]
        if "\0" in value:
            raise unreadable("\0", line)
    if builder.awaits_key:
        builder.key(value, line)
    else:
        builder.scalar(None, line)


_CAUSES = (
    ("trailing comma", "A comma stands behind the last part", "Remove it."),
    (
        "expected a string key",
        "A name is not in double quotes",
        'Write "name": value. A text that begins with { is read as JSON, never as YAML.',
    ),
    ("unexpected end", "The text stops too early", "Close every bracket and quote."),
    ("surrogate", "A text holds half a character (\\ud800 to \\udfff)", "Write it whole."),
    ("infinity", "A number is too large", "Write an ordinary number."),
    ("leading zero", "A number begins with 0", "Write it without, or in quotes."),
    ("after document", "Something follows the last bracket", "Remove it."),
    ("expected ','", "A comma is missing", "Put one between two parts."),
)
_NO_JSON = re.compile(r"-?(?:NaN|Infinity|inf|nan|True|False|None)\b")


def _broken_json(error: orjson.JSONDecodeError, text: str) -> DocumentError:
    if "depth" in error.msg or "recursion" in error.msg.lower():
        return too_deep(error.lineno)
    word = _NO_JSON.match(text, max(0, error.pos - 1)) or _NO_JSON.match(text, error.pos)
    if word is not None:
        return DocumentError(
            f"JSON has no {word[0]}.", "Write a number, true, false or null.", error.lineno
        )
    for part, cause, remedy in _CAUSES:
        if part in error.msg:
            return DocumentError(f"{cause} (column {error.colno}).", remedy, error.lineno)
    return DocumentError(
        f"This is no JSON: {error.msg} (column {error.colno}).",
        "Mend it there.",
        error.lineno,
    )
