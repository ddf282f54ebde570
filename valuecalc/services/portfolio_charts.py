"""The charts of a portfolio for a page, each with the table that says the same.

They are drawn from the portfolio as JSON (`schemas.portfolio`), which is what a job keeps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from valuecalc.case.case import Grade
from valuecalc.documents.charts.bars import Share, shares, shares_table
from valuecalc.documents.charts.histogram import Bins, Mark, histogram, histogram_table
from valuecalc.documents.charts.likelihood import Curve, likelihood, likelihood_table
from valuecalc.documents.charts.ranking import Rank, ranking
from valuecalc.documents.charts.scale import LARGEST_AMOUNT, Money
from valuecalc.documents.charts.table import Table
from valuecalc.formula import quantity
from valuecalc.services.charts import PHONE_WIDTH, Chart

HALF_WIDTH = 520
WHOLE_WIDTH = 1100
MOST_BARS = 12
MARKED = ("p10", "p50", "p90")

WON, DRAWN = "all_won", "drawn"
"""The two ways to sum up the draws, by their names in the document."""

Document = Mapping[str, Any]


def spread(portfolio: Document, how: str, figure: str) -> Chart:
    """How often the sum comes out where: `how` is `WON` or `DRAWN`, `figure` value or npv."""
    drawn, write = portfolio[how], money(portfolio)
    found, marked = _bins(drawn["histograms"][figure]), _marks(drawn["figures"][figure])
    title = "How often the sum comes out where"

    def draw(chart_id: str, width: float) -> str:
        return histogram(found, marked, write, chart_id=chart_id, width=width, title=title)

    return _for_page(draw, f"spread-{how}", HALF_WIDTH, title, histogram_table(found, write))


def curve(portfolio: Document, how: str, figure: str) -> Chart:
    """How likely the sum is at least so high."""
    drawn, write = portfolio[how], money(portfolio)
    points, marked = _curve(drawn["cumulative"][figure]), _marks(drawn["figures"][figure])
    title = "How likely the sum is at least this high"

    def draw(chart_id: str, width: float) -> str:
        return likelihood(points, marked, write, chart_id=chart_id, width=width, title=title)

    table = likelihood_table(points, marked, write) if len(points) > 1 else Table(("", ""), ())
    return _for_page(draw, f"curve-{how}", HALF_WIDTH, title, table)


def evidence(portfolio: Document) -> Chart:
    """How much of all benefits rests on each grade of evidence."""
    write = money(portfolio)
    rows = [
        Share(f"{each['grade']} – {Grade(each['grade']).label}", each["share"] or 0.0, amount)
        for each in portfolio["evidence"]
        for amount in [write(each["amount"])]
    ]
    title = "Benefits by strength of evidence"

    def draw(chart_id: str, width: float) -> str:
        return shares(rows, chart_id=chart_id, width=width, title=title)

    return _for_page(draw, "evidence", HALF_WIDTH, title, shares_table(rows))


def bars(portfolio: Document) -> Chart:
    """What moves the NPV of the portfolio most: how far, from one end of a range to the other."""
    write = money(portfolio)
    ranks = [
        Rank(bar_label(each), each["weighted_span"])
        for each in portfolio["bars"][:MOST_BARS]
        if _are_drawable([each["weighted_span"]])
    ]
    title = "How far the NPV moves, from end to end"

    def draw(chart_id: str, width: float) -> str:
        nothing = "No assumption has a range"
        return ranking(ranks, write, chart_id=chart_id, width=width, title=title, nothing=nothing)

    rows = tuple((each.label, write(each.amount)) for each in ranks)
    return _for_page(draw, "bars", WHOLE_WIDTH, title, Table(("Assumption", "Moves it by"), rows))


def bar_label(bar: Mapping[str, Any]) -> str:
    """An assumption with its case; a common driver with the number of cases it is in."""
    if bar["driver"]:
        count = "1 case" if bar["cases"] == 1 else f"{bar['cases']:,} cases"
        return f"{bar['label']}, common to {count}"
    return f"{bar['label']} ({bar['case_title']})"


def money(portfolio: Document) -> Money:
    """Writes amounts in the currency of the report, in three digits."""
    currency = portfolio["currency"]
    return lambda amount: quantity.show_short(amount, currency)


def _bins(found: Mapping[str, Any]) -> Bins:
    if not _are_drawable(found["edges"]):
        return Bins(edges=(), counts=())
    return Bins(found["edges"], found["counts"], below=found["below"], above=found["above"])


def _marks(figure: Mapping[str, Any]) -> list[Mark]:
    amounts = [(name.upper(), figure["percentiles"][name]) for name in MARKED]
    return [Mark(name, amount) for name, amount in amounts if _are_drawable([amount])]


def _curve(found: Mapping[str, Any]) -> Curve:
    """The chance of at least each amount, from the shares of draws that are at most it."""
    if not _are_drawable([*found["values"], *found["shares"]]):
        return []
    return [
        (amount, 1 - share) for amount, share in zip(found["values"], found["shares"], strict=True)
    ]


def _are_drawable(amounts: Iterable[float | None]) -> bool:
    return all(
        each is not None and math.isfinite(each) and abs(each) <= LARGEST_AMOUNT for each in amounts
    )


def _for_page(
    draw: Callable[[str, float], str], chart_id: str, width: float, title: str, table: Table
) -> Chart:
    """A picture for a page, and once more for a phone."""
    return Chart(
        title, draw(chart_id, width), table, narrow=draw(f"{chart_id}-narrow", PHONE_WIDTH)
    )


def drawn_ways(portfolio: Document) -> Sequence[str]:
    """The ways in which the draws were summed up: `DRAWN` only where a case has a chance."""
    return (WON,) if portfolio[DRAWN] is None else (WON, DRAWN)
