"""What is asked of a portfolio, and how the work is cut into parts.

The parts depend on the request and on the order of the cases alone, never on who works them
out, so that the sums over them are the same to the last bit on every machine of one kind.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from valuecalc.case.case import Assumption, Case
from valuecalc.engine.uncertainty import distributions
from valuecalc.engine.uncertainty.draws import MAX_SEED, ROUNDS
from valuecalc.errors import CaseError, InputError, Problem
from valuecalc.formula.known_units import CURRENCIES

MIN_DRAWS = 1_000
MAX_DRAWS = 100_000
DEFAULT_DRAWS = 10_000
MAX_CASES = 2_000

# A part takes about half a second: short enough to be stopped, long enough to be worth sending.
SECONDS_PER_PART = 0.5
SECONDS_PER_CASE = 0.02
SECONDS_PER_DRAW = 0.9e-6
# The sums of all parts together; beyond it the parts grow instead of their number.
MAX_BYTES_OF_SUMS = 256_000_000
SERIES_PER_PART = 4


@dataclass(frozen=True, kw_only=True)
class ReportingRate:
    """One unit of `currency` is `value` units of the currency of the report.

    `low` and `high` are its 10th and 90th percentile; without them it is certain.
    """

    currency: str
    value: float
    low: float | None = None
    high: float | None = None
    date: date | None = None
    source: str = ""

    def as_assumption(self, reporting: str) -> Assumption:
        """The rate as an assumption, so that it is drawn, and shared, like any other."""
        return Assumption(
            id=f"rate_{self.currency.lower()}",
            label=f"{reporting} per {self.currency}",
            value=self.value,
            low=self.low,
            high=self.high,
            unit=f"{reporting}/{self.currency}",
        )


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One case of a portfolio; `uid` names its random numbers.

    `case` is None for a document that is no case at all; `problems` then say why.
    """

    uid: str
    case: Case | None
    version: int | None = None
    title: str = ""
    customer: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PortfolioRequest:
    """How a portfolio is worked out: in which currency, at which rates, with which draws.

    As many draws are made as asked for, rounded up to whole rounds (`total_draws`).
    """

    currency: str = "GBP"
    rates: tuple[ReportingRate, ...] = ()
    draws: int = DEFAULT_DRAWS
    seed: int = 1

    @property
    def total_draws(self) -> int:
        """The draws that are made: a multiple of the rounds that their errors come from."""
        return math.ceil(self.draws / ROUNDS) * ROUNDS

    def rate_of(self, currency: str) -> ReportingRate | None:
        """What one unit of a currency is in the report; None where nobody has said."""
        if currency == self.currency:
            return ReportingRate(currency=currency, value=1.0)
        return next((each for each in self.rates if each.currency == currency), None)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some cases of a portfolio, to be worked out together; `first` is the number of the first."""

    request: PortfolioRequest
    entries: tuple[Entry, ...]
    first: int = 0


def prepare(entries: Sequence[Entry], request: PortfolioRequest) -> tuple[Part, ...]:
    """The parts of a portfolio, in the order of its cases.

    Raises `CaseError` with every mistake of the request, and for cases that are in it twice.
    """
    refuse_impossible(request, [entry.uid for entry in entries])
    size = cases_per_part(len(entries), request.draws)
    return tuple(
        Part(request=request, entries=tuple(entries[first : first + size]), first=first)
        for first in range(0, len(entries), size)
    )


def cases_per_part(cases: int, draws: int) -> int:
    """How many cases make a part of about half a second, within what may be kept of all parts."""
    seconds = SECONDS_PER_CASE + draws * SECONDS_PER_DRAW
    in_time = max(1, int(SECONDS_PER_PART / seconds))
    most_parts = max(1, MAX_BYTES_OF_SUMS // (8 * SERIES_PER_PART * draws))
    return max(in_time, -(-cases // most_parts))


def refuse_impossible(request: PortfolioRequest, uids: Sequence[str]) -> None:
    """Raise `CaseError` with every mistake of a request for these cases."""
    problems = [
        *_of_number("draws", request.draws, MIN_DRAWS, MAX_DRAWS),
        *_of_number("seed", request.seed, 0, MAX_SEED),
        *_of_number("cases", len(uids), 1, MAX_CASES),
        *_of_currency("currency", request.currency),
        *_of_uids(uids),
    ]
    for each in request.rates:
        problems += _of_rate(each, request.currency)
    if problems:
        raise CaseError(problems)


def _of_number(place: str, number: int, least: int, most: int) -> list[Problem]:
    if least <= number <= most:
        return []
    side = f"more than {most:,}" if number > most else f"fewer than {least:,}"
    remedy = f"Take {least:,} to {most:,}."
    return [_problem(place, f"{number:,} {_NOUNS[place]} {side}.", remedy)]


_NOUNS = {"draws": "draws are", "seed": "as the seed is", "cases": "cases are"}


def _of_currency(place: str, currency: str) -> list[Problem]:
    if currency in CURRENCIES:
        return []
    return [_problem(place, f"“{currency[:20]}” is no currency.", "Write a code such as GBP.")]


def _of_uids(uids: Sequence[str]) -> list[Problem]:
    twice = [uid for uid, count in Counter(uids).items() if count > 1]
    remedy = "Name each case once."
    return [
        _problem("cases", f"The case {uid} is in the portfolio twice.", remedy) for uid in twice
    ]


def _of_rate(rate: ReportingRate, reporting: str) -> list[Problem]:
    place = f"rates.{rate.currency[:20]}"
    found = _of_currency(place, rate.currency)
    if found:
        return found
    if rate.currency == reporting:
        return [_problem(place, f"{reporting} is the currency of the report.", "Leave it out.")]
    numbers = [each for each in (rate.value, rate.low, rate.high) if each is not None]
    if not all(0 < each < float("inf") for each in numbers):
        cause = f"A rate of {rate.currency} to {reporting} is not above zero."
        return [_problem(place, cause, f"Say how much {reporting} one {rate.currency} is.")]
    return _of_range(rate, reporting, place)


def _of_range(rate: ReportingRate, reporting: str, place: str) -> list[Problem]:
    try:
        distributions.of(rate.as_assumption(reporting))
    except InputError as error:
        found = error.problems if isinstance(error, CaseError) else (error.problem(place),)
        return [_problem(place, each.cause, each.remedy) for each in found]
    return []


def _problem(place: str, cause: str, remedy: str) -> Problem:
    return Problem(code="portfolio", place=place, cause=cause, remedy=remedy)
