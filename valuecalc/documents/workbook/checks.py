"""The sheet Checks: two ways to the same number, and the exported figures beside the live ones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import OTHERWISE, Cell, Sheet, shown
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.irr import InternalRate
from valuecalc.documents.workbook.irr_rows import place_search
from valuecalc.engine.result import LineResult

TITLE = "Checks"
PASS = "All checks pass"
FAIL = "A check fails: see Checks"
AS_EXPORTED = "All figures as exported"
CHANGED = "Changed since the export"
_FIRST = 9
_TOLERANCE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Check:
    """Two ways to one number, which must agree."""

    label: str
    one: str
    other: str
    values: tuple[float | None, float | None]


def sheet(draft: Draft, rate: InternalRate) -> Sheet:
    """The checks, the comparison with the export, and the search for the IRR."""
    made = Sheet(title=TITLE, heading="Checks", colour="check")
    checks = list(_checks(draft, rate))
    last = _FIRST + len(checks) - 1
    _place_tolerance(made, draft)
    heads = ("Check", "One way", "Another way", "Difference", "Tolerance", "Result")
    made.texts(_FIRST - 1, heads, "header_right")
    made.text(_FIRST - 1, 1, heads[0], "header")
    for row, check in enumerate(checks, _FIRST):
        _place_check(made, check, row)
    master = (
        f'IF(COUNTIF($F${_FIRST}:$F${last},"OK")=ROWS($F${_FIRST}:$F${last}),"{PASS}","{FAIL}")'
    )
    made.put(4, 2, Cell(value=PASS, formula=master, style="status"), "checks.all")
    made.text(4, 1, "All checks", "label")
    bottom = _place_export(made, draft, last + 3)
    made.page.area = f"A1:F{bottom}"
    place_search(rate, made, bottom + 3)
    made.widths = {1: 52, 2: 18, 3: 18, 4: 16, 5: 14, 6: 16, 7: 30}
    made.freeze = "A4"
    made.page.landscape = False
    made.page.repeat_rows = "1:3"
    return made


def _place_tolerance(made: Sheet, draft: Draft) -> None:
    made.text(6, 1, "Tolerance, as a part of the largest total", "label")
    part = Cell(value=_TOLERANCE, style="fixed", format=formats.TINY)
    made.put(6, 2, part, "checks.tolerance")
    made.text(5, 1, "Figures beside those of the export", "label")
    sizes = [
        abs(draft.result.value(name) or 0.0) for name in ("total_benefits", "total_investment")
    ]
    made.text(7, 1, "Largest total", "label")
    formula = "MAX(1,ABS(N([total_benefits])),ABS(N([total_investment])))"
    scale = Cell(
        value=max(1.0, *sizes),
        formula=formula,
        style="calculation",
        format=formats.amount(draft.currency, [max(sizes)]),
    )
    made.put(7, 2, scale, "checks.scale")


def _place_check(made: Sheet, check: Check, row: int) -> None:
    one, other = check.values
    difference = 0.0 if one is None or other is None else one - other
    made.text(row, 1, check.label, "label")
    for column, formula, value in ((2, check.one, one), (3, check.other, other)):
        form = formats.amount("1", [value or 0.0])
        cell = Cell(value=shown(value), formula=formula, style="calculation", format=form)
        made.put(row, column, cell)
    differs = f"IFERROR($B{row}-$C{row},1-($B{row}=$C{row}))"
    cells = (
        (4, differs, difference, formats.TINY),
        (5, "[checks.tolerance]*[checks.scale]", None, formats.TINY),
    )
    for column, formula, value, form in cells:
        number = _TOLERANCE * float(made.cells[7, 2].value or 1) if value is None else value  # type: ignore[arg-type]
        cell = Cell(value=number, formula=formula, style="calculation", format=form)
        made.put(row, column, cell)
    formula = f'IF(ABS($D{row})<=$E{row},"OK","Error")'
    made.put(row, 6, Cell(value="OK", formula=formula, style="status"))


def _checks(draft: Draft, rate: InternalRate) -> Iterator[Check]:
    value = draft.result.value
    columns = draft.axis.columns
    for years, total, label in (
        ("total_benefits", "total_benefits", "The years of the benefits sum to their total"),
        ("total_investment", "total_investment", "The years of the investment sum to its total"),
        ("net", "value", "The net value of the years sums to the value"),
    ):
        by_year = f"[by_year.{years}|all]"
        yield Check(
            label=label,
            one=f'IF(COUNT({by_year})=COLUMNS({by_year}),SUM({by_year}),"n/a")',
            other=f"[{total}]",
            values=(_sum(value(f"{years}.{column}") for column in columns), value(total)),
        )
    for label, one, name in (
        ("Cumulative cash ends at the value", "[cumulative|last]", "value"),
        ("Cumulative discounted cash ends at the NPV", "[cumulative_discounted|last]", "npv"),
        ("The discounted net flow sums to the NPV", "[discounted|total]", "npv"),
    ):
        yield Check(label=label, one=one, other=f"[{name}]", values=(value(name), value(name)))
    if rate.is_regular and draft.case.discounting.factor_decimals is None:
        yield _npv_by_function(draft)
    yield _npv_at_irr(draft, rate)
    for line in draft.result.lines:
        yield _factors(draft, line)
    yield from _evidence(draft)
    ends = value("value") or 0.0
    yield Check(
        label="The waterfall ends at the value",
        one="N([waterfall.end])",
        other="N([value])",
        values=(ends, ends),
    )
    yield from _no_errors(draft)


def _sum(values: Iterator[float | None]) -> float | None:
    numbers = list(values)
    if any(number is None for number in numbers):
        return None
    return math.fsum(number for number in numbers if number is not None)


def _npv_by_function(draft: Draft) -> Check:
    per_period = "(1+[discounting.rate])^(1/[timeline.periods_per_year])-1"
    at_decision = "INDEX([net|all],1)"
    npv = draft.result.value("npv")
    return Check(
        label="The function NPV() gives the NPV",
        one=f'IFERROR({at_decision}+NPV({per_period},[net|later]),"n/a")',
        other="[npv]",
        values=(npv, npv),
    )


def _npv_at_irr(draft: Draft, rate: InternalRate) -> Check:
    """The NPV at the IRR, in parts of the size of the flows."""
    del draft, rate
    factors = "(1+[irr])^(-[time|all])"
    npv, size = f"SUMPRODUCT([net|all]*{factors})", f"SUMPRODUCT(ABS([net|all])*{factors})"
    return Check(
        label="The NPV at the IRR is zero, beside the largest total",
        one=f"IFERROR({npv}/{size}*[checks.scale],0)",
        other="0",
        values=(0.0, 0.0),
    )


def _factors(draft: Draft, line: LineResult) -> Check:
    """Gross times the factors, summed over time, against the net of the line."""
    names = ["amount", "timing", *(factor.name for factor in line.factors)]
    product = "*".join(f"[{line.prefix}.{name}|all]" for name in names)
    total = draft.result.value(f"{line.prefix}.total")
    return Check(
        label=f"Amount × timing × factors give the net: {line.label}",
        one=f"IFERROR(SUMPRODUCT({product}),[{line.prefix}.total])",
        other=f"[{line.prefix}.total]",
        values=(total, total),
    )


def _evidence(draft: Draft) -> Iterator[Check]:
    total = draft.result.value("total_benefits")
    for label, names in (
        ("The grades of evidence share out all benefits", [f"evidence.{g}.total" for g in "abcde"]),
        ("Hard and soft benefits are all benefits", ["hard.total", "soft.total"]),
    ):
        yield Check(
            label=label,
            one=f"IFERROR({'+'.join(f'[{name}]' for name in names)},{OTHERWISE})",
            other="[total_benefits]",
            values=(total, total),
        )


def _no_errors(draft: Draft) -> Iterator[Check]:
    del draft
    for title in ("Inputs", "Cash flow", "Summary"):
        yield Check(
            label=f"No cell of {title} is an error",
            one=f"SUMPRODUCT(1*ISERROR([used.{title}]))",
            other="0",
            values=(0.0, 0.0),
        )


def _place_export(made: Sheet, draft: Draft, top: int) -> int:
    """Every figure as exported beside the live one; returns the last row."""
    figures = list(draft.result.figures.values())
    made.texts(top, ["Figures as exported, and as they are here now", *[""] * 5], "section")
    heads = ("Figure", "Exported", "Here and now", "Difference", "Unit", "Result")
    made.texts(top + 1, heads, "header_right")
    made.text(top + 1, 1, heads[0], "header")
    first, last = top + 2, top + 1 + len(figures)
    for row, figure in enumerate(figures, first):
        form = formats.figure(figure.unit, figure.value)
        made.text(row, 1, f"{figure.label} ({figure.name})", "label")
        made.put(row, 2, Cell(value=shown(figure.value), style="fixed", format=form))
        live = Cell(
            value=shown(figure.value), formula=f"[{figure.name}]", style="link", format=form
        )
        made.put(row, 3, live)
        differs = f"IFERROR($C{row}-$B{row},1-($C{row}=$B{row}))"
        made.put(row, 4, Cell(value=0.0, formula=differs, style="calculation", format=formats.TINY))
        made.text(row, 5, figure.unit, "unit")
        money = figure.unit == draft.currency
        size = "[checks.scale]" if money else f"MAX(1,ABS(N($B{row})))"
        same = f'IF(ABS($D{row})<=[checks.tolerance]*{size},"as exported","changed")'
        made.put(row, 6, Cell(value="as exported", formula=same, style="status_quiet"))
    area = f"$F${first}:$F${last}"
    formula = f'IF(COUNTIF({area},"as exported")=ROWS({area}),"{AS_EXPORTED}","{CHANGED}")'
    made.put(5, 2, Cell(value=AS_EXPORTED, formula=formula, style="status_quiet"), "checks.export")
    return last
