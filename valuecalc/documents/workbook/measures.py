"""What payback, peak funding and the rates of return come to, one short step a row.

Whether each of them exists stands beside it; Summary shows the number where it does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.figures import scale_of_money
from valuecalc.documents.workbook.formats import Format
from valuecalc.documents.workbook.irr import InternalRate
from valuecalc.documents.workbook.rows import Block, Gap, Heading, Row, Single

_FLOWS = {"net": "cash", "discounted": "discounted cash"}


def measure_rows(draft: Draft, rate: InternalRate, blocks: Iterable[Block]) -> Iterator[Block]:
    """The measures; `blocks` are the rows that they are read from."""
    rows = {block.key: block for block in blocks if isinstance(block, Row)}
    singles = {block.name: block for block in blocks if isinstance(block, Single)}
    yield Heading(text="Measures, where they exist")
    yield from _rates(draft, rate, rows)
    has_investment = singles["tests.has_investment"].value or 0.0
    for flow, noun in _FLOWS.items():
        cleared = _numbers(rows[f"{flow}.cleared"])
        ends_well = bool(cleared) and cleared[-1] >= 0
        pays_back = has_investment * ends_well if rate.is_defined else None
        yield from _payback(draft, rows, flow, noun, pays_back)
    yield from _lowest(draft, rows)
    yield Gap()


def _numbers(row: Row) -> list[float]:
    return [each for each in row.values if isinstance(each, float) and math.isfinite(each)]


def _rates(draft: Draft, rate: InternalRate, rows: Mapping[str, Row]) -> Iterator[Block]:
    found = "[irr.search]"
    if rate.is_regular:
        # The program's own function, and our search where it finds nothing.
        by_function = "(1+IRR([net|all],[irr.guess]))^[timeline.periods_per_year]-1"
        found = f"IFERROR({by_function},[irr.search])"
    irr = draft.result.value("irr") or 0.0
    formula = f"IF([irr.roots]=1,{found},0)"
    yield _single("irr", "Internal rate of return, if there is one", "%", irr, formula)
    paid, received = "[mirr.paid|total]", "[mirr.received|total]"
    sums = [math.fsum(_numbers(rows[key])) for key in ("mirr.paid", "mirr.received")]
    # Over no time at all there is no rate, as in one period whose flows count at its start.
    takes_time = draft.axis.times[-1] > 0
    exists = float(rate.is_defined and sums[0] < 0 < sums[1] and takes_time)
    formula = f"[tests.flow_is_defined]*({paid}<0)*({received}>0)*([time|last]>0)"
    label = "There is a modified rate (1) or none (0)"
    yield _single("mirr_exists", label, "1", exists, formula, formats.COUNT)
    formula = f"IF([measures.mirr_exists]=1,({received}/-{paid})^(1/[time|last])-1,0)"
    mirr = draft.result.value("mirr") or 0.0
    yield _single("mirr", "Modified rate of return, if there is one", "%", mirr, formula)


def _payback(
    draft: Draft, rows: Mapping[str, Row], flow: str, noun: str, pays_back: float | None
) -> Iterator[Block]:
    formula = f"[tests.flow_is_defined]*[tests.has_investment]*([{flow}.cleared|last]>=0)"
    label = f"Pays back (1) or not (0): {noun}"
    yield _single(f"{flow}.pays_back", label, "1", pays_back, formula, formats.COUNT)
    payback, crossing = rows[f"{flow}.payback"], rows[f"{flow}.crossing"]
    value = max(_numbers(payback), default=0.0)
    formula = f"MAX([{flow}.payback|all])"
    if draft.case.conventions.payback_crossing == "first":
        formula = f"INDEX([{flow}.payback|all],MATCH(1,[{flow}.crossing|all],0))"
        formula = f"IFERROR({formula},0)"
        crossings = list(crossing.values)
        at = crossings.index(1.0) if 1.0 in crossings else None
        value = 0.0 if at is None else float(payback.values[at])  # type: ignore[arg-type]
    label = f"Months to the crossing that counts: {noun}"
    yield _single(f"{flow}.months", label, "month", value, formula)


def _lowest(draft: Draft, rows: Mapping[str, Row]) -> Iterator[Block]:
    cleared = rows["net.cleared"]
    numbers = _numbers(cleared)
    lowest = min(numbers, default=0.0)
    form = formats.amount(draft.currency, [lowest, scale_of_money(draft.result)])
    label = "Lowest point of cumulative cash"
    formula = "MIN([net.cleared|all])"
    yield _single("lowest", label, draft.currency, lowest, formula, form)
    month = float(draft.axis.months[list(cleared.values).index(lowest)]) if numbers else 0.0
    place = "MATCH([measures.lowest],[net.cleared|all],0)"
    formula = f"IFERROR(INDEX([month|all],{place}),0)"
    yield _single("lowest_month", "Its month", "month", month, formula, formats.COUNT)


def _single(
    name: str,
    label: str,
    unit: str,
    value: float | None,
    formula: str,
    form: Format | None = None,
) -> Single:
    return Single(
        name=f"measures.{name}",
        label=label,
        unit=unit,
        value=value,
        formula=formula,
        format=form or formats.figure("months" if unit == "month" else unit, value),
    )
