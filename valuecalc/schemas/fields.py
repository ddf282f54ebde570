"""The kinds of values that a document has: fields that read by `reading` and write back.

An empty value is the same as none at all. The messages do not name the place: `problems`
does. `openapi` is what the API's document says of a field.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any, cast

from marshmallow import ValidationError, fields, missing

from valuecalc.case.case import Start
from valuecalc.errors import UnitError, did_you_mean
from valuecalc.formula import functions, grammar, quantity, units
from valuecalc.schemas.problems import Missing, mistake, shown
from valuecalc.schemas.reading import (
    is_blank,
    plain_number,
    read_currency,
    read_date,
    read_figure_name,
    read_identifier,
    read_in_unit,
    read_month,
    read_number,
    read_start,
    read_text,
    read_unit,
    read_url,
    tidy_unit,
)

LABEL_LENGTH = 300
NOTE_LENGTH = 5_000
URL_LENGTH = 2_000


class InputField(fields.Field[Any]):
    """Base of all fields: what is blank counts as missing; `about` goes to the API's document."""

    openapi: Mapping[str, Any] = {}

    def __init__(self, *arguments: Any, about: str = "", example: str = "", **options: Any) -> None:
        described = {"description": about, "example": example}
        metadata = {**self.openapi, **{key: text for key, text in described.items() if text}}
        absent: dict[str, Any] = {key: [Missing(example)] for key in ("required", "null")}
        super().__init__(*arguments, metadata=metadata, error_messages=absent, **options)

    def deserialize(
        self,
        value: Any,
        attr: str | None = None,
        data: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Any:
        """Read `value`. Raises `ValidationError` with flaws."""
        if is_blank(value):
            value = None if self.allow_none else missing
        if value is missing and not self.required:
            return self.load_default  # most keys of most items are left out
        return super().deserialize(value, attr, data, **options)


# --------------------------------------------------------------------------- text


class Text(InputField):
    """A short text, such as a label."""

    limit = LABEL_LENGTH

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.openapi = {"type": "string", "maxLength": self.limit}
        super().__init__(*arguments, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        return read_text(value, self.limit)


class Note(Text):
    """A long text."""

    limit = NOTE_LENGTH


class Url(Text):
    """A web address."""

    limit = URL_LENGTH

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        return read_url(value, self.limit)


class FormulaText(InputField):
    """A formula as it was written, or a plain number; it is read and checked later."""

    openapi = {"type": ["string", "number"], "maxLength": grammar.MAX_LENGTH}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        if isinstance(value, int | float):
            return quantity.show_plain(read_number(value).value)
        return read_text(value, grammar.MAX_LENGTH)


class FigureName(InputField):
    """The name of a figure, such as `npv` or `benefits.arpu.total`."""

    openapi = {"type": "string", "maxLength": 200}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        return read_figure_name(value)


class Flag(InputField):
    """Yes or no."""

    openapi = {"type": "boolean"}
    words = {"true": True, "yes": True, "false": False, "no": False}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> bool:
        if isinstance(value, bool):
            return value
        word = value.strip().lower() if isinstance(value, str) else ""
        if word not in self.words:
            raise mistake("flag", f"“{shown(value)}” is neither yes nor no.", "Write yes or no.")
        return self.words[word]


class Choice(InputField):
    """One of a few words: an enumeration, or the texts in `choices`."""

    def __init__(self, choices: type[Enum] | Iterable[str], **options: Any) -> None:
        listed = [
            (each.value, each) if isinstance(each, Enum) else (each, each) for each in choices
        ]
        self.choices: dict[str, Any] = dict(listed)
        self.openapi = {"type": "string", "enum": list(self.choices)}
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> Any:
        word = value.strip() if isinstance(value, str) else value
        if not isinstance(word, str) or word not in self.choices:
            raise mistake(
                "choice",
                f"“{shown(value)}” is not one of the words known here.",
                did_you_mean(shown(value), self.choices),
            )
        return self.choices[word]

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> Any:
        return value.value if isinstance(value, Enum) else value


# --------------------------------------------------------------------------- names

RESERVED_IN_FORMULAS: Mapping[str, str] = {
    **{word: f"“{word}” counts the time in formulas" for word in grammar.TIME_WORDS},
    **{name: f"“{name}” is a function in formulas" for name in functions.FUNCTIONS},
}
RESERVED_SCENARIOS: Mapping[str, str] = {
    word: f"every case has a scenario “{word}”, which is worked out and not typed"
    for word in ("conservative", "expected", "stretch")
}


class Identifier(InputField):
    """The name of an item; `reserved` gives words that are taken, each with the reason."""

    openapi = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*$", "maxLength": 60}

    def __init__(self, *, reserved: Mapping[str, str] | None = None, **options: Any) -> None:
        self.reserved = reserved or {}
        options.setdefault("about", "The name by which other parts of the case refer to this.")
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        name = read_identifier(value)
        reason = self.reserved.get(name.lower())
        if reason is not None:
            raise mistake(
                "reserved",
                f"“{name}” cannot be an id: {reason}.",
                f"Use another one, such as {name.lower()}_1.",
            )
        return name


# --------------------------------------------------------------------------- numbers and units


class Quantity(InputField):
    """A number as people write it.

    `unit` is the unit of the place, or `unit_key` the key of the same mapping that holds it;
    without either a number may carry any unit. `least` and `most` bound it, and it has to be
    more than `above`.
    """

    openapi = {"type": ["number", "string"]}

    def __init__(
        self,
        *,
        unit: str | None = None,
        unit_key: str | None = None,
        least: float | None = None,
        most: float | None = None,
        above: float | None = None,
        **options: Any,
    ) -> None:
        self.unit = unit
        self.unit_key = unit_key
        self.least, self.most, self.above = least, most, above
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> Any:
        unit = self._unit_of_place(data)
        number = read_in_unit(value, unit)
        self._refuse_outside(number, unit or "1")
        return number

    def _unit_of_place(self, data: Any) -> str | None:
        if self.unit_key is None or not isinstance(data, Mapping):
            return self.unit
        written = data.get(self.unit_key)
        try:
            return tidy_unit(written) if isinstance(written, str) and written.strip() else None
        except UnitError:
            return None  # the field of the unit says so

    def _refuse_outside(self, number: float, unit: str) -> None:
        for fails, words, bound in (
            (self.least is not None and number < self.least, "at least", self.least),
            (self.most is not None and number > self.most, "at most", self.most),
            (self.above is not None and number <= self.above, "more than", self.above),
        ):
            if fails and bound is not None:
                raise mistake(
                    "range",
                    f"{_in_full(number, unit)} is out of range here.",
                    f"Write {words} {_in_full(bound, unit)}.",
                )

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> Any:
        return None if value is None else plain_number(value)


def _in_full(number: float, unit: str) -> str:
    # A year has no thousands separator.
    is_short = unit == "1" and abs(number) < 10_000
    return quantity.show_plain(number) if is_short else quantity.show(number, unit)


class Unread(Quantity):
    """A number that is left as it was written, because its unit stands elsewhere."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> Any:
        return value


class Rate(Quantity):
    """A share or a yearly rate. A text needs its `%`; a plain JSON number is a fraction."""

    def __init__(self, **options: Any) -> None:
        super().__init__(unit="%", **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> Any:
        number = read_number(value)
        if isinstance(value, str) and number.value and number.unit is None:
            written = quantity.show_plain(number.value)
            raise mistake(
                "number",
                f"“{shown(value)}” leaves open whether it is {written}% or "
                f"{quantity.show_plain(round(number.value * 100, 12))}%.",
                f"Write {written}% if it is that.",
            )
        return super()._deserialize(value, attr, data, **options)


class Whole(Quantity):
    """A whole number within bounds."""

    openapi = {"type": ["integer", "string"]}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> int:
        number = super()._deserialize(value, attr, data, **options)
        if number != int(number):
            raise mistake(
                "number", f"“{shown(value)}” is no whole number.", f"Write {round(number)}."
            )
        return int(number)


class UnitText(InputField):
    """A unit, such as `GBP/subscriber/month`, `%` or `1`."""

    openapi = {"type": "string", "maxLength": units.MAX_LENGTH}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        return read_unit(value)


class Currency(InputField):
    """An ISO 4217 code."""

    openapi = {"type": "string", "pattern": "^[A-Z]{3}$"}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        return read_currency(value)


# --------------------------------------------------------------------------- dates


class DateField(InputField):
    """A day, such as `2027-01-31`; a month stands for its first day."""

    openapi = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$"}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> date:
        return read_date(value)

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


class MonthField(DateField):
    """The first day of a month."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> date:
        return read_month(value)

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, date) else value


class StartField(InputField):
    """When something starts or ends: a period number, a date, a month, or a milestone's id.

    A month stands for its first day, and for its last one with `month_end`, so that
    `ends: 2027-12` takes December in.
    """

    openapi = {"type": ["integer", "string"]}

    def __init__(self, *, month_end: bool = False, **options: Any) -> None:
        self.month_end = month_end
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> Start:
        return read_start(value, month_end=self.month_end)

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


# --------------------------------------------------------------------------- collections


class Part(InputField, fields.Nested):
    """One mapping inside another."""


ITEMS_ARE_KEPT = 4096
LONGEST_KEPT_ITEM = 8_000


def _read_item(part: Part, item: Mapping[str, Any]) -> Any:
    """An item of a list; what was read before is not read again.

    While somebody types, a case is read ten times a second, and all of its rows but one are
    the same as before. What an item is made into never changes, so that cases can share it.
    """
    try:
        # Without references (they begin in version 3), equal items have equal bytes.
        raw = marshal.dumps(cast(Any, item), 2)
    except ValueError:
        return part.deserialize(item)  # it holds a date, as a workbook gives it
    if len(raw) > LONGEST_KEPT_ITEM:
        return part.deserialize(item)
    return _read_again(part, raw)


@lru_cache(maxsize=ITEMS_ARE_KEPT)
def _read_again(part: Part, raw: bytes) -> Any:
    # Only what this process has written itself a moment ago is ever read here.
    return part.deserialize(marshal.loads(raw))  # noqa: S302


class Many(InputField, fields.List[Any]):
    """A list of at most `most` items, read into a tuple."""

    def __init__(
        self, inner: fields.Field[Any], *, least: int = 0, most: int, **options: Any
    ) -> None:
        self.least, self.most = least, most
        self.openapi = {"maxItems": most, **({"minItems": least} if least else {})}
        super().__init__(inner, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> Any:
        self._refuse_no_list(value)
        found: list[Any] = []
        flaws: dict[int, Any] = {}
        for index, each in enumerate(value):
            try:
                found.append(self._item(each, attr, data))
            except ValidationError as error:
                flaws[index] = error.messages
        if flaws:
            raise ValidationError(flaws)
        return tuple(found)

    def _item(self, item: Any, attr: Any, data: Any) -> Any:
        if is_blank(item):
            raise mistake("missing", "The item is empty.", "Fill it in or remove it.")
        if isinstance(self.inner, Part) and isinstance(item, Mapping):
            return _read_item(self.inner, item)
        return self.inner.deserialize(item, attr, data)

    def _refuse_no_list(self, value: Any) -> None:
        if not isinstance(value, list | tuple):
            raise mistake("shape", "A list is expected here.", "Write it in square brackets: […].")
        if len(value) > self.most:
            raise mistake(
                "too_many",
                f"The list has {len(value):,} items; {self.most:,} are allowed.",
                "Combine some of them.",
            )
        if len(value) < self.least:
            raise mistake("missing", "The list is empty.", "Fill it in or remove it.")


class Table(InputField, fields.Dict):
    """Names with a value each; `read_key` refuses what is no name."""

    def __init__(
        self,
        values: fields.Field[Any],
        *,
        read_key: Callable[[object], str],
        most: int,
        **options: Any,
    ) -> None:
        self.read_key, self.most = read_key, most
        super().__init__(values=values, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> Any:
        self._refuse_no_table(value)
        found: dict[str, Any] = {}
        flaws: dict[Any, Any] = {}
        assert self.value_field is not None
        for key, each in value.items():
            try:
                name = self.read_key(key)
                if name in found:
                    raise mistake("duplicate", "The name stands here twice.", "Keep one of them.")
                found[name] = self.value_field.deserialize(each)
            except ValidationError as error:
                flaws[key] = error.messages
        if flaws:
            raise ValidationError(flaws)
        return found

    def _refuse_no_table(self, value: Any) -> None:
        if not isinstance(value, Mapping):
            raise mistake("shape", "A mapping is expected here.", "Write {name: number, …}.")
        if len(value) > self.most:
            raise mistake(
                "too_many",
                f"There are {len(value):,} entries; {self.most:,} are allowed.",
                "Leave some out.",
            )

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> Any:
        assert self.value_field is not None
        write = self.value_field._serialize
        return {key: write(each, None, None) for key, each in value.items()}
