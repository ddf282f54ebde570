"""Figures that are found by trial or read off rows: rates of return, paybacks, peaks.

Each search takes the books of a case whose net flow is defined in every period, and gives a
value, or None with the reason; or a value with a qualification.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from valuecalc.engine import finance
from valuecalc.engine.books import Books
from valuecalc.formula import quantity

Found = tuple[float | None, str]
"""A value, or None with the reason; or a value with a qualification."""


def _irr(books: Books) -> Found:
    found = finance.internal_rates(books.series["net"], books.axis.times)
    if found.unique is not None:
        return found.unique, ""
    if not found.rates:
        return None, _why_no_rate(books)
    shown = " and ".join(quantity.show(rate, "%", digits=1) for rate in found.rates)
    return None, f"Not unique: the NPV is zero at {shown}. See the modified IRR."


def _why_no_rate(books: Books) -> str:
    net = books.series["net"]
    if np.any(net > 0) and np.any(net < 0):
        return "None: no rate above −100% makes the NPV zero."
    return "None: the net flow never changes its sign, so no rate makes the NPV zero."


def _mirr(books: Books) -> Found:
    case = books.case
    rate = case.discounting.rate
    conventions = case.conventions
    value = finance.modified_internal_rate(
        books.series["net"],
        books.axis.times,
        rate if conventions.finance_rate is None else conventions.finance_rate,
        rate if conventions.reinvestment_rate is None else conventions.reinvestment_rate,
    )
    if value is None:
        return None, "There are no outflows or no inflows to compare."
    return value, ""


def _payback_of(series: str) -> Callable[[Books], Found]:
    def find(books: Books) -> Found:
        if not np.any(books.series["investment"]):
            return None, "There is no investment to pay back."
        conventions = books.case.conventions
        found = finance.payback(
            books.series[series],
            books.axis.months_per_period,
            crossing=conventions.payback_crossing,
            whole_periods=conventions.payback == "whole_periods",
        )
        if found.months is None:
            return None, f"Not within the horizon of {books.case.timeline.horizon_text}."
        several = f"Cash turns positive {found.crossings} times; see the cumulative cash."
        return found.months, several if found.crossings > 1 else ""

    return find


def _peak(books: Books) -> Found:
    lowest = float(np.min(books.series["cumulative"]))
    return min(0.0, lowest), "" if lowest < 0 else "Cumulative cash is never below zero."


def _peak_month(books: Books) -> Found:
    cumulative = books.series["cumulative"]
    if float(np.min(cumulative)) >= 0:
        return None, "Cumulative cash is never below zero."
    return float(books.axis.months[int(np.argmin(cumulative))]), ""


SEARCHES: dict[str, Callable[[Books], Found]] = {
    "irr": _irr,
    "mirr": _mirr,
    "payback": _payback_of("net"),
    "payback_discounted": _payback_of("discounted"),
    "peak_funding": _peak,
    "peak_funding_month": _peak_month,
}
