"""The sheet Cash flow: benefits less investments by period, discounted, and each line to its net.

The statement comes first, then how each line comes to its net flow. Below it stand the rows
that payback and the rates of return are read from.
"""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.utils import get_column_letter

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.calculations import signs
from valuecalc.documents.workbook.cells import Sheet
from valuecalc.documents.workbook.draft import Draft, Values
from valuecalc.documents.workbook.figures import scale_of_money
from valuecalc.documents.workbook.irr import InternalRate
from valuecalc.documents.workbook.irr_rows import flow_rows
from valuecalc.documents.workbook.language import Language
from valuecalc.documents.workbook.lines import Workings
from valuecalc.documents.workbook.measures import measure_rows
from valuecalc.documents.workbook.payback import payback_rows
from valuecalc.documents.workbook.rows import SUM, Block, Gap, Heading, Row, place
from valuecalc.documents.workbook.timeaxis import (
    HEIGHT,
    TOP,
    floats,
    look_over_time,
    repeat_header,
)
from valuecalc.engine.result import LineResult

TITLE = "Cash flow"


def sheet(draft: Draft, language: Language, rate: InternalRate) -> Sheet:
    """The sheet, row by row."""
    made = Sheet(title=TITLE, heading="Cash flow by period", colour="calculation", workings=True)
    made.note = signs(draft)
    repeat_header(made, draft)
    once = language.once
    row = place(made, once.settled(_blocks(draft, Workings(draft, language))), TOP + HEIGHT + 1)
    # What the measures are read from is for the screen, not for paper.
    made.page.area = f"A1:{get_column_letter(made.last_column)}{row - 2}"
    read_from = [*payback_rows(draft), *flow_rows(rate)]
    place(made, once.settled([*read_from, *measure_rows(draft, rate, read_from)]), row)
    look_over_time(made, draft)
    return made


def _blocks(draft: Draft, workings: Workings) -> Iterator[Block]:
    result = draft.result
    yield from _statement(draft)
    yield from _discounted(draft)
    for title, lines in (
        ("Benefits: from gross to net", result.benefits),
        ("Investments: from gross to net", result.investments),
        ("Outcomes counted in their own unit, never in money", result.outcomes),
    ):
        if lines:
            yield Heading(text=title, caption="Total")
            for line in lines:
                yield from workings.flows(line)
    yield from _delay(draft)


def _statement(draft: Draft) -> Iterator[Block]:
    """The cash flow: every line, the totals, and their running sum."""
    result = draft.result
    yield Heading(text="Cash flow", caption="Total")
    yield from _side(draft, result.benefits, "benefits", "Total benefits")
    yield from _side(draft, result.investments, "investment", "Total investment")
    net = "[benefits]-[investment]"
    yield _money(draft, "net", "Net cash flow", net, style="total", total=SUM)
    yield _running(draft, "cumulative", "Cumulative net cash flow", "net")
    yield Gap()


def _side(draft: Draft, lines: tuple[LineResult, ...], key: str, label: str) -> Iterator[Block]:
    scale = scale_of_money(draft.result)
    for line in lines:
        yield Row(
            key=f"flow.{line.prefix}",
            label=line.label,
            unit=draft.currency,
            values=floats(line.net),
            formula=f"[{line.prefix}.net]",
            style="link",
            format=formats.amount(draft.currency, [*floats(line.net), scale], dash=True),
            total=SUM,
            total_name=f"{line.prefix}.total",
            total_format=formats.amount(draft.currency, [scale], dash=True),
        )
    yield _money(draft, key, label, _sum_of(lines), style="total", total=SUM)


def _sum_of(lines: tuple[LineResult, ...]) -> str:
    rows = [f"[flow.{line.prefix}]" for line in lines]
    if not rows:
        return "0"
    defined = all(value - value == 0 for line in lines for value in floats(line.net))
    # SUM would pass over the text n/a as if it were zero.
    return f"SUM({rows[0]}:{rows[-1]})" if defined else "+".join(rows)


def _discounted(draft: Draft) -> Iterator[Block]:
    yield Heading(text="Discounted cash flow", caption="Total")
    yield Row(
        key="cash_flow.discount_factor",
        label="Discount factor",
        unit="factor",
        values=floats(draft.axis.discount_factor),
        formula="[discount_factor]",
        style="link",
        format=formats.FACTOR,
    )
    for key, label in (("benefits", "benefits"), ("investment", "investment")):
        formula = f"[{key}]*[discount_factor]"
        yield _money(draft, f"discounted_{key}", f"Discounted {label}", formula, total=SUM)
    net = "[net]*[discount_factor]"
    label = "Discounted net cash flow"
    yield _money(draft, "discounted", label, net, style="total", total=SUM)
    yield _running(
        draft, "cumulative_discounted", "Cumulative discounted net cash flow", "discounted"
    )
    yield Gap()


def _running(draft: Draft, key: str, label: str, of: str) -> Row:
    values = draft.running(key, of)
    return _money(draft, key, label, f"[{key}|before]+[{of}]", values=values)


def _delay(draft: Draft) -> Iterator[Block]:
    yield Heading(text="Every benefit one month later", caption="Total")
    moved = "[benefits|before]"
    if draft.axis.months_per_period > 1:
        # A month of each period's benefits moves into the next one.
        part = "1/[timeline.months_per_period]"
        moved = f"[benefits]*(1-{part})+[benefits|before]*{part}"
    yield _money(draft, "delayed_benefits", "Benefits, one month later", moved, total=SUM)
    net = "[delayed_benefits]-[investment]"
    label = "Net cash flow, benefits one month later"
    yield _money(draft, "net_delayed", label, net, style="total", total=SUM)
    yield Gap()


def _money(
    draft: Draft,
    key: str,
    label: str,
    formula: str,
    *,
    style: str = "calculation",
    total: str = "",
    values: Values | None = None,
) -> Row:
    """A row of amounts; its numbers are those of the result's row of the same name."""
    values = draft.series(key) if values is None else values
    scale = scale_of_money(draft.result)
    return Row(
        key=key,
        label=label,
        unit=draft.currency,
        values=values,
        formula=formula,
        style=style,
        format=formats.amount(draft.currency, [*values, scale], dash=True),
        total=total,
        total_format=formats.amount(draft.currency, [scale], dash=True),
    )
