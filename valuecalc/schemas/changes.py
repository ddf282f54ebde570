"""What changed between two documents of a case, field by field, as people would say it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, cast

from valuecalc.errors import DocumentError
from valuecalc.schemas.fields import Choice, InputField
from valuecalc.schemas.keyed import CASE, MISSING, Outline, Place, keyed, same
from valuecalc.schemas.result import OutputShape, Words
from valuecalc.schemas.wording import describe, texts_of

CHANGED, ADDED, REMOVED, MOVED = KINDS = ("changed", "added", "removed", "moved")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference between two versions of a document.

    `place` is its path (`assumptions.subscribers.value`), `label` what it belongs to and
    `field` which part of that, for people. `before` and `after` are the JSON values, None
    where there is none. `kind` is

    - `changed`: the value is another one
    - `added`, `removed`: a field, or a whole item as one change
    - `moved`: the order of a list (`before` and `after` are ids), or an item that has a new id
      and is otherwise the same (`before` and `after` are its ids)

    `unit` is the unit of a number in the later version and `unit_before` in the earlier one.
    For a number that has evidence, `evidence_before` and `evidence_after` say where it came
    from in each version.
    """

    place: str
    label: str
    field: str
    kind: str
    before: Any = None
    after: Any = None
    unit: str = ""
    unit_before: str = ""
    evidence_before: Mapping[str, Any] | None = None
    evidence_after: Mapping[str, Any] | None = None

    @property
    def before_text(self) -> str:
        """What was there, as people read it; `–` for nothing."""
        return self._texts[0]

    @property
    def after_text(self) -> str:
        """What is there now, as people read it; `–` for nothing."""
        return self._texts[1]

    @cached_property
    def _texts(self) -> tuple[str, str]:
        return texts_of(self.before, self.after, (self.unit_before, self.unit))


