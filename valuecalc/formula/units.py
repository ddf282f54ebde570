"""Units, checked and converted as in physics.

`GBP/subscriber/month` is a currency per noun per time. Currencies are units (ISO 4217), the
times convert (a year is 12 months, 4 quarters or 365 days; a week is 7 days), a few technical
units are known (kWh, GB, kg, km, litre …), and any other noun is a unit of its own, the same
in singular and plural. `1` and `%` have no dimension.

`valuecalc.formula.unit_check` checks formulas with them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from valuecalc.errors import UnitError
from valuecalc.formula.known_units import CURRENCIES, base_of, canonical

MAX_LENGTH = 80
MAX_PARTS = 8
MAX_POWER = 6

_TOKEN = re.compile(
    r"\s*(?:(?P<word>[A-Za-z][A-Za-z0-9_]*|[£$€¥₹₩₪%]|1(?![0-9.]))|(?P<op>[*/^()]))"
)


@dataclass(frozen=True)
class Unit:
    """A product of powers of named units, such as `GBP/subscriber/month`.

    `parts` holds (name, power), sorted by name. `percent` only says how numbers are shown.
    """

    parts: tuple[tuple[str, Fraction], ...] = ()
    percent: bool = False

    @staticmethod
    def of(powers: Mapping[str, Fraction]) -> Unit:
        """The unit with these powers; zeros are dropped."""
        return Unit(tuple(sorted((name, power) for name, power in powers.items() if power)))

    def __mul__(self, other: Unit) -> Unit:
        powers = dict(self.parts)
        for name, power in other.parts:
            powers[name] = powers.get(name, Fraction(0)) + power
        return Unit.of(powers)

    def __truediv__(self, other: Unit) -> Unit:
        return self * other**-1

    def __pow__(self, power: Fraction | int) -> Unit:
        return Unit.of({name: exponent * power for name, exponent in self.parts})

    @property
    def factor(self) -> float:
        """How many base units one of this unit is (base of time is the year)."""
        result = 1.0
        for name, power in self.parts:
            result *= base_of(name)[0] ** float(power)
        return result

    @property
    def dimensions(self) -> dict[str, Fraction]:
        """Powers of the base dimensions; empty for a plain number."""
        found: dict[str, Fraction] = {}
        for name, power in self.parts:
            for base, exponent in base_of(name)[1]:
                found[base] = found.get(base, Fraction(0)) + power * exponent
        return {base: power for base, power in found.items() if power}

    @property
    def is_plain(self) -> bool:
        """Whether numbers in this unit have no dimension."""
        return not self.dimensions

    def fits(self, other: Unit) -> bool:
        """Whether numbers in the two units can be added, converted where needed."""
        return self.parts == other.parts or self.dimensions == other.dimensions

    def factor_to(self, other: Unit) -> float:
        """What a number in this unit is multiplied by to be in the other one."""
        if self.parts == other.parts:
            return 1.0
        factor = self.factor / other.factor
        # 1/12 of a year times 12 leaves a last-digit error, which would show in every trace.
        nearest = round(factor)
        return float(nearest) if nearest and abs(factor / nearest - 1) < 1e-12 else factor

    def __str__(self) -> str:
        return self.text

    @cached_property
    def text(self) -> str:
        """The unit as people write it: `GBP/subscriber/month`, `%`, `1`."""
        above = [_power_text(name, power) for name, power in self.ordered if power > 0]
        below = [_power_text(name, -power) for name, power in self.ordered if power < 0]
        head = "*".join(above) or ("%" if self.percent else "1")
        return "/".join([head, *below])

    @property
    def ordered(self) -> list[tuple[str, Fraction]]:
        """The parts as people say them: money first, time last."""
        return sorted(self.parts, key=lambda part: (_rank(part[0]), part[0]))


PLAIN = Unit()
MONTH = Unit.of({"month": Fraction(1)})
_RATES = {
    "kW": Unit.of({"kWh": Fraction(1), "hour": Fraction(-1)}),
    "MW": Unit.of({"MWh": Fraction(1), "hour": Fraction(-1)}),
}


def _rank(name: str) -> int:
    if name in CURRENCIES:
        return 0
    return 2 if _is_time(name) else 1


def _power_text(name: str, power: Fraction) -> str:
    return name if power == 1 else f"{name}^{power}"


@lru_cache(maxsize=4096)
def read(text: str) -> Unit:
    """The unit that a text names: `GBP/month`, `£ per user per month`, `%`, `1`, empty.

    Raises `UnitError`.
    """
    if len(text) > MAX_LENGTH:
        raise UnitError(f"The unit “{text[:20]}…” is too long.", f"Use at most {MAX_LENGTH} signs.")
    words = _unit_tokens(re.sub(r"\bper\b", "/", text))
    unit, percent = _product(words, text)
    if words:
        raise _unreadable(text)
    if len(unit.parts) > MAX_PARTS or any(abs(power) > MAX_POWER for _, power in unit.parts):
        raise UnitError(f"The unit “{text}” has too many parts.", "Use a simpler one.")
    return Unit(unit.parts, percent=percent)


def _unit_tokens(text: str) -> list[str]:
    found: list[str] = []
    position = 0
    text = text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            # An exponent is the only number inside a unit.
            match = re.compile(r"\s*(?P<word>[1-9])").match(text, position)
            if match is None or not found or found[-1] != "^":
                raise _unreadable(text)
        found.append(match[0].strip())
        position = match.end()
    return found


def _product(words: list[str], text: str) -> tuple[Unit, bool]:
    unit, percent, sign = PLAIN, False, 1
    if not words:
        return unit, percent
    while True:
        part, is_percent = _part(words, text)
        percent |= is_percent
        unit = unit * part**sign
        if not words or words[0] not in "*/":
            return unit, percent
        sign = 1 if words.pop(0) == "*" else -1


def _part(words: list[str], text: str) -> tuple[Unit, bool]:
    if not words or words[0] in ("*", "/", "^", ")"):
        raise _unreadable(text)
    word = words.pop(0)
    if word == "(":
        unit, percent = _product(words, text)
        if not words or words.pop(0) != ")":
            raise _unreadable(text)
        return unit, percent
    if word in ("1", "%"):
        return PLAIN, word == "%"
    unit = Unit.of({canonical(word): Fraction(1)})
    if words and words[0] == "^":
        words.pop(0)
        if not words or not words[0].isdigit():
            raise _unreadable(text)
        unit = unit ** int(words.pop(0))
    return unit, False


def _unreadable(text: str) -> UnitError:
    return UnitError(
        f"“{text}” is no unit.",
        "Write nouns and / between them: GBP/subscriber/month, %, or 1 for a plain number.",
    )


def nouns(text: str) -> set[str]:
    """The words that a unit text mentions, as written."""
    return set(re.findall(r"[A-Za-z][A-Za-z0-9_]*", text))


def time_power(unit: Unit) -> Fraction:
    """The power of time in a unit: −1 for a running amount such as `GBP/month`."""
    return unit.dimensions.get("[time]", Fraction(0))


def without_time(unit: Unit) -> dict[str, Fraction]:
    """The dimensions of a unit apart from time."""
    return {base: power for base, power in unit.dimensions.items() if base != "[time]"}


def is_running(unit: Unit) -> bool:
    """Whether numbers in a unit are counted per time: `GBP/month`, `ticket/day`, `hour/week`."""
    below = [power for name, power in unit.parts if _is_time(name) and power < 0]
    return below == [-1] and time_power(unit) in (-1, 0)


def per_month(unit: Unit) -> Unit:
    """The same running unit counted per month: `GBP/year` becomes `GBP/month`."""
    above = {name: power for name, power in unit.parts if not _is_time(name) or power > 0}
    return Unit.of(above) / MONTH


def over_time(unit: Unit) -> Unit:
    """The unit of a running amount summed over time: `GBP` of `GBP/month`."""
    return per_month(unit) * MONTH


def _is_time(name: str) -> bool:
    return dict(base_of(name)[1]) == {"[time]": 1}


@lru_cache(maxsize=4096)
def simplest(unit: Unit) -> Unit:
    """One unit for each dimension: `GBP*minute/hour/month` becomes `GBP/month`.

    A short time per longer one stays where there is no money: people speak of hours a week.
    """
    powers = dict(_without_rates(unit).parts)
    by_dimension: dict[str, list[str]] = {}
    for name in powers:
        base = base_of(name)[1]
        if len(base) == 1:
            by_dimension.setdefault(base[0][0], []).append(name)
    for same in by_dimension.values():
        if len(same) > 1 and not _is_time_per_time(powers, same):
            # What stands below the line is what people speak in, the longest time before all.
            kept = min(same, key=lambda name: (powers[name] > 0, -base_of(name)[0], name))
            powers[kept] = sum((powers.pop(name) for name in same), Fraction(0))
    return unit if powers == dict(unit.parts) else Unit.of(powers)


def _is_time_per_time(powers: Mapping[str, Fraction], same: list[str]) -> bool:
    if not _is_time(same[0]) or any(name in CURRENCIES for name in powers):
        return False
    shortest_first = sorted(same, key=lambda name: base_of(name)[0])
    return [powers[name] for name in shortest_first] == [1, -1]


def _without_rates(unit: Unit) -> Unit:
    """`kW` as `kWh/hour` where other energy stands beside it: `GBP*kW/kWh` is `GBP/hour`."""
    rates = [name for name, _ in unit.parts if name in _RATES]
    energy = [name for name, _ in unit.parts if dict(base_of(name)[1]) == {"[energy]": 1}]
    if not rates or not energy:
        return unit
    powers = dict(unit.parts)
    spelt = Unit()
    for name in rates:
        spelt = spelt * _RATES[name] ** powers.pop(name)
    return Unit.of(powers) * spelt
