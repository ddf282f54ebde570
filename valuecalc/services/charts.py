"""The charts of a result for a page, each with the table that says the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from valuecalc.documents.charts import risk
from valuecalc.documents.charts.bars import Share, shares, shares_table
from valuecalc.documents.charts.bridge import Bar, waterfall_table
from valuecalc.documents.charts.cumulative import cumulative_cash
from valuecalc.documents.charts.plan import plan_picture
from valuecalc.documents.charts.risk import Picture
from valuecalc.documents.charts.scale import LARGEST_AMOUNT, Undrawable
from valuecalc.documents.charts.series import cumulative_table
from valuecalc.documents.charts.sparkline import sparkline
from valuecalc.documents.charts.table import Table
from valuecalc.documents.charts.waterfall import waterfall_rows
from valuecalc.engine.bridges import LineBridge
from valuecalc.engine.effects import Bridge
from valuecalc.engine.result import Result
from valuecalc.engine.sensitivity.tornado import Tornado
from valuecalc.engine.uncertainty.information import Information
from valuecalc.engine.uncertainty.simulate import SimulationResult
from valuecalc.formula import quantity

PANEL_WIDTH = 336
CARD_WIDTH = 380
CASH_HEIGHT = 200

PHONE_WIDTH = 332
HALF_WIDTH = 520
WHOLE_WIDTH = 900
"""Widths of charts that have a page to themselves, on a phone and elsewhere."""


@dataclass(frozen=True)
class Chart:
    """A picture as SVG text, safe to stand in a page, and its table.

    `note` is a line under the title. `narrow` is the same picture for a phone, if it has one.
    """

    title: str
    svg: str
    table: Table
    note: str = ""
    narrow: str = ""


def is_drawable(result: Result) -> bool:
    """Whether the charts of a result can be drawn: its amounts are there, and not astronomical."""
    totals = [
        result.value(f"{line.prefix}.total") or 0.0
        for line in (*result.benefits, *result.investments)
    ]
    amounts = [*totals, *result.series["cumulative"].tolist()]
    return result.value("value") is not None and all(
        math.isfinite(each) and abs(each) <= LARGEST_AMOUNT for each in amounts
    )


def waterfall(result: Result, chart_id: str = "waterfall") -> Chart:
    """From the benefits over the investments to the value."""
    bars = [*_bars(result), Bar("Value", result.value("value") or 0.0, "total")]
    svg = waterfall_rows(
        bars, money(result), chart_id=chart_id, width=PANEL_WIDTH, title="From benefits to value"
    )
    return Chart("From benefits to value", svg, waterfall_table(bars, money(result)))


def _bars(result: Result) -> list[Bar]:
    lines = ((line, "benefit") for line in result.benefits)
    costs = ((line, "investment") for line in result.investments)
    return [
        Bar(line.label, result.value(f"{line.prefix}.total") or 0.0, kind)  # type: ignore[arg-type]
        for line, kind in (*lines, *costs)
    ]


def cumulative(result: Result, chart_id: str = "cumulative") -> Chart:
    """Cumulative cash over time, with the payback."""
    cash = result.series["cumulative"]
    points = list(zip(result.axis.months.tolist(), cash.tolist(), strict=True))
    payback = result.figure("payback")
    label = _payback_label(payback.value, payback.text, payback.note)
    svg = cumulative_cash(
        points,
        money(result),
        chart_id=chart_id,
        width=PANEL_WIDTH,
        height=CASH_HEIGHT,
        payback=payback.value,
        payback_label=label,
    )
    table = cumulative_table(points, money(result), payback_label=label)
    return Chart("Cumulative cash", svg, table, "Undiscounted, from the decision on.")


def _payback_label(value: float | None, text: str, note: str) -> str:
    return f"Pays back after {text}" if value is not None else note.rstrip(".")


def evidence(result: Result, chart_id: str = "evidence-shares") -> Chart:
    """How much of the benefits rests on each grade of evidence."""
    write = money(result)
    rows = [
        Share(f"{each.grade} – {each.grade.label}", each.share or 0.0, write(each.amount))
        for each in result.evidence
    ]
    title = "Benefits by strength of evidence"
    svg = shares(rows, chart_id=chart_id, width=CARD_WIDTH, title=title)
    return Chart(title, svg, shares_table(rows))


def yearly(result: Result, chart_id: str) -> str:
    """The net cash of each report year as a tiny picture without a table: SVG text."""
    cash = result.axis.by_year(result.series["net"]).tolist()
    write = money(result)
    amounts = ", ".join(
        f"{label} {write(amount)}"
        for label, amount in zip(result.axis.column_labels, cash, strict=True)
    )
    return sparkline(cash, chart_id=chart_id, title="Net cash by year", description=f"{amounts}.")


def plan(result: Result, chart_id: str = "plan-chart") -> Chart | None:
    """The steps of the plan over its days; None for a case without a plan."""
    if not result.plan.steps:
        return None
    return _for_page(
        lambda id, width: plan_picture(result.plan, chart_id=id, width=width),
        chart_id,
        WHOLE_WIDTH,
    )


# --------------------------------------------------------------------------- how sure it is


def histogram(simulation: SimulationResult, figure: str = "value") -> Chart:
    """How often a figure comes out where."""
    chart = _for_page(
        lambda id, width: risk.histogram_picture(simulation, figure, chart_id=id, width=width),
        "histogram",
        HALF_WIDTH,
    )
    assert chart is not None, "a histogram can be drawn of any draws"
    return chart


def likelihood(simulation: SimulationResult, figure: str = "value") -> Chart:
    """How likely a figure is at least so high."""
    chart = _for_page(
        lambda id, width: risk.likelihood_picture(simulation, figure, chart_id=id, width=width),
        "likelihood",
        HALF_WIDTH,
    )
    assert chart is not None, "a curve can be drawn of any draws"
    return chart


def cash_band(simulation: SimulationResult) -> Chart | None:
    """Cumulative cash with its likely range; None while it is undefined."""
    return _for_page(
        lambda id, width: risk.cash_band_picture(simulation, chart_id=id, width=width),
        "cash-band",
        WHOLE_WIDTH,
    )


def information(found: Information) -> Chart | None:
    """What it is worth to find out more about each assumption."""
    return _for_page(
        lambda id, width: risk.information_picture(found, chart_id=id, width=width),
        "information",
        WHOLE_WIDTH,
    )


def tornado(found: Tornado) -> Chart | None:
    """How far each assumption moves a figure; None while the figure does not exist."""
    return _for_page(
        lambda id, width: risk.tornado_picture(found, chart_id=id, width=width),
        "tornado",
        WHOLE_WIDTH,
    )


def bridge(
    found: LineBridge | Bridge, chart_id: str = "bridge", ends: tuple[str, str] = ("", "")
) -> Chart | None:
    """What leads from one result to another; None where the two cannot be compared."""
    return _for_page(
        lambda id, width: risk.bridge_picture(found, chart_id=id, width=width, ends=ends),
        chart_id,
        WHOLE_WIDTH,
    )


def _for_page(
    draw: Callable[[str, float], Picture | None], chart_id: str, width: float
) -> Chart | None:
    """A picture for a page, and once more for a phone; None for amounts that none can show."""
    try:
        wide, narrow = draw(chart_id, width), draw(f"{chart_id}-narrow", PHONE_WIDTH)
    except Undrawable:
        return None
    if wide is None or narrow is None:
        return None
    return Chart(wide.title, wide.svg, wide.table, narrow=narrow.svg)


def money(result: Result) -> Callable[[float], str]:
    """Writes amounts of the case in three digits."""
    currency = result.case.currency
    return lambda amount: quantity.show_short(amount, currency)
