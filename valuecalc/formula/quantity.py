"""Numbers as people write them, read and written in one place.

`read` understands `1,250`, `1 250`, `2.5m`, `3k`, `£22`, `12%`, `(500)`, `-£3k`, `GBP 500`,
`22 GBP/user`; form, YAML, API and workbook import all come through here. A decimal comma is
refused with the corrected text, never guessed. `show` writes a number back: `read(show(x))`
gives `x` to the digits shown.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from valuecalc.errors import QuantityError

SCALES = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "million": 1e6,
    "bn": 1e9,
    "billion": 1e9,
    "tn": 1e12,
    "trillion": 1e12,
}
_POWERS = {word: round(math.log10(scale)) for word, scale in SCALES.items()}
SYMBOLS = {"£": "GBP", "$": "USD", "€": "EUR", "¥": "JPY", "₹": "INR", "₩": "KRW", "₪": "ILS"}
SYMBOL_OF = {code: symbol for symbol, code in SYMBOLS.items()}

MAX_LENGTH = 60
MAX_MAGNITUDE = 1e18
UNDEFINED = "–"
WHOLE_FROM = 1000
"""Numbers from here on are shown without decimals, where nothing else is asked for."""

_WIDE = Context(prec=400)  # for the largest number that there is

_IRREGULAR_PLURALS = {
    "person": "people",
    "man": "men",
    "woman": "women",
    "child": "children",
    "foot": "feet",
    "mouse": "mice",
    "life": "lives",
    "shelf": "shelves",
    "quiz": "quizzes",
    "analysis": "analyses",
    "premises": "premises",
    "series": "series",
    "news": "news",
}
_SPACES = "[ \u00a0\u202f\u2009]"
_DIGITS = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,3}}(?:{_SPACES}\d{{3}})+|\d+)(?:\.\d+)?|\.\d+"
_NUMBER = re.compile(
    rf"""^(?P<open>\()?(?P<sign>[-+])?\s*
    (?P<before>[£$€¥₹₩₪]|[A-Z]{{3}}(?=[\s\d.]))?\s*(?P<sign2>[-+])?
    (?P<digits>{_DIGITS})(?P<exponent>[eE][-+]?\d{{1,3}})?\s*
    (?:(?P<scale>k|thousand|mio|mn|million|m|bn|billion|tn|trillion)(?![a-z]))?\s*
    (?P<percent>%)?\s*
    (?P<after>[^\d\s()+\-.,_%][^()]*?)?(?P<close>\))?$""",
    re.VERBOSE | re.IGNORECASE,
)
_RANGE = re.compile(r"[\d%kmn]\s*(?:to|–|—|\.\.|-)\s*[£$€¥₹₩₪]?\d", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"^[^\d]*\d+(?:\.\d{3})*,\d+\D*$")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(?!\d)")


@dataclass(frozen=True)
class Quantity:
    """A number and the unit that was written with it (`None` when none was)."""

    value: float
    unit: str | None = None


def read(text: str | float | int, unit: str | None = None) -> Quantity:
    """Read a number as people write it.

    `unit` is the unit of the place it goes to; a plain `62` where the unit is `%` means 62 %.
    Percentages are fractions inside. Raises `QuantityError` with the corrected text.
    """
    if isinstance(text, bool):
        raise QuantityError(f"“{text}” is not a number.", "Write 1 or 0.")
    if isinstance(text, int | float):
        return Quantity(_plain(text), None)
    cleaned = text.strip().replace("\u2212", "-")
    _refuse_what_is_no_number(cleaned)
    match = _NUMBER.match(cleaned)
    if match is None or bool(match["open"]) != bool(match["close"]):
        raise _not_a_number(cleaned)
    return _quantity(match, cleaned, unit)


def _plain(number: float | int) -> float:
    try:
        return _within_reach(float(number), str(number))
    except OverflowError:
        raise QuantityError(
            "A number of hundreds of digits is larger than any amount in a value case.",
            f"Stay below {MAX_MAGNITUDE:.0e}.",
        ) from None


def _quantity(match: re.Match[str], text: str, unit: str | None) -> Quantity:
    digits = re.sub(rf"{_SPACES}|,", "", match["digits"])
    power = _POWERS.get((match["scale"] or "").lower(), 0)
    if match["percent"] or (unit is not None and is_percentage(unit)):
        power -= 2
    # Moving the point is exact, where a division would give 12.3% a tail: 0.12300000000000001.
    value = float(f"{digits}e{int((match['exponent'] or 'e0')[1:]) + power}")
    signs = [match["sign"], match["sign2"], "-" if match["open"] else None]
    if signs.count("-") > 1 or (match["sign"] and match["sign2"]):
        raise _not_a_number(text)
    if "-" in signs:
        value = -value
    return Quantity(_within_reach(value, text), _written_unit(match, text))


def _written_unit(match: re.Match[str], text: str) -> str | None:
    before, after = match["before"], (match["after"] or "").strip()
    percent = "%" if match["percent"] else ""
    if (before or percent) and after.startswith(("/", "per ")):
        code = SYMBOLS.get(before, before.upper()) if before else percent
        return f"{code}{after.replace('per ', '/')}"
    if before and (after or percent):
        raise QuantityError(f"“{text}” names two units.", "Write one of them.")
    if before:
        return SYMBOLS.get(before, before.upper())
    unit = f"{percent} {after}".strip()
    return unit or None


def _refuse_what_is_no_number(text: str) -> None:
    if not text:
        raise QuantityError("A number is missing.", "Write one such as 1,250, 2.5m, £22 or 12%.")
    if len(text) > MAX_LENGTH:
        raise QuantityError(
            f"“{text[:20]}…” is too long for a number.", f"Use at most {MAX_LENGTH} characters."
        )
    if _RANGE.search(text):
        raise QuantityError(
            f"“{text}” is a range.", "Put the lower number in low and the higher one in high."
        )
    if _DECIMAL_COMMA.match(text) and not _GROUPED.search(text):
        corrected = text.replace(".", "").replace(",", ".")
        raise QuantityError(f"“{text}” uses a decimal comma.", f"Write {corrected}.")


def _not_a_number(text: str) -> QuantityError:
    return QuantityError(
        f"“{text[:40]}” is not a number.", "Write one such as 1,250, 2.5m, £22, 12% or (500)."
    )


def _within_reach(value: float, text: str) -> float:
    if math.isnan(value) or math.isinf(value):
        raise QuantityError(f"“{text[:40]}” is not a finite number.", "Write an ordinary number.")
    if abs(value) > MAX_MAGNITUDE:
        raise QuantityError(
            f"“{text[:40]}” is larger than any amount in a value case.",
            f"Stay below {MAX_MAGNITUDE:.0e}.",
        )
    return value


class Amount(str):
    """A number as it is shown, which can be written in another language as well.

    `digits` are its digits as English has them (`1,250.50`), `sign` is `−`, `+` or nothing,
    `scale` what they are multiplied by (`k`, `m`, `bn`, `tn` or nothing), `currency` a code or
    nothing, `is_percentage` says whether `%` follows. `unit` is the unit of which the tail
    follows (` per user per month`), or nothing, and `value` the number itself.
    """

    digits: str
    sign: str
    scale: str
    currency: str
    is_percentage: bool
    unit: str
    value: float

    def followed_by(self, unit: str) -> Amount:
        """The same with the tail of a unit: `£22 per subscriber per month`, `3 nodes`."""
        made = Amount(f"{self}{unit_tail(unit, self.value)}")
        made.__dict__.update(self.__dict__, unit=unit)
        return made

    def without_per(self) -> Amount:
        """The same without what it is counted by: `£22` of `£22 per subscriber per month`."""
        made = Amount(self.partition(" per ")[0])
        made.__dict__.update(self.__dict__, unit=self.unit.split("/")[0])
        return made

    def with_decimals(self, most: int) -> Amount:
        """The same with at most so many decimals; what follows them is cut off."""
        whole, _, decimals = self.digits.partition(".")
        digits = f"{whole}.{decimals[:most]}" if decimals[:most] else whole
        made = Amount(str(self).replace(self.digits, digits, 1))
        made.__dict__.update(self.__dict__, digits=digits)
        return made


def shown_as(digits: str, value: float, *, is_percentage: bool = False) -> Amount:
    """A number whose digits, without a sign, have been chosen: `12%` for 0.125."""
    return _amount(value, digits, is_percentage=is_percentage)


def _amount(
    value: float,
    digits: str,
    *,
    scale: str = "",
    currency: str | None = None,
    is_percentage: bool = False,
    plus: bool = False,
) -> Amount:
    percent = "%" if is_percentage else ""
    sign = _sign(value, digits, plus)
    made = Amount(f"{sign}{_currency_before(currency)}{digits}{scale}{percent}")
    made.digits, made.sign, made.scale = digits, sign, scale
    made.currency, made.is_percentage = currency or "", is_percentage
    made.unit, made.value = "", value
    return made


def show(value: float, unit: str = "1", *, digits: int | None = None, sign: bool = False) -> str:
    """Write a number in full: `£5,000,016`, `12.5%`, `104,167`, `−£3,000`.

    Only what `unit` begins with is written (a currency or `%`); `show_with_unit` adds the
    rest. `digits` fixes the decimals; without it, as many as the number needs, up to what
    the eye can use (money of a thousand and more shows none). `sign` writes a plus as well.
    What is no number, because it is undefined, is shown as a dash.
    """
    if not math.isfinite(value):
        return UNDEFINED
    if is_percentage(unit):
        shown = _decimal(abs(value) * 100, digits, small=2)
        return _amount(value, shown, is_percentage=True, plus=sign)
    currency = currency_of(unit)
    if unit == currency and abs(value) < 0.005:
        value = 0.0  # less than half a penny is what rounding left over
    number = _decimal(abs(value), digits, small=4)
    if currency and digits is None:
        number = as_price(number)
    return _amount(value, number, currency=currency, plus=sign)


def as_price(number: str) -> str:
    """The digits of an amount of money as prices are written: `38.50` for `38.5`."""
    return f"{number}0" if number[-2:-1] == "." else number


def show_short(value: float, unit: str = "1") -> str:
    """Write a number in three significant digits: `£1.67m`, `£12.0m`, `£522k`, `12%`.

    Thousands and more always show three, so that amounts side by side are equally precise.
    """
    if not math.isfinite(value):
        return UNDEFINED
    if is_percentage(unit):
        return _amount(value, _at_most_three_digits(abs(value) * 100), is_percentage=True)
    if abs(value) < 999.5 and currency_of(unit) and not float(value).is_integer():
        return show(round(value, 2) if abs(value) < 100 else round(value), unit)
    number, scale = _short(abs(value))
    return _amount(value, number, scale=scale, currency=currency_of(unit))


def show_with_unit(value: float, unit: str) -> str:
    """Write a number in full with its whole unit: `£22 per subscriber per month`, `3 nodes`."""
    shown = show(value, unit)
    return shown.followed_by(unit) if isinstance(shown, Amount) else f"{shown}{unit_tail(unit)}"


def unit_tail(unit: str, value: float = 2) -> str:
    """What follows the number of a quantity in words: ` per user per month`, ` nodes`."""
    head, *per = unit.split("/")
    if head in ("1", "%", "") or currency_of(unit):
        noun = ""
    else:
        noun = f"\u00a0{head if abs(value) == 1 else plural(head)}"
    return noun + "".join(f" per {part}" for part in per)


def plural(noun: str) -> str:
    """The plural of a unit's noun; technical units such as kWh have none."""
    is_word = noun.replace(" ", "").isalpha() and noun.islower()
    if not is_word or noun in ("kg", "km"):
        return noun
    if noun in _IRREGULAR_PLURALS:
        return _IRREGULAR_PLURALS[noun]
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh", "z")) else f"{noun}s"


