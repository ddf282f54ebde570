"""What a verb gives, as a JSON document or as lines of text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from valuecalc.engine.alternatives import Alternatives
from valuecalc.engine.bridges import LineBridge
from valuecalc.engine.portfolio.portfolio import Portfolio
from valuecalc.engine.result import Figure, Result, Trace
from valuecalc.engine.sensitivity.break_even import BreakEven
from valuecalc.engine.sensitivity.elasticity import Elasticity
from valuecalc.engine.sensitivity.ranges import change_text
from valuecalc.engine.sensitivity.solve import Solution
from valuecalc.engine.sensitivity.tornado import Tornado
from valuecalc.engine.sensitivity.two_way import TwoWay
from valuecalc.engine.uncertainty.information import Information
from valuecalc.engine.uncertainty.simulate import SimulationResult
from valuecalc.errors import Problem
from valuecalc.formula import quantity
from valuecalc.schemas import certainty
from valuecalc.schemas import result as shapes
from valuecalc.schemas.portfolio import dump_portfolio

__all__ = [
    "BreakEven",
    "BreakEvenWay",
    "Information",
    "LineBridge",
    "Portfolio",
    "SimulationResult",
    "amount",
    "break_even_way",
    "change",
    "error",
    "figure_text",
    "of_alternatives",
    "of_break_evens",
    "of_bridge",
    "of_elasticities",
    "of_information",
    "of_portfolio",
    "of_problems",
    "of_result",
    "of_simulation",
    "of_solution",
    "of_tornado",
    "of_trace",
    "of_two_way",
    "range_text",
    "share",
    "signed_number",
    "trace_lines",
    "with_unit",
]

_INDENT = "  "
_ROWS_SHOWN = 6
_DIGITS = 8


def of_result(result: Result) -> dict[str, Any]:
    """A result as a JSON document."""
    return shapes.dump_result(result)


def of_trace(trace: Trace) -> dict[str, Any]:
    """A trace as a JSON document."""
    return shapes.dump_trace(trace)


def of_solution(solution: Solution) -> dict[str, Any]:
    """A solution as a JSON document."""
    return shapes.dump_solution(solution)


def of_problems(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems as JSON documents."""
    return shapes.dump_problems(problems)


def of_tornado(tornado: Tornado) -> dict[str, Any]:
    """A tornado as a JSON document."""
    return certainty.dump_tornado(tornado)


def of_elasticities(found: Iterable[Elasticity]) -> dict[str, Any]:
    """Elasticities as a JSON document."""
    return certainty.dump_elasticities(found)


def of_two_way(table: TwoWay) -> dict[str, Any]:
    """A table over two assumptions as a JSON document."""
    return certainty.dump_two_way(table)


def of_break_evens(found: Iterable[BreakEven]) -> dict[str, Any]:
    """Break-evens as a JSON document."""
    return certainty.dump_break_evens(found)


def of_simulation(simulation: SimulationResult) -> dict[str, Any]:
    """A simulation as a JSON document, without its draws."""
    return certainty.dump_simulation(simulation)


def of_information(information: Information) -> dict[str, Any]:
    """What to find out next as a JSON document."""
    return certainty.dump_information(information)


def of_alternatives(compared: Alternatives) -> dict[str, Any]:
    """Alternatives side by side as a JSON document."""
    return certainty.dump_alternatives(compared)


def of_bridge(bridge: LineBridge) -> dict[str, Any]:
    """A bridge by line as a JSON document."""
    return certainty.dump_bridge(bridge)


def of_portfolio(portfolio: Portfolio) -> dict[str, Any]:
    """A portfolio as a JSON document."""
    return dump_portfolio(portfolio)


def amount(value: float | None, unit: str, sign: bool = False) -> str:
    """A number as people read it: `£1,250`, with `sign` `+£1,250`; a dash for none."""
    if value is None or not math.isfinite(value):
        return quantity.UNDEFINED
    return quantity.show(value, unit, sign=sign)


def share(value: float | None) -> str:
    """A share with one decimal: `12.0%`; a dash for none."""
    return quantity.UNDEFINED if value is None else f"{value:.1%}"


def signed_number(value: float) -> str:
    """A plain number with its sign and two decimals: `+0.76`."""
    return quantity.show(value, "1", digits=2, sign=True)


def error(value: float, unit: str) -> str:
    """A standard error in two digits: `±£480`."""
    return f"±{amount(float(f'{value:.2g}'), unit)}"


def change(figure: Figure, value: float | None) -> str:
    """A change of a figure with its sign; a dash for none."""
    return quantity.UNDEFINED if value is None else change_text(figure, value)


