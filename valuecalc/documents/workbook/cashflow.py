"""The sheet Cash flow: time, workings, and the cash flow itself, period by period."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.utils import get_column_letter

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import Sheet
from valuecalc.documents.workbook.draft import Draft, Values
from valuecalc.documents.workbook.irr import InternalRate
from valuecalc.documents.workbook.irr_rows import flow_rows
from valuecalc.documents.workbook.language import Language
from valuecalc.documents.workbook.lines import Workings
from valuecalc.documents.workbook.payback import payback_rows
from valuecalc.documents.workbook.rows import (
    FIRST,
    LABEL,
    OPENING,
    SUM,
    TOTAL,
    UNIT,
    Block,
    Gap,
    Heading,
    Row,
    place,
)
from valuecalc.documents.workbook.timeaxis import HEIGHT, TOP, floats, place_header, time_rows
from valuecalc.engine.result import LineResult

TITLE = "Cash flow"
_PERIODS_A_PAGE = 12


def sheet(draft: Draft, language: Language, rate: InternalRate) -> Sheet:
    """The sheet, row by row."""
    made = Sheet(title=TITLE, heading="Cash flow by period", colour="calculation", workings=True)
    place_header(made, draft)
    row = place(made, _blocks(draft, Workings(draft, language)), TOP + HEIGHT + 1)
    # What the measures are read from is for the screen, not for paper.
    made.page.area = f"A1:{get_column_letter(made.last_column)}{row - 2}"
    place(made, (*payback_rows(draft), *flow_rows(rate)), row)
    _look(made, draft)
    return made


def _blocks(draft: Draft, workings: Workings) -> Iterator[Block]:
    result = draft.result
    yield from time_rows(draft)
    yield from workings.assumptions()
    yield from workings.calculations()
    for title, lines in (
        ("Benefits", result.benefits),
        ("Investments", result.investments),
        ("Outcomes counted in their own unit, never in money", result.outcomes),
    ):
        if lines:
            yield Heading(text=title, caption="Total")
            for line in lines:
                yield from workings.line(line)
    yield from _statement(draft)
    yield from _discounted(draft)
    yield from _delay(draft)


def _look(made: Sheet, draft: Draft) -> None:
    made.widths = {LABEL: 48, UNIT: 19, TOTAL: 15, OPENING: 1.5}
    made.widths |= dict.fromkeys(range(FIRST, FIRST + draft.periods + 1), _width(draft))
    made.freeze = f"E{TOP + HEIGHT}"
    pages = -(-draft.periods // _PERIODS_A_PAGE)
    made.page.wide = pages
    made.page.repeat_rows = f"{TOP}:{TOP + HEIGHT - 1}"
    made.page.repeat_columns = "A:D"
    # The decision and the first year stand on the first page.
    made.page.column_breaks = [FIRST + _PERIODS_A_PAGE * page for page in range(1, pages)]


def _width(draft: Draft) -> float:
    """As wide as the longest amount, and at least as a date."""
    sizes = [abs(value) for row in draft.result.series.values() for value in floats(row)]
    longest = max((size for size in sizes if size - size == 0), default=0.0)
    return max(11.5, len(f"{longest:,.0f}") + 3)


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
    for line in lines:
        yield Row(
            key=f"flow.{line.prefix}",
            label=line.label,
            unit=draft.currency,
            values=floats(line.net),
            formula=f"[{line.prefix}.net]",
            style="link",
            format=formats.amount(draft.currency, floats(line.net), dash=True),
            total=SUM,
            total_format=formats.amount(draft.currency, [sum(floats(line.net))], dash=True),
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
    return Row(
        key=key,
        label=label,
        unit=draft.currency,
        values=values,
        formula=formula,
        style=style,
        format=formats.amount(draft.currency, values, dash=True),
        total=total,
        total_format=formats.amount(draft.currency, [sum(values)], dash=True),
    )