# --------------------------------------------------------------------------- finding them


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Every change from one document to another, in the order of the document.

    Items are the same when their ids are; an item that only got another id counts as renamed
    where that is certain. Equal documents give `()`.
    """
    if before == after:
        return ()
    finder = _Finder(keyed(before), keyed(after))
    return tuple(finder.between(finder.before, finder.after, CASE, ()))


class _Finder:
    """Walks two keyed views side by side."""

    def __init__(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        self.before = before
        self.after = after

    def between(self, before: Any, after: Any, outline: Outline, place: Place) -> Iterator[Change]:
        """The changes at a place and below it."""
        if same(before, after, outline):
            return
        if outline.is_container:
            before = {} if before is MISSING else before
            after = {} if after is MISSING else after
        if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
            yield self.change(place, before, after)
        elif outline.items is not None:
            yield from self.between_items(before, after, outline.items, place)
        else:
            for key in in_order(before, after, outline):
                inner = outline.below(key)
                pair = before.get(key, MISSING), after.get(key, MISSING)
                yield from self.between(*pair, inner, (*place, key))

    def between_items(
        self, before: Mapping[str, Any], after: Mapping[str, Any], outline: Outline, place: Place
    ) -> Iterator[Change]:
        renamed = _renamed(before, after)
        new_ids = set(renamed.values())
        for id, item in before.items():
            if id in renamed:
                yield self.rename((*place, id), id, renamed[id])
            else:
                yield from self.between(item, after.get(id, MISSING), outline, (*place, id))
        for id, item in after.items():
            if id not in before and id not in new_ids:
                yield self.change((*place, id), MISSING, item)
        earlier = [renamed.get(id, id) for id in before]
        if _is_reordered(earlier, after):
            yield self.change(place, list(before), list(after), MOVED)

    def rename(self, place: Place, before: str, after: str) -> Change:
        label = describe(place, self.before).label
        field = describe((*place, "id"), self.before).field
        where = ".".join(place)
        return Change(place=where, label=label, field=field, kind=MOVED, before=before, after=after)

    def change(self, place: Place, before: Any, after: Any, kind: str = "") -> Change:
        earlier, later = describe(place, self.before), describe(place, self.after)
        named = earlier if after is MISSING else later
        is_measured = _has_number(before) or _has_number(after)
        return Change(
            place=".".join(place),
            label=named.label,
            field=named.field,
            kind=kind or _kind(before, after),
            before=None if before is MISSING else before,
            after=None if after is MISSING else after,
            unit=later.unit,
            unit_before=earlier.unit,
            evidence_before=_evidence(self.before, place) if is_measured else None,
            evidence_after=_evidence(self.after, place) if is_measured else None,
        )


def in_order(
    before: Mapping[str, Any], after: Mapping[str, Any], outline: Outline
) -> Iterable[str]:
    """The keys of both mappings, in the order of the schema where it knows them."""
    keys = dict.fromkeys([*before, *after])
    known = [key for key in outline.fields if key in keys]
    return dict.fromkeys([*known, *keys])


def _kind(before: Any, after: Any) -> str:
    if before is MISSING:
        return ADDED
    return REMOVED if after is MISSING else CHANGED


def _has_number(value: Any) -> bool:
    if isinstance(value, list) and value:
        return all(_has_number(each) for each in value)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _evidence(view: Mapping[str, Any], place: Place) -> Mapping[str, Any] | None:
    """The evidence of the nearest mapping around a place that has any."""
    found = None
    value: Any = view
    for key in place[:-1]:
        value = value.get(key) if isinstance(value, Mapping) else None
        if isinstance(value, Mapping) and isinstance(value.get("evidence"), Mapping):
            found = value["evidence"]
    return found


def _renamed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """New ids by old ones, for items that are otherwise equal and have no double."""
    gone = {id: _content(item) for id, item in before.items() if id not in after}
    new = {id: _content(item) for id, item in after.items() if id not in before}
    if not gone or not new:
        return {}
    times_gone, times_new = Counter(gone.values()), Counter(new.values())
    by_content = {content: id for id, content in new.items() if times_new[content] == 1}
    return {
        id: by_content[content]
        for id, content in gone.items()
        if content in by_content and times_gone[content] == 1
    }


def _content(item: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in item.items() if key != "id"}
    return json.dumps(rest, sort_keys=True)


def _is_reordered(before: list[str], after: Mapping[str, Any]) -> bool:
    kept = set(before)
    common = [id for id in before if id in after]
    return common != [id for id in after if id in kept]


# --------------------------------------------------------------------------- as JSON


class Json(InputField):
    """A JSON value of any kind."""


class Facts(InputField):
    """The fields of a mapping, or null."""

    openapi = {"type": ["object", "null"]}


class ChangeSchema(OutputShape):
    """One difference between two versions of a case."""

    place = Words(about="The path in the document.", example="assumptions.subscribers.value")
    label = Words(about="What it belongs to.", example="Subscribers on affected plans")
    field = Words(about="Which part of that, in words.", example="expected value")
    kind = Choice(KINDS, about="What happened; an item that came or went is one change.")
    before = Json(about="The earlier value; null for none.")
    after = Json(about="The later value; null for none.")
    before_text = Words(about="The earlier value as people read it.", example="104,167 subscribers")
    after_text = Words(about="The later value as people read it.", example="120,000 subscribers")
    unit = Words(about="The unit of a number in the later version.", example="subscriber")
    unit_before = Words(about="Its unit in the earlier version.", example="subscriber")
    evidence_before = Facts(about="Where a number came from in the earlier version.")
    evidence_after = Facts(about="Where a number comes from in the later version.")


def dump_changes(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Changes as JSON, in their order."""
    return cast(list[dict[str, Any]], _CHANGE.dump(list(changes), many=True))


def load_changes(data: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    """The changes that `dump_changes` wrote. Raises `DocumentError` for anything else."""
    try:
        return tuple(_load(each) for each in data)
    except (KeyError, TypeError) as error:
        raise DocumentError(
            f"The list of changes cannot be read: {error} is missing or wrong.",
            "Compare the two versions again.",
        ) from None


def _load(data: Mapping[str, Any]) -> Change:
    return Change(**{each.name: data[each.name] for each in fields(Change)})


_CHANGE = ChangeSchema()
