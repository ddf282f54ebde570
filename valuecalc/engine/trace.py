"""How a figure came about: the tree from the figure down to assumptions and their sources.

A trace is built from the rule of the figure and from the books, never from a second
description, so that it cannot disagree with the number. Every node recomputes to its value by
its own rule.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from valuecalc.case.binding import bind
from valuecalc.engine.result import (
    AssumptionResult,
    CalculationResult,
    Factor,
    Figure,
    LineResult,
    Result,
    Rule,
    Trace,
    TraceColumn,
    alias,
)
from valuecalc.formula import grammar, numbers, quantity, words
from valuecalc.formula.tree import Node, names, names_now, previous_of

_SEARCH_WORDS = {
    "irr": "the rate at which the discounted net flows sum to zero",
    "mirr": "(inflows carried to the end ÷ outflows discounted) ^ (1 ÷ years) − 1",
    "payback": "the last month in which the cumulative net flow turns positive",
    "payback_discounted": "the last month in which the cumulative discounted flow turns positive",
    "peak_funding": "the lowest value of the cumulative net flow, or zero",
    "peak_funding_month": "the month of the lowest value of the cumulative net flow",
}


def explain(result: Result, name: str) -> Trace:
    """The trace of a figure. Raises `UnknownName` with the nearest names."""
    return _Tracer(result).figure(result.figure(name))


class _Tracer:
    def __init__(self, result: Result) -> None:
        self.result = result
        self.binding = bind(result.case)
        self.lines = {line.prefix: line for line in result.lines}
        self.by_id: dict[str, AssumptionResult | CalculationResult | LineResult] = {}
        self.by_id |= {each.assumption.id: each for each in result.assumptions}
        self.by_id |= {each.calculation.id: each for each in result.calculations}
        self.by_id |= {line.id: line for line in result.lines}

    def figure(self, figure: Figure) -> Trace:
        if figure.name.startswith(("assumptions.", "calculations.")):
            id = figure.name.split(".", 1)[1]
            return self.value(id, min(1, self.result.axis.periods))
        by_kind: dict[str, Callable[[Figure], Trace]] = {
            "sum": self.sum,
            "formula": self.formula,
            "flow": self.flow,
            "search": self.search,
        }
        return by_kind.get(figure.rule.kind, self.given)(figure)

    def given(self, figure: Figure) -> Trace:
        return _of(figure, rule="input", words=figure.definition)

    def sum(self, figure: Figure) -> Trace:
        parts = tuple(self.figure(self.result.figures[name]) for name in figure.rule.parts)
        labels = " + ".join(part.label for part in parts) or "nothing"
        shown = " + ".join(_bracketed(self.result.figures[name]) for name in figure.rule.parts)
        return _of(figure, rule="sum", words=labels, worked=f"= {shown or '0'}", parts=parts)

    def formula(self, figure: Figure) -> Trace:
        rule = figure.rule
        figures = [self.result.figures[name] for name in rule.parts]
        tree = grammar.read(rule.formula)
        labels = {alias(each.name): each.label for each in figures}
        shown = {alias(each.name): each.text for each in figures}
        return _of(
            figure,
            rule="formula",
            formula=rule.formula,
            words=words.with_labels(tree, labels),
            worked=f"= {words.with_numbers(tree, shown, times={}, before={})}",
            parts=tuple(map(self.figure, figures)),
        )

    def flow(self, figure: Figure) -> Trace:
        rows = self.rows_of(figure.rule)
        prefix = figure.rule.series[0].rsplit(".", 1)[0]
        line = self.lines.get(prefix)
        columns: list[TraceColumn] = []
        for name in figure.rule.series:
            columns += self.columns(name, rows)
        return _of(
            figure,
            rule="flow",
            words=f"sum over the periods of {' × '.join(each.label for each in columns)}",
            worked=_worked_flow(columns),
            rows=tuple(self.result.axis.labels[row] for row in rows),
            columns=tuple(columns),
            parts=self.parts_of_line(line, rows) if line else self.parts_of_flow(),
        )

    def rows_of(self, rule: Rule) -> list[int]:
        """The periods that count: those in the report column in which something flows."""
        axis = self.result.axis
        product = np.prod([self.result.series[name] for name in rule.series], axis=0)
        in_year = np.ones(len(product), bool) if rule.year is None else axis.years == rule.year
        return [int(row) for row in np.flatnonzero(in_year & (product != 0))]

    def columns(self, series: str, rows: list[int]) -> list[TraceColumn]:
        """A row of the cash flow as columns: a line's net flow factor by factor."""
        prefix, _, ending = series.rpartition(".")
        line = self.lines.get(prefix)
        if line is None or ending not in ("net", "gross"):
            return [self.column(_ROW_LABELS.get(series, series), series, rows)]
        found = [
            self.column(f"{line.label} ({line.unit})", f"{prefix}.amount", rows),
            self.column(_timing_label(line), f"{prefix}.timing", rows),
        ]
        if ending == "net":
            found += [
                self.column(
                    _factor_label(factor.label, factor.formula), f"{prefix}.{factor.name}", rows
                )
                for factor in line.factors
            ]
        return found

    def column(self, label: str, series: str, rows: list[int]) -> TraceColumn:
        values = self.result.series[series]
        unit = self.result.case.currency if "." not in series else "1"
        if series == "discount_factor":
            unit = "1"
        if series.endswith(".amount"):
            unit = self.lines[series.rsplit(".", 1)[0]].unit
        return TraceColumn(label=label, unit=unit, values=tuple(float(values[row]) for row in rows))

    def parts_of_line(self, line: LineResult, rows: list[int]) -> tuple[Trace, ...]:
        """The formula of a line in the first of the rows, and its haircuts."""
        period = rows[0] if rows else line.shown
        haircuts = tuple(
            self.expression(
                line.id, factor.name, factor.label, _share(line, factor, period), period
            )
            for factor in line.factors
        )
        return (self.value(line.id, period), *haircuts)

    def parts_of_flow(self) -> tuple[Trace, ...]:
        parts = [self.result.figures[name] for name in ("total_benefits", "total_investment")]
        return tuple(map(self.figure, parts))

    def search(self, figure: Figure) -> Trace:
        series = figure.rule.series
        axis = self.result.axis
        columns = [
            TraceColumn(
                label="Months from the decision",
                unit="months",
                values=tuple(map(float, axis.months)),
            )
        ]
        shown = {
            "net": ("net", "cumulative"),
            "discounted": ("discounted", "cumulative_discounted"),
        }
        for name in shown.get(series[0], series):
            columns.append(self.column(_ROW_LABELS[name], name, list(range(axis.periods + 1))))
        return _of(
            figure,
            rule="search",
            words=_SEARCH_WORDS[figure.rule.method],
            rows=axis.labels,
            columns=tuple(columns),
            parts=self.parts_of_flow(),
        )

    def value(self, id: str, period: int, seen: frozenset[str] = frozenset()) -> Trace:
        """An assumption, a calculation or the formula of a line, in one period."""
        each = self.by_id[id]
        if isinstance(each, AssumptionResult):
            return self.assumption(each, period)
        if isinstance(each, CalculationResult):
            label, unit = each.calculation.label, each.unit
            number = float(each.values[period])
        else:
            label, unit, number = each.label, each.unit, float(each.amount[period])
        return self.expression(id, "formula", label, number, period, unit, seen)

    def expression(
        self,
        id: str,
        field: str,
        label: str,
        number: float,
        period: int,
        unit: str = "%",
        seen: frozenset[str] = frozenset(),
    ) -> Trace:
        """A formula of the case, worked out in one period."""
        formula = self.binding.formulas[id, field]
        tree = formula.tree
        parts = self.parts(id, tree, period, seen)
        labels = {each: self.label(each) for each in names(tree)}
        return Trace(
            name=id if field == "formula" else f"{id}.{field}",
            label=label,
            value=number if np.isfinite(number) else None,
            unit=unit,
            rule="formula",
            formula=formula.text,
            words=words.with_labels(tree, labels),
            worked=self.worked(id, field, period),
            note="" if np.isfinite(number) else "Divides by zero or overflows.",
            period=period,
            conversions=words.conversions(tree),
            parts=parts,
        )

    def parts(self, id: str, tree: Node, period: int, seen: frozenset[str]) -> tuple[Trace, ...]:
        """What a formula names: in this period, and one period before inside `previous`."""
        seen = seen | {id}
        now = [name for name in names(tree) if name in names_now(tree) and name not in seen]
        found = [self.value(name, period, seen) for name in now]
        for stock, initial in previous_of(tree).items():
            if period <= 1:
                found.append(self.opening(stock, initial, period, seen))
            else:
                found.append(self.stock(stock, period - 1, seen))
        return tuple(found)

    def opening(self, name: str, initial: Node, period: int, seen: frozenset[str]) -> Trace:
        """What `previous` gives in the first period: its second argument."""
        values = {each: self.number(each, period) for each in names(initial)}
        shown = {each: self.text(each, period) for each in values}
        return Trace(
            name=f"previous.{name}",
            label=f"{self.label(name)}, opening",
            value=numbers.evaluate(initial, values, period=period),
            unit=self.by_id[name].unit,
            rule="opening",
            words=words.with_labels(initial, {each: self.label(each) for each in values}),
            worked=f"= {words.with_numbers(initial, shown, times={}, before={})}",
            period=period,
            parts=tuple(self.value(each, period, seen) for each in values if each not in seen),
        )

    def stock(self, name: str, period: int, seen: frozenset[str]) -> Trace:
        """The value of a line one period before, read off its row."""
        unit = self.by_id[name].unit
        rows = list(range(1, period + 1))
        column = tuple(self.number(name, row) for row in rows)
        return Trace(
            name=f"previous.{name}",
            label=f"{self.label(name)}, {self.result.axis.labels[period]}",
            value=column[-1],
            unit=unit,
            rule="row",
            words="its value one period before; the row shows how it came there",
            period=period,
            rows=tuple(self.result.axis.labels[row] for row in rows),
            columns=(TraceColumn(label=self.label(name), unit=unit, values=column),),
            parts=() if name in seen else (self.value(name, period, seen),),
        )

    def number(self, name: str, period: int) -> float:
        each = self.by_id[name]
        series = each.amount if isinstance(each, LineResult) else each.values
        return float(series[period])

    def worked(self, id: str, field: str, period: int) -> str:
        each = self.by_id[id]
        if field == "formula" and not isinstance(each, AssumptionResult) and each.shown == period:
            return each.worked
        tree = self.binding.formulas[id, field].tree
        shown = {name: self.text(name, period) for name in names(tree)}
        before = {
            name: self.text(name, period - 1)
            if period > 1
            else self.opening(name, initial, period, frozenset()).worked.removeprefix("= ")
            for name, initial in previous_of(tree).items()
        }
        times = {"period": str(period), "year": str(int(self.result.axis.years[period]))}
        return f"= {words.with_numbers(tree, shown, times=times, before=before)}"

    def text(self, name: str, period: int) -> str:
        return quantity.show(self.number(name, period), self.by_id[name].unit)

    def label(self, id: str) -> str:
        each = self.by_id[id]
        if isinstance(each, AssumptionResult):
            return each.assumption.label
        return each.calculation.label if isinstance(each, CalculationResult) else each.label

    def assumption(self, each: AssumptionResult, period: int) -> Trace:
        evidence = each.assumption.evidence
        given = f"{evidence.grade}: {evidence.grade.label}" if evidence else "no evidence given"
        return Trace(
            name=f"assumptions.{each.assumption.id}",
            label=each.assumption.label,
            value=float(each.values[period]),
            unit=each.unit,
            rule="input",
            words=given,
            note=each.assumption.note,
            evidence=evidence,
            period=period if each.varies else None,
        )


