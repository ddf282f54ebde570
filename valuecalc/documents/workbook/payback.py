"""Rows that payback, peak funding and the modified rate of return are read from.

They follow `valuecalc.engine.finance`: what is zero but for rounding, measured by the largest
benefit or investment of the horizon, counts as zero; cash turns positive where it was negative
one period before; and a crossing is interpolated inside its period.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.draft import Draft, Values
from valuecalc.documents.workbook.formats import Format
from valuecalc.documents.workbook.rows import SUM, Block, Gap, Heading, Row, Single
from valuecalc.engine.books import SIDES
from valuecalc.engine.finance import NOISE, largest_flow

RUNNING_SUMS = {
    "net": ("cumulative", "cash"),
    "discounted": ("cumulative_discounted", "discounted cash"),
}
"""The running sum of each flow, and its name for people."""


def payback_rows(draft: Draft) -> Iterator[Block]:
    """The rows for payback and peak funding, and what must hold for them."""
    yield Heading(text="Payback and peak funding")
    for flow, (_, noun) in RUNNING_SUMS.items():
        yield _noise(draft, flow, noun)
    yield from _conditions(draft)
    for flow, (running, noun) in RUNNING_SUMS.items():
        yield from _crossings(draft, flow, running, noun)
    yield Gap()
    yield from _modified_rate(draft)


def noise_of(draft: Draft, flow: str) -> float:
    """The size up to which a number of the row `flow`, net or discounted, is rounding."""
    return NOISE * largest_flow(*map(draft.series, SIDES[flow]))


def _noise(draft: Draft, flow: str, noun: str) -> Single:
    rows = ",".join(f"[{row}|all]" for row in SIDES[flow])
    return Single(
        name=f"{flow}.noise",
        label=f"Amounts up to this size are rounding: {noun}",
        unit=draft.currency,
        value=noise_of(draft, flow),
        formula=f"[timeline.rounding]*MAX(MAX({rows}),-MIN({rows}))",
        format=formats.TINY,
    )


def _conditions(draft: Draft) -> Iterator[Block]:
    defined = all(map(math.isfinite, draft.series("discounted")))
    yield Single(
        name="tests.flow_is_defined",
        label="Every period has a number (1) or not (0)",
        unit="1",
        value=float(defined),
        formula="(COUNT([discounted|all])=COUNT([period|all]))*1",
        format=formats.COUNT,
    )
    investment = [each for each in draft.series("investment") if math.isfinite(each)] or [0.0]
    yield Single(
        name="tests.has_investment",
        label="There is an investment (1) or none (0)",
        unit="1",
        value=float(max(map(abs, investment)) > noise_of(draft, "net")),
        formula="(MAX(MAX([investment|all]),-MIN([investment|all]))>[net.noise])*1",
        format=formats.COUNT,
    )


def _crossings(draft: Draft, flow: str, running: str, noun: str) -> Iterator[Block]:
    sums = draft.running(running, flow)
    cleared = f"{flow}.cleared"
    noise = f"[{flow}.noise]*([timeline.periods]+1)"
    limit = noise_of(draft, flow) * len(sums)
    yield _row(
        cleared,
        f"Cumulative, cleared of rounding: {noun}",
        draft.currency,
        f"IF(ABS([{running}])<={noise},0,[{running}])",
        [_cleared(value, limit) for value in sums],
    )
    steps = list(pairwise([0.0, *sums]))
    yield _row(
        f"{flow}.crossing",
        f"Turns positive: {noun}",
        "0/1",
        f"([{cleared}|before]<0)*([{cleared}]>=0)",
        [_crosses(before, after) for before, after in steps],
        formats.FLAG,
        total=SUM,
    )
    yield _row(
        f"{flow}.payback",
        f"Payback, if it turns positive: {noun}",
        "month",
        _payback_formula(draft, flow, cleared),
        [_payback(draft, period, *step) for period, step in enumerate(steps)],
    )


def _cleared(value: float, noise: float) -> float:
    return 0.0 if abs(value) <= noise else value


def _crosses(before: float, after: float) -> float:
    undefined = math.isnan(before + after - before - after)
    return math.nan if undefined else float(before < 0 <= after)


def _payback(draft: Draft, period: int, before: float, after: float) -> float:
    crosses = _crosses(before, after)
    if not crosses or math.isnan(crosses):
        return crosses
    whole = draft.case.conventions.payback == "whole_periods"
    inside = 1.0 if whole else -before / (after - before)
    return (period - 1 + inside) * draft.axis.months_per_period


def _payback_formula(draft: Draft, flow: str, cleared: str) -> str:
    if draft.case.conventions.payback == "whole_periods":
        return f"[{flow}.crossing]*[month]"
    before = f"[{cleared}|before]"
    inside = f"{before}/([{cleared}]-{before})"
    months = f"([period]-1-{inside})*[timeline.months_per_period]"
    return f"IF([{flow}.crossing]=1,{months},0)"


def _modified_rate(draft: Draft) -> Iterator[Block]:
    """What is paid, discounted to the decision, and what is received, carried to the end."""
    yield Heading(text="Modified internal rate of return", caption="Total")
    noise = noise_of(draft, "net")
    net = [_cleared(value, noise) for value in draft.series("net")]
    times = [float(time) for time in draft.axis.times]
    rate, conventions = draft.case.discounting.rate, draft.case.conventions
    finance = rate if conventions.finance_rate is None else conventions.finance_rate
    invest = rate if conventions.reinvestment_rate is None else conventions.reinvestment_rate
    end = times[-1]
    yield _row(
        "mirr.paid",
        "Outflows, discounted at the finance rate",
        draft.currency,
        "([net]<-[net.noise])*[net]*(1+[conventions.finance_rate])^(-[time])",
        [_least(flow) * (1 + finance) ** -time for flow, time in zip(net, times, strict=True)],
        total=SUM,
    )
    yield _row(
        "mirr.received",
        "Inflows, carried to the end at the reinvestment rate",
        draft.currency,
        "([net]>[net.noise])*[net]*(1+[conventions.reinvestment_rate])^([time|last]-[time])",
        [
            -_least(-flow) * (1 + invest) ** (end - time)
            for flow, time in zip(net, times, strict=True)
        ],
        total=SUM,
    )
    yield Gap()


def _least(flow: float) -> float:
    return min(0.0, flow) if math.isfinite(flow) else math.nan


def _row(
    key: str,
    label: str,
    unit: str,
    formula: str,
    values: Values,
    format: Format | None = None,
    total: str = "",
) -> Row:
    return Row(
        key=key,
        label=label,
        unit=unit,
        values=values,
        formula=formula,
        format=format or formats.amount(unit, values, dash=True),
        total=total,
    )
