"""How a figure came about: the tree from the figure down to assumptions and their sources.

A trace is built from the rule of the figure and from the books, never from a second
description, so that it cannot disagree with the number. Every node recomputes to its value by
its own rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from valuecalc.case.binding import BoundFormula, bind
from valuecalc.engine import plan
from valuecalc.engine.result import (
    AssumptionResult,
    CalculationResult,
    Factor,
    Figure,
    LineResult,
    Result,
    Rule,
    Series,
    Trace,
    TraceColumn,
    alias,
)
from valuecalc.engine.uncertainty import distributions
from valuecalc.engine.uncertainty.headline import reached_in
from valuecalc.errors import CaseError
from valuecalc.formula import grammar, numbers, quantity, unit_check, units, words
from valuecalc.formula.tree import Call, Node, names, names_now, previous_of, walk
from valuecalc.formula.unit_check import Checked

_SEARCH_WORDS = {
    "irr": "the rate at which the discounted net flows sum to zero",
    "mirr": "(inflows carried to the end ÷ outflows discounted) ^ (1 ÷ years) − 1",
    "payback": "the {crossing} month in which the cumulative net flow turns positive",
    "payback_discounted": "the {crossing} month in which the cumulative discounted flow turns "
    "positive",
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
        ordered = [*self.by_id, *(id for group in self.binding.groups for id in group)]
        self.order = {id: number for number, id in enumerate(ordered)}
        self.figures: dict[str, Trace] = {}
        self.values: dict[tuple[str, int, bool], Trace] = {}

    def figure(self, figure: Figure) -> Trace:
        """The trace of a figure; figures that share a part share its trace."""
        if figure.name not in self.figures:
            self.figures[figure.name] = self.figure_by_rule(figure)
        return self.figures[figure.name]

    def figure_by_rule(self, figure: Figure) -> Trace:
        if figure.name.startswith(("assumptions.", "calculations.")):
            id = figure.name.split(".", 1)[1]
            return self.value(id, min(1, self.result.axis.periods))
        by_kind: dict[str, Callable[[Figure], Trace]] = {
            "sum": self.sum,
            "formula": self.formula,
            "flow": self.flow,
            "search": self.search,
            "simulation": self.simulation,
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
        trace = _of(
            figure,
            rule="flow",
            words=f"sum over the periods of {' × '.join(each.label for each in columns)}",
            worked=_worked_flow(columns),
            rows=tuple(self.result.axis.labels[row] for row in rows),
            columns=tuple(columns),
            parts=self.parts_of_line(line, rows) if line else self.parts_of_flow(),
        )
        told = [trace.note, *(self.milestones_of(line) if line else ())]
        return replace(trace, note=" ".join(filter(None, told)))

    def milestones_of(self, line: LineResult) -> Iterator[str]:
        """When a line starts and ends, where the plan says so, and what that depends on."""
        for verb, when in (("Starts", line.line.starts), ("Ends", line.line.ends)):
            if isinstance(when, str):
                yield f"{verb} {plan.reached(self.result.plan, when)}"

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
            words=_SEARCH_WORDS[figure.rule.method].format(
                crossing=self.result.case.conventions.payback_crossing
            ),
            rows=axis.labels,
            columns=tuple(columns),
            parts=self.parts_of_flow(),
        )

    def simulation(self, figure: Figure) -> Trace:
        """A percentile of many draws: what was drawn, and the figure that each draw gives."""
        of, *drawn = figure.rule.parts
        expected = self.result.figures[of]
        # The assumptions come first: below the figure they stand without their ranges.
        parts = (*map(self.drawn_assumption, drawn), self.figure(expected))
        return _of(
            figure,
            rule="simulation",
            words=_words_of_simulation(figure, expected, len(drawn)),
            parts=parts,
        )

    def drawn_assumption(self, name: str) -> Trace:
        """An assumption with what it is spread like."""
        trace = self.figure(self.result.figures[name])
        assumption = self.result.case.assumption(name.split(".", 1)[1])
        assert assumption is not None
        try:
            spread = distributions.of(assumption)
        except CaseError as error:
            return replace(trace, note=" ".join((error.problems[0].cause, trace.note)).strip())
        assert spread is not None, "a certain assumption is not drawn"
        return replace(trace, note=" ".join((f"Drawn: {spread.words}", trace.note)).strip())

    def value(self, id: str, period: int, is_stock: bool = False) -> Trace:
        """An assumption, a calculation or the formula of a line, in one period.

        What it rests on comes first, so that a chain of a thousand lines is no problem. Below
        a stock (`is_stock`), further stocks are rows only, or the chain would reach back to
        the first period.
        """
        for each in self.rests_on(id):
            key = (each, period, is_stock)
            if key not in self.values:
                self.values[key] = self.value_by_rule(*key)
        return self.values[id, period, is_stock]

    def rests_on(self, id: str) -> list[str]:
        """All that a value needs in the same period, itself last, in the order of evaluation."""
        found, waiting = {id}, [id]
        while waiting:
            formula = self.binding.formulas.get((waiting.pop(), "formula"))
            new = names_now(formula.tree) - found if formula else set()
            found |= new
            waiting += new
        return sorted(found, key=self.order.__getitem__)

    def value_by_rule(self, id: str, period: int, is_stock: bool) -> Trace:
        each = self.by_id[id]
        if isinstance(each, AssumptionResult):
            return self.assumption(each, period)
        number, unit = self.number(id, period), each.unit
        return self.expression(id, "formula", self.label(id), number, period, unit, is_stock)

    def name(self, id: str, field: str = "formula") -> str:
        """The name of a value: that of its figure, or of its row of the cash flow."""
        each = self.by_id[id]
        if isinstance(each, LineResult):
            return f"{each.prefix}.{'amount' if field == 'formula' else field}"
        return f"{'assumptions' if isinstance(each, AssumptionResult) else 'calculations'}.{id}"

    def expression(
        self,
        id: str,
        field: str,
        label: str,
        number: float,
        period: int,
        unit: str = "%",
        is_stock: bool = False,
    ) -> Trace:
        """A formula of the case, worked out in one period."""
        formula = self.binding.formulas[id, field]
        tree = formula.tree
        labels = {each: self.label(each) for each in names(tree)}
        return Trace(
            name=self.name(id, field),
            label=label,
            value=_known(number),
            unit=unit,
            rule="formula",
            formula=formula.text,
            words=words.with_labels(tree, labels),
            worked=self.worked(id, field, period),
            note=_why(number),
            period=period,
            conversions=words.conversions(tree),
            parts=self.parts(formula, period, is_stock),
        )

    def parts(self, formula: BoundFormula, period: int, is_stock: bool) -> tuple[Trace, ...]:
        """What a formula names: in this period, one period before, and summed over time."""
        tree = formula.tree
        now = names_now(tree)
        found = [self.value(name, period, is_stock) for name in names(tree) if name in now]
        for stock, initial in previous_of(tree).items():
            if period <= 1:
                found.append(self.opening(stock, initial, period))
            else:
                found.append(self.stock(stock, period - 1, is_stock))
        return (*found, *map(self.sum_over_time, self.sums(formula)))

    def opening(self, name: str, initial: Node, period: int) -> Trace:
        """What `previous` gives in the first period: its second argument."""
        shown = {each: self.text(each, period) for each in names(initial)}
        number = self.evaluated(initial, period)
        return Trace(
            name=f"previous.{name}",
            label=f"{self.label(name)}, opening",
            value=_known(number),
            unit=self.by_id[name].unit,
            rule="opening",
            words=words.with_labels(initial, {each: self.label(each) for each in shown}),
            worked=f"= {words.with_numbers(initial, shown, times={}, before={})}",
            note=_why(number),
            period=period,
            parts=tuple(self.value(each, period) for each in shown),
        )

    def stock(self, name: str, period: int, is_stock: bool) -> Trace:
        """The value of a line one period before, read off its row."""
        unit = self.by_id[name].unit
        number = self.number(name, period)
        return Trace(
            name=f"previous.{name}",
            label=f"{self.label(name)}, {self.result.axis.labels[period]}",
            value=_known(number),
            unit=unit,
            rule="row",
            words="its value one period before; the row shows how it came there",
            note=_why(number),
            period=period,
            rows=self.result.axis.labels[1 : period + 1],
            columns=(_column(self.label(name), unit, self.series(name)[1 : period + 1]),),
            parts=() if is_stock else (self.value(name, period, is_stock=True),),
        )

    def sums(self, formula: BoundFormula) -> list[tuple[str, Checked]]:
        """Each sum over time in a formula: its text, and its tree with its unit."""
        months = self.result.axis.months_per_period
        return [
            (
                formula.text[slice(*node.span)],
                unit_check.check(formula.text, node, self.binding.units.get, months),
            )
            for node in walk(grammar.read(formula.text))
            if isinstance(node, Call) and node.function == "sum_over_time"
        ]

    def sum_over_time(self, written: tuple[str, Checked]) -> Trace:
        """A sum over time: what is summed, period by period."""
        text, checked = written
        periods = range(1, self.result.axis.periods + 1)
        values = np.array([self.evaluated(checked.tree, period) for period in periods])
        used = {name: self.label(name) for name in names(checked.tree)}
        label, unit = words.with_labels(checked.tree, used), str(checked.unit or units.PLAIN)
        number = float(values.sum())
        return Trace(
            name=text,
            label=label,
            value=_known(number),
            unit=unit,
            rule="flow",
            words="the sum over the periods",
            note=_why(number),
            rows=self.result.axis.labels[1:],
            columns=(_column(label, unit, values),),
        )

    def evaluated(self, tree: Node, period: int) -> float:
        """A formula in one period; of a sum over time, what the period adds to it."""
        before = max(0, period - 1)
        return numbers.evaluate(
            tree,
            {name: self.number(name, period) for name in names(tree)},
            period=period,
            year=int(self.result.axis.years[period]),
            before={name: self.number(name, before) for name in names(tree)},
        )

    def series(self, name: str) -> Series:
        """The value of an assumption, calculation or line's formula in each period."""
        each = self.by_id[name]
        return each.amount if isinstance(each, LineResult) else each.values

    def number(self, name: str, period: int) -> float:
        return float(self.series(name)[period])

    def worked(self, id: str, field: str, period: int) -> str:
        each = self.by_id[id]
        if field == "formula" and not isinstance(each, AssumptionResult) and each.shown == period:
            return each.worked
        tree = self.binding.formulas[id, field].tree
        shown = {name: self.text(name, period) for name in names(tree)}
        before = {
            name: self.text(name, period - 1)
            if period > 1
            else self.opening(name, initial, period).worked.removeprefix("= ")
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
            name=self.name(each.assumption.id),
            label=each.assumption.label,
            value=_known(float(each.values[period])),
            unit=each.unit,
            rule="input",
            words=given,
            worked=self.over_time(each, period),
            note=each.assumption.note,
            evidence=evidence,
            period=period if each.varies else None,
        )

    def over_time(self, each: AssumptionResult, period: int) -> str:
        """How an assumption that changes over time came to its value in a period."""
        if not each.varies:
            return ""
        assumption = each.assumption
        year = int(self.result.axis.years[period])
        given = assumption.values or (assumption.value,)
        text = ", ".join(quantity.show(value, each.unit) for value in given)
        if assumption.growth:
            text += f", growing by {quantity.show(assumption.growth, '%')} a year"
        return f"year {max(1, year)} of {text}"


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


