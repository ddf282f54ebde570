"""Lists in slices, and what stands in addresses: numbers, names of rows, moments, cursors.

A cursor says where a slice ended. It is opaque, so that nobody relies on what is in it; a
made-up one gives at most another place of the same list.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import orjson

from valuecalc.schemas.fields import Flag, Identifier, InputField, Many, Table, Text
from valuecalc.schemas.problems import mistake, shown
from valuecalc.schemas.reading import is_blank
from valuecalc.schemas.requests import RequestShape

MOST_ROWS = 200
USUAL_ROWS = 50
LARGEST_INTEGER = 2**31 - 1
LARGEST_ROW_NUMBER = 2**63 - 1
CURSOR_LENGTH = 200
UID_PATTERN = "^[A-Za-z0-9_-]{16}$"

_WHOLE = re.compile(r"-?[0-9]{1,18}(\.0{1,6})?", re.ASCII)
_UID = re.compile(UID_PATTERN[1:-1], re.ASCII)
_CURRENCY = re.compile(r"[A-Za-z]{3}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MICROSECOND = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)


# --------------------------------------------------------------------------- single values


class ExactField(InputField):
    """A value that is there or not; an empty one is a mistake, and not the same as none."""

    def deserialize(
        self,
        value: Any,
        attr: str | None = None,
        data: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Any:
        """Read `value`. Raises `ValidationError` with flaws."""
        if isinstance(value, str) and is_blank(value):
            return self._deserialize(value, attr, data)
        return super().deserialize(value, attr, data, **options)


AnyField = TypeVar("AnyField", bound=InputField)


def or_null(field: AnyField) -> AnyField:
    """The field, described as it is read: null is the same as nothing."""
    usual = {Many: "array", Table: "object", Flag: "boolean"}
    found = field.metadata.get("type") or usual.get(type(field), "object")
    kinds = found if isinstance(found, list) else [found]
    words = {"enum": [*field.metadata["enum"], None]} if "enum" in field.metadata else {}
    field.metadata = {**field.metadata, "type": [*kinds, "null"], **words}
    return field


class Integer(ExactField):
    """A whole number within bounds, without a unit; in an address it is written in digits."""

    def __init__(self, *, least: int, most: int = LARGEST_INTEGER, **options: Any) -> None:
        self.least, self.most = least, most
        self.openapi = {"type": "integer", "minimum": least, "maximum": most}
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> int:
        number = _whole(value)
        if number is None or not self.least <= number <= self.most:
            raise mistake(
                "number",
                f"“{shown(value)}” is no whole number from {self.least} to {self.most:,}.",
                "Write it in digits alone.",
            )
        return number


def _whole(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value.partition(".")[0])
    return value if isinstance(value, int) else None


class ExactIdentifier(ExactField, Identifier):
    """The id of a scenario or the like in an address."""


class Uid(ExactField):
    """The public name of a case, a team or the like."""

    openapi = {"type": "string", "pattern": UID_PATTERN}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        if not isinstance(value, str) or not _UID.fullmatch(value):
            raise mistake(
                "id", f"“{shown(value)}” is no id.", "Send one of 16 characters, as lists give it."
            )
        return value


class CurrencyCode(ExactField):
    """Three letters to look for; a code that nobody uses finds nothing."""

    openapi = {"type": "string", "pattern": "^[A-Za-z]{3}$"}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        if not isinstance(value, str) or not _CURRENCY.fullmatch(value):
            raise mistake(
                "currency", f"“{shown(value)}” is no currency.", "Write three letters, such as EUR."
            )
        return value.upper()


class Moment(ExactField):
    """A moment with its zone, such as `2026-11-03T10:30:00Z`; a day begins at midnight UTC."""

    openapi = {"type": "string", "format": "date-time"}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> datetime:
        try:
            return _read_moment(value if isinstance(value, str) else "")
        except (ValueError, OverflowError):
            raise mistake(
                "date",
                f"“{shown(value)}” is no moment.",
                "Write it as 2026-11-03T10:30:00Z; a + in an address has to be written %2B.",
            ) from None

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> Any:
        return None if value is None else write_moment(value)


def _read_moment(text: str) -> datetime:
    if _DATE.fullmatch(text):
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    if not _MOMENT.fullmatch(text):
        raise ValueError
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


def write_moment(moment: datetime) -> str:
    """A moment as it goes out: `2026-11-03T10:30:00.123456Z`."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


# --------------------------------------------------------------------------- cursors


def write_cursor(*parts: int | datetime) -> str:
    """An opaque text for where a slice ended."""
    plain = [_microseconds(each) if isinstance(each, datetime) else each for each in parts]
    return base64.urlsafe_b64encode(orjson.dumps(plain)).decode().rstrip("=")


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


class Cursor(ExactField):
    """Where a slice ended: as many parts as `kinds`, each a whole number or a moment."""

    openapi = {"type": "string", "maxLength": CURSOR_LENGTH, "pattern": "^[A-Za-z0-9_-]+$"}

    def __init__(self, *kinds: type[int] | type[datetime], **options: Any) -> None:
        self.kinds = kinds
        options.setdefault("about", "What `next` of the slice before said.")
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> tuple[Any, ...]:
        numbers = _numbers_in(value, len(self.kinds))
        if numbers is None:
            raise mistake(
                "cursor",
                "This cursor comes from no list.",
                "Send what `next` said, or leave it out to begin anew.",
            )
        return tuple(map(_part, self.kinds, numbers))


def read_cursor(text: str, *kinds: type[int] | type[datetime]) -> tuple[Any, ...] | None:
    """The parts of a cursor in the address of a page; None for one that comes from no list."""
    numbers = _numbers_in(text, len(kinds))
    return None if numbers is None else tuple(map(_part, kinds, numbers))


def _numbers_in(value: object, count: int) -> list[int] | None:
    if not isinstance(value, str) or len(value) > CURSOR_LENGTH:
        return None
    try:
        found = orjson.loads(base64.b64decode(f"{value}===", altchars=b"-_"))
    except ValueError:
        return None
    if not isinstance(found, list) or len(found) != count:
        return None
    is_sound = all(type(each) is int and 0 <= each <= LARGEST_ROW_NUMBER for each in found)
    return found if is_sound else None


def _part(kind: type, number: int) -> int | datetime:
    if kind is int:
        return number
    return _EPOCH + timedelta(microseconds=min(number, _LAST_MICROSECOND))


# --------------------------------------------------------------------------- slices


class SliceQuery(RequestShape):
    """How much of a list to send."""

    example = "?limit=50"

    limit = Integer(
        least=1, most=MOST_ROWS, load_default=USUAL_ROWS, about="The most rows to send."
    )


def next_field() -> Text:
    """What says where the list goes on."""
    return Text(allow_none=True, about="Send it as `cursor` for what follows; null at the end.")


def next_cursor(has_more: bool, last: Sequence[int | datetime]) -> str | None:
    """The cursor after a slice; None at the end of the list."""
    return write_cursor(*last) if has_more else None
