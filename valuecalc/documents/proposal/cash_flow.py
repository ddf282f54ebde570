"""The cash flow by year: lines as rows, and the report years as columns while they fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from valuecalc.documents.proposal import tables, wording
from valuecalc.documents.proposal.draft import Content, Draft, Whole
from valuecalc.documents.proposal.styles import TEXT_WIDTH_CM
from valuecalc.documents.proposal.tables import Column, Row
from valuecalc.engine.result import Figure, LineResult, Result
from valuecalc.formula import quantity
from valuecalc.phrases import phrase

HEADING = phrase("Cash flow by year")

MOST_PARTS = 3
"""A table that would fall into more parts has the years as rows and leaves the lines out."""

NARROWEST_LABEL_CM = 3.0
USUAL_LABEL_CM = 4.4
MOST_YEARS_AT_EASE = 6
_FONT_SIZE = 8

_CUMULATIVE = phrase("Cumulative, at the end")
_SIGNS = phrase("Investment is shown as positive amounts; net value is benefits less investment.")
_NAME = "cash_flow"
_WHOLE_TITLE = phrase("Cash flow by year: benefits, investment and net value")


@dataclass(frozen=True)
class _CashRow:
    """A row: a figure for each report column, then its total and its present value."""

    label: str
    years: Sequence[Figure]
    total: Figure | None
    present: Figure | None
    stands_out: bool = False

    @property
    def figures(self) -> list[Figure]:
        return [each for each in self.cells if isinstance(each, Figure)]

    @property
    def cells(self) -> list[str | Figure]:
        return [*self.years, self.total or "", self.present or ""]


def cash_flow(draft: Draft) -> None:
    """Benefits, investment and net value by year, with total and present value."""
    draft.heading(1, HEADING)
    rows = _evenly_precise(list(_rows(draft.result)))
    amounts = [figure.text for row in rows for figure in row.figures]
    share = draft.room
    width = tables.width_for(amounts, _FONT_SIZE, least=1.4 * share) / share
    fitting = max(1, int((TEXT_WIDTH_CM - NARROWEST_LABEL_CM) / width))
    parts = _parts(len(_heads(draft.result)), fitting)
    if len(parts) > MOST_PARTS:
        _years_as_rows(draft, rows)
        return
    for number, part in enumerate(parts):
        _part(draft, rows, part, width, is_last=number == len(parts) - 1)


def _evenly_precise(rows: Sequence[_CashRow]) -> list[_CashRow]:
    """Whole amounts throughout, where any amount is large enough to be shown without decimals."""
    values = [abs(each.value) for row in rows for each in row.figures if each.value is not None]
    if max(values, default=0.0) < quantity.WHOLE_FROM:
        return list(rows)
    return [
        replace(
            row,
            years=[Whole.of(each) for each in row.years],
            total=row.total and Whole.of(row.total),
            present=row.present and Whole.of(row.present),
        )
        for row in rows
    ]


def _heads(result: Result) -> list[str]:
    return [*result.axis.column_labels, phrase("Total"), phrase("Present value")]


def _inside_text(result: Result, number: int) -> str:
    """The head of a column as it is written inside a sentence."""
    years = result.axis.report_years
    if number > years:
        return phrase("total") if number == years + 1 else phrase("present value")
    return phrase("year {number}", number=number) if number else phrase("initial")


def _parts(count: int, fitting: int) -> list[range]:
    """The columns in parts of about the same size, none of more than `fitting`."""
    parts = -(-count // fitting)
    size = -(-count // parts)
    return [range(start, min(start + size, count)) for start in range(0, count, size)]


def _rows(result: Result) -> Iterator[_CashRow]:
    yield from (_line_row(result, line) for line in result.benefits)
    yield _row(result, phrase("Total benefits"), "total_benefits", "total_benefits", "pv_benefits")
    yield from (_line_row(result, line) for line in result.investments)
    total = phrase("Total investment")
    yield _row(result, total, "total_investment", "total_investment", "pv_investment")
    yield _row(result, phrase("Net value"), "net", "value", "npv")
    yield _CashRow(_CUMULATIVE, _years(result, "cumulative"), None, None)
    discounted = phrase("Net value, discounted")
    yield _CashRow(discounted, _years(result, "discounted"), result.figure("npv"), None)


def _line_row(result: Result, line: LineResult) -> _CashRow:
    row = _row(result, line.label, line.prefix, f"{line.prefix}.total", f"{line.prefix}.pv")
    return _CashRow(row.label, row.years, row.total, row.present)


def _row(result: Result, label: str, prefix: str, total: str, present: str) -> _CashRow:
    years = _years(result, prefix)
    return _CashRow(label, years, result.figure(total), result.figure(present), stands_out=True)


def _years(result: Result, prefix: str) -> list[Figure]:
    return [result.figure(f"{prefix}.{column}") for column in result.axis.columns]


def _part(draft: Draft, rows: Sequence[_CashRow], part: range, width: float, is_last: bool) -> None:
    heads = _heads(draft.result)
    width = max(width, (TEXT_WIDTH_CM - USUAL_LABEL_CM) / max(len(part), MOST_YEARS_AT_EASE))
    label = TEXT_WIDTH_CM - width * len(part)
    draft.caption("Table", _caption(draft.result, part))
    tables.table(
        draft,
        [Column("", label), *(Column(heads[number], width, numeric=True) for number in part)],
        [Row(_cells(row, part), total=row.stands_out) for row in rows],
        title=_title(draft.result, part),
        name=_NAME,
        look=tables.CASH,
        notes=_notes(rows) if is_last else (),
    )


def _caption(result: Result, part: range) -> str:
    heads, currency = _heads(result), result.case.currency
    if len(part) == len(heads):
        return phrase("Cash flow by year, {currency}", currency=currency)
    return phrase(
        "Cash flow by year, {first} to {last}, {currency}",
        first=heads[part[0]],
        last=_inside_text(result, part[-1]),
        currency=currency,
    )


def _title(result: Result, part: range) -> str:
    heads = _heads(result)
    if len(part) == len(heads):
        return _WHOLE_TITLE
    return phrase(
        "Cash flow by year, {first} to {last}: benefits, investment and net value",
        first=heads[part[0]],
        last=_inside_text(result, part[-1]),
    )


def _notes(rows: Sequence[_CashRow]) -> list[list[Content]]:
    return [[_SIGNS], *wording.notes(figure for row in rows for figure in row.figures)]


def _cells(row: _CashRow, part: range) -> list[str | Figure]:
    return [row.label, *(row.cells[number] for number in part)]


def _years_as_rows(draft: Draft, rows: Sequence[_CashRow]) -> None:
    """A year to a row: for long horizons, and for amounts too wide to stand side by side."""
    shown = [row for row in rows if row.stands_out or row.label == _CUMULATIVE]
    heads = _heads(draft.result)
    width = TEXT_WIDTH_CM / (len(shown) + 1)
    draft.caption("Table", _caption(draft.result, range(len(heads))))
    tables.table(
        draft,
        [Column("", width), *(Column(row.label, width, numeric=True) for row in shown)],
        [
            Row((head, *(row.cells[number] for row in shown)), total=number >= len(heads) - 2)
            for number, head in enumerate(heads)
        ],
        title=_WHOLE_TITLE,
        name=_NAME,
        look=tables.CASH,
        notes=_notes(shown),
    )
