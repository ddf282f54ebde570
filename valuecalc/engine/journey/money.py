"""Takes numbers and units from one currency to another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from valuecalc.case.rates import ExchangeRate
from valuecalc.formula import quantity, units
from valuecalc.formula.known_units import CURRENCIES


@dataclass(frozen=True)
class Exchange:
    """What becomes of money: `currency` becomes `target` at `rate`; None where they are one."""

    currency: str
    target: str
    rate: ExchangeRate | None = None

    def factor(self, unit: str) -> float:
        """What a number in `unit` is multiplied by: 1 where the currency is not in it."""
        power = self.power(unit)
        return 1.0 if self.rate is None or not power else self.rate.rate**power

    def power(self, unit: str) -> float:
        """The power of the old currency in a unit: 1 in GBP/node, −1 in node/GBP."""
        return float(dict(units.read(unit).parts).get(self.currency, 0))

    def unit(self, unit: str) -> str:
        """The unit with the new currency for the old one."""
        if self.currency == self.target or not self.power(unit):
            return unit
        words = [self.currency]
        if self.currency in quantity.SYMBOL_OF:
            words.append(quantity.SYMBOL_OF[self.currency])
        either = "|".join(map(re.escape, words))
        return re.sub(rf"(?<![A-Za-z0-9_])(?:{either})(?![A-Za-z0-9_])", self.target, unit)


def is_money(unit: str | None) -> bool:
    """Whether a currency is part of a unit."""
    return unit is not None and any(name in CURRENCIES for name, _ in units.read(unit).parts)
