"""Exchange rates and price indices, each with its day and its source: plain data.

`valuecalc.engine.journey.rates` looks a rate up in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, kw_only=True)
class ExchangeRate:
    """One unit of `base` is `rate` units of `quote`: 1.17 for `base` GBP and `quote` EUR."""

    base: str
    quote: str
    rate: float
    date: date
    source: str
    about: str = ""

    @property
    def name(self) -> str:
        """How the pair is written: what one multiplies by, `EUR per GBP`."""
        return f"{self.quote} per {self.base}"


@dataclass(frozen=True, kw_only=True)
class PriceChange:
    """What consumer prices rose by between the averages of two years, as a factor."""

    region: str
    from_year: int
    to_year: int
    factor: float
    source: str
    date: date | None = None

    @property
    def name(self) -> str:
        """The change for people: `GB 2023 to 2025`."""
        return f"{self.region} {self.from_year} to {self.to_year}"


@dataclass(frozen=True, kw_only=True)
class PriceIndex:
    """Consumer prices of a region by year, in any base; `names` are other words for it."""

    region: str
    label: str
    source: str
    date: date
    index: Mapping[int, float] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    def is_of(self, region: str) -> bool:
        """Whether a region, as people write it, is this one."""
        known = (self.region, self.label, *self.names)
        return region.strip().casefold() in {name.casefold() for name in known}


@dataclass(frozen=True, kw_only=True)
class Rates:
    """All rates at hand. Those that a caller gave come before the ones that are published."""

    exchange: tuple[ExchangeRate, ...] = ()
    prices: tuple[PriceIndex, ...] = ()
    given_exchange: tuple[ExchangeRate, ...] = ()
    given_prices: tuple[PriceChange, ...] = ()