def _words_of_simulation(figure: Figure, expected: Figure, drawn: int) -> str:
    if not drawn:
        return f"{expected.label} at expected values, as nothing has a range to draw from"
    ranges = "the range of the assumption" if drawn == 1 else f"each of the {drawn} ranges"
    return (
        f"each draw takes a value from {ranges} below and works {expected.label} out with it; "
        f"{reached_in(figure.rule.method)} of the draws reach this result or exceed it"
    )


def _known(number: float) -> float | None:
    return number if np.isfinite(number) else None


def _why(number: float) -> str:
    return "" if np.isfinite(number) else "Divides by zero or overflows."


def _column(label: str, unit: str, values: Series) -> TraceColumn:
    return TraceColumn(label=label, unit=unit, values=tuple(map(float, values)))


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
    label = "Timing"
    if line.flow == "running" and line.length != 1:
        label += " × length of the period"
    if line.line.growth is not None:
        label += f" × growth ({line.line.growth} a year)"
    return label


def _share(line: LineResult, factor: Factor, period: int) -> float:
    """The haircut as it was given, from what it multiplies by."""
    multiplier = float(factor.values[period])
    if factor.name != "risk":
        return multiplier
    return 1 - multiplier if line.kind == "benefit" else multiplier - 1


def _factor_label(label: str, formula: str) -> str:
    return f"{label} ({formula})"
