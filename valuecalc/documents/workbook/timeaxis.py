"""The time axis: periods, dates, years, and what discounting makes of them.

It is worked out on Calculations; every other sheet over periods repeats it in the same columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from openpyxl.utils import get_column_letter

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import Cell, Content, Sheet, Span
from valuecalc.documents.workbook.draft import Draft, Values
from valuecalc.documents.workbook.formats import Format
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
)
from valuecalc.engine.finance import period_times

TOP = 5
HEIGHT = 4

# A year of months, three years of quarters: pages end where years do.
_COLUMNS_A_PAGE = 12
_MONTHS = "[period]*[timeline.months_per_period]"


def floats(series: Iterable[float]) -> Values:
    """A series as plain numbers."""
    return [float(value) for value in series]


def place_header(sheet: Sheet, draft: Draft) -> None:
    """What each period is called, its number, its first day and its report year."""
    axis = draft.axis
    first = "EDATE([timeline.start],MAX(0,[period]-1)*[timeline.months_per_period])"
    year = f"ROUNDUP({_MONTHS}/[timeline.months_per_year],0)"
    formulas = {"period": "[period|before]+1", "first_day": first, "year": year}
    _place_names(sheet, ("Period", "", "Total"), axis.labels, row=TOP)
    _place_rows(sheet, draft, formulas, "")
    before = Cell(value=-1, style="header_opening", format=formats.OPENING)
    sheet.put(TOP + 1, OPENING, before)


def repeat_header(sheet: Sheet, draft: Draft) -> None:
    """The same in the same columns of another sheet, led back to where it is worked out."""
    _place_names(sheet, ("Period", "", "Total"), draft.axis.labels, row=TOP)
    formulas = {key: f"[{key}]" for key in ("period", "first_day", "year")}
    _place_rows(sheet, draft, formulas, f"{sheet.title}.")


def _place_rows(sheet: Sheet, draft: Draft, formulas: Mapping[str, str], before: str) -> None:
    axis = draft.axis
    shown: dict[str, tuple[str, str, Iterable[Content], Format]] = {
        "period": ("Number of the period", "no.", range(axis.periods + 1), formats.COUNT),
        "first_day": ("First day", "date", axis.dates, formats.DATE),
        "year": ("Year, full or begun", "no.", [int(year) for year in axis.years], formats.COUNT),
    }
    for row, (key, (label, unit, values, form)) in enumerate(shown.items(), TOP + 1):
        _place(sheet, row, f"{before}{key}", label, unit, formulas[key], values, form)


def look_over_time(sheet: Sheet, draft: Draft) -> None:
    """Widths, panes and print of a sheet over periods: a page for each year."""
    width = _width(draft)
    sheet.widths = {LABEL: 44, UNIT: 17, TOTAL: max(13.0, width + 1), OPENING: 1.5}
    sheet.widths |= dict.fromkeys(range(FIRST, FIRST + draft.periods + 1), width)
    sheet.freeze = f"{get_column_letter(FIRST)}{TOP + HEIGHT}"
    print_by_years(sheet, draft.periods, f"{TOP}:{TOP + HEIGHT - 1}")


def print_by_years(sheet: Sheet, count: int, repeated: str) -> None:
    """Pages that end where years do, each with the labels; the decision stands on the first."""
    sheet.page.repeat_rows = repeated
    sheet.page.repeat_columns = "A:D"
    sheet.page.wide = max(1, -(-count // _COLUMNS_A_PAGE))
    breaks = range(1, sheet.page.wide)
    sheet.page.column_breaks = [FIRST + _COLUMNS_A_PAGE * page for page in breaks]


def _width(draft: Draft) -> float:
    """As wide as the longest amount, and at least as a date."""
    sizes = [abs(value) for row in draft.result.series.values() for value in floats(row)]
    longest = max((size for size in sizes if size - size == 0), default=0.0)
    return max(10.5, len(f"{longest:,.0f}") + 3)


def _place_names(
    sheet: Sheet, heads: tuple[str, str, str], labels: Iterable[str], *, row: int
) -> None:
    sheet.texts(row, heads[:2], "header")
    sheet.text(row, TOTAL, heads[2], "header_right")
    sheet.text(row, OPENING, "", "header")
    sheet.texts(row, list(labels), "header_right", FIRST)


def _place(
    sheet: Sheet,
    row: int,
    key: str,
    label: str,
    unit: str,
    formula: str,
    values: Iterable[Content],
    format: Format,
) -> None:
    _place_names(sheet, (label, unit, ""), [], row=row)
    for column, value in enumerate(values, FIRST):
        cell = Cell(value=value, formula=formula, style="header_right", format=format)
        sheet.put(row, column, cell)
    sheet.spans[key] = Span(row=row, first=FIRST, last=column, total=TOTAL)


def time_rows(draft: Draft, *, has_openings: bool = False) -> Iterator[Block]:
    """How far each period is from the decision, and what that makes of its money.

    `has_openings` adds the flag of the periods in which opening values hold.
    """
    yield Heading(text="Time and discounting")
    months = floats(draft.axis.months)
    yield _row("month", "Months from the decision", "month", _MONTHS, months, formats.COUNT)
    yield from _times(draft)
    yield _discount_factor(draft)
    if has_openings:
        yield _opening(draft)
    yield Gap()


def _opening(draft: Draft) -> Row:
    """When a value of the period before is an opening value: there is none before the first."""
    return Row(
        key="opening",
        label="Opening values hold: the decision and period 1",
        unit="0/1",
        values=[float(period <= 1) for period in range(draft.periods + 1)],
        formula="([period]<=1)*1",
        format=formats.FLAG,
        total=SUM,
        total_format=formats.COUNT,
    )


def _times(draft: Draft) -> Iterator[Row]:
    """The years that discounting counts: to the end of a period, its middle or its start."""
    times, timing = floats(draft.axis.times), draft.case.discounting.timing
    if timing == "end":
        yield _to_the_end(draft, "time", "Years from the decision", times)
        return
    at_end = replace(draft.case.discounting, timing="end")
    ends = floats(period_times(draft.case.timeline, at_end))
    yield _to_the_end(draft, "end_time", "Years to the end of the period", ends)
    words, formula = {
        "mid": ("middle", "AVERAGE([end_time|before],[end_time])"),
        "start": ("start", "[end_time|before]*1"),
    }[timing]
    yield _row("time", f"Years to the {words} of the period", "year", formula, times)


def _to_the_end(draft: Draft, key: str, label: str, times: Values) -> Row:
    """The years to the end of each period, as the day count says."""
    by_days = "(EDATE([timeline.start],[month])-[timeline.start])/[timeline.days_per_year]"
    formula = {
        "actual/365": by_days,
        "actual/360": by_days,
        # Calendar years have their own lengths, which no short formula knows: given.
        "actual/actual": "",
    }.get(draft.case.discounting.day_count, "[month]/[timeline.months_per_year]")
    return _row(key, label, "year", formula, times)


def _discount_factor(draft: Draft) -> Row:
    formula = "(1+[discounting.rate])^(-[time])"
    if draft.case.discounting.factor_decimals is not None:
        formula = f"ROUND({formula},[discounting.factor_decimals])"
    return _row(
        "discount_factor", "Discount factor", "factor", formula, floats(draft.axis.discount_factor)
    )


def _row(
    key: str,
    label: str,
    unit: str,
    formula: str,
    values: Values,
    format: Format = formats.FACTOR,
) -> Row:
    style = "calculation" if formula else "fixed"
    return Row(
        key=key, label=label, unit=unit, values=values, formula=formula, style=style, format=format
    )
