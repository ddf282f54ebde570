"""Units in people's words, and what to do about one that does not fit.

`£ per user per month` instead of `GBP/user/month`; `Multiply it by a number of users.` instead of
a power. The words of a unit read back as the same unit with `*` for `×`.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from valuecalc.formula.known_units import CURRENCIES
from valuecalc.formula.quantity import SYMBOL_OF, plural
from valuecalc.formula.units import Unit, is_running, over_time, simplest

MOST_TIMES = 3
"""So often a unit is repeated that is multiplied by itself; above it, its power is written."""

MOST_MISSING = 2
"""So many units may be missing for one factor to bring them; else something is upside down."""


def in_words(unit: Unit) -> str:
    """A unit as one says it: `£ per user per month`, `hours`, `%`, `a plain number`."""
    if not unit.parts:
        return "%" if unit.percent else "a plain number"
    above = [plural(each) for each in _repeated(unit, 1)]
    head = " × ".join(above) or ("%" if unit.percent else "1")
    return head + "".join(f" per {each}" for each in _repeated(unit, -1))


def _repeated(unit: Unit, sign: int) -> Iterator[str]:
    """The names above the line (1) or below it (-1), each as often as its power says."""
    for name, power in unit.ordered:
        times = power * sign
        shown = SYMBOL_OF.get(name, name)
        if times.denominator == 1 and times <= MOST_TIMES:
            yield from [shown] * int(times)
        elif times > 0:
            yield f"{shown}^{times}"


def remedy_for(unit: Unit, wanted: Unit) -> str:
    """What to multiply something in `unit` by, or to leave out, so that it is in `wanted`."""
    if is_running(unit) and is_running(wanted):
        # In the time of the unit: hours a week want GBP/hour, whatever the month has to do with it.
        wanted = over_time(wanted) * unit / over_time(unit)
    missing = simplest(wanted / unit)
    currencies = [name for name, _ in missing.parts if name in CURRENCIES]
    if len(currencies) == 2:
        return f"Multiply it by an exchange rate in {in_words(missing)}."
    twice = _counted_twice(unit, missing)
    if all(power < 0 for _, power in missing.parts):
        return f"Divide it by {factor_in(missing**-1)}{twice}."
    if sum(abs(power) for _, power in missing.parts) > MOST_MISSING:
        missing_words = f"What is missing is {in_words(missing)}."
        return f"Check what is multiplied and what is divided. {missing_words}"
    return f"Multiply it by {factor_in(missing)}{twice}."


def factor_in(unit: Unit) -> str:
    """What to multiply by: `a number of users`, `an amount in £`, `something in £ per hour`."""
    if len(unit.parts) != 1 or unit.parts[0][1] != 1:
        return f"something in {in_words(unit)}"
    is_money = unit.parts[0][0] in CURRENCIES
    return f"an amount in {in_words(unit)}" if is_money else f"a number of {in_words(unit)}"


def _counted_twice(unit: Unit, missing: Unit) -> str:
    """What else to do where two factors bring the same, as in users × price × users."""
    (name, power), *others = missing.parts
    bases = list(missing.dimensions)
    if others or len(bases) != 1 or abs(power) != 1:
        return ""
    if abs(unit.dimensions.get(bases[0], Fraction(0))) < 2:
        return ""
    shown = SYMBOL_OF.get(name, name)
    shown = f"per {shown}" if power > 0 else plural(shown)
    return f", or leave “{shown}” out once: it is counted twice"
