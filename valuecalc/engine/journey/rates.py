"""Looks up the rate for a day, and what prices rose by between two years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from valuecalc.case.rates import ExchangeRate, PriceChange, Rates
from valuecalc.errors import InputError


class MissingRate(InputError):
    """A rate that is needed, is not known, and has to be given."""

    code = "rate"


def exchange_rate(rates: Rates, base: str, quote: str, day: date) -> ExchangeRate:
    """The rate of one `base` in `quote`: a given one, else the last published up to a day.

    Rates that are published against a third currency are crossed, from one and the same day.
    Raises `MissingRate`.
    """
    published = [each for each in rates.exchange if each.date <= day]
    for known in (rates.given_exchange, published):
        found = _direct(known, base, quote) or _crossed(known, base, quote)
        if found is not None:
            return found
    raise MissingRate(
        f"No exchange rate of {base} to {quote} is known for {day.isoformat()}.",
        f"Give the rate: how much {quote} one {base} is, with its date and source.",
    )


def _direct(known: Sequence[ExchangeRate], base: str, quote: str) -> ExchangeRate | None:
    pairs = [each for each in known if {each.base, each.quote} == {base, quote}]
    latest = max(pairs, key=lambda each: each.date, default=None)
    return None if latest is None else _turned(latest, base)


def _turned(rate: ExchangeRate, base: str) -> ExchangeRate:
    """The same rate with `base` as its base."""
    if rate.base == base:
        return rate
    return _with(rate, base, rate.base, 1 / rate.rate)


def _crossed(known: Sequence[ExchangeRate], base: str, quote: str) -> ExchangeRate | None:
    by_day: dict[tuple[date, str, str], ExchangeRate] = {}
    for each in known:
        by_day[each.date, each.base, each.quote] = each
    pairs = [
        (rate, by_day.get((rate.date, rate.base, quote)))
        for rate in by_day.values()
        if rate.quote == base
    ]
    both = [(first, second) for first, second in pairs if second is not None]
    if not both:
        return None
    first, second = max(both, key=lambda pair: pair[0].date)
    return _with(first, base, quote, second.rate / first.rate)


def _with(rate: ExchangeRate, base: str, quote: str, value: float) -> ExchangeRate:
    return ExchangeRate(
        base=base, quote=quote, rate=value, date=rate.date, source=rate.source, about=rate.about
    )


def price_change(rates: Rates, region: str, from_year: int, to_year: int) -> PriceChange:
    """What prices rose by in a region between two years. Raises `MissingRate`."""
    for given in rates.given_prices:
        is_region = not given.region or given.region.casefold() == region.casefold()
        if is_region and (given.from_year, given.to_year) == (from_year, to_year):
            return given
    known = next((each for each in rates.prices if each.is_of(region)), None)
    years = known.index if known else {}
    if known is None or from_year not in years or to_year not in years:
        where = region or "a reference without a region"
        raise MissingRate(
            f"No price index of {where} from {from_year} to {to_year} is known.",
            "Give the rise in prices between the two years, with its source.",
        )
    return PriceChange(
        region=known.region,
        from_year=from_year,
        to_year=to_year,
        factor=years[to_year] / years[from_year],
        source=known.source,
        date=known.date,
    )
