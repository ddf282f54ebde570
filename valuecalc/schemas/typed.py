"""Documents as they come from a form, made ready to be read.

Nobody fills in a form from the first field to the last: there are rows in which nothing stands
yet, fields that were emptied, and lists that were written into one field. None of this is a
mistake, so it is tidied before the document is read. What cannot be read stays as it is, for
`load_case` to say so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from valuecalc.case.case import Grade
from valuecalc.schemas.assembly import MAX_DEPTH
from valuecalc.schemas.holiday_text import HOLIDAY, holidays
from valuecalc.schemas.keyed import CASE, Outline
from valuecalc.schemas.reading import is_blank
from valuecalc.schemas.step_names import with_ids

MEANS_SOMETHING_EMPTY = frozenset({"travel", "reference", "origin"})
"""Mappings that say something by being there: without a rule an assumption travels as a copy."""

OUTCOME = frozenset({"value", "chance"})
"""The fields of an outcome, which is written as one text: `£100k at 30%`."""

NAMES = frozenset({"after", "weekdays"})
"""Lists of names, between which a comma may stand as well: no name has one."""

_CHANCE = re.compile(r"\s+at\s+|\s*@\s*", re.IGNORECASE)
_SEPARATORS = re.compile(r"[;\t\n\r]+")
_BETWEEN_NAMES = re.compile(r"[,;\t\n\r]+")
_NOTHING: tuple[Any, ...] = ("", [], {})


def typed(document: object) -> dict[str, Any]:
    """The document of a form, as far as it can be tidied; it is not checked.

    Rows that hold nothing but their id are dropped, and so is what is empty. Lists that are
    written as one text are split at semicolons, tabs and line ends, and outcomes at the “at”
    between value and chance. Steps of the plan that are named by their label get their id.
    Evidence without a grade is our own assumption, E. What is no mapping at all gives an empty
    document.
    """
    if not isinstance(document, Mapping):
        return {}
    found = cast(dict[str, Any], _mapping(document, CASE, 0))
    if isinstance(found.get("plan"), dict):
        found["plan"] = with_ids(found["plan"])
    return found


def _tidy(value: Any, outline: Outline, depth: int, key: str = "") -> Any:
    if depth > MAX_DEPTH:
        return value
    if isinstance(value, str) and outline.each is not None:
        value = _split(value, outline.each, key)
    if isinstance(value, Mapping):
        return _mapping(value, outline, depth)
    if isinstance(value, list | tuple):
        return _list(value, outline, depth)
    return "" if isinstance(value, str) and is_blank(value) else value


def _split(text: str, each: Outline, key: str) -> Any:
    """The items of a list that was written as one text; other lists never are."""
    if each.fields.keys() == HOLIDAY:
        return holidays(text)
    is_outcome = each.fields.keys() == OUTCOME
    if each.fields and not is_outcome:
        return text
    separators = _BETWEEN_NAMES if key in NAMES else _SEPARATORS
    parts = [part.strip() for part in separators.split(text)]
    return [_outcome(part) for part in parts] if is_outcome else parts


def _outcome(text: str) -> dict[str, str]:
    value, *chance = _CHANCE.split(text, maxsplit=1)
    return {"value": value, "chance": chance[0] if chance else ""}


def _mapping(mapping: Mapping[Any, Any], outline: Outline, depth: int) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key, value in mapping.items():
        inner = outline.below(key) if isinstance(key, str) else Outline()
        tidy = _tidy(value, inner, depth + 1, str(key))
        if key == "evidence" and isinstance(tidy, dict) and tidy:
            tidy.setdefault("grade", Grade.E.value)
        if tidy not in _NOTHING or (key in MEANS_SOMETHING_EMPTY and value == {}):
            found[key] = tidy
    return found


def _list(items: list[Any] | tuple[Any, ...], outline: Outline, depth: int) -> list[Any]:
    inner = outline.each or Outline()
    tidy = [_tidy(each, inner, depth + 1) for each in items]
    return [each for each in tidy if each not in _NOTHING and not _is_new(each, outline)]


def _is_new(item: Any, outline: Outline) -> bool:
    """Whether it is a row in which nothing has been written yet."""
    return outline.items is not None and isinstance(item, dict) and set(item) == {"id"}
