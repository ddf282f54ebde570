"""What moves several cases at once: exchange rates, and whatever carries a common name.

An assumption whose unit is a ratio of two currencies is an exchange rate. There is only one
rate between two currencies, so it moves in all cases together, also where it is written the
other way round; a name in `common` adds nothing to it. Every other assumption is shared by the
name in its `common`, such as `inflation`. Nothing is guessed from labels: a price of
electricity is no inflation, and a yearly `growth` is a plain number that is not drawn at all.
Common drivers are independent of each other; each case keeps its own range of them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from valuecalc.case.case import Assumption
from valuecalc.errors import UnitError
from valuecalc.formula import units
from valuecalc.formula.known_units import CURRENCIES


@dataclass(frozen=True)
class CommonDriver:
    """What moves an assumption together with others. `id` names its random numbers."""

    id: str
    label: str


@dataclass(frozen=True)
class Movement:
    """How an assumption follows a common driver: `direction` is −1 where it moves against it."""

    driver: CommonDriver
    direction: int = 1


def movement_of(assumption: Assumption) -> Movement | None:
    """The common driver that an assumption follows; None where it is the case's own."""
    pair = currencies_of(assumption.unit)
    if pair is not None:
        return exchange_movement(*pair)
    name = " ".join(assumption.common.replace("_", " ").split())
    if not name:
        return None
    label = name[:1].upper() + name[1:]
    return Movement(CommonDriver(f"common:{name.casefold()}", label))


def currencies_of(unit: str) -> tuple[str, str] | None:
    """The two currencies of an exchange rate, `(USD, EUR)` of `USD/EUR`; None for other units."""
    try:
        parts = dict(units.read(unit).parts)
    except UnitError:
        return None
    if len(parts) != 2 or not parts.keys() <= CURRENCIES or sorted(parts.values()) != [-1, 1]:
        return None
    above, below = sorted(parts, key=lambda name: -parts[name])
    return above, below


def exchange_movement(above: str, below: str) -> Movement:
    """The driver of the rate `above`/`below`: of both directions the one first in the alphabet."""
    first, second = sorted((above, below))
    driver = CommonDriver(f"exchange:{first}/{second}", f"Exchange rate {first}/{second}")
    return Movement(driver, 1 if above == first else -1)


def seed_of(seed: int, name: str) -> int:
    """The seed of one name, such as a driver or a case: always the same, and unlike all others."""
    digest = hashlib.sha256(f"{seed} {name}".encode()).digest()
    return int.from_bytes(digest[:16], "big")
