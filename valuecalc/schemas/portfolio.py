"""What is asked of a portfolio of cases, and its answer.

A rate is how much of the currency of the report one unit of another currency is; one with a
range is uncertain, and moves in all cases together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from marshmallow import pre_dump, pre_load

from valuecalc.schemas.fields import Currency, DateField, Flag, Many, Part, Quantity, Table, Text
from valuecalc.schemas.paging import CurrencyCode, Integer, Uid
from valuecalc.schemas.reading import read_currency
from valuecalc.schemas.requests import RequestShape
from valuecalc.schemas.result import (
    ByName,
    Count,
    EvidenceShareSchema,
    Items,
    Number,
    OutputShape,
    Texts,
    Words,
)
from valuecalc.schemas.shape import Shape
from valuecalc.schemas.spread import (
    ChanceSchema,
    CumulativeSchema,
    HistogramSchema,
    PercentilesSchema,
)

MIN_DRAWS, MAX_DRAWS, DEFAULT_DRAWS = 1_000, 100_000, 10_000
MAX_CASES = 2_000
MAX_RATES = 50


# --------------------------------------------------------------------------- the request


@dataclass(frozen=True, kw_only=True)
class CaseFilter:
    """Which cases of a team are meant, as the list of cases filters them."""

    words: str = ""
    customer: str = ""
    sector: str = ""
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class GivenRate:
    """A rate that the caller gives; `low` and `high` are its 10th and 90th percentile."""

    value: float
    low: float | None = None
    high: float | None = None
    date: date | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class PortfolioAsked:
    """What somebody asks for: which cases, in which currency, with which draws.

    Without `cases` it is all of the team that fit `filter`; without `currency` the one that
    most of them are in; without a rate the published one of the day `date`.
    """

    team: str | None = None
    cases: tuple[str, ...] = ()
    filter: CaseFilter = field(default_factory=CaseFilter)
    currency: str = ""
    rates: Mapping[str, GivenRate] = field(default_factory=dict)
    date: date | None = None
    draws: int = DEFAULT_DRAWS
    seed: int = 1


class CaseFilterSchema(Shape):
    """Which cases of the team: all that fit everything that is said here."""

    makes = CaseFilter
    example = "{q: network, sector: telecoms}"

    words = Text(data_key="q", about="Words that stand in title, customer or sector.")
    customer = Text(about="Those of one customer.")
    sector = Text(about="Those of one sector.")
    currency = CurrencyCode(about="Those in one currency.", example="EUR")


class GivenRateSchema(Shape):
    """One unit of a currency in the currency of the report: `0.86`, or with a range."""

    makes = GivenRate
    example = "0.86, or {value: 0.86, low: 0.82, high: 0.90, source: Our treasury}"

    value = Quantity(unit="1", above=0, required=True, about="How much.", example="0.86")
    low = Quantity(unit="1", above=0, about="Its 10th percentile; certain without it.")
    high = Quantity(unit="1", above=0, about="Its 90th percentile; certain without it.")
    date = DateField(about="The day of the rate.")
    source = Text(about="Who says so.")

    @pre_load
    def _from_number(self, data: Any, **_: Any) -> Any:
        if isinstance(data, str | int | float) and not isinstance(data, bool):
            return {"value": data}
        return data


class PortfolioRequestSchema(RequestShape):
    """Which cases to look at together, and how."""

    makes = PortfolioAsked
    example = "{currency: GBP, filter: {sector: telecoms}}"

    team = Uid(about="The team; your only one when left out.")
    cases = Many(
        Uid(), least=1, most=MAX_CASES, about="These cases; otherwise all that fit the filter."
    )
    filter = Part(CaseFilterSchema, about="Which cases of the team; all when left out.")
    currency = Currency(
        about="The currency of the report; otherwise that of most of the cases.", example="GBP"
    )
    rates = Table(
        Part(GivenRateSchema, required=True),
        read_key=read_currency,
        most=MAX_RATES,
        about="How much of the report’s currency one unit of another is, by its code; "
        "what is left out is taken from the published rates.",
    )
    date = DateField(about="The day of the published rates; today when left out.")
    draws = Integer(least=MIN_DRAWS, most=MAX_DRAWS, about="How many draws; 10,000 if left out.")
    seed = Integer(least=0, about="The seed of the draws; 1 when left out.")


def read_portfolio_request(data: object) -> PortfolioAsked:
    """What is asked for. Raises `CaseError` with every mistake."""
    return cast(PortfolioAsked, _REQUEST.load(cast(Mapping[str, Any], data)))


# --------------------------------------------------------------------------- the answer


class PortfolioTotalsSchema(OutputShape):
    """Sums at expected values, in the currency of the report."""

    count = Count(about="How many cases are in them.")
    benefits = Number(about="Total benefits, undiscounted.")
    investment = Number(about="Total investment, undiscounted.")
    value = Number(about="Benefits less investment.")
    npv = Number(about="Net present value, each case at its own discount rate.")


class PortfolioDrawsSchema(OutputShape):
    """Value and NPV of all cases together, over all draws."""

    figures = ByName(Part(PercentilesSchema), about="`value` and `npv`.")
    gain = Part(ChanceSchema, about="How likely the NPV is above zero.")
    histograms = ByName(Part(HistogramSchema), about="`value` and `npv`.")
    cumulative = ByName(Part(CumulativeSchema), about="`value` and `npv`.")


class PortfolioCaseSchema(OutputShape):
    """One case; its amounts are in its own currency unless they say otherwise."""

    uid = Words(about="Its public name.")
    title = Words(about="What it is called.")
    customer = Words(about="Whose case it is.")
    version = Count(allow_none=True, about="The version that was used.")
    currency = Words(about="Its currency.", example="EUR")
    rate = Number(about="What one unit of that is in the currency of the report.")
    probability = Number(about="The chance of winning; null where none is given.")
    benefits = Number(about="Total benefits.")
    investment = Number(about="Total investment.")
    value = Number(about="Benefits less investment.")
    npv = Number(about="Net present value.")
    reported_value = Number(about="The value in the currency of the report.")
    reported_npv = Number(about="The NPV in the currency of the report.")
    p10 = Number(about="The 10th percentile of the NPV; null without a simulation.")
    p90 = Number(about="The 90th percentile of the NPV; null without a simulation.")
    mean = Number(about="The mean of the NPV; null without a simulation.")
    gain = Part(
        ChanceSchema,
        allow_none=True,
        about="How likely its NPV is above zero; null without a simulation.",
    )
    is_certain = Flag(about="Whether nothing in it has a range.")
    finance_share = Number(about="The share of its benefits that its finance view counts.")
    evidence = ByName(Number(), about="Its benefits by grade of evidence.")
    notes = Texts(about="What is to be said of its draws.")


class PortfolioRemarkSchema(OutputShape):
    """A case that is not fully part of the portfolio."""

    uid = Words(about="Its public name.")
    title = Words(about="What it is called.")
    customer = Words(about="Whose case it is.")
    version = Count(allow_none=True, about="The version that was used.")
    reason = Words(about="Why, and what to do.")


class PortfolioBarSchema(OutputShape):
    """What one assumption, or one common driver in several cases, does to the NPV."""

    label = Words(about="The assumption or driver for people.")
    case = Words(about="The case of the assumption; empty for a common driver.")
    case_title = Words(about="What that case is called.")
    assumption = Words(about="The id of the assumption; empty for a common driver.")
    driver = Words(about="The common driver; empty for an assumption.", example="common:inflation")
    cases = Count(about="In how many cases it is.")
    unit = Words(about="The unit of the assumption.")
    low = Number(about="Its 10th percentile; null for a driver: each case has its own.")
    high = Number(about="Its 90th percentile; null for a driver: each case has its own.")
    change_low = Number(about="The change of the NPV at the low end, if all are won.")
    change_high = Number(about="The change of the NPV at the high end, if all are won.")
    weighted_low = Number(about="The change at the low end, weighted with the chance of winning.")
    weighted_high = Number(about="The change at the high end, weighted with the chance of winning.")
    span = Number(about="From the one end to the other, if all are won.")
    weighted_span = Number(about="The same weighted; the bars are ranked by it.")
    share = Number(about="Its part of the weighted spans of all bars.")


class PortfolioRateSchema(OutputShape):
    """A rate that the report was worked out at."""

    currency = Words(about="The currency of which one unit is taken.", example="EUR")
    value = Number(about="What it is in the currency of the report.")
    low = Number(about="Its 10th percentile; null when it is certain.")
    high = Number(about="Its 90th percentile; null when it is certain.")
    date = DateField(allow_none=True, about="The day of the rate.")
    source = Words(about="Who says so.")


class PortfolioSchema(OutputShape):
    """Many cases together."""

    currency = Words(about="The currency of all sums.", example="GBP")
    draws = Count(about="How many draws.")
    seed = Count(about="Their seed.")
    rates = Items(PortfolioRateSchema, about="The rates at hand.")
    totals = Part(PortfolioTotalsSchema, about="Every case in full.")
    weighted = Part(
        PortfolioTotalsSchema,
        allow_none=True,
        about="Weighted with the chance of winning; cases without one are not in it.",
    )
    evidence = Items(EvidenceShareSchema, about="The benefits by the grade they rest on.")
    finance_benefits = Number(about="The benefits that the finance views count.")
    finance_share = Number(about="Their share of all benefits.")
    all_won = Part(PortfolioDrawsSchema, about="Over all draws, if all cases are won.")
    drawn = Part(
        PortfolioDrawsSchema,
        allow_none=True,
        about="Over all draws, where each case with a chance of winning is won or not.",
    )
    bars = Items(PortfolioBarSchema, about="What moves the portfolio most, the largest first.")
    bars_of = Count(about="How many there are in all.")
    drivers = Items(PortfolioBarSchema, about="Every common driver, also the small ones.")
    cases = Items(PortfolioCaseSchema, about="Every case that could be worked out.")
    left_out = Items(PortfolioRemarkSchema, about="Cases that could not be worked out.")
    not_simulated = Items(
        PortfolioRemarkSchema, about="Cases that count at their expected value in every draw."
    )
    without_probability = Items(
        PortfolioRemarkSchema, about="Cases without a probability: not in the weighted sums."
    )
    notes = Texts(about="How all this was done.")
    hash = Words(about="SHA-256 over the summed draws and every figure.")

    @pre_dump
    def _flattened(self, portfolio: Any, **_: Any) -> dict[str, Any]:
        copied = {name: getattr(portfolio, name) for name in _COPIED}
        request = portfolio.request
        return {
            **copied,
            "draws": request.total_draws,
            "seed": request.seed,
            "rates": list(request.rates),
        }


_COPIED = (
    "currency totals weighted evidence finance_benefits finance_share all_won drawn bars bars_of "
    "drivers cases left_out not_simulated without_probability notes hash"
).split()


def dump_portfolio(portfolio: object) -> dict[str, Any]:
    """A portfolio, as `engine.portfolio` gives it, as JSON."""
    return cast(dict[str, Any], _PORTFOLIO.dump(portfolio))


_REQUEST = PortfolioRequestSchema()
_PORTFOLIO = PortfolioSchema()
