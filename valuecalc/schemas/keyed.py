"""The keyed view of a document, in which items go by their ids, and changing it in part.

In the document of a case the assumptions are a list; in its keyed view they are a mapping from
id to item, in the same order. Versions are compared, merged and patched on this view, so that
an item is the same one wherever it stands in its list. Which lists hold items with ids is read
off the schema of the case. A correlation goes by the pair that it is between, in alphabetical
order (`arpu~churn`); all other lists are single values.

The functions share unchanged parts with what they were given, and never change it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from marshmallow import Schema, fields

from valuecalc.errors import CaseError, DocumentError, Problem
from valuecalc.schemas.assembly import MAX_DEPTH
from valuecalc.schemas.case import CaseSchema
from valuecalc.schemas.parts import MeasuredShape
from valuecalc.schemas.problems import pair_of, shown
from valuecalc.schemas.risk import CorrelationSchema
from valuecalc.schemas.shape import Shape

Place = tuple[str, ...]
"""A place in the keyed view: `("assumptions", "subscribers", "low")`."""


# --------------------------------------------------------------------------- the outline


@dataclass(frozen=True, eq=False)
class Outline:
    """What can stand at one place of the keyed view, as the schema has it.

        `fields` are those of a mapping; `items` is what each item is, where items go by ids;
        `each` what each value of any list is; `entries` what each value is, where keys are free.
        `required` are the fields that have to be there. `unit` is the unit of a number there,
        `unit_key` the field beside it that holds the unit. `measured` are the fields whose numbers
    count in the unit of their mapping. `empty_is_none` says that a mapping without any field is
        the same as none at all.
    """

    fields: Mapping[str, Outline] = field(default_factory=dict)
    items: Outline | None = None
    each: Outline | None = None
    entries: Outline | None = None
    required: frozenset[str] = frozenset()
    unit: str | None = None
    unit_key: str | None = None
    measured: tuple[str, ...] = ()
    empty_is_none: bool = False

    @cached_property
    def holds_items(self) -> bool:
        """Whether items that go by ids stand here or below."""
        if self.items is not None:
            return True
        return any(each.holds_items for each in self.fields.values())

    @cached_property
    def is_container(self) -> bool:
        """Whether none at all is the same as an empty one, as where there is nothing but items."""
        if self.items is not None or self.empty_is_none:
            return True
        return bool(self.fields) and all(each.is_container for each in self.fields.values())

    def below(self, key: str) -> Outline:
        """What can stand at `key`; nothing in particular where the schema does not know."""
        return self.items or self.fields.get(key) or self.entries or _ANYTHING


_ANYTHING = Outline()


def _outline(schema: Schema) -> Outline:
    found = {each.data_key or name: _outline_of(each) for name, each in schema.fields.items()}
    required = {each.data_key or name for name, each in schema.fields.items() if each.required}
    measured = schema.numbers if isinstance(schema, MeasuredShape) else ()
    return Outline(
        fields=found,
        required=frozenset(required),
        measured=measured,
        empty_is_none=isinstance(schema, Shape) and schema.empty_is_none,
    )


def _outline_of(each: fields.Field[Any]) -> Outline:
    if isinstance(each, fields.Nested):
        return _outline(each.schema)
    if isinstance(each, fields.Dict) and each.value_field is not None:
        return Outline(entries=_outline_of(each.value_field))
    if isinstance(each, fields.List):
        inner = _outline_of(each.inner)
        if isinstance(each.inner, fields.Nested):
            is_named = _has_name(each.inner.schema)
            return Outline(items=inner if is_named else None, each=inner)
        return Outline(each=inner, unit=inner.unit, unit_key=inner.unit_key)
    return Outline(unit=getattr(each, "unit", None), unit_key=getattr(each, "unit_key", None))


def _has_name(schema: Schema) -> bool:
    if isinstance(schema, CorrelationSchema):
        return True
    return "id" in schema.fields and schema.fields["id"].required


CASE = _outline(CaseSchema())
"""The outline of a whole case."""


# --------------------------------------------------------------------------- the view


def keyed(document: Mapping[str, Any]) -> dict[str, Any]:
    """The view of a document in which every list of items with ids maps ids to items."""
    return cast(dict[str, Any], _keyed(document, CASE))


def unkeyed(view: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a keyed view: `unkeyed(keyed(document)) == document`."""
    return cast(dict[str, Any], _unkeyed(view, CASE))


def _keyed(value: Any, outline: Outline) -> Any:
    if outline.items is not None:
        by_id = _by_id(value)
        if by_id is None:
            return value
        return {id: _keyed(item, outline.items) for id, item in by_id.items()}
    if isinstance(value, Mapping) and outline.holds_items:
        return {key: _keyed(each, outline.below(key)) for key, each in value.items()}
    return value