_ROW_LABELS = {
    "net": "Net flow",
    "cumulative": "Cumulative net flow",
    "discounted": "Discounted net flow",
    "cumulative_discounted": "Cumulative discounted flow",
    "discount_factor": "Discount factor",
    "net_delayed": "Net flow with benefits one month later",
}


def _worked_flow(columns: list[TraceColumn]) -> str:
    """A flow whose first column never changes, as one product: `= £416,668 × 36`."""
    first, *others = columns
    if not others or len(set(first.values)) != 1:
        return ""
    factor = float(np.prod([column.values for column in others], axis=0).sum())
    return f"= {quantity.show(first.values[0], first.unit)} × {quantity.show(factor)}"


def _of(figure: Figure, **how: object) -> Trace:
    note = " ".join(part for part in (figure.note, figure.convention) if part)
    return Trace(
        name=figure.name,
        label=figure.label,
        value=figure.value,
        unit=figure.unit,
        note=note,
        **how,  # type: ignore[arg-type]
    )


def _bracketed(figure: Figure) -> str:
    return f"({figure.text})" if figure.text.startswith("\u2212") else figure.text


def _timing_label(line: LineResult) -> str:
    if line.flow != "running":
        return "Timing"
    return "Timing × length of the period" if line.length != 1 else "Timing"


def _share(line: LineResult, factor: Factor, period: int) -> float:
    """The haircut as it was given, from what it multiplies by."""
    multiplier = float(factor.values[period])
    if factor.name != "risk":
        return multiplier
    return 1 - multiplier if line.kind == "benefit" else multiplier - 1


def _factor_label(label: str, formula: str) -> str:
    return f"{label} ({formula})"
