"""Figures that are found by trial or read off rows: rates of return, paybacks, peaks.

Each search takes the books of a case whose net flow is defined in every period, and gives a
value, or None with the reason; or a value with a qualification.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from valuecalc.case.case import Case
from valuecalc.engine import finance
from valuecalc.engine.books import Books
from valuecalc.formula import quantity
from valuecalc.phrases import joined, phrase

Found = tuple[float | None, str]
"""A value, or None with the reason; or a value with a qualification."""

NO_SIGN_CHANGE = phrase("None: the net flow never changes its sign, so no rate makes the NPV zero.")
NO_RATE = phrase("None: no rate above −100% makes the NPV zero.")
ONE_SIDED = phrase("There are no outflows or no inflows to compare.")
AT_ONE_MOMENT = phrase("Everything flows at one moment, and a rate needs time.")
NO_INVESTMENT = phrase("There is no investment to pay back.")
NEVER_BELOW_ZERO = phrase("Cumulative cash is never below zero.")


def beyond_horizon(case: Case) -> str:
    """Why there is no payback where cash turns positive later, if at all."""
    return phrase("Not within the horizon of {horizon}.", horizon=case.timeline.horizon_text)


def _irr(books: Books) -> Found:
    found = finance.internal_rates(books.series["net"], books.axis.times, books.scale("net"))
    if found.unique is not None:
        return found.unique, ""
    if not found.rates:
        return None, _why_no_rate(books)
    shown = joined(phrase(" and "), [quantity.show(rate, "%", digits=1) for rate in found.rates])
    return None, phrase(
        "Not unique: the NPV is zero at {rates}. See the modified IRR.", rates=shown
    )


def _why_no_rate(books: Books) -> str:
    net = finance.without_noise(books.series["net"], books.scale("net"))
    if np.any(net > 0) and np.any(net < 0):
        return NO_RATE
    return NO_SIGN_CHANGE


def _mirr(books: Books) -> Found:
    case = books.case
    rate = case.discounting.rate
    conventions = case.conventions
    value = finance.modified_internal_rate(
        books.series["net"],
        books.axis.times,
        rate if conventions.finance_rate is None else conventions.finance_rate,
        rate if conventions.reinvestment_rate is None else conventions.reinvestment_rate,
        books.scale("net"),
    )
    if value is None:
        return None, ONE_SIDED if books.axis.times[-1] > 0 else AT_ONE_MOMENT
    return value, ""


def _payback_of(series: str) -> Callable[[Books], Found]:
    def find(books: Books) -> Found:
        if not np.any(finance.without_noise(books.series["investment"], books.scale("net"))):
            return None, NO_INVESTMENT
        conventions = books.case.conventions
        found = finance.payback(
            books.series[series],
            books.axis.months_per_period,
            crossing=conventions.payback_crossing,
            whole_periods=conventions.payback == "whole_periods",
            scale=books.scale(series),
        )
        if found.months is None:
            return None, beyond_horizon(books.case)
        if found.crossings <= 1:
            return found.months, ""
        return found.months, phrase(
            "Cash turns positive {number} times; see the cumulative cash.",
            number=str(found.crossings),
        )

    return find


def _peak(books: Books) -> Found:
    lowest = float(np.min(books.series["cumulative"]))
    return min(0.0, lowest), "" if lowest < 0 else NEVER_BELOW_ZERO


def _peak_month(books: Books) -> Found:
    cumulative = books.series["cumulative"]
    if float(np.min(cumulative)) >= 0:
        return None, NEVER_BELOW_ZERO
    return float(books.axis.months[int(np.argmin(cumulative))]), ""


SEARCHES: dict[str, Callable[[Books], Found]] = {
    "irr": _irr,
    "mirr": _mirr,
    "payback": _payback_of("net"),
    "payback_discounted": _payback_of("discounted"),
    "peak_funding": _peak,
    "peak_funding_month": _peak_month,
}