def figure_text(figure: Figure, value: float) -> str:
    """What a figure would look like with another value: `£1,250`, `24 months`."""
    return replace(figure, value=value).text


def with_unit(value: float, unit: str) -> str:
    """A number with the whole of its unit: `£26 per subscriber per month`."""
    return quantity.show_with_unit(value, unit)


def range_text(low: float, high: float, unit: str) -> str:
    """Two ends of a range with their unit once: `£24 to £27 per subscriber per month`."""
    return f"{quantity.show(low, unit)} to {quantity.show_with_unit(high, unit)}"


@dataclass(frozen=True, kw_only=True)
class BreakEvenWay:
    """A break-even as a table that can be added up, and the division under it.

    `rows` hold a line of the case, what it adds whatever the assumption is, and what it adds
    for each unit of the assumption; `coefficients` say where the latter come from.
    """

    per_unit: str
    rows: tuple[tuple[str, str, str], ...]
    division: str
    coefficients: tuple[str, ...]


def break_even_way(found: BreakEven) -> BreakEvenWay | None:
    """The way to an exact break-even of a sum over lines; None for all others.

    Value = (wanted − what the lines add whatever it is) ÷ what they add for each unit.
    """
    slope = math.fsum(part.amount for part in found.parts)
    if not slope or found.rest is None or found.value is None:
        return None
    left = found.wanted - found.rest
    if not math.isclose(left / slope, found.value, rel_tol=1e-6, abs_tol=1e-9):
        return None
    unit = found.figure.unit
    rows = [
        (part.label, _penny(part.fixed, unit), _precise(part.amount, unit)) for part in found.parts
    ]
    sums = ("Together", _penny(found.rest, unit), _precise(slope, unit))
    return BreakEvenWay(
        per_unit="For each 100%" if quantity.is_percentage(found.assumption.unit) else "For each 1",
        rows=(*rows, sums),
        division=(
            f"({amount(found.wanted, unit)} − {_bracketed(_penny(found.rest, unit))}) ÷ "
            f"{_bracketed(_precise(slope, unit))} = {found.text}"
        ),
        coefficients=tuple(
            f"{part.label}: {part.coefficient}" + (f" × {part.count}" if part.count else "")
            for part in found.parts
            if part.coefficient
        ),
    )


def _penny(amount: float, unit: str) -> str:
    """An amount to the penny; nothing for none."""
    return quantity.show(amount, unit, digits=2) if amount else ""


def _precise(amount: float, unit: str) -> str:
    """An amount in so many digits that a reader arrives at the same result; nothing for none."""
    if not amount:
        return ""
    size = math.floor(math.log10(abs(amount)))
    digits = min(12, max(2, _DIGITS - 1 - size))
    return quantity.show(amount, quantity.currency_of(unit) or "1", digits=digits)


def _bracketed(text: str) -> str:
    if not text:
        return "0"
    return text if text[0] not in "-−" else f"({text})"


def trace_lines(trace: Trace, depth: int = 0) -> Iterator[str]:
    """A trace as indented lines of text, from the figure down to the sources."""
    margin = _INDENT * 2 * depth
    yield f"{margin}{trace.label}: {_amount(trace)}"
    inner = f"{margin}{_INDENT}"
    for text in (trace.words, trace.worked, trace.note):
        if text:
            yield f"{inner}{text}"
    for conversion in trace.conversions:
        yield f"{inner}converts {conversion}"
    yield from (f"{inner}{row}" for row in _table(trace))
    if trace.evidence and trace.evidence.source:
        when = f", {trace.evidence.date:%-d %B %Y}" if trace.evidence.date else ""
        yield f"{inner}source: {trace.evidence.source}{when}"
    for part in trace.parts:
        yield from trace_lines(part, depth + 1)


def _amount(trace: Trace) -> str:
    if trace.value is None:
        return "–"
    return quantity.show_with_unit(trace.value, trace.unit)


def _table(trace: Trace) -> list[str]:
    """The first rows behind a flow; the page shows all of them."""
    rows = []
    for index, label in enumerate(trace.rows[:_ROWS_SHOWN]):
        cells = (quantity.show(column.values[index], column.unit) for column in trace.columns)
        # Only the columns of a flow are factors; those of a search stand side by side.
        rows.append(f"{label}: {(' × ' if trace.rule == 'flow' else '  ').join(cells)}")
    if len(trace.rows) > _ROWS_SHOWN:
        rows.append(f"… and {len(trace.rows) - _ROWS_SHOWN} more periods")
    return rows
