"""Units, checked and converted as in physics.

`GBP/subscriber/month` is a currency per noun per time. Currencies are units (ISO 4217), the
times convert (a year is 12 months, 4 quarters or 365 days; a week is 7 days), a few technical
units are known (kWh, GB, kg, km, litre …), and any other noun is a unit of its own, the same
in singular and plural. `1` and `%` have no dimension.

`check` walks a formula, refuses what does not fit, and returns the tree with the conversions
put in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property, lru_cache

import pint

from valuecalc.errors import FormulaError, UnitError
from valuecalc.formula.functions import FUNCTIONS, UnitRule
from valuecalc.formula.quantity import SYMBOLS
from valuecalc.formula.tree import (
    Binary,
    Call,
    Comparison,
    Convert,
    Name,
    Negative,
    Node,
    Number,
    TimeWord,
    walk,
)

MAX_LENGTH = 80
MAX_PARTS = 8
MAX_POWER = 6

CURRENCIES = frozenset(
    """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN
    BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP
    GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS
    KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
    MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF
    SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD
    TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL""".split()
)

_DEFINITIONS = """
year = [time] = yr
quarter = year / 4
month = year / 12
day = year / 365
week = 7 * day
hour = day / 24 = hr
minute = hour / 60 = min
second = minute / 60 = sec
kWh = [energy]
Wh = kWh / 1000
MWh = 1000 * kWh
GWh = 1000 * MWh
TWh = 1000 * GWh
kW = kWh / hour
MW = 1000 * kW
GB = [information]
MB = GB / 1000
TB = 1000 * GB
PB = 1000 * TB
kg = [mass] = kilogram
gram = kg / 1000
tonne = 1000 * kg
km = [length] = kilometre = kilometer
metre = km / 1000 = meter
mile = 1.609344 * km
litre = [volume] = liter
""".strip()

_IRREGULAR = {
    "people": "person",
    "persons": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "mice": "mouse",
    "lives": "life",
    "shelves": "shelf",
    "indices": "index",
    "analyses": "analysis",
    "caches": "cache",
    "niches": "niche",
    "headaches": "headache",
    "quizzes": "quiz",
    "gas": "gas",
    "gases": "gas",
    "lens": "lens",
    "lenses": "lens",
    "movies": "movie",
    "cookies": "cookie",
    "calories": "calorie",
    "premises": "premises",
    "series": "series",
    "news": "news",
    "uses": "use",
    "excuses": "excuse",
    "fuses": "fuse",
}
# In small letters too, because they are no words; `all` or `try` would be.
_SMALL_CODES = frozenset(
    """aud brl cad chf cny czk dkk eur gbp hkd huf inr jpy krw mxn nok nzd pln sek sgd usd
    zar""".split()
)
_TOKEN = re.compile(
    r"\s*(?:(?P<word>[A-Za-z][A-Za-z0-9_]*|[£$€¥₹₩₪%]|1(?![0-9.]))|(?P<op>[*/^()]))"
)


@cache
def _registry() -> pint.UnitRegistry[float]:
    registry: pint.UnitRegistry[float] = pint.UnitRegistry(None, cache_folder=None)
    registry.load_definitions(_DEFINITIONS.splitlines())
    return registry


@lru_cache(maxsize=4096)
def _canonical(word: str) -> str:
    """The one name of a unit: `GBP`, `month` of `months`, `kWh`, `subscriber`."""
    if word in SYMBOLS:
        return SYMBOLS[word]
    if word in CURRENCIES or word in _SMALL_CODES:
        return word.upper()
    small = word.lower()
    for name in (word, small, _singular(small), _small_names().get(small, "")):
        if name and name in _registry():
            return str(_registry().get_name(name))
    return _singular(small)


@cache
def _small_names() -> dict[str, str]:
    """The known units by their names in small letters: `kwh` is `kWh`."""
    names = [line.split("=")[0].strip() for line in _DEFINITIONS.splitlines()]
    return {name.lower(): name for name in names}


def _singular(noun: str) -> str:
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if len(noun) < 4 or noun.endswith(("ss", "us", "is")):
        return noun
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    is_long = noun.endswith(("ches", "shes", "xes", "sses", "zzes", "tzes"))
    # Of a bonus or a campus, but of a house or a cause.
    of_us = noun.endswith("uses") and not noun.endswith(("ouses", "auses"))
    if is_long or of_us:
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") else noun


@lru_cache(maxsize=4096)
def _base(name: str) -> tuple[float, tuple[tuple[str, int], ...]]:
    """Factor and base dimensions of one named unit."""
    if name in CURRENCIES or name not in _registry():
        return 1.0, ((name, 1),)
    quantity = _registry().Quantity(1, name).to_root_units()
    dimensions = tuple(
        (str(key), int(str(power))) for key, power in quantity.dimensionality.items()
    )
    return float(quantity.magnitude), dimensions


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
            result *= _base(name)[0] ** float(power)
        return result

    @property
    def dimensions(self) -> dict[str, Fraction]:
        """Powers of the base dimensions; empty for a plain number."""
        found: dict[str, Fraction] = {}
        for name, power in self.parts:
            for base, exponent in _base(name)[1]:
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
    unit = Unit.of({_canonical(word): Fraction(1)})
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
    return dict(_base(name)[1]) == {"[time]": 1}


@dataclass(frozen=True)
class Checked:
    """A formula whose units fit: its tree with conversions put in, and its unit.

    `unit` is None for a formula that is only zero, which fits every unit.
    """

    tree: Node
    unit: Unit | None


UnitOf = Callable[[str], Unit | None]


class _Checker:
    """Finds the unit of each node, bottom-up, and puts conversions in."""

    def __init__(self, text: str, unit_of: UnitOf, months_per_period: int) -> None:
        self.text = text
        self.unit_of = unit_of
        self.months = months_per_period

    def visit(self, node: Node) -> Checked:
        match node:
            case Number():
                return self.number(node)
            case Name():
                return Checked(node, self.unit_of(node.name))
            case TimeWord():
                return Checked(node, PLAIN)
            case Negative():
                inner = self.visit(node.operand)
                return Checked(Negative(inner.tree, span=node.span), inner.unit)
            case Comparison():
                left, right, _ = self.alike(node.left, node.right, node)
                return Checked(Comparison(node.operator, left, right, span=node.span), PLAIN)
            case Binary():
                return self.binary(node)
            case Call():
                return self.call(node)
        raise TypeError(f"no unit rule for {type(node).__name__}")

    def number(self, node: Number) -> Checked:
        if node.unit is None:
            # Zero has every unit: max(x, 0) needs none.
            return Checked(node, None if node.value == 0 else PLAIN)
        try:
            return Checked(node, read(node.unit))
        except UnitError as error:
            raise FormulaError(error.cause, error.remedy, self.text, *node.span) from None

    def binary(self, node: Binary) -> Checked:
        if node.operator in "+-":
            left, right, unit = self.alike(node.left, node.right, node)
            return Checked(Binary(node.operator, left, right, span=node.span), unit)
        if node.operator == "^":
            return self.power(node)
        above, below = self.visit(node.left), self.visit(node.right)
        tree = Binary(node.operator, above.tree, below.tree, span=node.span)
        first, second = self.as_factor(above), self.as_factor(below)
        if first is None or second is None:
            return Checked(tree, None)
        unit = first * second if node.operator == "*" else first / second
        # At once, so that what is rounded or compared further up is in one unit.
        simple = simplest(unit)
        return Checked(_converted(tree, unit, simple), simple)

    @staticmethod
    def as_factor(checked: Checked) -> Unit | None:
        """The unit of a factor: a bare zero is a plain number in a product."""
        is_bare_zero = checked.unit is None and isinstance(checked.tree, Number)
        return PLAIN if is_bare_zero else checked.unit

    def power(self, node: Binary) -> Checked:
        base, exponent = self.visit(node.left), self.visit(node.right)
        raised = self.plain(exponent, node.right, "An exponent")
        if base.unit is None or base.unit.is_plain:
            below = self.plain(base, node.left, "The base of a power")
            unit = None if base.unit is None else PLAIN
            return Checked(Binary("^", below, raised, span=node.span), unit)
        power = _constant(node.right)
        whole = None if power is None else Fraction(power).limit_denominator(12)
        if power is None or whole is None or abs(whole - power) > 1e-12:
            raise FormulaError(
                f"Something in {base.unit} is raised to a power that is no simple number.",
                f"Divide it by something in {base.unit} first.",
                self.text,
                *node.span,
            )
        return Checked(Binary("^", base.tree, raised, span=node.span), base.unit**whole)

    def call(self, node: Call) -> Checked:
        rule = FUNCTIONS[node.function].unit_rule
        if node.function == "if":
            return self.if_(node)
        if node.function == "previous":
            return self.previous(node)
        if node.function == "sum_over_time":
            return self.sum_over_time(node)
        if rule is UnitRule.SAME:
            return self.same(node)
        first = self.visit(node.arguments[0])
        others = [
            self.plain(self.visit(argument), argument, f"The second argument of {node.function}()")
            for argument in node.arguments[1:]
        ]
        if rule is UnitRule.PLAIN:
            what = f"The argument of {node.function}()"
            first = Checked(self.plain(first, node.arguments[0], what), PLAIN)
        tree = Call(node.function, (first.tree, *others), span=node.span)
        if rule is UnitRule.ROOT and first.unit is not None:
            return Checked(tree, first.unit ** Fraction(1, 2))
        return Checked(tree, first.unit)

    def if_(self, node: Call) -> Checked:
        condition = self.visit(node.arguments[0])
        yes, no, unit = self.alike(node.arguments[1], node.arguments[2], node)
        return Checked(Call("if", (condition.tree, yes, no), span=node.span), unit)

    def same(self, node: Call) -> Checked:
        checked = [self.visit(argument) for argument in node.arguments]
        unit = _common(checked)
        trees = tuple(
            self.fitted(c, unit, argument)
            for c, argument in zip(checked, node.arguments, strict=True)
        )
        return Checked(Call(node.function, trees, span=node.span), unit)

    def previous(self, node: Call) -> Checked:
        if not isinstance(node.arguments[0], Name):
            raise FormulaError(
                "previous() takes the name of a line.",
                "Put the rest into a calculation and write its name.",
                self.text,
                *node.arguments[0].span,
            )
        self.refuse_sums(node.arguments[1], "The opening value of previous()")
        initial = self.visit(node.arguments[1])
        unit = self.unit_of(node.arguments[0].name)
        # A stock that is being defined has no unit yet: it has that of its opening value.
        if unit is None:
            tree = Call("previous", (node.arguments[0], initial.tree), span=node.span)
            return Checked(tree, initial.unit)
        fitted = self.fitted(initial, unit, node.arguments[1])
        return Checked(Call("previous", (node.arguments[0], fitted), span=node.span), unit)

    def refuse_sums(self, node: Node, what: str) -> None:
        """What stands for one period only cannot hold a sum over all of them."""
        for part in walk(node):
            if isinstance(part, Call) and part.function == "sum_over_time":
                raise FormulaError(
                    f"{what} holds a sum over time.",
                    "Put the sum into a calculation and write its name.",
                    self.text,
                    *part.span,
                )

    def sum_over_time(self, node: Call) -> Checked:
        self.refuse_sums(node.arguments[0], "What is summed over time")
        inner = self.visit(node.arguments[0])
        if inner.unit is None or not is_running(inner.unit):
            return Checked(Call(node.function, (inner.tree,), span=node.span), inner.unit)
        monthly, amount = per_month(inner.unit), over_time(inner.unit)
        factor = inner.unit.factor_to(monthly) * self.months
        tree = inner.tree
        if factor != 1:
            tree = Convert(tree, factor, str(inner.unit), f"{amount} a period", span=node.span)
        return Checked(Call(node.function, (tree,), span=node.span), amount)

    def alike(self, left: Node, right: Node, node: Node) -> tuple[Node, Node, Unit | None]:
        first, second = self.visit(left), self.visit(right)
        unit = _common([first, second])
        return self.fitted(first, unit, left), self.fitted(second, unit, right), unit

    def fitted(self, checked: Checked, unit: Unit | None, node: Node) -> Node:
        """`checked` converted to `unit`; refused where the two cannot be added."""
        if unit is None or checked.unit is None:
            return checked.tree
        if not checked.unit.fits(unit):
            cause, remedy = _misfit(checked.unit, unit, self.text[slice(*node.span)])
            raise FormulaError(cause, remedy, self.text, *node.span)
        return _converted(checked.tree, checked.unit, unit)

    def plain(self, checked: Checked, node: Node, what: str) -> Node:
        """`checked` as a plain number: hours per minute count sixtyfold."""
        if checked.unit is None:
            return checked.tree
        if not checked.unit.is_plain:
            raise FormulaError(
                f"{what} is in {checked.unit}, and must be a plain number.",
                f"Divide it by something in {checked.unit}.",
                self.text,
                *node.span,
            )
        return _converted(checked.tree, checked.unit, PLAIN)


def _common(checked: list[Checked]) -> Unit | None:
    """The unit that all are to have: the first one, but for a bare number beside amounts."""
    known = [each.unit for each in checked if each.unit is not None]
    bare = [each for each in checked if each.unit == PLAIN and isinstance(each.tree, Number)]
    if bare and len(bare) < len(known):
        return next((unit for unit in known if not unit.is_plain), known[0])
    return known[0] if known else None


def _constant(node: Node) -> float | None:
    match node:
        case Number():
            return node.value
        case Negative(operand=Number() as number):
            return -number.value
        case _:
            return None


def _misfit(unit: Unit, wanted: Unit, written: str) -> tuple[str, str]:
    cause = f"{wanted} and {unit} cannot be added or compared."
    if unit.is_plain and _is_number(written):
        return cause, f"If “{written}” is meant in {wanted}, write {written} {wanted}."
    return cause, remedy_for(unit, wanted)


def _is_number(written: str) -> bool:
    return bool(re.fullmatch(r"[\d.]+", written.strip()))


def remedy_for(unit: Unit, wanted: Unit) -> str:
    """What to multiply something in `unit` by, so that it is in `wanted`."""
    if is_running(unit) and is_running(wanted):
        # In the time of the unit: hours a week want GBP/hour, whatever the month has to do with it.
        wanted = over_time(wanted) * unit / over_time(unit)
    missing = simplest(wanted / unit)
    currencies = [name for name, _ in missing.parts if name in CURRENCIES]
    if len(currencies) == 2:
        return f"Multiply it by an exchange rate in {missing}."
    if all(power < 0 for _, power in missing.parts):
        return f"Divide it by something in {missing**-1}."
    return f"Multiply it by something in {missing}."


def check(text: str, tree: Node, unit_of: UnitOf, months_per_period: int = 1) -> Checked:
    """Check the units of a formula.

    `unit_of` gives the unit of a name, or None while it is not known yet. Raises
    `FormulaError` with the spot and what to multiply by.
    """
    checked = _Checker(text, unit_of, months_per_period).visit(tree)
    if checked.unit is None:
        return checked
    simple = simplest(checked.unit)
    return Checked(_converted(checked.tree, checked.unit, simple), simple)


@lru_cache(maxsize=4096)
def simplest(unit: Unit) -> Unit:
    """One unit for each dimension: `GBP*minute/hour/month` becomes `GBP/month`.

    A short time per longer one stays where there is no money: people speak of hours a week.
    """
    powers = dict(_without_rates(unit).parts)
    by_dimension: dict[str, list[str]] = {}
    for name in powers:
        base = _base(name)[1]
        if len(base) == 1:
            by_dimension.setdefault(base[0][0], []).append(name)
    for same in by_dimension.values():
        if len(same) > 1 and not _is_time_per_time(powers, same):
            # What stands below the line is what people speak in, the longest time before all.
            kept = min(same, key=lambda name: (powers[name] > 0, -_base(name)[0], name))
            powers[kept] = sum((powers.pop(name) for name in same), Fraction(0))
    return unit if powers == dict(unit.parts) else Unit.of(powers)


def _is_time_per_time(powers: Mapping[str, Fraction], same: list[str]) -> bool:
    if not _is_time(same[0]) or any(name in CURRENCIES for name in powers):
        return False
    shortest_first = sorted(same, key=lambda name: _base(name)[0])
    return [powers[name] for name in shortest_first] == [1, -1]


def _without_rates(unit: Unit) -> Unit:
    """`kW` as `kWh/hour` where other energy stands beside it: `GBP*kW/kWh` is `GBP/hour`."""
    rates = [name for name, _ in unit.parts if name in _RATES]
    energy = [name for name, _ in unit.parts if dict(_base(name)[1]) == {"[energy]": 1}]
    if not rates or not energy:
        return unit
    powers = dict(unit.parts)
    spelt = Unit()
    for name in rates:
        spelt = spelt * _RATES[name] ** powers.pop(name)
    return Unit.of(powers) * spelt


def _converted(tree: Node, unit: Unit, wanted: Unit) -> Node:
    factor = unit.factor_to(wanted)
    if factor == 1:
        return tree
    return Convert(tree, factor, str(unit), str(wanted), span=tree.span)


def check_declared(text: str, checked: Checked, declared: Unit) -> Checked:
    """The formula converted to its declared unit. Raises `FormulaError` where it cannot be."""
    if checked.unit is None or checked.unit == declared:
        return Checked(checked.tree, declared)
    is_literal = _constant(checked.tree) is not None
    if is_literal and not checked.unit.parts:
        return Checked(checked.tree, declared)
    if not checked.unit.fits(declared):
        raise FormulaError(
            f"The formula gives {checked.unit}, the declared unit is {declared}.",
            remedy_for(checked.unit, declared),
            text,
            0,
            len(text),
        )
    return Checked(_converted(checked.tree, checked.unit, declared), declared)
