"""Numbers as a language writes them: separators, the place of the currency, names of units.

The digits are those that `valuecalc.formula.quantity` shows, so that an amount is as precise in
every language.
"""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

from valuecalc.documents.languages.catalogue import Catalogue
from valuecalc.formula import quantity
from valuecalc.formula.quantity import Amount
from valuecalc.phrases import phrase, plural

_SPACES = re.compile(r"[ \u202f]")
_NUMBER = re.compile(r"[#0.,]+")

SCALES = {
    "k": phrase("{number}k"),
    "m": phrase("{number}m"),
    "bn": phrase("{number}bn"),
    "tn": phrase("{number}tn"),
}
"""Thousands, millions, billions and trillions (10¹²), as short as they are in headlines."""

TIME_UNITS = {
    "second": plural("second", "seconds", 2),
    "minute": plural("minute", "minutes", 2),
    "hour": plural("hour", "hours", 2),
    "day": plural("day", "days", 2),
    "week": plural("week", "weeks", 2),
    "month": plural("month", "months", 2),
    "quarter": plural("quarter", "quarters", 2),
    "year": plural("year", "years", 2),
}
"""The units that are not somebody's own word."""

PER = phrase("per {unit}")


def written(amount: Amount, locale: Locale, catalogue: Catalogue) -> str:
    """An amount with its currency or percentage and its unit, kept on one line."""
    number = separated(amount.digits, locale)
    if amount.scale:
        number = _filled(catalogue, SCALES[amount.scale].pattern, number=number)
    if amount.is_percentage:
        number = _in_pattern(locale.percent_formats[None].pattern, number, "%", "%")
    elif amount.currency:
        number = _in_pattern(_money_pattern(locale), number, "¤", _symbol(amount.currency, locale))
    return f"{amount.sign}{number}{_tail(amount, locale, catalogue)}"


def separated(digits: str, locale: Locale) -> str:
    """Digits as English has them, with the separators of a language."""
    signs = {
        ",": _SPACES.sub("\u202f", get_group_symbol(locale)),
        ".": get_decimal_symbol(locale),
    }
    return "".join(signs.get(each, each) for each in digits)


def _money_pattern(locale: Locale) -> str:
    pattern: str = locale.currency_formats["standard"].pattern
    return pattern.split(";")[0]


def _in_pattern(pattern: str, number: str, mark: str, sign: str) -> str:
    around = _NUMBER.sub("{number}", pattern, count=1)
    spaced = _SPACES.sub("\u00a0", around)
    # A code needs a space before its number, a symbol does not.
    if sign.isalpha() and f"{mark}{{number}}" in spaced:
        sign = f"{sign}\u00a0"
    return spaced.replace("{number}", number).replace(mark, sign)


@lru_cache(maxsize=64)
def _symbol(code: str, locale: Locale) -> str:
    """The symbol as everywhere else in the program; a currency without one by its code."""
    known = quantity.SYMBOL_OF.get(code)
    return known or (code if locale.language == "en" else get_currency_symbol(code, locale))


def _tail(amount: Amount, locale: Locale, catalogue: Catalogue) -> str:
    """What follows the number of a quantity: ` per user per month`, ` nodes`."""
    if not amount.unit:
        return ""
    head, *per = amount.unit.split("/")
    noun = ""
    if head not in ("1", "%", "") and not quantity.currency_of(amount.unit):
        noun = f"\u00a0{_counted(head, amount.value, locale, catalogue)}"
    units = (_filled(catalogue, PER.pattern, unit=_one(part, catalogue)) for part in per)
    return noun + "".join(f" {unit}" for unit in units)


def _counted(unit: str, value: float, locale: Locale, catalogue: Catalogue) -> str:
    """The noun of so many; somebody's own noun gets an English plural in English alone."""
    known = TIME_UNITS.get(unit)
    if locale.language == "en":
        is_plural = abs(value) != 1
    else:
        is_plural = locale.plural_form(abs(value)) != "one"
    if known is not None:
        return catalogue.pattern(known.pattern, known.other, int(is_plural))
    return quantity.plural(unit) if is_plural and locale.language == "en" else unit


def _one(unit: str, catalogue: Catalogue) -> str:
    known = TIME_UNITS.get(unit)
    return unit if known is None else catalogue.pattern(known.pattern, known.other, 0)


def _filled(catalogue: Catalogue, pattern: str, **values: str) -> str:
    return catalogue.pattern(pattern, "", 0).format_map(values)
