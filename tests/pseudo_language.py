"""A language that marks every text of ours, so that what is still English can be seen.

It writes days and numbers as French does: a day that was written in English is seen as well.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import Any

from babel import Locale

from valuecalc.documents.languages import Language
from valuecalc.documents.languages.catalogue import Catalogue

OPEN, CLOSE = "⟦", "⟧"

OWN = "qw"
"""What every word of the author of a disguised case begins with."""

_WRITTEN = (
    "title",
    "customer",
    "summary",
    "label",
    "note",
    "name",
    "role",
    "publisher",
    "sector",
    "region",
    "change",
    "result",
    "by",
    "capability",
    "delivery",
)
"""The fields of a case in which somebody's own words stand."""

_MARKED = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LOCALE = Locale("fr")
_MONTHS = frozenset(
    word
    for context in ("format", "stand-alone")
    for width in ("wide", "abbreviated")
    for month in _LOCALE.months[context][width].values()
    for word in _WORD.findall(month)
)

_BETWEEN = frozenset(("et", "ou", "er"))


@dataclass(frozen=True)
class _Marking(Catalogue):
    """A catalogue that has every text: in English, between marks."""

    def pattern(self, english: str, other: str, form: int) -> str:
        pattern = other if other and form else english
        return "".join(
            _marked(words) + ("" if name is None else f"{{{name}}}")
            for words, name, _, _ in Formatter().parse(pattern)
        )


def _marked(words: str) -> str:
    escaped = words.replace("{", "{{").replace("}", "}}")
    return f"{OPEN}{escaped}{CLOSE}" if words else ""


PSEUDO = Language("fr", _Marking({}))
"""The language itself, for `languages.speaking`."""


def disguised(part: Any) -> Any:
    """A case, or a part of one, with every word of its author changed into one of nobody's."""
    if isinstance(part, tuple):
        return tuple(map(disguised, part))
    if not dataclasses.is_dataclass(part) or isinstance(part, type):
        return part
    fields = {each.name: getattr(part, each.name) for each in dataclasses.fields(part)}
    names = {*_WRITTEN, "source"} if _is_word_of_mouth(part) else _WRITTEN
    return dataclasses.replace(
        part,
        **{
            name: _disguise(value) if name in names and type(value) is str else disguised(value)
            for name, value in fields.items()
        },
    )


def _is_word_of_mouth(part: Any) -> bool:
    return type(part).__name__ == "Evidence"


def _disguise(text: str) -> str:
    return _WORD.sub(lambda word: f"{OWN}{word[0].lower()}", text)


def unmarked(text: str) -> str:
    """What stands outside the marks: values, and whatever does not come from a catalogue."""
    return _MARKED.sub(" ", text)


def english_in(text: str, authors: Collection[str] = ()) -> list[str]:
    """The words of a text that are neither marked nor the author's own, nor of Babel.

    `authors` are texts whose words are somebody's own; so are those of a disguised case.
    """
    own = _allowed(tuple(authors))
    words = _WORD.findall(unmarked(text))
    return [word for word in words if word not in own and not word.lower().startswith(OWN)]


@lru_cache(maxsize=8)
def _allowed(authors: tuple[str, ...]) -> frozenset[str]:
    # Kept, because a document has thousands of texts of the same authors.
    return _MONTHS | _BETWEEN | {word for each in authors for word in _WORD.findall(each)}