def show_plain(value: float) -> str:
    """The shortest text that reads back as exactly this number: `104167`, `0.125`, `1e-09`."""
    whole = float(value).is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else repr(float(value))


@lru_cache(maxsize=1024)
def currency_of(unit: str) -> str | None:
    """The currency code that a unit begins with: `GBP` of `GBP/month`; else None."""
    head = unit.split("/")[0]
    return head if len(head) == 3 and head.isupper() and head.isalpha() else None


@lru_cache(maxsize=1024)
def is_percentage(unit: str) -> bool:
    """Whether numbers in this unit are fractions that people write as percentages."""
    return unit.split("/")[0].strip() == "%"


def _sign(value: float, digits: str, plus: bool) -> str:
    # A value that shows as zero carries no sign: "−£0" reads as a mistake.
    if not any(character in "123456789" for character in digits):
        return ""
    if value < 0:
        return "\u2212"
    return "+" if plus else ""


def _currency_before(code: str | None) -> str:
    return SYMBOL_OF.get(code, f"{code}\u00a0") if code else ""


def _decimal(value: float, digits: int | None, small: int) -> str:
    if digits is not None:
        return _rounded(value, digits)
    if value >= 1e15:
        return f"{value:.4g}"
    places = 0 if value >= WHOLE_FROM else 2 if value >= 10 else small
    if value and value < 10**-small:
        return f"{value:.2g}"
    text = _rounded(value, places)
    return _without_zeros(text) if "." in text else text


