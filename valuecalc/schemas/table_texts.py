"""Numbers and days in a table that somebody typed, as other countries write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

# Nothing but a decimal comma explains these, and nothing but a decimal point those.
_COMMA = re.compile(r"^[^\d.,]*(?:\d{1,3}(?:\.\d{3})+,\d+|\d+,(?:\d{1,2}|\d{4,}))[^\d.,]*$")
_POINT = re.compile(r"^[^\d.,]*(?:\d{1,3}(?:,\d{3})+\.\d+|\d*\.(?:\d{1,2}|\d{4,}))[^\d.,]*$")
_GROUPS = re.compile(r"^[^\d.,]*\d{1,3}(?:,\d{3})+[^\d.,]*$")
_DOTS = re.compile(r"^[^\d.,]*[1-9]\d{0,2}(?:\.\d{3})+[^\d.,]*$")
_CURRENCY_BEHIND = re.compile(r"^([-+\u2212]?\d[\d.,]*) ?([£$€¥])$")
_APOSTROPHE = re.compile(r"(?<=\d)['\u2019](?=\d{3})")


@dataclass(frozen=True)
class Numbers:
    """How the numbers of one table are written.

    `example` is one with a decimal comma, where commas stand for the point in all of them;
    `is_certain` whether some number shows which of both it is.
    """

    example: str = ""
    is_certain: bool = True

    @classmethod
    def of(cls, texts: Iterable[str]) -> Numbers:
        """How these are written, as far as any of them shows it."""
        found = list(texts)
        commas = [each for each in found if _COMMA.match(each)]
        points = [each for each in found if _POINT.match(each) or _GROUPS.match(each)]
        if commas and not points:
            return cls(commas[0])
        return cls(is_certain=bool(points))

    @property
    def told(self) -> tuple[str, str]:
        """That commas were read as points, and what to do if that is wrong."""
        cause = (
            f"They have decimal commas: “{self.example[:40]}” is {self.read(self.example)[:40]}."
        )
        return cause, "Dots were read as separators of thousands."

    def read(self, text: str) -> str:
        """A number with a decimal point, its currency in front."""
        plain = _CURRENCY_BEHIND.sub(r"\2\1", _APOSTROPHE.sub("", text))
        return plain.replace(".", "").replace(",", ".") if self.example else plain

    def doubt(self, text: str) -> tuple[str, str] | None:
        """What to say of a number whose dot may be one of thousands; None for any other."""
        if self.is_certain or not _DOTS.match(text):
            return None
        point = text.replace(".", "", text.count(".") - 1)
        remedy = f"If it is {text.replace('.', '')}, write it without a dot."
        return f"“{text[:40]}” was read as {point[:40]}, with a decimal point.", remedy


# --------------------------------------------------------------------------- days

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_IN_WORDS = re.compile(r"(\d{1,2})\.? ([a-z]{3,9})\.?,? (\d{4})", re.IGNORECASE)
_IN_NUMBERS = re.compile(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})")


def iso_day(text: str) -> str | None:
    """A day as `2026-03-31`; None for what is none, or may be one of two (`3/4/2026`)."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return text
    return _made(_parts(text))


def _parts(text: str) -> Sequence[int]:
    """Year, month and day; nothing where that is not certain."""
    if words := _IN_WORDS.fullmatch(text):
        month = words[2].casefold()[:3]
        return (int(words[3]), _MONTHS.index(month) + 1, int(words[1])) if month in _MONTHS else ()
    numbers = _IN_NUMBERS.fullmatch(text)
    if numbers is None:
        return ()
    first, second, year = int(numbers[1]), int(numbers[3]), int(numbers[4])
    if numbers[2] == "." or first > 12 or first == second:
        return year, second, first
    return (year, first, second) if second > 12 else ()


def _made(parts: Sequence[int]) -> str | None:
    try:
        return date(*parts).isoformat() if parts else None
    except ValueError:
        return None