def _by_id(items: Any) -> dict[str, Any] | None:
    """The items by their ids; None unless they all have one of their own."""
    if not isinstance(items, list | tuple):
        return None
    names = {_name_of(item): item for item in items}
    found = {name: item for name, item in names.items() if name is not None}
    return found if len(found) == len(items) else None


def _name_of(item: Any) -> str | None:
    """What an item goes by: its id, or the pair that it is between."""
    id = item.get("id") if isinstance(item, Mapping) else None
    return id if isinstance(id, str) else pair_of(item)


def _unkeyed(value: Any, outline: Outline) -> Any:
    if outline.items is not None and isinstance(value, Mapping):
        inner = outline.items
        return [_named(id, _unkeyed(item, inner), inner) for id, item in value.items()]
    if isinstance(value, Mapping) and outline.holds_items:
        return {key: _unkeyed(each, outline.below(key)) for key, each in value.items()}
    return value


def _named(name: str, item: Any, outline: Outline) -> Any:
    if not isinstance(item, Mapping) or "id" in item or "between" in item:
        return item
    if "between" in outline.fields:
        return {"between": name.split("~"), **item}
    return {"id": name, **item}


class _Missing:
    """What stands where nothing stands; null is a value of its own."""


MISSING = _Missing()


def same(one: Any, other: Any, outline: Outline) -> bool:
    """Whether the same stands at a place of two keyed views; the order of items counts."""
    if one != other:
        return False
    if not outline.holds_items or not isinstance(one, Mapping):
        return True
    if outline.items is not None and list(one) != list(other):
        return False
    return all(same(each, other[key], outline.below(key)) for key, each in one.items())


# --------------------------------------------------------------------------- patches


def patched(document: Mapping[str, Any], patch: object) -> dict[str, Any]:
    """The document changed in part, by a JSON Merge Patch (RFC 7396) on its keyed view.

    `{"title": "x", "assumptions": {"subscribers": {"value": "120,000"}, "old_one": null}}`:
    a new id appends an item, null removes. Values may be written as people write them, for
    the outcome still has to go through `load_sound_case`. Raises `DocumentError` for what is
    no mapping at all, and `CaseError` with every place of the wrong kind.
    """
    if not isinstance(patch, Mapping):
        raise DocumentError(
            f"The patch is {_kind(patch)}, and a mapping of the fields to change is expected.",
            'Write one such as {"title": "New data services"}.',
        )
    mistakes = tuple(_mistakes(patch, CASE, (), is_item=False))
    if mistakes:
        raise CaseError(mistakes)
    return unkeyed(merge_patch(keyed(document), patch))


def merge_patch(target: Any, patch: Any) -> Any:
    """A JSON value changed by a JSON Merge Patch, as RFC 7396 defines it.

    Mappings are merged key by key, null removes a key, anything else replaces what was there.
    """
    if not isinstance(patch, Mapping):
        return patch
    found = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = merge_patch(found.get(key), value)
    return found


def _mistakes(patch: Any, outline: Outline, place: Place, *, is_item: bool) -> Iterator[Problem]:
    """What stands at a place where it cannot, and what is nested too deeply to be looked at."""
    if len(place) > MAX_DEPTH:
        yield _too_deep(place)
        return
    if isinstance(patch, list | tuple) and outline.items is None and not is_item:
        for index, each in enumerate(patch):
            yield from _mistakes(each, _ANYTHING, (*place, str(index)), is_item=False)
        return
    if isinstance(patch, Mapping):
        for key, each in patch.items():
            inner = outline.below(key)
            is_one = outline.items is not None
            yield from _mistakes(each, inner, (*place, str(key)), is_item=is_one)
    elif patch is not None and outline.items is not None:
        yield _not_by_id(patch, place)
    elif patch is not None and is_item:
        yield _no_item(patch, place)


def _not_by_id(patch: object, place: Place) -> Problem:
    return _mistake(
        place,
        f"{_kind(patch).capitalize()} stands where items are changed by their ids.",
        'Write a mapping such as {"subscribers": {"value": 120000}}; null removes an item.',
    )


def _no_item(patch: object, place: Place) -> Problem:
    return _mistake(
        place,
        f"{_kind(patch).capitalize()} stands where the fields of an item are expected.",
        'Write a mapping such as {"label": "Subscribers"}, or null to remove the item.',
    )


def _too_deep(place: Place) -> Problem:
    return _mistake(
        place[:3],
        f"The patch is nested more than {MAX_DEPTH} deep here.",
        "A case needs no more than five levels: look for a bracket too many.",
    )


def _mistake(place: Place, cause: str, remedy: str) -> Problem:
    where = ".".join(shown(each, 60) for each in place)
    return Problem(code="shape", place=where, cause=cause, remedy=remedy)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a yes or no"
    if isinstance(value, int | float):
        return "a number"
    return "a text" if isinstance(value, str) else "a list"
