"""Brings together what two people changed in the same document at the same time.

Both began with the same `base`. What only one of them changed is taken over; where both
changed the same thing differently, `ours` stays and the question is kept as a `Conflict`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from valuecalc.formula.quantity import UNDEFINED
from valuecalc.schemas.changes import in_order
from valuecalc.schemas.keyed import CASE, MISSING, Outline, Place, keyed, same, unkeyed
from valuecalc.schemas.wording import describe, text_of, texts_of

EXCLUSIVE = (("value", "values"), ("years", "months", "periods"))
"""Fields of one mapping that say the same thing in different ways: only one side can be right."""


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A place that both sides changed differently. The values are JSON; None for nothing.

    `label` and `field` are the place for people, `unit` that of a number there (in `ours`).
    Conflicts of one `group` have to be decided for the same side: it is empty where one stands
    alone.
    """

    place: str
    label: str
    field: str
    base: Any = None
    ours: Any = None
    theirs: Any = None
    unit: str = ""
    group: str = ""

    @property
    def is_order(self) -> bool:
        """Whether it is the order of items with ids: then the values are lists of their names."""
        return _outline_at(tuple(self.place.split("."))).items is not None

    @property
    def base_text(self) -> str:
        """What both began with, as people read it."""
        return texts_of(self.base, self.ours, (self.unit, self.unit))[0]

    @property
    def ours_text(self) -> str:
        """What our side made of it."""
        return self._texts[0]

    @property
    def theirs_text(self) -> str:
        """What the other side made of it."""
        return self._texts[1]

    @cached_property
    def _texts(self) -> tuple[str, str]:
        return texts_of(self.ours, self.theirs, (self.unit, self.unit))


UNIT = ".unit"
TOGETHER = "+"
"""Between the places of a question that is about several."""


@dataclass(frozen=True)
class Question:
    """Conflicts that are decided together, since a number needs the unit of its own side."""

    conflicts: tuple[Conflict, ...]

    @property
    def place(self) -> str:
        """All their places, as they come back with the answer."""
        return TOGETHER.join(each.place for each in self.conflicts)

    @property
    def label(self) -> str:
        """What they belong to, for people."""
        return self.conflicts[0].label

    @property
    def field(self) -> str:
        """Their fields for people."""
        return " and ".join(each.field for each in self.conflicts)

    @property
    def base_text(self) -> str:
        """What both began with, as people read it."""
        return self._text("base")

    @property
    def ours_text(self) -> str:
        """What our side made of it."""
        return self._text("ours")

    @property
    def theirs_text(self) -> str:
        """What the other side made of it."""
        return self._text("theirs")

    def _text(self, side: str) -> str:
        if len(self.conflicts) == 1:
            return str(getattr(self.conflicts[0], f"{side}_text"))
        values = {each.place: getattr(each, side) for each in self.conflicts}
        units = [value or "1" for place, value in values.items() if place.endswith(UNIT)]
        # Numbers are written with the unit of their side, which need not be said again.
        shown = [
            text_of(value, units[0] if units else "1")
            for place, value in values.items()
            if value is not None and not place.endswith(UNIT)
        ]
        return "; ".join(shown or map(text_of, units)) or UNDEFINED


def questions(conflicts: Sequence[Conflict]) -> tuple[Question, ...]:
    """What is to be decided, in the order of the conflicts."""
    found: dict[str, list[Conflict]] = {}
    for each in conflicts:
        found.setdefault(each.group or each.place, []).append(each)
    return tuple(Question(tuple(each)) for each in found.values())


@dataclass(frozen=True)
class Merge:
    """The document with the changes of both sides, and the places where somebody has to choose.

    The document is not checked: one side may have removed what the other side uses.
    """

    document: dict[str, Any]
    conflicts: tuple[Conflict, ...] = ()


