"""From marshmallow's nested messages to problems with their place and line.

A field says what is wrong with a `Flaw` (or with one of our `InputError`s), and knows nothing
of its place; marshmallow nests the flaws by key and position; `problems_of` walks the nest
beside the data, and names each place as people would: `assumptions.arpu_before.low`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import ValidationError
from marshmallow.exceptions import SCHEMA

from valuecalc.case.risk import pair_name
from valuecalc.errors import InputError, Problem, did_you_mean
from valuecalc.schemas.assembly import Path

MAX_UNKNOWN_KEYS = 5
"""Unknown keys of one mapping that are named; the others are only counted."""

ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")


@dataclass(frozen=True)
class Flaw:
    """One mistake, apart from its place."""

    code: str
    cause: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.cause} {self.remedy}".rstrip()

    def problem(self, place: str) -> Problem:
        """This mistake as a problem at `place`."""
        return Problem(code=self.code, place=place, cause=self.cause, remedy=self.remedy)


@dataclass(frozen=True)
class Missing:
    """A key that has to be there and is not; `example` is a value for it."""

    example: str = ""

    def at(self, key: str) -> Flaw:
        """The mistake, once the key is known."""
        remedy = f"Add it, such as {key}: {self.example}." if self.example else "Add it."
        return Flaw("missing", f"“{key}” is missing.", remedy)


@dataclass(frozen=True)
class UnknownKey:
    """A key that no field has; `known` are those of the fields."""

    known: tuple[str, ...]

    def at(self, key: str) -> Flaw:
        """The mistake, once the key is known."""
        remedy = did_you_mean(shown(key), self.known)
        if key.isdigit():
            remedy = "In braces a comma separates: put a number with a comma in quotes."
        return Flaw("unknown_key", f"There is no field “{shown(key)}” here.", remedy)


def mistake(code: str, cause: str, remedy: str = "") -> ValidationError:
    """What a field raises: one flaw."""
    return ValidationError([Flaw(code, cause, remedy)])


def as_mistake(error: InputError) -> ValidationError:
    """What a field raises when one of our own readers has refused a text."""
    return mistake(error.code, _printable(error.cause), _printable(error.remedy))


def shown(value: object, limit: int = 40) -> str:
    """Something that came from outside, short and printable, to be quoted in a message."""
    text = value if isinstance(value, str) else repr(value)[: limit * 2]
    cut = f"{text[:limit]}…" if len(text) > limit else text
    return _printable(cut)


def _printable(text: str) -> str:
    """The text with a code such as U+202E for each character that is not seen."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else f"U+{ord(each):04X}" for each in text)


def problems_of(
    messages: object,
    data: object = None,
    lines: Mapping[Path, int] | None = None,
    whole: str = "case",
) -> tuple[Problem, ...]:
    """Every mistake as a problem, in the order of the document.

    `messages` are those of a `ValidationError`, `data` what was loaded, and `lines` the line
    of each path in it; `whole` names the place of a mistake that has none inside.
    """
    return tuple(
        replace(problem, place=problem.place or whole, line=_line(lines, path) or problem.line)
        for path, problem in _walk(messages, data, (), "")
    )


def paths_of(messages: object, path: Path = ()) -> Iterator[Path]:
    """The path of every mistake in the messages of a `ValidationError`."""
    if not isinstance(messages, Mapping):
        yield path
        return
    for key, below in messages.items():
        yield from paths_of(below, path if key == SCHEMA else (*path, key))


Found = Iterator[tuple[Path, Problem]]


def _walk(messages: object, data: object, path: Path, place: str) -> Found:
    if not isinstance(messages, Mapping):
        yield from _leaves(messages, path, place)
        return
    names = item_names(data) if isinstance(data, Sequence) else ()
    unknown = 0
    for key, below in _in_order(messages, data):
        if key == SCHEMA:
            yield from _walk(below, data, path, place)
            continue
        unknown += _is_unknown(below)
        if unknown <= MAX_UNKNOWN_KEYS or not _is_unknown(below):
            yield from _walk(below, _value(data, key), (*path, key), _place(place, key, names))
    if unknown > MAX_UNKNOWN_KEYS:
        yield path, _more_unknown(unknown - MAX_UNKNOWN_KEYS, place)


