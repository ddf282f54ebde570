"""A language, and how it says what the program has written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, cached_property
from locale import windows_locale
from string import Formatter
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list

from valuecalc import phrases
from valuecalc.documents.languages import amounts
from valuecalc.documents.languages.catalogue import EMPTY, FOLDER, Catalogue, read
from valuecalc.errors import UnknownName
from valuecalc.formula.quantity import Amount
from valuecalc.phrases import Capitalised, Count, Day, Joined, Listed, Lowered, Phrase

_WRITTEN_IN = "en-GB"
_SPACES = re.compile(r"[ \u202f]")
_WINDOWS = {tag.replace("_", "-"): number for number, tag in windows_locale.items()}
_DAYS = {
    phrases.SHORT: "yMMMd",
    phrases.MONTH: "yMMMM",
    phrases.DAY_OF_YEAR: "MMMd",
    phrases.MONTH_OF_YEAR: "MMM",
    phrases.SHORT_MONTH: "yMMM",
}


@dataclass(frozen=True)
class Language:
    """A language by its tag, `en-GB` or `de`; `texts` stand in for those of its file."""

    tag: str
    texts: Catalogue | None = field(default=None, repr=False, compare=False)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The texts that it has, read when something is said."""
        return read(self.tag.replace("-", "_")) if self.texts is None else self.texts

    @cached_property
    def locale(self) -> Locale:
        """What Babel knows of it."""
        return Locale.parse(self.tag, sep="-")

    @property
    def name(self) -> str:
        """Its own name: `Deutsch`, `English (United Kingdom)`."""
        name = self.locale.get_display_name() or self.tag
        return f"{name[:1].upper()}{name[1:]}"

    @property
    def office_tag(self) -> str:
        """The tag that office programs know it by, which has a country: `de-DE`."""
        return self.tag if "-" in self.tag else f"{self.tag}-{self.tag.upper()}"

    @property
    def number_code(self) -> str:
        """What a number format of office programs begins with: `[$-407]` for German.

        LibreOffice takes the separators of numbers from it, and not from whoever reads them.
        Empty for a language that Windows has no number for.
        """
        number = _WINDOWS.get(self.office_tag)
        return "" if number is None else f"[$-{number:X}]"

    def say(self, text: str) -> str:
        """A text of ours in this language; somebody's own words as they are."""
        match text:
            case Phrase():
                return "".join(map(self._piece, self.pieces(text)))
            case Joined():
                return self.say(text.separator).join(map(self.say, text.parts))
            case Listed():
                return self._list(text)
            case Lowered():
                is_english = self.locale.language == "en"
                return str(text) if is_english else self.say(text.original)
            case Capitalised():
                words = self.say(text.small)
                return f"{words[:1].upper()}{words[1:]}"
        return self._number(text)

    def _number(self, text: str) -> str:
        """An amount, a number of things or a day; anything else as it is."""
        match text:
            case Amount():
                return amounts.written(text, self.locale, self.catalogue)
            case Count():
                return amounts.separated(text, self.locale)
            case Day():
                return self._day(text)
        return text

    def _list(self, text: Listed) -> str:
        said = list(map(self.say, text.parts))
        if text.kind == "and":
            return format_list(said, "standard", self.locale)
        return format_list(said, "or", self.locale)

    def pieces(self, text: str) -> Iterator[Any]:
        """What a text consists of, one after the other: texts, and values with a `text`.

        Phrases inside phrases are taken apart as well, and so are texts with a separator.
        """
        match text:
            case Phrase():
                yield from self._pieces_of(text)
            case Joined():
                for number, part in enumerate(text.parts):
                    yield from (self.say(text.separator),) if number and text.separator else ()
                    yield from self.pieces(part)
            case _:
                yield self.say(text)

    def _pieces_of(self, text: Phrase) -> Iterator[Any]:
        for words, name, _, _ in Formatter().parse(self._pattern(text)):
            if words:
                yield words
            if name is not None:
                value = text.values[name]
                if isinstance(value, str):
                    yield from self.pieces(value)
                else:
                    yield value if hasattr(value, "text") else str(value)

    def _piece(self, value: Any) -> str:
        text = getattr(value, "text", value)
        return self.say(text) if isinstance(text, str) else str(text)

    def _pattern(self, text: Phrase) -> str:
        if not text.other:
            return self.catalogue.pattern(text.pattern, "", 0)
        return self.catalogue.pattern(text.pattern, text.other, self._form(text.number))

    def _form(self, number: float) -> int:
        """Which form of a plural a number asks for; the forms stand in the order of their names.

        English says `1 month` and `1.0 months`; what is shown is a whole number in all that we
        write.
        """
        if self.catalogue is EMPTY:
            return 0 if number == 1 else 1
        return 0 if self.locale.plural_form(abs(number)) == "one" else 1

    def _day(self, day: Day) -> str:
        if self.tag == _WRITTEN_IN:
            return _SPACES.sub("\u00a0", day)  # which has `Sep`, where Babel has `Sept`
        pattern = "long"
        if day.style in _DAYS:
            pattern = self.locale.datetime_skeletons[_DAYS[day.style]].pattern
        text = _SPACES.sub("\u00a0", format_date(day.date, pattern, self.locale))
        # French counts the first of a month: `1er janvier`.
        return text.replace("1\u00a0", "1er\u00a0", 1) if self._is_first(day) else text

    def _is_first(self, day: Day) -> bool:
        has_day = day.style in (phrases.FULL, phrases.SHORT, phrases.DAY_OF_YEAR)
        return self.locale.language == "fr" and has_day and day.date.day == 1


USUAL = Language(_WRITTEN_IN)
"""The language that everything is written in."""

_spoken: ContextVar[Language | None] = ContextVar("language", default=None)


@cache
def listed() -> tuple[Language, ...]:
    """Every language that a document can be written in, the usual one first."""
    names = sorted(path.stem for path in FOLDER.glob("*.po"))
    return (USUAL, *(Language(name.replace("_", "-")) for name in names))


def find(tag: str) -> Language:
    """The language of a tag. Raises `UnknownName` with those that there are."""
    for each in listed():
        if each.tag.lower() == tag.lower():
            return each
    raise UnknownName("language", tag, [each.tag for each in listed()])


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Let what is written inside the block be in a language."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def current() -> Language:
    """The language that documents are written in here."""
    return _spoken.get() or USUAL


def spoken(text: str) -> str:
    """A text in the language that is spoken; what has been said already stays as it is.

    Where none is spoken, as on pages, it stays as it was written.
    """
    language = _spoken.get()
    return text if language is None or type(text) is str else language.say(text)


def spoken_pieces(text: str) -> Iterator[Any]:
    """The pieces of a text in the language that is spoken: texts, and values with a `text`."""
    return current().pieces(text)
