"""The base of our schemas: one mapping of a document and one type of ours, both ways."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, post_dump, post_load

from valuecalc.schemas.problems import Flaw, UnknownKey


class Shape(Schema):
    """A mapping whose keys are the fields of `makes`.

    Loading refuses unknown keys and makes a `makes`; what is left out has its default there.
    Dumping leaves out what has the default, apart from the keys in `always`. `example` is
    shown where something else than a mapping was given. `empty_is_none` says that a mapping
    without any key is the same as none at all.
    """

    makes: ClassVar[type] = dict
    example: ClassVar[str] = "{name: value, …}"
    always: ClassVar[frozenset[str]] = frozenset()
    empty_is_none: ClassVar[bool] = False

    class Meta:
        """Unknown keys are mistakes."""

        unknown = RAISE

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        known = tuple(each.data_key or name for name, each in self.load_fields.items())
        remedy = f"Write it as {self.example}."
        messages: dict[str, Any] = {
            "type": Flaw("shape", "A mapping of names and values is expected here.", remedy),
            "unknown": UnknownKey(known),
        }
        self.error_messages = {**self.error_messages, **messages}

    @post_load
    def _make(self, data: Mapping[str, Any], **_: Any) -> Any:
        return self.build(dict(data))

    def build(self, data: dict[str, Any]) -> Any:
        """The object that the loaded values make."""
        return self.makes(**data)

    @post_dump(pass_original=True)
    def _without_defaults(self, dumped: dict[str, Any], thing: Any, **_: Any) -> dict[str, Any]:
        defaults = _defaults_of(self.makes)
        for name, each in self.dump_fields.items():
            attribute = each.attribute or name
            if attribute in self.always or attribute not in defaults:
                continue
            if getattr(thing, attribute) == defaults[attribute]:
                dumped.pop(each.data_key or name, None)
        return dumped


@cache
def _defaults_of(kind: type) -> dict[str, Any]:
    """The defaults of a dataclass by field; empty for any other type."""
    if not dataclasses.is_dataclass(kind):
        return {}
    found = {}
    for each in dataclasses.fields(kind):
        if each.default is not dataclasses.MISSING:
            found[each.name] = each.default
        elif each.default_factory is not dataclasses.MISSING:
            found[each.name] = each.default_factory()
    return found