def _leaves(messages: object, path: Path, place: str) -> Found:
    for leaf in messages if isinstance(messages, list) else [messages]:
        if isinstance(leaf, Mapping | list):
            yield from _walk(leaf, None, path, place)
        elif isinstance(leaf, Problem):
            yield path, leaf
        else:
            yield path, _problem(leaf, str(path[-1]) if path else "", place)


def _problem(leaf: object, key: str, place: str) -> Problem:
    if isinstance(leaf, Missing | UnknownKey):
        leaf = leaf.at(key)
    if isinstance(leaf, Flaw | InputError):
        return leaf.problem(place)
    return Flaw("shape", str(leaf)).problem(place)


def _is_unknown(messages: object) -> bool:
    return isinstance(messages, list) and isinstance(messages[0], UnknownKey)


def _more_unknown(count: int, place: str) -> Problem:
    fields = "field is" if count == 1 else "fields are"
    flaw = Flaw("unknown_key", f"{count:,} more {fields} unknown here.", "Remove what is no field.")
    return flaw.problem(place)


def _in_order(messages: Mapping[Any, object], data: object) -> list[tuple[Any, object]]:
    """The messages in the order of the document; what is missing from it comes first."""
    position = {key: index for index, key in enumerate(data if isinstance(data, Mapping) else ())}

    def rank(item: tuple[Any, object]) -> int:
        key = item[0]
        return key if isinstance(key, int) else position.get(key, -1)

    return sorted(messages.items(), key=rank)


def _value(data: object, key: Any) -> object:
    if isinstance(data, Mapping):
        return data.get(key)
    if isinstance(data, Sequence) and isinstance(key, int) and key < len(data):
        return data[key]
    return None


def _place(place: str, key: Any, names: Sequence[str | None]) -> str:
    if not isinstance(key, int):
        return f"{place}.{shown(key, 60)}" if place else shown(key, 60)
    name = names[key] if key < len(names) else None
    return f"{place}.{name}" if name else f"{place}[{key}]"


def item_names(items: Sequence[object]) -> tuple[str | None, ...]:
    """The id (or pair) by which each item of a list is found: None without one, or when taken."""
    names: list[str | None] = []
    taken: set[str] = set()
    for item in items:
        id = _name_of(item)
        if id is not None and id.lower() not in taken:
            names.append(id)
            taken.add(id.lower())
        else:
            names.append(None)
    return tuple(names)


def _name_of(item: object) -> str | None:
    id = item.get("id") if isinstance(item, Mapping) else None
    return id if isinstance(id, str) and ID.fullmatch(id) else pair_of(item)


def pair_of(item: object) -> str | None:
    """The name of the pair that a raw correlation is between; None where it names none."""
    between = item.get("between") if isinstance(item, Mapping) else None
    if not isinstance(between, list | tuple) or len(between) != 2:
        return None
    ids = [each.strip() for each in between if isinstance(each, str)]
    return pair_name(*ids) if len(ids) == 2 and all(map(ID.fullmatch, ids)) else None


def _line(lines: Mapping[Path, int] | None, path: Path) -> int | None:
    """The line of a path, or of what it stands in when it is missing itself."""
    for end in range(len(path), -1, -1):
        line = (lines or {}).get(path[:end])
        if line is not None:
            return line
    return None


def located(
    problems: Iterable[Problem], data: object, lines: Mapping[Path, int] | None
) -> tuple[Problem, ...]:
    """Problems that know their place only, with the line of that place, in document order."""
    if not lines:
        return tuple(problems)
    found = [each.at_line(_line(lines, _path(each.place, data))) for each in problems]
    return tuple(sorted(found, key=lambda each: each.line or 0))


def _path(place: str, data: object) -> Path:
    """The path that a place such as `benefits.arpu.formula` names."""
    path: list[Any] = []
    for name in place.split("."):
        key: Any = name
        if isinstance(data, Sequence) and not isinstance(data, str):
            names = item_names(data)
            key = names.index(name) if name in names else None
        path.append(key)
        data = _value(data, key)
    return tuple(path)
