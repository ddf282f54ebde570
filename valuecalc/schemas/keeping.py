"""What can be kept of a document in which some things cannot be read.

Somebody who types saves every second, in the middle of a number too. So what cannot be read is
replaced by what stood there before, or left out where nothing did; everything else is kept as
it is. Mistakes in formulas and references are no hindrance: such a case is a draft.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from valuecalc.case.case import Case
from valuecalc.errors import Problem
from valuecalc.schemas.assembly import MAX_DEPTH, too_deep
from valuecalc.schemas.case import FORMAT, messages_about
from valuecalc.schemas.case import load_case as load
from valuecalc.schemas.document import Path
from valuecalc.schemas.keyed import CASE, MISSING, Outline
from valuecalc.schemas.merging import EXCLUSIVE
from valuecalc.schemas.problems import item_names, paths_of, problems_of

ROUNDS = 8
"""What is put back can be wrong beside what is new; each round mends what the last one left."""


def kept(document: object, base: Mapping[str, Any]) -> tuple[Case, tuple[Problem, ...]]:
    """The case that a document describes as far as it can be read, and what was left out.

    Where something cannot be read, that of `base` stands, a canonical document; where `base`
    has nothing there, the field or the row is left out. Raises `CaseError` for what is no
    document of a case at all, `DocumentError` for one that is nested too deeply.
    """
    if not isinstance(document, Mapping):
        return load(document), ()
    _refuse_deep(document)
    keeper = _Keeper({"format": FORMAT, **document}, base)
    left = tuple(keeper.mend())
    return load(keeper.document), left


class _Keeper:
    """Mends a document round by round, until it can be read."""

    def __init__(self, document: Mapping[str, Any], base: Mapping[str, Any]) -> None:
        self.document: Any = dict(document)
        self.base = base
        self.put_back: set[Path] = set()
        self.places: list[str] = []

    def mend(self) -> Iterator[Problem]:
        """Mend everything that cannot be read, and say what it was."""
        for _ in range(ROUNDS):
            messages = messages_about(self.document)
            if messages is None:
                return
            for problem in problems_of(messages, self.document):
                if self._is_new(problem.place):
                    yield problem
            self.document = _Round(self, self.document).without(paths_of(messages))

    def _is_new(self, place: str) -> bool:
        """Whether nothing has been said yet about a place or what it stands in."""
        if any(place == each or place.startswith(f"{each}.") for each in self.places):
            return False
        is_row_of_known = any(each.startswith(f"{place}.") for each in self.places)
        self.places.append(place)
        return not is_row_of_known


class _Round:
    """One pass over what cannot be read: each place gets back what stood there, or goes."""

    def __init__(self, keeper: _Keeper, document: Any) -> None:
        self.keeper = keeper
        self.document = _copied(document)
        self.removed: list[Path] = []
        self.mended: set[Path] = set()

    def without(self, paths: Iterable[Path]) -> Any:
        """The document with every one of these places mended."""
        for path in paths:
            if path:
                self.mend(_whole(path))
        # From the end, so that the positions of earlier items stay right.
        for path in sorted(self.removed, key=_from_the_end, reverse=True):
            _remove(self.document, path)
        return self.document

    def mend(self, path: Path) -> None:
        """Put back what stood at a path; else take it away, or what it is missing from."""
        if path in self.mended or any(path[: len(each)] == each for each in self.removed):
            return
        if path not in self.keeper.put_back and self.put_back(path):
            self.keeper.put_back.add(path)
        elif _at(self.document, path) is not MISSING:
            self.removed.append(path)
        elif len(path) > 1:
            self.mend(path[:-1])
        else:
            self.document[path[0]] = self.keeper.base.get(str(path[0]))

    def put_back(self, path: Path) -> bool:
        """Put back what stood at a path, if that is anything else; and what belongs to it."""
        around, before = _at(self.document, path[:-1]), self.before(path[:-1])
        if not isinstance(around, dict) or not isinstance(before, Mapping):
            return self.put_back_item(path)
        keys = _group(path, around, before)
        if not any(key in before and before[key] != around.get(key) for key in keys):
            return False
        for key in keys:
            self.mended.add((*path[:-1], key))
            if key in before:
                around[key] = _copied(before[key])
            else:
                around.pop(key, None)
        return True

    def put_back_item(self, path: Path) -> bool:
        """Put back an item of a list with ids."""
        before = self.before(path)
        items = _at(self.document, path[:-1])
        position = path[-1]
        is_there = isinstance(items, list) and isinstance(position, int) and position < len(items)
        if not is_there or before is MISSING or before == items[position]:
            return False
        items[position] = _copied(before)
        return True

    def before(self, path: Path) -> Any:
        """What stood at a path in the base, where items are found by their ids."""
        now: Any = self.document
        found: Any = self.keeper.base
        for key in path:
            now = _at(now, (key,))
            found = _same_item(now, found) if isinstance(key, int) else _at(found, (key,))
            if found is MISSING:
                return MISSING
        return found


def _group(path: Path, around: Mapping[str, Any], before: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields of a mapping that say the same thing together with the one at a path."""
    key = str(path[-1])
    outline = _outline_at(path[:-1])
    if key in outline.measured and around.get("unit") != before.get("unit"):
        # What stood there would be read in a unit that is not its own.
        return ("unit", *outline.measured)
    for group in EXCLUSIVE:
        if key in group and set(group) & outline.fields.keys() & before.keys():
            return tuple(group)
    return (path[-1],) if isinstance(path[-1], str) else (key,)


def _whole(path: Path) -> Path:
    """A path that ends at a list without ids, if it leads into one: it is one value."""
    for end, key in enumerate(path):
        if isinstance(key, int) and _outline_at(path[:end]).items is None:
            return path[:end]
    return path


def _outline_at(path: Path) -> Outline:
    outline = CASE
    for key in path:
        outline = (outline.each or outline) if isinstance(key, int) else outline.below(str(key))
    return outline


def _same_item(item: Any, items: Any) -> Any:
    """The item of a list that goes by the same id; `MISSING` for none."""
    [name] = item_names((item,))
    if name is None or not isinstance(items, list | tuple):
        return MISSING
    return dict(zip(item_names(items), items, strict=True)).get(name, MISSING)


def _at(value: Any, path: Path) -> Any:
    """What stands at a path; `MISSING` for nothing."""
    for key in path:
        if isinstance(value, Mapping):
            value = value.get(key, MISSING)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return MISSING
    return value


def _remove(document: Any, path: Path) -> None:
    around = _at(document, path[:-1])
    if isinstance(around, dict):
        around.pop(path[-1], None)
    elif isinstance(around, list):
        del around[path[-1]]  # type: ignore[arg-type]


def _from_the_end(path: Path) -> tuple[tuple[int, int], ...]:
    """Sorts later positions of a list behind earlier ones, and what is inside behind it."""
    return tuple((each, 0) if isinstance(each, int) else (0, 1) for each in path)


def _refuse_deep(document: Mapping[str, Any]) -> None:
    level: list[Any] = [document]
    for _ in range(MAX_DEPTH):
        inner = (each.values() if isinstance(each, Mapping) else each for each in level)
        level = [
            value
            for values in inner
            for value in values
            if isinstance(value, Mapping | list | tuple)
        ]
        if not level:
            return
    raise too_deep(None)


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(each) for key, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list | tuple) else value
