"""Reads single values as people write them, and refuses what could be meant in two ways.

Each reader takes what YAML gives (text) and what JSON gives (numbers, booleans), and raises a
`ValidationError` with a flaw that says what to write instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import urlsplit

from marshmallow import ValidationError

from valuecalc.case.case import Start
from valuecalc.case.timeline import MAX_YEARS, add_months
from valuecalc.errors import QuantityError, UnitError
from valuecalc.formula import known_units, quantity, units
from valuecalc.schemas.problems import ID, as_mistake, mistake, shown

FIRST_YEAR, LAST_YEAR = 1900, 2200
MAX_PERIODS = MAX_YEARS * 12

_CONTROLS = re.compile(
    # All but newline and tab; half characters; the two that make text run backwards.
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202d\u202e]"
)
_DATE = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?")
MAX_UNIT_TEXT = 300


def is_blank(value: object) -> bool:
    """Whether nothing was written: None, or a text of spaces."""
    return value is None or (isinstance(value, str) and not value.strip())


# --------------------------------------------------------------------------- text


def read_text(value: object, limit: int) -> str:
    """A text without spaces around it. Raises `ValidationError` for anything unprintable."""
    if not isinstance(value, str):
        raise mistake("text", f"{_kind(value)} stands where a text is expected.", _AS_TEXT)
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > limit:
        raise mistake(
            "text",
            f"The text has {len(text):,} characters; {limit:,} are allowed.",
            "Shorten it.",
        )
    control = _CONTROLS.search(text)
    if control is not None:
        raise mistake("text", f"The text holds {_name(control[0])}.", "Remove that character.")
    return text


_AS_TEXT = 'Write a text, in quotes: "…".'


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "A yes or no"
    if isinstance(value, int | float):
        return "A number"
    if isinstance(value, Mapping):
        return "A mapping"
    return "A list" if isinstance(value, list | tuple) else "Something else"


def _name(character: str) -> str:
    name = unicodedata.name(character, "a control character")
    return f"U+{ord(character):04X} ({name})"


def read_url(value: object, limit: int) -> str:
    """A web address; nothing but http and https, since pages make a link of it."""
    text = read_text(value, limit)
    if not _is_web_address(text):
        raise mistake(
            "url",
            f"“{shown(text)}” is no web address.",
            "Write one that begins with https:// or http://.",
        )
    return text


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    is_clean = not re.search(r"[\s\"<>\\^`{|}]", text)
    return parts.scheme in ("http", "https") and bool(host) and is_clean


def read_identifier(value: object) -> str:
    """A name of letters, digits and `_`, at most 60. Raises `ValidationError`."""
    name = value.strip() if isinstance(value, str) else value
    if isinstance(name, str) and ID.fullmatch(name):
        return name
    if isinstance(name, str) and len(name) > 60:
        cause = f"The id “{shown(name)}” has {len(name)} characters; 60 are allowed."
    else:
        cause = f"“{shown(value)}” cannot be an id."
    remedy = f"Use letters, digits and _, beginning with a letter: {_corrected(name)}."
    raise mistake("identifier", cause, remedy)


def _corrected(name: object) -> str:
    plain = unicodedata.normalize("NFKD", name if isinstance(name, str) else "")
    words = re.findall(r"[A-Za-z0-9]+", plain.encode("ascii", "ignore").decode())
    joined = "_".join(words).lower()[:60].strip("_")
    if not joined:
        return "arpu_after"
    return joined if joined[0].isalpha() else f"n_{joined}"[:60]


_FIGURE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*")


def read_figure_name(value: object) -> str:
    """The name of a figure, such as `benefits.arpu.total`. Raises `ValidationError`."""
    name = read_text(value, 200)
    if not _FIGURE_NAME.fullmatch(name):
        raise mistake(
            "figure", f"“{shown(name)}” is no name of a figure.", "Write one such as npv."
        )
    return name


# --------------------------------------------------------------------------- numbers and units


def read_number(value: object, unit: str | None = None) -> quantity.Quantity:
    """A number as people write it. Raises `ValidationError`.

    A plain number (not a text) is taken as it is, so that 0.12 in a place counted in % stays
    0.12, while the text `12` there means 12 %.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise mistake(
            "number",
            f"{_kind(value)} stands where a number is expected.",
            "Write one such as 1,250, 2.5m, £22 or 12%.",
        )
    if isinstance(value, int) and abs(value) > quantity.MAX_MAGNITUDE:
        value = float("inf") if value.bit_length() > 1000 else float(value)
    try:
        return quantity.read(value, unit)
    except QuantityError as error:
        raise as_mistake(error) from None


def unit_agrees(written: str, unit: str) -> bool:
    """Whether a unit written inside a number fits that of its place.

    It is the same one (`£22/month` in GBP/month), or what that begins with (`£22` there).
    Raises `UnitError` when the written one is none.
    """
    head = unit.split("/")[0].strip()
    is_same = units.read(written).parts == units.read(unit).parts
    return is_same or written in (head, quantity.SYMBOLS.get(head))


