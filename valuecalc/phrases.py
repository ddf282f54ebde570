"""Texts of ours that can be said in another language.

Every text that the program itself has written, and that may end in a document, is made here. It
is a `str`, in English, and can be used as any other; beside that it remembers what it was made
of, so that `valuecalc.documents.languages` can say the same in German. A plain `str` is
somebody's own words, which nobody translates:

```python
phrase("The largest benefit is “{label}” with {amount}", label=line.label, amount=figure.text)
plural("{number} year", "{number} years", 3)
joined(", ", [phrase("Total benefits"), line.label])
day(date(2027, 1, 1))
```

The English patterns are the keys of the catalogues, so they stand in the call as they are, never
put together. `f"{phrase}…"`, `+` and the methods of `str` give a plain text, which stays English
for good: put what is around it into the pattern.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

FULL, SHORT, MONTH = "full", "short", "month"
"""How a day is written: `1 January 2027`, `1 Jan 2027`, `January 2027`."""

DAY_OF_YEAR, MONTH_OF_YEAR = "day of year", "month of year"
"""Where the year stands beside it: `1 Jan`, `Jan`."""

SHORT_MONTH = "short month"
"""A period of a cash flow: `Jan 2027`."""

_DAYS = {
    FULL: "%-d %B %Y",
    SHORT: "%-d %b %Y",
    MONTH: "%B %Y",
    DAY_OF_YEAR: "%-d %b",
    MONTH_OF_YEAR: "%b",
    SHORT_MONTH: "%b %Y",
}


class Phrase(str):
    """A pattern with its values put in.

    `values` are texts, or things with a `text`, such as figures; those that are phrases
    themselves are translated as well. `other` is the pattern for one thing only, if there is
    one for several, and `number` how many there are.
    """

    pattern: str
    other: str
    number: float
    values: Mapping[str, Any]

    def with_values(self, values: Mapping[str, Any]) -> Phrase:
        """The same with other values."""
        words = _Words(values)
        is_one = not self.other or self.number == 1
        made = Phrase((self.pattern if is_one else self.other).format_map(words))
        made.__dict__.update(self.__dict__, values=values)
        return made


class Count(str):
    """A number of things, with its thousands apart."""


class Joined(str):
    """Texts one after the other, with the same between them."""

    separator: str
    parts: tuple[str, ...]


class Listed(str):
    """Texts as a sentence names them: `A, B and C`; `kind` is `and` or `or`."""

    kind: str
    parts: tuple[str, ...]


class Capitalised(str):
    """A text whose first letter is a capital, because a sentence begins with it."""

    small: str


class Lowered(str):
    """Somebody's own words inside a sentence, whose first letter is small in English alone."""

    original: str


class Day(str):
    """A day, written as `style` says."""

    date: date
    style: str


def phrase(pattern: str, /, **values: Any) -> Phrase:
    """A text by its English pattern, whose names in braces are filled with `values`."""
    made = Phrase(pattern.format_map(_Words(values)) if values else pattern)
    made.pattern, made.other, made.number, made.values = pattern, "", 1, values
    return made


def plural(one: str, other: str, number: float, /, **values: Any) -> Phrase:
    """A text that depends on how many there are: `one` for 1, `other` for any other number.

    `{number}` stands for the number as it is, unless `values` say how it is written.
    """
    values.setdefault("number", count(number))
    made = Phrase((one if number == 1 else other).format_map(_Words(values)))
    made.pattern, made.other, made.number, made.values = one, other, number, values
    return made


def count(number: float) -> Count:
    """How many there are: `1,200`."""
    return Count(f"{number:,}")


def joined(separator: str, parts: Iterable[str]) -> Joined:
    """Texts with a separator between them, which is a text of ours or the same everywhere."""
    texts = tuple(parts)
    made = Joined(separator.join(texts))
    made.separator, made.parts = separator, texts
    return made


def listed(parts: Iterable[str], kind: str = "and") -> Listed:
    """Texts as a sentence names them: `A, B and C`."""
    texts = tuple(parts)
    *first, last = texts or ("",)
    made = Listed(f"{', '.join(first)} {kind} {last}" if first else last)
    made.kind, made.parts = kind, texts
    return made


def capitalised(text: str) -> Capitalised:
    """A text at the beginning of a sentence."""
    made = Capitalised(f"{text[:1].upper()}{text[1:]}")
    made.small = text
    return made


def lowered(text: str) -> Lowered:
    """Somebody's own words inside a sentence: `licences` for `Licences`, but `ARPU`.

    Other languages keep them as they were typed: German nouns begin with a capital.
    """
    begins = text[:1] if text[1:2].isupper() else text[:1].lower()
    made = Lowered(f"{begins}{text[1:]}")
    made.original = text
    return made


def day(when: date, style: str = FULL) -> Day:
    """A day for people, in one of the styles above."""
    made = Day(f"{when:{_DAYS[style]}}")
    made.date, made.style = when, style
    return made


class _Words(dict[str, Any]):
    """The values of a pattern as texts."""

    def __getitem__(self, name: str) -> str:
        value = super().__getitem__(name)
        if isinstance(value, str):
            return value
        text = getattr(value, "text", value)
        return text if isinstance(text, str) else str(text)
