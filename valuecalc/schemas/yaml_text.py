"""Reads YAML, of which a case needs little: every scalar stays text.

Anchors, aliases, tags and further documents are refused, and so is `[100,000]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from valuecalc.errors import DocumentError
from valuecalc.schemas.assembly import Builder, Document, empty, no_mapping, unreadable

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BEFORE_COMMA = re.compile(r"(?:[A-Z]{3} ?)?\W*[0-9]{1,3}", re.ASCII)
_BEHIND_COMMA = re.compile(r"[0-9]{3}(?![0-9])")


def read(text: str) -> Document:
    """The data of a YAML text. Raises `DocumentError`."""
    builder = Builder()
    try:
        _build(yaml.parse(text, Loader=_Loader), builder)
    except yaml.YAMLError as error:
        raise _broken_yaml(error) from None
    if builder.result is None:
        raise empty()
    if not isinstance(builder.result, dict):
        raise no_mapping("a list" if isinstance(builder.result, list) else "a single value")
    return Document(builder.result, builder.lines)


def _build(events: Iterator[Any], builder: Builder) -> None:
    before: Any = None
    documents = 0
    for event in events:
        line = event.start_mark.line + 1
        _refuse_machinery(event, line)
        match event:
            case yaml.DocumentStartEvent():
                documents += 1
                _refuse_second_document(documents, line)
            case yaml.ScalarEvent():
                _refuse_split_number(before, event, line)
                _add_scalar(builder, event, line)
                before = event
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                _refuse_collection_as_key(builder, line)
                builder.open({} if isinstance(event, yaml.MappingStartEvent) else [], line)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                builder.close()


def _add_scalar(builder: Builder, event: yaml.ScalarEvent, line: int) -> None:
    if "\0" in event.value:
        raise unreadable("\0", line)
    if builder.awaits_key:
        builder.key(event.value, line)
    else:
        is_null = not event.style and event.value in _NULLS
        builder.scalar(None if is_null else event.value, line)


def _refuse_machinery(event: yaml.Event, line: int) -> None:
    """Anchors, aliases and tags: a case needs none, and a few lines of them can fill memory."""
    anchored = getattr(event, "anchor", None) is not None
    if anchored or isinstance(event, yaml.AliasEvent):
        raise DocumentError(
            "A word that begins with & or * is an anchor or an alias, and a case has none.",
            "Write the value out, or put quotes around a text.",
            line,
        )
    if getattr(event, "tag", None) is not None:
        raise DocumentError(
            "A word that begins with ! is a tag, and a case has none.",
            "Remove it, or put quotes around a text.",
            line,
        )


def _refuse_second_document(documents: int, line: int) -> None:
    if documents > 1:
        raise DocumentError(
            "A second document begins here.", "Put each case into a file of its own.", line
        )


def _refuse_collection_as_key(builder: Builder, line: int) -> None:
    if builder.awaits_key:
        raise DocumentError(
            "A list or a mapping stands where a name is expected.", "Write a plain name.", line
        )


def _refuse_split_number(before: Any, event: Any, line: int) -> None:
    """`[100,000]` is two numbers to YAML and one to people, so it is neither here."""
    if before is None or event.style or before.style:
        return
    touching = (
        before.end_mark.line == event.start_mark.line
        and before.end_mark.column + 1 == event.start_mark.column
    )
    if touching and _BEFORE_COMMA.fullmatch(before.value) and _BEHIND_COMMA.match(event.value):
        written = f"{before.value},{event.value}"
        raise DocumentError(
            f"“{written[:40]}” can be one number or two: between brackets a comma separates.",
            f'Write "{written[:40]}" in quotes if it is one, or a space behind the comma.',
            line,
        )


_CAUSES = (
    (
        "mapping values are not allowed",
        "A “:” stands where none is expected.",
        "Put quotes around a text that holds “: ”, and check how far the line is indented.",
    ),
    (
        "cannot start any token",
        "A value begins with a tab or with one of @ ` %.",
        "Indent with spaces, and put quotes around a text that begins with such a sign.",
    ),
    (
        "did not find expected ',' or",
        "A bracket is never closed, or a comma is missing.",
        "Close the bracket, and separate its parts with commas.",
    ),
    ("found unexpected end of stream", "A quote is never closed.", "Close it."),
    (
        "could not find expected ':'",
        "A line has no “:” behind its name.",
        "Write name: value, or indent the line to continue the one above.",
    ),
    (
        "did not find expected",
        "The line does not fit the ones around it.",
        "Indent the entries of one list or mapping alike.",
    ),
    ("escape c", "A quoted text holds an unknown escape.", "Write \\\\ for a backslash."),
)


def _broken_yaml(error: yaml.YAMLError) -> DocumentError:
    problem = str(getattr(error, "problem", None) or "") or "it cannot be read"
    # Of a bracket, a quote or a name that is not finished, the place where it begins helps.
    context = str(getattr(error, "context", ""))
    opened = "flow" in context or "simple key" in context or "end of stream" in problem
    mark = getattr(error, "context_mark" if opened else "problem_mark", None)
    line = mark.line + 1 if mark is not None else None
    for part, cause, remedy in _CAUSES:
        if part in problem:
            return DocumentError(cause, remedy, line)
    return DocumentError(f"This is no YAML: {problem}.", "Mend the line.", line)
