"""Many cases at once: their totals, how sure the sum is, and what moves it most.

    parts = prepare(entries, request)
    results = [work(part) for part in parts]       # anywhere, in any order
    portfolio = merge(request, parts, results)     # in the order of the parts

The answer is the same to the last bit whoever worked the parts out; `Portfolio.hash` is over
the summed draws and every figure.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from valuecalc.case.case import Grade
from valuecalc.engine.portfolio.cases import GAIN, CaseRemark, CaseSummary
from valuecalc.engine.portfolio.parts import BrokenPart, PartResult, Sums, unpack, work
from valuecalc.engine.portfolio.ranking import BARS, Bar
from valuecalc.engine.portfolio.request import Entry, PortfolioRequest, ReportingRate, prepare
from valuecalc.engine.result import EvidenceShare, Figure
from valuecalc.engine.uncertainty.draws import ROUNDS
from valuecalc.engine.uncertainty.percentiles import (
    Chance,
    Cumulative,
    Histogram,
    Percentiles,
    chance,
    cumulative,
    histogram,
    summary,
)
from valuecalc.formula import quantity

Series = NDArray[np.float64]
LABELS = {"value": "Value", "npv": "Net present value (NPV)"}


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Sums over `count` cases at expected values, in the currency of the report."""

    count: int
    benefits: float
    investment: float
    value: float
    npv: float


@dataclass(frozen=True, kw_only=True)
class SimulatedSum:
    """Value and NPV of many cases together, over all draws."""

    figures: dict[str, Percentiles]
    gain: Chance
    histograms: dict[str, Histogram]
    cumulative: dict[str, Cumulative]


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """Many cases together, in one currency.

    `totals` and `all_won` count every case in full, as if all were won. `weighted` counts each
    by its chance of winning, and `drawn` draws whether it is won; both leave out the cases
    without such a chance, which `without_probability` lists, and are None when no case has one.
    `left_out` could not be worked out and are in no sum; `not_simulated` count at their expected
    value. `notes` say in words how all this was done.
    """

    request: PortfolioRequest
    cases: tuple[CaseSummary, ...]
    totals: Totals
    weighted: Totals | None
    evidence: tuple[EvidenceShare, ...]
    finance_benefits: float
    finance_share: float | None
    all_won: SimulatedSum
    drawn: SimulatedSum | None
    bars: tuple[Bar, ...]
    bars_of: int
    drivers: tuple[Bar, ...]
    left_out: tuple[CaseRemark, ...]
    not_simulated: tuple[CaseRemark, ...]
    without_probability: tuple[CaseRemark, ...]
    notes: tuple[str, ...]
    hash: str = ""

    @property
    def currency(self) -> str:
        """The currency of all sums."""
        return self.request.currency

    @property
    def without_probability_totals(self) -> Totals:
        """The sums over the cases that the weighted ones leave out."""
        return totals_of([each for each in self.cases if each.probability is None])


def calculate(entries: Sequence[Entry], request: PortfolioRequest | None = None) -> Portfolio:
    """A portfolio worked out here and now. Raises `CaseError` as `prepare` does."""
    request = request or PortfolioRequest()
    parts = prepare(entries, request)
    return merge(request, parts, map(work, parts))


class Named(Protocol):
    """Something that stands for a case."""

    @property
    def uid(self) -> str:
        """The public name of the case."""


class Group(Protocol):
    """A part of a portfolio: here only which cases are in it matters."""

    @property
    def entries(self) -> Sequence[Named]:
        """Its cases, in their order."""


def merge(request: PortfolioRequest, parts: Sequence[Group], results: Iterable[bytes]) -> Portfolio:
    """The portfolio of all parts, whose results come in the order of the parts.

    One result is held at a time. Raises `BrokenPart` for bytes that are not of these parts.
    """
    whole = PartResult(Sums(request.total_draws))
    for part, content in zip(parts, results, strict=True):
        found = unpack(content, request.total_draws)
        _refuse_other_cases(part, found)
        whole.join(found)
    portfolio = _portfolio(request, whole)
    return replace(portfolio, hash=_hash(portfolio, whole.sums))


def _refuse_other_cases(part: Group, found: PartResult) -> None:
    known = {each.uid for each in found.cases} | {each.uid for each in found.left_out}
    if known != {entry.uid for entry in part.entries}:
        raise BrokenPart(
            "A part of the portfolio is of other cases.", "Work the portfolio out again."
        )


def _portfolio(request: PortfolioRequest, whole: PartResult) -> Portfolio:
    cases = whole.cases
    hoped_for = [each for each in cases if each.probability is not None]
    totals = totals_of(cases)
    weighted = totals_of(hoped_for, _probability) if hoped_for else None
    finance_benefits = _sum(cases, lambda each: each.finance_benefits)
    portfolio = Portfolio(
        request=request,
        cases=tuple(cases),
        totals=totals,
        weighted=weighted,
        evidence=_evidence(cases, totals.benefits),
        finance_benefits=finance_benefits,
        finance_share=_share(finance_benefits, totals.benefits),
        all_won=_simulated(whole.sums, "", totals, request),
        drawn=_simulated(whole.sums, "weighted_", weighted, request) if weighted else None,
        bars=whole.ranking.ranked(),
        bars_of=whole.ranking.ranked_of,
        drivers=tuple(whole.ranking.drivers.values()),
        left_out=tuple(whole.left_out),
        not_simulated=tuple(whole.not_simulated),
        without_probability=tuple(map(_without_probability, _without(cases))),
        notes=(),
    )
    return replace(portfolio, notes=tuple(_notes(portfolio)))


# --------------------------------------------------------------------------- sums