def read_in_unit(value: object, unit: str | None) -> float:
    """A number in the unit of its place; one that carries another unit is refused.

    Without a unit of the place it may carry any. Raises `ValidationError`.
    """
    number = read_number(value, unit)
    if number.unit is None:
        return number.value
    try:
        agrees = unit_agrees(number.unit, unit or number.unit)
    except UnitError as error:
        raise as_mistake(error) from None
    if not agrees:
        raise mistake(
            "unit",
            f"“{shown(value)}” is in {number.unit}, and {_in_words(unit)} is expected here.",
            f"Write {_in_words(unit)}, or change the unit of this place.",
        )
    return number.value


def _in_words(unit: str | None) -> str:
    return "a plain number" if unit == "1" else f"a number in {unit}"


def plain_number(value: float) -> float | int:
    """The number as JSON shows it best: whole ones without a point."""
    whole = float(value).is_integer() and abs(value) < 1e15
    return int(value) if whole else float(value)


@lru_cache(maxsize=4096)
def tidy_unit(text: str) -> str:
    """A unit in one spelling: `£ per user` becomes `GBP/user`; the nouns stay as written.

    Raises `UnitError`.
    """
    if len(text) > units.MAX_LENGTH:
        units.read(text)
    joined = re.sub(r"\s*(?:\bper\b|/)\s*", "/", text.strip())
    joined = re.sub(r"\s*([*^()])\s*", r"\1", joined)
    tidy = "".join(quantity.SYMBOLS.get(each, each) for each in joined)
    units.read(tidy)
    return tidy


def read_unit(value: object) -> str:
    """A unit in one spelling. Raises `ValidationError`."""
    text = read_text(value, MAX_UNIT_TEXT)
    try:
        return tidy_unit(text)
    except UnitError as error:
        raise as_mistake(error) from None


def read_currency(value: object) -> str:
    """An ISO 4217 code. Raises `ValidationError`."""
    code = read_text(value, MAX_UNIT_TEXT)
    if code in known_units.CURRENCIES:
        return code
    meant = quantity.SYMBOLS.get(code, code.upper())
    known = meant in known_units.CURRENCIES
    remedy = f"Write {meant}." if known else "Write one such as GBP, EUR or USD."
    raise mistake("currency", f"“{shown(code)}” is no currency code.", remedy)


# --------------------------------------------------------------------------- dates


def read_date(value: object, *, month_end: bool = False) -> date:
    """An ISO date; `2027-01` is the first day of the month, or its last with `month_end`.

    Raises `ValidationError`.
    """
    if isinstance(value, date):
        # A workbook gives days as datetimes.
        return _within_years(value.date() if isinstance(value, datetime) else value)
    match = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise mistake(
            "date", f"“{shown(value)}” is no date.", "Write year, month and day: 2027-01-31."
        )
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"] or 1))
    except ValueError:
        raise mistake("date", f"There is no {match[0]}.", "Write a day that exists.") from None
    is_month = match["day"] is None
    return _within_years(_last_day(day) if month_end and is_month else day)


def _within_years(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise mistake(
            "date",
            f"The year {day.year} is far from any value case.",
            f"Write one between {FIRST_YEAR} and {LAST_YEAR}.",
        )
    return day


def _last_day(first: date) -> date:
    return date.fromordinal(add_months(first, 1).toordinal() - 1)


def read_month(value: object) -> date:
    """The first day of a month. Raises `ValidationError` with the corrected text."""
    day = read_date(value)
    if day.day != 1:
        raise mistake(
            "date",
            f"{day.isoformat()} is not the first day of a month.",
            f"Write {day:%Y-%m} or {add_months(day, 1):%Y-%m}.",
        )
    return day


def read_start(value: object, *, month_end: bool = False) -> Start:
    """A period number, a date, a month or the id of a milestone. Raises `ValidationError`.

    A month stands for its first day, and for its last one with `month_end`.
    """
    if isinstance(value, bool | Mapping | list | tuple):
        raise _no_start(value)
    if isinstance(value, str) and ID.fullmatch(value.strip()):
        return value.strip()
    if isinstance(value, date) or _DATE.fullmatch(str(value).strip()):
        return read_date(value, month_end=month_end)
    return _period_number(value)


def _period_number(value: object) -> int:
    text = shown(value).strip()
    number = float(text) if re.fullmatch(r"-?[0-9]{1,9}(?:\.0+)?", text) else None
    if number is None:
        raise _no_start(value)
    if not 0 <= number <= MAX_PERIODS:
        is_year = FIRST_YEAR <= number <= LAST_YEAR
        remedy = f"For a month write {text}-01." if is_year else "Count from 0, the decision."
        raise mistake("start", f"There is no period {text}.", remedy)
    return int(number)


def _no_start(value: object) -> ValidationError:
    return mistake(
        "start",
        f"“{shown(value)}” is neither a period number, a date nor a milestone.",
        "Write one such as 1, 2027-07-01 or go_live.",
    )
