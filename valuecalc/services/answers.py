"""What a verb gives, as a JSON document or as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from valuecalc.engine.result import Result, Trace
from valuecalc.engine.solve import Solution
from valuecalc.errors import Problem
from valuecalc.formula import quantity
from valuecalc.schemas import result as shapes

_INDENT = "  "
_ROWS_SHOWN = 6


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