def totals_of(
    cases: Sequence[CaseSummary], weight: Callable[[CaseSummary], float] = lambda _: 1.0
) -> Totals:
    """The sums over some cases, in the currency of the report."""
    return Totals(
        count=len(cases),
        benefits=_sum(cases, lambda each: weight(each) * each.benefits),
        investment=_sum(cases, lambda each: weight(each) * each.investment),
        value=_sum(cases, lambda each: weight(each) * each.value),
        npv=_sum(cases, lambda each: weight(each) * each.npv),
    )


def _probability(case: CaseSummary) -> float:
    return case.probability or 0.0


def _sum(cases: Iterable[CaseSummary], amount: Callable[[CaseSummary], float]) -> float:
    return math.fsum(amount(each) * each.rate for each in cases)


def _share(amount: float, of: float) -> float | None:
    return amount / of if of else None


def _evidence(cases: Sequence[CaseSummary], benefits: float) -> tuple[EvidenceShare, ...]:
    amounts = {
        grade: math.fsum(each.evidence[grade.value] * each.rate for each in cases)
        for grade in Grade
    }
    return tuple(
        EvidenceShare(grade=grade, amount=amount, share=_share(amount, benefits))
        for grade, amount in amounts.items()
    )


def _without(cases: Iterable[CaseSummary]) -> list[CaseSummary]:
    return [each for each in cases if each.probability is None]


def _without_probability(case: CaseSummary) -> CaseRemark:
    return CaseRemark(
        uid=case.uid,
        title=case.title,
        customer=case.customer,
        version=case.version,
        reason="No probability given: it is in the plain totals and not in the weighted ones.",
    )


# --------------------------------------------------------------------------- draws


def _simulated(sums: Sums, prefix: str, totals: Totals, request: PortfolioRequest) -> SimulatedSum:
    zeros = np.zeros(request.total_draws)
    drawn = {name: sums.series.get(f"{prefix}{name}", zeros) for name in LABELS}
    expected = {"value": totals.value, "npv": totals.npv}
    figures = {
        name: Figure(name=name, label=label, value=expected[name], unit=request.currency)
        for name, label in LABELS.items()
    }
    return SimulatedSum(
        figures={name: summary(figures[name], drawn[name], ROUNDS) for name in LABELS},
        gain=chance(GAIN, drawn["npv"] > 0, np.isfinite(drawn["npv"]), ROUNDS),
        histograms={name: histogram(drawn[name]) for name in LABELS},
        cumulative={name: cumulative(drawn[name]) for name in LABELS},
    )


def _hash(portfolio: Portfolio, sums: Sums) -> str:
    """A digest of the summed draws and of every figure."""
    digest = hashlib.sha256()
    for name, series in sums.series.items():
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(series, dtype="<f8").tobytes())
    figures = [
        [asdict(each) for each in portfolio.cases],
        asdict(portfolio.totals),
        asdict(portfolio.weighted) if portfolio.weighted else None,
        [asdict(each) for each in portfolio.bars],
        [asdict(each) for each in (*portfolio.left_out, *portfolio.not_simulated)],
    ]
    digest.update(json.dumps(figures, sort_keys=True).encode())
    return digest.hexdigest()


# --------------------------------------------------------------------------- words


def _notes(portfolio: Portfolio) -> Iterable[str]:
    yield _how_drawn(portfolio.request)
    yield (
        "An exchange rate moves in all cases together, and so does whatever carries the same "
        "common name; everything else is independent from case to case."
    )
    yield (
        f"Standard errors come from the spread between {ROUNDS} independent rounds of the draws."
    )
    if portfolio.without_probability:
        yield _how_weighted(portfolio)
    if portfolio.not_simulated:
        yield (
            f"{_cases(len(portfolio.not_simulated))} could not be simulated: counted in every draw "
            "at the expected value, without a range."
        )
    if portfolio.left_out:
        yield f"{_cases(len(portfolio.left_out))} could not be worked out: in none of the sums."
    yield (
        f"The {BARS} largest bars are shown: changes of the NPV between the 10th and the 90th "
        "percentile of an assumption, weighted with the chance of winning, where a case without "
        "one counts in full. A share is the part of a bar in the spans of all bars."
    )
    yield from _rates(portfolio)


def _how_drawn(request: PortfolioRequest) -> str:
    return (
        f"{request.total_draws:,} plain random draws with seed {request.seed}; plain, because two "
        "Sobol sequences of different cases are not independent of each other."
    )


def _how_weighted(portfolio: Portfolio) -> str:
    left = portfolio.without_probability_totals
    worth = quantity.show(left.value, portfolio.currency)
    return (
        f"{_cases(left.count)} without a probability of winning, worth {worth} in all: counted in "
        "full in the plain totals, and left out of the weighted ones."
    )


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count:,} cases"


def _rates(portfolio: Portfolio) -> Iterable[str]:
    used = sorted({each.currency for each in portfolio.cases} - {portfolio.currency})
    for currency in used:
        rate = portfolio.request.rate_of(currency)
        assert rate is not None
        yield _rate_words(rate, portfolio.currency)


def _rate_words(rate: ReportingRate, reporting: str) -> str:
    words = f"1 {rate.currency} counts as {rate.value:.6g} {reporting}"
    if rate.low is not None or rate.high is not None:
        low = rate.value if rate.low is None else rate.low
        high = rate.value if rate.high is None else rate.high
        words += f", with a range of {low:.6g} to {high:.6g} (10th to 90th percentile)"
    source = ", ".join(filter(None, [rate.date.isoformat() if rate.date else "", rate.source]))
    return f"{words} ({source})." if source else f"{words}."