def _rounded(value: float, digits: int) -> str:
    """With so many decimals, a half rounded up: what a spreadsheet shows for the same number."""
    # Spreadsheets look at 15 digits, so that 100.49999999999999 counts as the half that it is.
    if not math.isfinite(value):
        return UNDEFINED  # a hundred times the largest number there is
    exact = Decimal(f"{value:.15g}")
    return f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _WIDE):,f}"


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".")


_SCALES = ((999.5e9, 1e12, "tn"), (999.5e6, 1e9, "bn"), (999_500, 1e6, "m"), (999.5, 1e3, "k"))


def _short(value: float) -> tuple[str, str]:
    """Three digits, and what they are multiplied by."""
    for limit, divisor, suffix in _SCALES:
        if value >= limit:
            return _three_digits(value / divisor), suffix
    return _at_most_three_digits(value), ""


def _at_most_three_digits(value: float) -> str:
    text = _three_digits(value)
    return _without_zeros(text) if "." in text else text


def _three_digits(value: float) -> str:
    if value == 0:
        return "0"
    if value >= 1000:
        return _rounded(value, 0)
    decimals = max(0, 2 - math.floor(math.log10(value))) if value >= 0.001 else 5
    text = _rounded(value, decimals)
    # 9.996 is 10.00 with two decimals, which is one digit too many.
    has_grown = len(text.lstrip("0.").replace(".", "")) > 3
    return _rounded(value, decimals - 1) if has_grown and decimals else text
