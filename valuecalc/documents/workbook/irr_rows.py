"""The search for the internal rate of return as live formulas: `irr` says how it goes.

Rows over time stand on Cash flow, the scan and the halvings on Checks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import Cell, Sheet
from valuecalc.documents.workbook.draft import Values
from valuecalc.documents.workbook.formats import Format
from valuecalc.documents.workbook.irr import DENSITY, HALVINGS, SCAN_STEPS, InternalRate
from valuecalc.documents.workbook.rows import SUM, Block, Gap, Heading, Row, Single

_NPV = "SUMPRODUCT([irr.flow|all]*EXP(-{g}*[irr.since|all]-MAX(0,-{g}*[irr.span])))"
_FIRST_FLOW = "MATCH(1,[irr.moves|all],0)"
_LAST_FLOW = "MATCH([irr.last],[irr.when|all],0)"


# --------------------------------------------------------------------------- on Cash flow


def flow_rows(rate: InternalRate) -> Iterator[Block]:
    """The flow that is searched, and when it flows."""
    currency = rate.draft.currency
    yield Heading(text="Internal rate of return (the search itself stands on Checks)")
    source = "net"
    if rate.draft.case.discounting.timing == "start":
        source = "irr.merged"
        yield from _merged(rate)
    cleared = f"IF(ABS([{source}])<=[net.noise],0,[{source}])"
    yield _row("irr.flow", "Net cash flow, cleared of rounding", currency, cleared, rate.flow)
    moves = [float(flow != 0) for flow in rate.flow]
    yield _row("irr.moves", "Something flows", "0/1", "([irr.flow]<>0)*1", moves, total=SUM)
    when = [move * time for move, time in zip(moves, rate.times, strict=True)]
    yield _row("irr.when", "When something flows", "year", "[irr.moves]*[time]", when)
    yield from _span(rate)


def _merged(rate: InternalRate) -> Iterator[Row]:
    """Flows of one moment added up in the later of its periods."""
    currency, times = rate.draft.currency, rate.times
    goes_on = [*(float(now == later) for now, later in pairwise(times)), 0.0]
    formula = "([period]<[timeline.periods])*([time|next]=[time])"
    label = "The next period is at the same moment"
    yield _row("irr.goes_on", label, "0/1", formula, goes_on, total=SUM)
    comes_on = [0.0, *goes_on[:-1]]
    formula = "([period]>0)*([time|before]=[time])"
    label = "The period before is at the same moment"
    yield _row("irr.comes_on", label, "0/1", formula, comes_on, total=SUM)
    net = [value if math.isfinite(value) else 0.0 for value in rate.draft.series("net")]
    carried = [flag * before for flag, before in zip(comes_on, [0.0, *net], strict=False)]
    formula = "IF([irr.comes_on]=1,[net|before],0)"
    label = "Net cash flow of the period before, at the same moment"
    yield _row("irr.carried", label, currency, formula, carried)
    formula = "IF([irr.goes_on]=1,0,[net]+[irr.carried])"
    label = "Net cash flow, one sum for each moment"
    yield _row("irr.merged", label, currency, formula, rate.merged)


def _span(rate: InternalRate) -> Iterator[Block]:
    first, last = rate.span
    formula = f"IFERROR(INDEX([time|all],{_FIRST_FLOW}),0)"
    yield _single("irr.first", "Time of the first flow", "year", formula, first)
    formula = "MAX([irr.when|all])"
    yield _single("irr.last", "Time of the last flow", "year", formula, last)
    formula = "MAX(0,MIN([time],[irr.last])-[irr.first])"
    yield _row("irr.since", "Years since the first flow", "year", formula, rate.since)
    formula = "IF([time]>[time|before],[time]-[time|before],[time|last])"
    yield _row("irr.gap", "Years since the period before", "year", formula, rate.gaps)
    yield Gap()


def _row(key: str, label: str, unit: str, formula: str, values: Values, *, total: str = "") -> Row:
    return Row(
        key=key,
        label=label,
        unit=unit,
        values=values,
        formula=formula,
        format=_format(unit, values),
        # A period without a number is passed over; `tests.flow_is_defined` tells.
        otherwise="0",
        total=total,
    )


def _format(unit: str, values: Values) -> Format:
    if unit == "year":
        return formats.FACTOR
    return formats.FLAG if unit == "0/1" else formats.amount(unit, values, dash=True)


def _single(
    name: str, label: str, unit: str, formula: str, value: float, format: Format = formats.FACTOR
) -> Single:
    return Single(name=name, label=label, unit=unit, value=value, formula=formula, format=format)


# --------------------------------------------------------------------------- on Checks


def place_search(rate: InternalRate, sheet: Sheet, top: int) -> None:
    """Write the search onto a sheet, from row `top` down."""
    sheet.texts(top, ("Search for the internal rate of return", "", "", "", "", ""), "section")
    scan = _Area(top + 17, 2 * SCAN_STEPS + 1)
    halving = _Area(scan.last + 3, HALVINGS)
    _place_bounds(rate, sheet, top + 1)
    _place_results(rate, sheet, top + 7, scan, halving)
    _place_proof(rate, sheet, top + 13)
    _place_scan(rate, sheet, scan)
    _place_halvings(rate, sheet, halving)


class _Area:
    """Rows of a table on Checks, below its header."""

    def __init__(self, first: int, height: int) -> None:
        self.first = first
        self.last = first + height - 1

    def column(self, letter: str) -> str:
        return f"${letter}${self.first}:${letter}${self.last}"


def _place_bounds(rate: InternalRate, sheet: Sheet, top: int) -> None:
    size = "LN([irr.total]/MIN([irr.first_amount],[irr.last_amount]))"
    first = f"IFERROR(ABS(INDEX([irr.flow|all],{_FIRST_FLOW})),1)"
    last = f"IFERROR(ABS(INDEX([irr.flow|all],{_LAST_FLOW})),1)"
    bound = f"IFERROR({size}/MIN([irr.gap|all])+1,1)"
    _named(sheet, top, "irr.first_amount", "Size of the first flow", first, rate.ends[0])
    _named(sheet, top + 1, "irr.last_amount", "Size of the last flow", last, rate.ends[1])
    span = rate.span[1] - rate.span[0]
    _named(sheet, top + 2, "irr.span", "Years between them", "[irr.last]-[irr.first]", span)
    total = math.fsum(map(abs, rate.flow))
    formula = "SUMPRODUCT(ABS([irr.flow|all]))"
    _named(sheet, top + 3, "irr.total", "Sum of the sizes of all flows", formula, total)
    _named(sheet, top + 4, "irr.bound", "Bound of ln(1 + rate)", bound, rate.bound)
    label = "Density of the scan around zero"
    _named(sheet, top + 5, "irr.density", label, "", DENSITY, style="fixed")


def _place_results(rate: InternalRate, sheet: Sheet, top: int, scan: _Area, halving: _Area) -> None:
    low, high, sign = rate.start
    place = f"MATCH(1,{scan.column('D')},0)"
    points, worths = scan.column("B"), scan.column("C")
    roots = f"IF([tests.flow_is_defined]=1,SUM({scan.column('D')}),0)"
    _named(sheet, top, "irr.roots", "Rates at which the NPV is zero", roots, rate.roots)
    formula = f"IFERROR(INDEX({points},{place}-1),0)"
    _named(sheet, top + 1, "irr.low", "The halving starts from", formula, low)
    formula = f"IFERROR(INDEX({points},{place}),0)"
    _named(sheet, top + 2, "irr.high", "The halving starts up to", formula, high)
    formula = f"IFERROR(SIGN(INDEX({worths},{place}-1)),0)"
    _named(sheet, top + 3, "irr.sign", "Sign of the NPV at its start", formula, sign)
    formula = f"EXP($C${halving.last})-1"
    _named(sheet, top + 4, "irr.search", "Rate found, a year", formula, rate.rate)
    if rate.is_regular:
        per_period = (1 + rate.rate) ** (1 / rate.periods_per_year) - 1
        formula = "(1+[irr.search])^(1/[timeline.periods_per_year])-1"
        label = "The same a period: the guess for IRR()"
        _named(sheet, top + 5, "irr.guess", label, formula, per_period)


def _place_proof(rate: InternalRate, sheet: Sheet, top: int) -> None:
    """The flows discounted at the rate that was found, with their signs and without."""
    factors = "(1+[irr])^(-[time|all])"
    found = rate.draft.result.value("irr")
    flows = rate.draft.series("net")
    for row, name, label, flow, signed in (
        (top, "irr.npv", "NPV at the IRR", "[net|all]", flows),
        (top + 1, "irr.size", "The same without signs", "ABS([net|all])", list(map(abs, flows))),
    ):
        value = 0.0 if found is None else _discounted(signed, rate.times, found)
        formula = f"IFERROR(SUMPRODUCT({flow}*{factors}),0)"
        _named(sheet, row, name, label, formula, value)


def _discounted(flows: Iterable[float], times: Iterable[float], rate: float) -> float:
    """The worth of flows at a rate; 0 where that is no number, as close to minus 100 %."""
    pairs = zip(flows, times, strict=True)
    try:
        worth = math.fsum(flow * (1 + rate) ** -time for flow, time in pairs)
    except (ArithmeticError, ValueError):
        return 0.0
    return worth if math.isfinite(worth) else 0.0


def _named(
    sheet: Sheet,
    row: int,
    name: str,
    label: str,
    formula: str,
    value: float,
    style: str = "calculation",
) -> None:
    sheet.text(row, 1, label, "label")
    form = formats.amount("1", [value])
    sheet.put(row, 2, Cell(value=value, formula=formula, style=style, format=form), name)


def _place_scan(rate: InternalRate, sheet: Sheet, area: _Area) -> None:
    heads = ("Step of the scan", "ln(1 + rate)", "NPV, scaled", "Changes its sign")
    sheet.texts(area.first - 1, heads, "header")
    reach = "ASINH([irr.bound]*[irr.density])"
    for number, (g, worth) in enumerate(rate.grid):
        row = area.first + number
        step = number - SCAN_STEPS
        sheet.put(row, 1, Cell(value=step, style="fixed", format=formats.COUNT))
        _put(sheet, row, 2, f"SINH($A{row}/$A${area.last}*{reach})/[irr.density]", g)
        _put(sheet, row, 3, _NPV.format(g=f"$B{row}"), worth)
        # The header above the first point counts as zero: no sign to change from.
        changes = f"(SIGN(N($C{row - 1}))*SIGN($C{row})<=0)*(N($C{row - 1})<>0)"
        _put(sheet, row, 4, changes, rate.crossings[number], formats.FLAG)


def _place_halvings(rate: InternalRate, sheet: Sheet, area: _Area) -> None:
    sheet.texts(area.first - 1, ("Low end", "High end", "Middle", "NPV, scaled"), "header")
    for row, (low, high, middle, worth) in enumerate(rate.halvings, area.first):
        above = row - 1
        same = f"SIGN($D{above})=[irr.sign]"
        low_end, high_end = "[irr.low]", "[irr.high]"
        if row > area.first:
            low_end = f"IF({same},$C{above},$A{above})"
            high_end = f"IF({same},$B{above},$C{above})"
        _put(sheet, row, 1, low_end, low)
        _put(sheet, row, 2, high_end, high)
        _put(sheet, row, 3, f"AVERAGE($A{row},$B{row})", middle)
        _put(sheet, row, 4, _NPV.format(g=f"$C{row}"), worth)


def _put(
    sheet: Sheet,
    row: int,
    column: int,
    formula: str,
    value: float,
    format: Format = formats.FACTOR,
) -> None:
    cell = Cell(value=value, formula=formula, style="calculation", format=format)
    sheet.put(row, column, cell)
