"""How the numbers of a case travel to another customer, and where they came from.

A straw-man says of each assumption how it travels; a case that was made from straw-men keeps
its `Origin`. The travelling itself is done by `valuecalc.engine.journey.extrapolate`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Rounding(StrEnum):
    """Which way a number is rounded to a multiple."""

    UP = "up"
    DOWN = "down"
    NEAREST = "nearest"


@dataclass(frozen=True, kw_only=True)
class Travel:
    """How an assumption travels to another customer; without any rule it is copied.

    `scale_with` multiplies it by (new driver / old driver) ^ `exponent`; `driver` replaces it
    by the new customer's driver of that id. `currency` says that its money is converted, as
    all money is when the currency changes; `inflate` takes it from the prices of the
    reference's year to those of the target. `round` rounds the outcome to a multiple of `to`.
    """

    scale_with: str = ""
    exponent: float = 1.0
    driver: str = ""
    currency: bool = False
    inflate: bool = False
    round: Rounding | None = None
    to: float = 1.0

    @property
    def driver_ids(self) -> tuple[str, ...]:
        """The drivers that it needs."""
        return tuple(id for id in (self.scale_with, self.driver) if id)


@dataclass(frozen=True, kw_only=True)
class OriginReference:
    """A straw-man that a case was made from; `slug` and `uid` say where it is kept."""

    title: str
    slug: str = ""
    uid: str = ""
    sector: str = ""
    region: str = ""
    year: int | None = None
    customer: str = ""


@dataclass(frozen=True, kw_only=True)
class OriginDriver:
    """A driver's value at the (first) reference, `before`, and at the customer, `value`."""

    id: str
    label: str
    before: float | None = None
    value: float
    unit: str = "1"


@dataclass(frozen=True, kw_only=True)
class OriginRate:
    """A rate that was used: an exchange rate, or what prices rose by, as a factor.

    `name` says of what, such as `EUR per GBP` or `GB 2023 to 2025`; `date` is the rate's own.
    """

    name: str
    rate: float
    date: date | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a case was made from, and when.

    `region` and `year` say whose prices its numbers are in, and of which year.
    """

    references: tuple[OriginReference, ...] = ()
    drivers: tuple[OriginDriver, ...] = ()
    rates: tuple[OriginRate, ...] = ()
    region: str = ""
    year: int | None = None
    date: date | None = None