def merged(base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merge:
    """The three-way merge of two documents that both come from `base`.

    It goes field by field; lists without ids count as one value. A field that was removed on
    one side and changed on the other is a conflict as well.
    """
    merger = _Merger(keyed(base), keyed(ours), keyed(theirs))
    document = merger.merge(merger.base, merger.ours, merger.theirs, CASE, ())
    return Merge(unkeyed(document), tuple(merger.conflicts))


def reordered(document: Mapping[str, Any], conflict: Conflict) -> dict[str, Any]:
    """The document with the items of a conflict about their order in the order of `theirs`.

    Items that `theirs` does not name stand behind those that they stand behind now.
    """
    view = keyed(document)
    return unkeyed(_in_order(view, conflict.place.split("."), conflict.theirs))


def _in_order(view: Mapping[str, Any], path: Sequence[str], names: Sequence[str]) -> dict[str, Any]:
    if path:
        inner = view.get(path[0])
        if not isinstance(inner, Mapping):
            return dict(view)
        return {**view, path[0]: _in_order(inner, path[1:], names)}
    known = [name for name in names if name in view]
    return {name: view[name] for name in _with_additions(known, list(view))}


def _outline_at(place: Place) -> Outline:
    outline = CASE
    for key in place:
        outline = outline.below(key)
    return outline


class _Merger:
    """Walks three keyed views side by side, and collects the conflicts."""

    def __init__(
        self, base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]
    ) -> None:
        self.base, self.ours, self.theirs = base, ours, theirs
        self.conflicts: list[Conflict] = []

    def merge(self, base: Any, ours: Any, theirs: Any, outline: Outline, place: Place) -> Any:
        """What stands at a place afterwards; `MISSING` for nothing."""
        if same(ours, theirs, outline) or same(base, theirs, outline):
            return ours
        if same(base, ours, outline):
            return theirs
        first = {} if base is MISSING else base
        second, third = _opened(ours, outline), _opened(theirs, outline)
        if _are_mappings(first, second, third):
            return self.merge_fields(first, second, third, outline, place)
        self.conflict(place, base, ours, theirs)
        return ours

    def merge_fields(
        self, base: Any, ours: Any, theirs: Any, outline: Outline, place: Place
    ) -> Any:
        """A mapping afterwards, field by field."""
        found: dict[str, Any] = {}
        groups = {key: group for group in _groups(ours, theirs, outline) for key in group}
        decided: set[str] = set()
        for key in in_order({**base, **ours}, theirs, outline):
            if key in decided:
                continue
            if key in groups:
                decided.update(groups[key])
                found |= self.merge_group(base, ours, theirs, groups[key], place)
                continue
            first, second, third = (each.get(key, MISSING) for each in (base, ours, theirs))
            found[key] = self.merge(first, second, third, outline.below(key), (*place, key))
        kept = {key for key, value in found.items() if value is not MISSING}
        if not kept and outline.is_container:
            return MISSING if place else {}
        order = self.order(base, ours, theirs, outline, place)
        return {key: found[key] for key in order if key in kept}

    def merge_group(
        self, base: Any, ours: Any, theirs: Any, group: Sequence[str], place: Place
    ) -> dict[str, Any]:
        """Fields that only make sense together: all of them come from the same side."""
        sides = [_only(each, group) for each in (base, ours, theirs)]
        if sides[0] == sides[1]:
            return sides[2]
        if sides[0] != sides[2]:
            together = ".".join((*place, group[0]))
            for key in group:
                before, here, there = (each.get(key, MISSING) for each in sides)
                if here != there:
                    self.conflict((*place, key), before, here, there, together)
        return sides[1]

    def conflict(self, place: Place, base: Any, ours: Any, theirs: Any, group: str = "") -> None:
        named = describe(place, self.theirs if ours is MISSING else self.ours)
        values = [None if each is MISSING else each for each in (base, ours, theirs)]
        self.conflicts.append(
            Conflict(
                place=".".join(place),
                label=named.label,
                field=named.field,
                base=values[0],
                ours=values[1],
                theirs=values[2],
                unit=named.unit,
                group=group,
            )
        )

    def order(
        self,
        base: Mapping[str, Any],
        ours: Mapping[str, Any],
        theirs: Mapping[str, Any],
        outline: Outline,
        place: Place,
    ) -> list[str]:
        """The keys of both sides: in the order of the side that moved some, else of ours."""
        moved_here, moved_there = _is_moved(base, ours), _is_moved(base, theirs)
        if moved_there and not moved_here:
            return _with_additions(list(theirs), list(ours))
        if moved_there and outline.items is not None and _is_moved(ours, theirs):
            self.conflict(place, list(base), list(ours), list(theirs))
        return _with_additions(list(ours), list(theirs))


def _are_mappings(*values: Any) -> bool:
    return all(isinstance(each, Mapping) for each in values)


def _opened(value: Any, outline: Outline) -> Any:
    """The value, where no items at all are the same as an empty list of them."""
    return {} if value is MISSING and outline.is_container else value


def _only(fields: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: fields[key] for key in keys if key in fields}


def _groups(
    ours: Mapping[str, Any], theirs: Mapping[str, Any], outline: Outline
) -> Iterator[Sequence[str]]:
    """The fields of a mapping that have to come from one side together."""
    if outline.items is not None:
        return
    units = [each.get("unit", MISSING) for each in (ours, theirs)]
    if outline.measured and units[0] != units[1]:
        # A number of the one side would be read in the unit of the other.
        yield ("unit", *outline.measured)
        return
    for group in EXCLUSIVE:
        known = [key for key in group if key in outline.fields]
        if len(known) > 1:
            yield known


def _is_moved(base: Mapping[str, Any], side: Mapping[str, Any]) -> bool:
    return [key for key in base if key in side] != [key for key in side if key in base]


def _with_additions(keys: list[str], others: list[str]) -> list[str]:
    """`keys`, and those of `others` that are missing, each behind its predecessor there.

    What both sides added at the same spot stands together, that of `keys` first.
    """
    found = list(keys)
    known, theirs = set(keys), set(others)
    position = 0
    for key in others:
        if key in known:
            position = found.index(key) + 1
            continue
        while position < len(found) and found[position] not in theirs:
            position += 1
        found.insert(position, key)
        position += 1
    return found
