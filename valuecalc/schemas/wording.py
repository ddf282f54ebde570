"""Places and values of a document as people read them.

`describe` names a place of the keyed view (“Subscribers on affected plans”, “expected value”);
`text_of` and `texts_of` write the JSON values that stand there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from valuecalc.case.case import BENEFIT_CATEGORIES, INVESTMENT_CATEGORIES
from valuecalc.formula import quantity
from valuecalc.formula.quantity import UNDEFINED
from valuecalc.schemas.keyed import CASE, Outline, Place

LONGEST_TEXT = 160
"""Characters of a text that is shown; longer ones are cut around what differs."""
CONTEXT = 30
"""Characters before and after the part that differs."""
MOST_DIGITS = 12

FIELD_WORDS = {
    "between": "assumptions",
    "by": "by when",
    "common": "common driver",
    "correlations.rank": "rank correlation",
    "conventions.headline": "headline figures",
    "conventions.roi": "ROI",
    "days": "working days",
    "done": "part done",
    "ends": "end",
    "factor_decimals": "decimals of the factors",
    "from": "what changes from",
    "hard": "hard money",
    "id": "name in formulas",
    "non_monetary": "counted outside money",
    "probability": "chance of coming about",
    "range": "what low and high are",
    "set": "override of",
    "starts": "start",
    "tested": "tested by",
    "to": "what changes to",
    "travel.to": "travel rounded to",
    "url": "web address",
    "values": "yearly values",
}
"""Fields whose key does not say what they are, by key or by the last two keys."""

NOUNS = {"people": "person", "goals": "goal"}
SECTIONS = {"expected": "Expected figures", "origin": "Origin", "plan": "Plan"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True)
class Description:
    """A place for people: what it belongs to, which field of it, and the unit of its number.

    `unit` is empty where a number has none, such as a year.
    """

    label: str
    field: str
    unit: str = ""


# --------------------------------------------------------------------------- places


def describe(place: Place, view: Mapping[str, Any]) -> Description:
    """What stands at a place of a keyed view."""
    start, item = _item_at(place, view)
    rest = place[start:]
    if item is None:
        return _outside_items(place, view)
    label = _label_at(place[:start], item, view)
    if not rest:
        return Description(label, noun(place[start - 2]))
    if rest[0] == "set" and len(rest) == 2:
        _, assumption = _item_at(("assumptions", rest[1]), view)
        words = f"{FIELD_WORDS['set']} {label_of(assumption or {}) or rest[1]}"
        return Description(label, words, str((assumption or {}).get("unit", "1")))
    section = place[start - 2]
    return Description(label, _field(rest, section), _unit(place, item))


def _label_at(place: Place, item: Mapping[str, Any], view: Mapping[str, Any]) -> str:
    """An item for people: a pair by both its labels, a line together with its alternative."""
    if place[0] == "correlations":
        found = (_item_at(("assumptions", id), view)[1] or {} for id in place[-1].split("~"))
        names = zip(found, place[-1].split("~"), strict=True)
        return " and ".join(label_of(each) or id for each, id in names)
    label = label_of(item) or place[-1]
    if place[0] == "alternatives" and len(place) > 2:
        _, around = _item_at(place[:2], view)
        return f"{label} ({label_of(around or {}) or place[1]})"
    return label


def _item_at(place: Place, view: Mapping[str, Any]) -> tuple[int, Mapping[str, Any] | None]:
    """The innermost item on the way to a place, and how many keys lead to it."""
    outline, value = CASE, view
    found: tuple[int, Mapping[str, Any] | None] = (0, None)
    for depth, key in enumerate(place, start=1):
        is_item = outline.items is not None
        value = value.get(key) if isinstance(value, Mapping) else None  # type: ignore[assignment]
        outline = outline.below(key)
        if is_item:
            found = (depth, value if isinstance(value, Mapping) else {})
    return found


def _outside_items(place: Place, view: Mapping[str, Any]) -> Description:
    outline = outline_at(place)
    if outline.items is not None:
        return Description(_section(place[-1]), "order")
    if len(place) == 1:
        label = "Case" if not outline.fields and not outline.entries else _section(place[0])
        return Description(label, _words(place[0]), _unit(place, view))
    return Description(_section(place[0]), _field(place[1:], place[0]), _unit(place, {}))


def outline_at(place: Place) -> Outline:
    """What can stand at a place of the keyed view."""
    outline = CASE
    for key in place:
        outline = outline.below(key)
    return outline


def _unit(place: Place, item: Mapping[str, Any]) -> str:
    """The unit of a number at a place; `1` where a bare number is an amount."""
    outline = outline_at(place)
    if place[-1] == "outcomes":
        return str(item.get("unit", "1"))
    if outline.unit_key is not None:
        return str(item.get(outline.unit_key, "1"))
    return outline.unit or ""


def label_of(item: Mapping[str, Any]) -> str:
    """The item for people; empty when it has no words of its own."""
    found = (item.get(key) for key in ("label", "name", "title"))
    return next((text for text in found if isinstance(text, str) and text), "")


def noun(section: str) -> str:
    """One item of a list: `assumption` of `assumptions`."""
    return NOUNS.get(section, section.removesuffix("s").replace("_", " "))


def _section(key: str) -> str:
    return SECTIONS.get(key, key.replace("_", " ").capitalize())


def _field(keys: Place, section: str) -> str:
    if keys == ("value",) and section == "assumptions":
        return "expected value"
    if section == "expected":
        return ".".join(keys)
    whole = ".".join((section, *keys)[-2:])
    return FIELD_WORDS.get(whole) or " ".join(_words(key) for key in keys)


def _words(key: str) -> str:
    return FIELD_WORDS.get(key, key.replace("_", " "))


# --------------------------------------------------------------------------- values


def text_of(value: Any, unit: str = "") -> str:
    """A JSON value as people read it: `£22 per month`, `12%`, `3 July 2027`, `yes`, or `–`."""
    if value is None:
        return UNDEFINED
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value, unit)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return _summary(value)
    return _list(list(value), unit)


def _number(value: float, unit: str, digits: int | None = None) -> str:
    if not unit:
        # A seed has more digits than a floating-point number keeps.
        return str(value) if isinstance(value, int) else quantity.show_plain(value)
    if digits is None:
        return quantity.show_with_unit(value, unit)
    return quantity.show(value, unit, digits=digits) + quantity.unit_tail(unit, value)


def _text(value: str) -> str:
    try:
        if _DAY.fullmatch(value):
            return f"{date.fromisoformat(value):%-d %B %Y}"
        if _MONTH.fullmatch(value):
            return f"{date.fromisoformat(f'{value}-01'):%B %Y}"
    except ValueError:
        return value
    category = BENEFIT_CATEGORIES.get(value) or INVESTMENT_CATEGORIES.get(value)
    return category.label if category and "_" in value else value


def _list(values: list[Any], unit: str) -> str:
    if values and all(isinstance(each, Mapping) and "chance" in each for each in values):
        return ", ".join(_outcome(each, unit) for each in values)
    numbers = [each for each in values if isinstance(each, int | float)]
    if unit and values and len(numbers) == len(values):
        return ", ".join(quantity.show(each, unit) for each in numbers) + quantity.unit_tail(unit)
    separator = "; " if any(isinstance(each, Mapping) for each in values) else ", "
    return separator.join(_entries(each) for each in values) or UNDEFINED


def _outcome(outcome: Mapping[str, Any], unit: str) -> str:
    """`£100 (30%)`: a value and its chance."""
    value = text_of(outcome.get("value"), unit or "1")
    return f"{value} ({text_of(outcome['chance'], '%')})"


def _summary(value: Mapping[str, Any]) -> str:
    """An item by what it says: its number, its formula, or all of its fields."""
    unit = str(value.get("unit", "1"))
    if "id" in value:
        for key in ("value", "values", "formula", "date"):
            if key in value:
                return text_of(value[key], unit)
        return label_of(value) or str(value["id"])
    return _entries(value)


def _entries(value: Any) -> str:
    if not isinstance(value, Mapping):
        return text_of(value)
    return ", ".join(f"{_words(key)}: {_entries(each)}" for key, each in value.items()) or UNDEFINED


# --------------------------------------------------------------------------- two values


def texts_of(before: Any, after: Any, units: tuple[str, str] = ("", "")) -> tuple[str, str]:
    """Two values as people read them, such that they can be told apart.

    Numbers that look the same get more digits; long texts are cut to the part that differs.
    """
    first, second = text_of(before, units[0]), text_of(after, units[1])
    if first == second and before != after:
        first, second = _told_apart(before, after, units)
    return _excerpts(first, second)


def _told_apart(before: Any, after: Any, units: tuple[str, str]) -> tuple[str, str]:
    if not (_is_number(before) and _is_number(after)):
        return json.dumps(before, ensure_ascii=False), json.dumps(after, ensure_ascii=False)
    for digits in range(2, MOST_DIGITS + 1):
        first = _number(before, units[0] or "1", digits)
        second = _number(after, units[1] or "1", digits)
        if first != second:
            return first, second
    return quantity.show_plain(before), quantity.show_plain(after)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _excerpts(first: str, second: str) -> tuple[str, str]:
    if max(len(first), len(second)) <= LONGEST_TEXT:
        return first, second
    start = _common(first, second)
    same_end = _common(first[start:][::-1], second[start:][::-1])
    return _excerpt(first, start, same_end), _excerpt(second, start, same_end)


def _common(first: str, second: str) -> int:
    """How many characters both texts begin with."""
    pairs = enumerate(zip(first, second, strict=False))
    differing = (index for index, (one, other) in pairs if one != other)
    return next(differing, min(len(first), len(second)))


def _excerpt(text: str, start: int, same_end: int) -> str:
    """The text from a little before `start` to a little after what differs."""
    if len(text) <= LONGEST_TEXT:
        return text
    begin = max(0, start - CONTEXT)
    end = min(len(text), len(text) - same_end + CONTEXT)
    shown = text[begin:end]
    if len(shown) > LONGEST_TEXT:
        half = LONGEST_TEXT // 2
        shown = f"{shown[:half]}…{shown[-half:]}"
    return ("…" if begin else "") + shown + ("…" if end < len(text) else "")
